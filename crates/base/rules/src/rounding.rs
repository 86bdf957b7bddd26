//! How a percentage of an amount becomes whole fen: named, never implied (invariant 6).

/// A way of rounding; the parameter 比例金额取整 names it by key or in Chinese.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rounding {
    /// Half a fen goes up.
    FenHalfUp,
    /// Parts of a fen are dropped.
    FenFloor,
    /// Half a yuan goes up.
    YuanHalfUp,
    /// Any part of a yuan goes up.
    YuanCeil,
}

impl Rounding {
    /// All ways.
    pub const ALL: [Self; 4] = [
        Self::FenHalfUp,
        Self::FenFloor,
        Self::YuanHalfUp,
        Self::YuanCeil,
    ];

    /// Its key.
    pub const fn key(self) -> &'static str {
        match self {
            Self::FenHalfUp => "fen_half_up",
            Self::FenFloor => "fen_floor",
            Self::YuanHalfUp => "yuan_half_up",
            Self::YuanCeil => "yuan_ceil",
        }
    }

    /// Its name.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::FenHalfUp => "四舍五入到分",
            Self::FenFloor => "舍去不足一分",
            Self::YuanHalfUp => "四舍五入到元",
            Self::YuanCeil => "不足一元进为一元",
        }
    }

    /// The way of this key or name.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|way| way.key() == word || way.zh() == word)
    }

    /// What is added to hundredths of a fen, what they are divided by, and what that is worth.
    pub const fn steps(self) -> (i64, i64, i64) {
        match self {
            Self::FenHalfUp => (50, 100, 1),
            Self::FenFloor => (0, 100, 1),
            Self::YuanHalfUp => (5000, 10_000, 100),
            Self::YuanCeil => (9999, 10_000, 100),
        }
    }

    /// `percent` of `fen`; `None` below zero and where it overflows.
    pub fn percent_of(self, fen: i64, percent: i64) -> Option<i64> {
        let (add, divide, worth) = self.steps();
        let hundredths = fen.checked_mul(percent).filter(|value| *value >= 0)?;
        (hundredths.checked_add(add)? / divide).checked_mul(worth)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Invariant 6: rounding is an explicit parameter, in whole numbers, and never wraps.
    #[test]
    fn each_way_rounds_as_it_says() {
        for (fen, percent, wanted) in [
            (68_000, 20, [13_600, 13_600, 13_600, 13_600]),
            (68_033, 20, [13_607, 13_606, 13_600, 13_700]),
            (250, 1, [3, 2, 0, 100]),
            (5_000, 1, [50, 50, 100, 100]),
            (0, 20, [0, 0, 0, 0]),
        ] {
            let found = Rounding::ALL.map(|way| way.percent_of(fen, percent).unwrap());
            assert_eq!(found, wanted, "{percent} % of {fen}");
        }
        assert_eq!(Rounding::FenFloor.percent_of(-100, 20), None);
        assert_eq!(Rounding::YuanCeil.percent_of(i64::MAX, 1), None);
        assert_eq!(Rounding::FenFloor.percent_of(i64::MAX, 2), None);
        assert_eq!(
            Rounding::from_word("四舍五入到分"),
            Some(Rounding::FenHalfUp)
        );
        assert_eq!(Rounding::from_word("yuan_ceil"), Some(Rounding::YuanCeil));
        assert_eq!(Rounding::from_word("大概"), None);
    }
}
