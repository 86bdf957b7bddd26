//! What separates the columns of a text, and its first rows.

use super::head::Sample;
use crate::rows::{Got, Position, Record};
use crate::{Encoding, ReadError, text};
use std::io::Cursor;

/// What may separate columns, likeliest first.
const DELIMITERS: [char; 4] = [',', '\t', ';', '|'];
/// Rows looked at.
const ROWS: usize = 200;

/// The first rows of a text, split by a delimiter.
pub(crate) fn samples(
    head: &[u8],
    whole: bool,
    encoding: Encoding,
    delimiter: char,
) -> Result<Vec<Sample>, ReadError> {
    let source = Box::new(Cursor::new(head.to_vec()));
    let mut reader = text::Reader::new(source, encoding, delimiter, Position::default())?;
    let mut record = Record::default();
    let mut out = Vec::new();
    loop {
        let line = match reader.read(&mut record)? {
            Got::End => break,
            Got::Row(line) => line,
            Got::Refused(refused) => refused.line,
        };
        let cells: Vec<String> = record
            .slots
            .iter()
            .take(crate::MOST_COLUMNS + 1)
            .map(|slot| crate::value::clean(slot.cell(&record.text, "").raw()).into_owned())
            .collect();
        let is_text = cells.iter().map(|cell| !is_number(cell)).collect();
        out.push(Sample {
            line,
            cells,
            is_text,
        });
        if out.len() >= ROWS {
            return Ok(out);
        }
    }
    // The last row of a part may be cut.
    if !whole && out.len() > 1 {
        out.pop();
    }
    Ok(out)
}

fn is_number(cell: &str) -> bool {
    cell.parse::<f64>().is_ok()
}

/// The delimiter that cuts most rows into the same number of columns.
pub(crate) fn delimiter(head: &[u8], whole: bool, encoding: Encoding) -> Result<char, ReadError> {
    let mut best = (0, ',');
    for delimiter in DELIMITERS {
        let rows = samples(head, whole, encoding, delimiter)?;
        if let Some(said) = said(&rows) {
            return Ok(said);
        }
        let mut counts = std::collections::BTreeMap::<usize, usize>::new();
        for row in rows.iter().filter(|row| row.cells.len() > 1) {
            *counts.entry(row.cells.len()).or_default() += 1;
        }
        // Rows that agree count; among equals more columns.
        let score = counts
            .iter()
            .map(|(columns, rows)| rows * 1000 + columns.min(&999))
            .max()
            .unwrap_or(0);
        if score > best.0 {
            best = (score, delimiter);
        }
    }
    Ok(best.1)
}

/// `sep=;`, which Excel writes above.
fn said(rows: &[Sample]) -> Option<char> {
    let first = rows.first()?.cells.first()?;
    let sign = first.strip_prefix("sep=")?;
    let sign = if sign.is_empty() {
        ','
    } else {
        sign.chars().next()?
    };
    DELIMITERS.contains(&sign).then_some(sign)
}
