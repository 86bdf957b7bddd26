//! What the rows of a workbook change in the book it was made from.

use crate::columns::Sheet;
use crate::figure::ByRow;
use figures::edit::Change;
use figures::{Book, Row};
use std::collections::BTreeSet;

/// Rows that differ, and rows that are gone.
pub(crate) fn changes(
    base: &Book,
    sheets: Vec<(&Sheet, Vec<Row>)>,
    mut found: Option<ByRow>,
) -> Vec<Change> {
    let mut out = Vec::new();
    let mut there: BTreeSet<String> = BTreeSet::new();
    let keys: Vec<&str> = sheets.iter().map(|(sheet, _)| sheet.key).collect();
    let untouched = base
        .rows
        .iter()
        .filter(|row| !keys.contains(&row.kind.key()))
        .cloned();
    let read = sheets.into_iter().flat_map(|(_, rows)| rows);
    for mut row in read.chain(untouched) {
        let old = base.row(&row.id);
        there.insert(row.id.clone());
        row.figures = match &mut found {
            Some(found) => found.remove(&row.id).unwrap_or_default(),
            None => old.map(|old| inherited(old, &row)).unwrap_or_default(),
        };
        if old.is_none_or(|old| bare(old) != bare(&row)) {
            out.push(Change::Put(Box::new(row)));
        }
    }
    let gone = base.rows.iter().filter(|row| !there.contains(&row.id));
    out.extend(gone.map(|row| Change::Remove(row.id.clone())));
    out
}

/// Figures as they were; those that had the row's measure follow it.
fn inherited(old: &Row, new: &Row) -> Vec<figures::Figure> {
    let mut figures = old.figures.clone();
    for figure in figures
        .iter_mut()
        .filter(|figure| old.measure.as_ref() == Some(&figure.measure))
    {
        if let Some(measure) = &new.measure {
            figure.measure.clone_from(measure);
        }
    }
    figures
}

/// Without the lines it stands on.
fn bare(row: &Row) -> Row {
    let mut row = row.clone();
    row.line = 0;
    row.figures.iter_mut().for_each(|figure| figure.line = 0);
    row
}
