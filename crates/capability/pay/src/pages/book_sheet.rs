//! The report of the book as a workbook: the same lines as the page, amounts as numbers.

use super::book::{asked, lines_of};
use super::paper::XLSX;
use crate::posts::Sums;
use axum::extract::RawQuery;
use host::{Ctx, Page};
use ledger::Kind;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatBorder, Workbook, XlsxError};
use store::{Audit, StoreError};
use ui::{ListQuery, ListSpec};

const SPEC: ListSpec = ListSpec::filtered(&["by", "programme", "from", "to"]);

/// Columns: heading, kind of account, whether its usual side is the debit.
const COLUMNS: [(&str, Kind, bool); 5] = [
    ("核定支出（元）", Kind::Spending, true),
    ("已到账（元）", Kind::Purse, false),
    ("银行在途（元）", Kind::Transit, false),
    ("应付未付（元）", Kind::Payable, false),
    ("待追缴（元）", Kind::Recoverable, true),
];

/// `GET /ledger.xlsx`
pub(crate) async fn get(ctx: Ctx, RawQuery(raw): RawQuery) -> Page {
    let query = ListQuery::of(raw.as_deref(), &SPEC)?;
    let (of, _, title, by) = asked(&ctx, &query)?;
    let lines = lines_of(&ctx, &of, by).await?;
    ctx.log_reads(&[Audit::new("pay.ledger_export").with("by", title)])
        .await?;
    let day = ctx.today();
    let bytes = sheet(
        &format!("资金账 {title} {}", day.zh()),
        (day.year() as u16, day.month() as u8, day.day() as u8),
        &lines,
    )
    .map_err(|error: XlsxError| StoreError::Other(format!("workbook: {error}")))?;
    let name = format!("资金账-{title}-{day}.xlsx");
    Ok(host::download::attachment(
        bytes,
        XLSX,
        &name,
        "ledger.xlsx",
    ))
}

fn sheet(
    title: &str,
    (year, month, day): (u16, u8, u8),
    lines: &[(String, Sums)],
) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let made = ExcelDateTime::from_ymd(year, month, day)?;
    book.set_properties(
        &DocProperties::new()
            .set_title(title)
            .set_creation_datetime(&made),
    );
    let head = Format::new().set_bold().set_border(FormatBorder::Thin);
    let words = Format::new().set_border(FormatBorder::Thin);
    let money = Format::new()
        .set_num_format("#,##0.00")
        .set_border(FormatBorder::Thin);
    let sheet = book.add_worksheet();
    sheet.set_name("资金账")?;
    let big = Format::new().set_bold().set_font_size(14);
    sheet.write_string_with_format(0, 0, title, &big)?;
    sheet.set_column_width(0, 30.0)?;
    sheet.write_string_with_format(1, 0, "项目", &head)?;
    for (at, (heading, ..)) in COLUMNS.iter().enumerate() {
        let column = at as u16 + 1;
        sheet.set_column_width(column, 18.0)?;
        sheet.write_string_with_format(1, column, *heading, &head)?;
    }
    let mut totals = [0_i64; COLUMNS.len()];
    for (row, (title, sums)) in lines.iter().enumerate() {
        let row = row as u32 + 2;
        sheet.write_string_with_format(row, 0, title, &words)?;
        for (at, (_, kind, debit)) in COLUMNS.iter().enumerate() {
            let fen = if *debit {
                sums.balance(*kind)
            } else {
                -sums.balance(*kind)
            };
            if let Some(total) = totals.get_mut(at) {
                *total += fen;
            }
            sheet.write_number_with_format(row, at as u16 + 1, fen as f64 / 100.0, &money)?;
        }
    }
    let last = lines.len() as u32 + 2;
    sheet.write_string_with_format(last, 0, "合计", &head)?;
    for (at, fen) in totals.into_iter().enumerate() {
        sheet.write_number_with_format(last, at as u16 + 1, fen as f64 / 100.0, &money)?;
    }
    sheet.set_freeze_panes(2, 1)?;
    sheet.set_repeat_rows(0, 1)?;
    book.save_to_buffer()
}
