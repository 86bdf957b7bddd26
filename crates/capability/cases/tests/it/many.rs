//! Many at once: as a job in pieces, begun again where it was; nobody applied.

use crate::place::{OFFICE, Place, SENIOR, actor, daughter, key, places};
use authz::Role;
use axum::http::StatusCode;
use cases::bulk::{self, New};
use cases::bulk_run::piece;
use cases::machine::Act;
use cases::{store as rows, ties};

async fn all(place: &Place, who: &authz::Actor, bulk: &str) -> usize {
    let mut pieces = 0;
    while piece(&place.store, &place.plans, &place.areas, who, bulk)
        .await
        .unwrap()
        .is_some()
    {
        pieces += 1;
    }
    pieces
}

/// Rows C33: picked cases are decided with one reason each; who has a tie, who is paid and who is gone from the stage
/// stays with its reason, and running the job again changes nothing.
#[tokio::test]
async fn picked_cases_are_decided_and_the_rest_says_why() {
    for place in places().await {
        let county = actor("county", Role::CountyCivil);
        let born = (0..12).map(|n| (n, "1940-05-05"));
        place.people(born).await;
        let mut codes = Vec::new();
        for n in 0..12 {
            let case = place.deciding(n).await;
            if n == 3 {
                let mut tx = place.store.begin(&county, None).await.unwrap();
                ties::declare(&mut tx, &case, "sibling").await.unwrap();
                tx.commit().await.unwrap();
            }
            if n == 4 {
                place
                    .act(&daughter(4), &case, Act::Withdraw, "")
                    .await
                    .unwrap();
            }
            codes.push(case.code);
        }
        let mut tx = place.store.begin(&county, None).await.unwrap();
        let new = New {
            act: "approve",
            programme: "",
            office: OFFICE,
            reason: "公示无异议",
            since: false,
            items: codes.clone(),
        };
        let id = bulk::create(&mut tx, new).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(all(&place, &county, &id).await, 1);
        assert_eq!(all(&place, &county, &id).await, 0, "done is done");
        let done = bulk::find(&place.store, &id).await.unwrap().unwrap();
        assert_eq!(
            (done.state.as_str(), done.total, done.done, done.failed),
            ("done", 12, 10, 2),
            "{}",
            place.db.name
        );
        let left = bulk::left(&place.store, &id).await.unwrap();
        assert_eq!(left.len(), 2, "{left:?}");
        assert!(left[0].0.contains("近亲属") || left[1].0.contains("近亲属"));
        for (sql, n) in [
            (
                "SELECT count(*) AS n FROM pay_grant WHERE state = 'active'",
                10,
            ),
            (
                "SELECT count(*) AS n FROM cases_case WHERE state = 'approved'",
                10,
            ),
            (
                "SELECT count(*) AS n FROM cases_event WHERE act = 'approve'",
                10,
            ),
            (
                "SELECT count(*) AS n FROM cases_words WHERE says = '公示无异议'",
                10,
            ),
            (
                "SELECT count(*) AS n FROM audit_row WHERE action = 'case.act' AND detail LIKE '%\"bulk\"%'",
                10,
            ),
        ] {
            assert_eq!(place.number(sql).await, n, "{sql} on {}", place.db.name);
        }
        place.close().await;
    }
}

/// Rows C05, C33: a batch that nobody applied for waits for a second person, is decided piece by piece, and a job that
/// stops between two pieces goes on and grants nobody twice.
#[tokio::test]
async fn nobody_applied_and_everybody_owed_is_granted_once() {
    for place in places().await {
        let (maker, second) = (
            actor("maker", Role::CountyCivil),
            actor("second", Role::CountyCivil),
        );
        let born = (0..700).map(|n| (n, if n < 690 { "1940-05-05" } else { "1950-05-05" }));
        place.people(born).await;
        // One of them applied already: that application is decided, not a second one.
        place.deciding(5).await;
        let scope = maker.scope.clone();
        let filter = entitle::api::FindingFilter {
            programme: Some(SENIOR.into()),
            most: 10_000,
            ..entitle::api::all_findings("owed", &scope)
        };
        let found = entitle::api::findings(&place.store, &scope, &filter)
            .await
            .unwrap();
        assert_eq!(found.len(), 690, "{}", place.db.name);
        let mut tx = place.store.begin(&maker, None).await.unwrap();
        let new = New {
            act: "free",
            programme: SENIOR,
            office: OFFICE,
            reason: "数据比对符合",
            since: true,
            items: found.into_iter().map(|one| one.finding).collect(),
        };
        let id = bulk::create(&mut tx, new).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(all(&place, &maker, &id).await, 0, "it waits");
        let mut tx = place.store.begin(&second, None).await.unwrap();
        assert!(bulk::settle(&mut tx, &id, true).await.unwrap());
        tx.commit().await.unwrap();
        // Stopped after the first piece; another worker goes on.
        let first = piece(&place.store, &place.plans, &place.areas, &second, &id)
            .await
            .unwrap();
        assert_eq!(first, Some((80, 690)));
        assert_eq!(all(&place, &second, &id).await, 8);
        let done = bulk::find(&place.store, &id).await.unwrap().unwrap();
        assert_eq!((done.done, done.failed), (689, 1), "{}", place.db.name);
        assert_eq!(
            place
                .number("SELECT count(DISTINCT id) AS n FROM pay_grant WHERE state = 'active'")
                .await,
            689
        );
        let cases = rows::of_person(&place.store, &key(7)).await.unwrap();
        assert_eq!(cases[0].applicant, "free");
        // Entitled since the list is in force, older than that by birthday.
        assert_eq!(cases[0].from, Some(crate::place::day("2023-06-01")));
        assert_eq!(cases[0].decided_by.as_deref(), Some("second"));
        place.close().await;
    }
}

