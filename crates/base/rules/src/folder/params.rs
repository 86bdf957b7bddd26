//! `params.toml`: dated values by area and 城乡; and the demo overlay, a file of the same shape.

use super::reader::{Doc, Row};
use super::source::{self, Source};
use super::words::ParamUnit;
use crate::Problem;
use kernel::{AreaCode, Day};
use serde::{Deserialize, Serialize};

/// A parameter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Param {
    /// Its name, as rules write it.
    pub name: String,
    /// What its values are.
    pub unit: ParamUnit,
    /// What it means.
    pub says: String,
    /// 待当地确认.
    pub confirm: bool,
    /// The value is a minimum the plan states; a county may raise it.
    pub floor: bool,
    /// Where it comes from.
    pub source: Source,
    /// Its values; none means it has no value yet.
    pub values: Vec<DatedValue>,
    /// The line it stands on.
    pub line: usize,
}

/// A value from a day on, for an area and 城乡 where they are named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DatedValue {
    /// The day it is in force from.
    pub from: Day,
    /// The area it is for.
    pub area: Option<AreaCode>,
    /// For 城镇 (`true`) or 农村 (`false`) only.
    pub urban: Option<bool>,
    /// The value.
    pub value: ParamValue,
    /// The line it stands on.
    pub line: usize,
}

/// A parameter's value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ParamValue {
    /// Fen, percent, level or age.
    Int(i64),
    /// Yes or no.
    Flag(bool),
    /// A word.
    Word(String),
}

/// Demo values that lie over the parameters; never part of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Overlay {
    /// The values by parameter name, with the line each parameter stands on.
    pub values: Vec<OverlayValues>,
    /// SM3 of the text.
    pub digest: String,
}

/// The demo values of one parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OverlayValues {
    /// The parameter.
    pub name: String,
    /// Its values.
    pub values: Vec<DatedValue>,
    /// The line it stands on.
    pub line: usize,
}

/// The name under which problems of an overlay are told.
pub const OVERLAY_FILE: &str = "overlay.toml";

pub(super) const KEYS: &[&str] = &["param"];
const PARAM: &[&str] = &[
    "name", "unit", "says", "confirm", "floor", "source", "values",
];
const VALUE: &[&str] = &["from", "area", "urban", "fen", "number", "flag", "word"];

pub(super) fn read(top: Row<'_>, documents: &[String]) -> Vec<Param> {
    let mut params: Vec<Param> = Vec::new();
    for row in top.rows("param", PARAM) {
        let name = row.text("name");
        if let Some(first) = params
            .iter()
            .find(|param| Some(&param.name) == name.as_ref())
        {
            let what = format!("参数「{}」在第 {} 行已定义", first.name, first.line);
            row.problem(row.line, what, "合并为一个参数，值写进 values");
        }
        let unit = row
            .word("unit", ParamUnit::KEYS)
            .and_then(|key| ParamUnit::from_key(&key));
        let (says, source) = (row.text("says"), source::read(row, documents));
        if !row.has("values") {
            row.problem(row.line, "缺少 values", "没有值时写 values = []");
        }
        let values = values(row, unit);
        let (Some(name), Some(unit), Some(says), Some(source)) = (name, unit, says, source) else {
            continue;
        };
        for value in values.iter().filter(|value| !fits(unit, &value.value)) {
            let what = format!("参数「{name}」的值与 unit = \"{}\" 不符", unit.key());
            row.problem(value.line, what, format!("用 {} 写值", value_key(unit)));
        }
        let (confirm, floor) = (
            row.flag("confirm").unwrap_or(false),
            row.flag("floor").unwrap_or(false),
        );
        params.push(Param {
            name,
            unit,
            says,
            confirm,
            floor,
            source,
            values,
            line: row.line,
        });
    }
    params
}

