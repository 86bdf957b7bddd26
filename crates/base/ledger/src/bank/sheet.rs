//! The file as a workbook: one sheet, headings, a line of totals; every cell a text, as banks ask for accounts.

use super::layout::{FieldSpec, Layout};
use super::write::{Head, Line, TooLong, fits, yuan};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatBorder, Workbook, Worksheet};

/// A workbook in the making.
pub(super) struct SheetMaker {
    book: Workbook,
    row: u32,
    text: Format,
}

fn failed(error: rust_xlsxwriter::XlsxError) -> TooLong {
    TooLong::Sheet(error.to_string())
}

impl SheetMaker {
    pub(super) fn new(layout: &Layout, head: &Head) -> Result<Self, TooLong> {
        let mut book = Workbook::new();
        let (year, month, day) = (head.date.year(), head.date.month(), head.date.day());
        let made = ExcelDateTime::from_ymd(year as u16, month as u8, day as u8).map_err(failed)?;
        book.set_properties(
            &DocProperties::new()
                .set_title(format!("{} {}", head.programme, head.month))
                .set_creation_datetime(&made),
        );
        let bold = Format::new().set_bold().set_border(FormatBorder::Thin);
        let sheet = book.add_worksheet();
        sheet.set_name("代发明细").map_err(failed)?;
        for (column, spec) in layout.row.iter().enumerate() {
            let column = column as u16;
            sheet
                .write_string_with_format(0, column, &spec.title, &bold)
                .map_err(failed)?;
            let width = spec.width.unwrap_or(14).clamp(6, 40) as f64;
            sheet.set_column_width(column, width).map_err(failed)?;
        }
        sheet.set_freeze_panes(1, 0).map_err(failed)?;
        Ok(Self {
            book,
            row: 1,
            text: Format::new()
                .set_num_format("@")
                .set_border(FormatBorder::Thin),
        })
    }

    pub(super) fn add(
        &mut self,
        layout: &Layout,
        line: &Line,
        value: impl Fn(&FieldSpec) -> String,
    ) -> Result<(), TooLong> {
        let (row, text) = (self.row, self.text.clone());
        let sheet = self.sheet()?;
        for (column, spec) in layout.row.iter().enumerate() {
            let words = value(spec);
            fits(spec, line.no, words.chars().count())?;
            sheet
                .write_string_with_format(row, column as u16, &words, &text)
                .map_err(failed)?;
        }
        self.row += 1;
        Ok(())
    }

    pub(super) fn finish(mut self, head: &Head) -> Result<Vec<u8>, TooLong> {
        let row = self.row;
        let (count, total) = (
            format!("{} 笔", head.count),
            format!("{} 元", yuan(head.total)),
        );
        // Readers of workbooks know a line of sums by its first cell.
        for (column, words) in (0..).zip(["合计", &count, &total]) {
            self.sheet()?
                .write_string(row, column, words)
                .map_err(failed)?;
        }
        self.book.save_to_buffer().map_err(failed)
    }

    fn sheet(&mut self) -> Result<&mut Worksheet, TooLong> {
        self.book.worksheet_from_index(0).map_err(failed)
    }
}
