//! Months and what is due in them.

use super::{day, fen, month};
use crate::{DueRule, First, Last, Month, Round, Span, differences, due, offset};
use kernel::{Day, Fen};
use proptest::prelude::*;
use std::collections::BTreeMap;

const NEXT: DueRule = DueRule {
    first: First::Next,
    last: Last::Through,
    change: First::Next,
    round: Round::HalfUp,
};

fn span(from: &str, until: &str, amount: i64) -> Span {
    Span {
        from: day(from),
        until: until.parse().ok(),
        fen: fen(amount),
        why: format!("{amount}"),
    }
}

fn paid(spans: &[Span], rule: DueRule, text: &str) -> i64 {
    due(spans, &rule, month(text)).map_or(0, |due| due.fen.0)
}

#[test]
fn months_count_over_years() {
    assert_eq!(month("2024-12").plus(1), month("2025-01"));
    assert_eq!(month("2025-01").plus(-1), month("2024-12"));
    assert_eq!(month("2024-02").last(), day("2024-02-29"));
    assert_eq!(month("2025-06").count() - month("2023-06").count(), 24);
    for text in ["2025-13", "2025-6", "202506", "", "2025-00", "２０２５-06"] {
        assert!(text.parse::<Month>().is_err(), "{text}");
    }
}

/// Row C03; invariant 6: first and last month, birthday, part months and their rounding are parameters.
#[test]
fn the_first_and_the_last_month_follow_the_rule() {
    let rule = |first, last| DueRule {
        first,
        last,
        ..NEXT
    };
    let spans = [span("2025-03-10", "2025-06-20", 3100)];
    let cases = [
        (First::Next, Last::Through, [0, 3100, 3100, 3100, 0]),
        (First::Same, Last::Through, [3100, 3100, 3100, 3100, 0]),
        (First::Same, Last::Before, [3100, 3100, 3100, 0, 0]),
        (First::UpTo(10), Last::Through, [3100, 3100, 3100, 3100, 0]),
        (First::UpTo(9), Last::Before, [0, 3100, 3100, 0, 0]),
        // 22 of 31 days of March, 19 of 30 of June: 1963.33 → 1963.
        (First::Days, Last::Days, [2200, 3100, 3100, 1963, 0]),
    ];
    for (first, last, amounts) in cases {
        for (at, amount) in (3..).zip(amounts) {
            let text = format!("2025-{at:02}");
            assert_eq!(
                paid(&spans, rule(first, last), &text),
                amount,
                "{first:?} {last:?} {text}"
            );
        }
    }
    // A right that ends with the month ends with it under every rule.
    let whole = [span("2025-01-01", "2025-04-01", 100)];
    for last in [Last::Through, Last::Before, Last::Days] {
        assert_eq!(
            paid(&whole, rule(First::Same, last), "2025-03"),
            100,
            "{last:?}"
        );
        assert_eq!(
            paid(&whole, rule(First::Same, last), "2025-04"),
            0,
            "{last:?}"
        );
    }
}

/// Row C03: the ninetieth birthday raises the amount from the month the rule names; a gap starts a new right.
#[test]
fn an_amount_that_changes_counts_from_the_month_of_the_rule() {
    let spans = [
        span("2024-01-01", "2025-05-15", 5000),
        span("2025-05-15", "", 10000),
    ];
    assert_eq!(paid(&spans, NEXT, "2025-05"), 5000);
    assert_eq!(paid(&spans, NEXT, "2025-06"), 10000);
    let same = DueRule {
        change: First::Same,
        ..NEXT
    };
    assert_eq!(paid(&spans, same, "2025-05"), 10000);
    let again = [
        span("2024-01-01", "2025-03-05", 5000),
        span("2025-03-20", "", 5000),
    ];
    let same = DueRule {
        first: First::Same,
        ..NEXT
    };
    assert_eq!(paid(&again, same, "2025-03"), 5000, "once, not twice");
}

