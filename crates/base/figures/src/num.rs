//! Exact decimals as the documents print them.

use serde::{Serialize, Serializer};
use std::fmt;
use std::ops::{Add, Mul, Sub};

const ONE: i128 = 1_000_000;

/// A decimal with up to six places, exact; figures are never rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Num(i128);

impl Num {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// A whole number.
    pub const fn whole(number: i64) -> Self {
        Self(number as i128 * ONE)
    }

    /// Reads digits as printed: `4.50`, `100`. No sign, no separators, at most six decimals.
    pub fn parse(text: &str) -> Option<Self> {
        let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || !digits(part) || whole.len() > 15 || part.len() > 6 {
            return None;
        }
        let part: i128 = format!("{part:0<6}").parse().ok()?;
        Some(Self(whole.parse::<i128>().ok()? * ONE + part))
    }

    /// `self ÷ by`, cut at the sixth decimal; `None` for a division by nothing.
    pub const fn over(self, by: Self) -> Option<Self> {
        if by.0 == 0 {
            None
        } else {
            Some(Self(self.0 * ONE / by.0))
        }
    }

    /// The distance between two numbers.
    pub const fn distance(self, other: Self) -> Self {
        Self((self.0 - other.0).abs())
    }

    /// Rounded half up to `places` decimals.
    pub const fn round(self, places: u32) -> Self {
        let step = ONE / 10_i128.pow(if places > 6 { 6 } else { places });
        Self((self.0 + step / 2).div_euclid(step) * step)
    }

    /// For charts only: figures are compared exactly.
    pub const fn to_f64(self) -> f64 {
        self.0 as f64 / ONE as f64
    }
}

impl Add for Num {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Num {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Mul for Num {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        Self(self.0 * other.0 / ONE)
    }
}

impl std::iter::Sum for Num {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::ZERO, Add::add)
    }
}

impl fmt::Display for Num {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, part) = (self.0.abs() / ONE, self.0.abs() % ONE);
        if part == 0 {
            return write!(f, "{sign}{whole}");
        }
        let part = format!("{part:06}");
        write!(f, "{sign}{whole}.{}", part.trim_end_matches('0'))
    }
}

impl Serialize for Num {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Decimals a printed number shows.
pub(crate) fn places(printed: &str) -> u32 {
    printed
        .split_once('.')
        .map_or(0, |(_, part)| part.len() as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Printed digits are read exactly and written without loss.
    #[test]
    fn digits_are_exact() {
        for (text, shown) in [
            ("4.50", "4.5"),
            ("100", "100"),
            ("0.99", "0.99"),
            ("46.92", "46.92"),
        ] {
            assert_eq!(Num::parse(text).expect(text).to_string(), shown);
        }
        for bad in ["", "1,000", "-1", "1.", ".5", "１００", "1.2345678"] {
            assert_eq!(Num::parse(bad), None, "{bad}");
        }
    }

    /// Per-thousand figures are computed without floating point.
    #[test]
    fn ratios_are_cut_not_rounded() {
        let beds = Num::whole(18577)
            .over(Num::whole(469_200))
            .expect("not zero");
        assert_eq!((beds * Num::whole(1000)).round(1).to_string(), "39.6");
        assert_eq!(Num::whole(1).over(Num::ZERO), None);
    }
}
