//! Writes the workbook; the same book gives the same bytes.

use crate::columns::{Column, FINDINGS, Holds, MEASURES, ROWS, Sheet, VALUES};
use crate::{WriteError, about, cells, words};
use figures::{Book, check};
use rust_xlsxwriter::{
    Color, DataValidation, DataValidationErrorStyle, DocProperties, ExcelDateTime, Format,
    FormatAlign, FormatBorder, Formula, IgnoreError, Workbook, Worksheet, XlsxError,
};

/// Lines beyond the written ones that have their drop-downs too.
const MORE: u32 = 1000;

/// The figures of a plan as an Excel workbook.
pub fn write(book: &Book) -> Result<Vec<u8>, WriteError> {
    let mut workbook = Workbook::new();
    let title = format!("{}养老托育规划数据", book.head.place);
    // The day is fixed: the bytes follow from the book alone.
    let day = book
        .head
        .documents
        .iter()
        .filter_map(|document| document.issued_on)
        .max();
    let (year, month, date) = day.map_or((2021, 1, 1), |day| (day.year(), day.month(), day.day()));
    let made = ExcelDateTime::from_ymd(year as u16, month as u8, date as u8)?;
    workbook.set_properties(
        &DocProperties::new()
            .set_title(title)
            .set_creation_datetime(&made),
    );
    about::sheet(workbook.add_worksheet(), book)?;
    for sheet in &ROWS {
        let lines: Vec<Vec<String>> = book
            .of_kind(sheet.key)
            .map(|row| {
                sheet
                    .columns
                    .iter()
                    .map(|column| cells::of_row(book, row, column.head))
                    .collect()
            })
            .collect();
        editable(workbook.add_worksheet(), book, sheet, &lines)?;
    }
    editable(workbook.add_worksheet(), book, &VALUES, &values(book))?;
    measures(workbook.add_worksheet(), book)?;
    findings(workbook.add_worksheet(), book)?;
    Ok(workbook.save_to_buffer()?)
}

fn values(book: &Book) -> Vec<Vec<String>> {
    let mut lines = Vec::new();
    for row in &book.rows {
        for (index, figure) in row.figures.iter().enumerate() {
            let cell =
                |column: &Column| cells::of_figure(book, row, figure, index + 1, column.head);
            lines.push(VALUES.columns.iter().map(cell).collect());
        }
    }
    lines
}

fn editable(
    out: &mut Worksheet,
    book: &Book,
    sheet: &Sheet,
    lines: &[Vec<String>],
) -> Result<(), XlsxError> {
    let columns: Vec<(&str, u16)> = sheet
        .columns
        .iter()
        .map(|column| (column.head, column.width))
        .collect();
    grid(out, sheet.name, &columns, sheet.frozen, lines)?;
    let last = lines.len() as u32 + MORE;
    for (index, column) in sheet.columns.iter().enumerate() {
        let index = index as u16;
        let style = if column.holds == Holds::Shown {
            shown()
        } else {
            text()
        };
        out.set_column_format(index, &style)?;
        out.write_string_with_format(
            0,
            index,
            column.head,
            &heading(column.needed, column.holds == Holds::Shown),
        )?;
        if let Some(choice) = choice(column, book)? {
            out.add_data_validation(1, index, last, index, &choice)?;
        }
    }
    let width = sheet.columns.len() as u16;
    out.ignore_error_range(
        1,
        0,
        last,
        width.saturating_sub(1),
        IgnoreError::NumberStoredAsText,
    )?;
    Ok(())
}

/// The drop-down of a column.
fn choice(column: &Column, book: &Book) -> Result<Option<DataValidation>, XlsxError> {
    let list = DataValidation::new().ignore_blank(true);
    let list = match column.holds {
        Holds::Text | Holds::Shown => return Ok(None),
        Holds::Words(words) => list.allow_list_strings(words)?,
        Holds::Flag => list.allow_list_strings(&["是"])?,
        Holds::Measure => {
            let last = book.measures.iter().count() + 1;
            list.allow_list_formula(Formula::new(format!("={MEASURES}!$A$2:$A${last}")))
        }
        Holds::Document => {
            let (first, last) = about::document_lines(book);
            if last < first {
                return Ok(None);
            }
            list.allow_list_formula(Formula::new(format!(
                "={}!$A${first}:$A${last}",
                crate::columns::ABOUT
            )))
        }
    };
    Ok(Some(
        list.set_error_title("请从下拉框里选")?
            .set_error_message(format!("「{}」只能填下拉框里的词", column.head))?
            .set_error_style(DataValidationErrorStyle::Stop),
    ))
}

