//! Which goals go red before the quarter ends, if values move on as they did. Pure.

use super::{Goal, Light, PARAMETERS, Point, met, path, stand};
use figures::Num;
use kernel::Day;

/// A goal that is not red today and will be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Risk {
    /// The end of the quarter.
    pub(crate) until: Day,
    /// Where the last values lead by then.
    pub(crate) expected: Num,
    /// What the path wants by then.
    pub(crate) wanted: Num,
    /// Its deadline lies before.
    pub(crate) due: bool,
}

/// The end of the quarter that begins tomorrow or runs: on its last day the next one counts.
pub(crate) fn quarter_end(today: Day) -> Day {
    let tomorrow = today.plus_days(1);
    let first = tomorrow.first_of_month();
    first.plus_months(3 - (first.month() - 1) % 3).plus_days(-1)
}

/// Whether the goal goes red by [`quarter_end`].
pub(crate) fn risk(goal: &Goal, values: &[Point], today: Day) -> Option<Risk> {
    if matches!(stand(goal, values, today).light, Light::Red | Light::Grey) {
        return None;
    }
    let until = quarter_end(today);
    let goal = &path::in_year(goal, today);
    let points = path::counting(goal, values, today);
    let last = points.last()?;
    let first = points.get(points.len().saturating_sub(PARAMETERS.forecast_points))?;
    let span = first.day.days_until(last.day);
    if span < PARAMETERS.forecast_days {
        return None;
    }
    let end = until.min(goal.due);
    let ahead = last.day.days_until(end).max(0);
    let moved = (last.value - first.value) * Num::whole(i64::from(ahead));
    let expected = (last.value + moved.over(Num::whole(i64::from(span)))?).max(Num::ZERO);
    let expected = goal.max.map_or(expected, |max| expected.min(max));
    if met(goal, expected) {
        return None;
    }
    let due = goal.due <= until;
    let wanted = path::at(goal, end)?;
    let behind = if goal.down {
        expected - wanted
    } else {
        wanted - expected
    };
    let near = (Num::whole(PARAMETERS.near_percent) * path::whole_way(goal))
        .over(Num::whole(100))
        .unwrap_or_default();
    (due || (behind > Num::ZERO && behind >= near)).then_some(Risk {
        until,
        expected: expected.round(2),
        wanted,
        due,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap_or_else(|_| panic!("{text}"))
    }

    fn goal() -> Goal {
        Goal {
            need: Num::whole(60),
            strict: false,
            down: false,
            start: day("2020-12-31"),
            due: day("2025-12-31"),
            baseline: Some(Num::whole(40)),
            steps: Vec::new(),
            flow: false,
            each_year: false,
            max: Some(Num::whole(100)),
        }
    }

    /// Row A03: the quarter of tomorrow.
    #[test]
    fn the_quarter_ends_after_today() {
        for (today, end) in [
            ("2025-06-29", "2025-06-30"),
            ("2025-06-30", "2025-09-30"),
            ("2025-01-01", "2025-03-31"),
            ("2025-12-31", "2026-03-31"),
        ] {
            assert_eq!(quarter_end(day(today)), day(end), "{today}");
        }
    }

    /// Row A03: who stands still falls under the line; who moves on the path does not; red today is no risk.
    #[test]
    fn who_stands_still_goes_red() {
        let values = |first: i64, last: i64| {
            [
                Point {
                    day: day("2025-04-30"),
                    value: Num::whole(first),
                },
                Point {
                    day: day("2025-06-30"),
                    value: Num::whole(last),
                },
            ]
        };
        // The path wants 58 on 30 June and about 59 on 30 September; red is 2 behind.
        let today = day("2025-06-30");
        let still = risk(&goal(), &values(56, 56), today).map(|risk| (risk.until, risk.due));
        assert_eq!(still, Some((day("2025-09-30"), false)));
        assert_eq!(risk(&goal(), &values(57, 58), today), None);
        assert_eq!(risk(&goal(), &values(50, 50), today), None, "red already");
        let autumn = day("2025-11-30");
        let late = [
            Point {
                day: day("2025-10-01"),
                value: Num::whole(59),
            },
            Point {
                day: day("2025-11-30"),
                value: Num::whole(59),
            },
        ];
        assert_eq!(
            risk(&goal(), &late, autumn).map(|risk| risk.due),
            Some(true),
            "the deadline passes"
        );
    }
}
