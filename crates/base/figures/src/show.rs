//! Rows and figures as JSON: the form of `laoyou plan show --format json`.

use crate::model::{Book, Executors, Figure, Kind, Row};
use crate::{Measure, Num};
use kernel::{AreaCode, Day};
use serde::Serialize;

/// What a figure is about (docs/plan-format.md, "Figures").
#[derive(Debug, Clone, Serialize)]
pub struct About<'a> {
    /// The measure.
    pub measure: &'a str,
    /// Its name.
    pub name: &'a str,
    /// The area.
    pub area: AreaCode,
    /// The year at whose end it holds.
    pub year: Option<i32>,
    /// The first year of a period.
    pub from: Option<i32>,
    /// The last year of a period.
    pub until: Option<i32>,
    /// The measure's base unit.
    pub unit: &'a str,
    /// What the words define differently.
    pub note: Option<&'a str>,
}

/// A figure, with what it is about and where it stands.
#[derive(Debug, Clone, Serialize)]
pub struct FigureView<'a> {
    role: &'static str,
    op: &'static str,
    value: &'a str,
    upto: Option<&'a str>,
    unit: Option<&'a str>,
    /// In base units.
    amount: Num,
    /// The upper end in base units.
    amount_upto: Option<Num>,
    flow: bool,
    mixed: bool,
    each_year: bool,
    per: Option<&'static str>,
    class: Option<&'a str>,
    estimate: bool,
    says: Option<&'a str>,
    quote: &'a str,
    text: String,
    about: About<'a>,
    line: usize,
}

/// A row.
#[derive(Debug, Clone, Serialize)]
pub struct RowView<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    table: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    list: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    no: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    year: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    what: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<&'a str>,
    domain: &'a str,
    name: &'a str,
    text: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nature: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    no_baseline: Option<bool>,
    due: Option<Day>,
    due_says: Option<&'a str>,
    lead: &'a [String],
    with: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    executors: Option<Executors>,
    note: Option<&'a str>,
    figures: Vec<FigureView<'a>>,
    source: &'a crate::Clause,
    line: usize,
}

/// The figures of a folder.
#[derive(Debug, Clone, Serialize)]
pub struct BookView<'a> {
    /// Measures that its figures use.
    pub measures: Vec<&'a Measure>,
    /// 指标.
    pub indicators: Vec<RowView<'a>>,
    /// 重点任务.
    pub tasks: Vec<RowView<'a>>,
    /// 供给计划.
    pub tables: Vec<RowView<'a>>,
    /// 项目.
    pub projects: Vec<RowView<'a>>,
    /// 标准与政策.
    pub standards: Vec<RowView<'a>>,
    /// Findings somebody has looked at.
    pub acknowledged: &'a [crate::Acknowledged],
}

impl Book {
    /// As JSON shows it.
    pub fn view(&self) -> BookView<'_> {
        let of = |key: &str| self.of_kind(key).map(|row| view(self, row)).collect();
        let used = |measure: &&Measure| {
            self.figures()
                .any(|(_, figure)| figure.measure == measure.id)
        };
        BookView {
            measures: self.measures.iter().filter(used).collect(),
            indicators: of("indicator"),
            tasks: of("task"),
            tables: of("table"),
            projects: of("project"),
            standards: of("standard"),
            acknowledged: &self.acknowledged,
        }
    }
}

fn view<'a>(book: &'a Book, row: &'a Row) -> RowView<'a> {
    let mut out = RowView {
        id: &row.id,
        table: None,
        list: None,
        no: None,
        year: None,
        group: None,
        by: None,
        what: None,
        kind: None,
        domain: &row.domain,
        name: &row.name,
        text: row.text.as_deref(),
        nature: None,
        no_baseline: None,
        due: row.due,
        due_says: row.due_says.as_deref(),
        lead: &row.lead,
        with: &row.with,
        executors: None,
        note: row.note.as_deref(),
        figures: row
            .figures
            .iter()
            .map(|figure| figure_view(book, row, figure))
            .collect(),
        source: &row.source,
        line: row.line,
    };
    match &row.kind {
        Kind::Indicator {
            table,
            no,
            group,
            nature,
            no_baseline,
        } => {
            out.table = table.as_deref();
            out.no = no.map(|no| no.to_string());
            out.group = group.as_deref();
            out.nature = nature.as_deref();
            out.no_baseline = Some(*no_baseline);
        }
        Kind::Task {
            list,
            no,
            year,
            group,
        } => {
            out.list = Some(list);
            out.no.clone_from(no);
            out.year = *year;
            out.group = group.as_deref();
            out.executors = Some(row.executors());
        }
        Kind::Table { by } => out.by = Some(by),
        Kind::Project { what } => out.what = what.as_deref(),
        Kind::Standard { kind } => out.kind = Some(kind),
    }
    out
}

fn figure_view<'a>(book: &'a Book, row: &'a Row, figure: &'a Figure) -> FigureView<'a> {
    let measure = book.measures.get(&figure.measure);
    FigureView {
        role: figure.role.key(),
        op: figure.op.key(),
        value: &figure.printed,
        upto: figure.upto.as_ref().map(|(upto, _)| upto.as_str()),
        unit: figure.unit.as_ref().map(|unit| unit.printed.as_str()),
        amount: figure.amount(),
        amount_upto: figure.upto.as_ref().map(|_| figure.amount_upto()),
        flow: figure.flow,
        mixed: figure.mixed,
        each_year: figure.each_year,
        per: figure.per.map(crate::Per::key),
        class: figure.class.as_deref(),
        estimate: figure.estimate,
        says: figure.says.as_deref(),
        quote: row.quote_of(figure),
        text: figure.zh(),
        about: About {
            measure: &figure.measure,
            name: measure.map_or("", |measure| measure.name.as_str()),
            area: figure.area.unwrap_or(book.head.area),
            year: figure.year,
            from: figure.from,
            until: figure.until,
            unit: measure.map_or("", |measure| measure.unit.as_str()),
            note: figure.note.as_deref().or(row.note.as_deref()),
        },
        line: figure.line,
    }
}
