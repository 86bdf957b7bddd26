//! The task loop on every database, with the real folder of 随州.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod letters;
mod place;
mod reports;

use axum::http::StatusCode;
use place::{
    CITY, COUNTY, HEALTH, LEADER, OTHER, PLANNER, SECOND, get, item_of, places, post, router,
    split_form,
};

/// Rows A06, A07; invariant 2: a year's tasks are taken over by one act, the same version again changes nothing; who
/// does not lead cannot.
#[tokio::test]
async fn a_year_is_taken_over_once() {
    for db in places().await {
        let router = router(&db.store).await;
        let (_, page) = get(&router, &CITY, "/tasks").await;
        assert!(page.contains("还没有督办事项"), "{page}");
        for (year, n) in [("2023", 21), ("2024", 11), ("2025", 11)] {
            let path = format!("/tasks/take?year={year}");
            let (status, page) = get(&router, &CITY, &path).await;
            assert_eq!(status, StatusCode::OK);
            assert!(page.contains(&format!("新增 {n} ·")), "{page}");
            let version = place::value(&page, "version");
            let pairs = [("year", year), ("version", version.as_str())];
            let (status, _) = post(&router, &COUNTY, "/tasks/take", &pairs).await;
            assert_eq!(status, StatusCode::FORBIDDEN, "a county takes nothing over");
            let (status, to) = post(&router, &CITY, "/tasks/take", &pairs).await;
            assert_eq!(status, StatusCode::SEE_OTHER, "{to}");
            let (_, to) = post(&router, &SECOND, "/tasks/take", &pairs).await;
            assert_eq!(to, path, "the second time nothing is new");
            let old = [("year", year), ("version", "older")];
            let (status, _) = post(&router, &CITY, "/tasks/take", &old).await;
            assert_eq!(status, StatusCode::CONFLICT, "a version nobody looked at");
        }
        let (_, page) = get(&router, &CITY, "/tasks?year=2023&kind=plan").await;
        assert!(page.contains("共 21 条"), "{page}");
        let (status, page) = get(&router, &CITY, "/tasks?town=1").await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert!(page.contains("town"), "{page}");
        let (_, page) = get(&router, &COUNTY, "/tasks").await;
        assert!(page.contains("没有分给您单位的事项"), "{page}");
        db.close().await.unwrap();
    }
}

/// Rows A06, M01; invariants 8, 10: an item is split with named persons, the difference to the goal is said, a second
/// editor with the old page gets 409, each county sees its own part only, the leader reads and does not write.
#[tokio::test]
async fn an_item_is_split_and_each_sees_its_part() {
    for db in places().await {
        let router = router(&db.store).await;
        place::taken(&router, "2025").await;
        let item = item_of(&router, "特殊困难老年人居家适老化改造").await;
        let path = format!("{item}/split");
        let (status, page) = get(&router, &CITY, &path).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        assert!(page.contains("还没有分解，目标 900户"), "{page}");
        // Without a person nothing is saved, and nothing typed is lost.
        let mut form = split_form(&page);
        form.retain(|(name, _)| !name.starts_with("on-"));
        let (status, empty) = post(&router, &CITY, &path, &place::pairs(&form)).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(empty.contains("至少选一个执行单位"), "{empty}");
        let mut form = split_form(&page);
        place::fill(&mut form, &[("0", "300"), ("1", "200")]);
        let (status, wrong) = post(&router, &CITY, &path, &place::pairs(&form)).await;
        assert_eq!(
            status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "the others have no person"
        );
        assert!(
            wrong.contains("责任人") && wrong.contains("value=\"300\""),
            "{wrong}"
        );
        form.retain(|(name, _)| !["on-2", "on-3", "on-4"].contains(&name.as_str()));
        let (status, to) = post(&router, &CITY, &path, &place::pairs(&form)).await;
        assert_eq!(
            (status, to.as_str()),
            (StatusCode::SEE_OTHER, item.as_str())
        );
        let (status, stale) = post(&router, &SECOND, &path, &place::pairs(&form)).await;
        assert_eq!(status, StatusCode::CONFLICT);
        assert!(
            stale.contains("value=\"300\""),
            "what was typed is still there"
        );
        let (_, page) = get(&router, &LEADER, &item).await;
        assert!(
            page.contains("比目标少 400户") && page.contains("钱主任"),
            "{page}"
        );
        for (who, sees, not) in [(&COUNTY, "曾都区", "随县"), (&OTHER, "随县", "曾都区")]
        {
            let (status, page) = get(&router, who, &item).await;
            assert_eq!(status, StatusCode::OK, "{page}");
            let table = page
                .split("最近进展")
                .nth(1)
                .unwrap()
                .split("</table>")
                .next()
                .unwrap();
            assert!(table.contains(sees) && !table.contains(not), "{table}");
        }
        for who in [&LEADER, &COUNTY, &HEALTH, &PLANNER] {
            let (status, _) = post(&router, who, &path, &place::pairs(&form)).await;
            assert_eq!(status, StatusCode::FORBIDDEN, "{:?}", who.0);
        }
        db.close().await.unwrap();
    }
}

