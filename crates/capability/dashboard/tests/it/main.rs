//! Reporting and the dashboard on every database, with the real folder of 随州.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod paper;

use area::api::{AreaBook, Tree, install};
use authz::{Actor, Role, Scope};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use host::{App, AppState, Session};
use plan::api::{PlanBook, acknowledge_finding, check, load, publish};
use rules::Files;
use std::path::Path;
use std::sync::Arc;
use store::testing::{TestDb, databases};
use store::{Reads, Store};
use tower::ServiceExt;

const CITY: &str = "421300000000";

/// Databases with areas and the published plan.
async fn places() -> Vec<TestDb> {
    let mut migrations = store::migrations();
    for capability in [
        area::capability(),
        org::capability(),
        people::capability(),
        plan::capability(),
        entitle::capability(),
        period::capability(),
        dashboard::capability(),
    ] {
        migrations.extend(capability.migrations);
    }
    let files = folder();
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

fn folder() -> Files {
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../plans/suizhou");
    let mut files = Files::new();
    for entry in std::fs::read_dir(place).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        files.insert(name, std::fs::read_to_string(&path).unwrap());
    }
    files
}

async fn router(store: &Store) -> Router {
    let plans = Arc::new(PlanBook::load(store).await.unwrap());
    let areas = Arc::new(AreaBook::load(store).await.unwrap());
    let app: AppState = Arc::new(
        App::new(store.clone(), "随州市", None)
            .with_part(plans)
            .with_part(areas),
    );
    dashboard::capability().routes.router().with_state(app)
}

struct Who(Role, &'static str);
const CIVIL: Who = Who(Role::CityCivil, "4213");
const COUNTY: Who = Who(Role::CountyCivil, "421381");
const LEADER: Who = Who(Role::Leader, "4213");

async fn send(router: &Router, who: &Who, mut request: Request<Body>) -> (StatusCode, String) {
    let actor = Actor {
        id: "wang".into(),
        name: "王统计".into(),
        role: who.0,
        scope: Scope::Areas(vec![who.1.parse().unwrap()]),
        scope_name: String::new(),
    };
    request.extensions_mut().insert(Arc::new(Session {
        actor,
        id: "s".into(),
        must_change_password: false,
    }));
    let answer = router.clone().oneshot(request).await.unwrap();
    let status = answer.status();
    let to = answer
        .headers()
        .get(header::LOCATION)
        .map(|to| to.to_str().unwrap().to_owned());
    let bytes = axum::body::to_bytes(answer.into_body(), 10_000_000)
        .await
        .unwrap();
    (
        status,
        to.unwrap_or_else(|| String::from_utf8(bytes.to_vec()).unwrap()),
    )
}

async fn get(router: &Router, who: &Who, path: &str) -> (StatusCode, String) {
    send(router, who, Request::get(path).body(Body::empty()).unwrap()).await
}

async fn post(
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

fn seen(page: &str) -> String {
    let rest = page.split("name=\"seen\" value=\"").nth(1).unwrap();
    rest.split('"').next().unwrap().to_owned()
}

fn typed<'a>(day: &'a str, value: &'a str, seen: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("area", CITY),
        ("day", day),
        ("value", value),
        ("kind", "typed"),
        ("source", "护理型床位台账2025"),
        ("seen", seen),
    ]
}

const FIGURE: &str = "/reports/nursing_bed_share";

/// Rows A03, A24; invariant 5: a value is reported, corrected, and both are kept; what was known before the
/// correction can still be asked for; what is impossible is refused and nothing typed is lost.
#[tokio::test]
async fn a_value_is_reported_and_corrected() {
    for db in places().await {
        let router = router(&db.store).await;
        let (status, page) = get(&router, &CIVIL, FIGURE).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        assert!(
            page.contains("还没有填报过") && page.contains("/plan/rows/a_t2_06"),
            "{page}"
        );
        for (day, value, words) in [
            ("2025-06-30", "100.1", "不可能大于 100%"),
            ("2025-07-01", "58", "不能晚于今天"),
            ("2025-06-30", "58，2", "不是数字"),
            ("2025-06-30", "-3", "不是数字"),
            ("2025-06-30", "", "请填写数值"),
        ] {
            let (status, page) = post(&router, &CIVIL, FIGURE, &typed(day, value, "")).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{value}");
            assert!(page.contains(words), "{words}: {page}");
            assert!(page.contains("护理型床位台账2025"), "nothing typed is lost");
        }
        // Numerator and denominator must agree with the value.
        let mut parts = typed("2025-06-30", "58.2", "");
        parts.extend([("numerator", "11000"), ("denominator", "20000")]);
        let (status, page) = post(&router, &CIVIL, FIGURE, &parts).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.contains("分子 ÷ 分母是 55"), "{page}");

        let (status, to) = post(&router, &CIVIL, FIGURE, &typed("2025-05-31", "57.0", "")).await;
        assert_eq!(
            (status, to.as_str()),
            (
                StatusCode::SEE_OTHER,
                "/reports/nursing_bed_share?area=421300000000"
            )
        );
        post(&router, &CIVIL, FIGURE, &typed("2025-06-30", "58.2", "")).await;
        // Somebody who did not see that value looks at it first; who saw it corrects it.
        let (status, page) = post(&router, &CIVIL, FIGURE, &typed("2025-06-30", "85.2", "")).await;
        assert_eq!(status, StatusCode::CONFLICT);
        assert!(page.contains("别人已经报了") && page.contains("85.2"));
        let (status, _) = post(
            &router,
            &CIVIL,
            FIGURE,
            &typed("2025-06-30", "58.4", &seen(&page)),
        )
        .await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        let (_, page) = get(&router, &CIVIL, FIGURE).await;
        assert!(
            page.contains("58.2") && page.contains("58.4") && page.contains("已更正"),
            "{page}"
        );

        let (_, page) = get(&router, &LEADER, "/dashboard/nursing_bed_share").await;
        for words in [
            "58.4",
            "较 2025-05-31 +1.4",
            "≥60%",
            "/plan/rows/a_t2_06",
            "护理型",
            "王统计",
            "45.5%",
        ] {
            assert!(page.contains(words), "{words}: {page}");
        }
        // As of a day the later one does not count; before it was known nothing counts.
        let (_, page) = get(
            &router,
            &LEADER,
            "/dashboard/nursing_bed_share?day=2025-06-15",
        )
        .await;
        assert!(page.contains("数据截至 2025-05-31"));
        let (_, page) = get(
            &router,
            &LEADER,
            "/dashboard/nursing_bed_share?known=2025-06-29",
        )
        .await;
        assert!(page.contains("还没有填报"));
        let sql = "SELECT CAST(count(*) AS BIGINT) AS n FROM dashboard_value";
        assert_eq!(
            db.store.number(sql, vec![]).await.unwrap(),
            3,
            "nothing is overwritten"
        );
    }
}

