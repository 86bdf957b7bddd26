//! Pools: on SQLite one writer behind a fair gate and a pool of readers; on PostgreSQL one pool.

use crate::gate::Gate;
use crate::journal::{BACKSTOP, Journal, KEPT};
use crate::{Keys, StoreResult, Tx, tx};
use kernel::{Clock, IdSource};
use sea_orm::{ConnectOptions, Database, DatabaseConnection, DbBackend};
use std::sync::Arc;
use tokio::sync::Mutex;

/// Which database this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// One file.
    Sqlite,
    /// PostgreSQL or a compatible engine.
    Postgres,
}

pub(crate) struct Inner {
    pub(crate) reader: DatabaseConnection,
    pub(crate) writer: DatabaseConnection,
    pub(crate) backend: Backend,
    pub(crate) gate: Gate,
    /// SQLite's journal, written back beside the writer; none while a database is made.
    pub(crate) journal: Option<Arc<Journal>>,
    /// One commit of read-audit rows at a time.
    pub(crate) read_log: Mutex<()>,
    pub(crate) pending_reads: std::sync::Mutex<crate::audit::Pending>,
    pub(crate) keys: Keys,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn IdSource>,
}

/// The open database; cheap to clone.
#[derive(Clone)]
pub struct Store(pub(crate) Arc<Inner>);

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Store({:?})", self.0.backend)
    }
}

impl Store {
    /// Opens `sqlite:PATH` (made where missing) or `postgres://…`.
    pub async fn open(
        url: &str,
        keys: Keys,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdSource>,
    ) -> StoreResult<Self> {
        Self::open_as(url, keys, clock, ids, false).await
    }

    /// As [`Store::open`], for a database that is made anew when making it was cut short: SQLite keeps its journal
    /// in memory and waits for no disk, so that everything is written once. On PostgreSQL nothing differs.
    pub async fn open_scratch(
        url: &str,
        keys: Keys,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdSource>,
    ) -> StoreResult<Self> {
        Self::open_as(url, keys, clock, ids, true).await
    }

    async fn open_as(
        url: &str,
        keys: Keys,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdSource>,
        scratch: bool,
    ) -> StoreResult<Self> {
        let sqlite = url.starts_with("sqlite:");
        let (reader, writer, backend) = if sqlite {
            let writer = connect_sqlite(url, 1, scratch).await?;
            let reader = connect_sqlite(url, 4, scratch).await?;
            (reader, writer, Backend::Sqlite)
        } else {
            let mut options = ConnectOptions::new(url.to_owned());
            options
                .max_connections(12)
                .sqlx_logging(false)
                .test_before_acquire(false)
                // Statements here are short and many: compiling one costs more than it saves.
                .map_sqlx_postgres_opts(|options| options.options([("jit", "off")]));
            let pool = Database::connect(options).await?;
            (pool.clone(), pool, Backend::Postgres)
        };
        let gate = if sqlite && !scratch {
            Gate::of(sqlite_path(url))
        } else {
            Gate::default()
        };
        let journal =
            (sqlite && !scratch).then(|| Arc::new(Journal::new(sqlite_path(url), gate.clone())));
        Ok(Self(Arc::new(Inner {
            reader,
            writer,
            backend,
            gate,
            journal,
            read_log: Mutex::new(()),
            pending_reads: std::sync::Mutex::default(),
            keys,
            clock,
            ids,
        })))
    }

    /// Which database this is.
    pub fn backend(&self) -> Backend {
        self.0.backend
    }

    /// The keys of secret columns.
    pub fn keys(&self) -> &Keys {
        &self.0.keys
    }

    /// The clock handed in.
    pub fn clock(&self) -> &dyn Clock {
        &*self.0.clock
    }

    /// A new id, sorted by the present moment.
    pub fn new_id(&self) -> String {
        self.0.ids.new_id(self.0.clock.now())
    }

    /// Starts a write for `actor`: passes the gate on SQLite, commits only with an audit row.
    pub async fn begin(&self, actor: &authz::Actor, request: Option<&str>) -> StoreResult<Tx> {
        tx::begin(self, actor, request).await
    }

    /// Closes all connections.
    pub async fn close(self) {
        if let Ok(inner) = Arc::try_unwrap(self.0) {
            for pool in [inner.reader, inner.writer] {
                if let Err(error) = pool.close().await {
                    tracing::warn!(%error, "closing the database");
                }
            }
        }
    }
}

async fn connect_sqlite(
    url: &str,
    connections: u32,
    scratch: bool,
) -> StoreResult<DatabaseConnection> {
    let url = format!("sqlite://{}?mode=rwc", sqlite_path(url));
    // Kibibytes a connection may cache: readers have the system's cache below them, and there are four.
    let cache = if connections == 1 { "-64000" } else { "-8000" };
    Ok(Database::connect(sqlite_options(&url, connections, 20_000, cache, scratch)).await?)
}

/// The file of a `sqlite:` address.
fn sqlite_path(url: &str) -> &str {
    url.trim_start_matches("sqlite:").trim_start_matches("//")
}

/// Bytes of a page of a new database. Half of it makes an import no faster: what a page costs is not its bytes.
pub(crate) const PAGE: u32 = 8_192;
/// Rows that a connection to SQLite may be ahead of who reads them: two threads that wait for each other at every row
/// cost more than the rows.
const ROWS_AHEAD: usize = 512;

/// How every connection to a database file is set; `busy` in milliseconds.
pub(crate) fn sqlite_options(
    url: &str,
    connections: u32,
    busy: u32,
    cache: &'static str,
    scratch: bool,
) -> ConnectOptions {
    // Indexes of a whole city are sorted in a file: in memory they would be the largest thing of the load.
    let (journal, synchronous, temporary) = if scratch {
        ("MEMORY", "OFF", "FILE")
    } else {
        ("WAL", "NORMAL", "MEMORY")
    };
    let mut options = ConnectOptions::new(url.to_owned());
    options
        .max_connections(connections)
        .min_connections(1)
        .sqlx_logging(false)
        .test_before_acquire(false);
    options.map_sqlx_sqlite_opts(move |sqlite| {
        sqlite
            .page_size(PAGE)
            .pragma("journal_mode", journal)
            .pragma("synchronous", synchronous)
            .pragma("foreign_keys", "ON")
            .pragma("busy_timeout", busy.to_string())
            .pragma("wal_autocheckpoint", BACKSTOP.to_string())
            .pragma("journal_size_limit", KEPT.to_string())
            .pragma("cache_size", cache)
            .pragma("temp_store", temporary)
            .statement_cache_capacity(200)
            .row_buffer_size(ROWS_AHEAD)
    });
    options
}

pub(crate) fn dialect(backend: Backend) -> DbBackend {
    match backend {
        Backend::Sqlite => DbBackend::Sqlite,
        Backend::Postgres => DbBackend::Postgres,
    }
}
