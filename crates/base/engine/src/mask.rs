//! The truth of a condition for the rows of a batch: two bitmaps, 64 rows to a word.

use rules::Truth;

/// Where it is true and where it is false; a row in neither is unknown (invariant 3). Bits beyond
/// the last row are in neither.
#[derive(Debug, Clone, Default)]
pub(crate) struct Mask {
    pub(crate) yes: Vec<u64>,
    pub(crate) no: Vec<u64>,
}

/// The words that `rows` rows need.
pub(crate) const fn words(rows: usize) -> usize {
    rows.div_ceil(64)
}

/// The bits of a word that stand for rows.
pub(crate) const fn valid(word: usize, rows: usize) -> u64 {
    let left = rows.saturating_sub(word * 64);
    if left >= 64 {
        u64::MAX
    } else {
        (1 << left) - 1
    }
}

impl Mask {
    /// Makes room for `rows` rows, all unknown.
    pub(crate) fn reset(&mut self, rows: usize) {
        for bits in [&mut self.yes, &mut self.no] {
            bits.clear();
            bits.resize(words(rows), 0);
        }
    }

    /// Takes what is true of the rows that are known; no bitmap means all are.
    pub(crate) fn known(&mut self, known: Option<impl Iterator<Item = u64>>, rows: usize) {
        let pairs = self.yes.iter_mut().zip(&mut self.no);
        match known {
            Some(known) => {
                for ((yes, no), known) in pairs.zip(known) {
                    *no = known & !*yes;
                    *yes &= known;
                }
            }
            None => {
                for (at, (yes, no)) in pairs.enumerate() {
                    *no = valid(at, rows) & !*yes;
                }
            }
        }
    }

    /// The truth of the row.
    pub(crate) fn truth(&self, row: usize) -> Truth {
        if self.holds(row) {
            Truth::True
        } else if self.fails(row) {
            Truth::False
        } else {
            Truth::Unknown
        }
    }

    /// Whether the row is true.
    pub(crate) fn holds(&self, row: usize) -> bool {
        bit(&self.yes, row)
    }

    /// Whether the row is false.
    pub(crate) fn fails(&self, row: usize) -> bool {
        bit(&self.no, row)
    }
}

fn bit(bits: &[u64], row: usize) -> bool {
    bits.get(row / 64)
        .is_some_and(|word| word >> (row % 64) & 1 == 1)
}

/// Sets the bit of each value that passes.
pub(crate) fn pack<T: Copy>(bits: &mut [u64], values: &[T], test: impl Fn(T) -> bool) {
    for (word, values) in bits.iter_mut().zip(values.chunks(64)) {
        let mut found = 0;
        for (at, value) in values.iter().enumerate() {
            found |= u64::from(test(*value)) << at;
        }
        *word = found;
    }
}

/// The rows whose bit is set.
pub(crate) fn ones(bits: &[u64]) -> impl Iterator<Item = usize> + '_ {
    bits.iter().enumerate().flat_map(|(at, word)| {
        let mut left = *word;
        std::iter::from_fn(move || {
            let bit = left.trailing_zeros() as usize;
            (left != 0).then(|| {
                left &= left - 1;
                at * 64 + bit
            })
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Invariant 3: a row is true, false or in neither bitmap; rows that do not exist are in neither.
    #[test]
    fn the_last_word_holds_no_rows_that_are_not_there() {
        let mut mask = Mask::default();
        mask.reset(70);
        let values: Vec<i32> = (0..70).collect();
        pack(&mut mask.yes, &values, |value| value % 2 == 0);
        mask.known(None::<std::iter::Empty<u64>>, 70);
        assert_eq!(ones(&mask.yes).count(), 35);
        assert_eq!(ones(&mask.no).last(), Some(69));
        mask.known(Some([0, u64::MAX].into_iter()), 70);
        assert!(!mask.holds(0) && !mask.fails(1) && mask.holds(64) && !mask.holds(999));
        assert_eq!(
            [1, 64, 65].map(|row| mask.truth(row)),
            [Truth::Unknown, Truth::True, Truth::False]
        );
        assert_eq!(
            (valid(0, 70), valid(1, 70), valid(2, 70)),
            (u64::MAX, 0b11_1111, 0)
        );
    }
}
