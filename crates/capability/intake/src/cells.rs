//! Cells of other lists than imports, read as imports read them: days, grades, words and areas as offices write them.

use crate::kind::Kind;
use crate::line::{About, LineReader};
use crate::start;
use area::api::AreaBook;
use host::App;
use kernel::Day;
use rules::facts::{FactId, Value};
use std::sync::Arc;
use store::{StoreError, StoreResult};
use tabular::headers::Mapping;
use tabular::{Cell, Wrong};

/// Reads facts out of cells.
pub struct CellReader(LineReader);

impl std::fmt::Debug for CellReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CellReader")
    }
}

impl CellReader {
    /// For lists of this installation's place, read on a day.
    pub fn of(app: &App, today: Day) -> StoreResult<Self> {
        let none = || StoreError::Other("no kind of list".to_owned());
        let kind = Kind::all().into_iter().next().ok_or_else(none)?;
        let book = app.part::<AreaBook>()?;
        let about = About {
            areas: Arc::new(start::areas(&book)),
            root: book.root().map(|area| area.code),
            programmes: Vec::new(),
            day: today,
            today,
        };
        Ok(Self(LineReader::new(kind, &Mapping::default(), &[], about)))
    }

    /// The value of a fact in a cell; `None` where it is empty. What cannot be read is said with what to do.
    pub fn value(&self, fact: FactId, cell: Cell<'_>) -> Result<Option<Value>, Wrong> {
        self.0.alone(fact, cell)
    }
}
