//! `/api/v1` over the whole application: tokens, scope, key pages, writes that happen once.

use crate::place::{Answer, City, cities, request};
use axum::body::Body;
use axum::http::{Method, StatusCode};
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;
use store::{Reads, values};

/// A request by token; `headers` besides.
pub(crate) async fn ask(
    city: &City,
    method: Method,
    path: &str,
    token: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> (Answer, Json) {
    let mut request = request(method, path, "");
    if !token.is_empty() {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = city
        .send(request.body(Body::from(body.to_owned())).unwrap())
        .await;
    let json = serde_json::from_str(&answer.body).unwrap_or(Json::Null);
    (answer, json)
}

pub(crate) async fn read(city: &City, path: &str, token: &str) -> (Answer, Json) {
    ask(city, Method::GET, path, token, &[], "").await
}

/// Makes a token that acts as this demo account; returns the secret that the page shows once.
pub(crate) async fn token(city: &City, login: &str) -> String {
    let admin = city.door(&admin(city).await).await;
    let sql = "SELECT id FROM org_account WHERE login = $1";
    let row = city.store.one(sql, values![login]).await.unwrap().unwrap();
    let account = row.text("id").unwrap();
    let form = [
        ("partner", "县残联业务系统"),
        ("account", account.as_str()),
        ("until", "2025-12-31"),
    ];
    let page = city.post("/system/tokens", &form, &admin).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    let at = page.body.find("lyt_").unwrap();
    page.body[at..]
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
        .collect()
}

async fn admin(city: &City) -> String {
    let sql = "SELECT login FROM org_account WHERE role = 'system_admin' ORDER BY login LIMIT 1";
    let row = city.store.one(sql, vec![]).await.unwrap().unwrap();
    row.text("login").unwrap()
}

/// Rows M01, M03, M04; invariants 4 and 10: without a token nothing is read, with one exactly its account's scope;
/// an unknown parameter is an error that names it; numbers are masked; pages by key hold everybody once; a revoked
/// token and one of a disabled account are refused at once.
#[tokio::test]
async fn a_token_reads_its_scope_by_key_and_no_more() {
    for city in cities().await {
        let (answer, problem) = read(&city, "/api/v1/people", "").await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert_eq!(problem["code"], "unauthorized");
        let cookie = city.door("demo-01-town").await;
        let by_cookie = city.get("/api/v1/people", &cookie).await;
        assert_eq!(
            by_cookie.status,
            StatusCode::UNAUTHORIZED,
            "a browser's session counts for nothing"
        );

        let secret = token(&city, "demo-01-town").await;
        let stored = city
            .count(
                "SELECT CAST(count(*) AS BIGINT) AS n FROM partner_token WHERE digest LIKE 'lyt%'",
            )
            .await;
        assert_eq!(stored, 0, "only a digest is kept");
        let (answer, problem) = read(&city, "/api/v1/people?aera=421303", &secret).await;
        assert_eq!(
            (answer.status, &problem["field"]),
            (StatusCode::BAD_REQUEST, &json!("aera"))
        );

        let (mut seen, mut after) = (BTreeSet::new(), String::new());
        loop {
            let (answer, page) = read(
                &city,
                &format!("/api/v1/people?most=7&after={after}"),
                &secret,
            )
            .await;
            assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
            for person in page["people"].as_array().unwrap() {
                assert!(
                    seen.insert(person["id"].as_str().unwrap().to_owned()),
                    "twice"
                );
            }
            match page["next"].as_str() {
                Some(next) => after = next.to_owned(),
                None => break,
            }
        }
        let scope = "SELECT CAST(count(*) AS BIGINT) AS n FROM people_person p JOIN org_grant g ON g.account = \
             (SELECT id FROM org_account WHERE login = 'demo-01-town') WHERE (p.alive IS NULL OR p.alive) AND \
             (substr(p.hukou_area, 1, 9) = substr(g.code, 1, 9) OR substr(p.residence_area, 1, 9) = substr(g.code, 1, 9))";
        assert_eq!(seen.len() as i64, city.count(scope).await, "{}", city.name);

        let her = city.person("王念慈").await.key.id;
        let (answer, person) = read(&city, &format!("/api/v1/people/{her}"), &secret).await;
        assert!(person["id_number"].as_str().unwrap().contains('*'));
        let tag = answer.header("etag").to_owned();
        let known = [("if-none-match", tag.as_str())];
        let (same, _) = ask(
            &city,
            Method::GET,
            &format!("/api/v1/people/{her}"),
            &secret,
            &known,
            "",
        )
        .await;
        assert_eq!(same.status, StatusCode::NOT_MODIFIED);
        let other = token(&city, "demo-02-town").await;
        let (hidden, _) = read(&city, &format!("/api/v1/people/{her}"), &other).await;
        assert_eq!(
            hidden.status,
            StatusCode::NOT_FOUND,
            "out of scope is not there"
        );
        let (_, answers) = read(&city, &format!("/api/v1/people/{her}/answers"), &secret).await;
        assert_eq!(answers["answers"].as_array().unwrap().len(), 28);
        let (_, owed) = read(&city, "/api/v1/findings?kind=owed", &secret).await;
        let of_her = |one: &Json| one["person"] == json!(her);
        assert!(owed["findings"].as_array().unwrap().iter().any(of_her));
        let (_, list) = read(&city, "/api/v1/list", &secret).await;
        assert_eq!(list["items"].as_array().unwrap().len(), 28);

        let admin = city.door(&admin(&city).await).await;
        let id = city
            .store
            .one(
                "SELECT id FROM partner_token ORDER BY created_at, id LIMIT 1",
                vec![],
            )
            .await
            .unwrap();
        let id = id.unwrap().text("id").unwrap();
        let done = city
            .post(&format!("/system/tokens/{id}/revocation"), &[], &admin)
            .await;
        assert_eq!(done.status, StatusCode::SEE_OTHER);
        let gone = [
            read(&city, "/api/v1/list", &secret).await,
            read(&city, "/api/v1/list", &other).await,
        ];
        let refused = gone
            .iter()
            .filter(|(answer, _)| answer.status == StatusCode::UNAUTHORIZED);
        assert_eq!(
            refused.count(),
            1,
            "exactly the revoked one on {}",
            city.name
        );
        city.close().await;
    }
}

/// Rows M01, M04; invariants 5 and 10: a write needs key and version, happens once however often it is sent, is
/// refused when somebody was first, and only the owner of a fact may send it.
#[tokio::test]
async fn a_write_happens_once_and_on_the_version_it_saw() {
    for city in cities().await {
        let secret = token(&city, "demo-13-data").await;
        let her = city.person("王念慈").await;
        let path = format!("/api/v1/people/{}/facts", her.key.id);
        let body = json!({"fact": "disability_grade", "value": 2, "since": "2025-05-01", "source": "残疾人证核定"}).to_string();
        let version = format!("\"v{}\"", her.version);
        let headers = [
            ("idempotency-key", "write-0001"),
            ("if-match", version.as_str()),
        ];
        let send = async |headers: &[(&str, &str)], body: &str| {
            ask(&city, Method::POST, &path, &secret, headers, body).await
        };

        let (no_key, problem) = send(&headers[1..], &body).await;
        assert_eq!(
            (no_key.status, &problem["field"]),
            (StatusCode::BAD_REQUEST, &json!("Idempotency-Key"))
        );
        let (done, written) = send(&headers, &body).await;
        assert_eq!(done.status, StatusCode::OK, "{}", done.body);
        let (again, same) = send(&headers, &body).await;
        assert_eq!((again.status, &same), (StatusCode::OK, &written));
        assert_eq!(again.header("idempotent-replay"), "true");
        let acts =
            "SELECT CAST(count(*) AS BIGINT) AS n FROM audit_row WHERE action = 'fact.correct'";
        assert_eq!(city.count(acts).await, 1, "{}", city.name);
        let other = body.replace("\"value\":2", "\"value\":3");
        let (reused, _) = send(&headers, &other).await;
        assert_eq!(reused.status, StatusCode::CONFLICT);
        let stale = [
            ("idempotency-key", "write-0002"),
            ("if-match", version.as_str()),
        ];
        let (late, problem) = send(&stale, &body).await;
        assert_eq!(
            (late.status, &problem["code"]),
            (StatusCode::CONFLICT, &json!("stale"))
        );
        let foreign =
            json!({"fact": "living", "value": "alone", "since": "2025-05-01", "source": "探访"})
                .to_string();
        let third = [
            ("idempotency-key", "write-0003"),
            ("if-match", version.as_str()),
        ];
        let (not_mine, problem) = send(&third, &foreign).await;
        assert_eq!(
            (not_mine.status, &problem["field"]),
            (StatusCode::FORBIDDEN, &json!("fact"))
        );
        let (_, facts) = read(&city, &path, &secret).await;
        let grade = facts["facts"]
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["fact"] == "disability_grade");
        assert_eq!(grade.unwrap()["value"], json!(2));
        let (_, before) = read(&city, &format!("{path}?on=2025-04-30"), &secret).await;
        let then = before["facts"]
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["fact"] == "disability_grade");
        assert!(
            then.is_none_or(|one| one["value"] != json!(2)),
            "it begins on its day"
        );
        city.columns_follow().await;
        city.close().await;
    }
}

