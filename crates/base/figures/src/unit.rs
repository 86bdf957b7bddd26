//! Units as printed: a multiplier (万, 亿) and a base unit.

use crate::Num;

/// A unit as printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// As printed, with its 万 or 亿.
    pub printed: String,
    /// Without it.
    pub base: String,
    /// What it multiplies by.
    pub times: Num,
}

const MULTIPLES: [(&str, i64); 2] = [("亿", 100_000_000), ("万", 10_000)];
/// Words for the same countable thing.
const SAME: [&[&str]; 3] = [
    &["人", "名", "位"],
    &["个", "家", "所", "处"],
    &["平方米", "㎡"],
];

impl Unit {
    /// Reads a unit: `万张` is ten thousand 张.
    pub fn parse(printed: &str) -> Self {
        let found = MULTIPLES
            .iter()
            .find_map(|(word, times)| printed.strip_prefix(word).map(|base| (base, *times)));
        let (base, times) = found.unwrap_or((printed, 1));
        Self {
            printed: printed.to_owned(),
            base: base.to_owned(),
            times: Num::whole(times),
        }
    }

    /// Whether it is a percentage.
    pub fn is_percent(&self) -> bool {
        is_percent(&self.base)
    }
}

/// Whether a base unit is a percentage.
pub(crate) fn is_percent(base: &str) -> bool {
    matches!(base, "%" | "％" | "个百分点")
}

/// Whether two base units are two words for one thing (名 and 人).
pub(crate) fn same_word(one: &str, other: &str) -> bool {
    // 100万 of people is printed without its 人.
    one == other
        || one.is_empty()
        || other.is_empty()
        || SAME
            .iter()
            .any(|group| group.contains(&one) && group.contains(&other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_multiple_is_taken_off() {
        let unit = Unit::parse("万张");
        assert_eq!((unit.base.as_str(), unit.times), ("张", Num::whole(10_000)));
        assert_eq!(Unit::parse("亿元").times, Num::whole(100_000_000));
        assert!(Unit::parse("%").is_percent());
        assert!(same_word("名", "人") && !same_word("名", "人次"));
    }
}
