//! Which rows of a row group are read a second time.

use crate::mask::{Mask, valid};
use std::ops::Range;

/// Rows left out of a second reading only where at least this many in a row are.
const GAP: usize = 1_024;

/// The runs of rows that are true or unknown, small gaps closed.
pub(super) fn select(mask: &Mask, rows: usize, first_row: usize, selected: &mut Vec<Range<usize>>) {
    for (at, no) in mask.no.iter().enumerate() {
        let mut left = valid(at, rows) & !no;
        while left != 0 {
            let skip = left.trailing_zeros();
            let run = (left >> skip).trailing_ones();
            let from = first_row + at * 64 + skip as usize;
            let until = from + run as usize;
            match selected.last_mut() {
                Some(last) if from - last.end < GAP => last.end = until,
                _ => selected.push(from..until),
            }
            if skip + run >= 64 {
                break;
            }
            left &= u64::MAX << (skip + run);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Invariant 3: who is not known to be too young or too old is looked at.
    #[test]
    fn runs_hold_all_that_is_not_false() {
        let mut mask = Mask::default();
        mask.reset(5_000);
        for row in (0..5_000).filter(|row| (100..1_200).contains(row) || *row >= 4_000) {
            if let Some(word) = mask.no.get_mut(row / 64) {
                *word |= 1 << (row % 64);
            }
        }
        let mut selected = Vec::new();
        select(&mask, 5_000, 10, &mut selected);
        assert_eq!(selected, vec![10..110, 1_210..4_010]);
        // A short gap is read too.
        let mut closed: Vec<Range<usize>> = std::iter::once(0..5).collect();
        select(&mask, 5_000, 10, &mut closed);
        assert_eq!(closed, vec![0..110, 1_210..4_010]);
    }
}
