//! Asking, watching, killing, cancelling, downloading, expiring.

use crate::place::{COUNTY, HEALTH, Who, opened, places, row};
use authz::Role;
use axum::http::StatusCode;
use calamine::Data;
use host::export::Cell;
use store::jobs::JobError;

fn text(cell: &Data) -> String {
    match cell {
        Data::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The data rows: without title, watermark, headings and the watermark at the end.
fn data(rows: &[Vec<Data>]) -> &[Vec<Data>] {
    &rows[3..rows.len() - 1]
}

/// Rows K01, M03; engineering.md 15: list → reason → job → one whole file with watermark; asking and each
/// download are logged, and every chunk with the keys of its people.
#[tokio::test]
async fn a_list_becomes_a_workbook_and_the_log_says_so() {
    for place in places(2_500).await {
        let (status, page) = place.get(&COUNTY, "/exports/new?list=test.list").await;
        assert_eq!(status, StatusCode::OK);
        assert!(page.contains("2,500 条") && page.contains("事由"));
        let run = place.ask(&COUNTY).await;
        let (_, page) = place.get(&COUNTY, &run).await;
        assert!(
            page.contains("排队中") && page.contains("data-poll"),
            "{page}"
        );
        place.work().await;
        let (_, page) = place.get(&COUNTY, &run).await;
        assert!(page.contains("可下载") && !page.contains("data-poll"));
        let (rows, formulas) = opened(place.download(&COUNTY, &run).await);
        assert_eq!((data(&rows).len(), formulas), (2_500, 0));
        for (n, cells) in data(&rows).iter().enumerate() {
            let Cell::Text(name) = &row(n).cells[0] else {
                panic!("a name")
            };
            assert_eq!(&text(&cells[0]), name, "as it is, and no formula");
            assert_eq!(text(&cells[4]), n.to_string());
        }
        let first = &data(&rows)[0];
        assert_eq!(text(&first[1]), "**************0018", "never in full");
        assert!(matches!(first[3], Data::Float(yuan) if (yuan - 123.45).abs() < 1e-9));
        assert!(matches!(first[2], Data::DateTime(_)));
        for mark in [&rows[1][0], &rows[rows.len() - 1][0]] {
            let mark = text(mark);
            for part in [
                "张民政",
                "曾都区",
                "2025-06-30",
                "核对待遇资格",
                "共 2,500 条",
            ] {
                assert!(mark.contains(part), "{mark}");
            }
        }
        assert_eq!(place.audits("export.ask").await, 1);
        assert_eq!(place.audits("export.rows").await, 3);
        assert_eq!(place.audits("export.done").await, 1);
        place.download(&COUNTY, &run).await;
        assert_eq!(place.audits("export.download").await, 2);
        assert_eq!(place.on_disk(), 1, "the chunks are gone");
        place.close().await;
    }
}

/// Engineering.md 14: killed in the middle, the next worker goes on behind the last whole chunk; every row
/// is there once. A turn gives way after four chunks.
#[tokio::test]
async fn a_killed_export_goes_on_and_ends_as_one_whole_file() {
    for place in places(9_500).await {
        let run = place.ask(&COUNTY).await;
        let (lost, ended) = place.turn().await.unwrap();
        assert!(matches!(ended, Err(JobError::Again)));
        // Killed: nobody says how it ended, and the lease runs out.
        assert!(place.turn().await.is_none());
        let (_, page) = place.get(&COUNTY, &run).await;
        assert!(page.contains("已生成 4,000 条") && page.contains("正在生成"));
        place.push(61);
        place.work().await;
        let (rows, _) = opened(place.download(&COUNTY, &run).await);
        let numbers: Vec<String> = data(&rows).iter().map(|cells| text(&cells[4])).collect();
        let all: Vec<String> = (0..9_500).map(|n| n.to_string()).collect();
        assert_eq!(numbers, all);
        assert_eq!(place.audits("export.rows").await, 10, "no chunk twice");
        // The lost worker ends nothing.
        place
            .store
            .finish_job(&lost, Err(JobError::Again))
            .await
            .unwrap();
        assert!(place.turn().await.is_none());
        place.close().await;
    }
}

/// Row K01: cancelled, nothing is left and nothing goes on; done, it cannot be cancelled.
#[tokio::test]
async fn a_cancelled_export_leaves_nothing() {
    for place in places(9_500).await {
        let run = place.ask(&COUNTY).await;
        let (job, ended) = place.turn().await.unwrap();
        assert!(place.on_disk() > 0);
        let stranger = Who("li", Role::CountyCivil, "421303");
        let cancel = format!("{run}/cancellation");
        let (status, _, _) = place.send(&stranger, "POST", &cancel, "").await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        place.send(&COUNTY, "POST", &cancel, "").await;
        place.store.finish_job(&job, ended).await.unwrap();
        place.work().await;
        assert_eq!(place.on_disk(), 0);
        let (_, page) = place.get(&COUNTY, &run).await;
        assert!(page.contains("已取消"));
        let (status, _) = place.get(&COUNTY, &format!("{run}/file")).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        place.close().await;
    }
}

/// Row M03; invariant 10: a file is for who asked for it, while their scope covers it; names are masked for
/// roles that open nobody's page; an unknown list, filter or a lacking reason makes no export.
#[tokio::test]
async fn who_may_what() {
    for place in places(20).await {
        let run = place.ask(&HEALTH).await;
        place.work().await;
        let (rows, _) = opened(place.download(&HEALTH, &run).await);
        assert_eq!(text(&data(&rows)[0][0]), "张*");
        let file = format!("{run}/file");
        for (who, status) in [
            (
                Who("other", Role::CityHealth, "4213"),
                StatusCode::NOT_FOUND,
            ),
            (Who("wu", Role::CityHealth, "421303"), StatusCode::FORBIDDEN),
            (Who("wu", Role::Planner, "4213"), StatusCode::FORBIDDEN),
        ] {
            assert_eq!(
                place.get(&who, &file).await.0,
                status,
                "{} {:?}",
                who.0,
                who.1
            );
        }
        for (body, status) in [
            ("list=no&query=&reason=verify", StatusCode::BAD_REQUEST),
            (
                "list=test.list&query=unknown=1&reason=verify",
                StatusCode::BAD_REQUEST,
            ),
            (
                "list=test.list&query=&reason=",
                StatusCode::UNPROCESSABLE_ENTITY,
            ),
            (
                "list=test.list&query=&reason=made-up",
                StatusCode::UNPROCESSABLE_ENTITY,
            ),
            (
                "list=test.list&query=&reason=other",
                StatusCode::UNPROCESSABLE_ENTITY,
            ),
        ] {
            let (found, _, _) = place.send(&COUNTY, "POST", "/exports", body).await;
            assert_eq!(found, status, "{body}");
        }
        // A town worker may export, but not a list that is not theirs.
        let town = Who("he", Role::TownWorker, "421303001");
        let (status, _) = place.get(&town, "/exports/new?list=test.list").await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        place.close().await;
    }
}

/// Engineering.md 12: after its last day the file is removed and the record says so.
#[tokio::test]
async fn files_expire_and_the_record_says_so() {
    for place in places(5).await {
        let run = place.ask(&COUNTY).await;
        place.work().await;
        let now = place.store.clock().now();
        let by = authz::Actor::system("test");
        for (days, kept) in [(7, true), (1, false)] {
            place.push(days * 86_400);
            place
                .store
                .enqueue(&by, export::api::EXPIRE, "{}", None, now)
                .await
                .unwrap();
            place.work().await;
            let (_, page) = place.get(&COUNTY, &run).await;
            assert_eq!(page.contains("可下载"), kept);
            assert_eq!(page.contains("已到期删除"), !kept);
        }
        assert_eq!(place.on_disk(), 0);
        let (_, page) = place.get(&COUNTY, "/exports").await;
        assert!(page.contains("已到期删除"));
        place.close().await;
    }
}

/// Row K01: fifty thousand rows in bounded memory.
#[tokio::test]
async fn fifty_thousand_rows_in_bounded_memory() {
    let peak = || {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status
            .lines()
            .find(|line| line.starts_with("VmHWM"))
            .unwrap();
        let kib: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
        kib / 1024
    };
    let place = places(50_000).await.remove(0);
    let before = peak();
    let run = place.ask(&COUNTY).await;
    place.work().await;
    let grown = peak() - before;
    assert!(grown < 80, "{grown} MB");
    let (rows, _) = opened(place.download(&COUNTY, &run).await);
    assert_eq!(data(&rows).len(), 50_000);
    place.close().await;
}
