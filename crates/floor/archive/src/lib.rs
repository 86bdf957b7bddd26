//! One portable archive of an installation: rows, files and snapshots of one moment, from either database into either.
//!
//! An archive begins with a plain line that names its format, its id and which keys it needs. What follows is a sealed
//! stream ([`store::stream`]): chunks that open only in their order, with their keys, and only when the last one is there.
//! Inside it is compressed: pieces, each a mark, a length and bytes ([`format`]). Keys never stand in it.
//!
//! [`write()`] makes one while others write; [`read::verify`] reads one through and believes nothing; [`restore()`] fills an
//! empty database of either kind and compares what then stands in it with the archive.

mod disk;
pub mod error;
pub mod format;
pub mod read;
pub mod restore;
mod sealed;
pub mod write;

pub use disk::{Folder, Put};
pub use error::{ArchiveError, ArchiveResult};
pub use format::{Header, Manifest};
pub use restore::{Restored, Target, restore};
pub use write::{Plan, Written, write};

/// Told how far it got, in words for a person at a terminal.
pub type Progress<'a> = &'a dyn Fn(String);
