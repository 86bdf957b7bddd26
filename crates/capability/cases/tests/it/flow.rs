//! One case from hand to hand.

use crate::place::{actor, daughter, day, key, places};
use authz::Role;
use cases::acts::Refusal;
use cases::machine::{Act, State};
use cases::{events, store, ties};
use pay::api::grants_of_person;

/// Rows C05, C33; invariant 11: applied for by the family, accepted, checked, posted, decided by another hand; the grant
/// is there with clause and conditions in the same transaction, and the log tells every step in order.
#[tokio::test]
async fn an_approval_is_a_grant_at_once() {
    for place in places().await {
        place.people([(1, "1940-05-05")].into_iter()).await;
        let case = place.deciding(1).await;
        assert_eq!(
            grants_of_person(&place.store, &key(1)).await.unwrap().len(),
            0
        );
        let county = actor("county", Role::CountyCivil);
        let done = place.act(&county, &case, Act::Approve, "").await.unwrap();
        assert_eq!(done.standing.state, State::Approved, "{}", place.db.name);
        let grants = grants_of_person(&place.store, &key(1)).await.unwrap();
        let [grant] = grants.as_slice() else {
            unreachable!("{} grants", grants.len())
        };
        assert_eq!(
            (grant.state.as_str(), grant.origin.as_str()),
            ("active", "case")
        );
        assert_eq!(grant.from, day("2025-06-10"));
        assert_eq!(grant.proposed_by, "town");
        assert_eq!(grant.decided_by.as_deref(), Some("county"));
        assert_eq!(done.fen, Some(grant.fen.0));
        assert!(
            grant.reasons.contains("随政办发〔2023〕16号"),
            "{}",
            grant.reasons
        );
        let told: Vec<String> = events::of(&place.store, &done.code)
            .await
            .unwrap()
            .into_iter()
            .map(|event| event.act)
            .collect();
        assert_eq!(told, ["submit", "accept", "pass", "approve"]);
        place.close().await;
    }
}

/// Row C33, invariant 10: each step is its own office's; who checked does not decide; nobody decides about somebody they
/// declared a tie to; words are asked for where they are owed; what is refused writes nothing.
#[tokio::test]
async fn steps_belong_to_offices_and_hands_stay_apart() {
    for place in places().await {
        place.people([(1, "1940-05-05")].into_iter()).await;
        let case = place.deciding(1).await;
        let town = actor("town", Role::TownWorker);
        let refused = place.act(&town, &case, Act::Approve, "").await;
        assert!(matches!(refused, Err(Refusal::Other(_))), "{refused:?}");
        let wrote = actor("town", Role::CountyCivil);
        let same = place
            .act(&wrote, &case, Act::Approve, "")
            .await
            .unwrap_err();
        assert_eq!(
            same,
            Refusal::Not("代办、审核和决定不能是同一人，请由其他同事决定。".into())
        );
        let mut elsewhere = actor("far", Role::CountyCivil);
        elsewhere.scope = authz::Scope::Areas(vec!["421381".parse().unwrap()]);
        let refused = place.act(&elsewhere, &case, Act::Approve, "").await;
        assert!(matches!(refused, Err(Refusal::Other(_))), "{refused:?}");
        let county = actor("county", Role::CountyCivil);
        let wordless = place
            .act(&county, &case, Act::Refuse, " ")
            .await
            .unwrap_err();
        assert_eq!(wordless, Refusal::Not("请写明原因，申请人会看到。".into()));
        let mut tx = place.store.begin(&county, None).await.unwrap();
        ties::declare(&mut tx, &case, "child").await.unwrap();
        tx.commit().await.unwrap();
        let tied = place
            .act(&county, &case, Act::Approve, "")
            .await
            .unwrap_err();
        assert!(
            matches!(&tied, Refusal::Not(text) if text.contains("近亲属")),
            "{tied:?}"
        );
        let now = store::find(&place.store, &case.code)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(now.version, case.version);
        let second = actor("second", Role::CountyCivil);
        place.act(&second, &case, Act::Approve, "").await.unwrap();
        place.close().await;
    }
}

