//! Receipts against rights: what is owed, what is undue, what is not connected, what cannot be had together.

use crate::place::{Place, actor, code, day, facts, key, person, places, register};
use authz::Scope;
use entitle::api::{FindingFilter, Receipt, counts, everyone, findings, load_receipts};
use kernel::Instant;
use rules::Value;
use store::Reads;

/// 重残护理 is raised above 养老护理, so that one of the two is higher.
const OVERLAY: &str = "[[param]]\nname = \"重度残疾人护理补贴\"\nvalues = [ { from = \"2023-06-01\", fen = 12000 } ]\n";

const YES: Value = Value::Bool(true);
const NO: Value = Value::Bool(false);

/// An old woman of 随州 of whom all roll facts are known to be no, except these.
fn elder<'a>(more: &[(&'a str, Value)]) -> Vec<(&'a str, Value)> {
    let mut pairs = vec![
        ("alive", YES),
        ("birth_date", Value::Day(day("1942-05-05"))),
        ("sex", Value::Word("female")),
        ("hukou_area", Value::Area(code("421303001001"))),
        ("residence_area", Value::Area(code("421303001001"))),
        ("urban", YES),
        ("tekun", NO),
        ("dibao", NO),
        ("dibao_household", NO),
        ("low_income", NO),
        ("cannot_self_care", NO),
        ("disability_grade", Value::Int(0)),
        ("needs_long_care", NO),
        ("work_injury_care_pay", NO),
        ("employee_pension", NO),
        ("resident_pension", NO),
    ];
    for (name, value) in more {
        pairs.retain(|(known, _)| known != name);
        pairs.push((name, value.clone()));
    }
    pairs
}

async fn put(place: &Place, people: &[Vec<(&str, Value)>]) {
    let people = people
        .iter()
        .enumerate()
        .map(|(id, pairs)| person(id, &facts(pairs), None));
    register(&place.db.store, people.collect()).await;
}

fn receipt(programme: &str, fen: i64, from: &str, until: Option<&str>) -> Receipt {
    Receipt {
        programme: programme.into(),
        from: day(from),
        until: until.map(day),
        fen,
        payer: "曾都区财政局".into(),
        source: "测试花名册".into(),
        recorded: Instant::at(day("2025-06-01"), 0),
    }
}

