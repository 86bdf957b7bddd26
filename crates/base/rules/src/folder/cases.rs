//! `services.cases.toml`: examples an official can read and add.

use super::params::ParamValue;
use super::reader::{Row, json};
use crate::Answer;
use crate::facts::{Facts, find};
use kernel::Day;
use serde::Serialize;
use std::collections::BTreeMap;

/// A person, a day and the expected answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Case {
    /// What it shows, in Chinese.
    pub says: String,
    /// The item asked about.
    pub service: u16,
    /// The asked day.
    pub as_of: Day,
    /// The person as written.
    pub person: serde_json::Map<String, serde_json::Value>,
    /// The person as read.
    #[serde(skip)]
    pub facts: Facts,
    /// The expected answer.
    pub expect: Answer,
    /// The expected amount per unit.
    pub fen: Option<i64>,
    /// The amount is expected to be not fixed.
    pub fen_unknown: bool,
    /// The expected step of the benefit.
    pub tier: Option<String>,
    /// Exactly what is expected to be missing.
    pub missing: Option<Vec<String>>,
    /// Values assumed for parameters that have none.
    pub params: BTreeMap<String, ParamValue>,
    /// The line it stands on.
    pub line: usize,
}

pub(super) const KEYS: &[&str] = &["case"];
const CASE: &[&str] = &[
    "says",
    "service",
    "as_of",
    "person",
    "expect",
    "fen",
    "fen_unknown",
    "tier",
    "missing",
    "params",
];

pub(super) fn read(top: Row<'_>) -> Vec<Case> {
    top.rows("case", CASE)
        .into_iter()
        .filter_map(case)
        .collect()
}

fn case(row: Row<'_>) -> Option<Case> {
    let (says, as_of) = (row.text("says"), row.day("as_of"));
    let service = row
        .int_needed("service", 1, 999)
        .and_then(|no| u16::try_from(no).ok());
    let expect = row
        .word("expect", &["yes", "no", "unknown"])
        .and_then(|w| Answer::from_word(&w));
    let person = person(row);
    let (fen, fen_unknown) = (
        row.int("fen", 0, i64::MAX),
        row.flag("fen_unknown").unwrap_or(false),
    );
    if fen.is_some() && fen_unknown {
        row.problem(row.line, "同时写了 fen 和 fen_unknown", "只留一个");
    }
    let missing = row.texts("missing");
    for name in missing.iter().flatten() {
        if find(name).is_none() && !name.starts_with("param:") {
            let what = format!("missing 里的「{name}」不是登记的事实");
            row.problem(
                row.line_of("missing"),
                what,
                "写事实名称（如 birth_date），参数写 param:名称",
            );
        }
    }
    let params = params(row);
    let (person, facts) = person?;
    Some(Case {
        says: says?,
        service: service?,
        as_of: as_of?,
        person,
        facts,
        expect: expect?,
        fen,
        fen_unknown,
        tier: row.text_opt("tier"),
        missing,
        params,
        line: row.line,
    })
}

fn person(row: Row<'_>) -> Option<(serde_json::Map<String, serde_json::Value>, Facts)> {
    let Some(raw) = row.raw("person") else {
        row.problem(row.line, "缺少 person", "补上 person = { … }");
        return None;
    };
    let serde_json::Value::Object(person) = json(raw.get_ref()) else {
        row.problem(
            row.line_of("person"),
            "person 的值不对",
            "应为表，写成 { … }",
        );
        return None;
    };
    match Facts::from_json(&person) {
        Ok(facts) => Some((person, facts)),
        Err(complaints) => {
            for complaint in complaints {
                row.problem(row.line_of("person"), complaint, "按事实词典改正 person");
            }
            None
        }
    }
}

fn params(row: Row<'_>) -> BTreeMap<String, ParamValue> {
    let mut params = BTreeMap::new();
    let Some(raw) = row.raw("params") else {
        return params;
    };
    let line = row.line_of("params");
    let serde_json::Value::Object(written) = json(raw.get_ref()) else {
        row.problem(
            line,
            "params 的值不对",
            "应为表，写成 { \"高龄津贴\" = 5000 }",
        );
        return params;
    };
    for (name, value) in written {
        let value = match value {
            serde_json::Value::Number(number) => number.as_i64().map(ParamValue::Int),
            serde_json::Value::Bool(flag) => Some(ParamValue::Flag(flag)),
            serde_json::Value::String(word) => Some(ParamValue::Word(word)),
            _ => None,
        };
        match value {
            Some(value) => drop(params.insert(name, value)),
            None => row.problem(
                line,
                format!("参数「{name}」的值不对"),
                "写整数、true/false 或文字",
            ),
        }
    }
    params
}
