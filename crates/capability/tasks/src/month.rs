//! Months of reporting: until when a month is reported, and which months are missing. Pure.

use crate::model::{Assignment, Progress};
use kernel::Day;

/// A month is reported within so many working days after its end. Provisional, to be confirmed locally.
pub(crate) const REPORT_DAYS: i32 = 5;

/// The last day of a month that begins on this day.
pub(crate) fn end(month: Day) -> Day {
    month.first_of_month().plus_months(1).plus_days(-1)
}

/// The last day on which the report of a month is in time.
pub(crate) fn deadline(month: Day) -> Day {
    desk::api::plus_workdays(end(month), REPORT_DAYS)
}

/// The month in an address: `2025-06`.
pub(crate) fn key(month: Day) -> String {
    format!("{}-{:02}", month.year(), month.month())
}

/// «2025年6月».
pub(crate) fn zh(month: Day) -> String {
    format!("{}年{}月", month.year(), month.month())
}

/// Of an address.
pub(crate) fn from_key(text: &str) -> Option<Day> {
    let (year, month) = text.split_once('-')?;
    let fits = year.len() == 4 && month.len() == 2;
    fits.then(|| Day::from_ymd(year.parse().ok()?, month.parse().ok()?, 1))?
}

/// Months a part has to report until today, oldest first: from its first month to the month of its deadline.
pub(crate) fn due_months(part: &Assignment, today: Day) -> Vec<Day> {
    until(part, part.due.min(today))
}

/// Months a part may report: also those after its deadline, so that what was late can be finished.
pub(crate) fn reportable(part: &Assignment, today: Day) -> Vec<Day> {
    until(part, today)
}

fn until(part: &Assignment, last: Day) -> Vec<Day> {
    let last = last.first_of_month();
    let mut month = part.first_month.first_of_month();
    let mut out = Vec::new();
    while month <= last {
        out.push(month);
        month = month.plus_months(1);
    }
    out
}

fn sent(reports: &[Progress], month: Day) -> bool {
    reports
        .iter()
        .any(|report| report.month == month && report.state.sent())
}

/// Months whose deadline has passed without a report that was sent.
pub(crate) fn missing(part: &Assignment, reports: &[Progress], today: Day) -> Vec<Day> {
    due_months(part, today)
        .into_iter()
        .filter(|month| today > deadline(*month) && !sent(reports, *month))
        .collect()
}

/// How many of the last months in a row are missing.
pub(crate) fn missed_in_a_row(part: &Assignment, reports: &[Progress], today: Day) -> u32 {
    let over = |month: &Day| today > deadline(*month);
    due_months(part, today)
        .into_iter()
        .rev()
        .filter(over)
        .take_while(|month| !sent(reports, *month))
        .count() as u32
}

/// This month's report is still to be sent.
pub(crate) fn waits(part: &Assignment, reports: &[Progress], today: Day) -> bool {
    let month = today.first_of_month();
    due_months(part, today).last() == Some(&month) && !sent(reports, month)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::State;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn part(first: &str, due: &str) -> Assignment {
        Assignment {
            id: "a".into(),
            item: "i".into(),
            executor: "E:421303000000".into(),
            executor_name: "曾都区".into(),
            account: None,
            person: "王建国".into(),
            post: "副局长".into(),
            due: day(due),
            shares: Vec::new(),
            first_month: day(first),
            withdrawn: false,
            version: 1,
            created: kernel::Instant::at(day(first), 0),
        }
    }

    fn report(month: &str, state: State) -> Progress {
        Progress {
            id: month.into(),
            assignment: "a".into(),
            month: day(month),
            figures: Vec::new(),
            says: String::new(),
            finished: false,
            evidence: None,
            state,
            submitted: None,
            submitted_by: None,
            submitted_name: None,
            late: false,
            judged: None,
            judged_name: None,
            reason: None,
            version: 1,
        }
    }

    /// Row A06: a month is late after five working days; a report that was sent back is missing again.
    #[test]
    fn months_are_missing_after_their_deadline() {
        assert_eq!(deadline(day("2025-05-01")), day("2025-06-06"));
        let part = part("2025-03-01", "2025-12-31");
        let all = |states: &[(&str, State)]| -> Vec<Progress> {
            states
                .iter()
                .map(|(month, state)| report(month, *state))
                .collect()
        };
        let reports = all(&[
            ("2025-03-01", State::Accepted),
            ("2025-04-01", State::Returned),
            ("2025-05-01", State::Draft),
        ]);
        assert_eq!(
            missing(&part, &reports, day("2025-06-06")),
            [day("2025-04-01")]
        );
        assert_eq!(
            missing(&part, &reports, day("2025-06-07")),
            [day("2025-04-01"), day("2025-05-01")]
        );
        assert_eq!(missed_in_a_row(&part, &reports, day("2025-06-07")), 2);
        let sent = all(&[("2025-05-01", State::Submitted)]);
        assert_eq!(missed_in_a_row(&part, &sent, day("2025-06-30")), 0);
        assert!(waits(&part, &sent, day("2025-06-30")));
        assert!(
            !waits(&part, &sent, day("2026-01-15")),
            "after its deadline nothing is reported"
        );
        assert_eq!(due_months(&part, day("2026-03-01")).len(), 10);
        assert_eq!(reportable(&part, day("2026-03-01")).len(), 13);
    }

    #[test]
    fn months_are_read_and_written_the_same() {
        for text in ["2025-06", "2024-12"] {
            assert_eq!(from_key(text).map(key).as_deref(), Some(text));
        }
        for text in ["2025-6", "2025-13", "2025", "20256-1", "2025-06-01"] {
            assert_eq!(from_key(text), None, "{text}");
        }
    }
}
