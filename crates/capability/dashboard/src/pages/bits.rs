//! What the pages share: values with badge and date, filters of an address.

use crate::show;
use crate::value::Value;
use figures::Unit;
use ui::{Choice, ListQuery, ListSpec, PageError};

/// A list without sorting: filters in the order they stand in an address.
pub(crate) const fn spec(filters: &'static [&'static str]) -> ListSpec {
    ListSpec {
        filters,
        sorts: &[],
        default_sort: "",
        default_desc: false,
    }
}

/// The address read; an unknown key is a 400 that names it (invariant 4).
pub(crate) fn read(raw: Option<&str>, spec: &ListSpec) -> Result<ListQuery, PageError> {
    ListQuery::parse(raw, spec).map_err(|error| PageError::bad_request(error.to_string()))
}

/// Refuses a value the filter cannot have, and names it.
pub(crate) fn allowed(
    query: &ListQuery,
    key: &str,
    known: impl Fn(&str) -> bool,
) -> Result<(), PageError> {
    match query.filter(key).filter(|value| !known(value)) {
        None => Ok(()),
        Some(value) => Err(PageError::bad_request(format!(
            "查询条件「{key}」不能是「{value}」，没有显示。"
        ))),
    }
}

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
