//! Money: whole fen, never a float (invariant 6).

use serde::{Deserialize, Serialize};
use std::fmt;

/// An amount in fen (1/100 yuan); may be negative.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Fen(pub i64);

impl Fen {
    /// The sum, or `None` where it would overflow.
    pub const fn plus(self, other: Self) -> Option<Self> {
        match self.0.checked_add(other.0) {
            Some(sum) => Some(Self(sum)),
            None => None,
        }
    }

    /// An amount as somebody types it: yuan with at most two decimals, commas and 元 allowed; `None` where it does not
    /// read.
    pub fn from_yuan(text: &str) -> Option<Self> {
        let text = text.trim().trim_end_matches('元').replace([',', '，'], "");
        let (yuan, fen) = text.split_once('.').unwrap_or((&text, ""));
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if yuan.is_empty() || yuan.len() > 12 || fen.len() > 2 || !digits(yuan) || !digits(fen) {
            return None;
        }
        let yuan: i64 = yuan.parse().ok()?;
        let fen: i64 = format!("{fen:0<2}").parse().ok()?;
        Some(Self(yuan * 100 + fen))
    }
}

impl fmt::Display for Fen {
    /// «1,234.50» yuan, without a unit.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let absolute = self.0.unsigned_abs();
        write!(f, "{sign}{}.{:02}", grouped(absolute / 100), absolute % 100)
    }
}

/// A whole number with a comma every three digits.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_yuan_are_fen() {
        for (text, fen) in [
            ("120", Some(12_000)),
            ("120.5", Some(12_050)),
            (" 1,234.56元 ", Some(123_456)),
            ("0.01", Some(1)),
            ("", None),
            ("-1", None),
            ("1.234", None),
            ("一百", None),
            ("1.2.3", None),
            ("9999999999999", None),
        ] {
            assert_eq!(Fen::from_yuan(text), fen.map(Fen), "{text}");
        }
    }

    #[test]
    fn fen_print_as_yuan() {
        for (fen, text) in [
            (0, "0.00"),
            (5, "0.05"),
            (-10000, "-100.00"),
            (123456789, "1,234,567.89"),
        ] {
            assert_eq!(Fen(fen).to_string(), text);
        }
        assert_eq!(Fen(i64::MAX).plus(Fen(1)), None);
    }
}
