//! The refused rows, written back in the layout they came in.

mod csv;
mod sheet;

use crate::{Detected, Kind, ReadError, Source, Wrong};
use std::io::{Seek, Write};
use std::path::Path;

/// The heading of the first column added.
pub const WHY: &str = "未导入原因";
/// The heading of the second.
pub const HOW: &str = "怎么改";

/// A refused row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Returned {
    /// Its line (row) in the file.
    pub line: u64,
    /// Everything that is wrong with it.
    pub wrongs: Vec<Wrong>,
}

impl Returned {
    fn why(&self) -> String {
        join(self.wrongs.iter().map(|wrong| wrong.says.as_ref()))
    }

    fn how(&self) -> String {
        join(self.wrongs.iter().map(|wrong| wrong.fix.as_ref()))
    }
}

/// Each sentence once.
fn join<'a>(sentences: impl Iterator<Item = &'a str>) -> String {
    let mut seen: Vec<&str> = Vec::new();
    for sentence in sentences {
        if !seen.contains(&sentence) {
            seen.push(sentence);
        }
    }
    seen.join("；")
}

/// The ending of the file's name.
pub fn extension(found: &Detected) -> &'static str {
    match found.kind {
        Kind::Csv { .. } => "csv",
        Kind::Xlsx { .. } => "xlsx",
    }
}

/// Reads the file once more and writes titles, headings and the returned rows as they are in it, with
/// 未导入原因 and 怎么改 behind the last column: a CSV in the same encoding and with the same separator,
/// an XLSX with the same kinds of cells. `returned` must come in the order of its lines. Texts that a
/// spreadsheet would run as a formula are made harmless. Gives the number of rows written.
///
/// `scratch` is a folder for what does not fit into memory (XLSX only).
pub fn write(
    source: Box<dyn Source>,
    found: &Detected,
    returned: impl Iterator<Item = Returned>,
    out: impl Write + Seek + Send,
    scratch: &Path,
) -> Result<u64, ReadError> {
    let mut returned = Lines::new(returned);
    match &found.kind {
        Kind::Csv { .. } => csv::write(source, found, &mut returned, out),
        Kind::Xlsx { sheet, .. } => {
            sheet::write(source, *sheet, found, &mut returned, out, scratch)
        }
    }
}

/// The returned rows, asked for by line.
struct Lines<I: Iterator<Item = Returned>> {
    rest: std::iter::Peekable<I>,
}

impl<I: Iterator<Item = Returned>> Lines<I> {
    fn new(returned: I) -> Self {
        Self {
            rest: returned.peekable(),
        }
    }

    /// The one on this line; those before it are not in the file and dropped.
    fn at(&mut self, line: u64) -> Option<Returned> {
        while self.rest.next_if(|next| next.line < line).is_some() {}
        self.rest.next_if(|next| next.line == line)
    }

    fn is_done(&mut self) -> bool {
        self.rest.peek().is_none()
    }
}

/// The last line of the headings.
fn header_end(found: &Detected) -> u64 {
    found.header_line + found.header_rows.max(1) - 1
}

/// Whether a spreadsheet would run a text as a formula. Negative numbers are none.
pub fn like_a_formula(text: &str) -> bool {
    let begins = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    begins && !is_number(text)
}

fn is_number(text: &str) -> bool {
    let digits = text.trim_start_matches(['-', '+']);
    digits.chars().any(|c| c.is_ascii_digit())
        && digits
            .chars()
            .all(|c| c.is_ascii_digit() || matches!(c, '.' | ','))
        && text.len() - digits.len() <= 1
}
