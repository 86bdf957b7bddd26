//! The cells of a sheet, row by row.

use super::book::Book;
use super::package::broken;
use super::strings::Strings;
use super::styles::Styles;
use super::xml::{Xml, add_text, name, unescape_signs};
use crate::rows::{Got, Record, Refused, Slot, Tag};
use crate::{MOST_CHARACTERS, MOST_COLUMNS, ReadError, Source, Wrong};
use quick_xml::events::{BytesStart, Event};
use std::io::Read;

/// Rows a sheet can have.
const MOST_ROWS: u64 = 1_048_576;
/// Bytes all texts of a row may take.
const MOST_BYTES: usize = 8 * 1024 * 1024;

/// What is needed to understand a cell.
pub(crate) struct Known<'a> {
    pub(crate) strings: &'a Strings,
    pub(crate) styles: &'a Styles,
    pub(crate) since_1904: bool,
}

/// Walks the rows of a sheet.
pub(crate) struct Cells<R: Read> {
    xml: Xml<R>,
    row: u64,
    value: String,
    /// Rows the sheet says it has.
    pub(crate) dimension: u64,
}

/// What a row had that it must not have.
#[derive(Default)]
struct Faults {
    long: Option<usize>,
    too_long: bool,
}

impl<R: Read> Cells<R> {
    pub(crate) fn new(xml: Xml<R>) -> Self {
        Self {
            xml,
            row: 0,
            value: String::new(),
            dimension: 0,
        }
    }

    /// The row last read.
    pub(crate) fn row(&self) -> u64 {
        self.row
    }

    /// Bytes of the file that are used up.
    pub(crate) fn used(&self) -> u64 {
        self.xml.used()
    }

    /// Reads the next row that is in the file.
    pub(crate) fn read(
        &mut self,
        known: &Known<'_>,
        record: &mut Record,
    ) -> Result<Got, ReadError> {
        record.clear();
        loop {
            match self.xml.next()? {
                Event::Start(element) => match name(&element) {
                    "row" => {
                        let number = number(&element);
                        self.begin(number)?;
                        return self.cells(known, record);
                    }
                    "dimension" => self.dimension = last_row(&element),
                    _ => {}
                },
                Event::Empty(element) => match name(&element) {
                    "row" => {
                        let number = number(&element);
                        self.begin(number)?;
                    }
                    "dimension" => self.dimension = last_row(&element),
                    _ => {}
                },
                Event::End(element) if element.local_name().into_inner() == "sheetData" => {
                    return Ok(Got::End);
                }
                Event::Eof => return Ok(Got::End),
                _ => {}
            }
        }
    }

    fn begin(&mut self, number: Option<u64>) -> Result<(), ReadError> {
        let row = number.unwrap_or(self.row + 1);
        if row <= self.row || row > MOST_ROWS {
            return Err(broken("行号不对").into());
        }
        self.row = row;
        Ok(())
    }

    fn cells(&mut self, known: &Known<'_>, record: &mut Record) -> Result<Got, ReadError> {
        let mut faults = Faults::default();
        let mut column = 0;
        loop {
            let head = match self.xml.next()? {
                Event::Start(element) if name(&element) == "c" => Head::of(&element, column),
                Event::Empty(element) if name(&element) == "c" => {
                    column = Head::of(&element, column).column + 1;
                    continue;
                }
                Event::End(element) if element.local_name().into_inner() == "row" => break,
                Event::Eof => return Err(broken("没有传完整").into()),
                _ => continue,
            };
            column = head.column + 1;
            self.cell(&head, known, record, &mut faults)?;
        }
        let line = self.row;
        let wrong = if faults.too_long {
            Wrong::new(
                "row.too_long",
                format!("第 {line} 行内容太多，不是表格里的一行"),
                "请核对这一行，多余的内容删去",
            )
        } else if let Some(longest) = faults.long {
            Wrong::new(
                "row.cell_long",
                format!("第 {line} 行有一格 {longest} 字，最多 {MOST_CHARACTERS} 字"),
                "请核对这一格，多余的内容删去",
            )
        } else if memchr::memchr(0, record.text.as_bytes()).is_some() {
            Wrong::new(
                "row.nul",
                format!("第 {line} 行里有空字符（NUL），文件可能损坏"),
                "请用 Excel 或 WPS 打开后另存，再上传",
            )
        } else {
            return Ok(Got::Row(line));
        };
        Ok(Got::Refused(Refused { line, wrong }))
    }

