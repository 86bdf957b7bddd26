//! What workers count, and how it is added up.

use super::cells::{Cell, Changes};
use super::index::{Slot, twice};
use super::result::People;
use crate::Error;
use crate::run::BatchAnswers;
use crate::snapshot::Snapshot;

/// What one worker has counted.
pub(super) struct Counts {
    /// One for each pair.
    pub(super) items: Vec<ItemCounts>,
    pub(super) both: u64,
    pub(super) arrived: u64,
    pub(super) left: u64,
    /// People on both sides, each once whatever number of items.
    pub(super) people: People,
    /// The keys of those who are only in the second snapshot.
    pub(super) keys: Vec<String>,
}

/// What was counted of an item.
#[derive(Clone)]
pub(super) struct ItemCounts {
    /// By county.
    pub(super) cells: Vec<Cell>,
    /// One for each pair of conditions.
    pub(super) conditions: Vec<ConditionCounts>,
    /// From each step of the benefit to each other.
    pub(super) tiers: Vec<u64>,
}

/// The people whose answer changed and for whom a condition is another, by the answers.
#[derive(Clone, Copy, Default)]
pub(super) struct ConditionCounts {
    pub(super) changes: Changes,
    pub(super) alone: Changes,
}

impl ItemCounts {
    pub(super) fn at(&mut self, county: u32, count: impl FnOnce(&mut Cell)) {
        let at = county as usize;
        if self.cells.len() <= at {
            self.cells.resize(at + 1, Cell::default());
        }
        if let Some(cell) = self.cells.get_mut(at) {
            count(cell);
        }
    }
}

impl Counts {
    pub(super) fn add(&mut self, other: &Self) {
        self.both += other.both;
        self.arrived += other.arrived;
        self.left += other.left;
        self.people.add(other.people);
        self.keys.extend(other.keys.iter().cloned());
        for (item, more) in self.items.iter_mut().zip(&other.items) {
            for (county, cell) in (0..).zip(&more.cells) {
                item.at(county, |sum| sum.add(cell));
            }
            for (condition, more) in item.conditions.iter_mut().zip(&more.conditions) {
                condition.changes.add(&more.changes);
                condition.alone.add(&more.alone);
            }
            for (count, more) in item.tiers.iter_mut().zip(&more.tiers) {
                *count += more;
            }
        }
    }

    /// Notes who of a batch is only in the second snapshot.
    pub(super) fn arrived(&mut self, answers: &BatchAnswers<'_>, slots: &[Option<Slot>]) {
        let new = slots.iter().enumerate().filter(|(_, slot)| slot.is_none());
        self.keys
            .extend(new.map(|(row, _)| answers.person(row).to_owned()));
    }

    /// Refuses a second snapshot in which one of them stands twice.
    pub(super) fn arrived_once(&mut self, snapshot: &Snapshot) -> Result<(), Error> {
        let mut keys = std::mem::take(&mut self.keys);
        keys.sort_unstable();
        match keys.windows(2).find(|two| two.first() == two.last()) {
            Some(two) => Err(twice(snapshot, two.first().map_or("", String::as_str))),
            None => Ok(()),
        }
    }
}
