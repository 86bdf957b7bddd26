//! A complete roll settles everybody of its area, and its withdrawal unsettles them again.

use crate::place::{actor, code, day, person, record, register, registers, set};
use kernel::Instant;
use people::api::{NewPerson, Roll, RollBook, record_roll, refresh, roll_book, withdraw_roll};
use rules::Value;
use rules::facts::find;
use store::testing::TestDb;
use store::{Reads, values};

fn at(text: &str) -> Instant {
    Instant::at(day(text), 9 * 3600)
}

fn registered_in(id: usize, area: &str, more: Vec<people::api::Set>) -> NewPerson {
    let area = Some(Value::Area(code(area)));
    let mut records = vec![record(
        1,
        at("2024-01-10"),
        vec![set("hukou_area", area, day("2000-01-01"))],
    )];
    if !more.is_empty() {
        records.push(record(2, at("2025-06-05"), more));
    }
    person(id, records)
}

/// What the wide row's column holds: yes, no or null.
async fn column(db: &TestDb, id: usize) -> Option<bool> {
    let sql = "SELECT dibao FROM people_person WHERE id = $1";
    let row = db
        .store
        .one(sql, values![format!("person-{id:05}")])
        .await
        .unwrap();
    row.unwrap().opt_flag("dibao").unwrap()
}

/// Rows B04, B14; invariants 3 and 5; engineering.md 2: after a complete roll nobody of its area is unknown, and it is stored once and
/// not once a person; withdrawn, those it settled are unknown again and those on it keep their record.
#[tokio::test]
async fn a_complete_roll_settles_its_area_and_its_withdrawal_unsettles_it() {
    for db in registers().await {
        let dibao = find("dibao").unwrap();
        let june = Roll {
            id: "june".into(),
            fact: dibao,
            area: code("421303"),
            day: day("2025-06-01"),
            recorded: at("2025-06-05"),
            source: "2025年6月低保名册".into(),
            by: "曾都区民政局".into(),
            listed: 1,
            withdrawn: None,
        };
        let yes = || vec![set("dibao", Some(Value::Bool(true)), day("2025-06-01"))];
        let people = vec![
            registered_in(0, "421303001001", yes()),
            registered_in(1, "421303001001", vec![]),
            registered_in(2, "421303106200", vec![]),
            registered_in(3, "421381100001", vec![]),
        ];
        let on_it = ["person-00000"];
        let mut tx = db.store.begin(&actor(), None).await.unwrap();
        record_roll(&mut tx, &june, &on_it).await.unwrap();
        tx.commit().await.unwrap();
        register(&db.store, people, &RollBook::new(vec![june.clone()])).await;
        let all = async || {
            let mut all = Vec::new();
            for id in 0..4 {
                all.push(column(&db, id).await);
            }
            all
        };
        assert_eq!(
            all().await,
            [Some(true), Some(false), Some(false), None],
            "{}",
            db.name
        );
        let stored = "SELECT CAST(count(*) AS BIGINT) AS n FROM people_history";
        assert_eq!(
            db.store.number(stored, vec![]).await.unwrap(),
            4,
            "a row for each of four people, no row for whom the roll settles"
        );
        let book = roll_book(&db.store).await.unwrap();
        assert_eq!(book.of(dibao), [june]);

        let mut tx = db.store.begin(&actor(), None).await.unwrap();
        assert!(withdraw_roll(&mut tx, "june").await.unwrap());
        assert!(!withdraw_roll(&mut tx, "june").await.unwrap(), "once");
        assert!(!withdraw_roll(&mut tx, "july").await.unwrap());
        for id in 0..4 {
            refresh(&mut tx, &format!("person-{id:05}")).await.unwrap();
        }
        tx.commit().await.unwrap();
        assert_eq!(all().await, [Some(true), None, None, None], "{}", db.name);
        // As known before the withdrawal they were settled; which roll it was is still there to be named.
        let key = people::api::PersonKey {
            shard: "421301".into(),
            id: "person-00001".into(),
        };
        let before = people::api::facts_on(&db.store, &key, day("2025-06-10"), at("2025-06-29"));
        let before = before.await.unwrap();
        assert_eq!(before.facts.get(dibao), Some(&Value::Bool(false)));
        assert_eq!(before.known(dibao).unwrap().roll.as_deref(), Some("june"));
        db.close().await.unwrap();
    }
}

/// Row B02; invariant 7; engineering.md 3: one number cannot stand twice in the register, not even from two counties.
#[tokio::test]
async fn one_identity_number_stands_once_in_the_whole_city() {
    for db in registers().await {
        let numbered = |id: usize| NewPerson {
            id_number: Some("429900195001010019".into()),
            ..registered_in(id, "421303001001", vec![])
        };
        register(&db.store, vec![numbered(0)], &RollBook::default()).await;
        let mut tx = db.store.begin(&actor(), None).await.unwrap();
        let twice =
            people::api::register_many(&mut tx, vec![numbered(1)], &RollBook::default(), "test")
                .await;
        assert!(twice.unwrap_err().is_duplicate(), "{}", db.name);
        tx.rollback().await.unwrap();
        let sql = "SELECT CAST(count(*) AS BIGINT) AS n FROM people_person";
        assert_eq!(db.store.number(sql, vec![]).await.unwrap(), 1);
        // What is stored is sealed: the number stands nowhere in the row.
        let sql = "SELECT id_number, id_number_index, id_last_four_index FROM people_person";
        let row = db.store.one(sql, vec![]).await.unwrap().unwrap();
        for column in ["id_number", "id_number_index", "id_last_four_index"] {
            let text = row.text(column).unwrap();
            assert!(
                !text.contains("19500101") && !text.contains("0019"),
                "{column}"
            );
        }
        db.close().await.unwrap();
    }
}
