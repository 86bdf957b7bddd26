//! Places side by side on the same measure, and the documents of one place.

use crate::measure::{Measure, Measures};
use crate::model::{Book, Figure, Row};
use serde::Serialize;
use std::collections::BTreeMap;

/// A figure of a column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// The row it stands in.
    pub row: String,
    /// The row's name.
    pub name: String,
    /// As printed.
    pub value: String,
    /// In base units; charts draw it.
    pub amount: crate::Num,
    /// The year or period, empty where none is printed.
    pub when: String,
    /// The document.
    pub document: String,
}

/// What one column says about a measure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct Cell {
    /// What is.
    pub now: Vec<Entry>,
    /// What shall be.
    pub goal: Vec<Entry>,
}

/// A measure that at least two columns speak of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Compared {
    /// The measure.
    pub measure: Measure,
    /// Rates, shares and per-head figures can be compared; numbers of things only beside their size.
    pub comparable: bool,
    /// One cell a column, in the order of the columns.
    pub cells: Vec<Cell>,
}

/// A column: its name, the book, and the document where it is one of several.
#[derive(Debug, Clone, Copy)]
pub struct Column<'a> {
    /// The name above it.
    pub name: &'a str,
    /// The figures.
    pub book: &'a Book,
    /// Only this document.
    pub document: Option<&'a str>,
}

/// Measures that at least two columns have, by theme and name.
pub fn compare(columns: &[Column<'_>]) -> Vec<Compared> {
    let mut cells: BTreeMap<&str, Vec<Cell>> = BTreeMap::new();
    for (index, column) in columns.iter().enumerate() {
        for (row, figure) in column.book.figures() {
            let wanted = column
                .document
                .is_none_or(|number| row.source.document == number);
            if !wanted || figure.area.is_some() {
                continue;
            }
            let line = cells
                .entry(&figure.measure)
                .or_insert_with(|| vec![Cell::default(); columns.len()]);
            let Some(cell) = line.get_mut(index) else {
                continue;
            };
            let entry = entry(row, figure);
            let list = if figure.role.is_state() {
                &mut cell.now
            } else {
                &mut cell.goal
            };
            if !list
                .iter()
                .any(|known| known.value == entry.value && known.when == entry.when)
            {
                list.push(entry);
            }
        }
    }
    let measure = |id: &str| {
        let own = columns
            .iter()
            .find_map(|column| column.book.measures.get(id));
        own.or_else(|| Measures::shared().get(id)).cloned()
    };
    let said = |cell: &&Cell| !cell.now.is_empty() || !cell.goal.is_empty();
    let mut out: Vec<Compared> = cells
        .into_iter()
        .filter(|(_, cells)| cells.iter().filter(said).count() >= 2)
        .filter_map(|(id, cells)| {
            let measure = measure(id)?;
            let comparable =
                measure.is_percent() || measure.ratio.is_some() || measure.unit.contains('/');
            Some(Compared {
                measure,
                comparable,
                cells,
            })
        })
        .collect();
    let place = |theme: &String| {
        let known = Measures::themes().iter().position(|known| known == theme);
        known.unwrap_or(usize::MAX)
    };
    out.sort_by(|a, b| {
        (place(&a.measure.theme), !a.comparable, &a.measure.id).cmp(&(
            place(&b.measure.theme),
            !b.comparable,
            &b.measure.id,
        ))
    });
    out
}

fn entry(row: &Row, figure: &Figure) -> Entry {
    Entry {
        row: row.id.clone(),
        name: row.name.clone(),
        value: figure.zh(),
        amount: figure.amount(),
        when: figure.when(),
        document: row.source.document.clone(),
    }
}
