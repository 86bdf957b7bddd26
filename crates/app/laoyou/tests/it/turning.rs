//! What is sealed turns to another key while everybody works. Rows M03, M05; invariants 7 and 13.

use crate::place::cities;
use ::files::{Files, NewFile};
use authz::{Actor, Role};
use kernel::SeededIds;
use laoyou::rekey::{self, Step};
use laoyou::{compose, work};
use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Arc;
use store::rekey::looks_sealed;
use store::testing::TEST_KEYS;
use store::{Audit, Keys, Reads, Store, StoreError, catalogue, values};

fn by() -> Actor {
    Actor::system("test")
}

/// What the register holds sealed, in plain, by person.
async fn plain(store: &Store) -> BTreeMap<String, Vec<Option<String>>> {
    let everyone = people::api::after(store, None, 10_000).await.unwrap();
    let open = |field: &str, sealed: &Option<store::Sealed>| {
        people::api::open_secret(store, field, sealed.as_ref()).unwrap()
    };
    everyone
        .iter()
        .map(|person| {
            let all = vec![
                open("id_number", &person.id_number),
                open("phone", &person.phone),
                open("contact_phone", &person.contact_phone),
            ];
            (person.key.id.clone(), all)
        })
        .collect()
}

/// Columns of the whole database in which something looks sealed with this key.
async fn under(store: &Store, id: &str) -> Vec<String> {
    let mut out = Vec::new();
    for name in catalogue::table_names(store).await.unwrap() {
        let table = catalogue::table(store, &name).await.unwrap();
        for column in &table.columns {
            if column.kind != catalogue::Kind::Text {
                continue;
            }
            let sql = format!(
                "SELECT t.{0} AS found FROM {name} t WHERE t.{0} LIKE $1",
                column.name
            );
            let found = store.all(&sql, values![format!("%{id}_%")]).await.unwrap();
            if found
                .iter()
                .any(|row| looks_sealed(&row.text("found").unwrap(), id))
            {
                out.push(format!("{name}.{}", column.name));
            }
        }
    }
    out
}

