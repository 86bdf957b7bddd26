//! Killed anywhere and gone on; taken back as if it had never been.

use crate::place::{CHIEF, VILLAGES, actor, gbk, number, places, row};
use store::jobs::JobError;

fn list(people: u32, new: u32) -> Vec<u8> {
    let mut text = "姓名,身份证号,户籍地,常住地,电话\n".to_owned();
    for n in 0..people {
        text.push_str(&format!("{},,421303106201,13900000000\n", row(n)));
    }
    for n in 0..new {
        let village = VILLAGES[n as usize % 3];
        let id = number(19_300_101 + n % 28, n / 28 * 2 + 1);
        text.push_str(&format!("吴新人,{id},{village},{village},\n"));
    }
    gbk(&text)
}

/// Invariants 5, 8; engineering.md 14: a commit that is cut off after any chunk goes on where it stood, and ends as if
/// it had never been cut off; two workers do not do it twice.
#[tokio::test]
async fn a_commit_cut_off_anywhere_ends_the_same() {
    let bytes = list(300, 900);
    for (whole, cut) in places(300).await.into_iter().zip(places(300).await) {
        let id = whole.check(&CHIEF, "people", &bytes, None).await;
        let [new, changed, ..] = whole.counts(&id).await;
        assert_eq!(new, 900);
        assert!(changed > 0);
        whole.commit(&CHIEF, &id).await;
        let id = cut.check(&CHIEF, "people", &bytes, None).await;
        intake::api::commit(&cut.app, &actor(&CHIEF), &id)
            .await
            .unwrap();
        // The worker dies in the middle of its turn, after some polls: whatever it had begun is rolled back.
        let (mut polls, mut killed) = (20, 0);
        loop {
            let job = cut.store.claim_job().await.unwrap();
            let Some(job) = job else { break };
            let jobs = intake::capability().jobs;
            let spec = jobs.iter().find(|spec| spec.kind == job.kind).unwrap();
            let turn = (spec.run)(std::sync::Arc::clone(&cut.app), job.clone());
            let cut_off = tokio::time::timeout(std::time::Duration::from_millis(polls), turn).await;
            polls += 40;
            match cut_off {
                Ok(ended) => {
                    assert!(matches!(ended, Ok(()) | Err(JobError::Again)), "{ended:?}");
                    cut.store.finish_job(&job, ended).await.unwrap();
                }
                Err(_elapsed) => {
                    killed += 1;
                    cut.store.release_job(&job).await.unwrap();
                }
            }
        }
        assert!(killed > 0, "nobody was cut off");
        let shown = intake::api::look(&cut.app, &id).await.unwrap();
        assert_eq!(shown.state, "已完成");
        let told = |facts: Vec<(String, Vec<(people::api::Fact, rules::Value)>)>| {
            let mut all: Vec<_> = facts.into_iter().map(|(_, facts)| facts).collect();
            all.sort();
            all
        };
        assert_eq!(told(cut.facts().await), told(whole.facts().await));
        cut.consistent().await;
        whole.close().await;
        cut.close().await;
    }
}

/// Invariants 5, 8; engineering.md 14: chunks are made ready while others are written, and people are corrected between
/// the two by somebody else: nothing that was told is lost, rows, histories, answers and counts agree.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn corrections_beside_a_commit_are_kept() {
    let bytes = list(300, 1_200);
    for place in places(300).await {
        let id = place.check(&CHIEF, "people", &bytes, None).await;
        let corrections = async {
            let mut corrected = 0;
            for n in (0..300).rev() {
                let key = crate::place::somebody(n).key;
                let mut tx = place
                    .store
                    .begin(&authz::Actor::system("test"), None)
                    .await
                    .unwrap();
                let person = people::api::person(&tx, &key.id).await.unwrap().unwrap();
                if !people::api::claim(&mut tx, &key, person.version)
                    .await
                    .unwrap()
                {
                    tx.rollback().await.unwrap();
                    continue;
                }
                let correction = people::api::Correction {
                    fact: rules::facts::find("living").unwrap(),
                    value: Some(rules::Value::Word("alone")),
                    since: crate::place::day("2025-06-02"),
                    source: "来电".to_owned(),
                    by: "测试".to_owned(),
                    reason: "wrong".to_owned(),
                    remark: None,
                };
                people::api::correct(&place.app, &mut tx, &key, correction)
                    .await
                    .unwrap();
                match tx.commit().await {
                    Ok(()) => corrected += 1,
                    Err(error) => assert!(error.is_retryable(), "{error}"),
                }
            }
            corrected
        };
        let (corrected, ()) = tokio::join!(corrections, place.commit(&CHIEF, &id));
        assert!(corrected > 250, "{corrected}");
        place.consistent().await;
        let alone = Some(rules::Value::Word("alone"));
        let mut kept = 0;
        for n in 0..300 {
            kept += usize::from(place.fact(n, "living").await == alone);
        }
        assert!(kept >= corrected, "{kept} of {corrected}");
        let count = |sql: &'static str| store::Reads::number(&place.store, sql, vec![]);
        let counted = "SELECT CAST(sum(people) AS BIGINT) AS n FROM entitle_tally WHERE item = 0 AND state = 'unknown' AND area LIKE '4213________' AND area NOT LIKE '%000'";
        let there = "SELECT count(*) AS n FROM entitle_answer WHERE unknown <> 0 AND coalesce(residence_area, hukou_area) LIKE '4213________' AND coalesce(residence_area, hukou_area) NOT LIKE '%000'";
        assert_eq!(count(counted).await.unwrap(), count(there).await.unwrap());
        place.close().await;
    }
}

