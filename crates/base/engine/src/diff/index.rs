//! Finds the people of the first snapshot by their keys.

use super::kept::Kept;
use crate::Error;
use crate::run::BatchAnswers;
use crate::snapshot::Snapshot;
use arrow::array::{Array, StringArray};
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::sync::atomic::{AtomicU64, Ordering};

/// Where somebody stands: the batch and the row in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Slot {
    pub(super) batch: u32,
    pub(super) row: u32,
}

const FREE: Slot = Slot {
    batch: u32::MAX,
    row: u32::MAX,
};

/// A table of places, looked through from where the key's hash points; keys are compared whole.
pub(super) struct Index<'a> {
    kept: &'a [Kept],
    slots: Vec<Slot>,
    /// Who of each batch was met in the second snapshot.
    pub(super) met: Vec<Vec<AtomicU64>>,
}

impl<'a> Index<'a> {
    /// All people of the first snapshot; a key that stands twice is refused.
    pub(super) fn of(kept: &'a [Kept], snapshot: &Snapshot) -> Result<Self, Error> {
        let people: usize = kept.iter().map(|kept| kept.rows).sum();
        let words = |kept: &Kept| (0..kept.rows.div_ceil(64)).map(|_| AtomicU64::new(0));
        let mut index = Self {
            kept,
            slots: vec![FREE; (people * 2).next_power_of_two()],
            met: kept.iter().map(|kept| words(kept).collect()).collect(),
        };
        for (batch, kept) in (0..).zip(kept) {
            let Some(people) = &kept.people else { continue };
            for row in 0..people.len() {
                let key = people.value(row);
                let place = index.place(key);
                let found = index.slots.get_mut(place).ok_or(Error::Worker)?;
                if *found != FREE {
                    return Err(twice(snapshot, key));
                }
                *found = Slot {
                    batch,
                    row: u32::try_from(row).map_err(|_error| Error::Worker)?,
                };
            }
        }
        Ok(index)
    }

    /// Where each of these people stands; whoever is met a second time is refused.
    pub(super) fn find(
        &self,
        answers: &BatchAnswers<'_>,
        snapshot: &Snapshot,
    ) -> Result<Vec<Option<Slot>>, Error> {
        let mut found = Vec::with_capacity(answers.rows);
        for row in 0..answers.rows {
            let key = answers.person(row);
            let slot = self.slots.get(self.place(key)).copied();
            let slot = slot.filter(|slot| *slot != FREE);
            if let Some(Slot { batch, row }) = slot {
                let (word, bit) = (row as usize / 64, 1 << (row % 64));
                let met = self.met.get(batch as usize).and_then(|met| met.get(word));
                let met = met.ok_or(Error::Worker)?;
                if met.fetch_or(bit, Ordering::Relaxed) & bit != 0 {
                    return Err(twice(snapshot, key));
                }
            }
            found.push(slot);
        }
        Ok(found)
    }

    /// The place of a key, or the free one where it would stand; half of the table is free.
    fn place(&self, key: &str) -> usize {
        let last = self.slots.len() - 1;
        let hash = BuildHasherDefault::<DefaultHasher>::default().hash_one(key);
        let mut place = hash as usize & last;
        while let Some(slot) = self.slots.get(place).filter(|slot| **slot != FREE) {
            if self.key(*slot) == Some(key) {
                break;
            }
            place = (place + 1) & last;
        }
        place
    }

    fn key(&self, slot: Slot) -> Option<&str> {
        let people: &StringArray = self.kept.get(slot.batch as usize)?.people.as_ref()?;
        let row = slot.row as usize;
        (row < people.len()).then(|| people.value(row))
    }
}

/// A key that is not unique: who is who is not known, so nothing is said.
pub(super) fn twice(snapshot: &Snapshot, key: &str) -> Error {
    Error::content(&snapshot.path, format!("人员 {key} 出现了两次"))
}
