//! From dated entitlement to what is due a month: first month, last month, change within a month, part months.
//!
//! Every choice is a parameter with its clause; nothing here knows a place or an amount.

use crate::Month;
use kernel::{Day, Fen};
use serde::Serialize;

/// A stretch of days with one amount a month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Span {
    /// First day.
    pub from: Day,
    /// First day it is no longer so; `None` goes on.
    pub until: Option<Day>,
    /// A whole month.
    pub fen: Fen,
    /// Why, in Chinese; stands with the due.
    pub why: String,
}

impl Span {
    /// Whether it holds on `day`.
    pub fn covers(&self, day: Day) -> bool {
        self.from <= day && self.until.is_none_or(|until| day < until)
    }
}

/// From when it is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum First {
    /// 当月起: the month in which the right begins.
    Same,
    /// 次月起: the month after it.
    Next,
    /// The same month up to this day of the month, later the next.
    UpTo(i32),
    /// 按日折算: the share of days.
    Days,
}

/// Until when it is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Last {
    /// 当月照发，次月停: the month in which the right ends is paid.
    Through,
    /// 当月停: it is not.
    Before,
    /// 按日折算: the share of days.
    Days,
}

/// How a part of a month becomes whole fen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Round {
    /// 舍去.
    Down,
    /// 四舍五入.
    HalfUp,
    /// 进位.
    Up,
    /// 见角进元: up to the whole yuan.
    UpYuan,
}

impl Round {
    /// `whole × part / of`, rounded.
    pub fn share(self, whole: Fen, part: i64, of: i64) -> Fen {
        let (of, exact) = (
            i128::from(of.max(1)),
            i128::from(whole.0) * i128::from(part),
        );
        let fen = match self {
            Self::Down => exact.div_euclid(of),
            Self::HalfUp => (exact * 2 + of).div_euclid(of * 2),
            Self::Up => -(-exact).div_euclid(of),
            Self::UpYuan => -(-exact).div_euclid(of * 100) * 100,
        };
        Fen(i64::try_from(fen).unwrap_or(i64::MAX))
    }
}

/// The rule of one programme, each choice with the clause it stands on in the terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct DueRule {
    /// From when.
    pub first: First,
    /// Until when.
    pub last: Last,
    /// An amount that changes within a month counts from this month on (`Same`) or from the next.
    pub change: First,
    /// Part months.
    pub round: Round,
}

/// What is due for a month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Due {
    /// The amount.
    pub fen: Fen,
    /// Why, in Chinese.
    pub why: String,
}

/// A run of spans without a gap: one right, perhaps with several amounts.
struct Right<'a> {
    from: Day,
    until: Option<Day>,
    spans: Vec<&'a Span>,
}

/// Spans in order of their first day; those that touch or overlap are one right. Of overlapping spans the later in
/// the list holds.
fn rights(spans: &[Span]) -> Vec<Right<'_>> {
    let mut sorted: Vec<&Span> = spans
        .iter()
        .filter(|span| span.until.is_none_or(|until| span.from < until))
        .collect();
    sorted.sort_by_key(|span| span.from);
    let mut out: Vec<Right<'_>> = Vec::new();
    for span in sorted {
        match out.last_mut() {
            Some(right) if right.until.is_none_or(|until| span.from <= until) => {
                right.until = match (right.until, span.until) {
                    (Some(a), Some(b)) => Some(a.max(b)),
                    _ => None,
                };
                right.spans.push(span);
            }
            _ => out.push(Right {
                from: span.from,
                until: span.until,
                spans: vec![span],
            }),
        }
    }
    out
}

/// What is due for one month; `None` where nothing is.
pub fn due(spans: &[Span], rule: &DueRule, month: Month) -> Option<Due> {
    rights(spans)
        .iter()
        .filter_map(|right| of_right(right, rule, month))
        .reduce(|mut sum, more| {
            // Two rights in one month (stopped and granted again): the whole month at most once.
            if more.fen > sum.fen {
                sum = more;
            }
            sum
        })
}

fn first_month(from: Day, rule: First) -> Month {
    let month = Month::of(from);
    match rule {
        First::Same | First::Days => month,
        First::UpTo(day) if from.day() <= day => month,
        First::UpTo(_) | First::Next => month.plus(1),
    }
}

fn of_right(right: &Right<'_>, rule: &DueRule, month: Month) -> Option<Due> {
    let first = first_month(right.from, rule.first);
    // The last day of the right decides; one that ends on the first of a month ended the month before.
    let end = right.until.map(|until| until.plus_days(-1));
    let last = end.map(|day| match rule.last {
        Last::Through | Last::Days => Month::of(day),
        Last::Before if day == Month::of(day).last() => Month::of(day),
        Last::Before => Month::of(day).plus(-1),
    });
    if month < first || last.is_some_and(|last| month > last) {
        return None;
    }
    let span = amount_in(right, rule, month, first)?;
    let from_day = match rule.first {
        First::Days if Month::of(right.from) == month => right.from.day(),
        _ => 1,
    };
    let to_day = match (rule.last, end) {
        (Last::Days, Some(day)) if Month::of(day) == month => day.day(),
        _ => month.days(),
    };
    let days = (to_day - from_day + 1).max(0);
    let fen = if days == month.days() {
        span.fen
    } else {
        rule.round
            .share(span.fen, i64::from(days), i64::from(month.days()))
    };
    let why = if days == month.days() {
        span.why.clone()
    } else {
        format!("{}；按 {days} 天折算", span.why)
    };
    (fen.0 > 0).then_some(Due { fen, why })
}

/// The span whose amount a month has: an amount that begins within the month counts by `rule.change`.
fn amount_in<'a>(
    right: &Right<'a>,
    rule: &DueRule,
    month: Month,
    first: Month,
) -> Option<&'a Span> {
    let counts = |span: &&&Span| {
        let begins = if span.from <= right.from {
            first
        } else {
            first_month(span.from, rule.change)
        };
        begins <= month
    };
    right.spans.iter().rfind(counts).copied()
}
