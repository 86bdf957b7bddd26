//! A command beside the server: what it wrote is heard; a job that is parked is told to who started it.

use crate::place::{CHIEF, Place, actor, gbk, number, places, row};
use area::api::AreaBook;
use entitle::api::AnswerColumns;
use files::Files;
use host::{App, AppState};
use kernel::{Clock, Instant, SeededIds};
use people::api::{Ear, NameIndex};
use plan::api::PlanBook;
use std::sync::Arc;
use store::testing::{TEST_KEYS, test_now};
use store::{Keys, Store};

/// A clock some seconds after the server's.
struct Later;

impl Clock for Later {
    fn now(&self) -> Instant {
        test_now().plus_seconds(30)
    }
}

/// Another process over the same database, without names in memory.
async fn command(place: &Place) -> AppState {
    let keys = Keys::from_file(TEST_KEYS).unwrap();
    let store = Store::open(
        &place.db.url,
        keys,
        Arc::new(Later),
        Arc::new(SeededIds::new(6)),
    )
    .await
    .unwrap();
    let book = Arc::new(PlanBook::load(&store).await.unwrap());
    let ear = Arc::new(Ear::new(&store));
    let mut app = App::new(store.clone(), "随州市", None)
        .with_part(Arc::new(AreaBook::load(&store).await.unwrap()))
        .with_part(Arc::clone(&book))
        .with_part(Arc::new(Files::new(&place.folder, 8_000_000)));
    app.facts_changed.push(entitle::api::on_facts_changed(book));
    app.facts_changed.push(ear.tells());
    Arc::new(app.with_part(ear))
}

async fn work(app: &AppState) {
    while let Some(job) = app.store.claim_job_of(intake::api::JOBS).await.unwrap() {
        let jobs = intake::capability().jobs;
        let spec = jobs.iter().find(|spec| spec.kind == job.kind).unwrap();
        let ended = (spec.run)(Arc::clone(app), job.clone()).await;
        app.store.finish_job(&job, ended).await.unwrap();
    }
}

/// Rows B01, B14; issue 5.1: whom `laoyou import` wrote beside the running server is found by the server's names and
/// lists as soon as it has listened once, also after the import is taken back; what it wrote itself it does not read
/// again.
#[tokio::test]
async fn a_server_hears_what_a_command_wrote() {
    for place in places(60).await {
        let command = command(&place).await;
        let mut text = "姓名,身份证号,户籍地,常住地,居住状况\n".to_owned();
        for n in 0..40 {
            text.push_str(&format!("{},421303106201,421303106200,独居\n", row(n)));
        }
        for n in 0..30 {
            let id = number(19_300_101 + n, 1);
            text.push_str(&format!("吴新人,{id},421303106200,421303106200,\n"));
        }
        let file = place.folder.join("beside.csv");
        std::fs::create_dir_all(&place.folder).unwrap();
        std::fs::write(&file, gbk(&text)).unwrap();
        let by = actor(&CHIEF);
        let id = intake::api::begin(&command, &by, "people", &file)
            .await
            .unwrap();
        let said = intake::api::Said {
            source: "6月名册".into(),
            complete: false,
            area: None,
            day: crate::place::day("2025-06-01"),
            columns: None,
        };
        intake::api::say(&command, &by, &id, said).await.unwrap();
        work(&command).await;
        intake::api::commit(&command, &by, &id).await.unwrap();
        work(&command).await;
        let names = place.app.part::<NameIndex>().unwrap();
        let answers = place.app.part::<AnswerColumns>().unwrap();
        let ear = place.app.part::<Ear>().unwrap();
        let heard = async |expect: bool| {
            let stale = names.differences(&place.store).await.unwrap();
            assert_eq!(!stale.is_empty(), expect, "{} people", stale.len());
            let mut people = 0;
            loop {
                let keys = ear.hear(&place.store).await.unwrap();
                if keys.is_empty() {
                    break;
                }
                people += keys.len();
                entitle::api::reread(&place.app, &keys).await.unwrap();
            }
            let none: Vec<String> = Vec::new();
            assert_eq!(names.differences(&place.store).await.unwrap(), none);
            let wrong = answers.differences(&place.store, &names).await.unwrap();
            assert_eq!(wrong, none);
            people
        };
        assert!(heard(true).await >= 60);
        assert_eq!(heard(false).await, 0, "nothing is heard twice");
        // What this process writes itself it knows already.
        place.withdraw(&CHIEF, &id).await;
        assert_eq!(heard(false).await, 0);
        people::api::forget_heard(&place.store).await.unwrap();
        command_close(command).await;
        place.close().await;
    }
}

async fn command_close(app: AppState) {
    let store = app.store.clone();
    drop(app);
    store.close().await;
}

/// Row B14; issue 5.1: an import whose job was begun again and again and never ended is parked; its page says so and
/// what to do, its owner goes on from where it stood, and the desk knows whose job it was.
#[tokio::test]
async fn a_parked_commit_is_told_and_goes_on() {
    for place in places(20).await {
        let mut text = "姓名,身份证号,户籍地,常住地,居住状况\n".to_owned();
        for n in 0..10 {
            text.push_str(&format!("{},421303106201,421303106201,独居\n", row(n)));
        }
        let id = place.check(&CHIEF, "people", &gbk(&text), None).await;
        intake::api::commit(&place.app, &actor(&CHIEF), &id)
            .await
            .unwrap();
        let mut tx = place.store.begin(&actor(&CHIEF), None).await.unwrap();
        tx.run(
            "UPDATE job SET state = 'running', attempts = 8, lease_until = 1 WHERE state = 'ready'",
            vec![],
        )
        .await
        .unwrap();
        tx.audit(store::Audit::new("test"));
        tx.commit().await.unwrap();
        assert!(place.turn().await.is_none(), "it is begun once more");
        let path = format!("/intake/{id}");
        let (_, page) = place.get(&CHIEF, &path).await;
        assert!(page.contains("没有做完") && page.contains("继续"), "{page}");
        let since = test_now().plus_seconds(-86_400);
        let mine = place.store.failed_jobs_of("li", since).await.unwrap();
        assert_eq!(mine.len(), 1);
        assert!(mine[0].payload.contains(&id));
        let none = place.store.failed_jobs_of("zhang", since).await.unwrap();
        assert!(none.is_empty());
        place.commit(&CHIEF, &id).await;
        let mine = place.store.failed_jobs_of("li", since).await.unwrap();
        assert!(mine.is_empty(), "it was asked for again");
        place.consistent().await;
        place.close().await;
    }
}
