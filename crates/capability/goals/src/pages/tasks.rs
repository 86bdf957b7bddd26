//! 重点任务: dated tasks by year and the measures of the text, each with deadline and departments.

use super::reading::Reading;
use super::rows_filter::{choices, departments, keeps, narrowed, plain, read, spec};
use super::rows_view::{Mark, Value, executors, mark, periods_over};
use askama::Template;
use axum::extract::RawQuery;
use figures::{DOMAINS, Kind, Row};
use host::{Ctx, Page};
use kernel::Day;
use ui::{Choice, ListQuery, ListSpec, Shell};

const PATH: &str = "/plan/tasks";
const SPEC: ListSpec = spec(&[
    "place",
    "draft",
    "year",
    "department",
    "domain",
    "document",
    "due",
    "q",
    "conflict",
]);
/// Where today stands to the deadline.
const DUE: [(&str, &str); 4] = [
    ("past", "已到期"),
    ("this_year", "今年到期"),
    ("later", "以后"),
    ("none", "无期限"),
];
/// A measure of the text that names a deadline, and one that does not.
const TEXT: [(&str, &str); 2] = [("text", "正文有期限"), ("none", "无期限")];

struct Line {
    href: String,
    no: String,
    name: String,
    text: String,
    goals: Vec<Value>,
    due: String,
    /// 还有 n 天, 已过 n 天.
    left: String,
    lead: String,
    with: String,
    executors: &'static str,
    mark: Option<Mark>,
}

struct Group {
    title: String,
    lines: Vec<Line>,
}

/// One year, or the measures of one chapter.
struct Section {
    title: String,
    under: String,
    count: usize,
    groups: Vec<Group>,
}

/// One part of the strip above the list.
struct Part {
    title: String,
    count: usize,
    href: String,
    here: bool,
}

#[derive(Template)]
#[template(path = "pages/tasks.html")]
struct TasksPage {
    shell: Shell,
    reading: Reading,
    query: ListQuery,
    departments: Vec<Choice>,
    years: Vec<Choice>,
    documents: Vec<Choice>,
    /// Any row of the place names who leads.
    leads: bool,
    periods: Vec<String>,
    strip: Vec<Part>,
    sections: Vec<Section>,
    shown: usize,
    all: usize,
    today: String,
}

impl TasksPage {
    fn domains(&self) -> Vec<Choice> {
        plain(&self.query, "domain", DOMAINS.iter().copied())
    }

    fn due_choices(&self) -> Vec<Choice> {
        choices(&self.query, "due", DUE)
    }

    fn chosen(&self, key: &str) -> &str {
        self.query.filter(key).unwrap_or_default()
    }

    fn narrowed(&self) -> bool {
        narrowed(&self.query)
    }

    fn columns(&self) -> usize {
        if self.leads { 8 } else { 7 }
    }
}

/// `GET /plan/tasks`
pub(crate) async fn get(ctx: Ctx, RawQuery(raw): RawQuery) -> Page {
    let (query, reading) = read(&ctx, raw.as_deref(), &SPEC).await?;
    let is_text = |value: &str| TEXT.iter().any(|(key, _)| *key == value);
    query.allowed("year", |value| {
        is_text(value) || value.parse::<i32>().is_ok()
    })?;
    query.allowed("due", |value| DUE.iter().any(|(key, _)| *key == value))?;
    let today = ctx.today();
    let book = &reading.book;
    let mut rows: Vec<&Row> = book.of_kind("task").collect();
    // Years first; the measures of the text keep the order of their documents.
    rows.sort_by_key(|row| (year(row).is_none(), year(row)));
    let kept: Vec<&Row> = rows
        .iter()
        .copied()
        .filter(|row| keeps(&query, &reading, row) && own_filters(&query, row, today))
        .collect();
    let strip = strip(&reading, &query, &rows);
    let years: Vec<(&str, &str)> = strip
        .iter()
        .map(|(key, part)| (key.as_str(), part.title.as_str()))
        .collect();
    let numbers = book
        .head
        .documents
        .iter()
        .map(|document| document.number.as_str());
    Ok(ui::page(TasksPage {
        shell: reading.shell(&ctx, "重点任务"),
        departments: plain(
            &query,
            "department",
            departments(&reading, rows.iter().copied()),
        ),
        years: choices(&query, "year", years),
        documents: plain(&query, "document", numbers),
        leads: rows.iter().any(|row| !row.lead.is_empty()),
        periods: periods_over(&reading, today),
        sections: sections(&reading, &kept, today),
        shown: kept.len(),
        all: rows.len(),
        strip: strip.into_iter().map(|(_, part)| part).collect(),
        today: today.zh(),
        query,
        reading,
    }))
}