async fn load(place: &Place, programme: &str, rows: &[(usize, Receipt)]) {
    let rows: Vec<_> = rows
        .iter()
        .map(|(id, receipt)| (key(*id), receipt.clone()))
        .collect();
    let mut tx = place.db.store.begin(&actor(), None).await.unwrap();
    load_receipts(&mut tx, programme, "测试花名册", &rows)
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

/// Person, programme and fen of the open findings of a kind.
async fn found(place: &Place, kind: &'static str) -> Vec<(String, String, Option<i64>)> {
    let filter = FindingFilter {
        most: 100,
        ..entitle::api::all_findings(kind, &Scope::Everywhere)
    };
    let found = findings(&place.db.store, &Scope::Everywhere, &filter)
        .await
        .unwrap();
    let mut rows: Vec<_> = found
        .into_iter()
        .map(|finding| (finding.key.id, finding.programme, finding.fen))
        .collect();
    rows.sort();
    rows
}

fn row(id: usize, programme: &str, fen: Option<i64>) -> (String, String, Option<i64>) {
    (key(id).id, programme.into(), fen)
}

/// Row C27; invariants 9 and 11: 特困 excludes both disability subsidies: only 特困 is owed, and a subsidy that runs beside it is undue.
#[tokio::test]
async fn tekun_excludes_both_disability_subsidies() {
    for place in places(Some(OVERLAY)).await {
        let severe = [
            ("disability_grade", Value::Int(1)),
            ("needs_long_care", YES),
            ("dibao", YES),
        ];
        let mut with_tekun = severe.to_vec();
        with_tekun.push(("tekun", YES));
        put(
            &place,
            &[elder(&severe), elder(&with_tekun), elder(&with_tekun)],
        )
        .await;
        for programme in ["tekun_support", "severe_disability_nursing"] {
            load(&place, programme, &[]).await;
        }
        load(
            &place,
            "hard_disability_living",
            &[(
                2,
                receipt("hard_disability_living", 7_000, "2025-01-01", None),
            )],
        )
        .await;
        everyone(&place.db.store, &place.published, true, |_| {})
            .await
            .unwrap();
        let expect = [
            row(0, "hard_disability_living", Some(7_000)),
            row(0, "severe_disability_nursing", Some(12_000)),
            row(1, "tekun_support", None),
            row(2, "tekun_support", None),
        ];
        assert_eq!(found(&place, "owed").await, expect, "{}", place.db.name);
        let undue = [row(2, "hard_disability_living", Some(7_000))];
        assert_eq!(found(&place, "undue").await, undue, "{}", place.db.name);
        place.db.close().await.unwrap();
    }
}

/// Row C27; invariants 9 and 11: of two nursing subsidies only the higher is owed; who receives the lower has it undue and the higher owed;
/// while it is unknown whether the higher is due, nothing is owed and nothing undue (invariant 3).
#[tokio::test]
async fn of_two_nursing_subsidies_only_the_higher_is_owed() {
    for place in places(Some(OVERLAY)).await {
        let both = [
            ("low_income", YES),
            ("cannot_self_care", YES),
            ("disability_grade", Value::Int(2)),
            ("needs_long_care", YES),
        ];
        let lower_only = [("low_income", YES), ("cannot_self_care", YES)];
        let mut open = elder(&both);
        open.retain(|(name, _)| *name != "needs_long_care");
        put(
            &place,
            &[elder(&both), elder(&both), elder(&lower_only), open],
        )
        .await;
        let lower = receipt("nursing_subsidy", 10_000, "2025-01-01", None);
        load(&place, "nursing_subsidy", &[(1, lower.clone()), (3, lower)]).await;
        load(&place, "severe_disability_nursing", &[]).await;
        everyone(&place.db.store, &place.published, true, |_| {})
            .await
            .unwrap();
        let expect = [
            row(0, "severe_disability_nursing", Some(12_000)),
            row(1, "severe_disability_nursing", Some(12_000)),
            row(2, "nursing_subsidy", Some(10_000)),
        ];
        assert_eq!(found(&place, "owed").await, expect, "{}", place.db.name);
        assert_eq!(
            found(&place, "undue").await,
            [row(1, "nursing_subsidy", Some(10_000))],
            "{}",
            place.db.name
        );
        place.db.close().await.unwrap();
    }
}

/// Rows C01, C05; invariants 3 and 9: a programme whose roll was never loaded gives no finding at all; an empty roll connects it; a receipt that
/// ended counts no more; who is unknown is neither owed nor undue.
#[tokio::test]
async fn what_was_never_connected_is_not_counted_as_nothing() {
    for place in places(None).await {
        let mut unknown = elder(&[]);
        unknown.retain(|(name, _)| *name != "birth_date");
        let died = elder(&[("alive", NO), ("dead_on", Value::Day(day("2025-03-01")))]);
        put(&place, &[elder(&[]), elder(&[]), unknown, died, elder(&[])]).await;
        everyone(&place.db.store, &place.published, true, |_| {})
            .await
            .unwrap();
        assert_eq!(found(&place, "owed").await, [], "{}", place.db.name);
        let area = [code("4213")];
        let state = async |state: &str| {
            let counts = counts(&place.db.store, &area).await.unwrap();
            counts.get(&(3, state.to_owned())).copied()
        };
        assert_eq!(
            (state("yes").await, state("owed").await),
            (Some(3), None),
            "{}",
            place.db.name
        );

        load(&place, "senior_allowance", &[]).await;
        everyone(&place.db.store, &place.published, false, |_| {})
            .await
            .unwrap();
        // The plan states no amount: it is owed, how much is not known.
        let owed = [0, 1, 4].map(|id| row(id, "senior_allowance", None));
        assert_eq!(found(&place, "owed").await, owed, "{}", place.db.name);
        assert_eq!(state("owed").await, Some(3));

        let rows = [
            (0, receipt("senior_allowance", 5_000, "2023-01-01", None)),
            (
                1,
                receipt("senior_allowance", 5_000, "2023-01-01", Some("2025-06-30")),
            ),
            (2, receipt("senior_allowance", 5_000, "2023-01-01", None)),
            (3, receipt("senior_allowance", 5_000, "2023-01-01", None)),
            (4, receipt("senior_allowance", 5_000, "2025-07-01", None)),
        ];
        load(&place, "senior_allowance", &rows).await;
        for _ in 0..2 {
            everyone(&place.db.store, &place.published, false, |_| {})
                .await
                .unwrap();
            let owed = [1, 4].map(|id| row(id, "senior_allowance", None));
            assert_eq!(found(&place, "owed").await, owed, "{}", place.db.name);
            assert_eq!(
                found(&place, "undue").await,
                [row(3, "senior_allowance", Some(5_000))]
            );
            assert_eq!(
                (state("owed").await, state("receiving").await),
                (Some(2), Some(3))
            );
        }
        place.db.close().await.unwrap();
    }
}

/// Rows C01, C05; invariants 3 and 9: what this system pays is connected without a roll, in the areas of the office that pays it and nowhere
/// else: whoever is entitled there and not paid is owed it. Everybody is answered anew once, not with every month; a roll
/// that is taken back leaves it connected there.
#[tokio::test]
async fn what_is_paid_here_is_connected_where_it_is_paid() {
    for place in places(None).await {
        let store = &place.db.store;
        let elsewhere = elder(&[("hukou_area", Value::Area(code("421321100001")))]);
        put(&place, &[elder(&[]), elder(&[]), elsewhere]).await;
        everyone(store, &place.published, true, |_| {})
            .await
            .unwrap();
        assert_eq!(found(&place, "owed").await, [], "{}", place.db.name);
        let jobs = "SELECT CAST(count(*) AS BIGINT) AS n FROM job WHERE kind = 'entitle.everyone'";
        for (month, times) in [("2025-06-01", 1), ("2025-07-01", 1)] {
            let mut tx = store.begin(&actor(), None).await.unwrap();
            if month == "2025-06-01" {
                let paid = Receipt {
                    source: entitle::api::PAID_HERE.into(),
                    ..receipt("senior_allowance", 5_000, "2025-06-01", None)
                };
                let rows = [(key(0), paid)];
                entitle::api::add_receipts(&mut tx, &rows).await.unwrap();
            }
            entitle::api::paid_here(&mut tx, "senior_allowance", &[code("421303")], day(month))
                .await
                .unwrap();
            tx.audit(store::Audit::new("test"));
            tx.commit().await.unwrap();
            let row = store.one(jobs, vec![]).await.unwrap().unwrap();
            assert_eq!(row.int("n").unwrap(), times, "{month}");
        }
        for roll in ["none", "loaded", "taken back"] {
            let mut tx = store.begin(&actor(), None).await.unwrap();
            match roll {
                "loaded" => load_receipts(&mut tx, "senior_allowance", "测试花名册", &[])
                    .await
                    .unwrap(),
                "taken back" => assert!(entitle::api::disconnect_unpaid(&mut tx).await.unwrap()),
                _ => {}
            }
            tx.audit(store::Audit::new("test"));
            tx.commit().await.unwrap();
            everyone(store, &place.published, false, |_| {})
                .await
                .unwrap();
            let mut owed = vec![row(1, "senior_allowance", None)];
            if roll == "loaded" {
                owed.push(row(2, "senior_allowance", None));
            }
            assert_eq!(
                found(&place, "owed").await,
                owed,
                "{roll} on {}",
                place.db.name
            );
            let differs = entitle::api::differences(store, &place.published).await;
            assert_eq!(differs.unwrap(), [""; 0], "{roll}");
        }
        let connected = entitle::api::connected(store).await.unwrap();
        let now = store.clock().now();
        for (on, known, wants) in [
            ("2025-06-30", now, true),
            ("2025-05-31", now, false),
            ("2025-06-30", Instant::at(day("2025-06-01"), 0), false),
        ] {
            let then = connected.as_of(day(on), known);
            assert_eq!(then.contains("senior_allowance"), wants, "{on}");
        }
        place.db.close().await.unwrap();
    }
}

/// Row C01; invariants 5 and 11: the hook that the app wires recomputes one person in the running transaction, and takes it back with it.
#[tokio::test]
async fn answers_move_in_the_transaction_of_the_fact_and_back_with_it() {
    for place in places(None).await {
        put(&place, &[elder(&[])]).await;
        everyone(&place.db.store, &place.published, true, |_| {})
            .await
            .unwrap();
        let hook = entitle::api::on_facts_changed(std::sync::Arc::clone(&place.book));
        let allowance = async || {
            let counts = counts(&place.db.store, &[code("421303")]).await.unwrap();
            counts.get(&(3, "yes".to_owned())).copied().unwrap_or(0)
        };
        for (commits, left) in [(false, 1), (true, 0)] {
            let mut tx = place.db.store.begin(&actor(), None).await.unwrap();
            let sql = "UPDATE people_person SET alive = $1 WHERE id = $2";
            tx.run(sql, store::values![false, key(0).id]).await.unwrap();
            hook(&mut tx, &[key(0)]).await.unwrap();
            tx.audit(store::Audit::new("test"));
            if commits {
                tx.commit().await.unwrap();
            } else {
                tx.rollback().await.unwrap();
            }
            assert_eq!(allowance().await, left, "{}", place.db.name);
        }
        place.db.close().await.unwrap();
    }
}
