//! What a voucher takes of a bill, and whose purse that is.

use super::fen;
use crate::{Shares, apportion, deduct};
use proptest::prelude::*;

/// Row C28: a share of the bill rounded down, never more than is left; the person pays the rest.
#[test]
fn a_share_of_the_bill_and_never_more_than_is_left() {
    for (bill, left, covers, paid, own) in [
        (10_000, 80_000, 5_000, 5_000, 5_000),
        (10_001, 80_000, 5_000, 5_000, 5_001),
        (200_000, 80_000, 5_000, 80_000, 120_000),
        (10_000, 3_000, 10_000, 3_000, 7_000),
        (10_000, 0, 5_000, 0, 10_000),
        (0, 80_000, 5_000, 0, 0),
    ] {
        assert_eq!(
            deduct(fen(bill), fen(left), covers),
            Some((fen(paid), fen(own))),
            "{bill} {left} {covers}"
        );
    }
    assert_eq!(deduct(fen(-1), fen(1), 5_000), None);
    assert_eq!(deduct(fen(1), fen(-1), 5_000), None);
    assert_eq!(deduct(fen(1), fen(1), 10_001), None);
    assert_eq!(deduct(fen(i64::MAX), fen(1), 5_000), None);
}

#[test]
fn no_more_is_taken_than_a_purse_gave() {
    assert_eq!(apportion([10, 0, 0, 10], [0; 4], 21), None);
    assert_eq!(apportion([10, 0, 0, 10], [11, 0, 0, 0], 1), None);
    assert_eq!(apportion([10, 0, 0, 10], [0; 4], -1), None);
    assert_eq!(
        apportion([10, 0, 0, 10], [5, 0, 0, 5], 10),
        Some([5, 0, 0, 5])
    );
    assert_eq!(apportion([0; 4], [0; 4], 0), Some([0; 4]));
}

proptest! {
    /// Rows C28, C20; invariant 6: whatever is spent in whatever pieces, and taken back in between, pieces add up, no
    /// purse gives more than its part, and a voucher used up took of each purse exactly what it gave.
    #[test]
    fn pieces_come_to_the_voucher(
        amount in 1i64..1_000_000,
        central in 0i64..=5_000,
        province in 0i64..=3_000,
        city in 0i64..=2_000,
        pieces in proptest::collection::vec((1i64..200_000, any::<bool>()), 1..12),
    ) {
        let shares = Shares { central, province, city };
        let whole = shares.split(fen(amount)).unwrap().map(|part| part.0);
        let mut used = [0i64; 4];
        let add = |used: [i64; 4], part: [i64; 4], sign: i64| {
            let mut out = used;
            for (slot, part) in out.iter_mut().zip(part) {
                *slot += sign * part;
            }
            out
        };
        for (piece, undone) in pieces {
            let left = amount - used.iter().sum::<i64>();
            let take = piece.min(left);
            let part = apportion(whole, used, take).unwrap();
            prop_assert_eq!(part.iter().sum::<i64>(), take);
            prop_assert!(part.iter().all(|one| *one >= 0));
            let after = add(used, part, 1);
            prop_assert!(after.iter().zip(whole).all(|(used, whole)| *used <= whole));
            used = if undone { add(after, part, -1) } else { after };
        }
        let left = amount - used.iter().sum::<i64>();
        let part = apportion(whole, used, left).unwrap();
        prop_assert_eq!(add(used, part, 1), whole);
    }
}
