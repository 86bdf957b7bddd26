//! Budgets by purse, closed periods, reports.

use crate::place::{OFFICE, Place, SENIOR, actor, places};
use authz::Role;
use pay::runs::Step;
use pay::{doubts, periods, steps};
use store::values;

async fn entered(place: &Place, level: &str, kind: &str, yuan: &str) -> (u16, String) {
    let form = [
        ("year", "2025"),
        ("office", OFFICE),
        ("programme", SENIOR),
        ("level", level),
        ("kind", kind),
        ("yuan", yuan),
        ("document", "随县财社〔2025〕1号"),
    ];
    let finance = actor("finance", Role::Finance);
    let (status, page) = place.post(&finance, "/payments/budgets", &form).await;
    (status.as_u16(), page)
}

/// Row C03; invariant 6: a batch that one purse cannot pay is a doubt and is not approved, until the budget is raised;
/// a budget never falls below nothing; only finance enters it.
#[tokio::test]
async fn a_purse_that_is_empty_stops_the_batch() {
    for place in places().await {
        place
            .people(&[(1, "1940-05-05"), (2, "1941-05-05")], true)
            .await;
        assert_eq!(entered(&place, "city", "first", "1000").await.0, 303);
        assert_eq!(entered(&place, "county", "first", "79.99").await.0, 303);
        let (status, page) = entered(&place, "county", "less", "80").await;
        assert_eq!(status, 422);
        assert!(page.contains("压减超过了已登记的预算"), "{page}");
        assert_eq!(entered(&place, "county", "first", "八十").await.0, 422);
        let civil = actor("maker", Role::CountyCivil);
        let (status, _) = place.post(&civil, "/payments/budgets", &[]).await;
        assert_eq!(status, 403);
        place.on("2025-01-25");
        let run = place.drawn("2025-01").await;
        let open = doubts::list(&place.store, &run, 0, 10).await.unwrap();
        assert_eq!(open.len(), 1, "{open:?}");
        assert!(
            open[0].detail.contains("负担 80.00 元") && open[0].detail.contains("只剩 79.99 元"),
            "{}",
            open[0].detail
        );
        // Held against, not answered for: finance may not approve.
        let mut tx = place.store.begin(&civil, None).await.unwrap();
        let row = pay::runs::find(&tx, &run).await.unwrap().unwrap();
        doubts::settle(&mut tx, &civil, &row, &open[0], false, "等追加")
            .await
            .unwrap();
        tx.commit().await.unwrap();
        for (who, role, step) in [
            ("maker", Role::CountyCivil, Step::Check),
            ("second", Role::CountyCivil, Step::Review),
            ("leader", Role::Leader, Step::Lead),
        ] {
            let who = actor(who, role);
            let mut tx = place.store.begin(&who, None).await.unwrap();
            steps::sign(&mut tx, &who, &run, step, "")
                .await
                .unwrap()
                .unwrap();
            tx.commit().await.unwrap();
        }
        let finance = actor("finance", Role::Finance);
        let mut tx = place.store.begin(&finance, None).await.unwrap();
        let refused = pay::approve::approve(&mut tx, &finance, &run, "")
            .await
            .unwrap();
        assert!(refused.is_err(), "{refused:?}");
        tx.rollback().await.unwrap();
        assert_eq!(entered(&place, "county", "more", "0.01").await.0, 303);
        let mut tx = place.store.begin(&finance, None).await.unwrap();
        pay::approve::approve(&mut tx, &finance, &run, "")
            .await
            .unwrap()
            .unwrap();
        tx.commit().await.unwrap();
        let (_, page) = place.get(&finance, "/payments/budgets?year=2025").await;
        assert!(
            page.contains("1,080.00") && page.contains("980.00"),
            "{page}"
        );
        let (status, page) = place.get(&finance, "/payments/terms").await;
        assert_eq!(status, 200);
        assert!(
            page.contains("待当地确认") && page.contains("择高"),
            "{page}"
        );
        place.close().await;
    }
}

/// Row C03; invariant 6: a month is closed once, in order, after its batches; it takes no further batch; whoever changes
/// a closed posting is found out. The towns come to what the book says.
#[tokio::test]
async fn a_closed_month_stays_as_it_was() {
    for place in places().await {
        place
            .people(&[(1, "1940-05-05"), (2, "1941-05-05")], true)
            .await;
        place.on("2025-01-25");
        let run = place.drawn("2025-01").await;
        place.filed(&run).await;
        place.on("2025-02-11");
        let finance = actor("finance", Role::Finance);
        let form = [("office", OFFICE), ("month", "2025-01")];
        let (status, page) = place.post(&finance, "/ledger/close", &form).await;
        assert_eq!(status, 422);
        assert!(page.contains("GLJT-421321-202501-1"), "{page}");
        place.answered(&run, &[]).await;
        let maker = actor("maker", Role::CountyCivil);
        pay::answers::close(&place.app, &maker, &run, "")
            .await
            .unwrap()
            .unwrap();
        let (status, _) = place.post(&maker, "/ledger/close", &form).await;
        assert_eq!(status, 422, "finance closes");
        let (status, page) = place.post(&finance, "/ledger/close", &form).await;
        assert_eq!(status, 303, "{page}");
        let (status, _) = place.post(&finance, "/ledger/close", &form).await;
        assert_eq!(status, 409, "closed once");
        let form = [
            ("office", OFFICE),
            ("programme", SENIOR),
            ("month", "2025-01"),
        ];
        let (status, page) = place.post(&maker, "/payments", &form).await;
        assert_eq!(status, 422);
        assert!(page.contains("已经关账"), "{page}");
        let (_, page) = place.get(&finance, "/ledger?by=town").await;
        assert!(
            page.contains("100.00") && page.contains("与关账时一致"),
            "{page}"
        );
        let (status, _) = place.get(&finance, "/ledger.xlsx?by=level").await;
        assert_eq!(status, 200);
        let closed = periods::list(&place.store, OFFICE, 3).await.unwrap();
        assert_eq!(closed.len(), 1);
        let mut tx = place.store.begin(&finance, None).await.unwrap();
        tx.run(
            "UPDATE pay_posting SET amount = amount + 1 WHERE run = $1 AND event = 'paid' AND level = 'county'",
            values![run.as_str()],
        )
        .await
        .unwrap();
        tx.audit(store::Audit::new("test"));
        tx.commit().await.unwrap();
        assert!(
            !periods::holds(&place.store, OFFICE, &closed[0])
                .await
                .unwrap()
        );
        place.close().await;
    }
}
