//! Somebody who is written into every place of the product, and where they are found.

use crate::place::{City, day};
use authz::Actor;
use files::{Files, NewFile};
use host::PersonKey;
use people::api::{NameIndex, NewPerson, Record, RollBook, Set, register_many};
use rules::Value;
use rules::facts::find;
use std::io::Write;
use store::catalogue::{self, Kind};
use store::{Audit, Reads, values};

/// What a person is called by; nobody else is.
pub(crate) const NAME: &str = "欧阳标记";
pub(crate) const PHONE: &str = "16000009753";
pub(crate) const ADDRESS: &str = "标记巷七号院";
pub(crate) const CONTACT: &str = "上官标记";
pub(crate) const WORDS: &str = "标记说明只此一份";
pub(crate) const VILLAGE: &str = "421303001001";

pub(crate) fn key(no: usize) -> PersonKey {
    PersonKey {
        shard: "421303".into(),
        id: format!("01980000-0000-7000-8000-{no:012}"),
    }
}

pub(crate) fn number(serial: usize) -> String {
    let body = format!("42990019300102{serial:03}");
    let check = kernel::id_number::check_digit(&body).unwrap();
    format!("{body}{check}")
}

/// Somebody who died on a day.
pub(crate) fn dead(no: usize, name: &str, on: &str) -> NewPerson {
    let area = Value::Area(VILLAGE.parse().unwrap());
    let birth = day("1930-01-02");
    let at = kernel::Instant::at(day("2018-03-01"), no as i64);
    let set = |fact: &str, value: Value, since| Set {
        fact: find(fact).unwrap(),
        value: Some(value),
        since,
        until: None,
    };
    NewPerson {
        key: key(no),
        name: name.into(),
        provisional: Some(format!("临421303-9{no:07}")),
        id_number: Some(number(no)),
        phone: Some(PHONE.into()),
        address: Some(ADDRESS.into()),
        contact_name: Some(CONTACT.into()),
        contact_phone: Some(PHONE.into()),
        contact_relation: Some("子".into()),
        household: Some(format!("h-{no}")),
        relation: Some("户主".into()),
        registered: at,
        guardians: Vec::new(),
        records: vec![Record {
            seq: 1,
            recorded: at,
            source: "测试登记".into(),
            by: "测试员".into(),
            sets: vec![
                set("birth_date", Value::Day(birth), birth),
                set("sex", Value::Word("female"), birth),
                set("hukou_area", area.clone(), birth),
                set("residence_area", area, birth),
                set("alive", Value::Bool(false), day(on)),
                set("dead_on", Value::Day(day(on)), day(on)),
            ],
            reason: None,
            withdrawn: None,
        }],
    }
}

pub(crate) async fn register(city: &City, people: Vec<NewPerson>) {
    let keys: Vec<PersonKey> = people.iter().map(|person| person.key.clone()).collect();
    let mut tx = city
        .store
        .begin(&Actor::system("test"), None)
        .await
        .unwrap();
    let rolls: RollBook = people::api::roll_book(&city.store).await.unwrap();
    register_many(&mut tx, people, &rolls, "test")
        .await
        .unwrap();
    city.app.facts_changed(&mut tx, &keys).await.unwrap();
    tx.commit().await.unwrap();
    let ids: Vec<String> = keys.into_iter().map(|key| key.id).collect();
    let names = city.app.part::<NameIndex>().unwrap();
    names.reread(&city.store, &ids).await.unwrap();
}

/// Keeps a file with this text.
pub(crate) async fn kept(city: &City, tx: &mut store::Tx, text: &str) -> String {
    let files = city.app.part::<Files>().unwrap();
    let mut writer = files.create(&city.store).unwrap();
    writer.write_all(text.as_bytes()).unwrap();
    let new = NewFile {
        name: "材料.txt".into(),
        owner: "test".into(),
        scope: authz::Scope::Everywhere,
        days: 400,
    };
    let sealed = writer.finish().unwrap();
    files.keep(tx, sealed, new).await.unwrap().id
}