/// Rows B01, B14; issue 5.1: taking a whole import back brings back exactly what was known, also phones and addresses;
/// who was registered by it is known no more, and can be registered again.
#[tokio::test]
async fn an_import_taken_back_leaves_what_was() {
    let bytes = list(20, 10);
    for place in places(30).await {
        let before = place.facts().await;
        let id = place.check(&CHIEF, "people", &bytes, None).await;
        place.commit(&CHIEF, &id).await;
        assert_ne!(place.facts().await, before);
        let person = people::api::person(&place.store, &crate::place::somebody(3).key.id)
            .await
            .unwrap()
            .unwrap();
        assert!(person.phone.is_some());
        place.withdraw(&CHIEF, &id).await;
        let mut now = place.facts().await;
        now.retain(|(_, facts)| !facts.is_empty());
        assert_eq!(now, before);
        let person = people::api::person(&place.store, &person.key.id)
            .await
            .unwrap()
            .unwrap();
        assert!(person.phone.is_none());
        place.consistent().await;
        let again = place.check(&CHIEF, "people", &bytes, None).await;
        assert_eq!(place.counts(&again).await[0], 10, "registered again");
        place.commit(&CHIEF, &again).await;
        place.consistent().await;
        assert!(place.audits("intake.withdrawn").await == 1);
        place.close().await;
    }
}

/// Issue 5.1: a commit that is paused writes nothing more, says so, and goes on when asked.
#[tokio::test]
async fn a_commit_can_be_paused() {
    for place in places(12).await {
        let id = place.check(&CHIEF, "people", &list(6, 0), None).await;
        let before = place.facts().await;
        intake::api::commit(&place.app, &actor(&CHIEF), &id)
            .await
            .unwrap();
        place.post(&CHIEF, &format!("/intake/{id}/pause"), "").await;
        place.work().await;
        assert_eq!(place.facts().await, before);
        let (_, page) = place.get(&CHIEF, &format!("/intake/{id}")).await;
        assert!(page.contains("已暂停") && page.contains("继续"), "{page}");
        place
            .post(&CHIEF, &format!("/intake/{id}/continuation"), "")
            .await;
        place.work().await;
        let shown = intake::api::look(&place.app, &id).await.unwrap();
        assert_eq!(shown.state, "已完成");
        assert_ne!(place.facts().await, before);
        place.consistent().await;
        place.close().await;
    }
}

/// Rows B01, B14; invariant 5: a row about a day before that of what is known changes the past and not the present, and
/// the same row again changes nothing.
#[tokio::test]
async fn a_late_row_changes_the_past_only() {
    for place in places(9).await {
        let grade = |grade: &str, since: &str| {
            gbk(&format!(
                "姓名,身份证号,残疾等级,起始日期\n{},{grade},{since}\n",
                row(1)
            ))
        };
        let now = place
            .check(&CHIEF, "disability", &grade("二级", "2024-05-01"), None)
            .await;
        place.commit(&CHIEF, &now).await;
        let late = grade("三级", "2022-01-01");
        let then = place.check(&CHIEF, "disability", &late, None).await;
        assert_eq!(place.counts(&then).await, [0, 1, 0, 0, 0]);
        place.commit(&CHIEF, &then).await;
        let fact = rules::facts::find("disability_grade").unwrap();
        let on = async |day: &str| {
            let key = crate::place::somebody(1).key;
            let known = place.store.clock().now();
            let day = crate::place::day(day);
            let all = people::api::facts_on(&place.store, &key, day, known).await;
            all.unwrap().facts.get(fact).cloned()
        };
        assert_eq!(on("2025-06-30").await, Some(rules::Value::Int(2)));
        assert_eq!(on("2023-01-01").await, Some(rules::Value::Int(3)));
        let again = place.check(&CHIEF, "disability", &late, None).await;
        assert_eq!(place.counts(&again).await, [0, 0, 1, 0, 0]);
        place.close().await;
    }
}
