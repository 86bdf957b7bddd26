//! Complete lists: nobody of the area stays unknown; who differs much from the list before needs a second person.

use crate::place::{CHIEF, COUNTY, LEADER, Who, actor, gbk, places, row};
use authz::Role;
use axum::http::StatusCode;
use intake::api::Refusal;
use rules::Value;

fn list(of: impl Iterator<Item = u32>) -> Vec<u8> {
    let rows: Vec<String> = of.map(row).collect();
    let rows = rows.join("\n");
    gbk(&format!("姓名,身份证号\n{rows}\n"))
}

/// In 曾都区: not every seventh.
fn here(n: u32) -> bool {
    n % 7 != 6
}

/// Row B14; product.md A1: after a complete 低保 list nobody of its area is unknown on it, and nobody outside it is
/// touched; who was on the list before and is not now has an end; taking it back brings all of it back.
#[tokio::test]
async fn a_complete_list_leaves_nobody_unknown() {
    for place in places(40).await {
        let start = place.facts().await;
        let june = place
            .check(
                &CHIEF,
                "dibao",
                &list((0..20).filter(|n| here(*n))),
                Some("421303"),
            )
            .await;
        let (_, page) = place.get(&CHIEF, &format!("/intake/{june}")).await;
        assert!(page.contains("由未知登记为"), "{page}");
        place.commit(&CHIEF, &june).await;
        for n in 0..40 {
            let expect = match (here(n), n < 20) {
                (true, on_it) => Some(Value::Bool(on_it)),
                (false, _) => None,
            };
            assert_eq!(place.fact(n, "dibao").await, expect, "{n}");
        }
        place.consistent().await;
        let after_june = place.facts().await;
        let july = place
            .check(
                &CHIEF,
                "dibao",
                &list((1..20).filter(|n| here(*n))),
                Some("421303"),
            )
            .await;
        place.commit(&CHIEF, &july).await;
        assert_eq!(place.fact(0, "dibao").await, Some(Value::Bool(false)));
        place.consistent().await;
        place.withdraw(&CHIEF, &july).await;
        assert_eq!(place.facts().await, after_june);
        place.consistent().await;
        place.withdraw(&CHIEF, &june).await;
        assert_eq!(place.facts().await, start);
        place.consistent().await;
        place.close().await;
    }
}

/// Rows B14, M03: a complete list with less than 90 or more than 110 percent of the one before waits for a second
/// person, who is not the first and whose area covers it.
#[tokio::test]
async fn a_list_that_differs_much_waits_for_a_second_person() {
    for place in places(60).await {
        let all = list((0..30).filter(|n| here(*n)));
        let june = place.check(&COUNTY, "dibao", &all, Some("421303")).await;
        place.commit(&COUNTY, &june).await;
        let half = list((0..15).filter(|n| here(*n)));
        let july = place.check(&COUNTY, "dibao", &half, Some("421303")).await;
        let refused = intake::api::commit(&place.app, &actor(&COUNTY), &july).await;
        assert!(matches!(refused, Err(Refusal::Says(_))));
        let refused = intake::api::approve(&place.app, &actor(&COUNTY), &july).await;
        assert!(matches!(refused, Err(Refusal::Says(_))), "not by oneself");
        let (status, _) = place
            .post(&LEADER, &format!("/intake/{july}/approval"), "")
            .await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        let (status, page) = place.get(&CHIEF, &format!("/intake/{july}")).await;
        assert_eq!(status, StatusCode::OK);
        assert!(
            page.contains("相差超过一成") && page.contains("核准"),
            "{page}"
        );
        intake::api::approve(&place.app, &actor(&CHIEF), &july)
            .await
            .unwrap();
        place.commit(&COUNTY, &july).await;
        assert_eq!(place.fact(19, "dibao").await, Some(Value::Bool(false)));
        place.close().await;
    }
}

/// Row M03; invariant 10: nobody brings in for areas outside their scope; a row of a person outside it is refused by
/// its reason.
#[tokio::test]
async fn scope_is_checked_for_list_and_row() {
    for place in places(20).await {
        let (_, to) = place
            .upload(&COUNTY, "dibao", "名单.csv", &list([0, 6].into_iter()))
            .await;
        let id = to.rsplit('/').next().unwrap().to_owned();
        let said = |area: &str| intake::api::Said {
            source: "名册".into(),
            complete: true,
            area: Some(area.parse().unwrap()),
            day: crate::place::day("2025-06-01"),
            columns: None,
        };
        let refused = intake::api::say(&place.app, &actor(&COUNTY), &id, said("421321")).await;
        assert!(matches!(refused, Err(Refusal::Says(_))));
        let id = place
            .check(&COUNTY, "dibao", &list([0, 6].into_iter()), None)
            .await;
        assert_eq!(place.counts(&id).await, [0, 1, 0, 0, 1]);
        let (_, page) = place.get(&COUNTY, &format!("/intake/{id}")).await;
        assert!(page.contains("不在您的管辖范围"), "{page}");
        let (status, _) = place.get(&LEADER, "/intake").await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        place.close().await;
    }
}

/// Rows B14, M03; invariants 8, 10: who has a county without the towns that another body runs brings in a complete list
/// for their own towns; nobody of the others is settled by it.
#[tokio::test]
async fn a_complete_list_reaches_as_far_as_the_scope() {
    const TOWN: Who = Who("wan", Role::CountyCivil, "421303106");
    for place in places(20).await {
        let mine = |n: &u32| here(*n) && n % 3 != 2;
        let id = place
            .check(&TOWN, "dibao", &list((0..9).filter(mine)), Some("421303"))
            .await;
        place.commit(&TOWN, &id).await;
        for n in 0..20 {
            let expect = mine(&n).then_some(Value::Bool(n < 9));
            assert_eq!(place.fact(n, "dibao").await, expect, "{n}");
        }
        place.consistent().await;
        let again = place
            .check(&TOWN, "dibao", &list((0..3).filter(mine)), Some("421303"))
            .await;
        let shown = intake::api::look(&place.app, &again).await.unwrap();
        assert!(
            shown.stop.is_some(),
            "less than nine tenths of the one before"
        );
        place.close().await;
    }
}