/// A list as an office brings it, with the person on it; taken back since.
pub(crate) async fn raw_list(city: &City) {
    let folder = std::env::temp_dir().join(format!("laoyou-erasure-{}", city.name));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("低保.csv");
    let text = format!("姓名,身份证号\n{NAME},{}\n", number(1));
    std::fs::write(&path, text).unwrap();
    let row = city
        .store
        .one(
            "SELECT id, name FROM org_account WHERE login = 'demo-03-county'",
            vec![],
        )
        .await
        .unwrap()
        .unwrap();
    let actor = Actor {
        id: row.text("id").unwrap(),
        name: row.text("name").unwrap(),
        role: authz::Role::CountyCivil,
        scope: authz::Scope::Areas(vec!["421303".parse().unwrap()]),
        scope_name: "曾都区".into(),
    };
    intake::api::begin(&city.app, &actor, "dibao", &path)
        .await
        .unwrap();
}

/// Writes the person into every place a person can be written into.
pub(crate) async fn plant(city: &City) {
    let (her, store) = (key(1), &city.store);
    let mut tx = store.begin(&Actor::system("test"), None).await.unwrap();
    let says = format!("{NAME}（{}，{PHONE}）：{WORDS}", number(1));
    // What belongs to nobody in particular keeps its other words.
    let told = format!("{NAME}（{}，{PHONE}）已联系", number(1));
    let run = async |tx: &mut store::Tx, sql: &str, values: Vec<store::Value>| {
        tx.run(sql, values).await.unwrap();
    };
    run(
        &mut tx,
        "INSERT INTO people_remark (id, shard, person, seq, remark) VALUES ('r1', $1, $2, 1, $3)",
        values![her.shard.as_str(), her.id.as_str(), says.as_str()],
    )
    .await;
    let tie = identity::api::NewTie {
        person: &her,
        guardian: false,
        name: CONTACT,
        relation: "子",
        paper: "mandate",
        from: day("2017-01-01"),
        until: None,
        account: None,
    };
    let tie = identity::api::record_tie(&mut tx, &tie).await.unwrap();
    let paper = kept(city, &mut tx, &says).await;
    run(
        &mut tx,
        "UPDATE identity_tie SET file = $1, end_reason = $2 WHERE id = $3",
        values![paper, says.as_str(), tie],
    )
    .await;
    run(
        &mut tx,
        "INSERT INTO identity_pair (id, a, b, score, evidence, state, source, found_at, digest, version) \
         VALUES ('pair', $1, 'x', 80, '', 'held', 'search', 1, '', 1)",
        values![her.id.as_str()],
    )
    .await;
    for side in [her.id.as_str(), "x"] {
        run(
            &mut tx,
            "INSERT INTO identity_side (pair, id, shard) VALUES ('pair', $1, '421303')",
            values![side],
        )
        .await;
    }
    run(
        &mut tx,
        "INSERT INTO identity_note (id, pair, note) VALUES ('n1', 'pair', $1)",
        values![says.as_str()],
    )
    .await;
    run(
        &mut tx,
        "INSERT INTO quality_request (request, shard, id, fact, since, basis, state, asked_at, asked_by, asked_role) \
         VALUES ('q1', $1, $2, 'living', 20180101, 'visit', 'open', 1, 'a', 'town_worker')",
        values![her.shard.as_str(), her.id.as_str()],
    )
    .await;
    run(
        &mut tx,
        "INSERT INTO quality_words (request, says, answer) VALUES ('q1', $1, $1)",
        values![says.as_str()],
    )
    .await;
    run(
        &mut tx,
        "INSERT INTO tasks_event (id, item, executor, at, actor, actor_name, act, says, tone) \
         VALUES ('e1', 'i', '', 1, 'a', 'b', 'c', $1, '')",
        values![told.as_str()],
    )
    .await;
    run(
        &mut tx,
        "INSERT INTO partner_write (token, idempotency, digest, status, answer, at) VALUES ('t', 'k', 'd', 200, $1, 1)",
        values![format!("{{\"name\":\"{NAME}\",\"id\":\"{}\"}}", her.id)],
    )
    .await;
    run(
        &mut tx,
        "INSERT INTO export_note (run, note) VALUES ('x1', $1)",
        values![told.as_str()],
    )
    .await;
    let workbook = kept(city, &mut tx, &says).await;
    run(
        &mut tx,
        "INSERT INTO export_run (id, list, title, query, filters, owner, owner_name, role, scope, scope_name, reason, day, asked_at, \
         state, total, exact, done, read_all, file) VALUES ('x1', 'people', 't', '', '', 'a', 'b', 'county_civil', '\"nowhere\"', '', \
         'visit', 20250630, 1, 'done', 1, $1, 1, $1, $2)",
        values![true, workbook],
    )
    .await;
    let paper = kept(city, &mut tx, &says).await;
    run(
        &mut tx,
        "INSERT INTO privacy_consent (id, shard, person, purpose, act, by_kind, by_name, channel, file, from_day, note, digest, \
         recorded_at, recorded_by, recorded_name) VALUES ('c1', $1, $2, 'health', 'given', 'proxy', $3, 'paper', $4, 20170101, $5, '', 1, 'a', 'b')",
        values![her.shard.as_str(), her.id.as_str(), CONTACT, paper, says.as_str()],
    )
    .await;
    let rows = Audit::new("export.rows")
        .subject("x1")
        .with("list", "people")
        .with("keys", serde_json::json!([her.id]));
    tx.audit(rows);
    let log = org::api::NewQuestion {
        audit_row: "row",
        shard: &her.shard,
        person: &her.id,
        kind: "stranger",
        said: Some(&says),
    };
    tx.commit().await.unwrap();
    let family = account(city, "demo-08-family").await;
    let mut tx = store.begin(&family, None).await.unwrap();
    org::api::ask_question(&mut tx, &log).await.unwrap();
    tx.commit().await.unwrap();
}

