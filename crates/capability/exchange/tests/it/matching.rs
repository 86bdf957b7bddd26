//! Outgoing lists: who stands on them, what they hold, how long they live, what a kill leaves.

use crate::place::{CITY, COUNTY, DISABLED, HEALTH, OTHER_COUNTY, Who, name, number_of, places};
use authz::Role;
use axum::http::StatusCode;
use calamine::{Data, Reader, Xlsx};
use std::io::Cursor;

fn cells(bytes: Vec<u8>) -> Vec<Vec<String>> {
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes)).unwrap();
    let sheet = book.worksheet_range_at(0).unwrap().unwrap();
    let text = |cell: &Data| cell.to_string();
    sheet
        .rows()
        .map(|row| row.iter().map(text).collect())
        .collect()
}

/// Rows M04, B14; invariant 10: a list holds number and name of the living of its scope and nothing else, carries a
/// watermark, names everybody on it in the log; who has no number is left out and counted.
#[tokio::test]
async fn a_list_goes_out_with_the_least_and_a_watermark() {
    for place in places(12, &[]).await {
        let to = place.list(&COUNTY, "police_death", "xlsx").await;
        let (status, page) = place.get(&COUNTY, &to).await;
        assert_eq!(status, StatusCode::OK);
        // 12 people: 4 and 9 live in 随县, 10 has no number.
        assert!(
            page.contains("共 9 人") && page.contains("1 人，没有身份证号"),
            "{page}"
        );
        let (status, bytes) = place.bytes(&COUNTY, &format!("{to}/file")).await;
        assert_eq!(status, StatusCode::OK);
        let rows = cells(bytes);
        assert!(rows[1][0].contains("比对2025-0001") && rows[1][0].contains("核对待遇资格"));
        assert_eq!(rows[2][..3], ["编号", "证件号码", "姓名"]);
        assert_eq!(rows[3][..3], ["1".to_owned(), number_of(0), name(0)]);
        let people: Vec<&str> = rows[3..12].iter().map(|row| row[1].as_str()).collect();
        assert!(!people.contains(&number_of(4).as_str()), "another county");
        assert!(
            rows.iter().all(|row| row.len() == 3),
            "nothing else goes out"
        );
        let seen = "SELECT count(DISTINCT subject) AS n FROM audit_seen";
        assert_eq!(place.number(seen).await, 9, "everybody on it is in the log");
        assert_eq!(place.audits("exchange.download").await, 1);
        // What stood on the lines is forgotten with the file.
        let kept = "SELECT count(*) AS n FROM exchange_line WHERE mapped IS NOT NULL";
        assert_eq!(place.number(kept).await, 0);
        place.close().await;
    }
}

/// Row M04: CSV is the same, and nothing of it runs as a formula.
#[tokio::test]
async fn a_list_as_csv() {
    for place in places(3, &[]).await {
        let to = place.list(&COUNTY, "disability", "csv").await;
        let (_, text) = place.get(&COUNTY, &format!("{to}/file")).await;
        let lines: Vec<&str> = text.trim_start_matches('\u{feff}').lines().collect();
        assert!(lines[0].contains("比对2025-0001"));
        assert_eq!(lines[1], "编号,证件号码,姓名");
        assert_eq!(lines[2], format!("1,{},{}", number_of(0), name(0)));
        assert_eq!(lines.len(), 5);
        place.close().await;
    }
}

/// Rows M04, M03: numbers of a year have no gaps; a form that lacks something comes back with what was typed.
#[tokio::test]
async fn a_form_that_lacks_something_comes_back() {
    for place in places(3, &[]).await {
        let pairs = [("kind", "custody"), ("format", "csv"), ("reason", "")];
        let (status, page) = place.post(&COUNTY, "/matching", &pairs).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            page.contains("请选择事由") && page.contains("value=\"custody\" checked"),
            "{page}"
        );
        let pairs = [
            ("kind", "custody"),
            ("format", "csv"),
            ("reason", "verify"),
            ("area", "421321"),
        ];
        let (status, page) = place.post(&COUNTY, "/matching", &pairs).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.contains("不在您的管辖范围"));
        let pairs = [
            ("kind", "custody"),
            ("format", "csv"),
            ("reason", "verify"),
            ("group", "tekun"),
        ];
        let (status, page) = place.post(&COUNTY, "/matching", &pairs).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.contains("没有符合条件的人"));
        let first = place.list(&COUNTY, "custody", "csv").await;
        let second = place.list(&CITY, "custody", "csv").await;
        assert!(place.get(&COUNTY, &first).await.1.contains("比对2025-0001"));
        assert!(place.get(&CITY, &second).await.1.contains("比对2025-0002"));
        place.close().await;
    }
}

