//! The cells of a workbook as texts, with what cannot be taken as text marked.

use crate::CellProblem;
use calamine::{DataRef, Reader, Xlsx};
use kernel::Day;
use std::collections::BTreeMap;
use std::io::Cursor;

/// Larger files are not opened.
pub const MOST_BYTES: usize = 10 * 1024 * 1024;
/// Lines of a sheet.
const MOST_ROWS: u32 = 20_000;
/// Columns of a sheet.
const MOST_COLUMNS: u32 = 200;

/// What keeps a cell from being read as it looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Odd {
    /// Excel shows 60% and keeps 0.6.
    Percent,
    /// `#REF!` and the like.
    Error,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cell {
    pub(crate) text: String,
    pub(crate) odd: Option<Odd>,
}

/// One sheet: line → column → cell, both from 0; empty cells are not in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Grid {
    pub(crate) name: String,
    pub(crate) rows: BTreeMap<u32, BTreeMap<u32, Cell>>,
}

fn whole(what: impl Into<String>, remedy: &str) -> CellProblem {
    CellProblem {
        sheet: String::new(),
        row: 0,
        column: String::new(),
        what: what.into(),
        remedy: remedy.to_owned(),
    }
}

/// All sheets of a workbook. Cells are read one by one: a cell far away costs nothing.
pub(crate) fn read(bytes: &[u8]) -> Result<Vec<Grid>, CellProblem> {
    if bytes.len() > MOST_BYTES {
        return Err(whole("文件超过 10 MB", "删去图片和多余的工作表，再上传"));
    }
    let broken = |_| {
        whole(
            "不是可以打开的 Excel 文件",
            "用 Excel 另存为 .xlsx，不要加密码，再上传",
        )
    };
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(broken)?;
    let names = book.sheet_names();
    let mut out = Vec::new();
    for name in names {
        let broken = |_| CellProblem {
            sheet: name.clone(),
            ..whole("这张工作表打不开", "用 Excel 另存为 .xlsx，再上传")
        };
        // Sheets of charts have no cells.
        let Ok(mut reader) = book.worksheet_cells_reader(&name) else {
            continue;
        };
        let mut rows: BTreeMap<u32, BTreeMap<u32, Cell>> = BTreeMap::new();
        while let Some((found, style)) = reader.next_cell_with_style_id().map_err(broken)? {
            let (row, column) = found.get_position();
            let style = reader
                .styles()
                .get(style)
                .and_then(|style| style.number_format.as_ref());
            let percent = style.is_some_and(|format| format.format_code.contains('%'));
            let Some(cell) = cell(found.get_value(), percent) else {
                continue;
            };
            if row >= MOST_ROWS || column >= MOST_COLUMNS {
                return Err(CellProblem {
                    sheet: name.clone(),
                    row: row as usize + 1,
                    ..whole(
                        format!("表太大：最多 {MOST_ROWS} 行、{MOST_COLUMNS} 列"),
                        "删去多余的行列",
                    )
                });
            }
            rows.entry(row).or_default().insert(column, cell);
        }
        out.push(Grid {
            name: name.trim().to_owned(),
            rows,
        });
    }
    Ok(out)
}

fn cell(value: &DataRef<'_>, percent: bool) -> Option<Cell> {
    let mut odd = None;
    let text = match value {
        DataRef::Empty => return None,
        DataRef::String(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => {
            odd = percent.then_some(Odd::Percent);
            number.to_string()
        }
        DataRef::Bool(on) => if *on { "是" } else { "否" }.to_owned(),
        DataRef::DateTime(when) => {
            let (year, month, day, ..) = when.to_ymd_hms_milli();
            Day::from_ymd(i32::from(year), i32::from(month), i32::from(day))?.to_string()
        }
        DataRef::DateTimeIso(text) => text.chars().take(10).collect(),
        DataRef::Error(error) => {
            odd = Some(Odd::Error);
            error.to_string()
        }
    };
    // Excel keeps a carriage return as _x000D_ and a line break as it is.
    let text = text
        .replace("\r\n", "\n")
        .replace('\r', "\n")
        .trim()
        .to_owned();
    (!text.is_empty()).then_some(Cell { text, odd })
}
