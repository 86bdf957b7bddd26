//! What an item costs a year.

use rules::folder::Unit;
use std::collections::BTreeMap;

/// How often a unit comes back in a year; `None` where that depends on the people (a meal, a visit)
/// or it comes only once.
pub const fn per_year(unit: Unit) -> Option<i64> {
    match unit {
        Unit::Month => Some(12),
        Unit::Quarter => Some(4),
        Unit::Year => Some(1),
        Unit::Once | Unit::Meal | Unit::Visit => None,
    }
}

/// The known amounts of a year in fen; `None` where the item has no amount or its unit does not come
/// back every year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Years {
    /// Before.
    pub before: Option<i64>,
    /// After.
    pub after: Option<i64>,
}

/// A sum of known amounts, and how many people's amounts are not in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Money {
    /// The sum.
    pub fen: i64,
    /// Entitled, but the amount is not known.
    pub fen_unknown: u64,
}

impl Money {
    pub(super) fn add(&mut self, fen: i64, fen_unknown: u64) -> Option<()> {
        self.fen = self.fen.checked_add(fen)?;
        self.fen_unknown += fen_unknown;
        Some(())
    }
}

/// What all items cost.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cost {
    /// A year of what comes back every month, quarter or year.
    pub year: Money,
    /// Once, for a meal or for a visit of everybody.
    pub apart: BTreeMap<Unit, Money>,
}
