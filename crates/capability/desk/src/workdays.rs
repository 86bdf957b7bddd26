//! Working days, until a dated calendar of holidays exists: every day but Saturday and Sunday (engineering.md
//! 23). Pages that show them say 暂按周末推算.

use kernel::Day;

/// Whether nobody works on it.
pub(crate) fn is_weekend(day: Day) -> bool {
    // 1 January 2024 was a Monday.
    Day::from_ymd(2024, 1, 1).is_some_and(|monday| monday.days_until(day).rem_euclid(7) >= 5)
}

/// The day `n` working days after a day; the day itself for 0.
pub fn plus(day: Day, n: i32) -> Day {
    let (mut at, mut left) = (day, n);
    while left > 0 {
        at = at.plus_days(1);
        if !is_weekend(at) {
            left -= 1;
        }
    }
    at
}

/// Working days after `from` up to `until`; negative, counted the same way, where `until` lies before.
pub fn between(from: Day, until: Day) -> i32 {
    if until < from {
        return -between(until, from);
    }
    let days = from.days_until(until);
    let whole = days / 7;
    let rest = (whole * 7 + 1..=days)
        .filter(|step| !is_weekend(from.plus_days(*step)))
        .count();
    whole * 5 + rest as i32
}

/// The last day of a day's month.
pub(crate) fn month_end(day: Day) -> Day {
    day.first_of_month().plus_months(1).plus_days(-1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    /// Product.md screen 2 (剩余工作日): counted over weekends, ends of months and of years, leap days.
    #[test]
    fn working_days_leave_out_weekends() {
        for (from, until, n) in [
            // Monday to Tuesday, Friday to Monday, Friday to the weekend behind it.
            ("2025-06-30", "2025-07-01", 1),
            ("2025-06-27", "2025-06-30", 1),
            ("2025-06-27", "2025-06-29", 0),
            ("2025-06-28", "2025-06-29", 0),
            ("2025-06-30", "2025-06-30", 0),
            ("2025-06-16", "2025-06-30", 10),
            ("2025-06-18", "2025-07-16", 20),
            ("2024-02-28", "2024-03-01", 2),
            ("2024-12-31", "2025-01-01", 1),
            ("2025-01-01", "2026-01-01", 261),
            ("2025-06-30", "2025-06-27", -1),
            ("2025-06-29", "2025-06-27", 0),
        ] {
            assert_eq!(between(day(from), day(until)), n, "{from} {until}");
        }
    }

    /// The day a deadline falls on is the one that lies that many working days ahead.
    #[test]
    fn a_deadline_is_as_far_as_its_working_days() {
        for (from, n, due) in [
            ("2025-06-30", 0, "2025-06-30"),
            ("2025-06-30", 1, "2025-07-01"),
            ("2025-06-27", 1, "2025-06-30"),
            ("2025-06-28", 1, "2025-06-30"),
            ("2025-06-16", 10, "2025-06-30"),
            ("2025-06-20", 10, "2025-07-04"),
            ("2025-12-25", 10, "2026-01-08"),
        ] {
            assert_eq!(plus(day(from), n), day(due), "{from} {n}");
            assert_eq!(between(day(from), day(due)), n, "{from} {n}");
        }
        for (any, end) in [("2024-02-10", "2024-02-29"), ("2025-12-31", "2025-12-31")] {
            assert_eq!(month_end(day(any)), day(end));
        }
    }
}
