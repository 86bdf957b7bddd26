//! 消费券: what a voucher takes of a bill, and whose purse that is.

use crate::WHOLE;
use kernel::Fen;

/// What the voucher pays of a bill and what the person pays: at most `covers` ten-thousandths of the bill, rounded down,
/// and never more than is left. `None` where a product would overflow or a figure is below nothing.
pub fn deduct(bill: Fen, left: Fen, covers: i64) -> Option<(Fen, Fen)> {
    if bill.0 < 0 || left.0 < 0 || !(0..=WHOLE).contains(&covers) {
        return None;
    }
    let most = bill.0.checked_mul(covers)? / WHOLE;
    let paid = most.min(left.0);
    Some((Fen(paid), Fen(bill.0 - paid)))
}

/// Whose money a use is: `whole` is the voucher by purse, `used` what was taken of it before, in the order of
/// [`crate::Level::ALL`]. Follows the shares as closely as whole fen allow, never takes more of a purse than it gave, and
/// when the voucher is used up every purse has given exactly its part. `None` where less is left than is taken.
pub fn apportion(whole: [i64; 4], used: [i64; 4], take: i64) -> Option<[i64; 4]> {
    let (sum, before): (i64, i64) = (whole.iter().sum(), used.iter().sum());
    let more_than_given = whole.iter().zip(used).any(|(whole, used)| used > *whole);
    if take < 0 || before.checked_add(take)? > sum || more_than_given {
        return None;
    }
    let mut out = [0; 4];
    if take == 0 {
        return Some(out);
    }
    let mut rest = take;
    for ((part, whole), used) in out.iter_mut().zip(whole).zip(used) {
        let wanted = i128::from(whole) * i128::from(before + take) / i128::from(sum);
        let wanted = i64::try_from(wanted).ok()? - used;
        *part = wanted.clamp(0, (whole - used).min(rest));
        rest -= *part;
    }
    // A few fen are left by rounding: from the county up, wherever there is room.
    for ((part, whole), used) in out.iter_mut().zip(whole).zip(used).rev() {
        let more = (whole - used - *part).min(rest);
        *part += more;
        rest -= more;
    }
    Some(out)
}