/// Reads an overlay: the same shape, only `name` and `values`.
pub fn overlay(text: &str) -> Result<Overlay, Vec<Problem>> {
    let doc = Doc::new(OVERLAY_FILE, text);
    let mut found = Overlay {
        values: Vec::new(),
        digest: super::digest::of_text(text),
    };
    if let Some(table) = doc.parse() {
        let top = Row::top(&doc, &table, KEYS);
        for row in top.rows("param", &["name", "values"]) {
            let values = values(row, None);
            let Some(name) = row.text("name") else {
                continue;
            };
            if found.values.iter().any(|other| other.name == name) {
                row.problem(row.line, format!("参数「{name}」重复"), "合并为一个");
            }
            found.values.push(OverlayValues {
                name,
                values,
                line: row.line,
            });
        }
    }
    let problems = doc.into_problems();
    if problems.is_empty() {
        Ok(found)
    } else {
        Err(problems)
    }
}

/// Whether a value is of a parameter's unit.
pub(crate) fn fits(unit: ParamUnit, value: &ParamValue) -> bool {
    match (unit, value) {
        (ParamUnit::Fen, ParamValue::Int(_))
        | (ParamUnit::Flag, ParamValue::Flag(_))
        | (ParamUnit::Word, ParamValue::Word(_)) => true,
        (ParamUnit::Percent, ParamValue::Int(value)) => (0..=1000).contains(value),
        (ParamUnit::Level | ParamUnit::Age, ParamValue::Int(value)) => (0..=150).contains(value),
        _ => false,
    }
}

const fn key(unit: ParamUnit) -> &'static str {
    match unit {
        ParamUnit::Fen => "fen",
        ParamUnit::Percent | ParamUnit::Level | ParamUnit::Age => "number",
        ParamUnit::Flag => "flag",
        ParamUnit::Word => "word",
    }
}

const fn value_key(unit: ParamUnit) -> &'static str {
    match unit {
        ParamUnit::Fen => "fen（0 以上的整数）",
        ParamUnit::Percent => "number（0 到 1000 的整数）",
        ParamUnit::Level | ParamUnit::Age => "number（0 到 150 的整数）",
        ParamUnit::Flag => "flag（true 或 false）",
        ParamUnit::Word => "word（文字）",
    }
}

/// The values of a parameter; where the unit is known only its own key may hold them.
fn values(row: Row<'_>, unit: Option<ParamUnit>) -> Vec<DatedValue> {
    let mut values: Vec<DatedValue> = Vec::new();
    for row in row.rows("values", VALUE) {
        let (from, urban) = (row.day("from"), row.flag("urban"));
        let area: Option<AreaCode> = row.parsed("area");
        let mut written = Vec::new();
        written.extend(row.int("fen", 0, 1_000_000_000_000).map(ParamValue::Int));
        written.extend(row.int("number", 0, 1_000_000).map(ParamValue::Int));
        written.extend(row.flag("flag").map(ParamValue::Flag));
        written.extend(row.text_opt("word").map(ParamValue::Word));
        if ["fen", "number", "flag", "word"]
            .iter()
            .filter(|key| row.has(key))
            .count()
            != 1
        {
            row.problem(
                row.line,
                "每个值要写且只写 fen、number、flag、word 之一",
                "只留一个",
            );
            continue;
        }
        if let Some(unit) = unit.filter(|unit| !row.has(key(*unit))) {
            let what = format!("值与 unit = \"{}\" 不符", unit.key());
            row.problem(row.line, what, format!("用 {} 写值", value_key(unit)));
            continue;
        }
        let (Some(from), Some(value), false) =
            (from, written.pop(), row.has("area") && area.is_none())
        else {
            continue;
        };
        if values
            .iter()
            .any(|v| (v.from, v.area, v.urban) == (from, area, urban))
        {
            row.problem(row.line, "同一日期、地区、城乡有两个值", "只留一个");
        }
        values.push(DatedValue {
            from,
            area,
            urban,
            value,
            line: row.line,
        });
    }
    values
}
