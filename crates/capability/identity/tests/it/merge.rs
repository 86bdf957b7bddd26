//! Merging and taking apart: exactly, in any order, once.

use crate::place::{Place, ZENGDU, ZENGDU_TWO, actor, day, key, new, number, places};
use axum::http::StatusCode;
use kernel::Instant;
use people::api::{Record, Set};
use rules::Value;
use rules::facts::find;
use store::{Audit, Reads, values};

const VILLAGE: &str = "421303001001";

/// Two files of 王秀兰: the first with her number and her pension, the second, provisional, with 低保 and receipts.
async fn twice(place: &Place) {
    let mut first = new(1, "王秀兰", "1940-03-05", VILLAGE);
    first.number = Some(number("19400305", 202));
    first.facts = vec![
        ("resident_pension", Value::Bool(true)),
        ("living", Value::Word("alone")),
    ];
    let mut second = new(2, "王秀蘭", "1940-03-05", VILLAGE);
    second.phone = Some("16012345678");
    second.household = Some("h7");
    second.facts = vec![
        ("dibao", Value::Bool(true)),
        ("living", Value::Word("empty_nest")),
        ("disability_grade", Value::Int(2)),
    ];
    let child = new(3, "王小满", "2020-03-05", VILLAGE);
    place.register(&[first, second, child]).await;
    place.receive(2, "gaoling", "2024-01-01").await;
    let mut tx = place.store.begin(&actor(), None).await.unwrap();
    people::api::add_guardian(&mut tx, &key(3), &key(2).id, "祖母")
        .await
        .unwrap();
    tx.audit(Audit::new("test"));
    tx.commit().await.unwrap();
    place.search().await;
}

async fn correct(place: &Place, id: usize, fact: &str, value: Value) {
    let mut tx = place.store.begin(&actor(), None).await.unwrap();
    let records = people::api::records(&tx, &key(id)).await.unwrap();
    let record = Record {
        seq: records.last().unwrap().seq + 1,
        recorded: tx.at(),
        source: "入户核实".into(),
        by: "测试员".into(),
        sets: vec![Set {
            fact: find(fact).unwrap(),
            value: Some(value),
            since: day("2025-01-01"),
            until: None,
        }],
        reason: Some("visit".into()),
        withdrawn: None,
    };
    people::api::add_record(&mut tx, &key(id), &record)
        .await
        .unwrap();
    people::api::refresh(&mut tx, &key(id).id).await.unwrap();
    place.app.facts_changed(&mut tx, &[key(id)]).await.unwrap();
    tx.audit(Audit::new("test"));
    tx.commit().await.unwrap();
}

fn fact(person: &people::api::Person, name: &str) -> Option<Value> {
    person.facts.get(find(name).unwrap()).cloned()
}

/// Rows B01, B02, C03; invariants 5 and 11: what one file knew and the other did not is known of the one person; ids and numbers
/// of the other lead there; taken back, both are as they were.
#[tokio::test]
async fn two_files_become_one_and_two_again() {
    for place in places().await {
        twice(&place).await;
        let before = place.digest(&[1, 2, 3]).await;
        // Both say how she lives: without a choice nothing happens, and what was chosen stays.
        let (status, _) = place.merge(ZENGDU, (1, 2), &[("keep", "a")]).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(place.digest(&[1, 2, 3]).await, before);
        let choices = [("keep", "a"), ("f_living", "b"), ("o_name", "a")];
        let (status, merge) = place.merge(ZENGDU, (1, 2), &choices).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{merge}");
        let one = people::api::person(&place.store, &key(1).id)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(fact(&one, "dibao"), Some(Value::Bool(true)));
        assert_eq!(fact(&one, "resident_pension"), Some(Value::Bool(true)));
        assert_eq!(fact(&one, "living"), Some(Value::Word("empty_nest")));
        assert_eq!(one.name, "王秀兰");
        assert!(one.phone.is_some() && one.id_number.is_some());
        assert_eq!(one.household.as_deref(), Some("h7"));
        assert!(
            people::api::person(&place.store, &key(2).id)
                .await
                .unwrap()
                .is_none()
        );
        let guardians = people::api::guardians(&place.store, &key(3)).await.unwrap();
        assert_eq!(guardians, [(key(1).id, "祖母".to_owned())]);
        let receipts = "SELECT count(*) AS n FROM entitle_receipt WHERE shard = '421303'";
        assert_eq!(place.number_of(receipts).await, 1);
        place.tallies_are_right().await;
        // Her old id and her old 临时编号 lead to her.
        let (status, to, _) = place
            .send(ZENGDU, "GET", &format!("/people/{}", key(2).id), &[])
            .await;
        assert_eq!(
            (status, to),
            (StatusCode::SEE_OTHER, format!("/people/{}", key(1).id))
        );
        for typed in ["临421303-00000002", "王秀蘭"] {
            let (_, to, _) = place
                .send(ZENGDU, "POST", "/people/search", &[("q", typed)])
                .await;
            assert_eq!(to, format!("/people/{}", key(1).id), "{typed}");
        }
        let (_, shown) = place.get(ZENGDU, &merge).await;
        assert!(
            shown.contains("低保") && shown.contains("转入 1 条") && shown.contains("撤销合并")
        );
        assert_eq!(place.undo(ZENGDU, &merge, 1).await, StatusCode::SEE_OTHER);
        assert_eq!(place.digest(&[1, 2, 3]).await, before);
        place.tallies_are_right().await;
        assert_eq!(place.pair(1, 2).await.unwrap().2, "open");
        // A second time there is nothing to take back.
        assert_eq!(place.undo(ZENGDU, &merge, 1).await, StatusCode::CONFLICT);
        let audited =
            "SELECT count(*) AS n FROM audit_row WHERE action IN ('person.merge', 'person.part')";
        assert_eq!(place.number_of(audited).await, 4);
        place.close().await;
    }
}

