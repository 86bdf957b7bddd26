//! A calendar day, kept as the number `yyyymmdd`.
//!
//! The number orders like the day, is the same in SQLite, PostgreSQL and Parquet, and makes age
//! exact: `(today - birth) / 10000` with truncation, 29 February included (a person born on
//! 29 February turns N on 1 March of a common year).

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// A valid day of the Gregorian calendar, years 1 to 9999.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(i32);

/// Why a text or number is not a day.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("「{0}」不是日期，请写成 2025-06-30 的样子")]
pub struct NotADay(pub String);

impl Day {
    /// The day of this year, month (1–12) and day of month, if it exists.
    pub fn from_ymd(year: i32, month: i32, day: i32) -> Option<Self> {
        let (y, m, d) = (
            i16::try_from(year).ok()?,
            i8::try_from(month).ok()?,
            i8::try_from(day).ok()?,
        );
        if y < 1 {
            return None;
        }
        Date::new(y, m, d).ok().map(Self::from_date)
    }

    /// The day written as `yyyymmdd`, if it exists.
    pub fn from_number(number: i32) -> Option<Self> {
        Self::from_ymd(number / 10000, number / 100 % 100, number % 100)
    }

    /// `yyyymmdd`.
    pub const fn number(self) -> i32 {
        self.0
    }

    /// The year.
    pub const fn year(self) -> i32 {
        self.0 / 10000
    }

    /// The month, 1 to 12.
    pub const fn month(self) -> i32 {
        self.0 / 100 % 100
    }

    /// The day of the month, 1 to 31.
    pub const fn day(self) -> i32 {
        self.0 % 100
    }

    /// Full years (周岁) on `on` of somebody born on this day; negative before birth.
    pub const fn age_on(self, on: Self) -> i32 {
        (on.0 - self.0).div_euclid(10000)
    }

    /// Full months (月龄) on `on` of somebody born on this day; negative before birth.
    pub const fn months_on(self, on: Self) -> i32 {
        let months = (on.year() * 12 + on.month()) - (self.year() * 12 + self.month());
        if on.day() < self.day() {
            months - 1
        } else {
            months
        }
    }

    /// The day `days` later (earlier when negative); stops at the ends of the calendar.
    pub fn plus_days(self, days: i32) -> Self {
        let date = self.date();
        let span = jiff::Span::new().days(i64::from(days));
        Self::from_date(date.saturating_add(span))
    }

    /// The same day of the month `months` later; the last day of that month where it is shorter.
    pub fn plus_months(self, months: i32) -> Self {
        let span = jiff::Span::new().months(i64::from(months));
        Self::from_date(self.date().saturating_add(span))
    }

    /// The same day `years` later; 29 February becomes 28 February where there is none.
    pub fn plus_years(self, years: i32) -> Self {
        self.plus_months(years * 12)
    }

    /// Days from this day to `other`, negative when `other` is earlier.
    pub fn days_until(self, other: Self) -> i32 {
        (other.date() - self.date()).get_days()
    }

    /// The first day of this day's month.
    pub fn first_of_month(self) -> Self {
        Self(self.0 - self.day() + 1)
    }

    /// «2025年6月30日».
    pub fn zh(self) -> String {
        format!("{}年{}月{}日", self.year(), self.month(), self.day())
    }

    fn date(self) -> Date {
        Date::constant(self.year() as i16, self.month() as i8, self.day() as i8)
    }

    fn from_date(date: Date) -> Self {
        let date = if date.year() < 1 {
            Date::constant(1, 1, 1)
        } else {
            date
        };
        Self(i32::from(date.year()) * 10000 + i32::from(date.month()) * 100 + i32::from(date.day()))
    }
}

impl FromStr for Day {
    type Err = NotADay;
    /// Reads `yyyy-mm-dd` (or `yyyymmdd`) and nothing looser; imports have their own reader.
    fn from_str(text: &str) -> Result<Self, NotADay> {
        let fail = || NotADay(text.to_owned());
        let plain = match text.as_bytes() {
            [_, _, _, _, b'-', _, _, b'-', _, _] => text.replace('-', ""),
            [_, _, _, _, _, _, _, _] => text.to_owned(),
            _ => return Err(fail()),
        };
        if plain.len() != 8 || !plain.bytes().all(|b| b.is_ascii_digit()) {
            return Err(fail());
        }
        plain
            .parse()
            .ok()
            .and_then(Self::from_number)
            .ok_or_else(fail)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:04}-{:02}-{:02}",
            self.year(),
            self.month(),
            self.day()
        )
    }
}

impl fmt::Debug for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn age_turns_on_the_birthday_and_leaplings_on_the_first_of_march() {
        for (birth, on, age) in [
            ("1945-06-30", "2025-06-29", 79),
            ("1945-06-30", "2025-06-30", 80),
            ("1944-02-29", "2025-02-28", 80),
            ("1945-01-01", "2024-12-31", 79),
            ("1944-02-29", "2024-02-28", 79),
            ("1944-02-29", "2024-02-29", 80),
            ("1944-02-29", "2027-02-28", 82),
            ("1944-02-29", "2027-03-01", 83),
        ] {
            assert_eq!(day(birth).age_on(day(on)), age, "{birth} on {on}");
        }
    }

    #[test]
    fn months_count_full_months() {
        for (birth, on, months) in [
            ("2022-06-30", "2025-06-29", 35),
            ("2022-06-30", "2025-06-30", 36),
            ("2025-01-31", "2025-02-28", 0),
            ("2025-01-31", "2025-03-01", 1),
        ] {
            assert_eq!(day(birth).months_on(day(on)), months, "{birth} on {on}");
        }
    }

    #[test]
    fn impossible_days_are_refused() {
        for text in [
            "2025-02-29",
            "2025-13-01",
            "2025-6-30",
            "",
            "20250632",
            "２０２５-06-30",
        ] {
            assert!(text.parse::<Day>().is_err(), "{text}");
        }
        assert_eq!(day("2024-02-29").plus_years(1), day("2025-02-28"));
        assert_eq!(day("2024-12-31").plus_days(1), day("2025-01-01"));
        assert_eq!(day("2024-02-28").days_until(day("2024-03-01")), 2);
        assert_eq!(day("2025-06-30").zh(), "2025年6月30日");
    }
}
