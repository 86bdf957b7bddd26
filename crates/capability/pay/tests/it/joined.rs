//! Two files become one person, and two again, while money is paid.

use crate::place::{Place, SENIOR, actor, card, key, places};
use authz::{Actor, Role};
use pay::{accounts, grants, proofs, replay};
use store::{Audit, Reads, values};

/// Makes one person of 1 and 2: 1 gives way.
async fn join(place: &Place) -> serde_json::Value {
    let mut tx = place
        .store
        .begin(&Actor::system("test"), None)
        .await
        .unwrap();
    let room = pay::capability().joinings.remove(0);
    let (from, to) = (key(1), key(2));
    let led = (room.join)(&place.app, &mut tx, &from, &to).await.unwrap();
    assert!(
        people::api::set_aside(&mut tx, &from, &to.id, "merge")
            .await
            .unwrap()
    );
    place.app.facts_changed(&mut tx, &[to]).await.unwrap();
    tx.audit(Audit::new("test"));
    tx.commit().await.unwrap();
    led
}

/// Makes two of them again.
async fn part(place: &Place, led: serde_json::Value) {
    let mut tx = place
        .store
        .begin(&Actor::system("test"), None)
        .await
        .unwrap();
    let room = pay::capability().joinings.remove(0);
    let (from, to) = (key(1), key(2));
    assert!(people::api::bring_back(&mut tx, &from).await.unwrap());
    (room.part)(&mut tx, &from, &to, led).await.unwrap();
    people::api::refresh(&mut tx, &from.id).await.unwrap();
    place.app.facts_changed(&mut tx, &[from, to]).await.unwrap();
    tx.audit(Audit::new("test"));
    tx.commit().await.unwrap();
}

/// Draws a month and takes it to the bank.
async fn paid(place: &Place, of: &str) -> String {
    let run = place.drawn(of).await;
    place.filed(&run).await;
    run
}

/// Who is due what in a month, by the last sign of their id.
async fn due(place: &Place, month: i32) -> Vec<(String, i64)> {
    let sql = "SELECT id, fen FROM pay_due WHERE month = $1 AND programme = $2 ORDER BY id, line";
    let rows = place.store.all(sql, values![month, SENIOR]).await.unwrap();
    rows.iter()
        .map(|row| (row.text("id").unwrap(), row.int("fen").unwrap()))
        .collect()
}

/// Rows B02, C03; invariants 5, 9: what one of two files receives goes on under the file that stays, with the account and
/// the proof of life; every month is due once; a batch on its way to the bank still gets there; taken back, it goes on as
/// before; and every month is replayed to the fen.
#[tokio::test]
async fn a_grant_follows_the_file_that_stays() {
    for place in places().await {
        place.people(&[(1, "1940-05-05")], true).await;
        place.register(&[(2, "1940-05-05")]).await;
        let mut tx = place
            .store
            .begin(&Actor::system("test"), None)
            .await
            .unwrap();
        let who = tx.actor().clone();
        let proof = proofs::Proof {
            key: key(1),
            day: "2024-12-01".parse().unwrap(),
            channel: "visit",
            source: "村（社区）".into(),
        };
        proofs::prove(&mut tx, &who, &proof).await.unwrap();
        tx.commit().await.unwrap();
        place.on("2025-01-25");
        let mut runs = vec![place.drawn("2025-01").await];
        place.on("2025-01-26");
        let led = join(&place).await;
        // What was drawn before goes to the bank, under the name it was drawn for.
        place.filed(&runs[0]).await;
        place.answered(&runs[0], &[]).await;
        let maker = actor("maker", Role::CountyCivil);
        pay::answers::close(&place.app, &maker, &runs[0], "")
            .await
            .unwrap()
            .unwrap();
        assert_eq!(due(&place, 202501).await, [(key(1).id, 5_000)]);
        let live = |all: Vec<grants::Held>| all.into_iter().filter(|one| one.state == "active");
        let of = |n: usize| {
            let store = place.store.clone();
            async move { grants::of_person(&store, &key(n)).await.unwrap() }
        };
        assert_eq!(live(of(1).await).count(), 0);
        assert_eq!(live(of(2).await).count(), 1);
        let account = accounts::of_person(&place.store, &key(2)).await.unwrap();
        assert_eq!(
            account[0].tail(&place.store).unwrap(),
            card(1).number[card(1).number.len() - 4..]
        );
        let seen = proofs::of_person(&place.store, &key(2)).await.unwrap();
        assert_eq!(seen.len(), 1);
        place.on("2025-02-25");
        runs.push(paid(&place, "2025-02").await);
        assert_eq!(due(&place, 202502).await, [(key(2).id, 5_000)]);

        place.on("2025-02-26");
        part(&place, led).await;
        assert_eq!(live(of(1).await).count(), 1);
        assert_eq!(live(of(2).await).count(), 0);
        let seen = proofs::of_person(&place.store, &key(2)).await.unwrap();
        assert!(seen.is_empty());
        place.on("2025-03-25");
        runs.push(paid(&place, "2025-03").await);
        assert_eq!(due(&place, 202503).await, [(key(1).id, 5_000)]);
        for month in [202501, 202502] {
            assert_eq!(due(&place, month).await.len(), 1, "{month}: nothing more");
        }
        for run in &runs {
            let run = place.run(run).await;
            let again = replay::one(&place.store, &place.plans, run).await.unwrap();
            assert!(again.equal(), "{}: {:?}", again.run.month, again.differs);
        }
        place.close().await;
    }
}

/// Invariant 9: where both files were in payment, one goes on.
#[tokio::test]
async fn who_was_paid_twice_is_paid_once() {
    for place in places().await {
        place
            .people(&[(1, "1940-05-05"), (2, "1940-05-05")], true)
            .await;
        place.on("2025-01-25");
        paid(&place, "2025-01").await;
        assert_eq!(due(&place, 202501).await.len(), 2);
        place.on("2025-01-26");
        let led = join(&place).await;
        place.on("2025-02-25");
        paid(&place, "2025-02").await;
        assert_eq!(due(&place, 202502).await, [(key(2).id, 5_000)]);
        place.on("2025-02-26");
        part(&place, led).await;
        place.on("2025-03-25");
        paid(&place, "2025-03").await;
        assert_eq!(
            due(&place, 202503).await,
            [(key(1).id, 5_000), (key(2).id, 5_000)]
        );
        assert_eq!(
            due(&place, 202502).await,
            [(key(2).id, 5_000)],
            "the month in which they were one stays"
        );
        place.close().await;
    }
}
