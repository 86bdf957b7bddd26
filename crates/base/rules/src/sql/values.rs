//! Literals: texts quoted, days as numbers, NULL with a type.

use crate::facts::{Value, value_text};
use crate::folder::{ParamUnit, ParamValue};

pub(super) fn literal(value: &Value) -> String {
    match value {
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => number(*value),
        Value::Day(day) => day.number().to_string(),
        Value::Word(_) | Value::Area(_) | Value::Text(_) => quoted(&value_text(value)),
    }
}

pub(super) fn param_literal(value: &ParamValue) -> String {
    match value {
        ParamValue::Int(value) => number(*value),
        ParamValue::Flag(value) => value.to_string(),
        ParamValue::Word(word) => quoted(word),
    }
}

/// Unknown, with the type that its place wants.
pub(super) fn null(unit: ParamUnit) -> String {
    let kind = match unit {
        ParamUnit::Flag => "boolean",
        ParamUnit::Word => "varchar(200)",
        ParamUnit::Fen | ParamUnit::Percent | ParamUnit::Level | ParamUnit::Age => "bigint",
    };
    format!("cast(null as {kind})")
}

fn number(value: i64) -> String {
    if value < 0 {
        format!("({value})")
    } else {
        value.to_string()
    }
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
