//! The workbook: watermark, headings, rows; written in constant memory, straight into a sealed file.

use crate::mask::{like_a_formula, masked};
use authz::Role;
use files::{Sealed, Writer};
use host::export::{Cell, ColumnKind, ExportColumn};
use kernel::{Day, Instant};
use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet,
    XlsxError,
};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use store::{StoreError, StoreResult};

/// Excel's own limit.
pub const ROWS_OF_A_SHEET: u32 = 1_048_576;
/// Title, watermark, headings above the rows, and the watermark below.
const AROUND: u32 = 4;

/// What stands around the rows.
#[derive(Debug, Clone)]
pub struct About {
    /// 老年人.
    pub title: String,
    /// Who, when, why, how many, as one line.
    pub mark: String,
    /// Filters, basis and day.
    pub says: String,
    /// In whose role.
    pub role: Role,
    /// The columns.
    pub columns: Vec<ExportColumn>,
    /// When it is made.
    pub made: Instant,
    /// Rows of a sheet at the most, all told.
    pub limit: u32,
}

struct Formats {
    title: Format,
    mark: Format,
    head: Format,
    text: Format,
    quoted: Format,
    number: Format,
    date: Format,
    money: Format,
}

impl Formats {
    fn new() -> Self {
        let cell = || {
            Format::new()
                .set_border(FormatBorder::Thin)
                .set_border_color(Color::RGB(0x00BF_C7D1))
                .set_align(FormatAlign::Top)
        };
        Self {
            title: Format::new().set_bold().set_font_size(14),
            mark: Format::new().set_font_color(Color::RGB(0x0066_7085)),
            head: cell()
                .set_bold()
                .set_background_color(Color::RGB(0x00EA_F0F7))
                .set_text_wrap(),
            text: cell().set_num_format("@").set_text_wrap(),
            quoted: cell()
                .set_num_format("@")
                .set_text_wrap()
                .set_quote_prefix(),
            number: cell(),
            date: cell().set_num_format("yyyy-mm-dd"),
            money: cell().set_num_format("#,##0.00"),
        }
    }
}

fn failed(error: XlsxError) -> StoreError {
    StoreError::Other(format!("workbook: {error}"))
}

/// Writes all rows; `stop` ends it early with an error.
pub fn write(
    about: &About,
    chunks: impl Iterator<Item = StoreResult<Vec<Vec<Cell>>>>,
    scratch: &Path,
    mut out: Writer,
    stop: &AtomicBool,
) -> StoreResult<Sealed> {
    let (mut workbook, formats) = (Workbook::new(), Formats::new());
    workbook.set_tempdir(scratch).map_err(failed)?;
    let day = about.made.day();
    let made = ExcelDateTime::from_ymd(day.year() as u16, day.month() as u8, day.day() as u8)
        .map_err(failed)?;
    workbook.set_properties(
        &DocProperties::new()
            .set_title(&about.title)
            .set_comment(&about.mark)
            .set_creation_datetime(&made),
    );
    let room = about.limit.saturating_sub(AROUND).max(1);
    let (mut sheets, mut row) = (0, 0);
    for chunk in chunks {
        if stop.load(Ordering::Relaxed) {
            return Err(StoreError::Other("cancelled".to_owned()));
        }
        for cells in chunk? {
            if sheets == 0 || row == room {
                if sheets > 0 {
                    foot(&mut workbook, sheets - 1, about, &formats, row).map_err(failed)?;
                }
                sheets += 1;
                row = 0;
                head(&mut workbook, about, &formats, sheets).map_err(failed)?;
            }
            let sheet = workbook.worksheet_from_index(sheets - 1).map_err(failed)?;
            line(sheet, about, &formats, row + AROUND - 1, cells).map_err(failed)?;
            row += 1;
        }
    }
    if sheets == 0 {
        sheets = 1;
        head(&mut workbook, about, &formats, 1).map_err(failed)?;
    }
    foot(&mut workbook, sheets - 1, about, &formats, row).map_err(failed)?;
    workbook.save_to_writer(&mut out).map_err(failed)?;
    out.finish()
}

/// Begins a sheet: what is repeated on every printed page, the watermark, the headings.
fn head(
    workbook: &mut Workbook,
    about: &About,
    formats: &Formats,
    number: usize,
) -> Result<(), XlsxError> {
    let sheet = workbook.add_worksheet_with_constant_memory();
    sheet.set_name(if number == 1 {
        "台账".to_owned()
    } else {
        format!("台账{number}")
    })?;
    let printed = about.mark.replace('&', "&&");
    let printed: String = printed.chars().take(200).collect();
    sheet
        .set_landscape()
        .set_paper_size(9)
        .set_print_fit_to_pages(1, 0)
        .set_repeat_rows(0, AROUND - 2)?
        .set_header(format!("&L&8{printed}"))
        .set_footer("&C&8第 &P 页，共 &N 页&R&8含个人信息，按规定保管，用完销毁");
    sheet.set_freeze_panes(AROUND - 1, 1)?;
    for (index, column) in about.columns.iter().enumerate() {
        sheet.set_column_width(index as u16, f64::from(column.width))?;
    }
    sheet.write_string_with_format(0, 0, &about.title, &formats.title)?;
    sheet.write_string_with_format(
        1,
        0,
        format!("{}　{}", about.mark, about.says),
        &formats.mark,
    )?;
    for (index, column) in about.columns.iter().enumerate() {
        sheet.write_string_with_format(AROUND - 2, index as u16, &column.heading, &formats.head)?;
    }
    Ok(())
}

