//! Monthly reports: drafts, evidence, review, two editors, figures that nobody types.

use crate::place::{
    CITY, COUNTY, LEADER, OTHER, SECOND, answer, get, places, post, router, split, taken, upload,
    value,
};
use authz::Actor;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use store::{Audit, Reads, Store, values};

const TITLE: &str = "特殊困难老年人居家适老化改造";
const PDF: &[u8] = b"%PDF-1.7 a ledger of June";

/// Row A06; invariants 10, 11: a county reports figure, text and evidence; the city sends it back with a reason; it is
/// reported again and accepted by somebody else than its writer; the colour follows; nobody else sees the file.
#[tokio::test]
async fn a_month_is_reported_sent_back_and_accepted() {
    for db in places().await {
        let router = router(&db.store).await;
        taken(&router, "2025").await;
        let (item, [part, _]) = split(&router, TITLE, ["300", "200"]).await;
        let path = format!("{part}/2025-06");
        let (status, page) = get(&router, &COUNTY, &path).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        assert!(page.contains("本单位目标 300户"), "{page}");
        // What is wrong stands at its field, nothing typed is lost, the file is kept with the draft.
        let wrong = [
            ("seen", "0"),
            ("figure-0", "约百户"),
            ("says", "已完成摸底"),
            ("act", "send"),
        ];
        let (status, page) = upload(&router, &COUNTY, &path, &wrong, Some(("a.pdf", PDF))).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        for words in [
            "不是数字",
            "约百户",
            "已完成摸底",
            "佐证-曾都区-2025-06.pdf",
        ] {
            assert!(page.contains(words), "{words}: {page}");
        }
        let file = page
            .split("/tasks/files/")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap()
            .to_owned();
        let script = upload(
            &router,
            &COUNTY,
            &path,
            &[("seen", "1"), ("says", "x"), ("act", "draft")],
            Some(("b.pdf", b"#!/bin/sh")),
        )
        .await;
        assert_eq!(script.0, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(script.1.contains("不能作为佐证"), "{}", script.1);
        let right = [
            ("seen", "2"),
            ("figure-0", "150"),
            ("says", "已完成摸底"),
            ("act", "send"),
        ];
        // A page of before the drafts is stale; nothing typed is lost there either.
        let old = [
            ("seen", "0"),
            ("figure-0", "151"),
            ("says", "旧页面"),
            ("act", "send"),
        ];
        let (status, page) = upload(&router, &COUNTY, &path, &old, None).await;
        assert_eq!(status, StatusCode::CONFLICT);
        assert!(
            page.contains("旧页面") && page.contains("value=\"151\""),
            "{page}"
        );
        let (status, to) = upload(&router, &COUNTY, &path, &right, None).await;
        assert_eq!(
            (status, to.as_str()),
            (StatusCode::SEE_OTHER, path.as_str()),
            "{to}"
        );
        let (status, _) = upload(&router, &COUNTY, &path, &right, None).await;
        assert_eq!(status, StatusCode::CONFLICT, "sent is sent");
        // The city reads it with its file; another county neither; the leader reads and does not decide.
        let (_, page) = get(&router, &CITY, "/tasks/review").await;
        assert!(page.contains("150户") && page.contains("曾都区"), "{page}");
        let (_, page) = get(&router, &CITY, &path).await;
        let verdict = page.split("action=\"/tasks/progress/").nth(1).unwrap();
        let verdict = format!("/tasks/progress/{}", verdict.split('"').next().unwrap());
        let seen = value(&page, "seen");
        let download = format!("/tasks/files/{file}");
        for (who, status) in [
            (&CITY, StatusCode::OK),
            (&COUNTY, StatusCode::OK),
            (&LEADER, StatusCode::OK),
            (&OTHER, StatusCode::NOT_FOUND),
        ] {
            let request = Request::get(&download).body(Body::empty()).unwrap();
            let (found, _, bytes) = answer(&router, who, request).await;
            assert_eq!(found, status, "{:?}", who.0);
            assert_eq!(bytes == PDF, status == StatusCode::OK);
        }
        assert_eq!(get(&router, &OTHER, &path).await.0, StatusCode::NOT_FOUND);
        let accept = [("seen", seen.as_str()), ("act", "accept"), ("reason", "")];
        for who in [&LEADER, &COUNTY] {
            assert_eq!(
                post(&router, who, &verdict, &accept).await.0,
                StatusCode::FORBIDDEN
            );
        }
        let back = [("seen", seen.as_str()), ("act", "return"), ("reason", "")];
        let (status, page) = post(&router, &CITY, &verdict, &back).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.contains("请写明退回的原因"), "{page}");
        let back = [
            ("seen", seen.as_str()),
            ("act", "return"),
            ("reason", "请附分乡镇台账"),
        ];
        assert_eq!(
            post(&router, &CITY, &verdict, &back).await.0,
            StatusCode::SEE_OTHER
        );
        assert_eq!(
            post(&router, &SECOND, &verdict, &accept).await.0,
            StatusCode::CONFLICT
        );
        let (_, page) = get(&router, &COUNTY, &path).await;
        assert!(
            page.contains("请附分乡镇台账") && page.contains("value=\"150\""),
            "{page}"
        );
        let seen = value(&page, "seen");
        let again = [
            ("seen", seen.as_str()),
            ("figure-0", "152"),
            ("says", "台账已补"),
            ("act", "send"),
        ];
        assert_eq!(
            upload(&router, &COUNTY, &path, &again, None).await.0,
            StatusCode::SEE_OTHER
        );
        let (_, page) = get(&router, &CITY, &path).await;
        let seen = value(&page, "seen");
        let accept = [("seen", seen.as_str()), ("act", "accept"), ("reason", "")];
        assert_eq!(
            post(&router, &CITY, &verdict, &accept).await.0,
            StatusCode::SEE_OTHER
        );
        // 152 of 300 on 30 June; the path to 30 November wants 163: yellow by the rule.
        let (_, page) = get(&router, &COUNTY, &item).await;
        for words in [
            "152 / 300户",
            "略落后应到进度",
            "请附分乡镇台账",
            "核定曾都区2025年6月进展",
        ] {
            assert!(page.contains(words), "{words}: {page}");
        }
        // What came back and what was accepted are both in the timeline and the log.
        let log = "SELECT COUNT(*) AS n FROM audit_row WHERE action IN ('task.return', 'task.accept', 'task.report')";
        assert_eq!(db.store.number(log, vec![]).await.unwrap(), 4);
        db.close().await.unwrap();
    }
}

