//! What a month has of an amount that is paid by the quarter, half-year or year: what is paid together is compared with
//! other programmes month by month. Pure.
//!
//! A month that is due has its part of the whole, whole fen and nothing rounded up; what the division leaves (at most a few
//! fen, or what rounding to the yuan adds) stands in the paying month. A month's part is the same whatever
//! the months after it bring, so that what was compared once is not compared differently later.

use kernel::Fen;
use ledger::Month;

/// The months of one cycle of somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shares {
    months: Vec<(Month, Option<Fen>)>,
    rest: Fen,
}

impl Shares {
    /// Of months with the amount of a whole cycle where they are due, the paying month last, and of what is paid for them.
    pub(crate) fn of(whole: Vec<(Month, Option<Fen>)>, paid: Fen) -> Self {
        let parts = i64::try_from(whole.len()).unwrap_or(1).max(1);
        let part = |fen: Fen| Fen(fen.0.div_euclid(parts));
        let mut months: Vec<(Month, Option<Fen>)> = whole
            .into_iter()
            .map(|(month, fen)| (month, fen.map(part)))
            .collect();
        let given: i64 = months.iter().filter_map(|(_, fen)| *fen).map(|f| f.0).sum();
        let mut rest = Fen(paid.0 - given);
        if let Some((_, Some(last))) = months.last_mut() {
            *last = Fen(last.0 + rest.0);
            rest = Fen(0);
        }
        Self { months, rest }
    }

    /// The part of a month; `None` where it is not due.
    pub(crate) fn month(&self, month: Month) -> Option<Fen> {
        self.due().find(|(one, _)| *one == month).map(|(_, f)| f)
    }

    /// The months that are due, each with its part.
    pub(crate) fn due(&self) -> impl Iterator<Item = (Month, Fen)> {
        self.months
            .iter()
            .filter_map(|(month, fen)| fen.map(|fen| (*month, fen)))
    }

    /// What the division left where the paying month itself is not due; it goes with whatever is left of the others.
    pub(crate) const fn rest(&self) -> Fen {
        self.rest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Row C33; invariant 6: parts of a quarter are whole fen, come to what is paid, and the paying month has what the division leaves.
    #[test]
    fn parts_come_to_what_is_paid() {
        let first: Month = "2025-01".parse().unwrap();
        for (whole, paid, wants, rest) in [
            (
                [Some(30_000), Some(30_000), Some(30_000)],
                30_000,
                [Some(10_000), Some(10_000), Some(10_000)],
                0,
            ),
            (
                [Some(5_000), Some(5_000), Some(5_000)],
                5_000,
                [Some(1_666), Some(1_666), Some(1_668)],
                0,
            ),
            (
                [None, Some(5_000), Some(5_000)],
                3_333,
                [None, Some(1_666), Some(1_667)],
                0,
            ),
            (
                [Some(5_000), Some(5_000), None],
                3_333,
                [Some(1_666), Some(1_666), None],
                1,
            ),
            (
                [Some(3_000), Some(6_000), Some(6_000)],
                5_000,
                [Some(1_000), Some(2_000), Some(2_000)],
                0,
            ),
            // Rounded up to the yuan.
            (
                [None, None, Some(5_000)],
                1_700,
                [None, None, Some(1_700)],
                0,
            ),
        ] {
            let months = (0..)
                .map(|n| first.plus(n))
                .zip(whole.map(|fen| fen.map(Fen)));
            let shares = Shares::of(months.collect(), Fen(paid));
            let got: Vec<_> = (0..3).map(|n| shares.month(first.plus(n))).collect();
            assert_eq!(got, wants.map(|fen| fen.map(Fen)), "{whole:?}");
            assert_eq!(shares.rest(), Fen(rest), "{whole:?}");
            let sum: i64 = shares.due().map(|(_, fen)| fen.0).sum();
            assert_eq!(sum + rest, paid, "{whole:?}");
        }
    }
}