pub(crate) async fn account(city: &City, login: &str) -> Actor {
    let sql = "SELECT id, name, role FROM org_account WHERE login = $1";
    let row = city.store.one(sql, values![login]).await.unwrap().unwrap();
    Actor {
        id: row.text("id").unwrap(),
        name: row.text("name").unwrap(),
        role: authz::Role::from_key(&row.text("role").unwrap()).unwrap(),
        scope: authz::Scope::Nowhere,
        scope_name: String::new(),
    }
}

/// Columns in which one of these words stands, over all tables; and kept files in which it does.
pub(crate) async fn found(city: &City, words: &[String]) -> Vec<String> {
    let mut out = Vec::new();
    for name in catalogue::table_names(&city.store).await.unwrap() {
        let table = catalogue::table(&city.store, &name).await.unwrap();
        for column in table
            .columns
            .iter()
            .filter(|column| column.kind == Kind::Text)
        {
            for word in words {
                let sql = format!(
                    "SELECT count(*) AS n FROM {name} WHERE {} LIKE $1",
                    column.name
                );
                let like = values![format!("%{word}%")];
                if city.store.number(&sql, like).await.unwrap() > 0 {
                    out.push(format!("{name}.{}", column.name));
                }
            }
        }
    }
    let files = city.app.part::<Files>().unwrap();
    for row in city.store.all("SELECT id FROM file", vec![]).await.unwrap() {
        let id = row.text("id").unwrap();
        let kept = files.find(&city.store, &id).await.unwrap().unwrap();
        let bytes = files
            .open(city.store.keys(), &kept)
            .unwrap()
            .whole()
            .unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        out.extend(
            words
                .iter()
                .filter(|word| text.contains(word.as_str()))
                .map(|_| format!("file {}", kept.name)),
        );
    }
    out.sort();
    out.dedup();
    out
}

/// All that may call the person anywhere.
pub(crate) fn words() -> Vec<String> {
    [NAME, PHONE, ADDRESS, CONTACT, WORDS]
        .map(str::to_owned)
        .into_iter()
        .chain([number(1), "临421303-90000001".to_owned()])
        .collect()
}
