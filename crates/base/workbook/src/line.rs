//! One line of a sheet, read cell by cell so that all problems are told at once.

use crate::CellProblem;
use crate::columns::{Holds, Sheet};
use crate::grid::{Cell, Grid, Odd};
use crate::words;
use figures::Num;
use std::cell::RefCell;
use std::collections::BTreeMap;

/// Problems found so far.
pub(crate) type Problems = RefCell<Vec<CellProblem>>;

/// A sheet with its headings found.
pub(crate) struct Lines<'a> {
    sheet: &'a Sheet,
    grid: &'a Grid,
    /// Heading → column.
    heads: BTreeMap<&'static str, u32>,
    /// The line of the headings.
    top: u32,
    problems: &'a Problems,
}

impl<'a> Lines<'a> {
    /// Finds the headings in the first line that says something; `None` where there are none to go on with.
    pub(crate) fn of(sheet: &'a Sheet, grid: &'a Grid, problems: &'a Problems) -> Option<Self> {
        let tell = |row: u32, column: &str, what: String, remedy: String| {
            problems.borrow_mut().push(CellProblem {
                sheet: sheet.name.to_owned(),
                row: row as usize,
                column: column.to_owned(),
                what,
                remedy,
            });
        };
        let Some((top, first)) = grid.rows.iter().next() else {
            tell(
                0,
                "",
                "是空的，连表头也没有".into(),
                "恢复表头，或删去这张工作表".into(),
            );
            return None;
        };
        let mut heads: BTreeMap<&'static str, u32> = BTreeMap::new();
        for (at, cell) in first {
            let Some(column) = sheet.columns.iter().find(|column| column.head == cell.text) else {
                let known: Vec<&str> = sheet.columns.iter().map(|column| column.head).collect();
                tell(
                    top + 1,
                    &cell.text,
                    "没有这一列".into(),
                    format!("表头只能是 {}", known.join("、")),
                );
                continue;
            };
            if heads.insert(column.head, *at).is_some() {
                tell(
                    top + 1,
                    column.head,
                    "这一列有两个".into(),
                    "留下一个".into(),
                );
            }
        }
        // A figure has no id of its own: what is not there cannot be taken from before.
        let all = sheet.key.is_empty();
        let wanted = sheet
            .columns
            .iter()
            .filter(|column| column.holds != Holds::Shown);
        let missing: Vec<&str> = wanted
            .map(|column| column.head)
            .filter(|head| !heads.contains_key(head) && (all || *head == sheet.id()))
            .collect();
        if !missing.is_empty() {
            tell(
                top + 1,
                &missing.join("、"),
                "缺少这些列".into(),
                "恢复表头".into(),
            );
            return None;
        }
        Some(Self {
            sheet,
            grid,
            heads,
            top: *top,
            problems,
        })
    }

    /// The lines below the headings that say something.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Line<'_>> {
        let said = |cells: &BTreeMap<u32, Cell>| {
            let own = self
                .sheet
                .columns
                .iter()
                .filter(|column| column.holds != Holds::Shown);
            own.filter_map(|column| self.heads.get(column.head))
                .any(|at| cells.contains_key(at))
        };
        let below = self.grid.rows.range(self.top + 1..);
        below
            .filter(move |(_, cells)| said(cells))
            .map(|(row, cells)| Line {
                lines: self,
                row: *row as usize + 1,
                cells,
                before: BTreeMap::new(),
            })
    }
}

/// One line, with what stood in it before where it is known.
pub(crate) struct Line<'a> {
    lines: &'a Lines<'a>,
    pub(crate) row: usize,
    cells: &'a BTreeMap<u32, Cell>,
    before: BTreeMap<&'static str, String>,
}

