//! An empty file to fill in.

use crate::headers::{ColumnSpec, Mapping};
use crate::{Row, value};
use rust_xlsxwriter::{
    Color, DataValidation, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder,
    Workbook, Worksheet, XlsxError,
};

/// The sheet that is filled in.
pub const SHEET: &str = "数据";
/// Rows that are prepared.
const ROWS: u32 = 10_000;

/// An XLSX with the headings (a star at required ones), what to write shown where a cell is chosen and
/// on a second sheet, and one made-up example row (which [`is_example`] knows again); every column is
/// text, so that no identity number loses digits. The same specs give the same bytes.
pub fn template(title: &str, specs: &[ColumnSpec]) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let made = ExcelDateTime::from_ymd(2021, 1, 1)?;
    workbook.set_properties(
        &DocProperties::new()
            .set_title(title)
            .set_creation_datetime(&made),
    );
    data(workbook.add_worksheet(), specs)?;
    about(workbook.add_worksheet(), title, specs)?;
    workbook.save_to_buffer()
}

fn text() -> Format {
    Format::new().set_num_format("@")
}

fn heading(required: bool) -> Format {
    let fill = if required { 0x00CF_E3D8 } else { 0x00E8_F0EC };
    text()
        .set_bold()
        .set_text_wrap()
        .set_align(FormatAlign::VerticalCenter)
        .set_background_color(Color::RGB(fill))
        .set_border_bottom(FormatBorder::Thin)
}

fn data(sheet: &mut Worksheet, specs: &[ColumnSpec]) -> Result<(), XlsxError> {
    sheet.set_name(SHEET)?.set_freeze_panes(1, 0)?;
    let example = text().set_font_color(Color::RGB(0x0066_7085)).set_italic();
    for (at, spec) in specs.iter().enumerate() {
        let column = at as u16;
        let star = if spec.required { "*" } else { "" };
        let title = format!("{star}{}", spec.title);
        let width = spec
            .title
            .chars()
            .count()
            .max(spec.example.chars().count() / 2 + 2)
            * 2
            + 4;
        sheet
            .set_column_width(column, width.min(60) as u32)?
            .set_column_format(column, &text())?
            .write_string_with_format(0, column, title, &heading(spec.required))?
            .write_string_with_format(1, column, spec.example, &example)?;
        if !spec.hint.is_empty() {
            let says: String = spec.hint.chars().take(200).collect();
            let says = DataValidation::new()
                .set_input_title(spec.title.chars().take(30).collect::<String>())?
                .set_input_message(says)?;
            sheet.add_data_validation(1, column, ROWS, column, &says)?;
        }
    }
    Ok(())
}

fn about(sheet: &mut Worksheet, title: &str, specs: &[ColumnSpec]) -> Result<(), XlsxError> {
    sheet.set_name("填写说明")?;
    let wrapped = text().set_text_wrap().set_align(FormatAlign::Top);
    sheet.write_string_with_format(0, 0, title, &text().set_bold())?;
    sheet.write_string(
        1,
        0,
        "灰色斜体的一行是例子，填写时请删去；带 * 的列必填；不要改列名",
    )?;
    for (at, (name, width)) in [("列名", 18), ("必填", 8), ("怎么填", 60), ("例子", 26)]
        .into_iter()
        .enumerate()
    {
        sheet.set_column_width(at as u16, width)?;
        sheet.write_string_with_format(3, at as u16, name, &heading(false))?;
    }
    for (at, spec) in specs.iter().enumerate() {
        let row = at as u32 + 4;
        let required = if spec.required { "是" } else { "" };
        for (column, cell) in [spec.title, required, spec.hint, spec.example]
            .into_iter()
            .enumerate()
        {
            sheet.write_string_with_format(row, column as u16, cell, &wrapped)?;
        }
    }
    Ok(())
}

/// Whether a row is the example row of the template, left in the file: every column that has an
/// example holds it.
pub fn is_example(row: &Row<'_>, mapping: &Mapping, specs: &[ColumnSpec]) -> bool {
    let mut same = 0;
    for spec in specs.iter().filter(|spec| !spec.example.is_empty()) {
        let Some(column) = mapping.column(spec.key) else {
            continue;
        };
        if value::clean(&row.cell(column).shown()) != spec.example {
            return false;
        }
        same += 1;
    }
    same >= 2
}
