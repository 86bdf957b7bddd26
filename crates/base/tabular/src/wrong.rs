//! What is wrong with a cell, a row or a file, in words for the person who has to mend it.

use std::borrow::Cow;
use std::fmt;

/// What is wrong and what to do about it. The sentences never hold a whole identity number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// For programs and counts, stable: `day.ambiguous`, `identity.digits_lost`.
    pub code: &'static str,
    /// 未导入原因: what is wrong, a short Chinese sentence without a full stop.
    pub says: Cow<'static, str>,
    /// 怎么改: what to do, likewise.
    pub fix: Cow<'static, str>,
}

impl Wrong {
    /// A code, what is wrong, what to do.
    pub fn new(
        code: &'static str,
        says: impl Into<Cow<'static, str>>,
        fix: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            code,
            says: says.into(),
            fix: fix.into(),
        }
    }
}

impl fmt::Display for Wrong {
    /// «原因。怎么改。»
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}。{}。", self.says, self.fix)
    }
}

/// Why a file cannot be read (any further).
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The disk or the network.
    #[error("文件读不出来：{0}")]
    Io(#[from] std::io::Error),
    /// The file itself: not a table, broken, too large.
    #[error("{0}")]
    Refused(Wrong),
}

impl From<Wrong> for ReadError {
    fn from(wrong: Wrong) -> Self {
        Self::Refused(wrong)
    }
}

impl From<ReadError> for Wrong {
    /// For showing: a disk error becomes a sentence too (code `file.io`).
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Refused(wrong) => wrong,
            ReadError::Io(error) => Self::new(
                "file.io",
                format!("文件读不出来：{error}"),
                "请重新上传；仍不行请联系管理员",
            ),
        }
    }
}