    /// Reads a cell to its end.
    fn cell(
        &mut self,
        head: &Head,
        known: &Known<'_>,
        record: &mut Record,
        faults: &mut Faults,
    ) -> Result<(), ReadError> {
        self.value.clear();
        let (mut reading, mut formula, mut phonetic) = (false, false, 0_u32);
        let mut dropped = 0;
        loop {
            match self.xml.next()? {
                Event::Start(element) => match name(&element) {
                    "v" => reading = true,
                    "t" => reading = phonetic == 0,
                    "f" => formula = true,
                    "rPh" => phonetic += 1,
                    _ => {}
                },
                Event::Empty(element) if name(&element) == "f" => formula = true,
                Event::End(element) => match element.local_name().into_inner() {
                    "v" | "t" => reading = false,
                    "rPh" => phonetic = phonetic.saturating_sub(1),
                    "c" => break,
                    _ => {}
                },
                Event::Eof => return Err(broken("没有传完整").into()),
                event if reading => {
                    if self.value.len() <= 4 * MOST_CHARACTERS {
                        add_text(&event, &mut self.value);
                    } else {
                        dropped += 1;
                    }
                }
                _ => {}
            }
        }
        if head.column >= MOST_COLUMNS {
            return Ok(());
        }
        if self.value.len() > MOST_CHARACTERS {
            let count = self.value.chars().count() + dropped;
            if count > MOST_CHARACTERS {
                faults.long = Some(count.max(faults.long.unwrap_or(0)));
            }
        }
        if record.text.len() + self.value.len() > MOST_BYTES {
            faults.too_long = true;
            return Ok(());
        }
        while record.slots.len() <= head.column {
            record.slots.push(Slot::empty());
        }
        let slot = self.slot(head, known, formula, record)?;
        if let Some(place) = record.slots.get_mut(head.column) {
            *place = slot;
        }
        Ok(())
    }

