//! 文件与部门: the documents of all places side by side, and the departments of the chosen one.

use super::directory::{Department, directory};
use super::reading::Reading;
use super::rows_filter::{read, spec};
use askama::Template;
use axum::extract::RawQuery;
use figures::{Finding, FindingKind};
use host::{Ctx, Page};
use kernel::Day;
use rules::folder::Document;
use ui::{ListQuery, ListSpec, Shell};

const SPEC: ListSpec = spec(&["place", "draft"]);

struct Annex {
    title: String,
    /// Rows of the plan stand in it.
    filled: bool,
}

/// How many rows of a kind come from a document, and where they are listed.
struct Count {
    label: &'static str,
    n: usize,
    /// Empty where there is no list.
    href: String,
}

struct Line {
    place: String,
    level: String,
    /// The place that is chosen.
    here: bool,
    number: String,
    title: String,
    issuer: String,
    issued: String,
    draft: bool,
    period: String,
    over: bool,
    public: bool,
    registered: String,
    annexes: Vec<Annex>,
    counts: Vec<Count>,
}

#[derive(Template)]
#[template(path = "pages/documents.html")]
struct DocumentsPage {
    shell: Shell,
    reading: Reading,
    query: ListQuery,
    lines: Vec<Line>,
    departments: Vec<Department>,
    today: String,
}

/// `GET /plan/documents`
pub(crate) async fn get(ctx: Ctx, RawQuery(raw): RawQuery) -> Page {
    let (query, reading) = read(&ctx, raw.as_deref(), &SPEC).await?;
    let today = ctx.today();
    let mut lines = Vec::new();
    for (slug, _) in &reading.places {
        if slug == reading.slug() {
            lines.extend(documents(&reading, true, today));
        } else {
            lines.extend(documents(
                &Reading::of(&ctx, Some(slug), false).await?,
                false,
                today,
            ));
        }
    }
    Ok(ui::page(DocumentsPage {
        shell: reading
            .shell(&ctx, "文件与部门")
            .path("/plan/indicators")
            .mark_active()
            .path(ctx.path()),
        departments: directory(&reading),
        lines,
        today: today.zh(),
        query,
        reading,
    }))
}

fn documents(reading: &Reading, here: bool, today: Day) -> Vec<Line> {
    let head = &reading.book.head;
    head.documents
        .iter()
        .map(|document| Line {
            place: head.place.clone(),
            level: head.level.clone().unwrap_or_default(),
            here,
            number: document.number.clone(),
            title: document.title.clone(),
            issuer: document.issuer.clone(),
            issued: document.issued_on.map(Day::zh).unwrap_or_default(),
            draft: document.draft,
            period: period(document),
            over: document.until.is_some_and(|until| until < today),
            public: document.public,
            registered: document.registered.clone().unwrap_or_default(),
            annexes: annexes(&reading.findings, document),
            counts: counts(reading, &document.number),
        })
        .collect()
}

/// `2023年1月—2025年12月`.
fn period(document: &Document) -> String {
    let month = |day: Day| format!("{}年{}月", day.year(), day.month());
    match (document.from, document.until) {
        (Some(from), Some(until)) => format!("{}—{}", month(from), month(until)),
        (Some(from), None) => format!("{}起", month(from)),
        (None, Some(until)) => format!("至{}", month(until)),
        (None, None) => String::new(),
    }
}

/// The annexes it names; the check found those that hold nothing.
fn annexes(findings: &[Finding], document: &Document) -> Vec<Annex> {
    let empty = |title: &str| {
        findings.iter().any(|finding| {
            let named =
                |place: &figures::Place| place.document == document.number && place.name == title;
            finding.kind == FindingKind::EmptyAnnex && finding.places.iter().any(named)
        })
    };
    document
        .annexes
        .iter()
        .map(|title| Annex {
            title: title.clone(),
            filled: !empty(title),
        })
        .collect()
}

fn counts(reading: &Reading, number: &str) -> Vec<Count> {
    let rows = |keys: &[&str]| {
        let of =
            |row: &&figures::Row| row.source.document == number && keys.contains(&row.kind.key());
        reading.book.rows.iter().filter(of).count()
    };
    let figures = reading
        .book
        .figures()
        .filter(|(row, _)| row.source.document == number)
        .count();
    let about = |finding: &&Finding| finding.places.iter().any(|place| place.document == number);
    let findings = reading.findings.iter().filter(about).count();
    let list = |path: &str| reading.href(&format!("{path}?document={}", ui::query_encode(number)));
    let count = |label, n, href| Count { label, n, href };
    vec![
        count("指标", rows(&["indicator"]), list("/plan/indicators")),
        count("任务", rows(&["task"]), list("/plan/tasks")),
        count(
            "供给",
            rows(&["table", "project"]),
            reading.href("/plan/capacity"),
        ),
        count("标准", rows(&["standard"]), list("/plan/standards")),
        count("数值", figures, String::new()),
        count("口径差异", findings, list("/plan/findings")),
    ]
}