/// Row A06: a figure that the data know is taken from there with its 口径 and refused when it is typed.
#[tokio::test]
async fn a_known_figure_is_not_typed() {
    for db in places().await {
        let router = router(&db.store).await;
        taken(&router, "2025").await;
        let (_, [part, _]) = split(&router, TITLE, ["300", "200"]).await;
        known(&db.store, "2025-06-20", "estimate", "90").await;
        let path = format!("{part}/2025-06");
        let (_, page) = get(&router, &COUNTY, &path).await;
        assert!(
            page.contains("name=\"figure-0\""),
            "an estimate is not known: {page}"
        );
        known(&db.store, "2025-06-25", "actual", "120").await;
        let (_, page) = get(&router, &COUNTY, &path).await;
        assert!(!page.contains("name=\"figure-0\""), "{page}");
        assert!(
            page.contains("120户") && page.contains("来源：适老化改造台账"),
            "{page}"
        );
        let typed = [
            ("seen", "0"),
            ("figure-0", "200"),
            ("says", "好"),
            ("act", "send"),
        ];
        let (status, page) = upload(&router, &COUNTY, &path, &typed, None).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.contains("不能另填"), "{page}");
        let (_, page) = get(&router, &COUNTY, &path).await;
        let seen = value(&page, "seen");
        let plain = [
            ("seen", seen.as_str()),
            ("says", "按台账推进"),
            ("act", "send"),
        ];
        assert_eq!(
            upload(&router, &COUNTY, &path, &plain, None).await.0,
            StatusCode::SEE_OTHER
        );
        let (_, page) = get(&router, &CITY, "/tasks/review").await;
        assert!(page.contains("120户"), "{page}");
        db.close().await.unwrap();
    }
}

