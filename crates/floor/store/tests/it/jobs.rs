//! Jobs are run once, and again when their worker was lost.

use crate::place::{actor, places};
use std::collections::BTreeSet;
use store::jobs::JobError;
use store::{Reads, values};

/// Invariant 6; engineering.md 14: six workers share 200 jobs and nobody runs one twice.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn six_workers_claim_each_job_once() {
    for place in places().await {
        let now = place.store.clock().now();
        for job in 0..200 {
            let payload = job.to_string();
            let enqueued = place
                .store
                .enqueue(&actor(), "count", &payload, None, now)
                .await;
            enqueued.unwrap();
        }
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..6 {
            let store = place.store.clone();
            tasks.spawn(async move {
                let mut mine = Vec::new();
                while let Some(job) = store.claim_job().await.unwrap() {
                    assert_eq!((job.kind.as_str(), job.attempts), ("count", 1));
                    store.finish_job(&job, Ok(())).await.unwrap();
                    mine.push(job.payload);
                }
                mine
            });
        }
        let mut all = Vec::new();
        while let Some(mine) = tasks.join_next().await {
            all.extend(mine.unwrap());
        }
        assert_eq!(all.len(), 200, "{}", place.name);
        assert_eq!(all.into_iter().collect::<BTreeSet<_>>().len(), 200);
        place.close().await;
    }
}

/// Engineering.md 14: a lost worker's job is claimed again after its lease, from where it was; the
/// lost one cannot end it any more.
#[tokio::test]
async fn a_lease_that_ran_out_gives_the_job_to_somebody_else() {
    for place in places().await {
        let store = &place.store;
        let now = store.clock().now();
        store
            .enqueue(&actor(), "walk", "{}", Some("walk"), now)
            .await
            .unwrap();
        // At most one open job of a key.
        store
            .enqueue(&actor(), "walk", "{}", Some("walk"), now)
            .await
            .unwrap();
        assert_eq!(place.count("job").await, 1);
        let lost = store.claim_job().await.unwrap().unwrap();
        place.clock.pass(50);
        store.job_progress(&lost, 7, 20).await.unwrap();
        place.clock.pass(50);
        assert!(
            store.claim_job().await.unwrap().is_none(),
            "progress renews the lease"
        );
        place.clock.pass(11);
        let again = store.claim_job().await.unwrap().unwrap();
        assert_eq!(
            (again.id.clone(), again.attempts, again.done_units),
            (lost.id.clone(), 2, 7)
        );
        store.finish_job(&lost, Ok(())).await.unwrap();
        store.release_job(&lost).await.unwrap();
        let state = async || {
            let row = store.one("SELECT state FROM job", vec![]).await.unwrap();
            row.unwrap().text("state").unwrap()
        };
        assert_eq!(state().await, "running", "{}", place.name);
        store
            .finish_job(&again, Err(JobError::Retry("later".into())))
            .await
            .unwrap();
        assert_eq!(state().await, "ready");
        assert!(
            store.claim_job().await.unwrap().is_none(),
            "not before its pause"
        );
        place.clock.pass(600);
        let third = store.claim_job().await.unwrap().unwrap();
        store.release_job(&third).await.unwrap();
        let fourth = store.claim_job().await.unwrap().unwrap();
        store
            .finish_job(&fourth, Err(JobError::Fail("never".into())))
            .await
            .unwrap();
        assert_eq!(state().await, "failed");
        let left = "SELECT CAST(count(*) AS BIGINT) AS n FROM job WHERE dedupe = $1";
        assert_eq!(
            store.number(left, values!["walk"]).await.unwrap(),
            0,
            "its key is free again"
        );
        place.close().await;
    }
}

/// Row M05; invariant 13: a job whose worker is lost each time it is begun is not begun for ever: after eight it is parked with its reason, its key is
/// free, and the caretaker is told; shutdowns and turns given back do not count.
#[tokio::test]
async fn a_job_that_stops_its_worker_is_parked() {
    for place in places().await {
        let store = &place.store;
        let now = store.clock().now();
        store
            .enqueue(&actor(), "poison", "{}", Some("poison"), now)
            .await
            .unwrap();
        for _ in 0..20 {
            let job = store.claim_job().await.unwrap().unwrap();
            assert_eq!(job.attempts, 1, "given back");
            store.release_job(&job).await.unwrap();
            let job = store.claim_job().await.unwrap().unwrap();
            store.finish_job(&job, Err(JobError::Again)).await.unwrap();
        }
        for attempt in 1..=8 {
            let job = store.claim_job().await.unwrap().unwrap();
            assert_eq!(job.attempts, attempt, "{}", place.name);
            place.clock.pass(61);
        }
        store
            .enqueue(&actor(), "other", "{}", None, place.store.clock().now())
            .await
            .unwrap();
        let lost = store.job_health(store.clock().now(), now).await.unwrap();
        assert_eq!((lost.waiting, lost.lost), (0, 1));
        let next = store.claim_job().await.unwrap().unwrap();
        assert_eq!(next.kind, "other", "the others go on");
        assert!(store.claim_job().await.unwrap().is_none());
        store
            .enqueue(&actor(), "poison", "{}", Some("poison"), now)
            .await
            .unwrap();
        assert_eq!(place.count("job").await, 3, "its key is free");
        let health = store.job_health(now, now).await.unwrap();
        let (kind, times, error) = &health.failed[0];
        assert_eq!((kind.as_str(), *times), ("poison", 1));
        assert!(error.contains("8 次"), "{error}");
        let sql = "SELECT CAST(count(*) AS BIGINT) AS n FROM audit_row WHERE action = 'job.finish'";
        assert_eq!(store.number(sql, vec![]).await.unwrap(), 1);
        place.close().await;
    }
}
