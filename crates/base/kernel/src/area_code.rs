//! Administrative area codes: 2, 4, 6, 9 or 12 digits, kept padded to 12 (engineering.md 5).

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// A code of the national division tree, padded with zeros to 12 digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AreaCode([u8; 12]);

/// Why a text is not an area code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("「{0}」不是区划代码，应为 2、4、6、9 或 12 位数字")]
pub struct NotAnArea(pub String);

/// How deep a code reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// 省
    Province,
    /// 市
    City,
    /// 县、市、区
    County,
    /// 街道、镇、乡
    Town,
    /// 村、居委会
    Village,
}

impl Level {
    const fn digits(self) -> usize {
        match self {
            Self::Province => 2,
            Self::City => 4,
            Self::County => 6,
            Self::Town => 9,
            Self::Village => 12,
        }
    }
}

impl AreaCode {
    /// All 12 digits.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("000000000000")
    }

    /// The deepest level that is not all zeros.
    pub fn level(&self) -> Level {
        let filled = |from: usize, to: usize| self.0[from..to].iter().any(|d| *d != b'0');
        if filled(9, 12) {
            Level::Village
        } else if filled(6, 9) {
            Level::Town
        } else if filled(4, 6) {
            Level::County
        } else if filled(2, 4) {
            Level::City
        } else {
            Level::Province
        }
    }

    /// The digits that name this area and start the code of everything inside it.
    pub fn prefix(&self) -> &str {
        self.as_str().get(..self.level().digits()).unwrap_or("")
    }

    /// Whether `other` is this area or lies inside it.
    pub fn contains(&self, other: &Self) -> bool {
        other.as_str().starts_with(self.prefix())
    }

    /// The code cut to `level` (itself where it is not that deep).
    pub fn up_to(&self, level: Level) -> Self {
        let mut digits = self.0;
        for digit in digits.iter_mut().skip(level.digits()) {
            *digit = b'0';
        }
        Self(digits)
    }

    /// The area one level up; a province is its own parent.
    pub fn parent(&self) -> Self {
        self.up_to(match self.level() {
            Level::Village => Level::Town,
            Level::Town => Level::County,
            Level::County => Level::City,
            Level::City | Level::Province => Level::Province,
        })
    }

    /// The half-open range `[from, until)` of 12-digit codes inside this area, for indexed queries.
    pub fn range(&self) -> (String, String) {
        (
            format!("{:0<12}", self.prefix()),
            format!("{}:", self.prefix()),
        )
    }

    /// For villages: `Some(true)` for a 居委会 (001–199), `Some(false)` for a 村委会 (200–399).
    pub fn village_is_urban(&self) -> Option<bool> {
        if self.level() != Level::Village {
            return None;
        }
        match self
            .as_str()
            .get(9..)
            .and_then(|suffix| suffix.parse::<u16>().ok())
        {
            Some(1..=199) => Some(true),
            Some(200..=399) => Some(false),
            _ => None,
        }
    }
}

/// Half-open ranges of 12-digit codes that cover exactly these areas; neighbours (`421321101`,
/// `421321102`) become one range, so that a county without one town asks two ranges and not twenty.
pub fn ranges(areas: &[AreaCode]) -> Vec<(String, String)> {
    let mut sorted: Vec<&AreaCode> = areas.iter().collect();
    sorted.sort();
    sorted.dedup();
    let mut out: Vec<(String, String)> = Vec::new();
    let mut last: Option<&AreaCode> = None;
    for area in sorted {
        let (from, until) = area.range();
        match (last, out.last_mut()) {
            (Some(before), Some(_)) if before.contains(area) => continue,
            (Some(before), Some(range)) if follows(before, area) => range.1 = until,
            _ => out.push((from, until)),
        }
        last = Some(area);
    }
    out
}

fn follows(before: &AreaCode, area: &AreaCode) -> bool {
    let number = |code: &AreaCode| code.prefix().parse::<u64>().ok();
    before.prefix().len() == area.prefix().len()
        && matches!((number(before), number(area)), (Some(a), Some(b)) if a + 1 == b)
}

impl FromStr for AreaCode {
    type Err = NotAnArea;
    fn from_str(text: &str) -> Result<Self, NotAnArea> {
        let good =
            matches!(text.len(), 2 | 4 | 6 | 9 | 12) && text.bytes().all(|b| b.is_ascii_digit());
        if !good {
            return Err(NotAnArea(text.to_owned()));
        }
        let mut digits = [b'0'; 12];
        for (slot, digit) in digits.iter_mut().zip(text.bytes()) {
            *slot = digit;
        }
        Ok(Self(digits))
    }
}

impl fmt::Display for AreaCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for AreaCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for AreaCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for AreaCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Invariant 8: a county without the town of a 管委会 is two ranges, and nothing else is let in.
    #[test]
    fn neighbouring_areas_become_one_range_and_gaps_stay_out() {
        let codes = |texts: &[&str]| -> Vec<AreaCode> {
            texts.iter().map(|t| t.parse().unwrap()).collect()
        };
        let range = |from: &str, until: &str| (from.to_owned(), until.to_owned());
        let towns = ["421321101", "421321103", "421321102", "421321105"];
        assert_eq!(
            ranges(&codes(&towns)),
            [
                range("421321101000", "421321103:"),
                range("421321105000", "421321105:")
            ]
        );
        assert_eq!(
            ranges(&codes(&["4213", "421303001", "421303"])),
            [range("421300000000", "4213:")]
        );
        assert_eq!(
            ranges(&codes(&["421303", "421304001"])),
            [
                range("421303000000", "421303:"),
                range("421304001000", "421304001:")
            ]
        );
        assert!(ranges(&[]).is_empty());
    }

    #[test]
    fn codes_know_their_level_parent_and_insides() {
        let code = |t: &str| t.parse::<AreaCode>().unwrap();
        let village = code("421303001001");
        assert_eq!(village.level(), Level::Village);
        assert_eq!(village.parent(), code("421303001"));
        assert_eq!(code("421303").prefix(), "421303");
        assert!(code("4213").contains(&village) && !code("421321").contains(&village));
        assert_eq!(
            code("421303").range(),
            ("421303000000".into(), "421303:".into())
        );
        assert_eq!(village.village_is_urban(), Some(true));
        assert_eq!(code("421303101205").village_is_urban(), Some(false));
        assert!("42130".parse::<AreaCode>().is_err() && "42130x".parse::<AreaCode>().is_err());
        // Province level with a "10" city stays at its own level.
        assert_eq!(code("421000").level(), Level::City);
    }
}
