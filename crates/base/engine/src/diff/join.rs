//! The first side's masks in the order of the second side's rows.

use super::index::Slot;
use super::kept::Kept;
use crate::mask::{Mask, ones, valid, words};

/// What the first side says of the people of a batch of the second.
pub(super) enum Before<'a> {
    /// The same people in the same order.
    Aligned(&'a Kept),
    /// Where each of them stands, if anywhere.
    Found(&'a [Kept], &'a [Option<Slot>]),
}

impl Before<'_> {
    /// Those who are on both sides.
    pub(super) fn both(&self, rows: usize) -> Vec<u64> {
        match self {
            Self::Aligned(_) => (0..words(rows)).map(|at| valid(at, rows)).collect(),
            Self::Found(_, slots) => {
                let mut both = vec![0; words(rows)];
                for (word, slots) in both.iter_mut().zip(slots.chunks(64)) {
                    for (at, slot) in slots.iter().enumerate() {
                        *word |= u64::from(slot.is_some()) << at;
                    }
                }
                both
            }
        }
    }

    /// Where somebody stands.
    pub(super) fn at(&self, row: usize) -> Option<(&Kept, usize)> {
        match self {
            Self::Aligned(kept) => Some((kept, row)),
            Self::Found(kept, slots) => {
                let slot = (*slots.get(row)?)?;
                Some((kept.get(slot.batch as usize)?, slot.row as usize))
            }
        }
    }

    /// The mask of a node in the order of these rows; who is not on the first side is in neither
    /// bitmap.
    pub(super) fn mask(&self, node: usize, rows: usize, both: &[u64], out: &mut Mask) {
        out.reset(rows);
        if let Self::Aligned(kept) = self {
            if let Some(mask) = kept.mask(node) {
                out.yes.copy_from_slice(&mask.yes);
                out.no.copy_from_slice(&mask.no);
            }
            return;
        }
        for row in ones(both) {
            let Some((kept, at)) = self.at(row) else {
                continue;
            };
            let Some(mask) = kept.mask(node) else {
                continue;
            };
            if let (Some(yes), Some(no)) = (out.yes.get_mut(row / 64), out.no.get_mut(row / 64)) {
                *yes |= u64::from(mask.holds(at)) << (row % 64);
                *no |= u64::from(mask.fails(at)) << (row % 64);
            }
        }
    }
}
