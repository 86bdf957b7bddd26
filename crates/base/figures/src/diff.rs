//! What two versions of a plan say differently, row by row.

use crate::finding::Finding;
use crate::model::{Book, Figure, Kind, Row};
use serde::Serialize;

/// One field of a row, before and after; empty where it was not there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldChange {
    /// The field, in Chinese.
    pub field: &'static str,
    /// Before.
    pub before: String,
    /// After.
    pub after: String,
}

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Became {
    /// Only in the new version.
    Added,
    /// Only in the old version.
    Removed,
    /// In both, differently.
    Changed,
}

impl Became {
    /// In Chinese.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Added => "新增",
            Self::Removed => "删去",
            Self::Changed => "修改",
        }
    }
}

/// A row that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RowChange {
    /// The row.
    pub id: String,
    /// Its name (the new one).
    pub name: String,
    /// 指标, 重点任务 …
    pub kind: &'static str,
    /// What became of it.
    pub became: Became,
    /// Its fields that differ; for added and removed rows those that say something.
    pub fields: Vec<FieldChange>,
}

/// Rows that differ, in the order of the new version, removed ones last.
pub fn diff(before: &Book, after: &Book) -> Vec<RowChange> {
    let change = |row: &Row, became: Became, fields: Vec<FieldChange>| RowChange {
        id: row.id.clone(),
        name: row.name.clone(),
        kind: row.kind.zh(),
        became,
        fields,
    };
    let mut out = Vec::new();
    for row in &after.rows {
        match before.row(&row.id) {
            None => out.push(change(row, Became::Added, compare(None, Some(row)))),
            Some(old) => {
                let fields = compare(Some(old), Some(row));
                if !fields.is_empty() {
                    out.push(change(row, Became::Changed, fields));
                }
            }
        }
    }
    for row in before
        .rows
        .iter()
        .filter(|row| after.row(&row.id).is_none())
    {
        out.push(change(row, Became::Removed, compare(Some(row), None)));
    }
    out
}

/// Findings that a change brings and takes away.
pub fn findings_diff<'a>(
    before: &'a [Finding],
    after: &'a [Finding],
) -> (Vec<&'a Finding>, Vec<&'a Finding>) {
    let missing = |from: &[Finding], finding: &Finding| {
        !from.iter().any(|other| other.print == finding.print)
    };
    (
        after
            .iter()
            .filter(|finding| missing(before, finding))
            .collect(),
        before
            .iter()
            .filter(|finding| missing(after, finding))
            .collect(),
    )
}

fn compare(before: Option<&Row>, after: Option<&Row>) -> Vec<FieldChange> {
    let (old, new) = (before.map(fields), after.map(fields));
    let names: Vec<&'static str> = new
        .as_ref()
        .or(old.as_ref())
        .map_or_else(Vec::new, |fields| {
            fields.iter().map(|(name, _)| *name).collect()
        });
    let get = |fields: &Option<Vec<(&'static str, String)>>, name: &str| {
        fields
            .as_ref()
            .and_then(|fields| fields.iter().find(|(field, _)| *field == name))
            .map(|(_, value)| value.clone())
            .unwrap_or_default()
    };
    names
        .into_iter()
        .filter_map(|field| {
            let (before, after) = (get(&old, field), get(&new, field));
            (before != after).then_some(FieldChange {
                field,
                before,
                after,
            })
        })
        .collect()
}

fn fields(row: &Row) -> Vec<(&'static str, String)> {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let mut out = vec![
        ("名称", row.name.clone()),
        ("领域", row.domain.clone()),
        ("内容", text(&row.text)),
    ];
    match &row.kind {
        Kind::Indicator {
            table,
            no,
            group,
            nature,
            no_baseline,
        } => {
            out.push(("表", text(table)));
            out.push(("序号", no.map(|no| no.to_string()).unwrap_or_default()));
            out.push(("一级指标", text(group)));
            out.push(("指标属性", text(nature)));
            out.push((
                "无基数",
                if *no_baseline {
                    "是".into()
                } else {
                    String::new()
                },
            ));
        }
        Kind::Task {
            list,
            no,
            year,
            group,
        } => {
            out.push(("任务表", list.clone()));
            out.push(("序号", text(no)));
            out.push((
                "年度",
                year.map(|year| year.to_string()).unwrap_or_default(),
            ));
            out.push(("重点任务", text(group)));
        }
        Kind::Table { by } => out.push(("分项方式", by.clone())),
        Kind::Project { what } => out.push(("建设性质", text(what))),
        Kind::Standard { kind } => out.push(("类别", kind.clone())),
    }
    out.push(("牵头单位", row.lead.join("、")));
    out.push(("责任单位", row.with.join("、")));
    out.push(("期限", row.due.map(kernel::Day::zh).unwrap_or_default()));
    out.push(("期限原文", text(&row.due_says)));
    out.push(("口径", text(&row.measure)));
    out.push(("口径说明", text(&row.note)));
    out.push((
        "数值",
        row.figures
            .iter()
            .map(figure_words)
            .collect::<Vec<_>>()
            .join("；"),
    ));
    out.push((
        "出处",
        format!(
            "{} {}「{}」",
            row.source.document, row.source.section, row.source.quote
        ),
    ));
    out
}

/// A figure with everything that makes it another figure.
fn figure_words(figure: &Figure) -> String {
    let mut out = format!("{} {} {}", figure.role.zh(), figure.when(), figure.zh());
    for (flag, word) in [(figure.flow, "新增"), (figure.mixed, "含改建")] {
        if flag {
            out.push(' ');
            out.push_str(word);
        }
    }
    for extra in [&figure.class, &figure.says, &figure.note, &figure.quote]
        .into_iter()
        .flatten()
    {
        out.push(' ');
        out.push_str(extra);
    }
    out.push_str(&format!(" [{}]", figure.measure));
    out
}
