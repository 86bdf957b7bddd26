//! What one column says about a measure: what is, what shall be, and what the chart draws of it.

use super::Beside;
use crate::pages::charts::{self, Chart, Datum, Line};
use figures::compare::{Cell, Entry};
use figures::{Figure, Measure, Role, Row};

/// How many values a cell shows before it folds.
const SHOWN: usize = 3;

/// A value with the address of its row.
pub(super) struct Value {
    pub(super) text: String,
    pub(super) when: String,
    pub(super) href: String,
    /// The row's name.
    pub(super) name: String,
}

/// The cell of a column; empty where it says nothing.
pub(super) struct Side {
    pub(super) name: String,
    pub(super) now: Vec<Value>,
    pub(super) goals: Vec<Value>,
    /// Goals beyond the first few: of single years, additions.
    pub(super) more: Vec<Value>,
    /// What the words define differently.
    pub(super) notes: Vec<String>,
}

impl Side {
    pub(super) fn silent(&self) -> bool {
        self.now.is_empty() && self.goals.is_empty()
    }
}

/// The figures behind a cell.
pub(super) struct Said<'a> {
    now: Vec<&'a Figure>,
    goals: Vec<&'a Figure>,
}

/// A column's cell, and the figures behind it.
pub(super) fn side<'a>(beside: &'a Beside, measure: &str, cell: &Cell) -> (Side, Said<'a>) {
    let find = |entries: &[Entry]| -> Vec<(&'a Row, &'a Figure)> {
        entries
            .iter()
            .filter_map(|entry| figure(beside, measure, entry))
            .collect()
    };
    let (now, mut goals) = (find(&cell.now), find(&cell.goal));
    goals.sort_by_key(|(_, figure)| weight(figure));
    let mut notes: Vec<String> = Vec::new();
    for (row, figure) in now.iter().chain(&goals) {
        let note = figure.note.as_ref().or(row.note.as_ref());
        if let Some(note) = note.filter(|note| !notes.contains(note)) {
            notes.push(note.clone());
        }
    }
    let value = |(row, figure): &(&Row, &Figure)| value(beside, row, figure);
    let mut first: Vec<Value> = goals.iter().map(value).collect();
    // One value over the limit is shown rather than folded away.
    let more = if first.len() > SHOWN + 1 {
        first.split_off(SHOWN)
    } else {
        Vec::new()
    };
    let side = Side {
        name: beside.name.clone(),
        now: now.iter().map(value).collect(),
        goals: first,
        more,
        notes,
    };
    let said = Said {
        now: now.into_iter().map(|(_, figure)| figure).collect(),
        goals: goals.into_iter().map(|(_, figure)| figure).collect(),
    };
    (side, said)
}

fn figure<'a>(beside: &'a Beside, measure: &str, entry: &Entry) -> Option<(&'a Row, &'a Figure)> {
    let row = beside.book.row(&entry.row)?;
    let is = |figure: &&Figure| {
        figure.measure == measure && figure.zh() == entry.value && figure.when() == entry.when
    };
    Some((row, row.figures.iter().find(is)?))
}

/// What the plan promises at its end comes first, then other years, then what is added.
fn weight(figure: &Figure) -> (bool, u8, i32) {
    let kind = match figure.role {
        Role::Target => 0,
        Role::Standard | Role::Limit => 1,
        Role::Task | Role::Total => 2,
        _ => 3,
    };
    (figure.flow, kind, -figure.last_year().unwrap_or_default())
}

fn value(beside: &Beside, row: &Row, figure: &Figure) -> Value {
    let added = if figure.flow { "新增 " } else { "" };
    Value {
        text: format!("{added}{}", figure.zh()),
        when: figure.when(),
        href: format!("/plan/rows/{}{}", row.id, beside.tail),
        name: row.name.clone(),
    }
}

/// The chart of a rate: what is, and what shall be in the last year that is named.
pub(super) fn chart(measure: &Measure, sides: &[(Side, Said<'_>)]) -> Chart {
    let mut words = Vec::new();
    let mut lines = Vec::new();
    for (side, said) in sides {
        let now: Option<&Figure> = said
            .now
            .iter()
            .copied()
            .filter(|figure| plain(figure))
            .max_by_key(|figure| figure.last_year());
        let goals = last(&said.goals);
        let datum = |figure: &Figure| Datum::new(figure.amount().to_f64(), figure.zh());
        let mut told: Vec<String> = now
            .iter()
            .map(|figure| format!("现有 {}", dated(figure)))
            .collect();
        told.extend(goals.iter().map(|figure| format!("目标 {}", dated(figure))));
        words.push(match told.as_slice() {
            [] => format!("{}未列", side.name),
            told => format!("{} {}", side.name, told.join("，")),
        });
        lines.push(Line {
            label: side.name.clone(),
            now: now.map(datum),
            goals: goals.into_iter().map(datum).collect(),
        });
    }
    let full = measure.is_percent().then_some(100.0);
    charts::comparison(
        &format!("{}：{}。", measure.name, words.join("；")),
        &lines,
        full,
    )
}

/// Something that a bar can show: a level, not an addition or so much for each county.
fn plain(figure: &Figure) -> bool {
    !figure.flow && !figure.each_year && figure.per.is_none() && figure.class.is_none()
}

/// Goals of the last year named, each amount once.
fn last<'a>(goals: &[&'a Figure]) -> Vec<&'a Figure> {
    let level = || goals.iter().copied().filter(|figure| plain(figure));
    let year = level().filter_map(Figure::last_year).max();
    let mut out: Vec<&Figure> = Vec::new();
    for figure in level().filter(|figure| year.is_none() || figure.last_year() == year) {
        if !out.iter().any(|known| known.amount() == figure.amount()) {
            out.push(figure);
        }
    }
    out
}

fn dated(figure: &Figure) -> String {
    match figure.when().as_str() {
        "" => figure.zh(),
        when => format!("{}（{when}）", figure.zh()),
    }
}
