//! What a file is: told from its content.

mod csv;
mod encoding;
pub(crate) mod footer;
pub(crate) mod head;
mod sniff;

pub(crate) use sniff::encrypted;

use crate::{ReadError, Source, Wrong, text, xlsx};
use serde::{Deserialize, Serialize};
use std::io::Read;
use std::path::Path;

/// How the characters of a CSV are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    /// UTF-8, with or without a mark at the beginning.
    Utf8,
    /// GB18030, and with it GBK and GB2312.
    Gb18030,
    /// UTF-16, low byte first.
    Utf16Le,
    /// UTF-16, high byte first.
    Utf16Be,
}

impl Encoding {
    /// The name shown: UTF-8, GBK, UTF-16.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Gb18030 => "GBK",
            Self::Utf16Le | Self::Utf16Be => "UTF-16",
        }
    }
}

/// A sheet of a workbook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheet {
    /// Its name.
    pub name: String,
    /// Hidden by whoever made the workbook.
    pub hidden: bool,
    /// Whether any of its cells holds something (looked at within its first rows).
    pub has_data: bool,
}

/// What kind of file it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A text with separated columns.
    Csv {
        /// How characters are written.
        encoding: Encoding,
        /// Whether a byte order mark stands at the beginning.
        mark: bool,
        /// What separates columns: `,` `;` tab or `|`.
        delimiter: char,
    },
    /// An Excel workbook.
    Xlsx {
        /// All its sheets in their order.
        sheets: Vec<Sheet>,
        /// Which of them is read, counted from 0.
        sheet: usize,
    },
}

/// What was found out about a file; can be kept as JSON and used again for the same file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Detected {
    /// What kind of file.
    pub kind: Kind,
    /// The line (row) of the headings, counted from 1.
    pub header_line: u64,
    /// The headings as they stand; empty texts for columns without one.
    pub header: Vec<String>,
    /// What stands above the headings, a text per row.
    pub titles: Vec<String>,
    /// Rows the headings take: 2 where groups stand over them (the upper text is joined in front).
    pub header_rows: u64,
    /// Bytes of the file.
    pub bytes: u64,
    /// Rows below the headings, about; exact for small files.
    pub rows_about: u64,
    /// What the person should know: malformed bytes, hidden sheets, which sheet was taken.
    pub notes: Vec<Note>,
}

/// A note about a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// Stable word.
    pub code: String,
    /// The sentence.
    pub says: String,
}

/// What the person has chosen otherwise than what would be found.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Choice {
    /// The name of the sheet.
    pub sheet: Option<String>,
    /// The encoding.
    pub encoding: Option<Encoding>,
    /// What separates columns.
    pub delimiter: Option<char>,
    /// The line of the headings, counted from 1.
    pub header_line: Option<u64>,
}

/// Bytes of a text looked at for headings and delimiter.
const HEAD: u64 = 256 * 1024;

/// Looks into a file. Refuses what is no table, with what to do: `file.xls`, `file.empty`,
/// `file.bomb`, `file.broken`, `file.encrypted`, `file.unknown`, `file.no_header`, `file.columns`.
pub fn detect(path: &Path, choice: &Choice) -> Result<Detected, ReadError> {
    detect_in(Box::new(std::fs::File::open(path)?), choice)
}

/// The same for any source.
pub fn detect_in(mut source: Box<dyn Source>, choice: &Choice) -> Result<Detected, ReadError> {
    let length = text::length(&mut *source)?;
    let mut head = Vec::new();
    (&mut source).take(HEAD).read_to_end(&mut head)?;
    match sniff::sniff(&head)? {
        sniff::Looks::Zip => workbook(source, length, choice),
        sniff::Looks::Text => csv_file(source, &head, length, choice),
    }
}

fn csv_file(
    mut source: Box<dyn Source>,
    head: &[u8],
    length: u64,
    choice: &Choice,
) -> Result<Detected, ReadError> {
    let found = encoding::find(&mut *source, head, length)?;
    let encoding = choice.encoding.unwrap_or(found.encoding);
    let whole = head.len() as u64 >= length;
    if !matches!(encoding, Encoding::Utf16Le | Encoding::Utf16Be) {
        sniff::no_binary(head)?;
    }
    let delimiter = match choice.delimiter {
        Some(delimiter) => delimiter,
        None => csv::delimiter(head, whole, encoding)?,
    };
    let samples = csv::samples(head, whole, encoding, delimiter)?;
    let head_found = headings(&samples, choice)?;
    let rows = rows_about(&mut *source, head, length)?;
    drop(source);
    Ok(Detected {
        kind: Kind::Csv {
            encoding,
            mark: found.mark,
            delimiter,
        },
        rows_about: rows.saturating_sub(head_found.line + head_found.rows - 1),
        header_line: head_found.line,
        header_rows: head_found.rows,
        header: head_found.header,
        titles: head_found.titles,
        bytes: length,
        notes: found.notes,
    })
}

