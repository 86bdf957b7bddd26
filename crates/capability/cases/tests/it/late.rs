//! The family is told that their case is late, and who handles it.

use crate::place::{Place, actor, daughter, places};
use authz::Role;
use cases::late::tell;
use cases::machine::Act;
use store::Reads;

async fn night(place: &Place, on: &str) -> usize {
    place.on(on);
    tell(&place.store, &place.plans, &place.areas)
        .await
        .unwrap()
}

/// Rows C33, K03; product rule 39: a step past its day is told of once, in plain words, with who handles it; the next step
/// again; publicity that ended waits for its decision; who waits for the applicant is not late.
#[tokio::test]
async fn once_for_each_step() {
    for place in places().await {
        place
            .people([(1, "1940-05-05"), (2, "1941-05-05")].into_iter())
            .await;
        let town = actor("town", Role::TownWorker);
        place.on("2025-06-02");
        let case = place.draft(&daughter(1), 1).await;
        let case = place
            .act(&daughter(1), &case, Act::Submit, "")
            .await
            .unwrap();
        assert_eq!(night(&place, "2025-06-09").await, 0, "five working days");
        assert_eq!(night(&place, "2025-06-10").await, 1, "{}", place.db.name);
        assert_eq!(night(&place, "2025-06-11").await, 0, "once");
        let case = place.act(&town, &case, Act::Ask, "缺银行卡").await.unwrap();
        assert_eq!(night(&place, "2025-07-11").await, 0, "the applicant's turn");
        let case = place
            .act(&daughter(1), &case, Act::Supplement, "")
            .await
            .unwrap();
        let case = place.act(&town, &case, Act::Accept, "").await.unwrap();
        place
            .act(&town, &case, Act::Pass("check"), "")
            .await
            .unwrap();
        assert_eq!(
            night(&place, "2025-07-21").await,
            0,
            "posted, then ten working days"
        );
        assert_eq!(night(&place, "2025-08-15").await, 1, "the decision");
        assert_eq!(night(&place, "2025-08-16").await, 0);
        let sql = "SELECT said FROM message_message WHERE kind = 'late' ORDER BY made_at, code";
        let rows = place.store.all(sql, vec![]).await.unwrap();
        let said: Vec<String> = rows.iter().map(|row| row.text("said").unwrap()).collect();
        let [first, second] = said.as_slice() else {
            unreachable!("{said:?}")
        };
        assert!(
            first.contains("高龄津贴申请过了规定的时间") && first.contains("民政办"),
            "{first}"
        );
        assert!(
            second.contains("随县民政局办理") && second.contains("12349"),
            "{second}"
        );
        place.close().await;
    }
}
