//! Many at once: as a job in pieces, begun again where it was; nobody applied.

use crate::place::{OFFICE, Place, SENIOR, actor, daughter, key, places};
use authz::Role;
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
        assert_eq!(all(&place, &second, &id).await, 6);
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
