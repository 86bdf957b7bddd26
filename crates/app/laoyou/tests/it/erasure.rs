//! Retention and erasure over the whole product. Rows M05, B03; invariants 5, 10.

use crate::place::{City, cities, day};
use authz::Actor;
use axum::http::StatusCode;
use files::{Files, NewFile};
use host::{ERASED, PersonKey};
use people::api::{NameIndex, NewPerson, Record, RollBook, Set, register_many};
use rules::Value;
use rules::facts::find;
use std::io::Write;
use store::catalogue::{self, Kind};
use store::{Audit, Reads, values};

/// What a person is called by; nobody else is.
const NAME: &str = "欧阳标记";
const PHONE: &str = "16000009753";
const ADDRESS: &str = "标记巷七号院";
const CONTACT: &str = "上官标记";
const WORDS: &str = "标记说明只此一份";
const VILLAGE: &str = "421303001001";

fn key(no: usize) -> PersonKey {
    PersonKey {
        shard: "421303".into(),
        id: format!("01980000-0000-7000-8000-{no:012}"),
    }
}

fn number(serial: usize) -> String {
    let body = format!("42990019300102{serial:03}");
    let check = kernel::id_number::check_digit(&body).unwrap();
    format!("{body}{check}")
}

/// Somebody who died on a day.
fn dead(no: usize, name: &str, on: &str) -> NewPerson {
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

async fn register(city: &City, people: Vec<NewPerson>) {
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
async fn kept(city: &City, tx: &mut store::Tx, text: &str) -> String {
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
async fn raw_list(city: &City) {
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
async fn plant(city: &City) {
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

async fn account(city: &City, login: &str) -> Actor {
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
async fn found(city: &City, words: &[String]) -> Vec<String> {
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
fn words() -> Vec<String> {
    [NAME, PHONE, ADDRESS, CONTACT, WORDS]
        .map(str::to_owned)
        .into_iter()
        .chain([number(1), "临421303-90000001".to_owned()])
        .collect()
}

/// Counts, as one; gives the list's address.
async fn counted(city: &City) -> String {
    let security = city.door("demo-25-security").await;
    let answer = city.post("/retention", &[], &security).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", city.name);
    assert_ne!(answer.to, "/retention", "{}: nothing is due", city.name);
    answer.to
}

async fn approve(city: &City, list: &str) {
    let city_office = city.door("demo-06-city").await;
    let path = format!("{list}/approval");
    let answer = city.post(&path, &[("agreed", "1")], &city_office).await;
    assert_eq!(answer.to, list, "{}", answer.body);
}

/// Runs jobs until none is left.
async fn work(city: &City) {
    let mut today = Some(city.clock_today());
    while laoyou::work::turn(&city.app, &mut today).await.unwrap() {}
}

async fn state(city: &City, list: &str, id: &str) -> String {
    let run = list.rsplit('/').next().unwrap();
    let sql = "SELECT state FROM privacy_item WHERE run = $1 AND person = $2";
    let row = city.store.one(sql, values![run, id]).await.unwrap();
    row.map_or_else(String::new, |row| row.text("state").unwrap())
}

async fn name_of(city: &City, no: usize) -> String {
    city.person_of(&key(no).id).await.name
}

/// Rows M05, B03; invariants 5, 10: somebody who died six years ago is written into every place of the product; the dry run erases
/// nothing and names nobody; after a second person approved, no text column and no kept file holds a trace of them, the
/// log verifies, and facts of the past, answers and tallies are what they were.
#[tokio::test]
async fn nothing_of_a_person_is_left_anywhere() {
    for city in cities().await {
        let before = city.count("SELECT count(*) AS n FROM people_person").await;
        register(
            &city,
            vec![
                dead(1, NAME, "2019-03-01"),
                dead(2, "司马另一", "2024-03-01"),
            ],
        )
        .await;
        plant(&city).await;
        raw_list(&city).await;
        let planted = found(&city, &words()).await;
        for place in [
            "export_note.note",
            "file 低保.csv",
            "file 材料.txt",
            "identity_note.note",
            "identity_tie.holder_name",
            "partner_write.answer",
            "people_person.address",
            "people_person.name",
            "people_remark.remark",
            "privacy_consent.by_name",
            "quality_words.says",
            "tasks_event.says",
        ] {
            assert!(
                planted.iter().any(|found| found == place),
                "{place}: {planted:?}"
            );
        }
        let facts = people::api::facts_on(
            &city.store,
            &key(1),
            day("2018-06-01"),
            city.store.clock().now(),
        )
        .await
        .unwrap();
        let list = counted(&city).await;
        let security = city.door("demo-25-security").await;
        let page = city.get(&list, &security).await.body;
        assert!(
            page.contains("已去世人员的档案") && page.contains("2019-03-01"),
            "{page}"
        );
        assert!(
            words().iter().all(|word| !page.contains(word)),
            "the dry run names nobody"
        );
        assert_eq!(name_of(&city, 1).await, NAME, "a dry run erases nothing");
        let own = city
            .post(&format!("{list}/approval"), &[("agreed", "1")], &security)
            .await;
        assert_eq!(own.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            own.body.contains("另一个人"),
            "nobody approves their own list"
        );
        // The raw list is not done with: she waits.
        approve(&city, &list).await;
        work(&city).await;
        assert_eq!(
            state(&city, &list, &key(1).id).await,
            "waiting",
            "{}",
            city.name
        );
        assert_eq!(name_of(&city, 1).await, NAME);
        let mut tx = city
            .store
            .begin(&Actor::system("test"), None)
            .await
            .unwrap();
        tx.run("UPDATE intake_batch SET state = 'cancelled'", vec![])
            .await
            .unwrap();
        tx.audit(Audit::new("test"));
        tx.commit().await.unwrap();
        let list = counted(&city).await;
        approve(&city, &list).await;
        work(&city).await;
        assert_eq!(
            state(&city, &list, &key(1).id).await,
            "erased",
            "{}",
            city.name
        );
        let left = found(&city, &words()).await;
        // The one who died last year has the same phone, address and contact.
        let hers: Vec<String> = words()
            .into_iter()
            .filter(|word| ![PHONE, ADDRESS, CONTACT].contains(&word.as_str()))
            .collect();
        assert_eq!(
            found(&city, &hers).await,
            Vec::<String>::new(),
            "{}",
            city.name
        );
        assert!(
            left.iter().all(
                |place| ["people_person.address", "people_person.contact_name"]
                    .contains(&place.as_str())
            ),
            "{left:?}"
        );
        let sealed = "SELECT count(*) AS n FROM people_person WHERE id = $1 AND name = $2 AND id_number IS NULL \
             AND id_number_index IS NULL AND id_last_four_index IS NULL AND phone IS NULL AND phone_index IS NULL \
             AND contact_phone IS NULL AND provisional IS NULL AND household IS NULL";
        let row = values![key(1).id, ERASED];
        assert_eq!(
            city.store.number(sealed, row).await.unwrap(),
            1,
            "{}",
            city.name
        );
        assert_eq!(
            name_of(&city, 2).await,
            "司马另一",
            "whose time is not over stays"
        );
        assert_eq!(
            city.count("SELECT count(*) AS n FROM people_person").await,
            before + 2,
            "the key stays"
        );
        let after = people::api::facts_on(
            &city.store,
            &key(1),
            day("2018-06-01"),
            city.store.clock().now(),
        )
        .await
        .unwrap();
        assert_eq!(facts.facts, after.facts, "the past is what it was");
        let question = "SELECT count(*) AS n FROM org_question WHERE person = $1 AND said IS NULL AND blanked_at IS NOT NULL";
        assert_eq!(
            city.store
                .number(question, values![key(1).id])
                .await
                .unwrap(),
            1
        );
        city.store.seal_audit().await.unwrap();
        assert!(
            city.store.verify_audit().await.unwrap().is_ok(),
            "{}: the log verifies",
            city.name
        );
        let county = city.door("demo-03-county").await;
        let search = city
            .post("/people/search", &[("q", &number(1))], &county)
            .await;
        assert!(!search.to.contains(&key(1).id), "{}", search.to);
        city.close().await;
    }
}

/// Row M05: what is held is not erased until the hold ends; whoever turns out to live is skipped.
#[tokio::test]
async fn a_hold_stops_it_and_a_corrected_death_too() {
    for city in cities().await {
        register(
            &city,
            vec![
                dead(1, NAME, "2019-03-01"),
                dead(2, "司马另一", "2019-03-01"),
            ],
        )
        .await;
        let security = city.door("demo-25-security").await;
        let hold = [
            ("kind", "area"),
            ("code", "421303000000"),
            ("reason", "audit"),
        ];
        let bare = city.post("/retention/holds", &hold, &security).await;
        assert_eq!(bare.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(bare.body.contains("请填写文号"));
        let list = counted(&city).await;
        let whole: Vec<(&str, &str)> = hold
            .into_iter()
            .chain([("paper", "随审〔2025〕6号")])
            .collect();
        assert_eq!(
            city.post("/retention/holds", &whole, &security).await.to,
            "/retention"
        );
        approve(&city, &list).await;
        work(&city).await;
        for no in [1, 2] {
            assert_eq!(
                state(&city, &list, &key(no).id).await,
                "held",
                "{}",
                city.name
            );
        }
        assert_eq!(name_of(&city, 1).await, NAME);
        let page = city.get("/retention", &security).await.body;
        let end = page.split("/retention/holds/").nth(1).unwrap();
        let id = end.split('/').next().unwrap();
        let end = format!("/retention/holds/{id}/end");
        assert_eq!(city.post(&end, &[], &security).await.to, "/retention");
        let list = counted(&city).await;
        // Meanwhile it is found out that the second one lives.
        let mut tx = city
            .store
            .begin(&Actor::system("test"), None)
            .await
            .unwrap();
        let lives = Record {
            seq: 2,
            recorded: tx.at(),
            source: "更正".into(),
            by: "测试员".into(),
            sets: [("alive", Some(Value::Bool(true))), ("dead_on", None)]
                .into_iter()
                .map(|(fact, value)| Set {
                    fact: find(fact).unwrap(),
                    value,
                    since: day("2019-03-01"),
                    until: None,
                })
                .collect(),
            reason: None,
            withdrawn: None,
        };
        people::api::add_record(&mut tx, &key(2), &lives)
            .await
            .unwrap();
        people::api::refresh(&mut tx, &key(2).id).await.unwrap();
        city.app.facts_changed(&mut tx, &[key(2)]).await.unwrap();
        tx.audit(Audit::new("test"));
        tx.commit().await.unwrap();
        let names = city.app.part::<NameIndex>().unwrap();
        names.reread(&city.store, &[key(2).id]).await.unwrap();
        approve(&city, &list).await;
        work(&city).await;
        assert_eq!(
            state(&city, &list, &key(1).id).await,
            "erased",
            "{}",
            city.name
        );
        assert_eq!(
            state(&city, &list, &key(2).id).await,
            "skipped",
            "{}",
            city.name
        );
        assert_eq!(name_of(&city, 2).await, "司马另一");
        city.close().await;
    }
}

/// Row M05: a job that is killed goes on behind the last whole piece; what was begun and not committed is as it was;
/// everybody is erased once.
#[tokio::test]
async fn a_killed_job_goes_on() {
    for city in cities().await {
        let many: Vec<NewPerson> = (1..=100)
            .map(|no| {
                let mut person = dead(no, &format!("慕容{no:03}"), "2019-03-01");
                person.phone = None;
                person
            })
            .collect();
        register(&city, many).await;
        let list = counted(&city).await;
        approve(&city, &list).await;
        let erased = async || {
            let sql = "SELECT count(*) AS n FROM people_person WHERE name = $1";
            city.store.number(sql, values![ERASED]).await.unwrap()
        };
        // A worker claims the job, works a turn and is gone: nobody finishes the job.
        let job = loop {
            let job = city.store.claim_job().await.unwrap().unwrap();
            if job.kind == privacy::api::ERASE {
                break job;
            }
            city.store.finish_job(&job, Ok(())).await.unwrap();
        };
        let jobs = privacy::capability().jobs;
        let ended = (jobs[0].run)(std::sync::Arc::clone(&city.app), job).await;
        assert!(
            matches!(ended, Err(store::jobs::JobError::Again)),
            "{ended:?}"
        );
        assert_eq!(erased().await, 80, "{}", city.name);
        // Another one is gone in the middle of a piece.
        let one = [key(100).id];
        let people = people::api::erasing(&city.app, &city.store, &one)
            .await
            .unwrap();
        let mut tx = city
            .store
            .begin(&Actor::system("test"), None)
            .await
            .unwrap();
        for part in &city.app.erasures {
            (part.erase)(&city.app, &mut tx, &people).await.unwrap();
        }
        drop(tx);
        assert_eq!(name_of(&city, 100).await, "慕容100", "{}", city.name);
        city.clock.pass_days(1);
        work(&city).await;
        assert_eq!(erased().await, 100, "{}", city.name);
        let sql = "SELECT count(*) AS n FROM audit_row WHERE action = 'person.erase'";
        assert_eq!(city.count(sql).await, 100, "each once");
        let page = city
            .get(&list, &city.door("demo-25-security").await)
            .await
            .body;
        assert!(page.contains("已完成") && page.contains("100 条"), "{page}");
        city.close().await;
    }
}
