//! The database floor: one code path over SQLite and PostgreSQL (invariant 13).
//!
//! Everything above reads through [`Reads`] and writes through a [`Tx`]. On SQLite writers pass one
//! fair gate (engineering.md 14). A transaction without an audit row cannot be committed. Secrets are
//! sealed before they reach a statement. SQL never asks for the time.

pub mod audit;
pub mod audit_chain;
pub mod audit_log;
pub mod bulk;
pub mod catalogue;
pub mod cells;
mod error;
pub mod events;
mod gate;
pub mod jobs;
mod journal;
pub mod keys;
pub mod load;
mod many;
pub mod migrate;
pub mod pool;
pub mod read;
pub mod rekey;
mod rowset;
pub mod scope_sql;
pub mod secret;
pub mod secure_random;
pub mod settings;
pub mod still;
pub mod stream;
#[cfg(feature = "testing")]
pub mod testing;
pub mod tx;

pub use audit::Audit;
pub use bulk::TakenDown;
pub use error::{StoreError, StoreResult};
pub use keys::Keys;
pub use many::places;
pub use migrate::Migration;
pub use pool::{Backend, Store};
pub use read::{Reads, Row};
pub use scope_sql::{Sql, scope_condition};
pub use sea_orm::Value;
pub use secret::Sealed;
pub use still::Still;
pub use tx::Tx;

/// The floor's own tables.
pub fn migrations() -> Vec<Migration> {
    vec![
        Migration {
            id: "0001_floor",
            owner: "store",
            sql: include_str!("../migrations/0001_floor.sql"),
        },
        Migration {
            id: "0002_audit_actor",
            owner: "store",
            sql: include_str!("../migrations/0002_audit_actor.sql"),
        },
        Migration {
            id: "0003_audit_seen",
            owner: "store",
            sql: include_str!("../migrations/0003_audit_seen.sql"),
        },
        Migration {
            id: "0004_heard",
            owner: "store",
            sql: include_str!("../migrations/0004_heard.sql"),
        },
    ]
}

/// A statement's values from anything that turns into a [`Value`].
#[macro_export]
macro_rules! values {
    ($($value:expr),* $(,)?) => { vec![$($crate::Value::from($value)),*] };
}
