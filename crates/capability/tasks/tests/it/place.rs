//! A database with areas, accounts' roles and the published plan; requests as somebody.

use area::api::{AreaBook, Tree, install};
use authz::{Actor, Role, Scope};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use files::Files;
use host::{App, AppState, Session};
use plan::api::{PlanBook, acknowledge_finding, check, load, publish};
use std::path::Path;
use std::sync::Arc;
use store::Store;
use store::testing::{TestDb, databases};
use tower::ServiceExt;

/// Role, areas and account of somebody.
pub(crate) struct Who(
    pub(crate) Role,
    pub(crate) &'static [&'static str],
    pub(crate) &'static str,
);
/// 市民政局, and a second person there.
pub(crate) static CITY: Who = Who(Role::CityCivil, &["4213"], "li");
pub(crate) static SECOND: Who = Who(Role::CityCivil, &["4213"], "chen");
/// 曾都区, 随县.
pub(crate) static COUNTY: Who = Who(Role::CountyCivil, &["421303"], "wang");
pub(crate) static OTHER: Who = Who(Role::CountyCivil, &["421321"], "zhao");
pub(crate) static LEADER: Who = Who(Role::Leader, &["4213"], "liu");
pub(crate) static HEALTH: Who = Who(Role::CityHealth, &["4213"], "wu");
pub(crate) static PLANNER: Who = Who(Role::Planner, &["4213"], "feng");

/// Databases with areas and the published plan.
pub(crate) async fn places() -> Vec<TestDb> {
    let mut migrations = store::migrations();
    migrations.extend(files::migrations());
    for capability in [
        area::capability(),
        org::capability(),
        people::capability(),
        plan::capability(),
        entitle::capability(),
        dashboard::capability(),
        tasks::capability(),
    ] {
        migrations.extend(capability.migrations);
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../plans/suizhou");
    let mut files = rules::Files::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        files.insert(name, std::fs::read_to_string(&path).unwrap());
    }
    let tree = rules::folder::load(&files).unwrap();
    let dbs = databases(&migrations).await.unwrap();
    for db in &dbs {
        let mut tx = db.store.begin(&Actor::system("test"), None).await.unwrap();
        let areas = Tree::of_plan(&tree.plan, &tree.areas);
        install(&mut tx, &areas, tree.list.version).await.unwrap();
        let id = load(&mut tx, &files, "zhang").await.unwrap();
        for finding in check(&files, None).open() {
            acknowledge_finding(&mut tx, "suizhou", finding, "原文如此")
                .await
                .unwrap();
        }
        publish(&mut tx, &id, "zhang", "li").await.unwrap();
        tx.commit().await.unwrap();
    }
    dbs
}

pub(crate) async fn router(store: &Store) -> Router {
    let folder = std::env::temp_dir().join(format!("laoyou-tasks-{}", store.new_id()));
    let app: AppState = Arc::new(
        App::new(store.clone(), "随州市", None)
            .with_part(Arc::new(PlanBook::load(store).await.unwrap()))
            .with_part(Arc::new(AreaBook::load(store).await.unwrap()))
            .with_part(Arc::new(Files::new(folder, 100 * 1024 * 1024))),
    );
    tasks::capability().routes.router().with_state(app)
}

pub(crate) fn actor(who: &Who) -> Actor {
    let areas = who.1.iter().map(|code| code.parse().unwrap()).collect();
    Actor {
        id: who.2.into(),
        name: format!("{}的姓名", who.2),
        role: who.0,
        scope: Scope::Areas(areas),
        scope_name: String::new(),
    }
}

pub(crate) async fn answer(
    router: &Router,
    who: &Who,
    mut request: Request<Body>,
) -> (StatusCode, Option<String>, Vec<u8>) {
    request.extensions_mut().insert(Arc::new(Session {
        actor: actor(who),
        id: "s".into(),
        must_change_password: false,
    }));
    let answer = router.clone().oneshot(request).await.unwrap();
    let status = answer.status();
    let to = answer
        .headers()
        .get(header::LOCATION)
        .map(|to| to.to_str().unwrap().to_owned());
    let bytes = axum::body::to_bytes(answer.into_body(), 20_000_000)
        .await
        .unwrap();
    (status, to, bytes.to_vec())
}

/// The status, and the page (or where a redirect leads).
async fn send(router: &Router, who: &Who, request: Request<Body>) -> (StatusCode, String) {
    let (status, to, bytes) = answer(router, who, request).await;
    (
        status,
        to.unwrap_or_else(|| String::from_utf8_lossy(&bytes).into_owned()),
    )
}

pub(crate) async fn get(router: &Router, who: &Who, path: &str) -> (StatusCode, String) {
    send(router, who, Request::get(path).body(Body::empty()).unwrap()).await
}

pub(crate) async fn post(
    router: &Router,
    who: &Who,
    path: &str,
    pairs: &[(&str, &str)],
) -> (StatusCode, String) {
    let body: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{}={}", ui::query_encode(name), ui::query_encode(value)))
        .collect();
    let request = Request::post(path)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(body.join("&")))
        .unwrap();
    send(router, who, request).await
}

