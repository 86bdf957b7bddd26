//! The measures of a row over the years of its place: what is, dated tasks, what shall be.

use super::charts_path::{PathChart, Point, bars, lines};
use super::reading::Reading;
use super::rows_view::Value;
use figures::{Figure, Per, Role, Row};

/// One picture with the same values as a table.
pub(crate) struct Chart {
    pub(crate) title: String,
    pub(crate) picture: PathChart,
    pub(crate) bars: bool,
    /// Documents that have a mark of their own.
    pub(crate) documents: Vec<String>,
    pub(crate) lines: Vec<Line>,
}

/// One line of the table.
pub(crate) struct Line {
    pub(crate) when: String,
    pub(crate) value: Value,
    pub(crate) document: String,
    pub(crate) href: String,
    pub(crate) name: String,
    /// It stands in the row that is read.
    pub(crate) here: bool,
}

/// What figures of one picture share.
type Key<'a> = (&'a str, Option<Per>, bool);

/// Pictures of the row's measures that have at least two years.
pub(crate) fn charts(reading: &Reading, row: &Row) -> Vec<Chart> {
    let mut keys: Vec<Key<'_>> = Vec::new();
    for figure in row.figures.iter().filter(|figure| drawn(figure)) {
        if !keys.contains(&key(figure)) {
            keys.push(key(figure));
        }
    }
    keys.into_iter()
        .filter_map(|key| chart(reading, row, key))
        .collect()
}

fn key(figure: &Figure) -> Key<'_> {
    (&figure.measure, figure.per, figure.flow)
}

/// What can stand on a line of years: one value of the whole place at one time.
fn drawn(figure: &Figure) -> bool {
    let single = figure.year.is_some() || (figure.from.is_none() && figure.until.is_some());
    let place = figure.area.is_none() && figure.class.is_none() && !figure.each_year;
    let role = match figure.role {
        Role::Baseline | Role::Status => single || !figure.flow,
        Role::Target | Role::Task | Role::Forecast => single,
        Role::Part => single && figure.flow,
        _ => false,
    };
    place && role
}

fn chart(reading: &Reading, row: &Row, of: Key<'_>) -> Option<Chart> {
    let book = &reading.book;
    let mut found: Vec<(&Row, &Figure)> = book
        .figures()
        .filter(|(_, figure)| drawn(figure) && key(figure) == of)
        .collect();
    found.sort_by_key(|(_, figure)| figure.last_year());
    let mut years: Vec<Option<i32>> = found.iter().map(|(_, figure)| figure.last_year()).collect();
    years.dedup();
    if years.len() < 2 {
        return None;
    }
    let mut documents: Vec<String> = Vec::new();
    for document in &book.head.documents {
        if found
            .iter()
            .any(|(row, _)| row.source.document == document.number)
        {
            documents.push(document.number.clone());
        }
    }
    let points: Vec<Point> = found
        .iter()
        .map(|(row, figure)| Point {
            year: figure.last_year(),
            value: figure.amount().to_f64(),
            label: label(figure),
            goal: !figure.role.is_state(),
            series: documents
                .iter()
                .position(|d| *d == row.source.document)
                .unwrap_or_default(),
        })
        .collect();
    let lines_of_table: Vec<Line> = found
        .iter()
        .map(|(other, figure)| Line {
            when: figure
                .last_year()
                .map_or_else(|| "未注明年份".to_owned(), |year| format!("{year}年")),
            value: Value::of(book, figure),
            document: other.source.document.clone(),
            href: reading.row_href(&other.id),
            name: other.name.clone(),
            here: other.id == row.id,
        })
        .collect();
    let name = book
        .measures
        .get(of.0)
        .map_or(of.0, |measure| measure.name.as_str());
    let flow = of.2;
    let title = match of.1 {
        Some(per) => format!("{name}（{}）", per.zh()),
        None => name.to_owned(),
    };
    let says = says(&title, flow, &lines_of_table);
    Some(Chart {
        picture: if flow {
            bars(&says, &points)
        } else {
            lines(&says, &points)
        },
        title,
        bars: flow,
        documents,
        lines: lines_of_table,
    })
}

/// The value without what the title of the picture already says.
fn label(figure: &Figure) -> String {
    let full = figure.zh();
    let text = full.strip_suffix("（估计数）").unwrap_or(&full);
    figure
        .per
        .and_then(|per| text.strip_prefix(per.zh()))
        .unwrap_or(text)
        .to_owned()
}

/// The picture in words.
fn says(title: &str, flow: bool, lines: &[Line]) -> String {
    let words: Vec<String> = lines
        .iter()
        .map(|line| format!("{}{}{}", line.when, line.value.role, line.value.text))
        .collect();
    let what = if flow { "各年新增" } else { "各年的数" };
    format!("{title}{what}：{}", words.join("，"))
}
