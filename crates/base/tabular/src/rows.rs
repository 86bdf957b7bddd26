//! The rows below the headings, one after the other.

mod record;

pub(crate) use record::{Got, Record, Slot, Tag};

use crate::{Cell, Detected, Kind, ReadError, Source, Wrong, detect::footer, text, xlsx};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Where reading stands: keep it, and [`open_at`] goes on with the row after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Position {
    /// Bytes of the file that are done (CSV); 0 for XLSX.
    pub byte: u64,
    /// Lines (CSV) or sheet rows (XLSX) that are done, headings and titles included.
    pub line: u64,
}

/// A row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    /// The line of the file (CSV) or row of the sheet (XLSX) it begins on, counted from 1.
    pub line: u64,
    slots: &'a [Slot],
    text: &'a str,
    shared: &'a str,
    width: usize,
}

impl<'a> Row<'a> {
    /// How many cells it has: as many as there are headings.
    pub fn len(&self) -> usize {
        self.width
    }

    /// Whether it has no cells.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The cell of a column, counted from 0; `Empty` where there is none.
    pub fn cell(&self, column: usize) -> Cell<'a> {
        if column >= self.width {
            return Cell::Empty;
        }
        self.slots
            .get(column)
            .map_or(Cell::Empty, |slot| slot.cell(self.text, self.shared))
    }

    /// All cells from left to right.
    pub fn cells(&self) -> impl Iterator<Item = Cell<'a>> {
        let row = *self;
        (0..self.len()).map(move |column| row.cell(column))
    }
}

/// A row that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The line it begins on, counted from 1.
    pub line: u64,
    /// What is wrong: `row.quotes`, `row.short`, `row.long`, `row.bytes`, `row.nul`, `row.cell_long`,
    /// `row.too_long`.
    pub wrong: Wrong,
}

/// What comes next.
#[derive(Debug)]
pub enum Step<'a> {
    /// A row.
    Row(Row<'a>),
    /// A row that cannot be read; reading goes on after it.
    Refused(Refused),
}

/// What was passed over or is worth telling, so far. Lists hold the first 100 lines, counts all.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Notes {
    /// Rows with nothing in them.
    pub blank: u64,
    /// 合计, 小计, 制表人 and the like: line and the first words.
    pub footers: Vec<(u64, String)>,
    /// Headings repeated within the table: their lines.
    pub repeated: Vec<u64>,
    /// Cells that hold `#N/A`, `#REF!` …, read as empty.
    pub errors: u64,
    /// The lines of the first of them.
    pub error_lines: Vec<u64>,
    /// Rows with bytes that are no characters of the encoding (each is refused as `row.bytes`).
    pub bad_bytes: u64,
    /// The lines of the first of them.
    pub bad_lines: Vec<u64>,
    /// Cells to the right of the last heading (XLSX), not read.
    pub beyond: u64,
}

/// Lines a note lists.
const LISTED: usize = 100;

fn list<T>(into: &mut Vec<T>, item: T) {
    if into.len() < LISTED {
        into.push(item);
    }
}

enum Inner {
    Text(text::Reader),
    Sheet(Box<xlsx::SheetReader>),
}

/// Walks the rows of a table; holds one row in memory (and, for XLSX, the shared texts).
pub struct Rows {
    inner: Inner,
    record: Record,
    notes: Notes,
    header: Vec<String>,
    /// Cells a row of a CSV must have: up to the last column that has a heading.
    least: usize,
    header_end: u64,
    bytes: u64,
    ended: bool,
}

impl std::fmt::Debug for Rows {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rows")
            .field("position", &self.position())
            .finish_non_exhaustive()
    }
}

enum Next {
    Row(u64),
    Refused(Refused),
    Again,
}

