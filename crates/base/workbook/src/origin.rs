//! Which plan and version a workbook was made from.

use crate::about::{DIGEST, PLAN};
use crate::columns::ABOUT;
use crate::grid::{self, Grid};

/// The plan and version a workbook was made from, as its sheet 说明 says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The plan's short name.
    pub slug: String,
    /// The digest of the version: another one than the base's means that the plan has changed since.
    pub digest: String,
}

/// Reads the sheet 说明; `None` where it is not there or says nothing.
pub fn origin(bytes: &[u8]) -> Option<Origin> {
    let grids = grid::read(bytes).ok()?;
    of(&grids)
}

pub(crate) fn of(grids: &[Grid]) -> Option<Origin> {
    let about = grids.iter().find(|grid| grid.name == ABOUT)?;
    let beside = |label: &str| {
        let line = about
            .rows
            .values()
            .find(|line| line.get(&0).is_some_and(|cell| cell.text == label))?;
        line.get(&1).map(|cell| cell.text.clone())
    };
    Some(Origin {
        slug: beside(PLAN)?,
        digest: beside(DIGEST)?,
    })
}
