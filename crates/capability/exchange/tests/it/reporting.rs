//! Reports to national systems: who belongs, what is missing, what goes out, what comes back.

use crate::place::{
    CITY, COUNTY, DISABLED, HEALTH, OTHER_COUNTY, Place, gbk, key, name, number_of, places,
};
use axum::http::StatusCode;
use calamine::{Reader, Xlsx};
use std::io::Cursor;

const SYSTEM: &str = "/reporting/systems/elder_platform";

/// Has the county's records looked up.
async fn look(place: &Place) {
    let (status, _) = place.post(&COUNTY, &format!("{SYSTEM}/look"), &[]).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    place.work().await;
}

/// Makes a file; its address.
async fn report(place: &Place, format: &str) -> String {
    let pairs = [("format", format), ("reason", "inspection")];
    let (status, to) = place
        .post(&COUNTY, &format!("{SYSTEM}/files"), &pairs)
        .await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{to}");
    place.work().await;
    to
}

/// Rows M04, B14; invariant 10: who belongs to a system waits; a file in its template takes them to 已报, receipts to
/// 回执 or 退回 with the reason; whose facts change waits again; no clear text is kept.
#[tokio::test]
async fn a_record_is_reported_received_and_changed() {
    for place in places(8, &[]).await {
        look(&place).await;
        for n in [0, 1, 2, 3, 5, 6, 7] {
            assert_eq!(
                place.record("elder_platform", n).await.as_deref(),
                Some("waiting")
            );
        }
        assert_eq!(
            place.record("elder_platform", 4).await,
            None,
            "another county"
        );
        let to = report(&place, "xlsx").await;
        assert_eq!(
            place.record("elder_platform", 0).await.as_deref(),
            Some("reported")
        );
        let (status, bytes) = place.bytes(&COUNTY, &format!("{to}/file")).await;
        assert_eq!(status, StatusCode::OK);
        let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes)).unwrap();
        let sheet = book.worksheet_range_at(0).unwrap().unwrap();
        let rows: Vec<Vec<String>> = sheet
            .rows()
            .map(|row| row.iter().map(ToString::to_string).collect())
            .collect();
        assert_eq!(rows[0][..4], ["姓名", "证件类型", "证件号码", "性别"]);
        assert_eq!(rows[1][0], name(0));
        assert_eq!(
            rows[1][2..6],
            [number_of(0).as_str(), "2", "1940-01-01", "421303106200"]
        );
        assert_eq!(
            rows.len(),
            8,
            "headings and seven people, nothing around them"
        );

        let text = format!(
            "证件号码,姓名,结果,失败原因\n{},{},成功,\n{},{},失败,人员已存在\n{},王外人,成功,\n{},{},处理中,\n",
            number_of(0),
            name(0),
            number_of(1),
            name(1),
            number_of(4),
            number_of(2),
            name(2),
        );
        let receipt = place.back(&COUNTY, &to, "2025-06-30", &text).await;
        assert_eq!(place.counts(&receipt).await, [2, 0, 0, 0, 2]);
        assert_eq!(
            place.record("elder_platform", 0).await.as_deref(),
            Some("received")
        );
        assert_eq!(
            place.record("elder_platform", 1).await.as_deref(),
            Some("returned")
        );
        assert_eq!(
            place.record("elder_platform", 2).await.as_deref(),
            Some("reported")
        );
        let (_, page) = place.get(&COUNTY, &receipt).await;
        assert!(
            page.contains("王外人") && page.contains("看不出是成功还是失败"),
            "{page}"
        );
        let (_, page) = place
            .get(&COUNTY, &format!("{SYSTEM}?state=returned"))
            .await;
        assert!(
            page.contains(&name(1)) && page.contains("退回：人员已存在"),
            "{page}"
        );
        // The same receipt again changes nothing.
        let again = place.back(&COUNTY, &to, "2025-06-30", &text).await;
        assert_eq!(place.counts(&again).await, [0, 2, 0, 0, 2]);
        assert_eq!(
            place.record("elder_platform", 1).await.as_deref(),
            Some("returned")
        );

        // Facts change: what was taken waits again at once; the returned one too.
        place.correct(0, "living", "alone").await;
        place.correct(1, "living", "alone").await;
        assert_eq!(
            place.record("elder_platform", 0).await.as_deref(),
            Some("waiting")
        );
        assert_eq!(
            place.record("elder_platform", 1).await.as_deref(),
            Some("waiting")
        );
        // A fact that the system does not ask for changes nothing.
        place.correct(2, "has_supporter", "true").await;
        assert_eq!(
            place.record("elder_platform", 2).await.as_deref(),
            Some("reported")
        );
        let clear = format!(
            "SELECT count(*) AS n FROM exchange_record WHERE digest LIKE '%{0}%' OR told LIKE '%{0}%'",
            name(0)
        );
        assert_eq!(place.number(&clear).await, 0);
        let kept = "SELECT count(*) AS n FROM exchange_line WHERE mapped IS NOT NULL";
        assert_eq!(place.number(kept).await, 0);
        let second = report(&place, "csv").await;
        let (_, text) = place.get(&COUNTY, &format!("{second}/file")).await;
        assert_eq!(text.lines().count(), 3, "the two that changed: {text}");
        assert!(text.contains("独居"));
        place.close().await;
    }
}