impl Line<'_> {
    /// What the cells said when the workbook was made: taken where a column is gone, and where only the
    /// whitespace differs.
    pub(crate) fn stood(&mut self, cell: impl Fn(&str) -> String) {
        let columns = self.lines.sheet.columns.iter();
        self.before = columns
            .map(|column| (column.head, cell(column.head)))
            .collect();
    }

    pub(crate) fn problem(&self, column: &str, what: impl Into<String>, remedy: impl Into<String>) {
        self.lines.problems.borrow_mut().push(CellProblem {
            sheet: self.lines.sheet.name.to_owned(),
            row: self.row,
            column: column.to_owned(),
            what: what.into(),
            remedy: remedy.into(),
        });
    }

    /// Whether the cell says what it said before.
    pub(crate) fn same(&self, head: &str) -> bool {
        let now = self
            .lines
            .heads
            .get(head)
            .map(|at| self.cells.get(at).map_or("", |cell| cell.text.as_str()));
        let bare = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        self.before
            .get(head)
            .is_some_and(|before| now.is_none_or(|now| bare(now) == bare(before)))
    }

    /// The text of a cell; empty where there is none.
    pub(crate) fn text(&self, head: &str) -> String {
        if self.same(head) {
            return self.before.get(head).cloned().unwrap_or_default();
        }
        let Some(cell) = self.lines.heads.get(head).and_then(|at| self.cells.get(at)) else {
            return String::new();
        };
        match cell.odd {
            None => cell.text.clone(),
            Some(Odd::Error) => {
                self.problem(
                    head,
                    format!("单元格是错误值 {}", cell.text),
                    "改成原文的内容",
                );
                String::new()
            }
            Some(Odd::Percent) => {
                let remedy = "把单元格设成「文本」，数值只写数字，% 写在「单位」";
                self.problem(head, "单元格是百分比格式，看到的和存的不一样", remedy);
                String::new()
            }
        }
    }

    /// The text of a cell, if any.
    pub(crate) fn some(&self, head: &str) -> Option<String> {
        Some(self.text(head)).filter(|text| !text.is_empty())
    }

    /// A text that must be there.
    pub(crate) fn need(&self, head: &str) -> Option<String> {
        let told = self.lines.problems.borrow().len();
        let text = self.some(head);
        if text.is_none() && told == self.lines.problems.borrow().len() {
            self.problem(head, format!("缺少「{head}」"), "补上，照原文写");
        }
        text
    }

    /// One of the column's words.
    pub(crate) fn word(&self, head: &str) -> Option<String> {
        let column = self
            .lines
            .sheet
            .columns
            .iter()
            .find(|column| column.head == head)?;
        let Holds::Words(words) = column.holds else {
            return None;
        };
        let text = if column.needed {
            self.need(head)
        } else {
            self.some(head)
        }?;
        if words.contains(&text.as_str()) {
            return Some(text);
        }
        self.problem(
            head,
            format!("没有「{text}」这个词"),
            format!("应为 {} 之一", words.join("、")),
        );
        None
    }

    /// 是 or nothing.
    pub(crate) fn flag(&self, head: &str) -> bool {
        let text = self.text(head);
        words::read_flag(&text).unwrap_or_else(|| {
            self.problem(head, format!("不能是「{text}」"), "是的填“是”，不是的留空");
            false
        })
    }

    /// A whole number between two ends.
    pub(crate) fn whole(&self, head: &str, least: i64, most: i64) -> Option<i64> {
        let text = words::half_width(&self.text(head));
        let bare = text.strip_suffix('年').unwrap_or(&text);
        if bare.is_empty() {
            return None;
        }
        let digits = bare.bytes().all(|b| b.is_ascii_digit());
        let number = bare
            .parse()
            .ok()
            .filter(|number| digits && (least..=most).contains(number));
        if number.is_none() {
            self.problem(
                head,
                format!("不能是「{text}」"),
                format!("应为 {least} 到 {most} 的整数"),
            );
        }
        number
    }

    /// A year.
    pub(crate) fn year(&self, head: &str) -> Option<i32> {
        self.whole(head, 1949, 2100)
            .and_then(|year| i32::try_from(year).ok())
    }

    /// Digits as printed, and the number they are.
    pub(crate) fn digits(&self, head: &str, needed: bool) -> Option<(String, Num)> {
        let text = if needed {
            self.need(head)
        } else {
            self.some(head)
        }?;
        let digits = words::half_width(&text);
        if let Some(number) = Num::parse(&digits) {
            return Some((digits, number));
        }
        let remedy = "照原文写数字，如 4.50；不写逗号、单位和符号，最多六位小数";
        self.problem(head, format!("不能是「{text}」"), remedy);
        None
    }

    /// A measure of the plan.
    pub(crate) fn measure(&self, head: &str, measures: &figures::Measures) -> Option<String> {
        let text = self.some(head)?;
        let id = words::read_measure(measures, &text);
        if id.is_none() {
            let remedy = format!("从下拉框里选，全部在「{}」", crate::columns::MEASURES);
            self.problem(head, format!("没有口径「{text}」"), remedy);
        }
        id
    }
}
