//! Killed anywhere and begun again: the same bytes, the same book.

use crate::place::{Place, SENIOR, actor, month, place_of, places, templates};
use authz::Role;
use pay::pace::Pace;
use pay::{bankfile, draft};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Breaks off at the `n`-th seam from now.
fn broken_at(n: usize, chunk: i64) -> Pace {
    let left = Arc::new(AtomicUsize::new(n));
    Pace {
        chunk,
        halt: Some(Arc::new(move |_| {
            left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
                left.checked_sub(1)
            }) == Ok(1)
        })),
    }
}

async fn filled(place: &Place) {
    let births: Vec<(usize, String)> = (1..=23)
        .map(|n| (n, format!("19{}-{:02}-11", 30 + n % 14, n % 12 + 1)))
        .collect();
    let births: Vec<(usize, &str)> = births
        .iter()
        .map(|(n, birth)| (*n, birth.as_str()))
        .collect();
    place.people(&births, true).await;
}

/// What a month comes to: digest of the file, digest of what was drawn, the book, how many rows of each kind.
async fn outcome(place: &Place, run: &str) -> (String, Option<String>, [i64; 8], [i64; 3]) {
    let files = bankfile::files_of(&place.store, run).await.unwrap();
    assert_eq!(files.len(), 2, "body and digest, once");
    let counts = [
        place
            .number("SELECT CAST(count(*) AS BIGINT) AS n FROM pay_due")
            .await,
        place
            .number("SELECT CAST(count(*) AS BIGINT) AS n FROM pay_attempt")
            .await,
        place
            .number("SELECT CAST(count(*) AS BIGINT) AS n FROM pay_posting")
            .await,
    ];
    let body = files.iter().find(|file| file.kind == "body").unwrap();
    (
        body.digest.clone(),
        place.run(run).await.digest,
        place.book().await,
        counts,
    )
}

async fn whole(
    place: &Place,
    draw: Option<usize>,
    file: Option<usize>,
) -> (String, Option<String>, [i64; 8], [i64; 3]) {
    filled(place).await;
    place.on("2025-01-25");
    let run = place.begun("2025-01").await;
    let maker = actor("maker", Role::CountyCivil);
    if let Some(n) = draw {
        let pace = broken_at(n, 4);
        let cut = draft::draw(&place.store, &place.plans, &maker, &run, &pace).await;
        assert!(cut.is_err(), "seam {n} of the draft was not reached");
    }
    let calm = Pace {
        chunk: 4,
        halt: None,
    };
    draft::draw(&place.store, &place.plans, &maker, &run, &calm)
        .await
        .unwrap();
    place.on("2025-01-26");
    sign(place, &run).await;
    if let Some(n) = file {
        assert!(
            place.file(&run, &broken_at(n, 4)).await.is_err(),
            "seam {n} of the file was not reached"
        );
    }
    // A kill behind the commit leaves nothing to do.
    if place.run(&run).await.state == pay::runs::State::Approved {
        place.file(&run, &calm).await.unwrap();
    }
    outcome(place, &run).await
}

/// All hands up to the bank's file.
async fn sign(place: &Place, run: &str) {
    use pay::runs::Step;
    for (who, role, step) in [
        ("maker", Role::CountyCivil, Step::Check),
        ("second", Role::CountyCivil, Step::Review),
        ("leader", Role::Leader, Step::Lead),
    ] {
        let who = actor(who, role);
        let mut tx = place.store.begin(&who, None).await.unwrap();
        pay::steps::sign(&mut tx, &who, run, step, "")
            .await
            .unwrap()
            .unwrap();
        tx.commit().await.unwrap();
    }
    let finance = actor("finance", Role::Finance);
    let mut tx = place.store.begin(&finance, None).await.unwrap();
    pay::approve::approve(&mut tx, &finance, run, "")
        .await
        .unwrap()
        .unwrap();
    tx.commit().await.unwrap();
}

/// Row C03; invariants 6, 12: broken off at twenty seams of draft and file and begun again, a month has the same file
/// to the byte, the same dues, the same book.
#[tokio::test]
async fn a_month_killed_anywhere_ends_the_same() {
    for template in templates().await {
        let place = place_of(&template).await;
        let wanted = whole(&place, None, None).await;
        place.close().await;
        let cuts = (1..=12)
            .map(|n| (Some(n), None))
            .chain((1..=8).map(|n| (None, Some(n))));
        for (draw, file) in cuts {
            let place = place_of(&template).await;
            let got = whole(&place, draw, file).await;
            assert_eq!(got, wanted, "{} cut at {draw:?} {file:?}", place.db.name);
            place.close().await;
        }
    }
}

/// Invariant 6: a month has its one batch; a second is refused by the table.
#[tokio::test]
async fn a_month_is_begun_once() {
    for place in places().await {
        filled(&place).await;
        place.on("2025-01-25");
        place.drawn("2025-01").await;
        let maker = actor("maker", Role::CountyCivil);
        let mut tx = place.store.begin(&maker, None).await.unwrap();
        let known = tx.at();
        let new = pay::runs::New {
            office: crate::place::OFFICE,
            programme: SENIOR,
            month: month("2025-01"),
            terms: 1,
            list: "x",
            known,
            again: false,
        };
        let twice = pay::runs::create(&mut tx, &maker, &new).await;
        assert!(matches!(twice, Err(store::StoreError::Duplicate(_))));
        tx.rollback().await.unwrap();
        place.close().await;
    }
}
