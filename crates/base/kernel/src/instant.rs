//! A moment in UTC, cut to microseconds (engineering.md 23).

use crate::Day;
use jiff::Timestamp;
use jiff::tz::Offset;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

const SHANGHAI: Offset = Offset::constant(8);

/// Microseconds since 1970-01-01 00:00 UTC.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i64);

/// Why a text is not a moment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("「{0}」不是时刻，请写成 2025-06-30T09:00:00+08:00 的样子")]
pub struct NotAnInstant(pub String);

impl Instant {
    /// From microseconds since the epoch.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since the epoch.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// The Asia/Shanghai day this moment falls on.
    pub fn day(self) -> Day {
        let date = SHANGHAI.to_datetime(self.timestamp()).date();
        Day::from_ymd(
            i32::from(date.year()),
            i32::from(date.month()),
            i32::from(date.day()),
        )
        .unwrap_or_else(|| {
            Day::from_ymd(1, 1, 1).unwrap_or_else(|| unreachable!("1 January of year 1"))
        })
    }

    /// Midnight (Asia/Shanghai) at the start of `day`, plus `seconds`.
    pub fn at(day: Day, seconds: i64) -> Self {
        let epoch = Day::from_ymd(1970, 1, 1).unwrap_or_else(|| unreachable!("the epoch is a day"));
        let days = i64::from(epoch.days_until(day));
        Self((days * 86_400 - 8 * 3600 + seconds) * 1_000_000)
    }

    /// The moment `seconds` later.
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1_000_000)))
    }

    /// «2025-06-30 09:15» in Asia/Shanghai, for pages.
    pub fn minute(self) -> String {
        let at = SHANGHAI.to_datetime(self.timestamp());
        format!("{} {:02}:{:02}", self.day(), at.hour(), at.minute())
    }

    fn timestamp(self) -> Timestamp {
        Timestamp::from_microsecond(self.0).unwrap_or(Timestamp::UNIX_EPOCH)
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.timestamp(), f)
    }
}

impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Instant {
    type Err = NotAnInstant;
    fn from_str(text: &str) -> Result<Self, NotAnInstant> {
        let parsed: Result<Timestamp, _> = text.parse();
        parsed
            .map(|t| Self(t.as_microsecond()))
            .map_err(|_error| NotAnInstant(text.to_owned()))
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_late_in_the_utc_evening_is_the_next_day_in_shanghai() {
        let at: Instant = "2025-06-29T16:00:00Z".parse().unwrap();
        assert_eq!(at.day().to_string(), "2025-06-30");
        assert_eq!(at.minute(), "2025-06-30 00:00");
        assert_eq!(Instant::at(at.day(), 0), at);
        assert_eq!(at.to_string().parse::<Instant>().unwrap(), at);
    }
}
