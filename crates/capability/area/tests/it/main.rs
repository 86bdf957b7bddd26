//! Both trees on every database: scopes of 管委会, names, offices, and the JSON of the area picker.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use area::api::{AreaBook, AreaRow, ManagementRow, Tree, install};
use authz::{Actor, Role, Scope, Subject};
use axum::body::Body;
use axum::http::{Request, StatusCode};
use host::{App, AppState, Session};
use kernel::{AreaCode, Day};
use std::sync::Arc;
use store::testing::{TestDb, databases};
use tower::ServiceExt;

fn code(text: &str) -> AreaCode {
    text.parse().unwrap()
}

fn tree() -> Tree {
    let rows = [
        ("4213", "随州市"),
        ("421303", "曾都区"),
        ("421303106", "万店镇"),
        ("421303106200", "龙头湾村委会"),
        ("421303106001", "万店居委会"),
        ("421303187", "淅河镇"),
        ("421303187200", "先觉庙村委会"),
        ("421321", "随县"),
        ("421321101", "唐县镇"),
        ("421321115", "长岗镇"),
        ("421321115200", "大洪山村村委会"),
        ("421381", "广水市"),
        ("421381101", "武胜关镇"),
    ];
    let body = |key: &str, name: &str, town: &str| ManagementRow {
        code: key.into(),
        name: name.into(),
        towns: vec![code(town)],
        confirm: true,
        source: "公开资料".into(),
    };
    Tree {
        areas: rows
            .iter()
            .map(|(c, n)| AreaRow {
                code: code(c),
                name: (*n).into(),
            })
            .collect(),
        management: vec![
            body("M42130001", "随州高新区", "421303187"),
            body("M42130002", "大洪山风景名胜区", "421321115"),
        ],
    }
}

async fn fresh() -> Vec<TestDb> {
    let mut migrations = store::migrations();
    migrations.extend(area::capability().migrations);
    databases(&migrations).await.unwrap()
}

async fn load(db: &TestDb, tree: &Tree, day: &str) {
    let mut tx = db.store.begin(&Actor::system("test"), None).await.unwrap();
    install(&mut tx, tree, day.parse().unwrap()).await.unwrap();
    tx.commit().await.unwrap();
}

/// Row B17; invariant 8: five bodies decide, and each town has exactly one of them.
#[test]
fn a_county_does_not_decide_for_the_towns_of_a_management_area() {
    let book = AreaBook::of_tree(&tree());
    let names: Vec<&str> = book.executors().iter().map(|e| e.name.as_str()).collect();
    assert_eq!(
        names,
        ["曾都区", "随县", "广水市", "随州高新区", "大洪山风景名胜区"]
    );
    assert_eq!(book.executor_scope("421303"), [code("421303106")]);
    assert_eq!(book.executor_scope("421381000000"), [code("421381")]);
    assert_eq!(book.executor_scope("M42130002"), [code("421321115")]);
    assert!(book.executor_scope("M9").is_empty());
    let decides = |c: &str| book.executor_of(&code(c)).map(|e| e.name.as_str());
    assert_eq!(decides("421321115200"), Some("大洪山风景名胜区"));
    assert_eq!(decides("421321101"), Some("随县"));
    assert_eq!(decides("421303"), Some("曾都区"));
    assert_eq!(decides("4213"), None);
    assert_eq!(decides("440000"), None);
    for town in book.towns(&code("4213")) {
        let claims = book
            .executors()
            .iter()
            .filter(|e| e.areas.iter().any(|a| a.contains(&town.code)));
        assert_eq!(claims.count(), 1, "{}", town.name);
    }
}

#[test]
fn names_read_as_people_say_them() {
    let book = AreaBook::of_tree(&tree());
    let village = code("421303106200");
    assert_eq!(book.name(&village), Some("龙头湾村委会"));
    assert_eq!(book.full_name(&village), "曾都区万店镇龙头湾村");
    assert_eq!(book.short_name(&village), "万店镇龙头湾村");
    assert_eq!(book.short_name(&code("421303")), "曾都区");
    assert_eq!(book.full_name(&code("4213")), "随州市");
    assert_eq!(book.full_name(&code("441900")), "外地（441900）");
    assert_eq!(
        book.full_name(&code("421303106999")),
        "曾都区万店镇（区划代码 421303106999）"
    );
    for text in [
        "万店镇龙头湾村",
        "曾都区万店镇龙头湾村",
        "湖北省随州市曾都区万店镇龙头湾村",
        "421303106200",
        "万店镇 龙头湾村委会",
    ] {
        let found: Vec<AreaCode> = book.find_by_name(text).iter().map(|a| a.code).collect();
        assert_eq!(found, [village], "{text}");
    }
    assert!(book.find_by_name("无名村").is_empty() && book.find_by_name("").is_empty());
    let villages: Vec<&str> = book
        .villages(&code("421303106"))
        .iter()
        .map(|a| a.name.as_str())
        .collect();
    assert_eq!(villages, ["万店居委会", "龙头湾村委会"]);
}

