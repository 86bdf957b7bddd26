//! The demo's money, made the way of the offices.

use crate::place::{OFFICE, Place, SENIOR, TERMS, actor, day, key, month, places};
use authz::{Actor, Role};
use entitle::api::{Receipt, load_receipts};
use pay::{again, doubts, replay, runs};
use std::collections::BTreeSet;

const SEVERE: &str = "severe_disability_nursing";

/// The open batch of 养老护理补贴 pays one person, whose 重度残疾人护理补贴 of the month went out before.
async fn twice(place: &Place) {
    let asked = |programme: &str| runs::Asked {
        offices: vec![OFFICE.into()],
        programme: Some(programme.into()),
        month: Some(month("2025-06")),
        ..runs::Asked::default()
    };
    let paid = runs::list(&place.store, &asked(SEVERE), 0, 10).await;
    let paid = paid.unwrap();
    assert_eq!(paid.len(), 1);
    assert_eq!(paid[0].state, runs::State::Closed, "nothing came back");
    let open = runs::list(&place.store, &asked("nursing_subsidy"), 0, 10).await;
    let open = open.unwrap();
    assert_eq!(open.len(), 1);
    assert_eq!(open[0].state, runs::State::Drawn);
    let doubts = doubts::list(&place.store, &open[0].run, 0, 50)
        .await
        .unwrap();
    let twice: Vec<_> = doubts.iter().filter(|one| one.kind == "twice").collect();
    assert_eq!(twice.len(), 1, "{doubts:?}");
    assert!(
        twice[0].detail.contains("本月另有「重度残疾人护理补贴」"),
        "{doubts:?}"
    );
}

/// Row C03; invariants 5, 6: from a roll of what is in payment the demo gets grants, a month that was paid and can be
/// replayed to the fen, what came back, and an open month with every doubt that is planted.
#[tokio::test]
async fn the_demo_has_a_paid_month_and_an_open_one() {
    for place in places().await {
        let births: Vec<(usize, String)> = (1..=130)
            .map(|n| (n, format!("19{}-{:02}-11", 30 + n % 14, n % 12 + 1)))
            .collect();
        let births: Vec<(usize, &str)> = births.iter().map(|(n, b)| (*n, b.as_str())).collect();
        place.register(&births).await;
        let mut tx = place
            .store
            .begin(&Actor::system("test"), None)
            .await
            .unwrap();
        let rows: Vec<_> = births
            .iter()
            .map(|(n, birth)| {
                let receipt = Receipt {
                    programme: SENIOR.into(),
                    from: day(birth).plus_years(80).max(day("2024-11-01")),
                    until: None,
                    fen: 5000,
                    payer: "随县财政局".into(),
                    source: "一卡通发放明细".into(),
                    recorded: tx.at(),
                };
                (key(*n), receipt)
            })
            .collect();
        load_receipts(&mut tx, SENIOR, "一卡通发放明细", &rows)
            .await
            .unwrap();
        let severe: Vec<_> = (1..=3)
            .map(|n| {
                let receipt = Receipt {
                    programme: SEVERE.into(),
                    from: day("2024-11-01"),
                    until: None,
                    fen: 10_000,
                    payer: "随县财政局".into(),
                    source: "一卡通发放明细".into(),
                    recorded: tx.at(),
                };
                (key(n), receipt)
            })
            .collect();
        load_receipts(&mut tx, SEVERE, "一卡通发放明细", &severe)
            .await
            .unwrap();
        let keys: Vec<_> = rows.into_iter().map(|(key, _)| key).collect();
        place.app.facts_changed(&mut tx, &keys).await.unwrap();
        let account = org::api::NewAccount {
            login: "handler".into(),
            name: "王建国".into(),
            role: Role::CountyCivil,
            password: None,
            grants: Vec::new(),
        };
        let id = org::api::create_account(&mut tx, account).await.unwrap();
        tx.commit().await.unwrap();
        place.on("2025-06-30");
        let mut maker = actor(&id, Role::CountyCivil);
        maker.name = "王建国".into();
        let ask = pay::api::Demo {
            terms: TERMS.into(),
            month: month("2025-06"),
            open: (OFFICE.into(), maker),
        };
        let people = pay::api::demo(&place.app, &ask).await.unwrap();
        assert_eq!(people, 133, "{}", place.db.name);
        let asked = runs::Asked {
            offices: vec![OFFICE.into()],
            programme: Some(SENIOR.into()),
            ..runs::Asked::default()
        };
        let all = runs::list(&place.store, &asked, 0, 10).await.unwrap();
        assert_eq!(all.len(), 2);
        assert_eq!(all[0].state, runs::State::Drawn);
        assert_eq!(all[1].state, runs::State::Answered, "some came back");
        let back = again::sum(&place.store, &[OFFICE.to_owned()], None)
            .await
            .unwrap();
        assert_eq!(back.0, 3, "one in forty");
        let kinds: BTreeSet<String> = doubts::counts(&place.store, &all[0].run)
            .await
            .unwrap()
            .into_iter()
            .map(|(kind, ..)| kind)
            .collect();
        for kind in [
            "no_account",
            "shared_account",
            "handler_account",
            "over_budget",
        ] {
            assert!(kinds.contains(kind), "{kind}: {kinds:?}");
        }
        twice(&place).await;
        place.book().await;
        let again = replay::one(&place.store, &place.plans, all[1].clone())
            .await
            .unwrap();
        assert!(again.equal(), "{:?}", again.differs);
        place.close().await;
    }
}
