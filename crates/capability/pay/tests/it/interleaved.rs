//! Run, return, correction, kill and replay in any order: equal totals.

use crate::place::{OFFICE, Place, SENIOR, actor, card, day, key, month, place_of, templates};
use authz::Role;
use pay::pace::Pace;
use pay::runs::State;
use pay::{accounts, again, answers, doubts, draft, grants, replay, runs};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use store::values;

/// Numbers that look random and are the same every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, of: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % of
    }
}

async fn happened(place: &Place, n: usize, kind: &'static str, on: &str) {
    let maker = actor("maker", Role::CountyCivil);
    let held = grants::find(&place.store, &key(n), SENIOR, 1)
        .await
        .unwrap()
        .unwrap();
    let mut tx = place.store.begin(&maker, None).await.unwrap();
    grants::happen(&mut tx, &maker, &held, kind, day(on), "核实")
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

/// Draws a month that is killed at some seam first, thrown away once when the dice say so, and takes it to the answer.
async fn through(place: &Place, of: &str, dice: &mut Dice) {
    let maker = actor("maker", Role::CountyCivil);
    place.on(&month(of).first().plus_days(24).to_string());
    let mut run = place.begun(of).await;
    let left = AtomicUsize::new(dice.roll(6) as usize + 1);
    let killed = Pace {
        chunk: 2,
        halt: Some(Arc::new(move |_| left.fetch_sub(1, Ordering::Relaxed) == 1)),
    };
    let _cut = draft::draw(&place.store, &place.plans, &maker, &run, &killed).await;
    if dice.roll(3) == 0 {
        let mut tx = place.store.begin(&maker, None).await.unwrap();
        pay::approve::discard(&mut tx, &maker, &run)
            .await
            .unwrap()
            .unwrap();
        tx.commit().await.unwrap();
        run = place.begun(of).await;
    }
    draft::draw(&place.store, &place.plans, &maker, &run, &Pace::default())
        .await
        .unwrap();
    let row = place.run(&run).await;
    let mut tx = place.store.begin(&maker, None).await.unwrap();
    for doubt in doubts::list(&tx, &run, 0, 50).await.unwrap() {
        doubts::settle(&mut tx, &maker, &row, &doubt, true, "已核实")
            .await
            .unwrap();
    }
    tx.audit(store::Audit::new("test"));
    tx.commit().await.unwrap();
    place.filed(&run).await;
    let failed: Vec<(usize, &str)> = (1..=4)
        .filter(|_| dice.roll(3) == 0)
        .map(|n| (n, "1003"))
        .collect();
    let bytes = place.answer(&run, &failed).await;
    place.take(&run, bytes.clone()).await.unwrap();
    let book = place.book().await;
    // The same answer again is known and changes nothing.
    let known = place.take(&run, bytes).await;
    assert!(known.map_or(true, |one| one.again), "an answer counts once");
    assert_eq!(place.book().await, book, "an answer counts once");
    let row = place.run(&run).await;
    if !failed.is_empty() && row.state == State::Answered && dice.roll(2) == 0 {
        resent(place, &run).await;
    }
    let again = replay::one(&place.store, &place.plans, place.run(&run).await)
        .await
        .unwrap();
    assert!(again.equal(), "{of}: {:?}", again.differs);
}

/// New cards for whoever came back, and everything sent again.
async fn resent(place: &Place, run: &str) {
    let maker = actor("maker", Role::CountyCivil);
    let mut tx = place.store.begin(&maker, None).await.unwrap();
    for failed in again::page(&tx, &[OFFICE.to_owned()], Some(run), 0, 50)
        .await
        .unwrap()
    {
        let n: usize = failed.key.id.trim_start_matches("person-").parse().unwrap();
        accounts::set(&mut tx, &card(n)).await.unwrap();
    }
    let held = runs::find(&tx, run).await.unwrap().unwrap();
    let second = again::begin(&mut tx, &maker, &held).await.unwrap();
    tx.commit().await.unwrap();
    let Ok(second) = second else { return };
    if place.run(&second).await.state == State::Drawing {
        draft::draw(
            &place.store,
            &place.plans,
            &maker,
            &second,
            &Pace::default(),
        )
        .await
        .unwrap();
    }
    place.filed(&second).await;
    place.answered(&second, &[]).await;
    answers::close(&place.app, &maker, &second, "")
        .await
        .unwrap()
        .unwrap();
    place.book().await;
}

/// What everybody was due in all months by all lines.
async fn totals(place: &Place) -> Vec<i64> {
    use store::Reads as _;
    let mut out = Vec::new();
    for n in 1..=4 {
        let sql = "SELECT CAST(coalesce(sum(fen), 0) AS BIGINT) AS n FROM pay_due WHERE id = $1";
        let number = place.store.number(sql, values![key(n).id]).await.unwrap();
        out.push(number);
    }
    out
}

/// Rows C03, C17; invariants 5, 6: whatever is run, killed, thrown away, returned, sent again, suspended and resumed
/// late, in whatever order, the dues come to what the facts say in the end, nothing is paid twice and the book balances.
#[tokio::test]
async fn any_interleaving_ends_in_equal_totals() {
    let months = ["2025-01", "2025-02", "2025-03", "2025-04"];
    for template in templates().await {
        for seed in 1..=3 {
            let mut dice = Dice(seed);
            let place = place_of(&template).await;
            let births = [
                (1, "1940-05-05"),
                (2, "1941-05-05"),
                (3, "1942-05-05"),
                (4, "1943-05-05"),
            ];
            place.people(&births, true).await;
            // 1 is dead since the middle of February, 2 was suspended from January and resumed from March: each known
            // before or behind some batch.
            let (dead, suspended, resumed) = (dice.roll(4), dice.roll(3), 2 + dice.roll(2));
            for (at, of) in months.into_iter().enumerate() {
                let at = at as u64;
                let first = month(of).first();
                place.on(&first.plus_days(2).to_string());
                if at == suspended {
                    happened(&place, 2, "suspend", "2024-12-15").await;
                }
                if at == resumed {
                    happened(&place, 2, "resume", "2025-02-15").await;
                }
                if at == dead.max(1) {
                    place.died(1, "2025-02-12").await;
                }
                through(&place, of, &mut dice).await;
            }
            // Whatever was not known then is known to the last one.
            through(&place, "2025-05", &mut dice).await;
            let name = &place.db.name;
            assert_eq!(
                totals(&place).await,
                [10_000, 15_000, 25_000, 25_000],
                "{name} seed {seed}: dead {dead}, suspended {suspended}, resumed {resumed}"
            );
            let twice = "SELECT CAST(count(*) AS BIGINT) AS n FROM (SELECT id, line, month FROM pay_attempt \
                 WHERE state IN ('paid', 'open') GROUP BY id, line, month HAVING count(*) > 1) x";
            assert_eq!(place.number(twice).await, 0);
            place.book().await;
            place.close().await;
        }
    }
}