/// Row M03: a refusal names the offices that can help.
#[test]
fn a_refusal_names_the_offices_of_the_record() {
    let book = AreaBook::of_tree(&tree());
    let ask = |hukou: &str, residence: &str| {
        book.office_to_ask(&Subject {
            person: "p".into(),
            hukou: hukou.parse().ok(),
            residence: residence.parse().ok(),
        })
    };
    assert_eq!(
        ask("421303106200", "421303106001"),
        "曾都区民政局或万店镇民政办"
    );
    assert_eq!(ask("421303106200", ""), "曾都区民政局或万店镇民政办");
    assert_eq!(
        ask("421303106200", "421381101"),
        "曾都区民政局（户籍地）或广水市民政局（常住地）"
    );
    assert_eq!(
        ask("421321115200", "440300"),
        "大洪山风景名胜区管委会或长岗镇民政办"
    );
    assert_eq!(ask("4213", ""), "随州市民政局");
    assert_eq!(ask("", "440300"), "户籍地民政部门");
}

/// Invariant 13: the same tree from both databases; loading it again changes nothing; an area that
/// ends keeps its name.
#[tokio::test]
async fn a_tree_survives_the_database() {
    for db in fresh().await {
        load(&db, &tree(), "2024-01-01").await;
        let book = AreaBook::load(&db.store).await.unwrap();
        assert_eq!(book, AreaBook::of_tree(&tree()), "{}", db.name);
        load(&db, &tree(), "2024-06-01").await;
        assert_eq!(AreaBook::load(&db.store).await.unwrap(), book);
        let mut smaller = tree();
        smaller.areas.retain(|row| row.code != code("421303106001"));
        load(&db, &smaller, "2025-06-01").await;
        let later = AreaBook::load(&db.store).await.unwrap();
        assert_eq!(later.villages(&code("421303106")).len(), 1);
        assert_eq!(
            later.full_name(&code("421303106001")),
            "曾都区万店镇万店居委会"
        );
        assert_eq!(
            later.area(&code("421303106001")).unwrap().ended,
            Day::from_ymd(2025, 6, 1)
        );
        db.close().await.unwrap();
    }
}

/// A tree that would give wrong scopes is refused as a whole.
#[tokio::test]
async fn a_broken_tree_is_refused() {
    let mut twice = tree();
    twice.management[1].towns.push(code("421303187"));
    let mut stray = tree();
    stray.management[0].towns = vec![code("421303999")];
    for db in fresh().await {
        for broken in [&twice, &stray] {
            let mut tx = db.store.begin(&Actor::system("test"), None).await.unwrap();
            assert!(
                install(&mut tx, broken, Day::from_ymd(2024, 1, 1).unwrap())
                    .await
                    .is_err()
            );
            tx.rollback().await.unwrap();
        }
        db.close().await.unwrap();
    }
}

/// Row M03: only for those who signed in; the answer is what the area picker reads.
#[tokio::test]
async fn the_area_picker_is_answered() {
    for db in fresh().await {
        let app: AppState = Arc::new(
            App::new(db.store.clone(), "随州市", None)
                .with_part(Arc::new(AreaBook::of_tree(&tree()))),
        );
        let router = area::capability().routes.router().with_state(app);
        let ask = |query: &str, signed_in: bool| {
            let mut request = Request::get(format!("/areas/children{query}"))
                .body(Body::empty())
                .unwrap();
            if signed_in {
                let actor = Actor {
                    id: "a".into(),
                    name: "张敏".into(),
                    role: Role::TownWorker,
                    scope: Scope::Nowhere,
                    scope_name: String::new(),
                };
                let session = Session {
                    actor,
                    id: "s".into(),
                    must_change_password: false,
                };
                request.extensions_mut().insert(Arc::new(session));
            }
            router.clone().oneshot(request)
        };
        assert_eq!(
            ask("?code=421303", false).await.unwrap().status(),
            StatusCode::SEE_OTHER
        );
        assert_eq!(
            ask("?kode=421303", true).await.unwrap().status(),
            StatusCode::BAD_REQUEST
        );
        assert_eq!(
            ask("?code=abc", true).await.unwrap().status(),
            StatusCode::BAD_REQUEST
        );
        let answer = ask("?code=421303", true).await.unwrap();
        let bytes = axum::body::to_bytes(answer.into_body(), 10_000)
            .await
            .unwrap();
        let json: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(
            json[0],
            serde_json::json!({"code": "421303106000", "name": "万店镇"})
        );
        let top = ask("", true).await.unwrap();
        let bytes = axum::body::to_bytes(top.into_body(), 10_000).await.unwrap();
        assert_eq!(
            serde_json::from_slice::<serde_json::Value>(&bytes)
                .unwrap()
                .as_array()
                .unwrap()
                .len(),
            3
        );
        db.close().await.unwrap();
    }
}