/// Row M04: who lacks a required value is left out of the file, listed by name with what to do, and reported once it is
/// there.
#[tokio::test]
async fn a_missing_value_is_refused_by_name() {
    for place in places(12, &[]).await {
        look(&place).await;
        let (_, page) = place
            .get(&COUNTY, &format!("{SYSTEM}?state=waiting&missing=1"))
            .await;
        assert!(
            page.contains(&name(10)) && page.contains("缺「证件号码」"),
            "{page}"
        );
        assert!(page.contains("补登身份证号"));
        let (_, form) = place.get(&COUNTY, &format!("{SYSTEM}/new")).await;
        assert!(form.contains("1 人缺必填项，这次不报"), "{form}");
        let to = report(&place, "csv").await;
        assert_eq!(
            place.record("elder_platform", 10).await.as_deref(),
            Some("waiting")
        );
        let (_, text) = place.get(&COUNTY, &format!("{to}/file")).await;
        assert!(!text.contains(&name(10)));
        let pairs = [("format", "csv"), ("reason", "inspection")];
        let (status, page) = place
            .post(&COUNTY, &format!("{SYSTEM}/files"), &pairs)
            .await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.contains("没有可以上报的记录"));
        place.close().await;
    }
}

/// Row B14: who dies after being reported ends and is to be struck off there; who was never reported is forgotten; the
/// night finds who came to belong.
#[tokio::test]
async fn the_night_follows_who_belongs() {
    for place in places(4, &[]).await {
        let system = "/reporting/systems/low_income";
        place.post(&COUNTY, &format!("{system}/look"), &[]).await;
        place.work().await;
        assert_eq!(place.record("low_income", 0).await, None);
        place.correct(0, "dibao", "true").await;
        assert_eq!(place.record("low_income", 0).await, None, "the night looks");
        let night = authz::Actor::system("nightly");
        let now = place.app.clock().now();
        let kind = exchange::api::NIGHTLY;
        place
            .store
            .enqueue(&night, kind, "{}", Some(kind), now)
            .await
            .unwrap();
        place.work().await;
        assert_eq!(
            place.record("low_income", 0).await.as_deref(),
            Some("waiting")
        );
        place.correct(0, "dibao", "false").await;
        assert_eq!(place.record("low_income", 0).await, None, "never reported");
        look(&place).await;
        report(&place, "csv").await;
        place.correct(1, "alive", "false").await;
        assert_eq!(
            place.record("elder_platform", 1).await.as_deref(),
            Some("ended")
        );
        let (_, page) = place.get(&COUNTY, &format!("{SYSTEM}?state=ended")).await;
        assert!(page.contains("请在上级系统里注销或标注"));
        place.close().await;
    }
}

/// Rows M03, M04; invariant 10: counts and names within the scope, systems for their offices; what has no ledger yet is
/// 未接入, not 0.
#[tokio::test]
async fn who_sees_which_system() {
    for place in places(8, &[]).await {
        look(&place).await;
        let (_, page) = place.get(&COUNTY, "/reporting").await;
        assert!(page.contains("全国养老服务信息系统") && !page.contains("托育备案系统"));
        let (_, page) = place.get(&OTHER_COUNTY, SYSTEM).await;
        assert!(!page.contains(&name(0)), "another county's");
        let (_, page) = place.get(&CITY, SYSTEM).await;
        assert!(page.contains(&name(0)));
        let (status, _) = place.get(&HEALTH, SYSTEM).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        let (_, page) = place.get(&HEALTH, "/reporting").await;
        assert!(
            page.contains("托育备案系统") && page.contains("未接入"),
            "{page}"
        );
        let (_, page) = place
            .get(&HEALTH, "/reporting/systems/childcare_filing/mapping")
            .await;
        assert!(page.contains("待当地确认") && page.contains("统一社会信用代码"));
        let (_, page) = place
            .get(&DISABLED, "/reporting/systems/disability_subsidy/mapping")
            .await;
        assert!(
            page.contains("一级 → 一级") || page.contains("残疾等级"),
            "{page}"
        );
        let admin = crate::place::Who("admin", authz::Role::SecurityAdmin, "4213");
        for path in ["/reporting", SYSTEM] {
            let (status, _) = place.get(&admin, path).await;
            assert_eq!(status, StatusCode::FORBIDDEN, "{path}");
        }
        let (status, _) = place.get(&COUNTY, &format!("{SYSTEM}?state=x")).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        place.close().await;
    }
}