    fn slot(
        &self,
        head: &Head,
        known: &Known<'_>,
        formula: bool,
        record: &mut Record,
    ) -> Result<Slot, ReadError> {
        let value = self.value.trim();
        if value.is_empty() {
            let none = formula && head.kind != Kind::Text;
            return Ok(if none {
                Slot::new(Tag::NoResult, 0, 0)
            } else {
                Slot::empty()
            });
        }
        let from = record.text.len();
        let tag = match head.kind {
            Kind::Shared => {
                let place = value
                    .parse()
                    .ok()
                    .and_then(|index| known.strings.place(index));
                let Some((from, to)) = place else {
                    return Err(broken("文字表不完整").into());
                };
                let blank = known
                    .strings
                    .all
                    .get(from..to)
                    .is_none_or(|t| t.trim().is_empty());
                return Ok(if blank {
                    Slot::empty()
                } else {
                    Slot::new(Tag::Shared, from, to)
                });
            }
            Kind::Text => {
                record.text.push_str(&self.value);
                unescape_signs(&mut record.text, from);
                return Ok(Slot::new(Tag::Text, from, record.text.len()));
            }
            Kind::Bool if value == "0" || value.eq_ignore_ascii_case("false") => Tag::False,
            Kind::Bool => Tag::True,
            Kind::Error => Tag::Error,
            Kind::Number if !known.styles.is_day(head.style) => Tag::Number,
            Kind::Number if known.since_1904 => Tag::Date1904,
            Kind::Number => Tag::Date,
        };
        record.text.push_str(value);
        Ok(Slot::new(tag, from, record.text.len()))
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Number,
    Shared,
    Text,
    Bool,
    Error,
}

/// What the tag of a cell says.
struct Head {
    column: usize,
    kind: Kind,
    style: usize,
}

impl Head {
    fn of(element: &BytesStart<'_>, next: usize) -> Self {
        let mut head = Self {
            column: next,
            kind: Kind::Number,
            style: 0,
        };
        for attribute in element.attributes().with_checks(false).flatten() {
            let value: &str = &attribute.value;
            match attribute.key.into_inner() {
                "r" => head.column = column(value).unwrap_or(next),
                "s" => head.style = value.parse().unwrap_or(0),
                "t" => {
                    head.kind = match value {
                        "s" => Kind::Shared,
                        "str" | "inlineStr" | "d" => Kind::Text,
                        "b" => Kind::Bool,
                        "e" => Kind::Error,
                        _ => Kind::Number,
                    }
                }
                _ => {}
            }
        }
        head
    }
}

/// The column of `AB12`, counted from 0.
fn column(reference: &str) -> Option<usize> {
    let mut column = 0_usize;
    let mut letters = 0;
    for byte in reference.bytes() {
        match byte {
            b'A'..=b'Z' => column = column * 26 + usize::from(byte - b'A') + 1,
            b'a'..=b'z' => column = column * 26 + usize::from(byte - b'a') + 1,
            _ => break,
        }
        letters += 1;
        if letters > 3 {
            return None;
        }
    }
    column.checked_sub(1)
}

fn number(element: &BytesStart<'_>) -> Option<u64> {
    element
        .attributes()
        .with_checks(false)
        .flatten()
        .find(|attribute| attribute.key.into_inner() == "r")
        .and_then(|attribute| attribute.value.parse().ok())
}

/// The last row of `A1:T5000`.
fn last_row(element: &BytesStart<'_>) -> u64 {
    let range = super::xml::attribute(element, "ref").unwrap_or_default();
    let last = range.rsplit(':').next().unwrap_or("");
    let digits = last.trim_start_matches(|c: char| c.is_ascii_alphabetic() || c == '$');
    digits.parse().unwrap_or(0)
}

/// Walks the rows of one sheet of a workbook, which it owns.
pub(crate) struct SheetReader {
    cells: Cells<Box<dyn Source>>,
    strings: Strings,
    styles: Styles,
    since_1904: bool,
    after: u64,
    packed: u64,
}

impl SheetReader {
    /// Opens a sheet (counted from 0); rows up to `after` are passed over.
    pub(crate) fn open(
        source: Box<dyn Source>,
        sheet: usize,
        after: u64,
    ) -> Result<Self, ReadError> {
        let mut book = Book::open(source)?;
        book.load_strings()?;
        let Some(part) = book.sheets().get(sheet).and_then(|sheet| sheet.part) else {
            return Err(broken("工作表不见了").into());
        };
        let Book {
            package,
            strings,
            styles,
            since_1904,
            ..
        } = book;
        Ok(Self {
            cells: Cells::new(Xml::new(package.into_read(part)?)),
            strings: strings.unwrap_or_default(),
            styles,
            since_1904,
            after,
            packed: part.packed(),
        })
    }

    pub(crate) fn read(&mut self, record: &mut Record) -> Result<Got, ReadError> {
        let known = Known {
            strings: &self.strings,
            styles: &self.styles,
            since_1904: self.since_1904,
        };
        loop {
            let got = self.cells.read(&known, record)?;
            if matches!(got, Got::End) || self.cells.row() > self.after {
                return Ok(got);
            }
        }
    }

    pub(crate) fn shared(&self) -> &str {
        &self.strings.all
    }

    pub(crate) fn line(&self) -> u64 {
        self.cells.row().max(self.after)
    }

    pub(crate) fn progress(&self) -> (u64, u64) {
        (self.cells.used().min(self.packed), self.packed)
    }
}
