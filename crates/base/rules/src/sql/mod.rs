//! Conditions and amounts as SQL over columns named like the facts, for databases and snapshots.
//!
//! Columns: words TEXT, areas 12-digit TEXT, days INTEGER `yyyymmdd`, yes-or-no BOOLEAN (0 and 1 in
//! SQLite), NULL is unknown. The text gives the same three answers as [`crate::List::answer`].

mod age;
mod print;
mod values;

use crate::list::{AmountExpr, CondId, List};
use kernel::Day;
use print::Printer;

/// The database that reads the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// SQLite 3.23 or later.
    Sqlite,
    /// PostgreSQL.
    Postgres,
    /// DuckDB, where `/` is not whole-number division.
    DuckDb,
}

/// For whom and for which day the text is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SqlNames {
    /// The database.
    pub dialect: Dialect,
    /// The asked day.
    pub as_of: Day,
}

impl List {
    /// A distinct condition; true, false or NULL.
    pub fn condition_sql(&self, id: CondId, names: &SqlNames) -> String {
        Printer::new(self, *names).conditions(&[id])
    }

    /// All conditions of an item; `None` where there is no such item.
    pub fn item_sql(&self, no: u16, names: &SqlNames) -> Option<String> {
        self.item(no)
            .map(|item| Printer::new(self, *names).conditions(&item.conditions))
    }

    /// The amount of an item in fen, NULL where unknown; `None` where it has none.
    pub fn amount_sql(&self, no: u16, names: &SqlNames) -> Option<String> {
        self.item(no)
            .and_then(|item| self.amount_text(item.amount.as_ref(), *names))
    }

    /// All conditions of a programme, before stacking.
    pub fn programme_sql(&self, id: &str, names: &SqlNames) -> Option<String> {
        let programme = self
            .programmes
            .iter()
            .find(|other| other.programme.id == id)?;
        Some(Printer::new(self, *names).conditions(&programme.conditions))
    }

    /// The amount of a programme in fen per cycle, before stacking.
    pub fn programme_amount_sql(&self, id: &str, names: &SqlNames) -> Option<String> {
        let programme = self
            .programmes
            .iter()
            .find(|other| other.programme.id == id)?;
        self.amount_text(programme.amount.as_ref(), *names)
    }

    fn amount_text(&self, amount: Option<&AmountExpr>, names: SqlNames) -> Option<String> {
        amount.map(|amount| Printer::new(self, names).expr(&amount.expr))
    }
}
