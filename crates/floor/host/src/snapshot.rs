//! Tables that a capability writes into a snapshot (engineering.md 11, docs/snapshot.md).

use crate::app::Boxed;
use kernel::{Day, Instant};
use std::path::PathBuf;
use std::sync::Arc;
use store::{Store, StoreResult};

/// What is asked of every table of one snapshot.
#[derive(Debug, Clone)]
pub struct SnapshotAsk {
    /// Where the files go; it exists.
    pub dir: PathBuf,
    /// The day the facts are of.
    pub as_of: Day,
    /// The moment up to which recordings count.
    pub known_at: Instant,
    /// The place, by name.
    pub place: String,
}

/// A file that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotFile {
    /// Its name in the directory: `people.parquet`.
    pub file: String,
    /// How many rows.
    pub rows: u64,
}

/// Writes one table: mode 0600, pseudonymous keys, no names, numbers or free text. The same data and the
/// same ask give the same bytes (invariant 12).
pub type SnapshotWriter =
    Arc<dyn Fn(Store, SnapshotAsk) -> Boxed<'static, StoreResult<SnapshotFile>> + Send + Sync>;

/// A table of a snapshot.
#[derive(Clone)]
pub struct SnapshotTable {
    /// Its name; the file is `NAME.parquet`.
    pub name: &'static str,
    /// What writes it.
    pub write: SnapshotWriter,
}

impl std::fmt::Debug for SnapshotTable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SnapshotTable({})", self.name)
    }
}
