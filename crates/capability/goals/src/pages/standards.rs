//! 标准与政策: norms, prices, money, deadlines and policies of a plan, by what they are.

use super::reading::Reading;
use super::rows_filter::{departments, involves, narrowed, plain, read, spec};
use super::rows_view::{Mark, Value, mark};
use askama::Template;
use axum::extract::RawQuery;
use figures::{DOMAINS, Kind, Row, STANDARD_KINDS};
use host::{Ctx, Page};
use ui::{Choice, ListQuery, ListSpec, Shell};

const PATH: &str = "/plan/standards";
const SPEC: ListSpec = spec(&[
    "place",
    "draft",
    "kind",
    "domain",
    "department",
    "document",
    "q",
    "conflict",
]);

/// A standard or a policy.
struct Line {
    href: String,
    name: String,
    note: String,
    domain: String,
    figures: Vec<Value>,
    /// The sentence, where there is no figure.
    sentence: String,
    when: String,
    who: String,
    document: String,
    section: String,
    mark: Option<Mark>,
}

/// Those of one kind.
struct Group {
    kind: &'static str,
    lines: Vec<Line>,
}

#[derive(Template)]
#[template(path = "pages/standards.html")]
struct StandardsPage {
    shell: Shell,
    query: ListQuery,
    reading: Reading,
    kinds: Vec<Choice>,
    domains: Vec<Choice>,
    departments: Vec<Choice>,
    documents: Vec<Choice>,
    groups: Vec<Group>,
    shown: usize,
    all: usize,
}

impl StandardsPage {
    fn chosen(&self, key: &str) -> &str {
        self.query.filter(key).unwrap_or_default()
    }

    fn narrowed(&self) -> bool {
        narrowed(&self.query)
    }
}

/// `GET /plan/standards`
pub(crate) async fn get(ctx: Ctx, RawQuery(raw): RawQuery) -> Page {
    let (query, reading) = read(&ctx, raw.as_deref(), &SPEC).await?;
    query.allowed("kind", |kind| STANDARD_KINDS.contains(&kind))?;
    let rows = || reading.book.of_kind("standard");
    let groups: Vec<Group> = STANDARD_KINDS
        .iter()
        .map(|kind| Group {
            kind,
            lines: rows()
                .filter(|row| is_kind(row, kind) && keeps(&query, &reading, row))
                .map(|row| line(&reading, row))
                .collect(),
        })
        .filter(|group| !group.lines.is_empty())
        .collect();
    let there = |kind: &&&str| rows().any(|row| is_kind(row, kind));
    let numbers = reading
        .book
        .head
        .documents
        .iter()
        .map(|document| document.number.as_str());
    Ok(ui::page(StandardsPage {
        shell: reading.shell(&ctx, "标准与政策"),
        kinds: plain(&query, "kind", STANDARD_KINDS.iter().filter(there).copied()),
        domains: plain(&query, "domain", DOMAINS.iter().copied()),
        departments: plain(&query, "department", departments(&reading, rows())),
        documents: plain(&query, "document", numbers),
        shown: groups.iter().map(|group| group.lines.len()).sum(),
        all: rows().count(),
        groups,
        query,
        reading,
    }))
}

fn is_kind(row: &Row, wanted: &str) -> bool {
    matches!(&row.kind, Kind::Standard { kind } if kind == wanted)
}

fn keeps(query: &ListQuery, reading: &Reading, row: &Row) -> bool {
    let is = |key: &str, test: &dyn Fn(&str) -> bool| query.filter(key).is_none_or(test);
    is("kind", &|kind| is_kind(row, kind))
        && is("domain", &|domain| row.domain == domain)
        && is("document", &|number| row.source.document == number)
        && is("department", &|name| involves(&reading.book, row, name))
        && is("q", &|words| says(row, words))
        && is("conflict", &|_| mark(reading, row).is_some())
}

/// Policies have their words in the quote.
fn says(row: &Row, words: &str) -> bool {
    let words = words.to_lowercase();
    [Some(&row.name), row.text.as_ref(), Some(&row.source.quote)]
        .into_iter()
        .flatten()
        .any(|text| text.to_lowercase().contains(&words))
}

fn line(reading: &Reading, row: &Row) -> Line {
    let mut figures: Vec<Value> = row
        .figures
        .iter()
        .map(|figure| Value::of(&reading.book, figure))
        .collect();
    let mut years: Vec<String> = Vec::new();
    for figure in &figures {
        if !figure.when.is_empty() && !years.contains(&figure.when) {
            years.push(figure.when.clone());
        }
    }
    // One year for all stands in its own column only.
    if years.len() < 2
        && figures
            .iter()
            .all(|figure| Some(&figure.when) == years.first())
    {
        for figure in &mut figures {
            figure.when.clear();
        }
    }
    if let Some(due) = row
        .due_says
        .as_ref()
        .filter(|due| !years.iter().any(|year| due.contains(year.as_str())))
    {
        years.push(due.clone());
    }
    Line {
        href: reading.row_href(&row.id),
        name: row.name.clone(),
        note: row.note.clone().unwrap_or_default(),
        domain: row.domain.clone(),
        sentence: if figures.is_empty() {
            row.text.clone().unwrap_or_else(|| row.source.quote.clone())
        } else {
            String::new()
        },
        figures,
        when: years.join("、"),
        who: row.departments().collect::<Vec<_>>().join("、"),
        document: row.source.document.clone(),
        section: row.source.section.clone(),
        mark: mark(reading, row),
    }
}