/// Row C33: two officers open one case; the second to send is told and nothing of theirs is written.
#[tokio::test]
async fn of_two_officers_one_is_told() {
    for place in places().await {
        place.people([(1, "1940-05-05")].into_iter()).await;
        let case = place.deciding(1).await;
        let first = actor("first", Role::CountyCivil);
        let second = actor("second", Role::CountyCivil);
        place
            .act(&first, &case, Act::Refuse, "收入高于标准")
            .await
            .unwrap();
        let late = place
            .act(&second, &case, Act::Approve, "")
            .await
            .unwrap_err();
        assert_eq!(late, Refusal::Stale, "{}", place.db.name);
        assert_eq!(place.number("SELECT count(*) AS n FROM pay_grant").await, 0);
        place.close().await;
    }
}

/// Row C33: a refusal is appealed, decided by somebody else, and turned into a grant.
#[tokio::test]
async fn an_appeal_is_decided_by_somebody_else() {
    for place in places().await {
        place.people([(1, "1940-05-05")].into_iter()).await;
        let case = place.deciding(1).await;
        let first = actor("first", Role::CountyCivil);
        let refused = place
            .act(&first, &case, Act::Refuse, "户籍有疑问")
            .await
            .unwrap();
        let appealed = place
            .act(&daughter(1), &refused, Act::Appeal, "户籍没有变")
            .await
            .unwrap();
        let own = place
            .act(&first, &appealed, Act::Overturn, "核实无误")
            .await;
        assert!(matches!(own, Err(Refusal::Not(_))), "{own:?}");
        let second = actor("second", Role::CountyCivil);
        place
            .act(&second, &appealed, Act::Overturn, "核实无误")
            .await
            .unwrap();
        let grants = grants_of_person(&place.store, &key(1)).await.unwrap();
        assert_eq!(grants.len(), 1, "{}", place.db.name);
        place.close().await;
    }
}

/// Row C33, invariant 6: one application for a programme at a time, and none for somebody who is paid already.
#[tokio::test]
async fn nobody_is_granted_twice() {
    for place in places().await {
        place.people([(1, "1940-05-05")].into_iter()).await;
        let case = place.deciding(1).await;
        let county = actor("county", Role::CountyCivil);
        place.act(&county, &case, Act::Approve, "").await.unwrap();
        let again = place.deciding(1).await;
        let refused = place
            .act(&county, &again, Act::Approve, "")
            .await
            .unwrap_err();
        assert!(
            matches!(&refused, Refusal::Not(text) if text.contains("已经在发放")),
            "{refused:?}"
        );
        let loaded = cases::book::in_force(&place.store).await.unwrap().unwrap();
        let procedure = loaded.procedures.of(crate::place::SENIOR).unwrap();
        let person = place.person(1).await;
        let mut tx = place.store.begin(&daughter(1), None).await.unwrap();
        let third = cases::apply::start(&mut tx, &place.areas, loaded.no, procedure, &person).await;
        assert!(third.is_err_and(|error| error.is_duplicate()));
        tx.rollback().await.unwrap();
        place.close().await;
    }
}

/// Invariant 8: who moves takes the open case along; both areas see it, and the new 户籍 decides.
#[tokio::test]
async fn a_move_takes_the_open_case_along() {
    for place in places().await {
        place.people([(1, "1940-05-05")].into_iter()).await;
        let case = place.deciding(1).await;
        let person = place.person(1).await;
        let system = authz::Actor::system("test");
        let mut tx = place.store.begin(&system, None).await.unwrap();
        assert!(
            people::api::claim(&mut tx, &person.key, person.version)
                .await
                .unwrap()
        );
        let correction = people::api::Correction {
            fact: rules::facts::find("hukou_area").unwrap(),
            value: Some(rules::Value::Area("421381100001".parse().unwrap())),
            since: day("2025-06-09"),
            source: "户口迁移".into(),
            by: "测试员".into(),
            reason: "moved".into(),
            remark: None,
        };
        people::api::correct(&place.app, &mut tx, &person.key, correction)
            .await
            .unwrap();
        tx.audit(::store::Audit::new("test"));
        tx.commit().await.unwrap();
        let now = store::find(&place.store, &case.code)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(now.office, "421381000000", "{}", place.db.name);
        assert_eq!(now.residence, case.residence);
        let old = actor("county", Role::CountyCivil);
        let refused = place.act(&old, &now, Act::Approve, "").await;
        assert!(matches!(refused, Err(Refusal::Other(_))), "{refused:?}");
        place.close().await;
    }
}
