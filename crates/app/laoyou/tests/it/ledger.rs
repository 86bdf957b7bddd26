//! The route × role ledger: what `Access` says is what the router does, and docs/access.md shows it.

use crate::place::{City, cities};
use authz::Role;
use axum::http::StatusCode;
use host::Access;
use laoyou::compose;
use std::collections::BTreeMap;
use std::path::Path;
use store::{Reads, values};

/// What the guard of a route says to a role that has no business there.
const NOT_YOURS: &str = "没有这项权限";

/// Every GET page with its parameters filled: person, programme or item, fact.
pub(crate) fn pages(person: &str, account: &str) -> Vec<String> {
    let routes = compose::routes().0;
    let gets = routes.iter().filter(|route| route.method == "GET");
    gets.map(|route| filled(route.path, person, account, "none"))
        .collect()
}

fn filled(path: &str, person: &str, account: &str, version: &str) -> String {
    let id = match path {
        path if path.starts_with("/people") || path.starts_with("/family") => person,
        path if path.starts_with("/list") => version,
        _ => account,
    };
    path.replace("{id}", id)
        .replace("{no}", "3")
        .replace("{fact}", "living")
}

struct Filled {
    person: String,
    account: String,
    version: String,
}

impl Filled {
    async fn of(city: &City) -> Self {
        let one = async |sql: &str| {
            let row = city.store.one(sql, vec![]).await.unwrap().unwrap();
            row.text("id").unwrap()
        };
        Self {
            person: city.person("王念慈").await.key.id,
            // Not one of the accounts that try the doors.
            account: one("SELECT id FROM org_account WHERE login = 'demo-06-city'").await,
            version: city.published().id.to_string(),
        }
        .checked(one("SELECT id FROM org_account WHERE login = 'demo-05-city'").await)
    }

    fn checked(self, other: String) -> Self {
        assert_ne!(self.account, other);
        self
    }
}

async fn logins(city: &City) -> BTreeMap<Role, String> {
    let sql = "SELECT login, role FROM org_account ORDER BY login DESC";
    let rows = city.store.all(sql, vec![]).await.unwrap();
    rows.iter()
        .map(|row| {
            let role = Role::from_key(&row.text("role").unwrap()).unwrap();
            (role, row.text("login").unwrap())
        })
        .collect()
}

/// Row M03; invariant 10: for every route and every role the router admits exactly whom `Access` names; nobody comes
/// in without signing in. docs/access.md is this table (`UPDATE_LEDGER=1` writes it).
#[tokio::test]
async fn every_route_admits_exactly_whom_its_access_names() {
    let mut tables = Vec::new();
    for city in cities().await {
        let filled_by = Filled::of(&city).await;
        let logins = logins(&city).await;
        let roles: Vec<Role> = Role::people().collect();
        let mut cookies = Vec::new();
        for role in &roles {
            cookies.push(city.door(&logins[role]).await);
        }
        let mut table = String::new();
        for route in compose::routes().0 {
            let path = filled(
                route.path,
                &filled_by.person,
                &filled_by.account,
                &filled_by.version,
            );
            let call = async |cookie: &str| match route.method {
                "GET" => city.get(&path, cookie).await,
                _ => city.post(&path, &[], cookie).await,
            };
            let (method, what) = (route.method, route.path);
            let stranger = call("").await;
            assert!(!stranger.status.is_server_error(), "{method} {path}");
            if matches!(route.access, Access::Public | Access::Demo) {
                assert_ne!(stranger.status, StatusCode::UNAUTHORIZED, "{method} {path}");
                let who = if route.access == Access::Demo {
                    "演示"
                } else {
                    "公开"
                };
                table += &format!(
                    "| {method} | `{what}` | {who} |{}\n",
                    " ● |".repeat(roles.len())
                );
                continue;
            }
            if route.access == Access::Token {
                assert_eq!(stranger.status, StatusCode::UNAUTHORIZED, "{method} {path}");
                for cookie in &cookies {
                    let answer = call(cookie).await;
                    assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{method} {path}");
                }
                table += &format!(
                    "| {method} | `{what}` | 令牌 |{}\n",
                    "  |".repeat(roles.len())
                );
                continue;
            }
            match method {
                "GET" => assert!(stranger.to.starts_with("/sign-in?next="), "{method} {path}"),
                _ => assert_eq!(stranger.status, StatusCode::UNAUTHORIZED, "{method} {path}"),
            }
            table += &format!("| {method} | `{what}` |  |");
            for (role, cookie) in roles.iter().zip(&cookies) {
                let answer = call(cookie).await;
                let at = format!(
                    "{method} {path} as {} on {}: {}",
                    role.key(),
                    city.name,
                    answer.status
                );
                assert!(!answer.status.is_server_error(), "{at}");
                assert!(
                    answer.status != StatusCode::UNAUTHORIZED && !answer.to.starts_with("/sign-in"),
                    "{at}"
                );
                let stopped =
                    answer.status == StatusCode::FORBIDDEN && answer.body.contains(NOT_YOURS);
                assert_eq!(stopped, !route.access.admits(*role), "{at}");
                table += match (stopped, answer.status) {
                    (true, _) => "  |",
                    (false, StatusCode::FORBIDDEN) => " ○ |",
                    (false, _) => " ● |",
                };
            }
            table.push('\n');
        }
        tables.push(table);
        city.close().await;
    }
    assert!(
        tables.windows(2).all(|two| two[0] == two[1]),
        "both databases admit the same"
    );
    compare(&tables[0]);
}

#[expect(
    clippy::disallowed_methods,
    reason = "whoever runs the test says that the ledger is to be written"
)]
fn compare(table: &str) {
    let roles: Vec<&str> = Role::people().map(Role::zh).collect();
    let text = format!(
        "# Who may call what\n\nWritten by the test `ledger::every_route_admits_exactly_whom_its_access_names` of `laoyou` \
         (`UPDATE_LEDGER=1 cargo test -p laoyou --test it ledger`); do not edit. The record's own area is decided \
         after the door.\n\n● may · ○ passes the door, but not for this fact · empty: refused. The tried person is in the scope of every role that has one.\n\n| | route | 未登录 | {} |\n|---|---|---|{}\n{table}",
        roles.join(" | "),
        "---|".repeat(roles.len())
    );
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../docs/access.md");
    if std::env::var("UPDATE_LEDGER").is_ok() {
        std::fs::write(&file, &text).unwrap();
    }
    let known = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        known == text,
        "docs/access.md differs from the routes: run with UPDATE_LEDGER=1 and look at the difference"
    );
}

/// Row M03; invariant 10: every role has its door in the demo, and a first page that opens.
#[tokio::test]
async fn every_role_has_a_first_page() {
    for city in cities().await {
        let logins = logins(&city).await;
        for role in Role::people() {
            let sql = "SELECT id FROM org_account WHERE login = $1";
            let row = city
                .store
                .one(sql, values![logins[&role].as_str()])
                .await
                .unwrap();
            let id = row.unwrap().text("id").unwrap();
            let answer = city.post("/demo/sign-in", &[("account", &id)], "").await;
            let cookie = city.door(&logins[&role]).await;
            let mut page = city.get(&answer.to, &cookie).await;
            if page.status == StatusCode::SEE_OTHER {
                page = city.get(&page.to, &cookie).await;
            }
            assert_eq!(page.status, StatusCode::OK, "{} {}", role.key(), answer.to);
            assert!(page.body.contains(role.zh()), "{}", role.key());
        }
        city.close().await;
    }
}
