//! Fresh databases for tests: SQLite in a temporary file always, PostgreSQL when `TEST_PG_URL` names a
//! server. Each is migrated once per process as a template and copied for every test.

use crate::{Keys, Migration, Reads, Store, StoreError, StoreResult};
use kernel::{FixedClock, Instant, SeededIds};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

static NEXT: AtomicU64 = AtomicU64::new(0);

/// The moment all tests live at: 2025-06-30 09:00 in Shanghai.
pub fn test_now() -> Instant {
    kernel::Day::from_ymd(2025, 6, 30)
        .map_or(Instant::from_micros(0), |day| Instant::at(day, 9 * 3600))
}

/// A key file for tests.
pub const TEST_KEYS: &str = "1 00112233445566778899aabbccddeeff 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

/// A database of one test.
#[derive(Debug)]
pub struct TestDb {
    /// The open, migrated store.
    pub store: Store,
    /// `sqlite` or `postgres`.
    pub name: &'static str,
    cleanup: Cleanup,
}

#[derive(Debug)]
enum Cleanup {
    File(PathBuf),
    Database(String, String),
}

impl TestDb {
    /// Drops the database.
    pub async fn close(self) -> StoreResult<()> {
        self.store.close().await;
        match self.cleanup {
            Cleanup::File(path) => {
                for suffix in ["", "-wal", "-shm"] {
                    let file = PathBuf::from(format!("{}{suffix}", path.display()));
                    if file.exists() {
                        std::fs::remove_file(&file)
                            .map_err(|error| StoreError::Other(error.to_string()))?;
                    }
                }
            }
            Cleanup::Database(server, name) => {
                let admin = open(&server).await?;
                let mut tx = admin.0.writer.clone();
                execute(
                    &mut tx,
                    &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"),
                )
                .await?;
            }
        }
        Ok(())
    }
}

async fn execute(connection: &mut sea_orm::DatabaseConnection, sql: &str) -> StoreResult<()> {
    use sea_orm::ConnectionTrait;
    connection.execute_unprepared(sql).await?;
    Ok(())
}

async fn open(url: &str) -> StoreResult<Store> {
    let (clock, ids) = (
        Arc::new(FixedClock(test_now())),
        Arc::new(SeededIds::new(1)),
    );
    Store::open(url, Keys::from_file(TEST_KEYS)?, clock, ids).await
}

/// The server of PostgreSQL tests, if one is named.
#[expect(
    clippy::disallowed_methods,
    reason = "tests are told their server by the test script"
)]
pub fn postgres_server() -> Option<String> {
    std::env::var("TEST_PG_URL")
        .ok()
        .filter(|url| !url.is_empty())
}

/// Fresh, migrated databases: SQLite, and PostgreSQL when the environment names a server.
pub async fn databases(migrations: &[Migration]) -> StoreResult<Vec<TestDb>> {
    let unique = format!(
        "{}_{}",
        std::process::id(),
        NEXT.fetch_add(1, Ordering::Relaxed)
    );
    let path = std::env::temp_dir().join(format!("laoyou-test-{unique}.db"));
    let store = open(&format!("sqlite:{}", path.display())).await?;
    store.migrate(migrations).await?;
    let mut out = vec![TestDb {
        store,
        name: "sqlite",
        cleanup: Cleanup::File(path),
    }];
    if let Some(server) = postgres_server() {
        let name = format!("laoyou_test_{unique}");
        let admin = open(&server).await?;
        let mut connection = admin.0.writer.clone();
        execute(&mut connection, &format!("CREATE DATABASE {name}")).await?;
        let base = server
            .rsplit_once('/')
            .map_or(server.as_str(), |(base, _)| base);
        let (base, query) = match server.split_once('?') {
            Some((before, query)) => (
                before.rsplit_once('/').map_or(before, |(base, _)| base),
                format!("?{query}"),
            ),
            None => (base, String::new()),
        };
        let store = open(&format!("{base}/{name}{query}")).await?;
        store.migrate(migrations).await?;
        out.push(TestDb {
            store,
            name: "postgres",
            cleanup: Cleanup::Database(server, name),
        });
    }
    Ok(out)
}

/// Whether the database answers at all.
pub async fn answers(store: &Store) -> bool {
    store.number("SELECT 1 AS n", vec![]).await.is_ok()
}
