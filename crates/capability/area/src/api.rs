//! The only door for other capabilities: the book of areas, and how a tree gets into the database.

pub use crate::book::{Area, AreaBook, Executor, ExecutorKind};
pub use crate::former::{Earlier, Gone};
pub use crate::install::{AreaRow, ManagementRow, Tree, install};
pub use crate::names::plain;