/// Invariants 8 and 10: a county reports for its own body only; leaders report nothing; computed figures are
/// never typed.
#[tokio::test]
async fn everybody_reports_their_own_area() {
    for db in places().await {
        let router = router(&db.store).await;
        let (status, _) = post(&router, &COUNTY, FIGURE, &typed("2025-06-30", "58", "")).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "not for the city");
        let (status, page) = get(&router, &COUNTY, "/reports").await;
        assert_eq!(status, StatusCode::OK, "{page}");
        assert!(
            page.contains("广水市") && !page.contains("曾都区"),
            "{page}"
        );
        let mut own = typed("2025-06-30", "58", "");
        own[0] = ("area", "E:421381000000");
        let (status, _) = post(&router, &COUNTY, FIGURE, &own).await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        let (_, page) = get(&router, &LEADER, "/dashboard/nursing_bed_share").await;
        assert!(page.contains("广水市") && page.contains("58%"), "{page}");
        for (who, path) in [(&LEADER, "/reports"), (&LEADER, FIGURE)] {
            assert_eq!(get(&router, who, path).await.0, StatusCode::FORBIDDEN);
        }
        let (status, page) = get(&router, &CIVIL, "/reports/elders_60").await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert!(page.contains("不能手工填报"));
        let (status, page) = get(&router, &CIVIL, "/reports?colour=red").await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert!(page.contains("colour"));
    }
}

/// Rows A03, A07, product.md 7: without values the page says who reports; 43 dated tasks are counted; on the
/// last day of the period the plan runs, a day later it is over.
#[tokio::test]
async fn the_dashboard_without_values_and_past_its_period() {
    for db in places().await {
        let router = router(&db.store).await;
        let (status, page) = get(&router, &LEADER, "/dashboard").await;
        assert_eq!(status, StatusCode::OK, "{page}");
        for words in [
            "未填报",
            "未接入",
            "没有红灯",
            "2023年",
            "2024年",
            "2025年",
            ">21<",
            ">11<",
            "/plan/findings",
        ] {
            assert!(page.contains(words), "{words}: {page}");
        }
        let over = "规划已到期";
        let (_, page) = get(&router, &LEADER, "/dashboard?day=2025-12-31").await;
        assert!(!page.contains(over));
        post(&router, &CIVIL, FIGURE, &typed("2025-06-30", "58", "")).await;
        let (_, page) = get(&router, &LEADER, "/dashboard?day=2026-01-01").await;
        assert!(page.contains(over) && page.contains("已过期限"), "{page}");
        let (status, page) = get(&router, &LEADER, "/dashboard?half=young&screen=1").await;
        assert_eq!(status, StatusCode::OK);
        assert!(page.contains("退出投屏") && !page.contains("class=\"sidebar\""));
        let (status, page) = get(&router, &LEADER, "/dashboard?half=middle").await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert!(page.contains("half"));
    }
}

/// Rows A22–A52: every measure of the plan's goals has a page of its own and a form.
#[tokio::test]
async fn every_target_has_its_page_and_form() {
    let db = places().await.remove(0);
    let router = router(&db.store).await;
    let (_, page) = get(&router, &CIVIL, "/reports").await;
    let ids: Vec<&str> = page
        .split("href=\"/reports/")
        .skip(1)
        .filter_map(|rest| rest.split(['?', '"']).next())
        .collect();
    assert!(ids.len() > 50, "{}", ids.len());
    for id in ids {
        for path in [format!("/dashboard/{id}"), format!("/reports/{id}")] {
            let (status, page) = get(&router, &CIVIL, &path).await;
            assert_eq!(status, StatusCode::OK, "{path}\n{page}");
        }
    }
}
