//! Tests of money: tables, properties and an oracle.

mod banks;
mod books;
mod months;
mod stacking;
mod terms;
mod vouchers;

use kernel::{Day, Fen};

pub(crate) fn day(text: &str) -> Day {
    text.parse().unwrap()
}

pub(crate) fn month(text: &str) -> crate::Month {
    text.parse().unwrap()
}

pub(crate) const fn fen(amount: i64) -> Fen {
    Fen(amount)
}