/// A form with a file, as a browser sends it.
pub(crate) async fn upload(
    router: &Router,
    who: &Who,
    path: &str,
    pairs: &[(&str, &str)],
    file: Option<(&str, &[u8])>,
) -> (StatusCode, String) {
    let mut body = Vec::new();
    for (name, value) in pairs {
        body.extend_from_slice(
            format!(
                "--frontier\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
            )
            .as_bytes(),
        );
    }
    let (name, bytes) = file.unwrap_or(("", b""));
    body.extend_from_slice(
        format!("--frontier\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n")
            .as_bytes(),
    );
    body.extend_from_slice(bytes);
    body.extend_from_slice(b"\r\n--frontier--\r\n");
    let request = Request::post(path)
        .header(
            header::CONTENT_TYPE,
            "multipart/form-data; boundary=frontier",
        )
        .body(Body::from(body))
        .unwrap();
    send(router, who, request).await
}

/// The value of a hidden field.
pub(crate) fn value(page: &str, name: &str) -> String {
    let rest = page.split(&format!("name=\"{name}\" value=\"")).nth(1);
    assert!(rest.is_some(), "no {name}:\n{page}");
    rest.unwrap().split('"').next().unwrap().to_owned()
}

/// Takes a year over.
pub(crate) async fn taken(router: &Router, year: &str) {
    let (_, page) = get(router, &CITY, &format!("/tasks/take?year={year}")).await;
    let version = value(&page, "version");
    let pairs = [("year", year), ("version", version.as_str())];
    let (status, to) = post(router, &CITY, "/tasks/take", &pairs).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{to}");
}

/// The address of the item of this title.
pub(crate) async fn item_of(router: &Router, title: &str) -> String {
    let (_, page) = get(router, &CITY, "/tasks?size=100").await;
    let before = page.split(&format!("\">{title}</a>")).next().unwrap();
    assert!(before.len() < page.len(), "no {title}:\n{page}");
    before.rsplit("href=\"").next().unwrap().to_owned()
}

/// The fields of the form that splits.
pub(crate) fn split_form(page: &str) -> Vec<(String, String)> {
    let form = page.split("/split\"").nth(1).unwrap();
    let form = form.split("</form>").next().unwrap();
    let mut out = Vec::new();
    for tag in form.split("<input").skip(1) {
        let tag = tag.split('>').next().unwrap();
        let part = |name: &str| {
            let rest = tag.split(&format!(" {name}=\"")).nth(1)?;
            rest.split('"').next().map(str::to_owned)
        };
        if tag.contains("type=\"checkbox\"") && !tag.contains(" checked") {
            continue;
        }
        if let Some(name) = part("name") {
            out.push((name, part("value").unwrap_or_default()));
        }
    }
    out
}

/// Shares of the first goal, each with a person.
pub(crate) fn fill(form: &mut Vec<(String, String)>, shares: &[(&str, &str)]) {
    for (at, share) in shares {
        for (name, value) in [
            (format!("on-{at}"), "1"),
            (format!("share-{at}-0"), *share),
            (format!("person-{at}"), "钱主任"),
            (format!("post-{at}"), "民政局局长"),
        ] {
            form.retain(|(known, _)| *known != name);
            form.push((name, value.to_owned()));
        }
    }
}

pub(crate) fn pairs(form: &[(String, String)]) -> Vec<(&str, &str)> {
    form.iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect()
}

/// The item of this title, split to 曾都区 and 随县 with these shares; the addresses of item and parts.
pub(crate) async fn split(
    router: &Router,
    title: &str,
    shares: [&str; 2],
) -> (String, [String; 2]) {
    let item = item_of(router, title).await;
    let path = format!("{item}/split");
    let (_, page) = get(router, &CITY, &path).await;
    let mut form = split_form(&page);
    form.retain(|(name, _)| !name.starts_with("on-"));
    fill(&mut form, &[("0", shares[0]), ("1", shares[1])]);
    let (status, to) = post(router, &CITY, &path, &pairs(&form)).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{to}");
    let mut parts = Vec::new();
    for who in [&COUNTY, &OTHER] {
        let (_, page) = get(router, who, &item).await;
        let rest = page.split("/tasks/assignments/").nth(1).unwrap();
        let id = rest.split('/').next().unwrap();
        parts.push(format!("/tasks/assignments/{id}"));
    }
    let [first, second] = <[String; 2]>::try_from(parts).unwrap();
    (item, [first, second])
}

/// An account of 曾都区; its id.
pub(crate) async fn account(store: &Store, login: &str, name: &str) -> String {
    let from = store.clock().today().plus_years(-1);
    let mut tx = store.begin(&Actor::system("test"), None).await.unwrap();
    let new = org::api::NewAccount {
        login: login.into(),
        name: name.into(),
        role: Role::CountyCivil,
        password: None,
        grants: vec![org::api::Grant::management("421303", from)],
    };
    let id = org::api::create_account(&mut tx, new).await.unwrap();
    tx.commit().await.unwrap();
    id
}
