//! Measurements: a month of a whole city, and two years back for ten thousand people. Not part of the suite; run by
//! `scripts/bench.sh pay`, optimised. `PAY_PEOPLE` says how many people the month has.

#![expect(
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a measurement says what it measured"
)]

use crate::place::{OFFICE, Place, SENIOR, actor, card, day, key, places};
use authz::{Actor, Role};
use pay::pace::Pace;
use pay::{accounts, bankfile, draft, grants};
use std::time::{Duration, Instant};
use store::testing::most_memory;

/// As the program has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// People registered in one transaction.
const AT_ONCE: usize = 5_000;

fn births(people: std::ops::RangeInclusive<usize>) -> Vec<(usize, String)> {
    people
        .map(|n| {
            (
                n,
                format!("19{}-{:02}-{:02}", 31 + n % 13, n % 12 + 1, n % 28 + 1),
            )
        })
        .collect()
}

async fn filled(place: &Place, people: usize, from: &str, origin: &'static str) {
    let village = || "421321100001".parse().ok();
    for start in (1..=people).step_by(AT_ONCE) {
        let some = births(start..=people.min(start + AT_ONCE - 1));
        let named: Vec<(usize, &str)> =
            some.iter().map(|(n, birth)| (*n, birth.as_str())).collect();
        place.register(&named).await;
        let mut tx = place
            .store
            .begin(&Actor::system("test"), None)
            .await
            .unwrap();
        let cards: Vec<accounts::New> = some.iter().map(|(n, _)| card(*n)).collect();
        accounts::insert(&mut tx, &cards, 1).await.unwrap();
        let recorded = tx.at();
        let new = some
            .iter()
            .map(|(n, _)| grants::New {
                key: key(*n),
                programme: SENIOR.into(),
                office: OFFICE.into(),
                area: village(),
                hukou: village(),
                residence: village(),
                from: day(from),
                fen: 5_000,
                origin,
                reasons: "测试".into(),
                digest: String::new(),
                recorded,
            })
            .collect();
        grants::adopt(&mut tx, new).await.unwrap();
        tx.commit().await.unwrap();
    }
    // A register that has stood for days is known to the planner.
    let register = ["people_person", "people_history"];
    place.store.look_at_tables(&register).await.unwrap();
}

fn said(what: &str, began: Instant) -> Duration {
    let took = began.elapsed();
    eprintln!(
        "{what}: {:.1} s, {} MB at most",
        took.as_secs_f64(),
        most_memory()
    );
    took
}

/// Row C03: draft, approval with its postings, and file of a whole city; the target is a minute and 500 MB for 400,000.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement: scripts/bench.sh pay"]
async fn a_city_is_paid() {
    let people: usize = std::env::var("PAY_PEOPLE")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(400_000);
    for place in places().await {
        filled(&place, people, "2024-11-01", "roll").await;
        eprintln!("{}: {people} people, {} MB", place.db.name, most_memory());
        place.on("2025-01-25");
        let run = place.begun("2025-01").await;
        let maker = actor("maker", Role::CountyCivil);
        let whole = Instant::now();
        let began = Instant::now();
        draft::draw(&place.store, &place.plans, &maker, &run, &Pace::default())
            .await
            .unwrap();
        said("draft", began);
        let began = Instant::now();
        place.signed(&run).await;
        said("signatures, approval, postings", began);
        let began = Instant::now();
        place.file(&run, &Pace::default()).await.unwrap();
        said("file", began);
        said("whole", whole);
        let files = bankfile::files_of(&place.store, &run).await.unwrap();
        assert_eq!(files.len(), 2);
        place.close().await;
    }
}

/// Row C17; invariant 5: two years back for ten thousand people; the target is ten seconds.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement: scripts/bench.sh pay"]
async fn two_years_back() {
    for place in places().await {
        place.on("2025-01-10");
        filled(&place, 10_000, "2022-12-15", "finding").await;
        place.on("2025-01-25");
        let run = place.begun("2025-01").await;
        let maker = actor("maker", Role::CountyCivil);
        let began = Instant::now();
        draft::draw(&place.store, &place.plans, &maker, &run, &Pace::default())
            .await
            .unwrap();
        said(&format!("{}: two years back", place.db.name), began);
        assert!(place.run(&run).await.drawn > 10_000);
        place.close().await;
    }
}
