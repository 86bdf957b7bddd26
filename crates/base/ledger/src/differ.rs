//! What was due as known now against what was drawn up before: arrears and overpayments, month by month.

use crate::Month;
use kernel::Fen;
use std::collections::BTreeMap;

/// A month that comes out differently now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Which month.
    pub month: Month,
    /// Due as known now.
    pub now: Fen,
    /// Due by all lines so far.
    pub before: Fen,
}

impl Difference {
    /// Above nothing an arrear (补发), below nothing too much (多发).
    pub const fn delta(&self) -> i64 {
        self.now.0 - self.before.0
    }
}

/// The months in which `now` and `before` differ, in order; a month that one of them lacks is nothing there.
pub fn differences(now: &BTreeMap<Month, Fen>, before: &BTreeMap<Month, Fen>) -> Vec<Difference> {
    let mut months: Vec<Month> = now.keys().chain(before.keys()).copied().collect();
    months.sort_unstable();
    months.dedup();
    let of = |known: &BTreeMap<Month, Fen>, month| known.get(&month).copied().unwrap_or_default();
    months
        .into_iter()
        .map(|month| Difference {
            month,
            now: of(now, month),
            before: of(before, month),
        })
        .filter(|difference| difference.delta() != 0)
        .collect()
}

/// How an overpayment is made good from what is owed: how much of each of `owed`, the oldest first, at most `most` of
/// each. Gives what was taken from each and what is left to recover.
pub fn offset(over: Fen, owed: &[Fen], most: Option<Fen>) -> (Vec<Fen>, Fen) {
    let mut left = over.0.max(0);
    let taken = owed
        .iter()
        .map(|amount| {
            let can = amount
                .0
                .max(0)
                .min(most.map_or(i64::MAX, |most| most.0.max(0)));
            let part = can.min(left);
            left -= part;
            Fen(part)
        })
        .collect();
    (taken, Fen(left))
}
