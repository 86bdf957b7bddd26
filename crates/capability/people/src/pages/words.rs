//! How a person reads on a page: tags, masked numbers, areas.

use crate::api::Person;
use area::api::AreaBook;
use kernel::Day;
use rules::facts::{FactId, Facts, Value, find};

fn fact(facts: &Facts, name: &str) -> Option<Value> {
    find(name).and_then(|id| facts.get(id).cloned())
}

fn is(facts: &Facts, name: &str) -> bool {
    fact(facts, name) == Some(Value::Bool(true))
}

/// The classes a person belongs to (row B04), most pressing first; a person can have many.
pub fn tags(facts: &Facts, today: Day) -> Vec<String> {
    let mut out = Vec::new();
    let mut tag = |on: bool, text: &str| {
        if on {
            out.push(text.to_owned());
        }
    };
    tag(is(facts, "tekun"), "特困");
    tag(is(facts, "dibao") || is(facts, "dibao_household"), "低保");
    tag(is(facts, "low_income") && !is(facts, "dibao"), "低收入");
    match fact(facts, "living") {
        Some(Value::Word("alone")) => tag(true, "独居"),
        Some(Value::Word("empty_nest")) => tag(true, "空巢"),
        Some(Value::Word("institution")) => tag(true, "机构入住"),
        _ => {}
    }
    tag(is(facts, "left_behind"), "留守");
    tag(is(facts, "unattended"), "无人照料");
    if let Some(Value::Int(grade @ 1..=4)) = fact(facts, "disability_grade") {
        let words = ["一级", "二级", "三级", "四级"];
        let grade = words.get((grade - 1) as usize).copied().unwrap_or("");
        tag(true, &format!("{grade}残疾"));
    }
    if let Some(Value::Int(level @ 1..=4)) = fact(facts, "ability_level") {
        let words = ["轻度失能", "中度失能", "重度失能", "完全失能"];
        tag(true, words.get((level - 1) as usize).copied().unwrap_or(""));
    }
    tag(is(facts, "dementia"), "失智");
    match fact(facts, "special_family_kind") {
        Some(Value::Word("child_died")) => tag(true, "失独"),
        _ => tag(is(facts, "special_family"), "计生特殊家庭"),
    }
    for (name, text) in [
        ("merit_martyr_family", "烈士遗属"),
        ("merit_fallen_family", "因公牺牲军人遗属"),
        ("merit_deceased_soldier_family", "病故军人遗属"),
        ("merit_disabled_soldier", "残疾军人"),
        ("merit_demobilised", "复员军人"),
        ("merit_discharged", "退伍军人"),
        ("merit_veteran", "退役军人"),
        ("merit_serving_family", "现役军人家属"),
        ("orphan", "孤儿"),
        ("unattended_child", "事实无人抚养"),
        ("martyr_child", "烈士子女"),
        ("migrant_child", "随迁"),
        ("serious_illness", "重病"),
    ] {
        tag(is(facts, name), text);
    }
    if let Some(Value::Day(birth)) = fact(facts, "birth_date")
        && birth.age_on(today) >= 80
    {
        tag(true, "高龄");
    }
    out
}

/// 男, 女, or nothing.
pub fn sex(facts: &Facts) -> &'static str {
    match fact(facts, "sex") {
        Some(Value::Word("male")) => "男",
        Some(Value::Word("female")) => "女",
        _ => "",
    }
}

/// 「84周岁」, for small children 「14个月」; nothing where the birth date is unknown.
pub fn age(facts: &Facts, today: Day) -> String {
    match fact(facts, "birth_date") {
        Some(Value::Day(birth)) if birth.age_on(today) < 3 => {
            format!("{}个月", birth.months_on(today).max(0))
        }
        Some(Value::Day(birth)) => format!("{}周岁", birth.age_on(today)),
        _ => "年龄未知".to_owned(),
    }
}

/// How a person lives, or 未知.
pub fn living(facts: &Facts) -> String {
    let value =
        find("living").and_then(|id| facts.get(id).map(|value| rules::facts::value_zh(id, value)));
    value.unwrap_or_else(|| "未知".to_owned())
}

/// A number with all but its first three and last four characters starred.
pub fn masked(number: &str) -> String {
    let chars: Vec<char> = number.chars().collect();
    if chars.len() <= 7 {
        return "*".repeat(chars.len());
    }
    chars
        .iter()
        .enumerate()
        .map(|(place, c)| {
            if place < 3 || place + 4 >= chars.len() {
                *c
            } else {
                '*'
            }
        })
        .collect()
}

/// The name of an area fact, or nothing.
pub fn area(book: &AreaBook, person: &Person, fact: FactId) -> String {
    person
        .area(fact)
        .map(|code| book.full_name(&code))
        .unwrap_or_default()
}

/// An area as picked or typed: at least a county, so that nobody is counted nowhere.
pub fn area_from(text: &str) -> Result<kernel::AreaCode, &'static str> {
    match text.parse::<kernel::AreaCode>() {
        Ok(code) if code.level() < kernel::area_code::Level::County => {
            Err("请至少选到县（市、区）")
        }
        Ok(code) => Ok(code),
        Err(_not_a_code) => Err("请从列表选择区划，或填 6 至 12 位区划代码"),
    }
}

/// A value on a page; areas by name.
pub fn value(book: &AreaBook, fact: FactId, value: &Value) -> String {
    match value {
        Value::Area(code) => book.full_name(code),
        other => rules::facts::value_zh(fact, other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Row B04: a person can hold many tags.
    #[test]
    fn a_person_can_hold_many_tags() {
        let mut facts = Facts::default();
        for (name, value) in [
            ("tekun", Value::Bool(true)),
            ("living", Value::Word("alone")),
            ("disability_grade", Value::Int(2)),
            ("ability_level", Value::Int(3)),
            ("birth_date", Value::Day("1940-01-01".parse().unwrap())),
        ] {
            facts.set(find(name).unwrap(), Some(value));
        }
        let tags = tags(&facts, "2025-06-30".parse().unwrap());
        assert_eq!(tags, ["特困", "独居", "二级残疾", "重度失能", "高龄"]);
    }

    #[test]
    fn numbers_are_masked_in_the_middle() {
        assert_eq!(masked("11010519491231002X"), "110***********002X");
        assert_eq!(masked("19900001234"), "199****1234");
        assert_eq!(masked("1234"), "****");
    }
}
