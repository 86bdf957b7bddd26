//! A calendar month, kept as the number `yyyymm`: orders like the month and is the same in every database.

use kernel::Day;
use std::fmt;
use std::str::FromStr;

/// A month of the Gregorian calendar, years 1 to 9999.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(i32);

/// Why a text is not a month.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("「{0}」不是月份，请写成 2025-06 的样子")]
pub struct NotAMonth(pub String);

impl Month {
    /// The month written as `yyyymm`, if it exists.
    pub fn from_number(number: i32) -> Option<Self> {
        Day::from_ymd(number / 100, number % 100, 1).map(Self::of)
    }

    /// The month a day lies in.
    pub const fn of(day: Day) -> Self {
        Self(day.number() / 100)
    }

    /// `yyyymm`.
    pub const fn number(self) -> i32 {
        self.0
    }

    /// The year.
    pub const fn year(self) -> i32 {
        self.0 / 100
    }

    /// The month of the year, 1 to 12.
    pub const fn month(self) -> i32 {
        self.0 % 100
    }

    /// Months since the year 0: differences of these are months apart.
    pub const fn count(self) -> i32 {
        self.year() * 12 + self.month() - 1
    }

    /// The month `months` later (earlier when negative); stops at the ends of the calendar.
    pub fn plus(self, months: i32) -> Self {
        let count = (self.count() + months).clamp(12, 9999 * 12 + 11);
        Self(count / 12 * 100 + count % 12 + 1)
    }

    /// The first day.
    pub fn first(self) -> Day {
        let day = Day::from_ymd(self.year(), self.month(), 1);
        day.unwrap_or_else(|| unreachable!("every month has a first day"))
    }

    /// The last day.
    pub fn last(self) -> Day {
        self.plus(1).first().plus_days(-1)
    }

    /// How many days it has.
    pub fn days(self) -> i32 {
        self.last().day()
    }

    /// «2025年6月».
    pub fn zh(self) -> String {
        format!("{}年{}月", self.year(), self.month())
    }
}

impl FromStr for Month {
    type Err = NotAMonth;
    fn from_str(text: &str) -> Result<Self, NotAMonth> {
        let fail = || NotAMonth(text.to_owned());
        let (year, month) = text.split_once('-').ok_or_else(fail)?;
        let plain = |part: &str, digits: usize| {
            part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit())
        };
        if !plain(year, 4) || !plain(month, 2) {
            return Err(fail());
        }
        let number = format!("{year}{month}").parse().ok();
        number.and_then(Self::from_number).ok_or_else(fail)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year(), self.month())
    }
}

impl fmt::Debug for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
