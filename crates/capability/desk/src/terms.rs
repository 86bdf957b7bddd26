//! Within what time a matter is done. The documents of the place name no time for this; the values are provisional,
//! stand here with their source, and every page that uses one says 待当地确认.

use crate::workdays::{between, month_end, plus};
use entitle::api::work::Marks;
use kernel::Day;

/// How a deadline follows from the day a matter came up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rule {
    /// So many working days later.
    WorkingDays(i32),
    /// The month-end freeze (月度定版) of the same month: what is stopped by then is not paid again.
    MonthEnd,
}

/// The time for one kind of matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Term {
    /// Kind of finding.
    pub(crate) kind: &'static str,
    /// When it is due.
    pub(crate) rule: Rule,
    /// Where that comes from.
    pub(crate) source: &'static str,
}

/// All terms.
pub(crate) const TERMS: [Term; 2] = [
    Term {
        kind: "owed",
        rule: Rule::WorkingDays(10),
        source: "清单和规划没有写办理时限，暂定，待当地确认",
    },
    Term {
        kind: "undue",
        rule: Rule::MonthEnd,
        source: "赶在当月定版前停发，下月不再多发，待当地确认",
    },
];

/// From this age on somebody with an open question is worth a visit of its own (product.md 2: the risk rule of
/// 80 and over); everybody else is asked on the next planned visit.
pub(crate) const VISIT_FROM_AGE: i32 = 80;

impl Term {
    /// The term of a kind of finding.
    pub(crate) fn of(kind: &str) -> Self {
        let [owed, undue] = TERMS;
        if kind == undue.kind { undue } else { owed }
    }

    /// When a matter found on this day is due.
    pub(crate) fn due(self, found: Day) -> Day {
        match self.rule {
            Rule::WorkingDays(n) => plus(found, n),
            Rule::MonthEnd => month_end(found),
        }
    }

    /// The rule in words.
    pub(crate) fn says(self) -> String {
        match self.rule {
            Rule::WorkingDays(n) => format!("首次发现起 {n} 个工作日"),
            Rule::MonthEnd => "首次发现当月定版日（月末）".to_owned(),
        }
    }

    /// The days that part late, due and new findings as of today.
    pub(crate) fn marks(self, today: Day) -> Marks {
        let last_due = |before: &dyn Fn(Day) -> bool| {
            let mut found = today;
            while !before(self.due(found)) {
                found = found.plus_days(-1);
            }
            found
        };
        Marks {
            late_until: last_due(&|due| due < today),
            today_until: last_due(&|due| due <= today),
            new_from: today.first_of_month(),
        }
    }
}

/// What is left until a deadline, in words, with its tone: `danger`, `warn` or nothing.
pub(crate) fn left(today: Day, due: Day) -> (String, &'static str) {
    if due == today {
        return ("今天到期".to_owned(), "danger");
    }
    let days = between(today, due);
    if due < today {
        return match -days {
            0 => ("已过期限".to_owned(), "danger"),
            late => (format!("逾期 {late} 个工作日"), "danger"),
        };
    }
    let tone = if days <= 3 { "warn" } else { "" };
    (format!("剩 {days} 个工作日"), tone)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    /// Product.md screen 2: late, due today and in time are told apart by the day they were found, on working
    /// days, on weekends and at the end of a month.
    #[test]
    fn findings_are_late_by_the_day_they_were_found() {
        for (kind, today, late_until, today_until) in [
            // Ten working days before Monday 30 June is Monday 16 June.
            ("owed", "2025-06-30", "2025-06-15", "2025-06-16"),
            // Found on a weekend: due with what was found on the Friday before.
            ("owed", "2025-07-04", "2025-06-19", "2025-06-22"),
            ("owed", "2025-07-05", "2025-06-22", "2025-06-22"),
            ("undue", "2025-06-30", "2025-05-31", "2025-06-30"),
            ("undue", "2025-06-29", "2025-05-31", "2025-05-31"),
            ("undue", "2025-07-01", "2025-06-30", "2025-06-30"),
        ] {
            let marks = Term::of(kind).marks(day(today));
            let found = (marks.late_until, marks.today_until);
            assert_eq!(found, (day(late_until), day(today_until)), "{kind} {today}");
        }
        assert!(TERMS.iter().all(|term| term.source.contains("待当地确认")));
    }

    #[test]
    fn what_is_left_is_said_in_working_days() {
        let today = day("2025-06-30");
        for (due, words, tone) in [
            ("2025-06-30", "今天到期", "danger"),
            ("2025-06-27", "逾期 1 个工作日", "danger"),
            ("2025-06-28", "逾期 1 个工作日", "danger"),
            ("2025-07-03", "剩 3 个工作日", "warn"),
            ("2025-07-07", "剩 5 个工作日", ""),
        ] {
            assert_eq!(left(today, day(due)), (words.to_owned(), tone), "{due}");
        }
        assert_eq!(
            left(day("2025-06-29"), day("2025-06-27")).0,
            "已过期限",
            "only a weekend lies between"
        );
    }
}
