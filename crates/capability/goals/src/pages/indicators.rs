//! 指标: every target of a place with its baseline, by theme; what is missing and what disagrees.

use super::reading::Reading;
use super::rows_filter::{choices, departments, keeps, narrowed, plain, read, spec};
use super::rows_view::{
    Mark, Raise, Value, baselines, goals, mark, path, periods_over, raise, stands,
};
use askama::Template;
use axum::extract::RawQuery;
use figures::{Book, DOMAINS, Kind, NATURES, Role, Row};
use host::{Ctx, Page};
use ui::{Choice, ListQuery, ListSpec, Shell, Tile};

const PATH: &str = "/plan/indicators";
const SPEC: ListSpec = spec(&[
    "place",
    "draft",
    "domain",
    "department",
    "year",
    "nature",
    "baseline",
    "document",
    "q",
    "conflict",
]);
const BASELINES: [(&str, &str); 3] = [
    ("none", "无基数"),
    ("undated", "未注明年份"),
    ("dated", "有年份"),
];

struct Line {
    href: String,
    name: String,
    stands: String,
    domain: String,
    nature: String,
    baselines: Vec<Value>,
    /// The document prints "-".
    dash: bool,
    goals: Vec<Value>,
    path: String,
    raise: Option<Raise>,
    lead: String,
    with: String,
    mark: Option<Mark>,
}

struct Group {
    theme: String,
    lines: Vec<Line>,
}

#[derive(Template)]
#[template(path = "pages/indicators.html")]
struct IndicatorsPage {
    shell: Shell,
    reading: Reading,
    query: ListQuery,
    departments: Vec<Choice>,
    years: Vec<Choice>,
    documents: Vec<Choice>,
    /// Any row of the place says 约束性 or 预期性.
    natures: bool,
    periods: Vec<String>,
    tiles: Vec<Tile>,
    groups: Vec<Group>,
    shown: usize,
    all: usize,
}

impl IndicatorsPage {
    fn domains(&self) -> Vec<Choice> {
        plain(&self.query, "domain", DOMAINS.iter().copied())
    }

    fn nature_choices(&self) -> Vec<Choice> {
        plain(&self.query, "nature", NATURES.iter().copied())
    }

    fn baseline_choices(&self) -> Vec<Choice> {
        choices(&self.query, "baseline", BASELINES)
    }

    fn chosen(&self, key: &str) -> &str {
        self.query.filter(key).unwrap_or_default()
    }

    fn narrowed(&self) -> bool {
        narrowed(&self.query)
    }

    fn columns(&self) -> usize {
        if self.natures { 8 } else { 7 }
    }
}

/// `GET /plan/indicators`
pub(crate) async fn get(ctx: Ctx, RawQuery(raw): RawQuery) -> Page {
    let (query, reading) = read(&ctx, raw.as_deref(), &SPEC).await?;
    query.allowed("nature", |value| NATURES.contains(&value))?;
    query.allowed("baseline", |value| {
        BASELINES.iter().any(|(key, _)| *key == value)
    })?;
    query.allowed("year", |value| {
        value == "none" || value.parse::<i32>().is_ok()
    })?;
    let book = &reading.book;
    let rows: Vec<&Row> = book.of_kind("indicator").collect();
    let mut groups: Vec<Group> = Vec::new();
    for row in rows
        .iter()
        .filter(|row| keeps(&query, &reading, row) && own_filters(&query, row))
    {
        let theme = theme(book, row);
        let line = line(&reading, row);
        match groups.iter_mut().find(|group| group.theme == theme) {
            Some(group) => group.lines.push(line),
            None => groups.push(Group {
                theme,
                lines: vec![line],
            }),
        }
    }
    let mut years: Vec<i32> = rows
        .iter()
        .flat_map(|row| target_years(row))
        .flatten()
        .collect();
    years.sort_unstable();
    years.dedup();
    let mut years: Vec<(String, String)> = years
        .iter()
        .map(|y| (y.to_string(), format!("{y}年")))
        .collect();
    if rows
        .iter()
        .any(|row| target_years(row).any(|year| year.is_none()))
    {
        years.push(("none".to_owned(), "没有写年份".to_owned()));
    }
    let numbers = book
        .head
        .documents
        .iter()
        .map(|document| document.number.as_str());
    Ok(ui::page(IndicatorsPage {
        shell: reading.shell(&ctx, "指标"),
        departments: plain(
            &query,
            "department",
            departments(&reading, rows.iter().copied()),
        ),
        years: choices(
            &query,
            "year",
            years.iter().map(|(y, words)| (y.as_str(), words.as_str())),
        ),
        documents: plain(&query, "document", numbers),
        natures: rows.iter().any(|row| nature(row).is_some()),
        periods: periods_over(&reading, ctx.today()),
        tiles: tiles(&reading, &rows),
        shown: groups.iter().map(|group| group.lines.len()).sum(),
        all: rows.len(),
        groups,
        query,
        reading,
    }))
}

