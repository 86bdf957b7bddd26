//! 能力评估: scales as data, and the level that follows from answers, with its reasons.
//!
//! Pure: no disk, no clock, no database. A scale is a file under `schemes/` ([`Scheme`]): groups, items, the wording of
//! each score, bands, the combination table and the adjustments, each with its clause and with `confirm` where the
//! official text still has to be looked at. A file with a hole is refused by name ([`Scheme::parse`]). Levels of two
//! scales are never turned into one another: nothing here takes two schemes.

mod answers;
mod check;
mod outcome;
mod pairs;
mod scheme;
mod shipped;

pub use answers::Answers;
pub use outcome::{Applied, Outcome, Refused};
pub use scheme::{
    Adjust, Band, Count, Flag, Grade, Group, Item, Kind, Part, Raise, RiskKind, Scheme, Table,
};
pub use shipped::{all, by_id};

#[cfg(test)]
mod tests;