/// Row M04: a returned record that needs no change is reported again when an officer says so; a worker killed while the
/// file is made leaves nothing reported twice.
#[tokio::test]
async fn a_returned_record_is_reported_again_and_a_kill_does_no_harm() {
    for place in places(6, &[]).await {
        look(&place).await;
        let pairs = [("format", "csv"), ("reason", "inspection")];
        let (_, to) = place
            .post(&COUNTY, &format!("{SYSTEM}/files"), &pairs)
            .await;
        // All but the end of the job is done, and its worker dies: another finds nothing left to do.
        let (job, _ended) = place.turn().await.unwrap();
        assert_eq!(job.kind, "exchange.make");
        place.push_seconds(120);
        place.work().await;
        let lines = "SELECT count(*) AS n FROM exchange_line";
        assert_eq!(place.number(lines).await, 5);
        let text = "编号,结果,原因\n1,失败,系统忙\n";
        let receipt = place.back(&COUNTY, &to, "2025-06-30", text).await;
        assert_eq!(place.counts(&receipt).await[0], 1);
        let again = format!("{SYSTEM}/records/{}/again", key(0).id);
        let (status, _) = place.post(&OTHER_COUNTY, &again, &[]).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        let (status, _) = place.post(&COUNTY, &again, &[]).await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        assert_eq!(
            place.record("elder_platform", 0).await.as_deref(),
            Some("waiting")
        );
        place.close().await;
    }
}

/// Row M04: before anybody looked who belongs, looking is what the page offers; a file that nobody downloaded has no receipt yet; a receipt of
/// another file, of a file that was never made, or without a result says so and moves no record.
#[tokio::test]
async fn a_receipt_belongs_to_the_file_it_answers() {
    for place in places(6, &[]).await {
        let (_, page) = place.get(&COUNTY, SYSTEM).await;
        assert!(
            page.contains("还没有核对过对象") && !page.contains(&format!("{SYSTEM}/new")),
            "{page}"
        );
        let (_, page) = place.get(&COUNTY, &format!("{SYSTEM}/new")).await;
        assert!(
            page.contains("现在没有可以上报的人") && !page.contains(">生成文件<"),
            "{page}"
        );
        look(&place).await;
        let (_, page) = place.get(&COUNTY, SYSTEM).await;
        assert!(page.contains(&format!("{SYSTEM}/new")), "{page}");
        let (_, page) = place
            .get(&COUNTY, &format!("{SYSTEM}?state=returned"))
            .await;
        assert!(
            page.contains("没有符合条件的记录") && page.contains("看全部记录"),
            "{page}"
        );

        let pairs = [("format", "csv"), ("reason", "inspection")];
        let (_, to) = place
            .post(&COUNTY, &format!("{SYSTEM}/files"), &pairs)
            .await;
        let text = gbk("编号,结果\n1,成功\n");
        let (status, page) = place.upload(&COUNTY, &to, "2025-06-30", &text).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.contains("没有报出去，不能登记回执"), "{page}");
        place.work().await;
        let (_, page) = place.get(&COUNTY, &to).await;
        for words in [
            "下一步：下载文件，导入全国养老服务信息系统",
            "还没有人下载过",
        ] {
            assert!(page.contains(words), "{words}: {page}");
        }
        place.get(&COUNTY, &format!("{to}/file")).await;
        let (_, page) = place.get(&COUNTY, &to).await;
        assert!(
            !page.contains("还没有人下载过") && page.contains("把它给的结果"),
            "{page}"
        );
        for (text, says) in [
            ("证件号码,状况\n1,成功\n", "改名为「结果」"),
            ("姓名,结果\n张三,成功\n", "请加上证件号码那一列"),
            ("编号,结果\n", "请从上级系统导出回执"),
        ] {
            let (status, upload) = place.upload(&COUNTY, &to, "2025-06-30", &gbk(text)).await;
            assert_eq!(status, StatusCode::SEE_OTHER, "{says}");
            place.work().await;
            let (_, page) = place.get(&COUNTY, &upload).await;
            assert!(page.contains(says), "{says}: {page}");
        }
        let text = format!("证件号码,结果\n{},成功\n", number_of(4));
        let upload = place.back(&COUNTY, &to, "2025-06-30", &text).await;
        assert_eq!(place.counts(&upload).await, [0, 0, 0, 0, 1]);
        let (_, page) = place.get(&COUNTY, &upload).await;
        assert!(
            page.contains("不在这份上报文件里") && page.contains("没有报过的先上报"),
            "{page}"
        );
        assert_eq!(
            place.record("elder_platform", 0).await.as_deref(),
            Some("reported")
        );
        let upload = place
            .back(&COUNTY, &to, "2025-06-30", "编号,结果,原因\n1,失败,重复\n")
            .await;
        let (_, page) = place.get(&COUNTY, &upload).await;
        assert!(page.contains("看退回的记录"), "{page}");
        place.close().await;
    }
}
