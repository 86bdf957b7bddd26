//! An example in the words of an official: the person, what is expected, what is assumed.

use crate::params::{area_name, value_zh};
use rules::facts::{self, FactId, Value};
use rules::folder::{Case, Folder, ParamValue};

/// What is known of the person, one 「名称：值」 each, in the order written. What is not written is unknown.
pub(crate) fn person(case: &Case, folder: &Folder) -> Vec<String> {
    let mut words = Vec::new();
    for (key, json) in &case.person {
        if key == "merit" {
            words.push(format!("优抚类别：{}", merit(json)));
        } else if let Some((fact, value)) =
            facts::find(key).and_then(|fact| Some((fact, case.facts.get(fact)?)))
        {
            words.push(format!(
                "{}：{}",
                fact.def().zh,
                value_words(fact, value, case, folder)
            ));
        }
    }
    words
}

fn value_words(fact: FactId, value: &Value, case: &Case, folder: &Folder) -> String {
    match value {
        Value::Area(code) => area_name(folder, code),
        Value::Day(birth) if fact == FactId::BIRTH_DATE && *birth <= case.as_of => {
            let age = birth.age_on(case.as_of);
            if age < 3 {
                format!("{}（{} 月龄）", birth.zh(), birth.months_on(case.as_of))
            } else {
                format!("{}（{age} 周岁）", birth.zh())
            }
        }
        _ => facts::value_zh(fact, value),
    }
}

fn merit(json: &serde_json::Value) -> String {
    let word = |word: &str| {
        let fact = facts::find(&format!("merit_{word}"));
        fact.map_or_else(
            || {
                if word == "none" {
                    "无".to_owned()
                } else {
                    word.to_owned()
                }
            },
            |fact| fact.def().zh.to_owned(),
        )
    };
    match json {
        serde_json::Value::String(one) => word(one),
        serde_json::Value::Array(several) => several
            .iter()
            .filter_map(serde_json::Value::as_str)
            .map(word)
            .collect::<Vec<_>>()
            .join("、"),
        _ => "不明".to_owned(),
    }
}

/// What is expected beside the answer: amount, step, what is missing.
pub(crate) fn expected(case: &Case) -> String {
    let mut words = Vec::new();
    if let Some(fen) = case.fen {
        words.push(format!("{} 元", kernel::Fen(fen)));
    }
    if case.fen_unknown {
        words.push("金额未定".to_owned());
    }
    words.extend(case.tier.clone());
    match case.missing.as_deref() {
        None | Some([]) => {}
        Some(missing) => {
            let name = |name: &String| match name.strip_prefix("param:") {
                Some(param) => format!("参数“{param}”"),
                None => {
                    facts::find(name).map_or_else(|| name.clone(), |fact| fact.def().zh.to_owned())
                }
            };
            words.push(format!(
                "缺：{}",
                missing.iter().map(name).collect::<Vec<_>>().join("、")
            ));
        }
    }
    words.join("，")
}

/// The values the example assumes for parameters without one.
pub(crate) fn assumed(case: &Case, folder: &Folder) -> String {
    let value = |(name, value): (&String, &ParamValue)| {
        let unit = folder
            .params
            .iter()
            .find(|param| param.name == *name)
            .map(|param| param.unit);
        let zh = unit.map(|unit| value_zh(unit, value)).unwrap_or_default();
        format!("{name} {zh}")
    };
    case.params.iter().map(value).collect::<Vec<_>>().join("，")
}
