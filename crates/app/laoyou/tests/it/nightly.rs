//! The nightly run finds no difference: kept answers are what a fresh look gives, also when days have passed.

use crate::place::{City, cities};
use axum::http::StatusCode;
use rules::FactId;
use std::collections::BTreeMap;
use store::Reads;

async fn same(city: &City, when: &str) {
    let differ = entitle::api::differences(&city.store, &city.published())
        .await
        .unwrap();
    assert!(
        differ.is_empty(),
        "{when} on {}: {} differ, such as {}",
        city.name,
        differ.len(),
        differ[0]
    );
    // The wide row is what the records and rolls say today.
    let mut last = None;
    let rolls = people::api::roll_book(&city.store).await.unwrap();
    loop {
        let chunk = people::api::after(&city.store, last.as_ref(), 500)
            .await
            .unwrap();
        let Some(end) = chunk.last() else { break };
        last = Some(end.key.clone());
        for person in &chunk {
            let records = people::api::records(&city.store, &person.key)
                .await
                .unwrap();
            let now = city.store.clock().now();
            let fresh = people::api::resolve(&records, &rolls, now.day(), now);
            for fact in FactId::all() {
                assert_eq!(
                    person.facts.get(fact),
                    fresh.facts.get(fact),
                    "{when} on {}: {} of {}",
                    city.name,
                    fact.name(),
                    person.key.id
                );
            }
        }
    }
}

async fn tallies(city: &City) -> BTreeMap<(String, i64, String), i64> {
    let sql = "SELECT area, item, state, people FROM entitle_tally WHERE people <> 0";
    let rows = city.store.all(sql, vec![]).await.unwrap();
    let of = |row: &store::Row| -> store::StoreResult<_> {
        Ok((
            (row.text("area")?, row.int("item")?, row.text("state")?),
            row.int("people")?,
        ))
    };
    rows.iter().map(|row| of(row).unwrap()).collect()
}

async fn findings(city: &City) -> Vec<(String, String, String, i64)> {
    let sql = "SELECT id, kind, programme, CAST(since AS BIGINT) AS since FROM entitle_finding WHERE closed_on IS NULL \
         ORDER BY id, kind, programme";
    let rows = city.store.all(sql, vec![]).await.unwrap();
    let of = |row: &store::Row| -> store::StoreResult<_> {
        Ok((
            row.text("id")?,
            row.text("kind")?,
            row.text("programme")?,
            row.int("since")?,
        ))
    };
    rows.iter().map(|row| of(row).unwrap()).collect()
}

/// Rows C01, C05, B14; invariants 3, 5 and 12; engineering.md 7: after the demo, after a correction, and after 1, 40 and 400
/// days (birthdays over 60, 65, 80, cards and receipts that run out) nothing differs from a fresh look, and recomputing
/// everyone changes neither counts nor findings.
#[tokio::test]
async fn nothing_differs_after_the_demo_a_correction_and_many_days() {
    for city in cities().await {
        same(&city, "after the demo").await;
        let (worker, her) = (city.door("demo-01-town").await, city.person("王念慈").await);
        let version = her.version.to_string();
        let form = [
            ("value", "with_family"),
            ("since", "2025-05-01"),
            ("reason", "visit"),
            ("version", &version),
        ];
        let path = format!("/people/{}/facts/living/correction", her.key.id);
        assert_eq!(
            city.post(&path, &form, &worker).await.status,
            StatusCode::SEE_OTHER
        );
        same(&city, "after a correction").await;
        let old = async |age: i32| {
            let today = city.clock_today();
            let until = today.plus_years(-age).number();
            city.count(&format!(
                "SELECT CAST(count(*) AS BIGINT) AS n FROM people_person WHERE alive AND birth_date <= {until}"
            ))
            .await
        };
        let before = (old(60).await, old(65).await, old(80).await);
        let mut done = 0;
        for days in [1, 39, 360] {
            city.clock.pass_days(days);
            done += entitle::api::due(&city.store, &city.published())
                .await
                .unwrap();
            assert_eq!(
                entitle::api::due(&city.store, &city.published())
                    .await
                    .unwrap(),
                0,
                "twice changes nothing"
            );
            same(&city, &format!("{days} days later")).await;
        }
        let after = (old(60).await, old(65).await, old(80).await);
        assert!(
            done > 100 && after.0 > before.0 && after.1 > before.1 && after.2 > before.2,
            "{before:?} {after:?}"
        );
        let kept = (tallies(&city).await, findings(&city).await);
        entitle::api::everyone(&city.store, &city.published(), false, |_| {})
            .await
            .unwrap();
        assert_eq!(tallies(&city).await, kept.0, "{}", city.name);
        assert_eq!(findings(&city).await, kept.1, "{}", city.name);
        same(&city, "after everyone").await;
        city.columns_follow().await;
        city.close().await;
    }
}

/// Rows C01, B14; invariants 5 and 11; engineering.md 7 and 14: corrections made while everybody is recomputed, and while the day's due are, are
/// neither lost nor overwritten, on either engine.
#[tokio::test]
async fn corrections_during_a_recomputation_are_not_lost() {
    for city in cities().await {
        let sql = "SELECT id FROM people_person WHERE birth_date < 19600101 AND alive AND residence_area >= '4213' \
             AND residence_area < '4214' ORDER BY shard DESC, id DESC LIMIT 40";
        let rows = city.store.all(sql, vec![]).await.unwrap();
        let people: Vec<String> = rows.iter().map(|row| row.text("id").unwrap()).collect();
        city.clock.pass_days(40);
        let officer = city.door("demo-05-city").await;
        for (people, value) in [(&people[..20], "alone"), (&people[20..], "institution")] {
            let published = city.published();
            let nightly = async {
                entitle::api::due(&city.store, &published).await.unwrap();
                entitle::api::everyone(&city.store, &published, false, |_| {})
                    .await
                    .unwrap()
            };
            let corrections = async {
                for id in people {
                    let version = city.person_of(id).await.version.to_string();
                    let form = [
                        ("value", value),
                        ("since", "2025-06-01"),
                        ("reason", "visit"),
                        ("version", version.as_str()),
                    ];
                    let path = format!("/people/{id}/facts/living/correction");
                    let done = city.post(&path, &form, &officer).await;
                    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", city.name);
                }
            };
            tokio::join!(nightly, corrections);
            same(&city, value).await;
            let kept = tallies(&city).await;
            entitle::api::everyone(&city.store, &published, false, |_| {})
                .await
                .unwrap();
            assert_eq!(tallies(&city).await, kept, "{}", city.name);
        }
        city.columns_follow().await;
        city.close().await;
    }
}
