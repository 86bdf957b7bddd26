//! Counting people and answers by area, for one or several month-ends at once. Pure.

use area::api::AreaBook;
use entitle::api::walk::Stood;
use kernel::area_code::Level;
use kernel::{AreaCode, Day};
use rules::folder::AreaBasis;
use rules::{FactId, Facts, List, Value};
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

/// Whom a measure counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Group {
    /// Everybody alive.
    All,
    /// Whose birthday is known.
    Dated,
    /// Of this age or older.
    From(i32),
    /// Younger than this.
    Under(i32),
}

/// Counts of people besides answers: id, name and whom. The groups are those of the statistics that every plan
/// reports; the ages stand here and nowhere else.
pub(crate) const MEASURES: [(&str, &str, Group); 6] = [
    ("residents", "在册人口", Group::All),
    ("dated", "出生日期已知", Group::Dated),
    ("elders_60", "60周岁及以上", Group::From(60)),
    ("elders_65", "65周岁及以上", Group::From(65)),
    ("elders_80", "80周岁及以上", Group::From(80)),
    ("children_under_3", "3周岁以下", Group::Under(3)),
];

impl Group {
    fn has(self, birth: Option<Day>, day: Day) -> bool {
        match (self, birth) {
            (Self::All, _) | (Self::Dated, Some(_)) => true,
            (Self::From(age), Some(birth)) => birth.age_on(day) >= age,
            (Self::Under(age), Some(birth)) => birth > day.plus_years(-age),
            (_, None) => false,
        }
    }
}

/// States, a measure's two bases first.
pub(crate) const STATES: [&str; 8] = [
    "residence",
    "hukou",
    "yes",
    "unknown",
    "ask",
    "receiving",
    "owed",
    "undue",
];

/// Items stand after the measures.
const ITEMS: u16 = 16;

/// Key of everybody elsewhere or not known.
pub(crate) const ELSEWHERE: &str = "-";

/// Area, subject and state.
pub(crate) type Key = (String, String, &'static str);

/// People and fen.
pub(crate) type Sum = (i64, i64);

/// What a person is counted by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Who {
    pub(crate) alive: Option<bool>,
    pub(crate) birth: Option<Day>,
    pub(crate) hukou: Option<AreaCode>,
    pub(crate) residence: Option<AreaCode>,
}

impl Who {
    pub(crate) fn of(facts: &Facts) -> Self {
        let area = |fact| match facts.get(fact) {
            Some(Value::Area(code)) => Some(*code),
            _ => None,
        };
        Self {
            alive: match facts.get(FactId::ALIVE) {
                Some(Value::Bool(alive)) => Some(*alive),
                _ => None,
            },
            birth: match facts.get(FactId::BIRTH_DATE) {
                Some(Value::Day(day)) => Some(*day),
                _ => None,
            },
            hukou: area(FactId::HUKOU_AREA),
            residence: area(FactId::RESIDENCE_AREA),
        }
    }
}

/// Sums by recorded area, subject, state and month; only what was counted takes room.
pub(crate) struct Counts {
    months: usize,
    slots: HashMap<(Option<AreaCode>, u16, u8), usize>,
    sums: Vec<Sum>,
}

impl Counts {
    pub(crate) fn new(months: usize) -> Self {
        Self {
            months,
            slots: HashMap::new(),
            sums: Vec::new(),
        }
    }

    fn add(
        &mut self,
        area: Option<AreaCode>,
        subject: u16,
        state: u8,
        months: Range<usize>,
        fen: i64,
    ) {
        let (next, months_each) = (self.sums.len(), self.months);
        let slot = *self.slots.entry((area, subject, state)).or_insert(next);
        if slot == next {
            self.sums.resize(next + months_each, (0, 0));
        }
        let sums = self.sums.get_mut(slot + months.start..slot + months.end);
        for sum in sums.into_iter().flatten() {
            sum.0 += 1;
            sum.1 += fen;
        }
    }

    /// Adds what was counted elsewhere.
    pub(crate) fn absorb(&mut self, other: Self) {
        for (key, from) in other.slots {
            let (next, months) = (self.sums.len(), self.months);
            let slot = *self.slots.entry(key).or_insert(next);
            if slot == next {
                self.sums.resize(next + months, (0, 0));
            }
            let theirs = other.sums.get(from..from + months).unwrap_or_default();
            let ours = self.sums.get_mut(slot..slot + months).unwrap_or_default();
            for (ours, theirs) in ours.iter_mut().zip(theirs) {
                ours.0 += theirs.0;
                ours.1 += theirs.1;
            }
        }
    }