fn year(row: &Row) -> Option<i32> {
    match &row.kind {
        Kind::Task { year, .. } => *year,
        _ => None,
    }
}

/// The word of the filter `year` that finds this row.
fn year_key(row: &Row) -> String {
    match (year(row), row.due) {
        (Some(year), _) => year.to_string(),
        (None, Some(_)) => "text".to_owned(),
        (None, None) => "none".to_owned(),
    }
}

/// The word of the filter `due` that finds this row.
fn due_key(row: &Row, today: Day) -> &'static str {
    match row.due {
        None => "none",
        Some(due) if due < today => "past",
        Some(due) if due.year() == today.year() => "this_year",
        Some(_) => "later",
    }
}

fn own_filters(query: &ListQuery, row: &Row, today: Day) -> bool {
    query
        .filter("year")
        .is_none_or(|chosen| year_key(row) == chosen)
        && query
            .filter("due")
            .is_none_or(|chosen| due_key(row, today) == chosen)
}

/// How the tasks are made up: by year, then the measures of the text with and without a deadline.
fn strip(reading: &Reading, query: &ListQuery, rows: &[&Row]) -> Vec<(String, Part)> {
    let mut keys: Vec<(String, String)> = Vec::new();
    for year in rows.iter().filter_map(|row| year(row)) {
        let key = year.to_string();
        if !keys.iter().any(|(known, _)| *known == key) {
            keys.push((key, format!("{year}年")));
        }
    }
    keys.extend(TEXT.map(|(key, title)| (key.to_owned(), title.to_owned())));
    keys.into_iter()
        .map(|(key, title)| {
            let count = rows.iter().filter(|row| year_key(row) == key).count();
            let part = Part {
                title,
                count,
                href: reading.href(&format!("{PATH}?year={key}")),
                here: query.filter("year") == Some(&key),
            };
            (key, part)
        })
        .filter(|(_, part)| part.count > 0)
        .collect()
}

fn sections(reading: &Reading, rows: &[&Row], today: Day) -> Vec<Section> {
    let mut out: Vec<Section> = Vec::new();
    for row in rows {
        let Kind::Task {
            list, year, group, ..
        } = &row.kind
        else {
            continue;
        };
        let (title, under) = match year {
            Some(year) => (
                format!("{year}年"),
                format!("{} {list}", row.source.document),
            ),
            None => (list.clone(), row.source.document.clone()),
        };
        let known = out
            .iter()
            .position(|s| s.title == title && s.under == under);
        let at = known.unwrap_or_else(|| {
            out.push(Section {
                title,
                under,
                count: 0,
                groups: Vec::new(),
            });
            out.len() - 1
        });
        let Some(section) = out.get_mut(at) else {
            continue;
        };
        section.count += 1;
        let title = group.clone().unwrap_or_default();
        let line = line(reading, row, today);
        match section.groups.iter_mut().find(|known| known.title == title) {
            Some(group) => group.lines.push(line),
            None => section.groups.push(Group {
                title,
                lines: vec![line],
            }),
        }
    }
    out
}

fn line(reading: &Reading, row: &Row, today: Day) -> Line {
    let no = match &row.kind {
        Kind::Task { no, .. } => no.clone().unwrap_or_default(),
        _ => String::new(),
    };
    Line {
        href: reading.row_href(&row.id),
        no,
        name: row.name.clone(),
        text: row.text.clone().unwrap_or_default(),
        goals: row
            .figures
            .iter()
            .map(|figure| Value::of(&reading.book, figure))
            .collect(),
        due: row
            .due_says
            .clone()
            .or_else(|| row.due.map(Day::zh))
            .unwrap_or_default(),
        left: row.due.map(|due| left(today, due)).unwrap_or_default(),
        lead: row.lead.join("、"),
        with: row.with.join("、"),
        executors: executors(row),
        mark: mark(reading, row),
    }
}

/// How far the deadline is: `还有 12 天`, `已过 3 天`.
pub(crate) fn left(today: Day, due: Day) -> String {
    match today.days_until(due) {
        0 => "今天到期".to_owned(),
        days if days > 0 => format!("还有 {days} 天"),
        days => format!("已过 {} 天", -days),
    }
}