impl Rows {
    /// The next row, `None` at the end. What it lends lives until the next call.
    #[allow(
        clippy::should_implement_trait,
        reason = "rows are lent, an Iterator cannot lend"
    )]
    pub fn next(&mut self) -> Result<Option<Step<'_>>, ReadError> {
        let line = loop {
            if self.ended {
                return Ok(None);
            }
            let got = match &mut self.inner {
                Inner::Text(reader) => reader.read(&mut self.record)?,
                Inner::Sheet(reader) => reader.read(&mut self.record)?,
            };
            match got {
                Got::End => {
                    self.ended = true;
                    return Ok(None);
                }
                Got::Refused(refused) => {
                    if refused.line <= self.header_end {
                        continue;
                    }
                    if refused.wrong.code == "row.bytes" {
                        self.notes.bad_bytes += 1;
                        list(&mut self.notes.bad_lines, refused.line);
                    }
                    return Ok(Some(Step::Refused(refused)));
                }
                Got::Row(line) => match self.judge(line) {
                    Next::Row(line) => break line,
                    Next::Refused(refused) => return Ok(Some(Step::Refused(refused))),
                    Next::Again => {}
                },
            }
        };
        Ok(Some(Step::Row(Row {
            line,
            slots: &self.record.slots,
            text: &self.record.text,
            shared: self.shared(),
            width: self.header.len(),
        })))
    }

    fn shared(&self) -> &str {
        match &self.inner {
            Inner::Text(_) => "",
            Inner::Sheet(reader) => reader.shared(),
        }
    }

    /// Whether a record is a row of the table.
    fn judge(&mut self, line: u64) -> Next {
        if line <= self.header_end {
            return Next::Again;
        }
        let shared = match &self.inner {
            Inner::Text(_) => "",
            Inner::Sheet(reader) => reader.shared(),
        };
        let record = &self.record;
        let mut errors = 0;
        let mut filled = 0;
        for slot in &record.slots {
            match slot.tag() {
                Tag::Empty => {}
                Tag::Error => errors += 1,
                _ => filled += 1,
            }
        }
        if filled == 0 && errors == 0 {
            self.notes.blank += 1;
            return Next::Again;
        }
        // Only rows that begin with one of a few words can be what follows here; most end at once.
        if let Some(words) = footer::of(record, shared, filled, self.header.len()) {
            list(&mut self.notes.footers, (line, words));
            return Next::Again;
        }
        if self.is_header(shared) {
            list(&mut self.notes.repeated, line);
            return Next::Again;
        }
        if errors > 0 {
            self.notes.errors += errors;
            list(&mut self.notes.error_lines, line);
        }
        let width = self.header.len();
        let beyond = record.slots.get(width..).unwrap_or(&[]);
        let beyond = beyond
            .iter()
            .filter(|slot| slot.tag() != Tag::Empty)
            .count();
        let has = record.len();
        match self.inner {
            Inner::Sheet(_) => {
                self.notes.beyond += beyond as u64;
                Next::Row(line)
            }
            Inner::Text(_) if has < self.least => Next::Refused(Refused {
                line,
                wrong: Wrong::new(
                    "row.short",
                    format!("第 {line} 行只有 {has} 列，表头有 {width} 列"),
                    "请核对这一行是否少了分隔符或被换行截断",
                ),
            }),
            Inner::Text(_) if beyond > 0 => Next::Refused(Refused {
                line,
                wrong: Wrong::new(
                    "row.long",
                    format!("第 {line} 行有 {has} 列，表头只有 {width} 列"),
                    "请核对这一行是否多了分隔符，内容里有逗号的用英文双引号括起来",
                ),
            }),
            Inner::Text(_) => Next::Row(line),
        }
    }

    fn is_header(&self, shared: &str) -> bool {
        let mut same = 0;
        for (slot, heading) in self.record.slots.iter().zip(&self.header) {
            let cell = slot.cell(&self.record.text, shared);
            if slot.tag() == Tag::Empty && heading.is_empty() {
                continue;
            }
            if cell.raw().trim() != heading {
                return false;
            }
            same += 1;
        }
        same > 0 && self.record.len() >= self.least
    }

    /// Where reading stands, after the row last given.
    pub fn position(&self) -> Position {
        match &self.inner {
            Inner::Text(reader) => reader.position(),
            Inner::Sheet(reader) => Position {
                byte: 0,
                line: reader.line(),
            },
        }
    }

    /// Bytes read of the bytes there are, for a progress bar.
    pub fn progress(&self) -> (u64, u64) {
        match &self.inner {
            Inner::Text(reader) => (reader.position().byte.min(self.bytes), self.bytes),
            Inner::Sheet(reader) => reader.progress(),
        }
    }

    /// What was passed over so far (since it was opened).
    pub fn notes(&self) -> &Notes {
        &self.notes
    }
}

/// Opens a file that [`crate::detect`] has looked at; stands before the first row.
pub fn open(path: &Path, found: &Detected) -> Result<Rows, ReadError> {
    open_at(path, found, None)
}

/// Opens it after a position kept earlier. An XLSX is read through up to it, a CSV is not.
pub fn open_at(path: &Path, found: &Detected, at: Option<Position>) -> Result<Rows, ReadError> {
    open_in(Box::new(std::fs::File::open(path)?), found, at)
}

/// The same for any source, which is read from its beginning.
pub fn open_in(
    mut source: Box<dyn Source>,
    found: &Detected,
    at: Option<Position>,
) -> Result<Rows, ReadError> {
    let header_end = found.header_line + found.header_rows.max(1) - 1;
    let at = at.unwrap_or_default();
    let bytes = text::length(&mut *source)?;
    let width = found.header.len();
    let inner = match &found.kind {
        Kind::Csv {
            encoding,
            delimiter,
            ..
        } => {
            let mut reader = text::Reader::new(source, *encoding, *delimiter, at)?;
            reader.set_width(width);
            Inner::Text(reader)
        }
        Kind::Xlsx { sheet, .. } => {
            Inner::Sheet(Box::new(xlsx::SheetReader::open(source, *sheet, at.line)?))
        }
    };
    let last = found.header.iter().rposition(|heading| !heading.is_empty());
    Ok(Rows {
        inner,
        record: Record::default(),
        notes: Notes::default(),
        header: found.header.clone(),
        least: last.map_or(1, |last| last + 1),
        header_end,
        bytes,
        ended: false,
    })
}