/// Rows A06, A19; invariant 9: a task with a formula takes its figure from the register; nobody reports it, the colour
/// follows the data of today, and never computed is no 0.
#[tokio::test]
async fn a_formula_is_never_typed() {
    for db in places().await {
        let router = router(&db.store).await;
        let typed = [
            ("kind", "matter"),
            ("title", "应享未享清零"),
            ("says", "年底前全部代为申请"),
            ("source", "2025年十件实事第3项"),
            ("departments", "各县市区政府及管委会"),
            ("due", "2025-12-31"),
            ("domain", "养老"),
            ("measure", "owed_people"),
            ("need", "0"),
        ];
        post(&router, &CITY, "/tasks/items", &typed).await;
        let (item, [part, _]) = split(&router, "应享未享清零", ["0", "0"]).await;
        let path = format!("{part}/2025-06");
        let (_, page) = get(&router, &COUNTY, &path).await;
        assert!(
            page.contains("本月还没有算出") && page.contains("还没有数"),
            "{page}"
        );
        assert!(!page.contains("name=\"figure-0\""), "{page}");
        known_of(&db.store, "owed_people", "2025-06-28", "computed", "3").await;
        known_of(&db.store, "owed_people", "2025-06-30", "computed", "0").await;
        let (_, page) = get(&router, &COUNTY, &path).await;
        assert!(page.contains("数据计算，2025-06-30"), "{page}");
        let (_, page) = get(&router, &COUNTY, &item).await;
        assert!(page.contains("目标已达到"), "{page}");
        db.close().await.unwrap();
    }
}

/// Row A06: 办结 of a part without a figure needs a file; the part is done when it is accepted.
#[tokio::test]
async fn finished_needs_a_file() {
    for db in places().await {
        let router = router(&db.store).await;
        let typed = [
            ("kind", "decision"),
            ("title", "出台实施细则"),
            ("says", "9月底前印发"),
            ("source", "领导小组2025年第1次会议"),
            ("departments", "各县市区政府及管委会"),
            ("due", "2025-09-30"),
            ("domain", "养老"),
        ];
        post(&router, &CITY, "/tasks/items", &typed).await;
        let (item, [part, _]) = split(&router, "出台实施细则", ["", ""]).await;
        let path = format!("{part}/2025-06");
        let done = [
            ("seen", "0"),
            ("says", "已印发"),
            ("finished", "1"),
            ("act", "send"),
        ];
        let (status, page) = upload(&router, &COUNTY, &path, &done, None).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.contains("办结要附佐证文件"), "{page}");
        let seen = value(&page, "seen");
        let done = [
            ("seen", seen.as_str()),
            ("says", "已印发"),
            ("finished", "1"),
            ("act", "send"),
        ];
        let sent = upload(&router, &COUNTY, &path, &done, Some(("a.pdf", PDF))).await;
        assert_eq!(sent.0, StatusCode::SEE_OTHER, "{}", sent.1);
        let (_, page) = get(&router, &COUNTY, &item).await;
        assert!(!page.contains("已办结"), "not before it is accepted");
        let (_, page) = get(&router, &CITY, &path).await;
        let verdict = page.split("action=\"/tasks/progress/").nth(1).unwrap();
        let verdict = format!("/tasks/progress/{}", verdict.split('"').next().unwrap());
        let seen = value(&page, "seen");
        post(
            &router,
            &CITY,
            &verdict,
            &[("seen", seen.as_str()), ("act", "accept")],
        )
        .await;
        let (_, page) = get(&router, &COUNTY, &item).await;
        assert!(page.contains("已办结"), "{page}");
        db.close().await.unwrap();
    }
}

/// A value of 居家适老化改造 of 曾都区, as 填报 keeps it.
async fn known(store: &Store, day: &str, kind: &str, value: &str) {
    known_of(store, "home_adaptation", day, kind, value).await;
}

/// A value of a measure of 曾都区.
async fn known_of(store: &Store, measure: &str, day: &str, kind: &str, value: &str) {
    let day: kernel::Day = day.parse().unwrap();
    let mut tx = store.begin(&Actor::system("test"), None).await.unwrap();
    let id = tx.store().new_id();
    tx.run(
        "INSERT INTO dashboard_value (id, measure, area, day, value, kind, source, reporter, reporter_name, recorded_at) \
         VALUES ($1, $5, 'E:421303000000', $2, $3, $4, '适老化改造台账', 'a', '甲', 0)",
        values![id, day.number(), value, kind, measure],
    )
    .await
    .unwrap();
    tx.audit(Audit::new("test"));
    tx.commit().await.unwrap();
}