/// 大洪山, a body within 随县, and a village of its one town.
const BODY: &str = "M42130002";
const ITS_VILLAGE: &str = "421321115001";

/// Row C33; invariant 8: an officer whose county holds two bodies decides for both, a batch for one of them: asked for where
/// both have something waiting, the one of the picked cases or chosen last is filled in, what was typed stays.
#[tokio::test]
async fn a_county_with_two_bodies_says_for_which() {
    for place in places().await {
        let county = actor("county", Role::CountyCivil);
        place.people([(1, "1940-05-05")].into_iter()).await;
        let its = [(2, "1940-05-05"), (3, "1940-05-05")];
        place.people_in(ITS_VILLAGE, its.into_iter()).await;
        place.deciding(1).await;
        let other = place.deciding(2).await;
        let picked = [("what", "picked"), ("case", other.code.as_str())];
        let (status, page) = place.post(&county, "/cases/bulk", &picked).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        assert!(!page.contains("name=\"office\""), "one body: {page}");
        let (status, page) = place.post(&county, "/cases/bulk", &[("what", "all")]).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        for says in ["2 件待决定", "随县（1 件）", "大洪山风景名胜区（1 件）"] {
            assert!(page.contains(says), "{says}: {page}");
        }
        let typed = [
            ("what", "all"),
            ("sure", "1"),
            ("act", "approve"),
            ("reason", "公示无异议"),
        ];
        let long = "字".repeat(10_000);
        for (office, reason, says) in [
            (None, "公示无异议", "请选择决定哪个单位的申请"),
            (
                Some("421381000000"),
                "公示无异议",
                "请选择决定哪个单位的申请",
            ),
            (Some(BODY), long.as_str(), "最多 200 个字"),
        ] {
            let mut form = typed.to_vec();
            form.extend(office.map(|office| ("office", office)));
            form[3].1 = reason;
            let (status, page) = place.post(&county, "/cases/bulk", &form).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{page}");
            assert!(page.contains(says) && page.contains(reason), "{says}");
        }
        let form = [&typed[..], &[("office", BODY)]].concat();
        let (status, to) = place.post(&county, "/cases/bulk", &form).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{to}");
        let id = to.trim_start_matches("/cases/bulk/");
        let made = bulk::find(&place.store, id).await.unwrap().unwrap();
        assert_eq!((made.office.as_str(), made.total), (BODY, 1));
        let (_, page) = place.post(&county, "/cases/bulk", &[("what", "all")]).await;
        let last = format!("value=\"{BODY}\" selected");
        assert!(page.contains(&last), "chosen last: {page}");
        let (status, page) = place.get(&county, "/cases/free").await;
        assert_eq!(status, StatusCode::OK, "{page}");
        assert!(page.contains(&last) && page.contains("换单位"), "{page}");
        let free = [
            ("programme", SENIOR),
            ("from", "decision"),
            ("reason", "数据比对符合"),
        ];
        let (status, page) = place.post(&county, "/cases/free", &free).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.contains("数据比对符合"), "{page}");
        for (path, status) in [
            ("/cases/free?office=421321000000", StatusCode::OK),
            ("/cases/free?office=421381000000", StatusCode::BAD_REQUEST),
        ] {
            assert_eq!(place.get(&county, path).await.0, status, "{path}");
        }
        let form = [&free[..], &[("office", BODY)]].concat();
        let (status, to) = place.post(&county, "/cases/free", &form).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{to}");
        let id = to.trim_start_matches("/cases/bulk/");
        let second = actor("second", Role::CountyCivil);
        let (status, _) = place.post(&second, &to, &[("act", "approve")]).await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        all(&place, &second, id).await;
        let done = bulk::find(&place.store, id).await.unwrap().unwrap();
        assert_eq!((done.office.as_str(), done.done), (BODY, 1));
        let town = actor("town", Role::TownWorker);
        assert_eq!(
            place.get(&town, "/cases/free").await.0,
            StatusCode::FORBIDDEN
        );
        place.close().await;
    }
}
