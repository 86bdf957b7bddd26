//! One fact's value: its JSON form, its one text form and how it reads on a page.

use super::words::grade_zh;
use super::{FactId, Kind, word_zh};
use kernel::{AreaCode, Day};

/// A known value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Value {
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A day.
    Day(Day),
    /// A word of the fact's own list.
    Word(&'static str),
    /// An area.
    Area(AreaCode),
    /// Text.
    Text(String),
}

impl Value {
    /// The value as a person file writes it.
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Self::Bool(value) => (*value).into(),
            Self::Int(value) => (*value).into(),
            _ => value_text(self).into(),
        }
    }

    /// Whether a fact of this kind can have this value.
    pub fn fits(&self, kind: Kind) -> bool {
        match (self, kind) {
            (Self::Bool(_), Kind::Bool)
            | (Self::Day(_), Kind::Day)
            | (Self::Area(_), Kind::Area)
            | (Self::Text(_), Kind::Text) => true,
            (Self::Int(value), Kind::Int { min, max }) => (min..=max).contains(value),
            (Self::Word(value), Kind::Word(words)) => words.contains(value),
            _ => false,
        }
    }
}

/// The value of a person file, or what is allowed instead.
pub(super) fn from_json(fact: FactId, json: &serde_json::Value) -> Result<Value, String> {
    let refuse = || refusal(fact, &json.to_string());
    match (fact.def().kind, json) {
        (Kind::Bool, serde_json::Value::Bool(value)) => Ok(Value::Bool(*value)),
        (Kind::Int { min, max }, serde_json::Value::Number(number)) => {
            let value = number.as_i64().filter(|value| (min..=max).contains(value));
            value.map(Value::Int).ok_or_else(refuse)
        }
        (Kind::Text, serde_json::Value::Array(items)) => {
            let texts: Option<Vec<&str>> = items.iter().map(serde_json::Value::as_str).collect();
            texts
                .map(|texts| Value::Text(texts.join(",")))
                .ok_or_else(refuse)
        }
        (Kind::Day | Kind::Word(_) | Kind::Area | Kind::Text, serde_json::Value::String(text)) => {
            parse_value(fact, text)
        }
        _ => Err(refuse()),
    }
}

/// Reads the one text form, used by forms and in the history: `true`, `80`, `2025-06-30`, `alone`.
pub fn parse_value(fact: FactId, text: &str) -> Result<Value, String> {
    let value = match fact.def().kind {
        Kind::Bool => match text {
            "true" => Some(Value::Bool(true)),
            "false" => Some(Value::Bool(false)),
            _ => None,
        },
        Kind::Int { min, max } => {
            let number = text
                .parse()
                .ok()
                .filter(|number| (min..=max).contains(number));
            number.map(Value::Int)
        }
        Kind::Day => text.parse().ok().map(Value::Day),
        Kind::Word(words) => words
            .iter()
            .find(|word| **word == text)
            .map(|word| Value::Word(word)),
        Kind::Area => text.parse().ok().map(Value::Area),
        Kind::Text => (!text.is_empty()).then(|| Value::Text(text.to_owned())),
    };
    value.ok_or_else(|| refusal(fact, &format!("「{text}」")))
}

fn refusal(fact: FactId, written: &str) -> String {
    let def = fact.def();
    format!(
        "{}（{}）：{written} 不能用，应为 {}",
        def.name,
        def.zh,
        def.allowed()
    )
}

/// The one text form; [`parse_value`] reads it back.
pub fn value_text(value: &Value) -> String {
    match value {
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        Value::Day(value) => value.to_string(),
        Value::Word(value) => (*value).to_owned(),
        Value::Area(value) => value.to_string(),
        Value::Text(value) => value.clone(),
    }
}

/// The value on a page: 是, 独居, 二级, 2025年6月30日; an area stays a code.
pub fn value_zh(fact: FactId, value: &Value) -> String {
    match value {
        Value::Bool(true) => "是".to_owned(),
        Value::Bool(false) => "否".to_owned(),
        Value::Int(number) => {
            grade_zh(fact, *number).map_or_else(|| number.to_string(), str::to_owned)
        }
        Value::Day(day) => day.zh(),
        Value::Word(word) => word_zh(fact, word).unwrap_or(word).to_owned(),
        Value::Area(_) | Value::Text(_) => value_text(value),
    }
}

#[cfg(test)]
mod tests {
    use super::super::find;
    use super::*;

    /// facts.md: one text form per value, read back as the same value, and one reading on pages.
    #[test]
    fn texts_are_read_back_and_refusals_name_what_is_allowed() {
        for (name, text, zh) in [
            ("alive", "true", "是"),
            ("ability_level", "2", "中度失能"),
            ("disability_grade", "1", "一级"),
            ("birth_order", "3", "3"),
            ("birth_date", "1945-06-30", "1945年6月30日"),
            ("living", "alone", "独居"),
            ("disability_kind", "精神", "精神残疾"),
            ("hukou_area", "421303001001", "421303001001"),
            ("guardian_ids", "a,b", "a,b"),
        ] {
            let fact = find(name).unwrap();
            let value = parse_value(fact, text).unwrap();
            assert!(value.fits(fact.def().kind));
            assert_eq!(
                (value_text(&value).as_str(), value_zh(fact, &value).as_str()),
                (text, zh)
            );
        }
        for (name, text, says) in [
            ("ability_level", "5", "0 到 4 的整数"),
            ("living", "together", "alone、empty_nest"),
            ("alive", "是", "true 或 false"),
            ("birth_date", "1945", "2025-06-30"),
            ("hukou_area", "42130", "2、4、6、9 或 12 位"),
        ] {
            let error = parse_value(find(name).unwrap(), text).unwrap_err();
            assert!(error.contains(name) && error.contains(says), "{error}");
        }
    }
}
