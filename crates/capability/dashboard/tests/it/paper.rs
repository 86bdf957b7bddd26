//! 一页纸 on every database: one page, the dashboard's numbers, nobody without the right.

use super::{CIVIL, FIGURE, LEADER, Who, get, places, post, router, typed};
use area::api::AreaBook;
use authz::{Actor, Role, Scope};
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use host::Session;
use plan::api::PlanBook;
use std::io::Read;
use std::sync::Arc;
use store::{Reads, Store};
use tower::ServiceExt;

async fn file(router: &Router, who: &Who, path: &str) -> (StatusCode, HeaderMap, Vec<u8>) {
    let mut request = Request::get(path).body(Body::empty()).unwrap();
    request.extensions_mut().insert(Arc::new(Session {
        actor: Actor {
            id: "wang".into(),
            name: "王统计".into(),
            role: who.0,
            scope: Scope::Areas(vec![who.1.parse().unwrap()]),
            scope_name: String::new(),
        },
        id: "s".into(),
        must_change_password: false,
    }));
    let answer = router.clone().oneshot(request).await.unwrap();
    let (head, body) = answer.into_parts();
    let bytes = axum::body::to_bytes(body, 10_000_000).await.unwrap();
    (head.status, head.headers, bytes.to_vec())
}

/// Pages, and words without white space.
fn pdf(bytes: &[u8]) -> (usize, String) {
    let document = lopdf::Document::load_mem(bytes).unwrap();
    let pages: Vec<u32> = document.get_pages().into_keys().collect();
    let text = document.extract_text(&pages).unwrap();
    (pages.len(), text.split_whitespace().collect())
}

fn docx(bytes: &[u8]) -> String {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    assert!(
        archive.by_name("word/media/rIdImage1.png").is_ok(),
        "charts"
    );
    let mut xml = String::new();
    let mut part = archive.by_name("word/document.xml").unwrap();
    part.read_to_string(&mut xml).unwrap();
    let mut inside = false;
    xml.chars()
        .filter(|c| {
            let tag = inside || *c == '<';
            inside = if *c == '<' { true } else { inside && *c != '>' };
            !tag && !c.is_whitespace()
        })
        .collect()
}

async fn fill(store: &Store) {
    let plans = PlanBook::load(store).await.unwrap();
    let areas = AreaBook::load(store).await.unwrap();
    let shelved = plans.places().first().cloned().unwrap();
    dashboard::api::demo(store, &shelved.book, &areas)
        .await
        .unwrap();
}

/// Row A03, product.md 43, invariant 10: a leader takes one page with date, headline figures, red list, bodies,
/// years and problems; PDF and DOCX say the same; the export stands in the log.
#[tokio::test]
async fn a_leader_takes_one_page_to_the_meeting() {
    for db in places().await {
        fill(&db.store).await;
        let router = router(&db.store).await;
        let (_, page) = get(&router, &LEADER, "/dashboard").await;
        let (status, head, bytes) = file(&router, &LEADER, "/dashboard/paper.pdf").await;
        assert_eq!(status, StatusCode::OK);
        let says = |name: header::HeaderName| head[name].to_str().unwrap().to_owned();
        assert_eq!(says(header::CONTENT_TYPE), "application/pdf");
        assert_eq!(says(header::CACHE_CONTROL), "no-store");
        let name = ui::query_encode("随州市一老一小一页纸-2025年6月30日");
        assert!(
            says(header::CONTENT_DISPOSITION).ends_with(&format!("filename*=UTF-8''{name}.pdf")),
            "{head:?}"
        );
        let (pages, text) = pdf(&bytes);
        assert_eq!(pages, 1, "{text}");
        let (status, _, bytes) = file(&router, &LEADER, "/dashboard/paper.docx").await;
        assert_eq!(status, StatusCode::OK);
        let same = docx(&bytes);
        for words in [
            "随州市「一老一小」一页纸",
            "数据截至2025年6月30日",
            "60岁以上常住老人",
            "一小",
            "红灯清单",
            "未接入",
            "三个问题",
            "责任单位",
        ] {
            assert!(text.contains(words), "{words}: {text}");
            assert!(same.contains(words), "{words}: {same}");
        }
        // Words of the charts: bodies and years.
        for words in ["广水市", "大洪山", "2023年", "21项", "目标"] {
            assert!(text.contains(words), "{words}: {text}");
        }
        // What the dashboard shows red is red here.
        let red = page.split("dash-red").nth(1).unwrap();
        let first = red.split("cell-main").nth(1).unwrap();
        let first = first
            .split("\">")
            .nth(2)
            .unwrap()
            .split('<')
            .next()
            .unwrap();
        let first: String = first.split_whitespace().collect();
        assert!(
            !first.is_empty() && text.contains(&first),
            "{first}: {text}"
        );
        assert!(same.contains(&first), "{first}");
        // Nobody's name, not even the reporter's.
        assert!(!text.contains("王统计") && !same.contains("王统计"));
        let sql =
            "SELECT CAST(count(*) AS BIGINT) AS n FROM audit_row WHERE action = 'dashboard.export'";
        assert_eq!(db.store.number(sql, vec![]).await.unwrap(), 2);
    }
}

/// Invariants 4 and 10; product.md 7: filters as on the dashboard, an unknown one is named; past its period the
/// page says so; who may not read counts gets nothing.
#[tokio::test]
async fn filters_the_end_of_the_period_and_who_may_not() {
    for db in places().await {
        let router = router(&db.store).await;
        post(&router, &CIVIL, FIGURE, &typed("2025-06-30", "58.2", "")).await;
        let (_, _, bytes) = file(&router, &LEADER, "/dashboard/paper.pdf?day=2026-01-01").await;
        let (pages, text) = pdf(&bytes);
        assert_eq!(pages, 1);
        for words in ["规划已到期（2025年12月31日）", "58.2%", "已过"] {
            assert!(text.contains(words), "{words}: {text}");
        }
        let (_, _, bytes) = file(
            &router,
            &LEADER,
            "/dashboard/paper.pdf?half=young&area=E:421381000000&day=2025-12-31",
        )
        .await;
        let (_, text) = pdf(&bytes);
        assert!(text.contains("广水市「一小」一页纸") && !text.contains("已到期"));
        for (query, words) in [
            ("colour=red", "colour"),
            ("half=middle", "half"),
            ("area=421000", "area"),
            ("day=yesterday", "day"),
            ("screen=1", "screen"),
        ] {
            for end in ["pdf", "docx"] {
                let path = format!("/dashboard/paper.{end}?{query}");
                let (status, page) = get(&router, &LEADER, &path).await;
                assert_eq!(status, StatusCode::BAD_REQUEST, "{path}");
                assert!(page.contains(words), "{path}");
            }
        }
        let nobody = Who(Role::Family, "4213");
        for end in ["pdf", "docx"] {
            let path = format!("/dashboard/paper.{end}");
            let (status, _) = get(&router, &nobody, &path).await;
            assert_eq!(status, StatusCode::FORBIDDEN);
            // Signed out: a visitor is led to the sign-in page, a part of a page gets 401.
            let request = Request::get(&path).header("hx-request", "true");
            let request = request.header("hx-request-type", "partial");
            let answer = router
                .clone()
                .oneshot(request.body(Body::empty()).unwrap())
                .await
                .unwrap();
            assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
        }
    }
}
