//! The people snapshot: one Parquet file with a column per fact (docs/snapshot.md).

mod chunk;
mod meta;
mod open;
mod schema;
pub mod table;
pub(crate) mod writer;

pub use meta::{SCHEMA_VERSION, SnapshotMeta};
pub use open::{Snapshot, open};
pub use schema::{PERSON, schema};
pub use writer::{SnapshotPerson, Writer};

/// The rows of a row group: the unit of work of a worker.
pub const ROW_GROUP: usize = 131_072;