    /// Counts somebody on the day of a month.
    pub(crate) fn person(&mut self, who: &Who, month: usize, day: Day) {
        if who.alive == Some(false) {
            return;
        }
        for (subject, (_, _, group)) in (0_u16..).zip(MEASURES) {
            if group.has(who.birth, day) {
                for (state, area) in [(0, who.residence), (1, who.hukou)] {
                    if area.is_some() {
                        self.add(area, subject, state, month..month + 1, 0);
                    }
                }
            }
        }
    }

    /// Counts somebody's answers in these months, each item where its basis says (invariant 8).
    pub(crate) fn answers(&mut self, list: &List, who: &Who, stood: &Stood, months: Range<usize>) {
        for no in stood.items() {
            let Some(item) = list.item(no) else { continue };
            let area = match item.service.area_basis {
                AreaBasis::Hukou => who.hukou,
                AreaBasis::Residence | AreaBasis::Facility => who.residence,
            };
            let masks = [
                stood.yes,
                stood.unknown,
                stood.ask,
                stood.receiving,
                stood.owed,
                stood.undue,
            ];
            let amount = stood.fen(no).unwrap_or(0);
            for (state, mask) in (2_u8..).zip(masks) {
                if mask & (1 << (no - 1)) != 0 {
                    let fen = if matches!(state, 2 | 6) { amount } else { 0 };
                    self.add(area, ITEMS + no, state, months.clone(), fen);
                }
            }
        }
    }

    /// The roll-ups of a month by both trees; only what is not zero.
    pub(crate) fn rollups(&self, month: usize, book: &AreaBook) -> BTreeMap<Key, Sum> {
        let mut out: BTreeMap<Key, Sum> = BTreeMap::new();
        for ((area, subject, state), slot) in &self.slots {
            let sum = self.sums.get(slot + month).copied().unwrap_or_default();
            let Some(state) = STATES.get(usize::from(*state)).filter(|_| sum != (0, 0)) else {
                continue;
            };
            for key in keys(*area, book) {
                let cell = out.entry((key, subject_of(*subject), state)).or_default();
                cell.0 += sum.0;
                cell.1 += sum.1;
            }
        }
        out
    }
}

fn subject_of(subject: u16) -> String {
    match MEASURES.get(usize::from(subject)) {
        Some((id, ..)) => (*id).to_owned(),
        None => format!("item:{}", subject.saturating_sub(ITEMS)),
    }
}

/// Where a recorded area counts: each level of the 行政区划 once, and the body of the 管理区划.
fn keys(area: Option<AreaCode>, book: &AreaBook) -> Vec<String> {
    let Some(area) = area.filter(|area| book.is_local(area)) else {
        return vec![ELSEWHERE.to_owned()];
    };
    let levels = [Level::Village, Level::Town, Level::County, Level::City];
    let mut codes: Vec<AreaCode> = levels.map(|level| area.up_to(level)).to_vec();
    codes.dedup();
    let mut out: Vec<String> = codes.iter().map(AreaCode::to_string).collect();
    out.extend(
        book.executor_of(&area)
            .map(|body| format!("E:{}", body.key)),
    );
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Row A20; invariant 8: a person counts by 常住 and by 户籍, once a level, and the dead do not count.
    #[test]
    fn somebody_counts_once_a_level_and_basis() {
        let who = Who {
            alive: None,
            birth: "1940-01-01".parse().ok(),
            hukou: "421303001001".parse().ok(),
            residence: "441900".parse().ok(),
        };
        let (mut counts, day) = (Counts::new(2), "2025-05-31".parse().unwrap());
        counts.person(&who, 1, day);
        let dead = Who {
            alive: Some(false),
            ..who
        };
        counts.person(&dead, 1, day);
        let book = AreaBook::of_tree(&area::api::Tree {
            areas: vec![area::api::AreaRow {
                code: "421300".parse().unwrap(),
                name: "随州市".into(),
            }],
            management: Vec::new(),
        });
        assert!(counts.rollups(0, &book).is_empty());
        let found = counts.rollups(1, &book);
        let of = |area: &str, subject: &str, state| {
            found
                .get(&(area.to_owned(), subject.to_owned(), state))
                .copied()
        };
        assert_eq!(of("421300000000", "elders_80", "hukou"), Some((1, 0)));
        assert_eq!(of("421303001001", "residents", "hukou"), Some((1, 0)));
        assert_eq!(of("421300000000", "residents", "residence"), None);
        assert_eq!(of(ELSEWHERE, "residents", "residence"), Some((1, 0)));
    }
}
