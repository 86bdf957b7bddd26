//! What an officer does with a workbook in Excel.

use crate::grid;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

/// What is typed into a cell.
#[derive(Debug, Clone)]
pub(super) enum Put {
    Nothing,
    Text(String),
    Number(f64),
    /// A number in a cell of the format `0%`.
    Percent(f64),
    /// A date of Excel's own.
    Date(u16, u8, u8),
}

impl From<&str> for Put {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// Sheets with their lines.
#[derive(Debug, Clone)]
pub(super) struct Editor(Vec<(String, Vec<Vec<Put>>)>);

impl Editor {
    pub(super) fn open(bytes: &[u8]) -> Self {
        let sheets = grid::read(bytes).unwrap().into_iter().map(|grid| {
            let last = grid.rows.keys().next_back().copied().unwrap_or_default();
            let width = grid
                .rows
                .values()
                .filter_map(|line| line.keys().next_back())
                .max()
                .copied()
                .unwrap_or_default();
            let cell = |row: u32, column: u32| {
                let found = grid.rows.get(&row).and_then(|line| line.get(&column));
                found.map_or(Put::Nothing, |cell| Put::Text(cell.text.clone()))
            };
            let lines = (0..=last).map(|row| (0..=width).map(|column| cell(row, column)).collect());
            (grid.name.clone(), lines.collect())
        });
        Self(sheets.collect())
    }

    fn sheet(&mut self, name: &str) -> &mut Vec<Vec<Put>> {
        &mut self.0.iter_mut().find(|sheet| sheet.0 == name).unwrap().1
    }

    fn column(&mut self, sheet: &str, head: &str) -> usize {
        let is = |cell: &Put| matches!(cell, Put::Text(text) if text == head);
        self.sheet(sheet)[0]
            .iter()
            .position(is)
            .unwrap_or_else(|| panic!("no {head} in {sheet}"))
    }

    /// The n-th line (from 0) whose first cell is `id`.
    fn line(&mut self, sheet: &str, id: &str, nth: usize) -> usize {
        let lines = self.sheet(sheet);
        let is = |line: &Vec<Put>| matches!(&line[0], Put::Text(text) if text == id);
        let found: Vec<usize> = (0..lines.len()).filter(|at| is(&lines[*at])).collect();
        *found
            .get(nth)
            .unwrap_or_else(|| panic!("no {id} in {sheet}"))
    }

    /// The line of a row as Excel counts it.
    pub(super) fn row(&mut self, sheet: &str, id: &str, nth: usize) -> usize {
        self.line(sheet, id, nth) + 1
    }

    pub(super) fn set(&mut self, sheet: &str, id: &str, head: &str, put: impl Into<Put>) {
        self.set_nth(sheet, id, 0, head, put);
    }

    pub(super) fn set_nth(
        &mut self,
        sheet: &str,
        id: &str,
        nth: usize,
        head: &str,
        put: impl Into<Put>,
    ) {
        let (line, column) = (self.line(sheet, id, nth), self.column(sheet, head));
        self.sheet(sheet)[line][column] = put.into();
    }

    pub(super) fn add(&mut self, sheet: &str, cells: &[(&str, &str)]) {
        let width = self.sheet(sheet)[0].len();
        let mut line = vec![Put::Nothing; width];
        for (head, text) in cells {
            line[self.column(sheet, head)] = (*text).into();
        }
        self.sheet(sheet).push(line);
    }

    pub(super) fn repeat(&mut self, sheet: &str, id: &str) {
        let line = self.line(sheet, id, 0);
        let lines = self.sheet(sheet);
        let copy = lines[line].clone();
        lines.push(copy);
    }

    pub(super) fn remove(&mut self, sheet: &str, id: &str) {
        let is = |line: &Vec<Put>| matches!(&line[0], Put::Text(text) if text == id);
        self.sheet(sheet).retain(|line| !is(line));
    }

    pub(super) fn remove_nth(&mut self, sheet: &str, id: &str, nth: usize) {
        let line = self.line(sheet, id, nth);
        self.sheet(sheet).remove(line);
    }

    pub(super) fn remove_sheet(&mut self, name: &str) {
        self.0.retain(|sheet| sheet.0 != name);
    }

    pub(super) fn rename_sheet(&mut self, from: &str, to: &str) {
        self.0
            .iter_mut()
            .filter(|sheet| sheet.0 == from)
            .for_each(|sheet| sheet.0 = to.to_owned());
    }

    pub(super) fn rename_head(&mut self, sheet: &str, from: &str, to: &str) {
        let column = self.column(sheet, from);
        self.sheet(sheet)[0][column] = to.into();
    }

    pub(super) fn remove_column(&mut self, sheet: &str, head: &str) {
        let column = self.column(sheet, head);
        self.sheet(sheet)
            .iter_mut()
            .for_each(|line| drop(line.remove(column)));
    }

    /// Columns and lines in the other order; headings stay on top.
    pub(super) fn shuffle(&mut self) {
        for (_, lines) in self.0.iter_mut().filter(|sheet| sheet.0 != "说明") {
            for line in lines.iter_mut() {
                line.reverse();
            }
            if let Some((_, rest)) = lines.split_first_mut() {
                rest.reverse();
            }
        }
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut book = Workbook::new();
        for (name, lines) in &self.0 {
            let out = book.add_worksheet();
            out.set_name(name).unwrap();
            for (row, line) in lines.iter().enumerate() {
                for (column, cell) in line.iter().enumerate() {
                    let (row, column) = (row as u32, column as u16);
                    match cell {
                        Put::Nothing => {}
                        Put::Text(text) => {
                            out.write_string(row, column, text).unwrap();
                        }
                        Put::Number(number) => {
                            out.write_number(row, column, *number).unwrap();
                        }
                        Put::Percent(number) => {
                            let format = Format::new().set_num_format("0%");
                            out.write_number_with_format(row, column, *number, &format)
                                .unwrap();
                        }
                        Put::Date(year, month, day) => {
                            let date = ExcelDateTime::from_ymd(*year, *month, *day).unwrap();
                            let format = Format::new().set_num_format("yyyy/m/d");
                            out.write_datetime_with_format(row, column, &date, &format)
                                .unwrap();
                        }
                    }
                }
            }
        }
        book.save_to_buffer().unwrap()
    }
}