/// Lines of a text, counted where it was read whole, else from its beginning, middle and end.
fn rows_about(source: &mut dyn Source, head: &[u8], length: u64) -> Result<u64, ReadError> {
    let lines = |bytes: &[u8]| memchr::memchr_iter(b'\n', bytes).count() as u64;
    let (mut seen, mut count) = (head.len() as u64, lines(head));
    if seen >= length {
        return Ok(count);
    }
    for at in [length / 2, length.saturating_sub(HEAD)] {
        source.seek(std::io::SeekFrom::Start(at))?;
        let mut block = Vec::new();
        (&mut *source).take(HEAD).read_to_end(&mut block)?;
        seen += block.len() as u64;
        count += lines(&block);
    }
    Ok(length / (seen / count.max(1)).max(1))
}

fn headings(samples: &[head::Sample], choice: &Choice) -> Result<head::Head, Wrong> {
    if samples
        .iter()
        .all(|row| row.cells.iter().all(|cell| cell.trim().is_empty()))
    {
        return Err(Wrong::new(
            "file.empty",
            "文件里没有内容",
            "请核对是否选错了文件或工作表",
        ));
    }
    let found = head::find(samples, choice.header_line).ok_or_else(|| {
        Wrong::new(
            "file.no_header",
            "找不到表头（姓名、身份证号等列名所在的一行）",
            "请在第一行写上列名，或下载模板照着填",
        )
    })?;
    if found.header.len() > crate::MOST_COLUMNS {
        return Err(Wrong::new(
            "file.columns",
            format!(
                "表格有 {} 列，最多 {} 列",
                found.header.len(),
                crate::MOST_COLUMNS
            ),
            "请删去不用的列再上传",
        ));
    }
    Ok(found)
}

/// Rows of each sheet looked at.
const LOOKED_AT: usize = 60;

fn workbook(source: Box<dyn Source>, length: u64, choice: &Choice) -> Result<Detected, ReadError> {
    let mut book = xlsx::Book::open(source)?;
    let mut sheets = Vec::new();
    let mut looked = Vec::new();
    for index in 0..book.sheets().len() {
        let samples = book.samples(index, LOOKED_AT)?;
        let sheet = book.sheets().get(index);
        sheets.push(Sheet {
            name: sheet.map_or(String::new(), |sheet| sheet.name.clone()),
            hidden: sheet.is_some_and(|sheet| sheet.hidden),
            has_data: samples
                .0
                .iter()
                .any(|row| row.cells.iter().any(|c| !c.trim().is_empty())),
        });
        looked.push(samples);
    }
    let chosen = match &choice.sheet {
        Some(name) => sheets
            .iter()
            .position(|sheet| sheet.name == *name)
            .ok_or_else(|| {
                Wrong::new(
                    "file.sheet",
                    format!("没有叫「{name}」的工作表"),
                    "请重新选择工作表",
                )
            })?,
        None => first_sheet(&sheets, &looked),
    };
    let (samples, rows) = looked.into_iter().nth(chosen).unwrap_or_default();
    let head_found = headings(&samples, choice)?;
    let mut notes = Vec::new();
    let names = |of: &dyn Fn(&&Sheet) -> bool| {
        let names: Vec<&str> = sheets.iter().filter(of).map(|s| s.name.as_str()).collect();
        names.join("、")
    };
    let others = sheets
        .iter()
        .enumerate()
        .filter(|(at, s)| *at != chosen && s.has_data)
        .count();
    if let Some(sheet) = sheets.get(chosen).filter(|_| others > 0) {
        notes.push(Note {
            code: "sheet".to_owned(),
            says: format!("读的是工作表「{}」，另有 {others} 张有内容", sheet.name),
        });
    }
    let hidden = names(&|sheet| sheet.hidden);
    if !hidden.is_empty() {
        notes.push(Note {
            code: "hidden".to_owned(),
            says: format!("有隐藏的工作表：{hidden}"),
        });
    }
    Ok(Detected {
        kind: Kind::Xlsx {
            sheets,
            sheet: chosen,
        },
        rows_about: rows.saturating_sub(head_found.line + head_found.rows - 1),
        header_line: head_found.line,
        header_rows: head_found.rows,
        header: head_found.header,
        titles: head_found.titles,
        bytes: length,
        notes,
    })
}

/// The first sheet that is shown and has headings; else the first with data; else the first.
fn first_sheet(sheets: &[Sheet], looked: &[(Vec<head::Sample>, u64)]) -> usize {
    let has_head = |at: usize| {
        looked
            .get(at)
            .is_some_and(|l| head::find(&l.0, None).is_some())
    };
    let all = || {
        sheets
            .iter()
            .enumerate()
            .filter(|(_, sheet)| sheet.has_data)
    };
    all()
        .find(|(at, sheet)| !sheet.hidden && has_head(*at))
        .or_else(|| all().find(|(_, sheet)| !sheet.hidden))
        .or_else(|| all().next())
        .map_or(0, |(at, _)| at)
}
