//! Where one person stands: answers, receipts and what follows from both. Pure.

use crate::connected::Connected;
use kernel::{AreaCode, Day};
use rules::facts::SettledBy;
use rules::folder::AreaBasis;
use rules::{FactId, Facts, List, Missing, Paid, ProgrammeAnswer, Truth};
use std::collections::BTreeMap;

/// What somebody receives (engineering.md 8).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Programme id.
    pub programme: String,
    /// First day.
    pub from: Day,
    /// First day it is no longer received.
    pub until: Option<Day>,
    /// Fen per cycle.
    pub fen: i64,
    /// Who pays.
    pub payer: String,
    /// The roll it stands on.
    pub source: String,
    /// When it was recorded.
    pub recorded: kernel::Instant,
}

impl Receipt {
    /// Whether it is received on `day`.
    pub fn covers(&self, day: Day) -> bool {
        self.from <= day && self.until.is_none_or(|until| day < until)
    }
}

/// Owed and not received, or received and not owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// 应享未享.
    Owed,
    /// 不应享仍享.
    Undue,
}

impl Kind {
    /// Key in tables and addresses.
    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::Owed => "owed",
            Self::Undue => "undue",
        }
    }
}

/// A finding of today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// Which kind.
    pub kind: Kind,
    /// Programme id.
    pub programme: String,
    /// The listed item it stands for; 0 where the programme fulfils none.
    pub item: u16,
    /// Fen per cycle, owed or received.
    pub fen: Option<i64>,
}

/// The standing of one person on one day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Standing {
    /// Items with answer yes, bit no−1; likewise below.
    pub yes: u64,
    /// Items with answer unknown that somebody must settle.
    pub unknown: u64,
    /// Items with answer unknown that the person may ask for (可申请): nobody is asked, no task.
    pub ask: u64,
    /// Items received.
    pub receiving: u64,
    /// Items owed and not received.
    pub owed: u64,
    /// Items received and not owed.
    pub undue: u64,
    /// Facts that keep an item of `unknown` open, by dictionary place.
    pub missing: u128,
    /// Fen per unit of items with a known amount.
    pub amounts: BTreeMap<u16, i64>,
    /// Findings.
    pub found: Vec<Found>,
}

impl Standing {
    /// Whether both are counted alike: amounts and findings aside, which no count is made of.
    pub(crate) fn counts_as(&self, other: &Self) -> bool {
        let masks = |one: &Self| {
            [
                one.yes,
                one.unknown,
                one.ask,
                one.receiving,
                one.owed,
                one.undue,
            ]
        };
        masks(self) == masks(other) && self.missing == other.missing
    }
}

/// The bit of an item; items beyond 63 are refused when a list is published.
pub(crate) const fn bit(no: u16) -> u64 {
    if no == 0 || no > 63 { 0 } else { 1 << (no - 1) }
}

/// Works out where somebody stands. `connected` says of which programmes it is known who receives them, and where.
pub(crate) fn stand(
    list: &List,
    facts: &Facts,
    receipts: &[Receipt],
    connected: &Connected,
    today: Day,
) -> Standing {
    let mut standing = Standing::default();
    for answer in list.answer(facts, today) {
        match answer.answer {
            Truth::True => {
                standing.yes |= bit(answer.no);
                if let Some(fen) = answer.fen {
                    standing.amounts.insert(answer.no, fen);
                }
            }
            Truth::False => {}
            Truth::Unknown if waits_for_request(&answer.missing) => standing.ask |= bit(answer.no),
            Truth::Unknown => {
                standing.unknown |= bit(answer.no);
                for missing in &answer.missing {
                    if let Missing::Fact(fact) = missing
                        && fact.def().settled_by != SettledBy::Request
                    {
                        standing.missing |= 1 << fact.index();
                    }
                }
            }
        }
    }
    for answer in list.answer_programmes(facts, today) {
        let Some(programme) = list
            .programmes()
            .iter()
            .find(|row| row.programme.id == answer.id)
        else {
            continue;
        };
        let received = receipts
            .iter()
            .find(|receipt| receipt.programme == answer.id && receipt.covers(today));
        let items = &programme.programme.fulfils;
        let first = items.first().copied().unwrap_or(0);
        if received.is_some() {
            standing.receiving |= items.iter().fold(0, |bits, no| bits | bit(*no));
        }
        if !connected.covers(&answer.id, home(facts, programme.programme.area_basis)) {
            continue;
        }
        match (received, verdict(&answer)) {
            (None, Some(true)) => {
                standing.owed |= bit(first);
                standing.found.push(Found {
                    kind: Kind::Owed,
                    programme: answer.id.clone(),
                    item: first,
                    fen: answer.fen,
                });
            }
            (Some(receipt), Some(false)) => {
                standing.undue |= bit(first);
                standing.found.push(Found {
                    kind: Kind::Undue,
                    programme: answer.id.clone(),
                    item: first,
                    fen: Some(receipt.fen),
                });
            }
            _ => {}
        }
    }
    standing
}

