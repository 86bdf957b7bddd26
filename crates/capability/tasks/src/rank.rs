//! 通报 of a month: executors ranked by rule. Pure but for reading what it counts.
//!
//! Rows A14, A16: completed share first, then late and missing reports, then open 督办单; equal figures share a rank.

use crate::book;
use crate::colour::Colour;
use crate::model::{Item, Letter, Progress};
use crate::month;
use crate::seen::Seen;
use crate::status::{Facts, status};
use kernel::Day;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use store::{Reads, StoreResult};

/// The rule in words.
pub(crate) const RULE: &str = "排名规则：先比完成率（完成的分工 ÷ 应完成和正在推进的分工），再比迟报漏报次数（少的在前），再比月末未销号的督办单（少的在前）；都相同的并列。统计当年的事项和往年没有完成的事项，截至当月月末。";

/// One executor's month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub(crate) struct Line {
    pub(crate) executor: String,
    pub(crate) name: String,
    pub(crate) rank: usize,
    pub(crate) all: usize,
    pub(crate) done: usize,
    pub(crate) green: usize,
    pub(crate) yellow: usize,
    pub(crate) red: usize,
    /// Reports of this year sent late until the month's end.
    pub(crate) late: usize,
    /// Months without a report until the month's end.
    pub(crate) missing: usize,
    /// 督办单 open at the month's end.
    pub(crate) letters: usize,
    /// Of them those whose reply is overdue.
    pub(crate) overdue: usize,
}

impl Line {
    /// The completed share in tenths of a percent.
    pub(crate) fn share(&self) -> usize {
        if self.all == 0 {
            return 0;
        }
        (self.done * 1_000 + self.all / 2) / self.all
    }

    /// `66.7%`.
    pub(crate) fn share_zh(&self) -> String {
        format!("{}.{}%", self.share() / 10, self.share() % 10)
    }

    fn merit(&self) -> (std::cmp::Reverse<usize>, usize, usize) {
        (
            std::cmp::Reverse(self.share()),
            self.late + self.missing,
            self.letters,
        )
    }
}

/// A part whose report nobody sent, or that is red: named in the 通报.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Named {
    pub(crate) item: String,
    pub(crate) title: String,
    pub(crate) executor: String,
    pub(crate) person: String,
    pub(crate) why: String,
}

/// What a 通报 says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub(crate) struct Content {
    pub(crate) lines: Vec<Line>,
    pub(crate) red: Vec<Named>,
}

/// Puts lines into order and gives ranks; only bodies with parts are ranked.
pub(crate) fn ranked(mut lines: Vec<Line>) -> Vec<Line> {
    lines.retain(|line| line.all > 0);
    lines.sort_by(|a, b| {
        a.merit()
            .cmp(&b.merit())
            .then_with(|| a.executor.cmp(&b.executor))
    });
    for at in 0..lines.len() {
        let before = at.checked_sub(1).and_then(|before| lines.get(before));
        let rank = match (before, lines.get(at)) {
            (Some(before), Some(line)) if before.merit() == line.merit() => before.rank,
            _ => at + 1,
        };
        if let Some(line) = lines.get_mut(at) {
            line.rank = rank;
        }
    }
    lines
}

/// Counts a month as it stood at its end (or stands today, while it runs).
pub(crate) async fn count(
    reads: &impl Reads,
    seen: &Seen,
    root: &str,
    of: Day,
    today: Day,
) -> StoreResult<Content> {
    let until = month::end(of).min(today);
    let items: Vec<Item> = book::items(reads, seen)
        .await?
        .into_iter()
        .filter(|item| !item.withdrawn && item.year <= of.year())
        .collect();
    let parts = book::parts(reads, seen, None).await?;
    let reports = book::reports(reads, seen, None).await?;
    let letters = book::letters(reads, seen, None).await?;
    let facts = Facts::of(reads, &items, root, until).await?;
    let by_id: BTreeMap<&str, &Item> = items.iter().map(|item| (item.id.as_str(), item)).collect();
    let new_year = Day::from_ymd(of.year(), 1, 1).unwrap_or(of).plus_days(-1);
    let mut lines: BTreeMap<String, Line> = BTreeMap::new();
    let mut red = Vec::new();
    for part in parts.iter().filter(|part| part.executor.starts_with("E:")) {
        let Some(item) = by_id.get(part.item.as_str()) else {
            continue;
        };
        let own: &[Progress] = reports.get(&part.id).map_or(&[], Vec::as_slice);
        // What was finished in an earlier year is not counted again.
        if item.year < of.year() && status(item, part, own, &facts, new_year).colour == Colour::Done
        {
            continue;
        }
        let status = status(item, part, own, &facts, until);
        let line = lines.entry(part.executor.clone()).or_insert_with(|| Line {
            executor: part.executor.clone(),
            name: part.executor_name.clone(),
            ..Line::default()
        });
        line.all += 1;
        *match status.colour {
            Colour::Done => &mut line.done,
            Colour::Green => &mut line.green,
            Colour::Yellow => &mut line.yellow,
            Colour::Red => &mut line.red,
        } += 1;
        line.late += own
            .iter()
            .filter(|report| {
                report.late
                    && report.month.year() == of.year()
                    && report.submitted.is_some_and(|at| at.day() <= until)
            })
            .count();
        line.missing += status
            .missing
            .iter()
            .filter(|month| month.year() == of.year())
            .count();
        if status.colour == Colour::Red {
            red.push(Named {
                item: item.id.clone(),
                title: item.title.clone(),
                executor: part.executor_name.clone(),
                person: format!("{} {}", part.post, part.person),
                why: status.why,
            });
        }
    }
    for letter in letters.iter().filter(|letter| open_on(letter, until)) {
        if let Some(line) = lines.get_mut(&letter.executor) {
            line.letters += 1;
            line.overdue += usize::from(letter.overdue(until));
        }
    }
    Ok(Content {
        lines: ranked(lines.into_values().collect()),
        red,
    })
}

fn open_on(letter: &Letter, day: Day) -> bool {
    letter.issued.day() <= day && letter.closed.is_none_or(|closed| closed.day() > day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(name: &str, numbers: [usize; 5]) -> Line {
        let [done, all, late, missing, letters] = numbers;
        Line {
            executor: name.to_owned(),
            name: name.to_owned(),
            done,
            all,
            late,
            missing,
            letters,
            ..Line::default()
        }
    }

    /// Row A16: the share decides first, then reports, then open 督办单; equals share a rank and the next one is
    /// left out; who has nothing to do is not ranked.
    #[test]
    fn executors_are_ranked_by_the_rule() {
        let ranked = ranked(vec![
            line("a", [5, 10, 0, 0, 0]),
            line("b", [6, 10, 4, 4, 4]),
            line("c", [5, 10, 1, 1, 0]),
            line("d", [5, 10, 0, 2, 0]),
            line("e", [5, 10, 0, 0, 1]),
            line("f", [0, 0, 0, 0, 0]),
        ]);
        let said: Vec<(&str, usize)> = ranked.iter().map(|l| (l.name.as_str(), l.rank)).collect();
        assert_eq!(said, [("b", 1), ("a", 2), ("e", 3), ("c", 4), ("d", 4)]);
        assert_eq!(line("x", [2, 3, 0, 0, 0]).share_zh(), "66.7%");
    }
}
