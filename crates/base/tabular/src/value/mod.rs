//! Cells as typed values. Each function gives `None` for a cell with nothing in it, the value, or
//! what is wrong and what to do. Full-width digits and letters, spaces around and a leading
//! apostrophe are forgiven everywhere.

mod clean;
mod day;
mod decimal;
mod identity;
mod money;
mod number;
mod serial;
#[cfg(test)]
mod tests;
mod words;

pub(crate) use clean::{brief, is_nothing, narrow};
pub use clean::{clean, shown};
pub use day::{day, month};
pub use identity::identity;
pub use money::{Unit, fen};
pub use number::{integer, phone};
pub use words::{grade, name, sex, text, yes_no};

/// 男 or 女.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sex {
    /// 男
    Male,
    /// 女
    Female,
}
