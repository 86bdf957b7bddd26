//! Exact decimals in JSON: as text, so that nothing is rounded on the way; and as a page shows them.

use figures::{Num, Unit};
use serde::{Deserialize, Deserializer, Serializer, de::Error};

pub(crate) fn serialize<S: Serializer>(number: &Num, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(number)
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Num, D::Error> {
    let text = String::deserialize(deserializer)?;
    Num::parse(&text).ok_or_else(|| D::Error::custom(format!("{text} is not a decimal")))
}

/// The same where there may be none.
pub(crate) mod opt {
    use super::{Deserialize, Deserializer, Error, Num, Serializer};

    #[expect(clippy::ref_option, reason = "serde hands the field over like this")]
    pub(crate) fn serialize<S: Serializer>(
        number: &Option<Num>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match number {
            Some(number) => serializer.collect_str(number),
            None => serializer.serialize_none(),
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Num>, D::Error> {
        let Some(text) = Option::<String>::deserialize(deserializer)? else {
            return Ok(None);
        };
        let number = Num::parse(&text);
        number
            .map(Some)
            .ok_or_else(|| D::Error::custom(format!("{text} is not a decimal")))
    }
}

pub(crate) use dashboard::api::{number as shown, with_unit};

/// As it stands in a field: no grouping, nothing rounded.
pub(crate) fn typed(value: Num, unit: &Unit) -> String {
    value.over(unit.times).unwrap_or(value).to_string()
}

/// What somebody typed in this unit, in base units.
pub(crate) fn read(text: &str, unit: &Unit) -> Option<Num> {
    let plain: String = text
        .chars()
        .filter(|c| !matches!(c, ',' | '，' | ' '))
        .collect();
    Some(Num::parse(plain.trim_end_matches(['%', '％']))? * unit.times)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is typed in 万元 is kept in 元 and shown as it was.
    #[test]
    fn typed_numbers_come_back() {
        for (text, unit, kept, shown_as) in [
            ("961", "户", "961", "961户"),
            ("1,200.5", "万元", "12005000", "1,200.5万元"),
            ("95.5%", "%", "95.5", "95.5%"),
        ] {
            let unit = Unit::parse(unit);
            let value = read(text, &unit).unwrap();
            assert_eq!(value.to_string(), kept, "{text}");
            assert_eq!(with_unit(value, &unit), shown_as);
        }
        assert_eq!(read("约 20", &Unit::parse("户")), None);
        assert_eq!(read("-3", &Unit::parse("户")), None);
    }
}