#[test]
fn parts_round_as_the_parameter_says() {
    for (round, fen) in [
        (Round::Down, 3333),
        (Round::HalfUp, 3333),
        (Round::Up, 3334),
        (Round::UpYuan, 3400),
    ] {
        assert_eq!(round.share(Fen(10000), 1, 3).0, fen, "{round:?}");
    }
    assert_eq!(Round::HalfUp.share(Fen(5), 1, 2), Fen(3));
}

#[test]
fn an_overpayment_is_taken_from_the_oldest_first() {
    let (taken, left) = offset(fen(150), &[fen(100), fen(100)], None);
    assert_eq!((taken, left), (vec![fen(100), fen(50)], fen(0)));
    let (taken, left) = offset(fen(150), &[fen(100), fen(100)], Some(fen(40)));
    assert_eq!((taken, left), (vec![fen(40), fen(40)], fen(70)));
}

/// Stretches of days with gaps and changes: as `(from, days, gap before, amount)`.
fn spans() -> impl Strategy<Value = Vec<Span>> {
    let piece = (0..40_i32, 1..120_i32, 1..4_i64);
    prop::collection::vec(piece, 1..6).prop_map(|pieces| {
        let mut at = day("2024-01-05");
        pieces
            .into_iter()
            .map(|(gap, days, amount)| {
                let from = at.plus_days(if gap < 15 { 0 } else { gap });
                at = from.plus_days(days);
                Span {
                    from,
                    until: Some(at),
                    fen: fen(amount * 5000),
                    why: String::new(),
                }
            })
            .collect()
    })
}

/// The same by walking every day: a run of days without a gap is one right.
fn naive(spans: &[Span], month: Month) -> i64 {
    let amount = |on: Day| {
        spans
            .iter()
            .rev()
            .find(|span| span.covers(on))
            .map(|span| span.fen.0)
    };
    let (mut runs, mut on): (Vec<(Day, Day)>, Day) = (Vec::new(), day("2023-12-01"));
    while on < day("2027-12-31") {
        if amount(on).is_some() {
            match runs.last_mut().filter(|run| run.1.plus_days(1) == on) {
                Some(run) => run.1 = on,
                None => runs.push((on, on)),
            }
        }
        on = on.plus_days(1);
    }
    let mut most = 0;
    for (first, last) in runs {
        if Month::of(first) < month && month <= Month::of(last) {
            let asked = month.first().plus_days(-1).max(first);
            most = most.max(amount(asked).unwrap_or(0));
        }
    }
    most
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// Invariant 5: what is due month by month is what walking every day gives.
    #[test]
    fn dues_are_what_walking_every_day_gives(spans in spans()) {
        for at in 0..30 {
            let month = month("2023-12").plus(at);
            let got = due(&spans, &NEXT, month).map_or(0, |due| due.fen.0);
            prop_assert_eq!(got, naive(&spans, month), "{}", month);
        }
    }

    /// Invariant 5, 6: whatever was known when each month was drawn up, the lines come to what is due as known last.
    #[test]
    fn corrections_bring_every_month_to_what_is_known_now(versions in prop::collection::vec(spans(), 1..6)) {
        let mut lines: BTreeMap<Month, Fen> = BTreeMap::new();
        let mut last = BTreeMap::new();
        for (at, spans) in versions.iter().enumerate() {
            let until = 6 + at as i32 * 5;
            last = (0..until)
                .map(|n| month("2024-01").plus(n))
                .filter_map(|month| due(spans, &NEXT, month).map(|due| (month, due.fen)))
                .collect();
            for difference in differences(&last, &lines) {
                let sum = lines.entry(difference.month).or_default();
                *sum = Fen(sum.0 + difference.delta());
            }
        }
        lines.retain(|_, fen| fen.0 != 0);
        prop_assert_eq!(lines, last);
    }
}
