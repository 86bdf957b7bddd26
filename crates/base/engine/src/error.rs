//! What can go wrong with a snapshot or a list; the sentences are for people, in Chinese.

use std::path::{Path, PathBuf};

/// Why a snapshot cannot be written or read, or a list not asked over it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file system refused.
    #[error("快照文件 {path}：{source}")]
    File {
        /// The file.
        path: PathBuf,
        /// What it said.
        source: std::io::Error,
    },
    /// The file is not what the format promises.
    #[error("快照文件 {path} 读写不了：{source}")]
    Parquet {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: parquet::errors::ParquetError,
    },
    /// The file was made by a program with another schema.
    #[error(
        "快照文件 {path} 的格式版本是「{found}」，本程序只认 {known}：请用同一版本的 laoyou 读取"
    )]
    Version {
        /// The file.
        path: PathBuf,
        /// The version it names.
        found: String,
        /// The version this program reads.
        known: u32,
    },
    /// The version is right, but a metadata key or a column is not.
    #[error("快照文件 {path}：{what}")]
    Content {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// An expression this evaluator does not know: the list is not run at all (fails closed).
    #[error("条件「{text}」不能按列计算：{what}")]
    Rule {
        /// The condition or amount as written.
        text: String,
        /// What is wrong.
        what: &'static str,
    },
    /// A sum of amounts is beyond what a number holds.
    #[error("第 {no} 项的金额合计超出范围")]
    Sum {
        /// The item.
        no: u16,
    },
    /// A worker stopped without a result.
    #[error("计算线程意外停止")]
    Worker,
}

impl Error {
    pub(crate) fn file(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::File {
            path: path.to_owned(),
            source,
        }
    }

    pub(crate) fn parquet(path: &Path) -> impl FnOnce(parquet::errors::ParquetError) -> Self {
        move |source| Self::Parquet {
            path: path.to_owned(),
            source,
        }
    }

    pub(crate) fn arrow(path: &Path) -> impl FnOnce(arrow::error::ArrowError) -> Self {
        move |source| Self::Parquet {
            path: path.to_owned(),
            source: source.into(),
        }
    }

    pub(crate) fn content(path: &Path, what: impl Into<String>) -> Self {
        Self::Content {
            path: path.to_owned(),
            what: what.into(),
        }
    }
}