/// Rows M03, M05; invariants 7 and 13: a new key is added and turned to in chunks that are broken off and taken up by another
/// process; all the while everybody is found by number, phone and login, one number is registered once, and what was
/// decided of pairs stays; at the end the old key opens nothing, and without it everything is as it was.
#[tokio::test]
async fn everything_turns_to_another_key_and_is_as_it_was() {
    for city in cities().await {
        let (text, id) = Keys::with_new_key(TEST_KEYS).unwrap();
        let turned = Keys::with_current(&text, &id).unwrap();
        let open = async |text: &str, seed: u64| {
            let keys = Keys::from_file(text).unwrap();
            let clock = Arc::<crate::place::TestClock>::clone(&city.clock);
            Store::open(city.url(), keys, clock, Arc::new(SeededIds::new(seed)))
                .await
                .unwrap()
        };
        rekey::ready(&city.store).await.unwrap();
        let files: Arc<Files> = city.app.part().unwrap();
        let before = plain(&city.store).await;
        // What the demo does not hold: a file, a question, a paper, recovery codes, a pair that is two people.
        let words = b"what was exported".repeat(9_000);
        let mut writer = files.create(&city.store).unwrap();
        writer.write_all(&words).unwrap();
        let sealed = writer.finish().unwrap();
        let mut tx = city.store.begin(&by(), None).await.unwrap();
        let new = NewFile {
            name: "a.csv".into(),
            owner: "a".into(),
            scope: authz::Scope::Nowhere,
            days: 7,
        };
        let kept = files.keep(&mut tx, sealed, new).await.unwrap();
        tx.audit(Audit::new("test"));
        tx.commit().await.unwrap();
        let sql = "SELECT id FROM org_account ORDER BY id LIMIT 1";
        let asker = city.store.one(sql, vec![]).await.unwrap().unwrap();
        let asker = Actor {
            id: asker.text("id").unwrap(),
            ..by()
        };
        let mut tx = city.store.begin(&asker, None).await.unwrap();
        let asked = org::api::NewQuestion {
            audit_row: "row",
            shard: "s",
            person: "p",
            kind: "other",
            said: Some("谁看了我母亲的档案"),
        };
        assert!(org::api::ask_question(&mut tx, &asked).await.unwrap());
        tx.audit(Audit::new("test"));
        tx.commit().await.unwrap();
        let her = city.person("王念慈").await;
        let home = her.subject().hukou.unwrap();
        org::api::open_village(&city.store, &asker, "钱村", "13900000001", home, "135790")
            .await
            .unwrap();
        let number = before[&her.key.id][0].clone().unwrap();
        let old_columns = under(&city.store, "1").await;
        for column in [
            "people_person.id_number",
            "org_village.phone",
            "org_question.said",
        ] {
            assert!(
                old_columns.iter().any(|one| one == column),
                "{old_columns:?}"
            );
        }

        // Both keys known, the old one current: nothing turns yet.
        let waiting = open(&text, 91).await;
        rekey::ready(&waiting).await.unwrap();
        assert_eq!(rekey::turning(&waiting).await.unwrap(), None);
        let store = open(&turned, 92).await;
        rekey::ready(&store).await.unwrap();
        let state = rekey::turning(&store).await.unwrap().unwrap();
        assert_eq!((state.to.as_str(), state.done), (id.as_str(), 0));
        // An older key file is refused from now on, and so is one that lacks the new key.
        let refused = rekey::ready(&waiting).await.unwrap_err();
        assert!(refused.0.contains("密钥文件是旧的"), "{refused}");
        let lacks = rekey::ready(&city.store).await.unwrap_err();
        assert!(lacks.0.contains("没有 2 号密钥"), "{lacks}");

        // A few chunks, then the process is gone; another one goes on where it was.
        let mut last = 0;
        for _ in 0..9 {
            let Step::More(state) = rekey::step(&store, &files, 37).await.unwrap() else {
                panic!("it ended early");
            };
            assert!(state.done >= last);
            last = state.done;
        }
        let counted = rekey::count(&store, &files).await.unwrap();
        assert!(
            counted.values["1"] > 0 && counted.values[&id] > 0,
            "{counted:?}"
        );
        assert_eq!(plain(&store).await, before, "{}: in the middle", city.name);
        let known = store.keys();
        let found = people::api::by_number(&store, known, &number)
            .await
            .unwrap();
        assert_eq!(found.unwrap().key, her.key);

        // Everybody's number, whichever key it stands under, is registered once.
        let rolls = people::api::roll_book(&store).await.unwrap();
        let mut tried = 0;
        for (person, plain) in before.iter().step_by(97) {
            let Some(number) = plain[0].clone() else {
                continue;
            };
            let twin = people::api::NewPerson {
                key: host::PersonKey {
                    shard: "421303".into(),
                    id: format!("twin-{person}"),
                },
                name: "重复".into(),
                provisional: None,
                id_number: Some(number),
                phone: None,
                address: None,
                contact_name: None,
                contact_phone: None,
                contact_relation: None,
                household: None,
                relation: None,
                registered: store.clock().now(),
                guardians: Vec::new(),
                records: Vec::new(),
            };
            let mut tx = store.begin(&by(), None).await.unwrap();
            let twice = people::api::register_many(&mut tx, vec![twin], &rolls, "测").await;
            assert!(
                matches!(twice, Err(StoreError::Duplicate(_))),
                "{}: {twice:?}",
                city.name
            );
            tx.rollback().await.unwrap();
            tried += 1;
        }
        assert!(tried > 10);
        store.close().await;

        // The worker of another process takes it up, as a job among others.
        let store = open(&turned, 93).await;
        rekey::ready(&store).await.unwrap();
        let settings = org::api::OrgSettings::default();
        let app = compose::app(store.clone(), settings, (*files).clone())
            .await
            .unwrap();
        // The night's own work is not this test's.
        let (mut day, mut turns) = (Some(city.clock_today()), 0);
        while rekey::turning(&store).await.unwrap().is_some() {
            work::turn(&app, &mut day).await.unwrap();
            turns += 1;
            assert!(turns < 500, "{:?}", rekey::turning(&store).await);
        }
        let counted = rekey::count(&store, &files).await.unwrap();
        assert_eq!(counted.left(&id), 0, "{}: {counted:?}", city.name);
        assert_eq!(
            under(&store, "1").await,
            Vec::<String>::new(),
            "{}",
            city.name
        );
        assert_eq!(
            files.key_of(&kept.digest).unwrap().as_deref(),
            Some(id.as_str())
        );
        drop(app);
        store.close().await;
        waiting.close().await;

        // Without the old key everything is as it was.
        let alone = Keys::without(&turned, "1").unwrap();
        let store = open(&alone, 94).await;
        rekey::ready(&store).await.unwrap();
        assert_eq!(plain(&store).await, before, "{}: at the end", city.name);
        files.check(store.keys(), &kept).unwrap();
        let asked = org::api::questions_about(&store, "p", &asker.id)
            .await
            .unwrap();
        assert_eq!(asked[0].said.as_deref(), Some("谁看了我母亲的档案"));
        let found = people::api::by_number(&store, store.keys(), &number).await;
        assert_eq!(found.unwrap().unwrap().key, her.key);
        assert_eq!(laoyou::keep::keys_fit(&store).await.unwrap(), Some(true));
        let role = "SELECT CAST(count(*) AS BIGINT) AS n FROM audit_row WHERE action = 'keys.turn_done' AND role = $1";
        let done = store
            .number(role, values![Role::System.key()])
            .await
            .unwrap();
        assert_eq!(done, 1);
        store.close().await;
        city.drop_it().await;
    }
}
