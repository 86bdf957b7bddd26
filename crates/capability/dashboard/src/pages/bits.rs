//! What the pages share: values with badge and date, filters of an address.

use crate::show;
use crate::value::Value;
use figures::Unit;
use ui::Choice;

/// Choices of a filter from key and words.
pub(crate) fn choices(pairs: &[(&str, &str)]) -> Vec<Choice> {
    pairs
        .iter()
        .map(|(key, words)| Choice::new(*key, *words))
        .collect()
}

/// A value as a page shows it.
pub(crate) struct Shown {
    pub(crate) number: String,
    pub(crate) unit: String,
    pub(crate) day: String,
    pub(crate) kind: &'static str,
    pub(crate) pill: &'static str,
    pub(crate) by: String,
    pub(crate) source: String,
    pub(crate) note: String,
    pub(crate) parts: String,
    pub(crate) recorded: String,
    pub(crate) area: String,
    /// Another row took its place.
    pub(crate) superseded: bool,
}

impl Shown {
    pub(crate) fn of(value: &Value, unit: &Unit, area: String) -> Self {
        let parts = match (value.numerator, value.denominator) {
            (Some(above), Some(below)) => {
                let plain = Unit::parse("");
                format!(
                    "{} ÷ {}",
                    show::number(above, &plain),
                    show::number(below, &plain)
                )
            }
            _ => String::new(),
        };
        Self {
            number: show::number(value.value, unit),
            unit: unit.printed.clone(),
            day: value.day.to_string(),
            kind: value.kind.zh(),
            pill: value.kind.pill(),
            by: value.reporter_name.clone(),
            source: value.source.clone(),
            note: value.note.clone().unwrap_or_default(),
            parts,
            recorded: value.recorded.minute(),
            area,
            superseded: value.superseded_by.is_some(),
        }
    }
}