fn measures(out: &mut Worksheet, book: &Book) -> Result<(), XlsxError> {
    let lines: Vec<Vec<String>> = book
        .measures
        .iter()
        .map(|measure| {
            let own = if measure.own { "本地" } else { "共用" };
            let words = [&measure.domain, &measure.theme, &measure.unit].map(Clone::clone);
            let [domain, theme, unit] = words;
            vec![words::label(measure), domain, theme, unit, own.to_owned()]
        })
        .collect();
    let columns = [
        ("口径", 50),
        ("领域", 8),
        ("主题", 20),
        ("单位", 12),
        ("来源", 8),
    ];
    grid(out, MEASURES, &columns, 1, &lines)
}

fn findings(out: &mut Worksheet, book: &Book) -> Result<(), XlsxError> {
    let lines: Vec<Vec<String>> = check(book, None)
        .iter()
        .map(|finding| {
            let all = |of: &dyn Fn(&figures::Place) -> String| {
                finding.places.iter().map(of).collect::<Vec<_>>().join("\n")
            };
            vec![
                finding.severity.zh().to_owned(),
                finding.kind.zh().to_owned(),
                finding.says.clone(),
                finding.settle.clone(),
                all(&|place| place.row.clone()),
                all(&|place| place.value.clone()),
                all(&|place| format!("{} {}", place.document, place.section)),
                finding
                    .acknowledged
                    .as_ref()
                    .map(|known| known.reason.clone())
                    .unwrap_or_default(),
            ]
        })
        .collect();
    let columns = [
        ("程度", 8),
        ("类型", 18),
        ("说明", 60),
        ("怎么定", 40),
        ("行编号", 20),
        ("数值", 26),
        ("出处", 36),
        ("已说明", 30),
    ];
    grid(out, FINDINGS, &columns, 0, &lines)
}

/// Headings, cells, widths, filter and print layout.
fn grid(
    out: &mut Worksheet,
    name: &str,
    columns: &[(&str, u16)],
    frozen: u16,
    lines: &[Vec<String>],
) -> Result<(), XlsxError> {
    out.set_name(name)?;
    for (index, (title, width)) in columns.iter().enumerate() {
        out.set_column_width(index as u16, f64::from(*width))?;
        out.set_column_format(index as u16, &text())?;
        out.write_string_with_format(0, index as u16, *title, &heading(false, false))?;
    }
    for (number, line) in lines.iter().enumerate() {
        for (index, cell) in line.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
            out.write_string(number as u32 + 1, index as u16, cell)?;
        }
    }
    out.autofilter(
        0,
        0,
        lines.len() as u32,
        (columns.len() as u16).saturating_sub(1),
    )?;
    out.set_freeze_panes(1, frozen)?;
    out.set_landscape()
        .set_paper_size(9)
        .set_print_fit_to_pages(1, 0);
    out.set_repeat_rows(0, 0)?;
    out.set_footer("&L&A&R第 &P 页，共 &N 页");
    Ok(())
}

/// Text as it is typed: 4.50 stays 4.50.
pub(crate) fn text() -> Format {
    Format::new()
        .set_num_format("@")
        .set_align(FormatAlign::Top)
        .set_text_wrap()
}

fn shown() -> Format {
    text()
        .set_font_color(Color::RGB(0x0059_636E))
        .set_background_color(Color::RGB(0x00F3_F4F6))
}

fn heading(needed: bool, shown: bool) -> Format {
    let fill = match (needed, shown) {
        (true, _) => Color::RGB(0x00CF_E3D8),
        (false, true) => Color::RGB(0x00DD_DFE3),
        (false, false) => Color::RGB(0x00E8_F0EC),
    };
    Format::new()
        .set_bold()
        .set_text_wrap()
        .set_align(FormatAlign::VerticalCenter)
        .set_background_color(fill)
        .set_border_bottom(FormatBorder::Thin)
}
