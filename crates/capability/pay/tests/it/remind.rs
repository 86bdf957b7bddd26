//! A proof of life is asked for by message: once when it comes due, once when it is overdue, anew in the next term.

use crate::place::{Place, actor, day, key, places};
use authz::Role;
use pay::proofs::{Proof, prove};
use pay::remind::remind;
use store::{Reads, values};

async fn proven(place: &Place, n: usize, on: &str) {
    let town = actor("town", Role::TownWorker);
    let mut tx = place.store.begin(&town, None).await.unwrap();
    let proof = Proof {
        key: key(n),
        day: day(on),
        channel: "visit",
        source: "村干部见到本人".into(),
    };
    prove(&mut tx, &town, &proof).await.unwrap();
    tx.commit().await.unwrap();
}

async fn told(place: &Place, n: usize) -> Vec<String> {
    let sql =
        "SELECT said FROM message_message WHERE kind = 'proof' AND id = $1 ORDER BY made_at, code";
    let rows = place.store.all(sql, values![key(n).id]).await.unwrap();
    rows.iter().map(|row| row.text("said").unwrap()).collect()
}

async fn night(place: &Place, on: &str) -> usize {
    place.on(on);
    let plans = place.app.part::<plan::api::PlanBook>().unwrap();
    remind(&place.store, &plans).await.unwrap()
}

/// Rows C03, C17, C33; product rules 21, 39: nobody is asked where no proof ever came in, nor whoever was seen; the others
/// once when it comes due and once when it is overdue, however many nights pass; a proof opens the next term.
#[tokio::test]
async fn asked_once_a_term_and_once_before_a_suspension() {
    for place in places().await {
        place
            .people(&[(1, "1940-05-05"), (2, "1941-05-05")], true)
            .await;
        assert_eq!(night(&place, "2024-12-23").await, 0, "nothing connected");
        proven(&place, 1, "2024-12-22").await;
        proven(&place, 2, "2024-12-22").await;
        assert_eq!(night(&place, "2025-06-10").await, 0);
        proven(&place, 1, "2025-06-09").await;
        assert_eq!(night(&place, "2025-11-20").await, 1, "{}", place.db.name);
        assert_eq!(night(&place, "2025-11-21").await, 0, "once");
        assert_eq!(night(&place, "2025-12-26").await, 1, "overdue");
        assert_eq!(night(&place, "2025-12-27").await, 0, "once");
        assert!(told(&place, 1).await.is_empty());
        let said = told(&place, 2).await;
        let [first, second] = said.as_slice() else {
            unreachable!("{said:?}")
        };
        assert!(
            first.contains("以前办好") && first.contains("不用跑腿"),
            "{first}"
        );
        assert!(
            second.contains("已经超过") && second.contains("补发"),
            "{second}"
        );
        proven(&place, 2, "2026-01-10").await;
        assert_eq!(night(&place, "2026-01-11").await, 0);
        assert_eq!(night(&place, "2026-12-01").await, 2, "the next term");
        place.close().await;
    }
}
