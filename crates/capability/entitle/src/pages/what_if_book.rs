//! The result of a change as a workbook: years, then areas by year; people and yuan as numbers.

use super::what_if_result::Found;
use crate::trial::outcome::Cell;
use kernel::Instant;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

/// The workbook's bytes, the same for the same result.
pub(crate) fn write(title: &str, made: Instant, found: &Found) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let day = made.day();
    let made = ExcelDateTime::from_ymd(day.year() as u16, day.month() as u8, day.day() as u8)?;
    workbook.set_properties(
        &DocProperties::new()
            .set_title(title)
            .set_creation_datetime(&made),
    );
    let sheet = workbook.add_worksheet();
    sheet.set_name("按年")?;
    sheet.write_string(0, 0, title)?;
    heads(sheet, 2, &["年份"])?;
    for (row, year) in (3..).zip(&found.years) {
        sheet.write_number(row, 0, f64::from(year.year))?;
        line(sheet, row, 1, &year.cell)?;
    }
    let below = 4 + found.years.len() as u32;
    for (row, limit) in (below..).zip(&found.limits) {
        sheet.write_string(row, 0, limit)?;
    }
    for tree in &found.trees {
        let sheet = workbook.add_worksheet();
        sheet.set_name(tree.title)?;
        sheet.write_string(0, 0, title)?;
        heads(sheet, 2, &["区划", "年份"])?;
        let mut row = 3;
        for area in &tree.rows {
            for (year, cell) in found.years.iter().zip(&area.years) {
                sheet.write_string(row, 0, &area.name)?;
                sheet.write_number(row, 1, f64::from(year.year))?;
                line(sheet, row, 2, &cell.cell)?;
                row += 1;
            }
        }
    }
    workbook.save_to_buffer()
}

/// Headings of people and money behind those of the rows.
fn heads(sheet: &mut Worksheet, row: u32, first: &[&str]) -> Result<(), XlsxError> {
    let bold = Format::new().set_bold().set_text_wrap();
    let rest = [
        "原符合（人次）",
        "新增（人次）",
        "减少（人次）",
        "金额或档次有变（人次）",
        "现符合（人次）",
        "原全年（元）",
        "现全年（元）",
        "差额（元）",
    ];
    for (column, head) in (0..).zip(first.iter().chain(&rest)) {
        sheet.write_string_with_format(row, column, *head, &bold)?;
        sheet.set_column_width(column, 14)?;
    }
    sheet.set_freeze_panes(row + 1, 0)?;
    Ok(())
}

fn line(sheet: &mut Worksheet, row: u32, column: u16, cell: &Cell) -> Result<(), XlsxError> {
    let money = Format::new().set_num_format("#,##0.00");
    let people = [
        cell.before,
        cell.gained,
        cell.lost,
        cell.changed(),
        cell.after,
    ];
    for (column, count) in (column..).zip(people) {
        sheet.write_number(row, column, count as f64)?;
    }
    let yuan = [cell.year_before, cell.year_after, cell.year_more()];
    for (column, fen) in (column + people.len() as u16..).zip(yuan) {
        sheet.write_number_with_format(row, column, fen as f64 / 100.0, &money)?;
    }
    Ok(())
}
