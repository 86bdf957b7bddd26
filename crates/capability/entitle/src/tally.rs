//! Counts that move with every answer: by village, town, county and city, item and state. Pure.
//!
//! Lists and counters read these rows instead of counting people (engineering.md 17). Each item is
//! counted where its basis says: 户籍地 or 常住地 (invariant 8). Item 0 counts people by missing fact.

use crate::standing::{Places, Standing, bit, facts_of};
use kernel::AreaCode;
use kernel::area_code::Level;
use rules::folder::AreaBasis;
use rules::{FactId, List};
use std::collections::{BTreeMap, HashMap};

/// Area, item and state of a count.
pub(crate) type Key = (String, u16, String);

/// How counts change: key → people more or fewer.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Change(pub BTreeMap<Key, i64>);

/// States of an item.
pub(crate) const STATES: &[&str] = &["yes", "unknown", "ask", "receiving", "owed", "undue"];

/// What somebody is counted as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Counted {
    /// In a state, by its place in [`STATES`].
    State(usize),
    /// Missing a fact.
    Missing(FactId),
}

impl Counted {
    /// The state's column of a count.
    pub(crate) fn key(self) -> String {
        match self {
            Self::State(place) => STATES.get(place).copied().unwrap_or("").to_owned(),
            Self::Missing(fact) => format!("missing:{}", fact.name()),
        }
    }
}

/// The items of a list, each with the area that counts it: all that counting asks of a list.
pub(crate) type Bases = Vec<(u16, AreaBasis)>;

/// The bases of a list.
pub(crate) fn bases(list: &List) -> Bases {
    let items = list.items().iter();
    items
        .map(|item| (item.service.no, item.service.area_basis))
        .collect()
}

/// Every count somebody is in: the area of the basis, the item (0 for people), what as, and how often.
pub(crate) fn each(
    bases: &Bases,
    standing: &Standing,
    places: &Places,
    mut count: impl FnMut(AreaCode, u16, Counted, i64),
) {
    let states = [
        standing.yes,
        standing.unknown,
        standing.ask,
        standing.receiving,
        standing.owed,
        standing.undue,
    ];
    for (no, basis) in bases {
        let basis = match basis {
            AreaBasis::Hukou => places.hukou,
            AreaBasis::Residence | AreaBasis::Facility => places.residence,
        };
        let Some(area) = basis else { continue };
        let mask = bit(*no);
        for (state, bits) in states.into_iter().enumerate() {
            if bits & mask != 0 {
                count(area, *no, Counted::State(state), 1);
            }
        }
    }
    if let Some(home) = places.residence.or(places.hukou) {
        for fact in facts_of(standing.missing) {
            count(home, 0, Counted::Missing(fact), 1);
        }
        if standing.unknown != 0 {
            count(home, 0, Counted::State(1), 1);
        }
    }
    if let Some(hukou) = places.hukou {
        for state in [4, 5] {
            let findings = i64::from(states[state].count_ones());
            if findings != 0 {
                count(hukou, 0, Counted::State(state), findings);
            }
        }
    }
}

impl Change {
    /// Counts somebody in (`by` = 1) or out (−1).
    pub(crate) fn count(&mut self, bases: &Bases, standing: &Standing, places: &Places, by: i64) {
        each(bases, standing, places, |area, item, counted, n| {
            self.add(area, item, &counted.key(), by * n);
        });
    }

    /// Adds to a count of an area and of every area above it.
    pub(crate) fn add(&mut self, area: AreaCode, item: u16, state: &str, by: i64) {
        let mut done: Option<AreaCode> = None;
        for level in [Level::Village, Level::Town, Level::County, Level::City] {
            let code = area.up_to(level);
            if done != Some(code) {
                *self
                    .0
                    .entry((code.to_string(), item, state.to_owned()))
                    .or_default() += by;
                done = Some(code);
            }
        }
    }

    /// Leaves out what comes to nothing.
    pub(crate) fn settled(mut self) -> Self {
        self.0.retain(|_, by| *by != 0);
        self
    }
}

/// Counts of many people while they are collected: at the place itself, without the areas above and without texts.
#[derive(Debug, Default)]
pub(crate) struct Leaves(HashMap<(AreaCode, u16, Counted), i64>);

impl Leaves {
    /// Counts somebody in (`by` = 1) or out (−1).
    pub(crate) fn count(&mut self, bases: &Bases, standing: &Standing, places: &Places, by: i64) {
        each(bases, standing, places, |area, item, counted, n| {
            *self.0.entry((area, item, counted)).or_default() += by * n;
        });
    }

    /// Counts somebody as they stand now instead of as they stood, each under the list that answers; nothing where both come
    /// to the same.
    pub(crate) fn turn(
        &mut self,
        before: Option<(&Bases, &Standing, &Places)>,
        now: (&Bases, &Standing, &Places),
    ) {
        if let Some((bases, standing, places)) = before {
            if std::ptr::eq(bases, now.0) && standing.counts_as(now.1) && places == now.2 {
                return;
            }
            self.count(bases, standing, places, -1);
        }
        self.count(now.0, now.1, now.2, 1);
    }

    /// Counts others in.
    pub(crate) fn add(&mut self, others: Self) {
        for (key, by) in others.0 {
            *self.0.entry(key).or_default() += by;
        }
    }

    /// The change of these places and of all areas above them.
    pub(crate) fn change(self) -> Change {
        let mut change = Change::default();
        for ((area, item, counted), by) in self.0.into_iter().filter(|(_, by)| *by != 0) {
            change.add(area, item, &counted.key(), by);
        }
        change
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows C01, C03; invariant 8: counting in and out again leaves nothing, each item on its own basis.
    #[test]
    fn counting_out_undoes_counting_in() {
        let mut change = Change::default();
        change.add("421303001001".parse().unwrap(), 3, "yes", 1);
        assert_eq!(change.0.len(), 4);
        assert_eq!(
            change.0[&("421303001000".to_owned(), 3, "yes".to_owned())],
            1
        );
        change.add("421303001001".parse().unwrap(), 3, "yes", -1);
        assert!(change.settled().0.is_empty());
        let mut leaves = Leaves::default();
        let key = ("421303001001".parse().unwrap(), 3, Counted::State(0));
        leaves.0.insert(key, 2);
        let change = leaves.change();
        assert_eq!(
            change.0.len(),
            4,
            "collected at the village, counted above it"
        );
        assert!(change.0.values().all(|n| *n == 2));
        let mut coarse = Change::default();
        coarse.add("441900".parse().unwrap(), 3, "yes", 1);
        assert_eq!(
            coarse.0.len(),
            1,
            "a county or city code counts once a level"
        );
    }
}
