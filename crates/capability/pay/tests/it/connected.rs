//! A programme that is first paid by this system.

use crate::place::{Place, SENIOR, day, key, places};
use authz::{Actor, Scope};
use entitle::api::{all_findings, connected, everyone, findings};
use store::values;

/// A village of a town that the plan lists under 随县.
const LISTED: &str = "421321101200";

async fn lives_in(place: &Place, n: usize, village: &str) {
    let who = Actor::system("test");
    let mut tx = place.store.begin(&who, None).await.unwrap();
    let sql = "UPDATE people_person SET hukou_area = $1 WHERE id = $2";
    tx.run(sql, values![village, key(n).id]).await.unwrap();
    tx.audit(store::Audit::new("test"));
    tx.commit().await.unwrap();
}

/// Who is owed something, by person id.
async fn owed(place: &Place, first: bool) -> Vec<String> {
    let list = place.plans.in_force(place.store.clock().today()).unwrap();
    everyone(&place.store, &list, first, |_| {}).await.unwrap();
    let filter = all_findings("owed", &Scope::Everywhere);
    let found = findings(&place.store, &Scope::Everywhere, &filter).await;
    let found = found.unwrap().into_iter();
    let mine = found.filter(|one| one.programme == SENIOR);
    mine.map(|one| one.key.id).collect()
}

/// Rows C01, C05, C33; invariants 3, 5, 9: before the first payment nobody is owed what no roll was loaded of; with the bank's first answer the
/// programme is connected in the office's area from the month that was paid, and who has no grant there is 应享未享.
#[tokio::test]
async fn the_first_payment_connects_the_office() {
    for place in places().await {
        place.people(&[(1, "1940-05-05")], true).await;
        place.register(&[(2, "1941-05-05")]).await;
        lives_in(&place, 2, LISTED).await;
        assert_eq!(owed(&place, true).await, [""; 0], "{}", place.db.name);
        place.on("2025-01-25");
        let run = place.drawn("2025-01").await;
        place.filed(&run).await;
        assert!(
            connected(&place.store).await.unwrap().is_empty(),
            "begun is not paid"
        );
        place.answered(&run, &[]).await;
        let now = connected(&place.store).await.unwrap();
        for (hukou, wants) in [(LISTED, true), ("421303001001", false)] {
            let hukou = Some(hukou.parse().unwrap());
            assert_eq!(now.covers(SENIOR, hukou), wants, "{hukou:?}");
        }
        let at = place.store.clock().now();
        assert!(now.as_of(day("2025-01-31"), at).contains(SENIOR));
        assert!(!now.as_of(day("2024-12-31"), at).contains(SENIOR));
        assert_eq!(owed(&place, false).await, [key(2).id], "{}", place.db.name);
        place.close().await;
    }
}