fn foot(
    workbook: &mut Workbook,
    sheet: usize,
    about: &About,
    formats: &Formats,
    rows: u32,
) -> Result<(), XlsxError> {
    let sheet = workbook.worksheet_from_index(sheet)?;
    sheet.write_string_with_format(rows + AROUND - 1, 0, &about.mark, &formats.mark)?;
    Ok(())
}

fn line(
    sheet: &mut Worksheet,
    about: &About,
    formats: &Formats,
    row: u32,
    cells: Vec<Cell>,
) -> Result<(), XlsxError> {
    for (index, (cell, column)) in cells.into_iter().zip(&about.columns).enumerate() {
        let place = index as u16;
        match masked(cell, column.secret, about.role) {
            Cell::Empty => {
                sheet.write_blank(row, place, &formats.text)?;
            }
            Cell::Text(text) => {
                let format = if like_a_formula(&text) {
                    &formats.quoted
                } else {
                    &formats.text
                };
                let text: String = text.chars().take(32_000).collect();
                sheet.write_string_with_format(row, place, text, format)?;
            }
            Cell::Int(number) => {
                sheet.write_number_with_format(row, place, number as f64, &formats.number)?;
            }
            Cell::Decimal(text) => match text.parse::<f64>() {
                Ok(number) => {
                    sheet.write_number_with_format(row, place, number, &formats.number)?;
                }
                Err(_not_a_number) => {
                    sheet.write_string_with_format(row, place, text, &formats.text)?;
                }
            },
            Cell::Day(number) => {
                let day = Day::from_number(number);
                // Excel's calendar begins in 1900.
                if let Some(day) = day.filter(|day| day.year() >= 1900) {
                    let (year, month, date) = (day.year(), day.month(), day.day());
                    let date = ExcelDateTime::from_ymd(year as u16, month as u8, date as u8)?;
                    sheet.write_datetime_with_format(row, place, date, &formats.date)?;
                } else {
                    let text = day.map_or_else(String::new, |day| day.to_string());
                    sheet.write_string_with_format(row, place, text, &formats.text)?;
                }
            }
            Cell::Fen(fen) => {
                let yuan = fen as f64 / 100.0;
                let format = match column.kind {
                    ColumnKind::Money => &formats.money,
                    _ => &formats.number,
                };
                sheet.write_number_with_format(row, place, yuan, format)?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use calamine::{Reader, Xlsx};
    use files::{Files, NewFile};
    use std::io::Cursor;
    use store::testing::{databases, test_now};

    /// Engineering.md 17: past the rows of a sheet the list goes on in the next, each with watermark and
    /// headings; an empty list is an empty sheet.
    #[tokio::test]
    async fn rows_go_on_in_the_next_sheet() {
        let mut migrations = store::migrations();
        migrations.extend(files::migrations());
        let db = databases(&migrations).await.unwrap().remove(0);
        let folder = std::env::temp_dir().join(format!("laoyou-sheets-{}", std::process::id()));
        let files = Files::new(&folder, 1_000_000);
        for (count, sheets) in [(0, 1), (6, 1), (7, 2), (20, 4)] {
            let about = About {
                title: "名单".into(),
                mark: "导出人：张 & 李".into(),
                says: String::new(),
                role: Role::CountyCivil,
                columns: vec![ExportColumn::text("序号", 8)],
                made: test_now(),
                limit: 10,
            };
            let rows: Vec<Vec<Cell>> = (0..count)
                .map(|n| vec![Cell::Text(format!("r{n}"))])
                .collect();
            let chunks = rows.chunks(4).map(|chunk| Ok(chunk.to_vec()));
            let out = files.create(&db.store).unwrap();
            let scratch = files.scratch().unwrap();
            let sealed = write(&about, chunks, &scratch, out, &AtomicBool::new(false)).unwrap();
            assert!(sealed.kind.ends_with("spreadsheetml.sheet"));
            let actor = authz::Actor::system("test");
            let mut tx = db.store.begin(&actor, None).await.unwrap();
            let new = NewFile {
                name: "n".into(),
                owner: "o".into(),
                scope: authz::Scope::Everywhere,
                days: 1,
            };
            let kept = files.keep(&mut tx, sealed, new).await.unwrap();
            tx.audit(store::Audit::new("test"));
            tx.commit().await.unwrap();
            let bytes = files.open(db.store.keys(), &kept).unwrap().whole().unwrap();
            let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes)).unwrap();
            let names = book.sheet_names();
            assert_eq!(names.len(), sheets, "{count}");
            let mut found = Vec::new();
            for name in names {
                let range = book.worksheet_range(&name).unwrap();
                let cells: Vec<String> = range.rows().map(|row| row[0].to_string()).collect();
                assert_eq!(cells[0], "名单");
                assert_eq!(cells[2], "序号");
                assert!(cells.len() <= 10 && cells[cells.len() - 1].contains("张 & 李"));
                found.extend(cells[3..cells.len() - 1].to_vec());
            }
            let all: Vec<String> = (0..count).map(|n| format!("r{n}")).collect();
            assert_eq!(found, all);
        }
        std::fs::remove_dir_all(folder).unwrap();
        db.close().await.unwrap();
    }
}
