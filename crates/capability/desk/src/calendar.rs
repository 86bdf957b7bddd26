//! The strip of dates: the month-end freeze, the next complete rolls by their own rhythm, plan tasks that end
//! soon. Only dates that data carries; pure.

use crate::terms::left;
use crate::workdays::month_end;
use kernel::{AreaCode, Day};
use people::api::{Roll, RollBook};
use std::collections::{BTreeMap, BTreeSet};

/// Tasks of the plan are shown this many days ahead.
const AHEAD: i32 = 60;

/// One date of the strip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mark {
    /// When.
    pub(crate) day: Day,
    /// What, in few words.
    pub(crate) title: String,
    /// What it means, or where the date comes from.
    pub(crate) note: String,
    /// Where it leads; empty for nowhere.
    pub(crate) href: &'static str,
    /// What is left, in words.
    pub(crate) left: String,
    /// `danger`, `warn` or nothing.
    pub(crate) tone: &'static str,
}

impl Mark {
    fn new(today: Day, day: Day, title: String, note: String, href: &'static str) -> Self {
        let (left, tone) = left(today, day);
        Self {
            day,
            title,
            note,
            href,
            left,
            tone,
        }
    }

    /// «6月30日».
    pub(crate) fn short(&self) -> String {
        format!("{}月{}日", self.day.month(), self.day.day())
    }
}

/// 月度定版: what is recorded by then stands in the month's figures.
pub(crate) fn freeze(today: Day) -> Mark {
    Mark::new(
        today,
        month_end(today),
        "月度定版".to_owned(),
        "死亡、迁出和更正在此前登记".to_owned(),
        "",
    )
}

/// A cut-off of the month's payments.
pub(crate) fn cut_off(today: Day, one: pay::api::CutOff) -> Mark {
    Mark::new(
        today,
        one.day,
        one.title.to_owned(),
        one.note.to_owned(),
        one.href,
    )
}

/// The next complete roll of each register that comes again, as the last two of its dates say. A register that
/// came once has no rhythm yet.
pub(crate) fn rolls(today: Day, book: &RollBook, areas: &[AreaCode]) -> Vec<Mark> {
    let mine = |roll: &&Roll| {
        let touches = |area: &AreaCode| area.contains(&roll.area) || roll.area.contains(area);
        roll.withdrawn.is_none() && areas.iter().any(touches)
    };
    // By source and area: the days they came.
    let mut days: BTreeMap<(&str, AreaCode), BTreeSet<Day>> = BTreeMap::new();
    for fact in book.facts() {
        for roll in book.of(fact).iter().filter(mine) {
            days.entry((&roll.source, roll.area))
                .or_default()
                .insert(roll.day);
        }
    }
    // The earliest of the areas is when somebody must begin.
    let mut next: BTreeMap<&str, (Day, Day)> = BTreeMap::new();
    for ((source, _), days) in days {
        let mut latest = days.iter().rev();
        let (Some(last), Some(before)) = (latest.next(), latest.next()) else {
            continue;
        };
        let due = last.plus_months(before.months_on(*last).max(1));
        let known = next.entry(source).or_insert((due, *last));
        if due < known.0 {
            *known = (due, *last);
        }
    }
    let mut out: Vec<Mark> = next
        .into_iter()
        .map(|(source, (due, last))| {
            let note = format!("上次 {last}，按最近两次间隔推算");
            Mark::new(today, due, format!("全量{source}"), note, "")
        })
        .collect();
    out.sort_by(|a, b| a.day.cmp(&b.day).then_with(|| a.title.cmp(&b.title)));
    out
}

/// Tasks of the plan that end within the next days, one mark a day.
pub(crate) fn tasks(today: Day, due: impl Iterator<Item = Day>) -> Vec<Mark> {
    let mut by_day: BTreeMap<Day, usize> = BTreeMap::new();
    for day in due.filter(|day| *day >= today && *day <= today.plus_days(AHEAD)) {
        *by_day.entry(day).or_default() += 1;
    }
    by_day
        .into_iter()
        .map(|(day, n)| {
            let title = format!("{n} 项规划任务到期");
            let note = "报送完成情况".to_owned();
            Mark::new(today, day, title, note, "/plan/tasks?due=this_year")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use people::api::Fact;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn roll(source: &str, area: &str, on: &str, withdrawn: bool) -> Roll {
        Roll {
            id: format!("{source}-{area}-{on}"),
            fact: Fact::URBAN,
            area: area.parse().unwrap(),
            day: day(on),
            recorded: kernel::Instant::at(day(on), 0),
            source: source.into(),
            by: "测".into(),
            listed: 1,
            withdrawn: withdrawn.then(|| kernel::Instant::at(day(on), 60)),
        }
    }

    /// Engineering 2; product.md 1: a register is expected again after the time between its last two; one that was
    /// taken back or lies in another county does not count, one that came once is not expected.
    #[test]
    fn a_roll_is_expected_by_its_own_rhythm() {
        let book = RollBook::new(vec![
            roll("低保名册", "421303", "2024-12-01", false),
            roll("低保名册", "421303", "2025-03-01", false),
            roll("低保名册", "421303", "2025-06-01", false),
            roll("低保名册", "421303", "2025-06-20", true),
            roll("残联名册", "421303", "2025-01-01", false),
            roll("残联名册", "421303", "2024-06-01", false),
            roll("社保名册", "421303", "2025-01-01", false),
            roll("优抚名册", "421381", "2025-01-01", false),
            roll("优抚名册", "421381", "2025-04-01", false),
        ]);
        let town = ["421303001".parse().unwrap()];
        let next: Vec<_> = rolls(day("2025-08-04"), &book, &town)
            .into_iter()
            .map(|mark| (mark.title, mark.day, mark.left, mark.tone))
            .collect();
        let expect = [
            ("全量残联名册", "2025-08-01", "逾期 1 个工作日", "danger"),
            ("全量低保名册", "2025-09-01", "剩 20 个工作日", ""),
        ];
        let expect: Vec<_> = expect
            .iter()
            .map(|(title, on, left, tone)| {
                ((*title).to_owned(), day(on), (*left).to_owned(), *tone)
            })
            .collect();
        assert_eq!(next, expect);
    }

    /// Rows A07–A10: only tasks of the next sixty days, those of one day together.
    #[test]
    fn tasks_that_end_soon_stand_on_the_strip() {
        let due = [
            "2025-11-30",
            "2025-12-31",
            "2025-12-31",
            "2026-02-01",
            "2025-10-31",
        ];
        let marks = tasks(day("2025-11-03"), due.iter().map(|text| day(text)));
        let said: Vec<_> = marks
            .iter()
            .map(|mark| (mark.short(), mark.title.as_str()))
            .collect();
        assert_eq!(
            said,
            [
                ("11月30日".to_owned(), "1 项规划任务到期"),
                ("12月31日".to_owned(), "2 项规划任务到期")
            ]
        );
        assert_eq!(freeze(day("2025-06-30")).left, "今天到期");
        assert_eq!(freeze(day("2024-02-01")).day, day("2024-02-29"));
    }
}
