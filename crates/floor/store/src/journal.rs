//! SQLite's journal (WAL) is written back beside the one writer, by a connection of its own: pages that many
//! transactions changed are written once, and nobody who writes waits for the disk. Where this does not keep up, the
//! writer writes back itself ([`BACKSTOP`]).

use crate::gate::Gate;
use crate::pool::sqlite_options;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend, DbErr, Statement};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::OnceCell;

/// Bytes in the journal that are not written back yet, from which they are.
const PART: u64 = 48 << 20;
/// Bytes in the journal, written back or not, from which it has to begin anew: a file that is written over and over stays
/// in the system's memory, a long one does not. Below that it begins anew whenever everything is written back and nobody
/// reads from it.
const LONG: u64 = 112 << 20;
/// Bytes of its file that stay when it begins anew: what is there already is written again faster than it grows.
pub(crate) const KEPT: u64 = 128 << 20;
/// Pages of journal from which the writer writes back itself.
pub(crate) const BACKSTOP: u32 = 65_536;
/// Bytes that are few enough to be written back while nobody else writes.
const FEW: u64 = 3 << 20;
/// Rounds beside the writer before the rest is left for the next time, or written back while nobody else writes.
const ROUNDS: usize = 4;
/// Bytes of a page.
const PAGE: u64 = crate::pool::PAGE as u64;
/// Milliseconds that those who read from the journal are waited for, while nobody writes.
const READERS: u32 = 50;

/// The journal of one database file.
pub(crate) struct Journal {
    file: PathBuf,
    url: String,
    gate: Gate,
    connection: OnceCell<DatabaseConnection>,
    running: AtomicBool,
}

impl Journal {
    /// Of the database at `path`, whose writers pass the gate.
    pub(crate) fn new(path: &str, gate: Gate) -> Self {
        Self {
            file: PathBuf::from(format!("{path}-wal")),
            url: format!("sqlite://{path}?mode=rw"),
            gate,
            connection: OnceCell::new(),
            running: AtomicBool::new(false),
        }
    }

    /// After a commit: begins to write back where there is enough.
    #[expect(
        clippy::disallowed_methods,
        reason = "a part of the database, as its own writing back was; cut off, it loses nothing and the next commit begins it anew"
    )]
    pub(crate) fn look(self: &Arc<Self>) {
        let full = std::fs::metadata(&self.file).is_ok_and(|file| file.len() > PART);
        if !full || self.running.swap(true, Ordering::AcqRel) {
            return;
        }
        let journal = Arc::clone(self);
        tokio::spawn(async move {
            if let Err(error) = journal.write_back().await {
                tracing::warn!(%error, "the journal could not be written back; the writer will do it");
            }
            journal.running.store(false, Ordering::Release);
        });
    }

    /// Where there is enough, writes back what is there beside whoever writes. A journal that grew long then has the little
    /// that came meanwhile written back while nobody writes, so that it begins anew with the next transaction.
    async fn write_back(&self) -> Result<(), DbErr> {
        let connect = || Database::connect(sqlite_options(&self.url, 1, READERS, "-2000", false));
        let connection = self.connection.get_or_try_init(connect).await?;
        let mut there = checkpoint(connection, "NOOP").await?;
        if there.left < PART {
            return Ok(());
        }
        for _ in 0..ROUNDS {
            there = checkpoint(connection, "PASSIVE").await?;
            if there.left <= FEW {
                break;
            }
        }
        if there.all > LONG {
            let _nobody_writes = self.gate.pass().await;
            checkpoint(connection, "RESTART").await?;
        }
        Ok(())
    }
}

/// What is in the journal, in bytes.
struct There {
    all: u64,
    /// Not written back yet.
    left: u64,
}

/// What is in the journal after it.
async fn checkpoint(connection: &DatabaseConnection, how: &str) -> Result<There, DbErr> {
    let sql = format!("PRAGMA wal_checkpoint({how})");
    let row = connection
        .query_one_raw(Statement::from_string(DbBackend::Sqlite, sql))
        .await?;
    let Some(row) = row else {
        return Ok(There { all: 0, left: 0 });
    };
    let (all, done): (i32, i32) = (row.try_get("", "log")?, row.try_get("", "checkpointed")?);
    Ok(There {
        all: u64::from(all.unsigned_abs()) * PAGE,
        left: u64::from((all - done).unsigned_abs()) * PAGE,
    })
}