/// Filters that only this list has.
fn own_filters(query: &ListQuery, row: &Row) -> bool {
    let year = |year: &str| {
        target_years(row).any(|known| known.map_or("none".to_owned(), |y| y.to_string()) == year)
    };
    query.filter("year").is_none_or(year)
        && query
            .filter("nature")
            .is_none_or(|chosen| nature(row) == Some(chosen))
        && query
            .filter("baseline")
            .is_none_or(|chosen| baseline_kind(row) == chosen)
}

fn target_years(row: &Row) -> impl Iterator<Item = Option<i32>> {
    row.of_role(Role::Target).map(figures::Figure::last_year)
}

fn nature(row: &Row) -> Option<&str> {
    match &row.kind {
        Kind::Indicator { nature, .. } => nature.as_deref(),
        _ => None,
    }
}

fn baseline_kind(row: &Row) -> &'static str {
    if baselines(row).next().is_none() {
        "none"
    } else if baselines(row).any(|figure| figure.last_year().is_none()) {
        "undated"
    } else {
        "dated"
    }
}

/// The heading a row stands under: the theme of its measure.
fn theme(book: &Book, row: &Row) -> String {
    let id = row
        .measure
        .as_ref()
        .or_else(|| row.figures.first().map(|figure| &figure.measure));
    let measure = id.and_then(|id| book.measures.get(id));
    measure.map_or_else(|| "其他".to_owned(), |measure| measure.theme.clone())
}

fn line(reading: &Reading, row: &Row) -> Line {
    let book = &reading.book;
    let several = book.head.documents.len() > 1;
    let document = if several {
        format!("{} ", row.source.document)
    } else {
        String::new()
    };
    Line {
        href: reading.row_href(&row.id),
        name: row.name.clone(),
        stands: format!("{document}{}", stands(row)),
        domain: row.domain.clone(),
        nature: nature(row).unwrap_or_default().to_owned(),
        baselines: baselines(row)
            .map(|figure| Value::of(book, figure))
            .collect(),
        dash: matches!(
            row.kind,
            Kind::Indicator {
                no_baseline: true,
                ..
            }
        ),
        goals: goals(row).map(|figure| Value::of(book, figure)).collect(),
        path: path(book, row),
        raise: raise(book, row),
        lead: row.lead.join("、"),
        with: row.with.join("、"),
        mark: mark(reading, row),
    }
}

fn tiles(reading: &Reading, rows: &[&Row]) -> Vec<Tile> {
    let href = |filter: &str| reading.href(&format!("{PATH}?{filter}"));
    let count = |test: &dyn Fn(&Row) -> bool| rows.iter().filter(|row| test(row)).count();
    let tables = count(&|row| matches!(row.kind, Kind::Indicator { table: Some(_), .. }));
    let binding = count(&|row| nature(row) == Some("约束性"));
    let natures = count(&|row| nature(row).is_some());
    let none = count(&|row| baseline_kind(row) == "none");
    let conflict = count(&|row| mark(reading, row).is_some());
    let mut binding_tile = ui::tile("约束性", binding).unit("项");
    binding_tile = if natures == 0 {
        binding_tile.note("文件没有写指标属性")
    } else {
        binding_tile
            .note(format!("另有预期性 {} 项", natures - binding))
            .href(href("nature=约束性"))
    };
    vec![
        ui::tile("指标总数", rows.len())
            .unit("项")
            .note(format!("表中 {tables} 项，正文 {} 项", rows.len() - tables)),
        binding_tile,
        ui::tile("无基数", none)
            .unit("项")
            .note("算不出每年的进度")
            .href(href("baseline=none")),
        ui::tile("有口径差异", conflict)
            .unit("项")
            .note("数值之间对不上或写法不一")
            .href(href("conflict=1")),
    ]
}
