//! A problem of a plan folder, with the place where it stands and what to do about it.

use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;

/// A plan folder's files: name to text. The app reads the folder; this crate reads no disk.
pub type Files = BTreeMap<String, String>;

/// Something that keeps a folder from being loaded or published.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Problem {
    /// The file.
    pub file: String,
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong, in Chinese.
    pub what: String,
    /// What to write instead, in Chinese.
    pub remedy: String,
}

impl Problem {
    /// A problem at this place.
    pub fn at(file: &str, line: usize, what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            file: file.to_owned(),
            line,
            what: what.into(),
            remedy: remedy.into(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}:{}: {} → {}",
            self.file, self.line, self.what, self.remedy
        )
    }
}
