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

/// Bytes of journal from which it is written back.
const FULL: u64 = 48 << 20;
/// Bytes of its file that stay when it begins anew: the length of the file tells how much is in it.
pub(crate) const KEPT: u64 = 4 << 20;
/// Pages of journal from which the writer writes back itself.
pub(crate) const BACKSTOP: u32 = 32_000;
/// Pages that are few enough to be written back while nobody else writes.
const FEW: i64 = 1_000;
/// Rounds beside the writer before the rest is written back while nobody else writes.
const ROUNDS: usize = 4;

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
        let full = std::fs::metadata(&self.file).is_ok_and(|file| file.len() > FULL);
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

    /// Writes back what is there, then the little that came meanwhile while nobody writes, so that the journal begins
    /// anew.
    async fn write_back(&self) -> Result<(), DbErr> {
        let connect = || Database::connect(sqlite_options(&self.url, 1, 200, "-2000", false));
        let connection = self.connection.get_or_try_init(connect).await?;
        for _ in 0..ROUNDS {
            if checkpoint(connection, "PASSIVE").await? <= FEW {
                break;
            }
        }
        let _nobody_writes = self.gate.pass().await;
        checkpoint(connection, "RESTART").await?;
        Ok(())
    }
}

/// Pages that are still to be written back after it.
async fn checkpoint(connection: &DatabaseConnection, how: &str) -> Result<i64, DbErr> {
    let sql = format!("PRAGMA wal_checkpoint({how})");
    let row = connection
        .query_one_raw(Statement::from_string(DbBackend::Sqlite, sql))
        .await?;
    let Some(row) = row else { return Ok(0) };
    let (all, done): (i32, i32) = (row.try_get("", "log")?, row.try_get("", "checkpointed")?);
    Ok(i64::from(all - done))
}
