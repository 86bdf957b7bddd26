//! Two grants of one person that may not both be paid.

use crate::place::{OFFICE, Place, actor, day, key, month, places};
use authz::{Actor, Role};
use pay::pace::Pace;
use pay::runs::New;
use pay::{draft, grants, replay, runs, terms};
use store::{Reads, values};

const NURSING: &str = "nursing_subsidy";
const SEVERE: &str = "severe_disability_nursing";

pub(crate) async fn granted(place: &Place, programme: &str, from: &str, fen: i64) {
    let mut tx = place
        .store
        .begin(&Actor::system("test"), None)
        .await
        .unwrap();
    let recorded = tx.at();
    let new = grants::New {
        key: key(1),
        programme: programme.into(),
        office: OFFICE.into(),
        area: "421321100001".parse().ok(),
        hukou: "421321100001".parse().ok(),
        residence: "421321100001".parse().ok(),
        from: day(from),
        fen,
        origin: "finding",
        reasons: "测试".into(),
        digest: String::new(),
        recorded,
    };
    grants::adopt(&mut tx, vec![new]).await.unwrap();
    tx.commit().await.unwrap();
}

/// Draws a programme's month, on the 25th of it.
pub(crate) async fn drawn(place: &Place, programme: &str, of: &str) -> String {
    let loaded = terms::in_force(&place.store).await.unwrap().unwrap();
    let list = place.plans.in_force(place.store.clock().today()).unwrap();
    let maker = actor("maker", Role::CountyCivil);
    let mut tx = place.store.begin(&maker, None).await.unwrap();
    let known = tx.at();
    let new = New {
        office: OFFICE,
        programme,
        month: month(of),
        terms: loaded.no,
        list: &list.digest,
        known,
        again: false,
    };
    let run = runs::create(&mut tx, &maker, &new).await.unwrap();
    tx.commit().await.unwrap();
    draft::draw(&place.store, &place.plans, &maker, &run, &Pace::default())
        .await
        .unwrap();
    run
}

/// Month and fen of the lines of a batch.
pub(crate) async fn lines(place: &Place, run: &str) -> Vec<(i64, i64)> {
    let sql = "SELECT CAST(month AS BIGINT) AS month, fen FROM pay_due WHERE run = $1 ORDER BY month, line";
    let rows = place.store.all(sql, values![run]).await.unwrap();
    rows.iter()
        .map(|row| (row.int("month").unwrap(), row.int("fen").unwrap()))
        .collect()
}

/// Rows C18, C19, C20; invariants 5, 6, 11: of two nursing subsidies the higher is paid and the other says why it is not;
/// a grant of the higher one that becomes known late takes the months back; the replay says the same.
#[tokio::test]
async fn of_two_nursing_subsidies_the_higher_is_paid() {
    for place in places().await {
        place.people(&[(1, "1940-05-05")], false).await;
        granted(&place, NURSING, "2024-12-10", 10_000).await;
        place.on("2025-01-25");
        let january = drawn(&place, NURSING, "2025-01").await;
        assert_eq!(lines(&place, &january).await, [(202_501, 10_000)]);
        // Decided in February, from December on.
        place.on("2025-02-10");
        granted(&place, SEVERE, "2024-12-10", 12_000).await;
        place.on("2025-02-25");
        let severe = drawn(&place, SEVERE, "2025-02").await;
        assert_eq!(
            lines(&place, &severe).await,
            [(202_501, 12_000), (202_502, 12_000)],
            "{}",
            place.db.name
        );
        let nursing = drawn(&place, NURSING, "2025-02").await;
        assert_eq!(lines(&place, &nursing).await, [(202_501, -10_000)]);
        let sql = "SELECT why FROM pay_change WHERE run = $1 AND kind = 'stop'";
        let rows = place
            .store
            .all(sql, values![nursing.as_str()])
            .await
            .unwrap();
        let why = rows[0].text("why").unwrap();
        assert!(why.contains("与「重度残疾人护理补贴」择高发放"), "{why}");
        for run in [&january, &severe, &nursing] {
            let row = runs::find(&place.store, run).await.unwrap().unwrap();
            let again = replay::one(&place.store, &place.plans, row).await.unwrap();
            assert!(again.equal(), "{run}: {:?}", again.differs);
        }
        // The number of a batch can be read out.
        let batch = place.run(&nursing).await.batch;
        assert_eq!(batch, "YLHL-421321-202502-1");
        place.close().await;
    }
}
