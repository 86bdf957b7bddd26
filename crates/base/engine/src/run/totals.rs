//! What a run gives: per item and area how many yes, unknown and no, and the sum of the amounts.

use super::tally::Sums;
use crate::Error;
use crate::program::Program;
use crate::snapshot::{Snapshot, SnapshotMeta};
use kernel::{AreaCode, area_code::Level};
use rules::folder::AreaBasis;
use std::collections::BTreeMap;

/// How many people, and how much.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Entitled.
    pub yes: u64,
    /// Not known yet: neither a refusal nor a payment.
    pub unknown: u64,
    /// Not entitled.
    pub no: u64,
    /// The sum of the known amounts of the entitled, in fen per unit.
    pub fen: i64,
    /// The entitled whose amount is not known, where the item has one.
    pub fen_unknown: u64,
}

/// An item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemTotals {
    /// Its number on the list.
    pub no: u16,
    /// Whether its people are counted where they are registered or where they live. A facility is
    /// not a fact of a person: such an item is counted where people live.
    pub area_basis: AreaBasis,
    /// Everywhere.
    pub all: Tally,
    /// By area as recorded (villages, where the record reaches that deep); `None` is not known.
    pub areas: BTreeMap<Option<AreaCode>, Tally>,
}

impl ItemTotals {
    /// By county; `None` is not known.
    pub fn counties(&self) -> BTreeMap<Option<AreaCode>, Tally> {
        self.at(Level::County)
    }

    /// By the areas of a level.
    pub fn at(&self, level: Level) -> BTreeMap<Option<AreaCode>, Tally> {
        let mut found: BTreeMap<Option<AreaCode>, Tally> = BTreeMap::new();
        for (area, tally) in &self.areas {
            let sum = found.entry(area.map(|area| area.up_to(level))).or_default();
            sum.yes += tally.yes;
            sum.unknown += tally.unknown;
            sum.no += tally.no;
            // The whole was checked to fit.
            sum.fen = sum.fen.saturating_add(tally.fen);
            sum.fen_unknown += tally.fen_unknown;
        }
        found
    }
}

/// The answers of a whole list, added up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Totals {
    /// What the snapshot says of itself.
    pub meta: SnapshotMeta,
    /// How many people were asked.
    pub people: u64,
    /// The items by number.
    pub items: Vec<ItemTotals>,
}

pub(crate) fn totals(snapshot: &Snapshot, program: &Program, sums: &Sums) -> Result<Totals, Error> {
    let places = sums.areas();
    let mut items = Vec::new();
    for (item, cells) in program.items.iter().zip(&sums.items) {
        let too_large = || Error::Sum { no: item.no };
        let people = match item.basis {
            AreaBasis::Hukou => &sums.hukou,
            AreaBasis::Residence | AreaBasis::Facility => &sums.residence,
        };
        let mut all = super::tally::Cell::default();
        let mut areas = BTreeMap::new();
        for (area, place) in &places {
            let people = people.get(*place).copied().unwrap_or(0);
            let cell = cells.get(*place).copied().unwrap_or_default();
            all.add(&cell);
            if people > 0 {
                areas.insert(*area, cell.tally(people).ok_or_else(too_large)?);
            }
        }
        let all = all.tally(sums.people).ok_or_else(too_large)?;
        items.push(ItemTotals {
            no: item.no,
            area_basis: item.basis,
            all,
            areas,
        });
    }
    Ok(Totals {
        meta: snapshot.meta().clone(),
        people: sums.people,
        items,
    })
}
