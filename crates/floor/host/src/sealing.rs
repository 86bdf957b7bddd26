//! What a capability keeps under the installation's keys, for the turning to another key (`laoyou keys`).

use crate::app::Boxed;
use std::sync::Arc;
use store::rekey::{Chunk, SealedTable};
use store::{Store, StoreResult, Tx};

/// Turns the next rows, behind a key and at most so many.
pub type TurnRows = Arc<
    dyn for<'a> Fn(&'a mut Tx, Option<Vec<String>>, i64) -> Boxed<'a, StoreResult<Chunk>>
        + Send
        + Sync,
>;

/// How many values stand under the key of this id.
pub type CountUnder =
    Arc<dyn for<'a> Fn(&'a Store, &'a str) -> Boxed<'a, StoreResult<i64>> + Send + Sync>;

/// Forgets what stands under the key of this id.
pub type ForgetUnder =
    Arc<dyn for<'a> Fn(&'a mut Tx, &'a str) -> Boxed<'a, StoreResult<()>> + Send + Sync>;

/// What is kept under the keys.
#[derive(Clone)]
pub enum Sealing {
    /// Sealed columns of a table.
    Table(&'static SealedTable),
    /// Digests that follow from rows of others, made anew after those.
    Follows {
        /// The table.
        table: &'static str,
        /// Turns some of them.
        turn: TurnRows,
    },
    /// Digests of what nobody knows in plain: they go with their key.
    Lost {
        /// What they are, on screens.
        zh: &'static str,
        /// How many are still of use.
        count: CountUnder,
        /// Forgets them.
        forget: ForgetUnder,
    },
}

impl std::fmt::Debug for Sealing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Table(table) => write!(f, "Table({})", table.table),
            Self::Follows { table, .. } => write!(f, "Follows({table})"),
            Self::Lost { zh, .. } => write!(f, "Lost({zh})"),
        }
    }
}
