//! The file itself: a watermarked list for a department, a bare template for a national system; as workbook or CSV.
//!
//! Whatever a spreadsheet would run as a formula is made harmless: quoted in a workbook, led by an apostrophe in CSV.

use crate::batch::{Batch, Purpose};
use crate::systems;
use export::api::{About, reason_zh, write_workbook};
use files::{Sealed, Writer};
use host::export::{Cell, ExportColumn};
use kernel::Instant;
use rust_xlsxwriter::{DocProperties, Format, Workbook, XlsxError};
use std::io::Write;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use store::{StoreError, StoreResult};
use tabular::back::like_a_formula;

/// Columns of an outgoing list: the least that a department can match by.
pub(crate) const OUT: [&str; 3] = ["编号", "证件号码", "姓名"];

/// Writes the rows of a batch.
pub(crate) fn write(
    batch: &Batch,
    made: Instant,
    rows: Vec<(i64, Vec<String>)>,
    scratch: &Path,
    out: Writer,
) -> StoreResult<Sealed> {
    match (batch.purpose, batch.format.as_str()) {
        (Purpose::List, "csv") => {
            let rows = rows.into_iter().map(numbered);
            csv(Some(&mark(batch)), &OUT, rows, out)
        }
        (Purpose::List, _) => list(batch, made, rows, scratch, out),
        (Purpose::Report, format) => {
            let titles: Vec<&str> = systems::of(&batch.kind).map_or_else(Vec::new, |system| {
                let titles = system.columns.iter().map(|column| column.title.as_str());
                titles.collect()
            });
            let rows = rows.into_iter().map(|(_, cells)| cells);
            if format == "csv" {
                csv(None, &titles, rows, out)
            } else {
                bare(batch, &titles, rows, out)
            }
        }
    }
}

fn numbered((n, cells): (i64, Vec<String>)) -> Vec<String> {
    let mut out = vec![n.to_string()];
    out.extend(cells);
    out
}

/// Who, when, why, until when: on every page of a list.
fn mark(batch: &Batch) -> String {
    let until = batch
        .day
        .plus_days(crate::kinds::of(&batch.kind).map_or(0, |kind| kind.days));
    format!(
        "编号 {}　{}（{}）　{}　事由：{}　共 {} 人　仅限本次比对使用，{} 前返回并销毁",
        batch.no,
        batch.owner.name,
        batch.owner.scope_name,
        batch.asked.minute(),
        reason_zh(&batch.reason),
        batch.done,
        until,
    )
}

fn list(
    batch: &Batch,
    made: Instant,
    rows: Vec<(i64, Vec<String>)>,
    scratch: &Path,
    out: Writer,
) -> StoreResult<Sealed> {
    let widths = [8, 22, 14];
    let about = About {
        title: batch.title(),
        mark: mark(batch),
        says: format!("范围：{}　数据截至 {}", batch.says, batch.day.zh()),
        role: batch.owner.role,
        columns: OUT
            .iter()
            .zip(widths)
            .map(|(title, width)| ExportColumn::text(*title, width))
            .collect(),
        made,
        limit: export::api::ROWS_OF_A_SHEET,
    };
    let cells = rows.into_iter().map(|row| {
        let cells = numbered(row).into_iter().map(Cell::text).collect();
        Ok(vec![cells])
    });
    write_workbook(&about, cells, scratch, out, &AtomicBool::new(false))
}

fn failed(error: XlsxError) -> StoreError {
    StoreError::Other(format!("workbook: {error}"))
}

/// The template and its rows, all texts, nothing around them: another system reads it.
fn bare(
    batch: &Batch,
    titles: &[&str],
    rows: impl Iterator<Item = Vec<String>>,
    mut out: Writer,
) -> StoreResult<Sealed> {
    let mut workbook = Workbook::new();
    let day = batch.day;
    let made = rust_xlsxwriter::ExcelDateTime::from_ymd(
        day.year() as u16,
        day.month() as u8,
        day.day() as u8,
    )
    .map_err(failed)?;
    let properties = DocProperties::new()
        .set_title(batch.title())
        .set_comment(format!("{} {}", batch.no, batch.owner.name))
        .set_creation_datetime(&made);
    workbook.set_properties(&properties);
    let head = Format::new().set_bold();
    let text = Format::new().set_num_format("@");
    let quoted = Format::new().set_num_format("@").set_quote_prefix();
    let sheet = workbook.add_worksheet();
    for (column, title) in titles.iter().enumerate() {
        let column = column as u16;
        sheet.set_column_width(column, 16).map_err(failed)?;
        sheet
            .write_string_with_format(0, column, *title, &head)
            .map_err(failed)?;
    }
    for (place, cells) in rows.enumerate() {
        for (column, cell) in cells.into_iter().enumerate() {
            let format = if like_a_formula(&cell) {
                &quoted
            } else {
                &text
            };
            sheet
                .write_string_with_format(place as u32 + 1, column as u16, cell, format)
                .map_err(failed)?;
        }
    }
    workbook.save_to_writer(&mut out).map_err(failed)?;
    out.finish()
}

/// UTF-8 with the mark that Excel knows it by.
fn csv(
    mark: Option<&str>,
    titles: &[&str],
    rows: impl Iterator<Item = Vec<String>>,
    out: Writer,
) -> StoreResult<Sealed> {
    let failed = |error: std::io::Error| StoreError::Other(format!("csv: {error}"));
    let mut out = std::io::BufWriter::new(out);
    out.write_all("\u{feff}".as_bytes()).map_err(failed)?;
    let mut line = |cells: &[String]| -> std::io::Result<()> {
        let cells: Vec<String> = cells.iter().map(|cell| safe(cell)).collect();
        writeln!(out, "{}\r", cells.join(","))
    };
    if let Some(mark) = mark {
        line(&[mark.to_owned()]).map_err(failed)?;
    }
    let titles: Vec<String> = titles.iter().map(|title| (*title).to_owned()).collect();
    line(&titles).map_err(failed)?;
    for cells in rows {
        line(&cells).map_err(failed)?;
    }
    let out = out
        .into_inner()
        .map_err(|error| StoreError::Other(format!("csv: {error}")))?;
    out.finish()
}

/// A cell of a CSV: no formula, quoted where it must be.
fn safe(cell: &str) -> String {
    let mut text = cell.to_owned();
    if like_a_formula(cell) {
        text.insert(0, '\'');
    }
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::safe;

    /// Rows M04, K01: nothing in a CSV is run as a formula, and separators stay inside their cell.
    #[test]
    fn cells_of_a_csv_are_harmless() {
        for (cell, written) in [
            ("张三", "张三"),
            ("=1+1", "'=1+1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("＝cmd", "'＝cmd"),
            ("-5", "-5"),
            ("a,b", "\"a,b\""),
            ("say \"x\"", "\"say \"\"x\"\"\""),
            ("=\"a\",b", "\"'=\"\"a\"\",b\""),
            ("429900194001010018", "429900194001010018"),
        ] {
            assert_eq!(safe(cell), written);
        }
    }
}
