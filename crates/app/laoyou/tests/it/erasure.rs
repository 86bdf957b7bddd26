//! Retention and erasure over the whole product. Rows M05, B03; invariants 5, 10.

use crate::place::{City, cities, day};
use crate::planted::{
    ADDRESS, CONTACT, NAME, PHONE, dead, found, key, number, plant, raw_list, register, words,
};
use authz::Actor;
use axum::http::StatusCode;
use host::ERASED;
use people::api::{NameIndex, NewPerson, Record, Set};
use rules::Value;
use rules::facts::find;
use store::{Audit, Reads, values};

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
