//! Tables over every edge of the scales.

mod answering;
mod holes;
mod levels;

use crate::{Answers, Outcome, Scheme, by_id};

/// A scale that comes with the program.
fn scheme(id: &str) -> &'static Scheme {
    by_id(id).unwrap()
}

/// Answers that add up to a total, filled from the first item on.
fn with_total(scheme: &Scheme, total: i64) -> Answers {
    let mut answers = Answers::default();
    let mut left = total;
    for item in scheme.items() {
        let points = left.min(item.most());
        answers.set_points(scheme, &item.id, points).unwrap();
        left -= points;
    }
    assert_eq!(left, 0, "{total} is above the highest total");
    answers
}

/// The national scale at a total, with nothing beside it.
fn plain(total: i64) -> Answers {
    let scale = scheme("gbt-42195-2022");
    let mut answers = with_total(scale, total);
    for flag in &scale.flags {
        answers.set_flag(scale, &flag.id, false).unwrap();
    }
    answers.set_none(scale, "risk_events_30d").unwrap();
    answers
}

fn score(answers: &Answers) -> Outcome {
    scheme("gbt-42195-2022").score(answers).unwrap()
}