/// Rows B01, C03; invariant 5: a correction of the one person, made since, stays with the file that stayed, and is told before.
#[tokio::test]
async fn what_was_recorded_since_stays_and_is_told() {
    for place in places().await {
        twice(&place).await;
        let other = {
            let whole = place.digest(&[2]).await;
            whole.lines().take(3).collect::<Vec<_>>().join("\n")
        };
        let choices = [("keep", "a"), ("f_living", "a"), ("o_name", "a")];
        let (_, merge) = place.merge(ZENGDU, (1, 2), &choices).await;
        correct(&place, 1, "disability_grade", Value::Int(1)).await;
        let (_, shown) = place.get(ZENGDU, &merge).await;
        assert!(
            shown.contains("撤销后留在保留的档案") && shown.contains("一级"),
            "{shown}"
        );
        assert_eq!(place.undo(ZENGDU, &merge, 1).await, StatusCode::SEE_OTHER);
        let one = people::api::person(&place.store, &key(1).id)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(fact(&one, "disability_grade"), Some(Value::Int(1)));
        assert_eq!(fact(&one, "dibao"), None);
        let whole = place.digest(&[2]).await;
        let now: Vec<&str> = whole.lines().take(3).collect();
        assert_eq!(now.join("\n"), other, "the other file is exactly as it was");
        // As known while it was one file, it was one.
        let records = people::api::records(&place.store, &key(1)).await.unwrap();
        let merged = records
            .iter()
            .find(|record| record.source.starts_with("合并档案"))
            .unwrap();
        let then = people::api::resolve(
            &records,
            &people::api::RollBook::default(),
            day("2025-06-30"),
            merged.recorded,
        );
        assert_eq!(
            then.facts.get(find("dibao").unwrap()),
            Some(&Value::Bool(true))
        );
        place.tallies_are_right().await;
        place.close().await;
    }
}

/// Rows B01, B02: of two files that were one already, the last step is taken back first; then everything is as it was.
#[tokio::test]
async fn a_chain_is_taken_back_from_its_end() {
    for place in places().await {
        twice(&place).await;
        let mut third = new(4, "王秀兰", "1940-03-05", VILLAGE);
        third.facts = vec![("tekun", Value::Bool(false))];
        place.register(&[third]).await;
        place.search().await;
        let before = place.digest(&[1, 2, 3, 4]).await;
        let choices = [("keep", "a"), ("f_living", "a"), ("o_name", "a")];
        let (status, first) = place
            .merge(ZENGDU, (2, 4), &[("keep", "a"), ("o_name", "a")])
            .await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        let (status, second) = place.merge(ZENGDU, (1, 2), &choices).await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        let at = people::api::survivor_of(&place.store, &key(4).id)
            .await
            .unwrap();
        assert_eq!(at, Some(key(1).id));
        let (_, to, _) = place
            .send(
                ZENGDU,
                "POST",
                "/people/search",
                &[("q", "临421303-00000004")],
            )
            .await;
        assert_eq!(to, format!("/people/{}", key(1).id));
        place.tallies_are_right().await;
        assert_eq!(place.undo(ZENGDU, &first, 2).await, StatusCode::CONFLICT);
        let (_, shown) = place.get(ZENGDU, &first).await;
        assert!(shown.contains("请先撤销后一次合并"), "{shown}");
        assert_eq!(place.undo(ZENGDU, &second, 1).await, StatusCode::SEE_OTHER);
        assert_eq!(place.undo(ZENGDU, &first, 2).await, StatusCode::SEE_OTHER);
        assert_eq!(place.digest(&[1, 2, 3, 4]).await, before);
        place.tallies_are_right().await;
        place.close().await;
    }
}

