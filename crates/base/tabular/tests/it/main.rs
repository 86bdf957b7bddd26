//! Tables as offices send them.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod back;
mod csv;
mod hostile;
mod speed;
mod xlsx;

use std::io::Cursor;
use tabular::{Choice, Detected, Notes, Position, ReadError, Step, Wrong};

/// What came out of a file: rows as `line: a|b|c`, refused rows as `line! code`.
pub(crate) fn rows_after(
    bytes: &[u8],
    found: &Detected,
    at: Option<Position>,
) -> Result<(Vec<String>, Notes), ReadError> {
    let mut rows = tabular::open_in(Box::new(Cursor::new(bytes.to_vec())), found, at)?;
    let mut out = Vec::new();
    while let Some(step) = rows.next()? {
        out.push(match step {
            Step::Row(row) => {
                let cells: Vec<String> =
                    row.cells().map(|cell| cell.shown().into_owned()).collect();
                format!("{}: {}", row.line, cells.join("|"))
            }
            Step::Refused(refused) => format!("{}! {}", refused.line, refused.wrong.code),
        });
    }
    let (done, all) = rows.progress();
    assert!(done <= all, "{done} of {all}");
    Ok((out, rows.notes().clone()))
}

pub(crate) fn detect(bytes: &[u8]) -> Result<Detected, Wrong> {
    detect_as(bytes, &Choice::default())
}

pub(crate) fn detect_as(bytes: &[u8], choice: &Choice) -> Result<Detected, Wrong> {
    tabular::detect_in(Box::new(Cursor::new(bytes.to_vec())), choice).map_err(Wrong::from)
}

pub(crate) fn all(bytes: &[u8]) -> (Detected, Vec<String>, Notes) {
    let found = detect(bytes).unwrap();
    let (rows, notes) = rows_after(bytes, &found, None).unwrap();
    (found, rows, notes)
}

pub(crate) fn gbk(text: &str) -> Vec<u8> {
    encoding_rs::GB18030.encode(text).0.into_owned()
}

pub(crate) fn scratch(name: &str) -> std::path::PathBuf {
    let folder = std::env::temp_dir().join(format!("laoyou-tabular-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}
