//! `GET /plan/print`: a whole plan as one document to print (rows A01, A02, A06).

use super::changes::shown::words;
use super::names::measure_name;
use super::reading::Reading;
use askama::Template;
use axum::extract::RawQuery;
use figures::{Book, Finding, Kind, Role, Row};
use host::{Ctx, Page};
use std::collections::BTreeMap;
use ui::{ListQuery, PageError, Shell};

#[derive(Template)]
#[template(path = "pages/print.html")]
struct PrintPage {
    shell: Shell,
    reading: Reading,
    /// «2025年6月30日发布» or that it is a draft.
    version: String,
    today: String,
    indicators: Vec<Part>,
    tasks: Vec<Part>,
    tables: Vec<Part>,
    projects: Vec<Line>,
    standards: Vec<Part>,
}

/// Rows under one heading.
struct Part {
    title: String,
    lines: Vec<Line>,
}

/// A row as printed.
struct Line {
    no: String,
    name: String,
    text: String,
    about: String,
    first: Vec<String>,
    then: Vec<String>,
    when: String,
    who: String,
    source: String,
}

/// `GET /plan/print`
pub(crate) async fn get(ctx: Ctx, RawQuery(raw): RawQuery) -> Page {
    let query = ListQuery::parse(raw.as_deref(), &super::changes::SPEC).map_err(PageError::from)?;
    let reading = Reading::of(&ctx, query.filter("place"), query.filter("draft").is_some()).await?;
    let book = &reading.book;
    let version = reading.version.publication.as_ref().map_or_else(
        || format!("草稿（未发布），{}存", reading.version.loaded_at.minute()),
        |publication| format!("{}发布", publication.at.day().zh()),
    );
    Ok(ui::page(PrintPage {
        shell: reading.shell(&ctx, &format!("{}规划全本", reading.place())),
        version,
        today: ctx.today().zh(),
        indicators: parts(book, "indicator"),
        tasks: parts(book, "task"),
        tables: book.of_kind("table").map(|row| table(book, row)).collect(),
        projects: book.of_kind("project").map(|row| line(book, row)).collect(),
        standards: parts(book, "standard"),
        reading,
    }))
}

/// Rows of a kind by their heading, headings in the order they first appear.
fn parts(book: &Book, kind: &str) -> Vec<Part> {
    let mut order: BTreeMap<String, usize> = BTreeMap::new();
    let mut parts: Vec<Part> = Vec::new();
    for row in book.of_kind(kind) {
        let title = heading(row);
        let at = *order.entry(title.clone()).or_insert_with(|| {
            parts.push(Part {
                title,
                lines: Vec::new(),
            });
            parts.len() - 1
        });
        if let Some(part) = parts.get_mut(at) {
            part.lines.push(line(book, row));
        }
    }
    parts
}

fn heading(row: &Row) -> String {
    match &row.kind {
        Kind::Indicator { table, .. } => {
            let table = table.as_deref().unwrap_or("正文里的数量目标");
            format!("{} {table}", row.source.document)
        }
        Kind::Task { list, year, .. } => {
            let year = year.map(|year| format!("{year}年 ")).unwrap_or_default();
            format!("{year}{} {list}", row.source.document)
        }
        Kind::Standard { kind } => kind.clone(),
        Kind::Table { .. } | Kind::Project { .. } => String::new(),
    }
}

fn line(book: &Book, row: &Row) -> Line {
    // Two columns say 现有 and 目标 already.
    let plain = |role: Role, words: String| match role {
        Role::Baseline | Role::Target => words
            .strip_prefix(role.zh())
            .map_or(words.clone(), |rest| rest.trim_start().to_owned()),
        _ => words,
    };
    let figures = |state: bool| {
        row.figures
            .iter()
            .filter(|figure| (figure.role == Role::Baseline) == state)
            .map(|figure| plain(figure.role, words(book, row, figure)))
            .collect()
    };
    let (no, what) = match &row.kind {
        Kind::Indicator { no, .. } => (
            no.map(|no| no.to_string()).unwrap_or_default(),
            String::new(),
        ),
        Kind::Task { no, .. } => (no.clone().unwrap_or_default(), String::new()),
        Kind::Project { what } => (String::new(), what.clone().unwrap_or_default()),
        Kind::Table { .. } | Kind::Standard { .. } => (String::new(), String::new()),
    };
    let mut about = vec![what];
    about.extend(
        row.measure
            .as_deref()
            .map(|id| measure_name(book, id))
            .filter(|name| *name != row.name),
    );
    about.extend(row.note.clone());
    about.retain(|part| !part.is_empty());
    let due = row
        .due_says
        .clone()
        .or_else(|| row.due.map(kernel::Day::zh));
    let who = if row.lead.is_empty() {
        row.with.join("、")
    } else {
        format!(
            "牵头：{}　责任：{}",
            row.lead.join("、"),
            row.with.join("、")
        )
    };
    Line {
        no,
        name: row.name.clone(),
        text: row.text.clone().unwrap_or_default(),
        about: about.join("；"),
        first: figures(true),
        then: figures(false),
        when: due.unwrap_or_default(),
        who,
        source: format!("{} {}", row.source.document, row.source.section),
    }
}

/// A capacity table: one line a figure.
fn table(book: &Book, row: &Row) -> Part {
    let all = line(book, row);
    let lines = row.figures.iter().map(|figure| Line {
        no: figure.role.zh().to_owned(),
        name: figure.class.clone().unwrap_or_else(|| figure.when()),
        text: String::new(),
        about: measure_name(book, &figure.measure),
        first: Vec::new(),
        then: vec![figure.zh()],
        when: figure.when(),
        who: String::new(),
        source: String::new(),
    });
    Part {
        title: format!("{}（{}，{}）", row.name, row.domain, all.source),
        lines: lines.collect(),
    }
}

impl PrintPage {
    fn by_severity(&self) -> Vec<&Finding> {
        let mut findings: Vec<&Finding> = self.reading.findings.iter().collect();
        findings.sort_by_key(|finding| finding.severity);
        findings
    }
}
