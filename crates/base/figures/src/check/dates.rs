//! Deadlines against the day of issue, and baselines without a year.

use super::Facts;
use crate::finding::{Finding, FindingKind, Place, Severity};
use crate::model::{Kind, Role, Row};
use kernel::Day;
use std::collections::{BTreeMap, BTreeSet};

/// Fewer days than this between issue and deadline is short notice.
const SHORT: i32 = 90;

/// Deadlines and planned years before, or just after, the document was issued.
pub(super) fn dates(facts: &Facts<'_>) -> Vec<Finding> {
    let mut told: BTreeSet<(FindingKind, String, String)> = BTreeSet::new();
    let found = facts
        .rows()
        .into_iter()
        .filter_map(|row| of_row(facts, row));
    // A clause is typed in as a task, an indicator and a standard: told once.
    found
        .filter(|finding| {
            let first = finding.places.first();
            let clause = first
                .map(|place| (place.document.clone(), place.section.clone()))
                .unwrap_or_default();
            let value = first.map(|place| place.value.clone()).unwrap_or_default();
            finding.kind == FindingKind::BeforeIssue && !value.is_empty()
                || told.insert((finding.kind, clause.0, clause.1))
        })
        .collect()
}

fn of_row(facts: &Facts<'_>, row: &Row) -> Option<Finding> {
    let issued = facts.book.head.document(&row.source.document)?.issued_on?;
    let planned = row.figures.iter().filter(|figure| {
        matches!(figure.role, Role::Target | Role::Task | Role::Part) && figure.from.is_none()
    });
    let past: Vec<_> = planned
        .clone()
        .filter(|figure| figure.year.is_some_and(|year| year < issued.year()))
        .collect();
    let day = row.due.or_else(|| {
        let year = planned
            .filter_map(|figure| figure.year)
            .filter(|year| *year >= issued.year())
            .min()?;
        matches!(row.kind, Kind::Indicator { .. })
            .then(|| Day::from_ymd(year, 12, 31))
            .flatten()
    });
    if !past.is_empty() || row.due.is_some_and(|due| due < issued) {
        let values: Vec<String> = past
            .iter()
            .map(|figure| format!("{} {}", figure.when(), figure.zh()))
            .collect();
        let what = if values.is_empty() {
            row.due_says.clone().unwrap_or_default()
        } else {
            values.join("、")
        };
        let says = format!("「{}」的 {what} 早于文件印发（{}）", row.name, issued.zh());
        let places = past
            .iter()
            .map(|figure| Place::figure(row, figure))
            .collect();
        return Some(
            Finding::new(
                FindingKind::BeforeIssue,
                &row.id,
                Severity::Note,
                says,
                "确认是已完成数还是计划数；已完成的按实际数登记，不再考核",
                if past.is_empty() {
                    vec![Place::row(row)]
                } else {
                    places
                },
            )
            .of_domain(&row.domain),
        );
    }
    let left = issued.days_until(day?);
    if !(0..SHORT).contains(&left) {
        return None;
    }
    let says = format!(
        "「{}」从印发（{}）到期限只有 {left} 天",
        row.name,
        issued.zh()
    );
    Some(
        Finding::new(
            FindingKind::ShortNotice,
            &row.id,
            Severity::Note,
            says,
            "确认是否在发文前已启动；未启动的另定期限",
            vec![Place::row(row)],
        )
        .of_domain(&row.domain),
    )
}

/// Tables whose baselines carry no year.
pub(super) fn undated(facts: &Facts<'_>) -> Vec<Finding> {
    let mut tables: BTreeMap<(&str, &str), Vec<&Row>> = BTreeMap::new();
    for row in &facts.book.rows {
        let Kind::Indicator {
            table: Some(table), ..
        } = &row.kind
        else {
            continue;
        };
        if row
            .of_role(Role::Baseline)
            .any(|figure| figure.last_year().is_none())
        {
            tables
                .entry((&row.source.document, table))
                .or_default()
                .push(row);
        }
    }
    tables
        .into_iter()
        .map(|((document, table), rows)| {
            let says = format!("{table}有 {} 项指标的「现有」没有写是哪一年", rows.len());
            Finding::new(
                FindingKind::UndatedBaseline,
                &format!("{document}:{table}"),
                Severity::Note,
                says,
                "请发文单位补明基期，否则算不出每年的进度",
                rows.iter().take(3).map(|row| Place::row(row)).collect(),
            )
        })
        .collect()
}
