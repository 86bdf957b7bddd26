//! Whose money: every payment is split among the purses, and what does not divide is the county's.

use kernel::Fen;

/// A level of government with a purse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// 中央.
    Central,
    /// 省.
    Province,
    /// 市.
    City,
    /// 县: also takes what does not divide.
    County,
}

impl Level {
    /// From the top.
    pub const ALL: [Self; 4] = [Self::Central, Self::Province, Self::City, Self::County];

    /// Key in tables.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Central => "central",
            Self::Province => "province",
            Self::City => "city",
            Self::County => "county",
        }
    }

    /// The level of this key.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.key() == key)
    }

    /// On pages.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Central => "中央",
            Self::Province => "省级",
            Self::City => "市级",
            Self::County => "县级",
        }
    }
}

/// Shares in ten-thousandths; what is left is the county's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Shares {
    /// 中央.
    pub central: i64,
    /// 省.
    pub province: i64,
    /// 市.
    pub city: i64,
}

/// A whole.
pub const WHOLE: i64 = 10_000;

impl Shares {
    /// The ten-thousandths of a level.
    pub const fn of(self, level: Level) -> i64 {
        match level {
            Level::Central => self.central,
            Level::Province => self.province,
            Level::City => self.city,
            Level::County => WHOLE - self.central - self.province - self.city,
        }
    }

    /// Whether they are shares of one whole.
    pub const fn is_whole(self) -> bool {
        self.central >= 0
            && self.province >= 0
            && self.city >= 0
            && self.central + self.province + self.city <= WHOLE
    }

    /// One payment among the levels, in the order of [`Level::ALL`]; the four always add up to it. `None` where a
    /// product would overflow.
    pub fn split(self, amount: Fen) -> Option<[Fen; 4]> {
        let mut out = [Fen(0); 4];
        let mut rest = amount.0;
        for (slot, level) in out
            .iter_mut()
            .zip([Level::Central, Level::Province, Level::City])
        {
            let part = amount.0.checked_mul(self.of(level))? / WHOLE;
            *slot = Fen(part);
            rest -= part;
        }
        out[3] = Fen(rest);
        Some(out)
    }
}