/// Rows A14, A19, M01: ten practical matters, decisions and inspection notes enter the same loop; a formula's figure
/// is a choice of its own.
#[tokio::test]
async fn other_items_enter_the_same_loop() {
    for db in places().await {
        let router = router(&db.store).await;
        let typed = [
            ("kind", "matter"),
            ("title", "应享未享清零"),
            ("says", "年底前全部代为申请"),
            ("source", "2025年十件实事第3项"),
            ("departments", "市民政局、各县市区政府及管委会"),
            ("due", "2025-12-31"),
            ("domain", "养老"),
            ("measure", "owed_people"),
            ("need", "许多"),
        ];
        let (status, page) = post(&router, &CITY, "/tasks/items", &typed).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            page.contains("不是数字") && page.contains("年底前全部代为申请"),
            "{page}"
        );
        let mut right = typed;
        right[8] = ("need", "0");
        let (status, to) = post(&router, &CITY, "/tasks/items", &right).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{to}");
        let (_, page) = get(&router, &CITY, &to).await;
        assert!(
            page.contains("应享未享") && page.contains("不相加"),
            "{page}"
        );
        let (_, page) = get(&router, &CITY, "/tasks?kind=matter").await;
        assert!(
            page.contains("十件实事") && page.contains("≤0人次"),
            "{page}"
        );
        let mut past = typed;
        past[5] = ("due", "2025-06-01");
        let (_, page) = post(&router, &CITY, "/tasks/items", &past).await;
        assert!(page.contains("不能早于今天"), "{page}");
        db.close().await.unwrap();
    }
}

/// Rows A06, M05: a 责任人 with an account is linked by name; when they leave their open parts go to whoever takes over,
/// and the timeline keeps who had them.
#[tokio::test]
async fn open_parts_are_passed_on() {
    for db in places().await {
        let router = router(&db.store).await;
        place::taken(&router, "2025").await;
        let leaving = place::account(&db.store, "qian", "钱主任").await;
        let coming = place::account(&db.store, "sun", "孙主任").await;
        let (item, _) = place::split(&router, "特殊困难老年人居家适老化改造", ["300", "200"]).await;
        let kinds = tasks::capability().handovers;
        let kind = kinds.first().unwrap();
        let owned = (kind.owned_by)(&db.store, &leaving).await.unwrap();
        let said: Vec<&str> = owned.iter().map(|one| one.title.as_str()).collect();
        assert_eq!(said, ["特殊困难老年人居家适老化改造（曾都区）"]);
        let owners = (kind.owners)(&db.store).await.unwrap();
        assert_eq!(owners, [(leaving.clone(), 1)]);
        let mut tx = db
            .store
            .begin(&authz::Actor::system("handover"), None)
            .await
            .unwrap();
        let passed = (kind.pass_on)(&mut tx, &leaving, &coming, None).await;
        assert_eq!(passed.unwrap().len(), 1);
        tx.commit().await.unwrap();
        assert!(
            (kind.owned_by)(&db.store, &leaving)
                .await
                .unwrap()
                .is_empty()
        );
        let (_, page) = get(&router, &COUNTY, &item).await;
        assert!(
            page.contains("孙主任") && page.contains("钱主任 → 孙主任"),
            "{page}"
        );
        db.close().await.unwrap();
    }
}
