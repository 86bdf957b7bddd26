//! Rows, departments and tasks that stand twice, and annexes that do not stand at all.

use super::Facts;
use crate::finding::{Finding, FindingKind, Place, Severity};
use crate::model::{Kind, Row};
use crate::read::numbers;
use std::collections::{BTreeMap, BTreeSet};

/// Rows of one table with the same name.
pub(super) fn duplicate_rows(facts: &Facts<'_>) -> Vec<Finding> {
    let mut first: BTreeMap<(String, String, String), &Row> = BTreeMap::new();
    let mut out = Vec::new();
    for row in facts.rows() {
        let table = match &row.kind {
            Kind::Indicator {
                table: Some(table), ..
            } => format!("{table}/{}", row.domain),
            Kind::Task {
                list,
                year: Some(year),
                ..
            } => format!("{list}/{year}"),
            _ => continue,
        };
        let key = (row.source.document.clone(), table, row.name.clone());
        let Some(other) = first.get(&key) else {
            first.insert(key, row);
            continue;
        };
        let says = format!("「{}」在同一张表里出现两次", row.name);
        out.push(
            Finding::new(
                FindingKind::DuplicateRow,
                &format!("{}:{}", other.id, row.id),
                Severity::Minor,
                says,
                "确认是重复还是两项不同的工作，重复的删去一行",
                vec![Place::row(other), Place::row(row)],
            )
            .of_domain(&row.domain),
        );
    }
    out
}

/// Without the level in front, which documents write once before a list: 县发改局、民政局.
fn stem(name: &str) -> &str {
    name.strip_prefix(['市', '县', '省']).unwrap_or(name)
}

/// Departments twice in one row, and one department in several spellings.
pub(super) fn departments(facts: &Facts<'_>) -> Vec<Finding> {
    let head = &facts.book.head;
    let mut out = Vec::new();
    let mut told: BTreeSet<(&str, &str)> = BTreeSet::new();
    // (document, department) → spelling → first row
    let mut spellings: BTreeMap<(&str, &str), BTreeMap<&str, &Row>> = BTreeMap::new();
    for row in facts.rows() {
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        let mut twice: BTreeSet<&str> = BTreeSet::new();
        for spelling in row.departments() {
            let name = head.department(spelling);
            if !seen.insert(name) {
                twice.insert(name);
            }
            spellings
                .entry((&row.source.document, name))
                .or_default()
                .entry(stem(spelling))
                .or_insert(row);
        }
        // A clause is typed in as a task, an indicator and a standard: told once.
        if !twice.is_empty() && told.insert((&row.source.document, &row.source.section)) {
            let names: Vec<&str> = twice.into_iter().collect();
            let says = format!("「{}」的责任单位里 {} 列了两次", row.name, names.join("、"));
            out.push(
                Finding::new(
                    FindingKind::DuplicateDepartment,
                    &row.id,
                    Severity::Note,
                    says,
                    "删去重复的一个，或补上本来要写的单位",
                    vec![Place::row(row)],
                )
                .of_domain(&row.domain),
            );
        }
    }
    for ((document, name), ways) in spellings {
        if ways.len() < 2 {
            continue;
        }
        let words: Vec<&str> = ways.keys().copied().collect();
        let says = format!("{name}在同一份文件里有几种写法：{}", words.join("、"));
        out.push(Finding::new(
            FindingKind::DepartmentSpelling,
            &format!("{document}:{name}"),
            Severity::Note,
            says,
            "统一用机构全称或规范简称，免得任务派不到人",
            ways.values().map(|row| Place::row(row)).collect(),
        ));
    }
    out
}

const ONCE: &[&str] = &["制定", "出台", "成立", "印发", "编制"];

/// What is done once and set as a task again in a later year.
pub(super) fn repeated(facts: &Facts<'_>) -> Vec<Finding> {
    let mut groups: BTreeMap<(&str, &str), Vec<&Row>> = BTreeMap::new();
    for row in facts.rows() {
        let (Kind::Task { year: Some(_), .. }, Some(text)) = (&row.kind, &row.text) else {
            continue;
        };
        let clause = text.split(['，', '；', '。']).next().unwrap_or_default();
        if ONCE.iter().any(|word| clause.starts_with(word)) {
            groups
                .entry((&row.source.document, clause))
                .or_default()
                .push(row);
        }
    }
    let mut out = Vec::new();
    for ((_, clause), rows) in groups {
        let (Some(first), true) = (rows.first(), rows.len() > 1) else {
            continue;
        };
        let says = format!("「{clause}」是一次性工作，却在 {} 个年度里重复", rows.len());
        out.push(
            Finding::new(
                FindingKind::RepeatedTask,
                &first.id,
                Severity::Note,
                says,
                "后续年度改为「落实、修订」，或只考核其中的数值",
                rows.iter().map(|row| Place::row(row)).collect(),
            )
            .of_domain(&first.domain),
        );
    }
    out
}

/// Annexes that a document names and that hold nothing.
pub(super) fn annexes(facts: &Facts<'_>) -> Vec<Finding> {
    let book = facts.book;
    let rows = book
        .rows
        .iter()
        .map(|row| (&row.source.document, &row.source.section));
    let list = book
        .list_sections
        .iter()
        .map(|(document, section)| (document, section));
    let filled: BTreeSet<(&str, String)> = rows
        .chain(list)
        .map(|(document, section)| {
            (
                document.as_str(),
                section.split_whitespace().collect::<String>(),
            )
        })
        .collect();
    let mut out = Vec::new();
    for number in numbers(&book.head) {
        let Some(document) = book.head.document(number) else {
            continue;
        };
        for (index, annex) in document.annexes.iter().enumerate() {
            let only = document.annexes.len() == 1;
            let label = format!("附件{}", index + 1);
            // 附件10 is not 附件1.
            let of_label = |section: &str| {
                section
                    .strip_prefix(&label)
                    .is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_digit()))
            };
            let there = filled.iter().any(|(of, section)| {
                *of == number && (of_label(section) || (only && section.starts_with("附件")))
            });
            if there {
                continue;
            }
            let place = Place {
                row: String::new(),
                name: annex.clone(),
                value: String::new(),
                document: number.to_owned(),
                section: if only {
                    "附件".to_owned()
                } else {
                    label.clone()
                },
                quote: annex.clone(),
                file: rules::folder::PLAN.to_owned(),
                line: document.line,
            };
            out.push(Finding::new(
                FindingKind::EmptyAnnex,
                &format!("{number}:{}", index + 1),
                Severity::Serious,
                format!("{number} 列了附件《{annex}》，正文之后没有内容"),
                "向发文单位索取附件，补录后项目、投资、床位（托位）才能核对",
                vec![place],
            ));
        }
    }
    out
}
