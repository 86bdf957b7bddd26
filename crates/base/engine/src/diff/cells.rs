//! What changed for the people of an item in an area.

use super::years::Years;
use crate::run::{self, Tally};
use rules::Truth;

/// How many answers went from one to another; those that stayed are not counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Changes([[u64; 3]; 3]);

impl Changes {
    /// How many went from this answer to that one.
    pub fn of(&self, from: Truth, to: Truth) -> u64 {
        let row = self.0.get(from as usize);
        row.and_then(|row| row.get(to as usize))
            .copied()
            .unwrap_or(0)
    }

    /// All of them.
    pub fn all(&self) -> u64 {
        self.0.iter().flatten().sum()
    }

    /// Entitled now and not before.
    pub fn gained(&self) -> u64 {
        self.of(Truth::False, Truth::True) + self.of(Truth::Unknown, Truth::True)
    }

    /// Entitled before and not now.
    pub fn lost(&self) -> u64 {
        self.of(Truth::True, Truth::False) + self.of(Truth::True, Truth::Unknown)
    }

    /// Known before and not now; those among them who were entitled have lost too.
    pub fn unsettled(&self) -> u64 {
        self.of(Truth::False, Truth::Unknown) + self.of(Truth::True, Truth::Unknown)
    }

    /// Known now and not before; those among them who are entitled have gained too.
    pub fn settled(&self) -> u64 {
        self.of(Truth::Unknown, Truth::False) + self.of(Truth::Unknown, Truth::True)
    }

    pub(super) fn count(&mut self, from: Truth, to: Truth) {
        let row = self.0.get_mut(from as usize);
        if let Some(count) = row.and_then(|row| row.get_mut(to as usize)) {
            *count += 1;
        }
    }

    pub(super) fn add(&mut self, other: &Self) {
        for (count, more) in self.0.iter_mut().flatten().zip(other.0.iter().flatten()) {
            *count += more;
        }
    }
}

/// People entitled before, and what they got then, in fen per unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Moved {
    /// How many.
    pub people: u64,
    /// Their known amounts before.
    pub fen: i64,
}

/// An item in an area.
///
/// Whoever is on both sides is counted where they are counted after; so in every area
/// `after.yes = before.yes + moved_in - moved_out + gained - lost + arrived.yes - left.yes`, and the
/// same of the amounts where the unit is the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AreaDiff {
    /// Everybody before; nobody where the item was not on the list.
    pub before: Tally,
    /// Everybody after.
    pub after: Tally,
    /// A year of each, where the unit comes back every year.
    pub years: Years,
    /// The answers that changed, of people on both sides.
    pub changes: Changes,
    /// What those who gained get, in fen per unit.
    pub fen_gained: i64,
    /// What those who lost got.
    pub fen_lost: i64,
    /// Entitled on both sides: those whose amount rose (a year's, where the units differ).
    pub raised: u64,
    /// Those whose amount fell.
    pub lowered: u64,
    /// Those whose amount is known now and was not.
    pub amount_known: u64,
    /// Those whose amount is not known any more.
    pub amount_unknown: u64,
    /// Entitled on both sides: those who get another step of the benefit (半价, 免票).
    pub tier_changed: u64,
    /// What the amounts of all these changed by; 0 where the unit is another one.
    pub fen_changed: i64,
    /// Entitled before and counted in another area then.
    pub moved_in: Moved,
    /// Entitled before and counted in another area now.
    pub moved_out: Moved,
    /// People who are only in the second snapshot.
    pub arrived: Tally,
    /// People who are only in the first.
    pub left: Tally,
}

impl AreaDiff {
    /// Whether anything is another for those who are entitled or not known to be: that people who
    /// are entitled to nothing came or left is not.
    pub fn changed(&self) -> bool {
        let told = |tally: &Tally| Tally { no: 0, ..*tally };
        told(&self.before) != told(&self.after)
            || self.years.before != self.years.after
            || self.changes.all() + self.amounts_changed() + self.tier_changed > 0
            || self.moved_in.people + self.moved_out.people > 0
            || told(&self.arrived) != Tally::default()
            || told(&self.left) != Tally::default()
    }

    /// Whether anybody was counted here.
    pub(super) fn counted(&self) -> bool {
        let people = |tally: &Tally| tally.yes + tally.unknown + tally.no;
        people(&self.before) + people(&self.after) + self.moved_in.people > 0
    }

    /// Entitled on both sides with another amount.
    pub const fn amounts_changed(&self) -> u64 {
        self.raised + self.lowered + self.amount_known + self.amount_unknown
    }
}

/// An item in a county while it is counted.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Cell {
    pub(super) changes: Changes,
    pub(super) fen_gained: i128,
    pub(super) fen_lost: i128,
    pub(super) raised: u64,
    pub(super) lowered: u64,
    pub(super) amount_known: u64,
    pub(super) amount_unknown: u64,
    pub(super) tier_changed: u64,
    pub(super) fen_changed: i128,
    pub(super) moved_in: (u64, i128),
    pub(super) moved_out: (u64, i128),
    pub(super) arrived: Group,
    pub(super) left: Group,
}

/// People on one side only.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Group {
    people: u64,
    cell: run::Cell,
}

impl Group {
    /// Counts somebody; the amount counts where the item has one.
    pub(super) fn count(&mut self, truth: Truth, amount: bool, fen: Option<i64>) {
        self.people += 1;
        match truth {
            Truth::False => {}
            Truth::Unknown => self.cell.unknown += 1,
            Truth::True => {
                self.cell.yes += 1;
                match fen {
                    Some(fen) => self.cell.fen += i128::from(fen),
                    None => self.cell.fen_unknown += u64::from(amount),
                }
            }
        }
    }

    fn add(&mut self, other: &Self) {
        self.people += other.people;
        self.cell.add(&other.cell);
    }
}

impl Cell {
    pub(super) fn add(&mut self, other: &Self) {
        self.changes.add(&other.changes);
        self.fen_gained += other.fen_gained;
        self.fen_lost += other.fen_lost;
        self.raised += other.raised;
        self.lowered += other.lowered;
        self.amount_known += other.amount_known;
        self.amount_unknown += other.amount_unknown;
        self.tier_changed += other.tier_changed;
        self.fen_changed += other.fen_changed;
        for (moved, more) in [
            (&mut self.moved_in, other.moved_in),
            (&mut self.moved_out, other.moved_out),
        ] {
            moved.0 += more.0;
            moved.1 += more.1;
        }
        self.arrived.add(&other.arrived);
        self.left.add(&other.left);
    }

    /// The area with its tallies; `None` where a sum is too large.
    pub(super) fn area(&self, before: Tally, after: Tally, years: Years) -> Option<AreaDiff> {
        let fen = |sum: i128| i64::try_from(sum).ok();
        let moved = |(people, sum): (u64, i128)| {
            Some(Moved {
                people,
                fen: fen(sum)?,
            })
        };
        Some(AreaDiff {
            before,
            after,
            years,
            changes: self.changes,
            fen_gained: fen(self.fen_gained)?,
            fen_lost: fen(self.fen_lost)?,
            raised: self.raised,
            lowered: self.lowered,
            amount_known: self.amount_known,
            amount_unknown: self.amount_unknown,
            tier_changed: self.tier_changed,
            fen_changed: fen(self.fen_changed)?,
            moved_in: moved(self.moved_in)?,
            moved_out: moved(self.moved_out)?,
            arrived: self.arrived.cell.tally(self.arrived.people)?,
            left: self.left.cell.tally(self.left.people)?,
        })
    }
}