/// Rows M03, M04; invariant 10: a list is for who made it, whoever answers it and whoever stands above; another county,
/// another department, an administrator do not even see it.
#[tokio::test]
async fn who_sees_a_list() {
    for place in places(5, &[]).await {
        let disability = place.list(&COUNTY, "disability", "csv").await;
        let death = place.list(&COUNTY, "police_death", "csv").await;
        let wide = place.list(&CITY, "disability", "csv").await;
        let admin = Who("admin", Role::SystemAdmin, "4213");
        let town = Who("town", Role::TownWorker, "421303106");
        for (who, path, page, file) in [
            (&COUNTY, &disability, 200, 200),
            (&CITY, &disability, 200, 403),
            (&DISABLED, &disability, 200, 200),
            (&DISABLED, &death, 404, 404),
            (&DISABLED, &wide, 404, 404),
            (&OTHER_COUNTY, &disability, 404, 404),
            (&HEALTH, &disability, 404, 404),
            (&admin, &disability, 403, 403),
            (&town, &disability, 403, 403),
        ] {
            let (status, _) = place.get(who, path).await;
            assert_eq!(status.as_u16(), page, "{} {path}", who.0);
            let (status, _) = place.get(who, &format!("{path}/file")).await;
            assert_eq!(status.as_u16(), file, "{} {path}/file", who.0);
        }
        let (status, page) = place.get(&DISABLED, "/matching").await;
        assert!(status.is_success() && page.contains("残疾人证") && !page.contains("死亡注销"));
        assert!(!page.contains("新建比对"));
        let pairs = [
            ("kind", "disability"),
            ("format", "csv"),
            ("reason", "verify"),
        ];
        let (status, _) = place.post(&DISABLED, "/matching", &pairs).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        place.close().await;
    }
}

/// Row M04: a list that leaked is taken back with a reason, one whose time is over is gone: neither can be downloaded
/// again, and what comes back on a voided list is not taken.
#[tokio::test]
async fn a_leaked_or_expired_list_is_not_downloaded_again() {
    for place in places(4, &[]).await {
        let leaked = place.list(&COUNTY, "police_death", "xlsx").await;
        let old = place.list(&COUNTY, "custody", "xlsx").await;
        let void = format!("{leaked}/voiding");
        let (status, page) = place.post(&COUNTY, &void, &[("why", "")]).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.contains("请写明作废原因"));
        let (status, _) = place.post(&DISABLED, &void, &[("why", "x")]).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        let (status, _) = place.post(&COUNTY, &void, &[("why", "发错单位")]).await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        let (status, _) = place.get(&COUNTY, &format!("{leaked}/file")).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        let (_, page) = place.get(&COUNTY, &leaked).await;
        assert!(
            page.contains("已作废")
                && page.contains("发错单位")
                && !page.contains("登记返回的结果")
        );
        let text = "编号,死亡日期\n1,2025-05-20\n";
        let (status, page) = place
            .upload(&COUNTY, &leaked, "2025-06-20", text.as_bytes())
            .await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.contains("已作废"));
        let files = "SELECT count(*) AS n FROM file";
        assert_eq!(place.number(files).await, 1, "only the other list's file");

        let (status, _) = place.get(&COUNTY, &format!("{old}/file")).await;
        assert_eq!(status, StatusCode::OK);
        place.push_days(11);
        let (status, _) = place.get(&COUNTY, &format!("{old}/file")).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        assert!(place.get(&COUNTY, &old).await.1.contains("已到期"));
        place.close().await;
    }
}

/// Row M04; engineering of jobs: a worker that is killed between two chunks or before the file is written is followed
/// by another that goes on; nobody stands on the list twice.
#[tokio::test]
async fn a_killed_job_goes_on() {
    for place in places(700, &[]).await {
        let to = place.ask(&CITY, "police_death", "csv").await;
        // The worker reads all it can in a turn and dies before it says so: its lease runs out.
        let (job, _ended) = place.turn().await.unwrap();
        assert_eq!(job.kind, "exchange.make");
        place.push_seconds(120);
        place.work().await;
        let (_, page) = place.get(&CITY, &to).await;
        assert!(page.contains("共 637 人"), "{page}");
        let lines = "SELECT count(*) AS n FROM exchange_line";
        assert_eq!(place.number(lines).await, 637);
        let people = "SELECT count(DISTINCT id) AS n FROM exchange_line";
        assert_eq!(place.number(people).await, 637);
        let (_, text) = place.get(&CITY, &format!("{to}/file")).await;
        assert_eq!(text.lines().count(), 639);
        place.close().await;
    }
}

/// Row M04: a list may be of a group and of those who receive a programme.
#[tokio::test]
async fn a_list_is_of_a_group() {
    for place in places(4, &[]).await {
        place.correct(1, "dibao", "true").await;
        let names = place.app.part::<people::api::NameIndex>().unwrap();
        names
            .reread(&place.store, &[crate::place::key(1).id])
            .await
            .unwrap();
        let pairs = [
            ("kind", "social_benefit"),
            ("format", "csv"),
            ("reason", "verify"),
            ("group", "dibao"),
            ("age", "80"),
        ];
        let (_, to) = place.post(&COUNTY, "/matching", &pairs).await;
        place.work().await;
        let (_, text) = place.get(&COUNTY, &format!("{to}/file")).await;
        assert_eq!(text.lines().count(), 3, "{text}");
        assert!(text.contains(&number_of(1)));
        assert!(
            place
                .get(&COUNTY, &to)
                .await
                .1
                .contains("80 周岁及以上；低保")
        );
        place.close().await;
    }
}
