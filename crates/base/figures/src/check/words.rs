//! Names that disagree with their units, and one thing in two units.

use super::{Fact, Facts};
use crate::finding::{Finding, FindingKind, Place, Severity};
use crate::model::{Kind, Row};
use crate::unit::same_word;
use std::collections::BTreeMap;

const RATES: &[&str] = &["率", "占比", "比例", "比重", "覆盖面"];
const QUANTITIES: &[&str] = &[
    "规模",
    "数",
    "数量",
    "率",
    "值",
    "增加值",
    "额",
    "总量",
    "占比",
    "面积",
];

/// The name without what stands in brackets.
fn bare(name: &str) -> String {
    let mut depth = 0;
    let keep = |c: char| {
        match c {
            '（' | '(' => depth += 1,
            '）' | ')' => {
                depth -= 1;
                return None;
            }
            _ => {}
        }
        (depth == 0).then_some(c)
    };
    name.chars().filter_map(keep).collect()
}

/// Indicators whose name says one thing and whose unit another.
pub(super) fn name_unit(facts: &Facts<'_>) -> Vec<Finding> {
    let indicators = |row: &&Row| matches!(row.kind, Kind::Indicator { .. });
    facts
        .book
        .rows
        .iter()
        .filter(indicators)
        .filter_map(disagreement)
        .collect()
}

fn disagreement(row: &Row) -> Option<Finding> {
    let name = bare(&row.name);
    let unit = row.figures.iter().find_map(|figure| figure.unit.as_ref());
    let rate = RATES.iter().any(|word| name.ends_with(word));
    let count = name.ends_with('数') && !name.starts_with('每') || name.ends_with("数量");
    let printed = row
        .figures
        .first()
        .map(crate::Figure::zh)
        .unwrap_or_default();
    let says = if count && unit.is_some_and(crate::Unit::is_percent) {
        format!("「{}」名称是数量，数值却是百分比（{printed}）", row.name)
    } else if rate
        && unit.is_some_and(|unit| !unit.is_percent() && unit.base != "‰" && unit.base != "倍")
    {
        format!("「{}」名称是比率，数值却是数量（{printed}）", row.name)
    } else if joined(&name) {
        format!("「{}」一行里是两个指标，只有一个数（{printed}）", row.name)
    } else if name.matches('每').count() > 1 {
        format!("「{}」一行里有两个分母，只有一个数（{printed}）", row.name)
    } else {
        return None;
    };
    let finding = Finding::new(
        FindingKind::NameUnit,
        &row.id,
        Severity::Minor,
        says,
        "请发文单位明确统计的是哪一个量、用什么单位；填报前先定口径",
        vec![
            row.figures
                .first()
                .map_or_else(|| Place::row(row), |figure| Place::figure(row, figure)),
        ],
    );
    let measure = row
        .figures
        .first()
        .map_or("", |figure| figure.measure.as_str());
    Some(finding.of_measure(measure, &row.domain))
}

/// Two quantities joined by 及 or 和: 产业规模及增加值.
fn joined(name: &str) -> bool {
    ["及", "和"].iter().any(|word| {
        name.split_once(word).is_some_and(|(first, second)| {
            let quantity = |part: &str| QUANTITIES.iter().any(|end| part.ends_with(end));
            quantity(first) && quantity(second)
        })
    })
}

/// Measures in two units within one document; told once for each pair of units.
pub(super) fn unit_words(facts: &Facts<'_>) -> Vec<Finding> {
    let mut groups: BTreeMap<(&str, &str), Vec<Fact<'_>>> = BTreeMap::new();
    for fact in facts.all.iter().filter(|fact| fact.figure.unit.is_some()) {
        groups
            .entry((fact.document(), &fact.measure.id))
            .or_default()
            .push(*fact);
    }
    let base = |fact: &Fact<'_>| {
        fact.figure
            .unit
            .as_ref()
            .map(|unit| unit.base.clone())
            .unwrap_or_default()
    };
    let mut pairs: BTreeMap<(&str, String), Vec<[Fact<'_>; 2]>> = BTreeMap::new();
    for ((document, _), group) in groups {
        let Some(first) = group.first() else { continue };
        let Some(other) = group
            .iter()
            .find(|fact| !same_word(&base(first), &base(fact)))
        else {
            continue;
        };
        let mut words = [base(first), base(other)];
        words.sort();
        pairs
            .entry((document, words.join("、")))
            .or_default()
            .push([*first, *other]);
    }
    let mut out = Vec::new();
    for ((document, words), found) in pairs {
        let names: Vec<&str> = found
            .iter()
            .map(|[fact, _]| fact.measure.name.as_str())
            .collect();
        let says = format!(
            "{}在同一份文件里用了不同的单位（{words}）",
            names.join("、")
        );
        let finding = Finding::new(
            FindingKind::UnitWords,
            &format!("{document}:{words}"),
            Severity::Note,
            says,
            "统一单位；含义不同的（如人与人次）分开统计",
            found.iter().flatten().map(Fact::place).collect(),
        );
        out.push(match found.as_slice() {
            [[fact, _]] => finding.of_measure(&fact.measure.id, &fact.measure.domain),
            _ => finding,
        });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_without_brackets() {
        assert_eq!(
            bare("示范性老年友好社区(活力发展社区)数"),
            "示范性老年友好社区数"
        );
        assert!(joined("养老产业规模及增加值"));
        assert!(!joined("居家和社区养老服务覆盖率"));
    }
}
