//! Proof of life: asked late, suspended by a person and never by the clock, paid back.

use crate::place::{Place, actor, day, key, places};
use authz::Role;
use pay::proofs::{Proof, prove};
use pay::{doubts, proofs};
use store::{Reads, values};

async fn proven(place: &Place, n: usize, on: &str, channel: &'static str) -> usize {
    let town = actor("town", Role::TownWorker);
    let mut tx = place.store.begin(&town, None).await.unwrap();
    let proof = Proof {
        key: key(n),
        day: day(on),
        channel,
        source: "村干部见到本人".into(),
    };
    let resumed = prove(&mut tx, &town, &proof).await.unwrap();
    tx.commit().await.unwrap();
    resumed
}

async fn unproven(place: &Place, run: &str) -> Vec<String> {
    let all = doubts::list(&place.store, run, 0, 50).await.unwrap();
    all.into_iter()
        .filter(|doubt| doubt.kind == "unproven")
        .filter_map(|doubt| Some(doubt.key?.id))
        .collect()
}

/// Settles every doubt as paid and takes the batch to its end.
async fn ended(place: &Place, run: &str) {
    let maker = actor("maker", Role::CountyCivil);
    let mut tx = place.store.begin(&maker, None).await.unwrap();
    let row = pay::runs::find(&tx, run).await.unwrap().unwrap();
    for doubt in doubts::list(&tx, run, 0, 50).await.unwrap() {
        doubts::settle(&mut tx, &maker, &row, &doubt, true, "已核实")
            .await
            .unwrap();
    }
    tx.audit(store::Audit::new("test"));
    tx.commit().await.unwrap();
    place.filed(run).await;
    place.answered(run, &[]).await;
    pay::answers::close(&place.app, &maker, run, "")
        .await
        .unwrap()
        .unwrap();
}

/// Rows C03, C17; invariants 3, 5, 6, 11: a proof of any source counts; before one ever came in nobody is overdue;
/// overdue is a doubt and no stop; the county suspends only after two ways, a visit at eighty and a notice, from the
/// next month; a proof pays back from the stop.
#[tokio::test]
async fn suspended_by_a_person_and_paid_back_when_proven() {
    for place in places().await {
        place
            .people(&[(1, "1940-05-05"), (2, "1941-05-05")], true)
            .await;
        place.on("2024-12-23");
        let run = place.drawn("2024-12").await;
        assert_eq!(unproven(&place, &run).await, [""; 0], "nothing connected");
        let maker = actor("maker", Role::CountyCivil);
        let mut tx = place.store.begin(&maker, None).await.unwrap();
        pay::approve::discard(&mut tx, &maker, &run)
            .await
            .unwrap()
            .unwrap();
        tx.commit().await.unwrap();
        proven(&place, 1, "2024-12-22", "assessment").await;
        place.on("2025-06-10");
        proven(&place, 1, "2025-06-09", "medical").await;
        place.on("2025-12-24");
        let december = place.drawn("2025-12").await;
        assert_eq!(unproven(&place, &december).await, [key(2).id]);
        ended(&place, &december).await;
        let civil = actor("maker", Role::CountyCivil);
        let town = actor("town", Role::TownWorker);
        let (_, page) = place.get(&town, "/proofs?tab=overdue").await;
        assert!(
            page.contains("测00002") && !page.contains("测00001"),
            "{page}"
        );
        let path = format!("/proofs/{}", key(2).id);
        let stop = format!("{path}/suspend");
        let (status, page) = place.post(&civil, &stop, &[]).await;
        assert_eq!(status, 422, "nobody has tried to reach them");
        assert!(page.contains("必须上门一次"), "{page}");
        for (way, note) in [
            ("phone", "没人接"),
            ("visit", "门锁着"),
            ("notice", "长子签收"),
        ] {
            let form = [
                ("act", "contact"),
                ("way", way),
                ("day", "2025-12-24"),
                ("note", note),
            ];
            let (status, page) = place.post(&town, &path, &form).await;
            assert_eq!(status, 303, "{page}");
        }
        assert_eq!(
            place.post(&civil, &stop, &[]).await.0,
            303,
            "{}",
            place.db.name
        );
        let stopped = proofs::stopped(&place.store, &key(2)).await.unwrap();
        assert_eq!(stopped, Some(day("2026-01-01")), "from the next month");
        place.on("2026-01-25");
        let january = place.drawn("2026-01").await;
        assert_eq!(place.run(&january).await.drawn, 1);
        ended(&place, &january).await;
        place.on("2026-02-10");
        assert_eq!(
            proven(&place, 2, "2024-12-20", "visit").await,
            0,
            "too old to say anything"
        );
        assert_eq!(proven(&place, 2, "2026-02-09", "visit").await, 1);
        place.on("2026-02-25");
        let february = place.drawn("2026-02").await;
        let sql = "SELECT CAST(month AS BIGINT) AS month, fen FROM pay_due WHERE run = $1 AND id = $2 ORDER BY month";
        let rows = place
            .store
            .all(sql, values![february.as_str(), key(2).id])
            .await
            .unwrap();
        let lines: Vec<(i64, i64)> = rows
            .iter()
            .map(|row| (row.int("month").unwrap(), row.int("fen").unwrap()))
            .collect();
        assert_eq!(lines, [(202_601, 5_000), (202_602, 5_000)]);
        place.close().await;
    }
}
