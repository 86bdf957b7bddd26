//! A measurement: a hundred thousand decisions at once, each with decision, reason, audit row, grant and message. Not part
//! of the suite; run by `scripts/bench.sh cases`, optimised. `CASES` says how many.

#![expect(
    clippy::disallowed_methods,
    reason = "a measurement says what it measured"
)]

use crate::place::{OFFICE, SENIOR, actor, places};
use authz::Role;
use cases::bulk::{self, New};
use cases::bulk_run::piece;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use store::testing::most_memory;

/// As the program has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// People registered in one transaction.
const AT_ONCE: usize = 5_000;

/// Row C33: one batch of everybody a free programme is owed; the target is a minute for 100,000, with pages under 200 ms
/// meanwhile (here: the list of cases, asked for ten times a second).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement: scripts/bench.sh cases"]
async fn a_hundred_thousand_decisions() {
    let people: usize = std::env::var("CASES")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(100_000);
    for place in places().await {
        for start in (0..people).step_by(AT_ONCE) {
            let some = start..people.min(start + AT_ONCE);
            place.people(some.map(|n| (n, "1940-05-05"))).await;
        }
        let (maker, second) = (
            actor("maker", Role::CountyCivil),
            actor("second", Role::CountyCivil),
        );
        let filter = entitle::api::FindingFilter {
            programme: Some(SENIOR.into()),
            most: i64::from(i32::MAX),
            ..entitle::api::all_findings("owed", &maker.scope)
        };
        let found = entitle::api::findings(&place.store, &maker.scope, &filter)
            .await
            .unwrap();
        assert_eq!(found.len(), people);
        eprintln!("{}: {people} people, {} MB", place.db.name, most_memory());
        let mut tx = place.store.begin(&maker, None).await.unwrap();
        let new = New {
            act: "free",
            programme: SENIOR,
            office: OFFICE,
            reason: "数据比对符合",
            since: false,
            items: found.into_iter().map(|one| one.finding).collect(),
        };
        let id = bulk::create(&mut tx, new).await.unwrap();
        assert!(bulk::settle(&mut tx, &id, true).await.unwrap());
        tx.commit().await.unwrap();
        let place = Arc::new(place);
        let stop = Arc::new(AtomicBool::new(false));
        let (reading, ended) = (Arc::clone(&place), Arc::clone(&stop));
        let pages = tokio::spawn(async move {
            let town = actor("town", Role::TownWorker);
            let mut took: Vec<Duration> = Vec::new();
            while !ended.load(Ordering::Relaxed) {
                let began = Instant::now();
                let (status, _) = reading.get(&town, "/cases?box=all").await;
                assert!(status.is_success());
                took.push(began.elapsed());
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            took.sort();
            took
        });
        let began = Instant::now();
        while piece(&place.store, &place.plans, &place.areas, &second, &id)
            .await
            .unwrap()
            .is_some()
        {}
        let whole = began.elapsed();
        stop.store(true, Ordering::Relaxed);
        let took = pages.await.unwrap();
        let p95 = took.get(took.len() * 95 / 100).copied().unwrap_or_default();
        eprintln!(
            "{}: {people} decisions in {:.1} s, {} MB at most; page p95 {} ms of {} asked",
            place.db.name,
            whole.as_secs_f64(),
            most_memory(),
            p95.as_millis(),
            took.len()
        );
        let done = bulk::find(&place.store, &id).await.unwrap().unwrap();
        assert_eq!(done.done, people as i64);
        if let Ok(place) = Arc::try_unwrap(place) {
            place.close().await;
        }
    }
}
