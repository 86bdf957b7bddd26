//! Figures of plans in versions: conflicts hold publishing up until somebody looks at them, other places'
//! plans stand beside the own one.

use crate::folders::{place, small, suizhou};
use crate::{count, fresh, loaded, published};
use authz::Actor;
use plan::api::{
    PlanBook, PublishError, acknowledge_finding, check, lay_acknowledgements, publish,
    withdraw_acknowledgement,
};

/// Rows A01, A21; invariant 2: a serious conflict keeps a plan from being published until it is
/// acknowledged with a reason; the values stay both as they are.
#[tokio::test]
async fn a_conflict_is_looked_at_before_publishing() {
    for db in fresh().await {
        let files = suizhou();
        let id = loaded(&db.store, &files, "zhang").await;
        let mut tx = db.store.begin(&Actor::system("test"), None).await.unwrap();
        let refused = publish(&mut tx, &id, "zhang", "li").await.unwrap_err();
        let PublishError::Open(open) = refused else {
            panic!("{refused}");
        };
        assert!(open.len() >= 5);
        assert!(open.iter().all(|finding| !finding.places.is_empty()));
        for finding in &open {
            acknowledge_finding(&mut tx, "suizhou", finding, "原文如此，待明确")
                .await
                .unwrap();
        }
        publish(&mut tx, &id, "zhang", "li").await.unwrap();
        tx.commit().await.unwrap();

        let book = PlanBook::load(&db.store).await.unwrap();
        let shelf = book.places();
        let mut findings = shelf[0].findings.clone();
        lay_acknowledgements(&db.store, "suizhou", &mut findings)
            .await
            .unwrap();
        let known = findings
            .iter()
            .filter(|finding| finding.acknowledged.is_some())
            .count();
        assert_eq!(known, open.len(), "acknowledged, and still shown");
        let ack = findings
            .iter()
            .find_map(|finding| finding.acknowledged.as_ref())
            .unwrap();
        assert_eq!(ack.reason, "原文如此，待明确");
        assert_eq!(
            count(&db.store, "audit_row WHERE action = 'plan.acknowledge'").await,
            open.len() as i64
        );

        let mut tx = db.store.begin(&Actor::system("test"), None).await.unwrap();
        withdraw_acknowledgement(&mut tx, "suizhou", &open[0])
            .await
            .unwrap();
        tx.commit().await.unwrap();
        assert_eq!(count(&db.store, "plan_ack").await, open.len() as i64 - 1);
        db.close().await.unwrap();
    }
}

/// Invariant 2: an acknowledgement is for these values; when one moves, somebody looks again.
#[tokio::test]
async fn an_acknowledgement_does_not_outlive_its_values() {
    for db in fresh().await {
        let mut files = suizhou();
        let before = check(&files, None);
        let mut tx = db.store.begin(&Actor::system("test"), None).await.unwrap();
        for finding in before.open() {
            acknowledge_finding(&mut tx, "suizhou", finding, "看过")
                .await
                .unwrap();
        }
        tx.commit().await.unwrap();
        let text = files.get_mut("indicators.toml").unwrap();
        assert!(text.contains("value = \"9340\""));
        *text = text.replace("value = \"9340\"", "value = \"9341\"");
        let mut after = check(&files, None);
        lay_acknowledgements(&db.store, "suizhou", &mut after.findings)
            .await
            .unwrap();
        let again: Vec<&str> = after
            .open()
            .iter()
            .map(|finding| finding.id.as_str())
            .collect();
        assert!(
            again.contains(&"addition:childcare_places:2025"),
            "{again:?}"
        );
        assert!(
            !again.contains(&"differ:tekun_disabled_rate:goal:2025"),
            "{again:?}"
        );
        db.close().await.unwrap();
    }
}

/// Row A01: plans of other places are registered side by side and answer nothing.
#[tokio::test]
async fn other_places_stand_beside_the_own_plan() {
    for db in fresh().await {
        published(&db.store, &place("xianning")).await;
        published(&db.store, &small()).await;
        published(&db.store, &place("chongxin")).await;
        let book = PlanBook::load(&db.store).await.unwrap();
        let places: Vec<String> = book
            .places()
            .iter()
            .map(|place| place.version.slug.clone())
            .collect();
        assert_eq!(
            places,
            ["ceshi", "chongxin", "xianning"],
            "the own place first"
        );
        assert_eq!(book.all().len(), 1, "only a plan with a list answers");
        assert!(book.in_force("2025-06-30".parse().unwrap()).is_some());
        // A second city's list is still refused.
        let id = loaded(&db.store, &suizhou(), "zhang").await;
        let mut tx = db.store.begin(&Actor::system("test"), None).await.unwrap();
        for finding in check(&suizhou(), None).open() {
            acknowledge_finding(&mut tx, "suizhou", finding, "看过")
                .await
                .unwrap();
        }
        let refused = publish(&mut tx, &id, "zhang", "li").await.unwrap_err();
        assert!(matches!(refused, PublishError::OtherPlace(slug) if slug == "ceshi"));
        drop(tx);
        db.close().await.unwrap();
    }
}