/// Where somebody is counted on a basis.
pub(crate) fn home(facts: &Facts, basis: AreaBasis) -> Option<AreaCode> {
    let fact = match basis {
        AreaBasis::Hukou => FactId::HUKOU_AREA,
        AreaBasis::Residence | AreaBasis::Facility => FactId::RESIDENCE_AREA,
    };
    match facts.get(fact) {
        Some(rules::Value::Area(code)) => Some(*code),
        _ => None,
    }
}

/// Whether a programme should be paid: unknown is neither a refusal nor a payment (invariant 3).
pub(crate) fn verdict(answer: &ProgrammeAnswer) -> Option<bool> {
    match (answer.answer, answer.paid) {
        (Truth::True, Paid::Yes) => Some(true),
        (Truth::False, _) | (Truth::True, Paid::No) => Some(false),
        _ => None,
    }
}

/// 可申请: every missing fact is one that nobody goes to ask for.
pub(crate) fn waits_for_request(missing: &[Missing]) -> bool {
    let on_request = |missing: &Missing| matches!(missing, Missing::Fact(fact) if fact.def().settled_by == SettledBy::Request);
    // Where one fact the person must bring forward is missing, settling the others alone decides nothing.
    missing.iter().any(on_request)
}

/// Facts of a missing mask in dictionary order.
pub(crate) fn facts_of(mask: u128) -> impl Iterator<Item = FactId> {
    FactId::all().filter(move |fact| mask & (1 << fact.index()) != 0)
}

/// Where a person is counted for the two bases.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Places {
    /// 户籍地.
    pub hukou: Option<AreaCode>,
    /// 常住地.
    pub residence: Option<AreaCode>,
}

/// Since when a programme's verdict has been what it is today, without a break: walks the days on
/// which something may have changed, latest first. `facts_on` gives the facts of a day as known now.
pub(crate) fn verdict_since(
    list: &List,
    programme: &str,
    today: Day,
    mut days: Vec<Day>,
    mut facts_on: impl FnMut(Day) -> Facts,
) -> Day {
    let mut verdict_on = |day: Day| {
        let answers = list.answer_programmes(&facts_on(day), day);
        answers
            .iter()
            .find(|answer| answer.id == programme)
            .and_then(verdict)
    };
    let now = verdict_on(today);
    let start = list.head().version;
    days.retain(|day| *day <= today && *day > start);
    days.push(start);
    days.sort_unstable_by(|a, b| b.cmp(a));
    days.dedup();
    let mut since = today;
    for day in days {
        if verdict_on(day) != now {
            // It changed on the next later day of the list, which `since` holds.
            return since;
        }
        since = day;
    }
    since
}

/// Birthdays of somebody up to a day, from the 55th: the days on which an age threshold may be crossed.
pub(crate) fn birthdays(facts: &Facts, until: Day) -> Vec<Day> {
    let Some(rules::Value::Day(birth)) = facts.get(FactId::BIRTH_DATE) else {
        return Vec::new();
    };
    let age = birth.age_on(until);
    (55.min(age)..=age)
        .filter(|age| *age >= 0)
        .flat_map(|age| {
            let year = birth.year() + age;
            // A leapling's birthday in a common year is 28 February or 1 March, as the plan says.
            match Day::from_ymd(year, birth.month(), birth.day()) {
                Some(day) => [Some(day), None],
                None => [Day::from_ymd(year, 2, 28), Day::from_ymd(year, 3, 1)],
            }
        })
        .flatten()
        .collect()
}