/// Rows B01, M05; invariant 7: of two officers who decide at once exactly one does; the other keeps what was chosen and is told.
#[tokio::test]
async fn of_two_who_decide_at_once_one_does() {
    for place in places().await {
        twice(&place).await;
        let choices = [("keep", "a"), ("f_living", "a"), ("o_name", "a")];
        let other = [("keep", "b"), ("f_living", "b"), ("o_name", "b")];
        let (one, two) = tokio::join!(
            place.merge(ZENGDU, (1, 2), &choices),
            place.merge(ZENGDU_TWO, (1, 2), &other)
        );
        let mut both = [one.0, two.0];
        both.sort();
        assert_eq!(both, [StatusCode::SEE_OTHER, StatusCode::CONFLICT]);
        let people = "SELECT count(*) AS n FROM people_person";
        let aside = "SELECT count(*) AS n FROM people_alias";
        assert_eq!(
            (place.number_of(people).await, place.number_of(aside).await),
            (2, 1)
        );
        place.tallies_are_right().await;
        place.close().await;
    }
}

/// Rows B01, B02: whoever corrects a file while it is compared is not overrun, and whoever ends in the middle has done nothing.
#[tokio::test]
async fn a_stale_form_and_a_lost_transaction_change_nothing() {
    for place in places().await {
        twice(&place).await;
        let form = place.merge_form(1, 2).await;
        let mut tx = place.store.begin(&actor(), None).await.unwrap();
        assert!(people::api::claim(&mut tx, &key(2), 1).await.unwrap());
        tx.audit(Audit::new("test"));
        tx.commit().await.unwrap();
        let before = place.digest(&[1, 2, 3]).await;
        let pair = place.pair(1, 2).await.unwrap().0;
        let mut fields: Vec<(&str, &str)> = form
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        fields.extend([("keep", "a"), ("f_living", "b"), ("o_name", "a")]);
        let path = format!("/duplicates/{pair}/merge");
        let (status, _, body) = place.send(ZENGDU, "POST", &path, &fields).await;
        assert_eq!(status, StatusCode::CONFLICT);
        assert!(body.contains("您选的内容还在"));
        assert_eq!(place.digest(&[1, 2, 3]).await, before);
        // Killed in the middle: the transaction is gone with all that it had moved.
        let mut tx = place.store.begin(&actor(), None).await.unwrap();
        people::api::move_wards(&mut tx, &key(2), &key(1))
            .await
            .unwrap();
        entitle::api::fold(&place.app, &mut tx, &key(2), &key(1))
            .await
            .unwrap();
        people::api::set_aside(&mut tx, &key(2), &key(1).id, "m")
            .await
            .unwrap();
        drop(tx);
        assert_eq!(place.digest(&[1, 2, 3]).await, before);
        let aside = place
            .store
            .number(
                "SELECT count(*) AS n FROM people_alias WHERE id = $1",
                values![key(2).id],
            )
            .await
            .unwrap();
        assert_eq!(aside, 0);
        place.tallies_are_right().await;
        place.close().await;
    }
}

/// Row C03; product: a complete roll says no of the file that was not on it; the one that was on it is believed.
#[tokio::test]
async fn a_list_that_named_one_file_names_the_person() {
    for place in places().await {
        twice(&place).await;
        let roll = people::api::Roll {
            id: "r1".into(),
            fact: find("dibao").unwrap(),
            area: "421303".parse().unwrap(),
            day: day("2025-01-01"),
            recorded: Instant::at(day("2025-01-05"), 0),
            source: "低保全量名册".into(),
            by: "县民政".into(),
            listed: 1,
            withdrawn: None,
        };
        let mut tx = place.store.begin(&actor(), None).await.unwrap();
        people::api::record_roll(&mut tx, &roll, &[&key(2).id])
            .await
            .unwrap();
        for id in [1, 2, 3] {
            people::api::refresh(&mut tx, &key(id).id).await.unwrap();
        }
        place
            .app
            .facts_changed(&mut tx, &[key(1), key(2), key(3)])
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let one = people::api::person(&place.store, &key(1).id)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(fact(&one, "dibao"), Some(Value::Bool(false)));
        let before = place.digest(&[1, 2, 3]).await;
        let choices = [("keep", "a"), ("f_living", "a"), ("o_name", "a")];
        let (status, merge) = place.merge(ZENGDU, (1, 2), &choices).await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        let one = people::api::person(&place.store, &key(1).id)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(fact(&one, "dibao"), Some(Value::Bool(true)));
        assert_eq!(place.undo(ZENGDU, &merge, 1).await, StatusCode::SEE_OTHER);
        assert_eq!(place.digest(&[1, 2, 3]).await, before);
        place.close().await;
    }
}
