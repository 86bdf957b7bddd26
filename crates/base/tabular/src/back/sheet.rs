//! An XLSX with the kinds of cells it came with.

use super::{HOW, Lines, Returned, WHY, header_end, like_a_formula};
use crate::rows::{Got, Record};
use crate::{Cell, Detected, MOST_CHARACTERS, ReadError, Source, xlsx};
use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError,
};
use std::io::{self, Seek, Write};
use std::path::Path;

/// Days between the beginnings of the two calendars.
const FROM_1904: f64 = 1462.0;

struct Formats {
    head: Format,
    text: Format,
    guarded: Format,
    day: Format,
    why: Format,
}

impl Formats {
    fn new() -> Self {
        Self {
            head: Format::new().set_bold().set_num_format("@").set_text_wrap(),
            text: Format::new().set_num_format("@"),
            guarded: Format::new().set_num_format("@").set_quote_prefix(),
            day: Format::new().set_num_format("yyyy-mm-dd"),
            why: Format::new()
                .set_num_format("@")
                .set_text_wrap()
                .set_background_color(Color::RGB(0x00FF_F4E5)),
        }
    }
}

fn failed(error: XlsxError) -> ReadError {
    ReadError::Io(io::Error::other(error))
}

pub(super) fn write<I: Iterator<Item = Returned>>(
    source: Box<dyn Source>,
    sheet: usize,
    found: &Detected,
    returned: &mut Lines<I>,
    out: impl Write + Seek + Send,
    scratch: &Path,
) -> Result<u64, ReadError> {
    let mut reader = xlsx::SheetReader::open(source, sheet, 0)?;
    let (mut workbook, formats) = (Workbook::new(), Formats::new());
    workbook.set_tempdir(scratch).map_err(failed)?;
    // A fixed day: the bytes follow from the rows alone.
    let made = ExcelDateTime::from_ymd(2021, 1, 1).map_err(failed)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&made));
    let page = workbook.add_worksheet_with_constant_memory();
    let (header_end, width) = (header_end(found), found.header.len() as u16);
    for column in [width, width + 1] {
        page.set_column_width(column, 40).map_err(failed)?;
    }
    page.set_freeze_panes(header_end as u32, 0)
        .map_err(failed)?;
    let (mut record, mut rows) = (Record::default(), 0_u64);
    loop {
        let line = match reader.read(&mut record)? {
            Got::End => break,
            Got::Row(line) => line,
            Got::Refused(refused) => refused.line,
        };
        let shared = reader.shared();
        if line <= header_end {
            let row = line as u32 - 1;
            cells(page, row, &record, shared, &formats, true).map_err(failed)?;
            if line == header_end {
                for (at, heading) in [WHY, HOW].into_iter().enumerate() {
                    let column = width + at as u16;
                    page.write_string_with_format(row, column, heading, &formats.head)
                        .map_err(failed)?;
                }
            }
        } else if let Some(returned) = returned.at(line) {
            let row = (header_end + rows) as u32;
            record.slots.truncate(width.into());
            cells(page, row, &record, shared, &formats, false).map_err(failed)?;
            for (at, text) in [returned.why(), returned.how()].into_iter().enumerate() {
                let column = width + at as u16;
                page.write_string_with_format(row, column, cut(&text), &formats.why)
                    .map_err(failed)?;
            }
            rows += 1;
        }
        if line >= header_end && returned.is_done() {
            break;
        }
    }
    workbook.save_to_writer(out).map_err(failed)?;
    Ok(rows)
}

fn cut(text: &str) -> &str {
    let end = text
        .char_indices()
        .nth(MOST_CHARACTERS)
        .map_or(text.len(), |(at, _)| at);
    text.get(..end).unwrap_or("")
}

fn cells(
    page: &mut Worksheet,
    row: u32,
    record: &Record,
    shared: &str,
    formats: &Formats,
    head: bool,
) -> Result<(), XlsxError> {
    for (column, slot) in record.slots.iter().enumerate() {
        let column = column as u16;
        match slot.cell(&record.text, shared) {
            Cell::Empty | Cell::NoResult => {}
            Cell::Text(text) | Cell::Error(text) => {
                let format = if like_a_formula(text) {
                    &formats.guarded
                } else if head {
                    &formats.head
                } else {
                    &formats.text
                };
                page.write_string_with_format(row, column, cut(text), format)?;
            }
            Cell::Number(digits) => match digits.parse::<f64>() {
                Ok(number) if number.is_finite() => {
                    page.write_number(row, column, number)?;
                }
                _ => {
                    page.write_string_with_format(row, column, digits, &formats.text)?;
                }
            },
            Cell::Date { serial, since_1904 } => match serial.parse::<f64>() {
                Ok(number) if number.is_finite() => {
                    let number = if since_1904 {
                        number + FROM_1904
                    } else {
                        number
                    };
                    page.write_number_with_format(row, column, number, &formats.day)?;
                }
                _ => {
                    page.write_string_with_format(row, column, serial, &formats.text)?;
                }
            },
            Cell::Bool(value) => {
                page.write_boolean(row, column, value)?;
            }
        }
    }
    Ok(())
}
