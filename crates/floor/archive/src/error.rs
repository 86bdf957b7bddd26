//! What can be wrong with an archive, said to the person at the terminal: what, and what to do next.

use std::path::Path;
use store::StoreError;

/// Result of this crate.
pub type ArchiveResult<T> = Result<T, ArchiveError>;

/// Why an archive could not be written, read or restored.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The disk.
    #[error("{0}")]
    Disk(String),
    /// Not an archive of ours.
    #[error("{0} 不是老幼通的备份文件")]
    NotOurs(String),
    /// A format or schema this program does not know yet.
    #[error("备份由更新的版本写成（{0}）。请用写这份备份的版本（或更新的）来恢复")]
    Newer(String),
    /// Other keys than the archive's.
    #[error(
        "密钥文件不是写这份备份时用的那一份。请在配置 key_file 里指定原来的密钥文件；没有它，备份打不开"
    )]
    OtherKeys,
    /// Cut, changed or not what it says of itself.
    #[error("备份文件已损坏：{0}。请换另一份备份")]
    Damaged(String),
    /// The place to restore into is in use.
    #[error("{0}")]
    InUse(String),
    /// What stands in the database after loading is not what the archive holds.
    #[error("恢复后的数据与备份不一致：{0}。数据库没有启用，请换一份备份再恢复")]
    Differs(String),
}

impl ArchiveError {
    /// Something the disk refused to do with this file.
    pub(crate) fn disk(path: &Path, error: &std::io::Error) -> Self {
        use std::io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
        let shown = path.display();
        Self::Disk(match error.kind() {
            StorageFull => {
                format!("磁盘满了，{shown} 没有写完，已删除未完成的文件。腾出空间或换一个目录再试")
            }
            FileTooLarge | QuotaExceeded => format!(
                "{shown} 超过了系统允许的大小（ulimit 或配额），没有写完，已删除未完成的文件。放宽限制或换一个目录再试"
            ),
            _ => format!("{shown}：{error}"),
        })
    }

    /// A damaged archive.
    pub(crate) fn damaged(what: impl std::fmt::Display) -> Self {
        Self::Damaged(what.to_string())
    }
}