/// Rows B01, M04; invariant 10: a person is registered by another system once, in its scope, with answers at once;
/// what is wrong is named, and a number that somebody has is refused.
#[tokio::test]
async fn a_person_is_registered_once() {
    for city in cities().await {
        let secret = token(&city, "demo-03-county").await;
        let home = city
            .person("王念慈")
            .await
            .subject()
            .residence
            .unwrap()
            .to_string();
        let body = "42990019440302001";
        let number = format!("{body}{}", kernel::id_number::check_digit(body).unwrap());
        let person = |number: &str, home: &str| {
            json!({"name": "测接口", "id_number": number, "hukou_area": home, "residence_area": home, "source": "公安人口库"}).to_string()
        };
        let send = async |key: &str, body: &str| {
            let headers = [("idempotency-key", key)];
            ask(
                &city,
                Method::POST,
                "/api/v1/people",
                &secret,
                &headers,
                body,
            )
            .await
        };
        for (body, field) in [
            (person("429900194403020011", &home), "id_number"),
            (person(&number, "42"), "residence_area"),
            (person(&number, "421381001001"), "residence_area"),
        ] {
            let (wrong, problem) = send("register-bad", &body).await;
            assert_eq!(
                wrong.status,
                StatusCode::UNPROCESSABLE_ENTITY,
                "{}",
                wrong.body
            );
            assert!(problem["field"] == json!(field) || problem["field"] == json!("hukou_area"));
        }
        let (done, written) = send("register-0001", &person(&number, &home)).await;
        assert_eq!(done.status, StatusCode::CREATED, "{}", done.body);
        let (again, same) = send("register-0001", &person(&number, &home)).await;
        assert_eq!((again.status, same), (StatusCode::CREATED, written.clone()));
        let (twice, problem) = send("register-0002", &person(&number, &home)).await;
        assert_eq!(
            (twice.status, &problem["field"]),
            (StatusCode::CONFLICT, &json!("id_number"))
        );
        let id = written["id"].as_str().unwrap();
        let sql = "SELECT yes AS n FROM entitle_answer WHERE id = $1";
        let yes = city.store.number(sql, values![id]).await.unwrap();
        assert_ne!(yes & 0b100, 0, "高龄津贴 is a yes on {}", city.name);
        city.columns_follow().await;
        city.close().await;
    }
}

/// Row M04: what the interface offers is described by the code that answers.
#[tokio::test]
async fn the_interface_describes_itself() {
    let city = cities().await.remove(0);
    let (answer, doc) = read(&city, "/api/v1/openapi.json", "").await;
    assert_eq!(answer.status, StatusCode::OK);
    let routes = laoyou::compose::routes().0;
    for route in routes
        .iter()
        .filter(|route| route.access == host::Access::Token)
    {
        let method = route.method.to_lowercase();
        assert!(
            doc["paths"][route.path][method.as_str()].is_object(),
            "{} {}",
            route.method,
            route.path
        );
    }
    city.close().await;
}
