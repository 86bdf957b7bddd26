//! Fresh databases for tests: SQLite in a temporary file always, PostgreSQL when `TEST_PG_URL` names a
//! server. Each is migrated once per process as a template and copied for every test.

use crate::{Keys, Migration, Reads, Store, StoreError, StoreResult};
use kernel::{Clock, Day, FixedClock, Instant, SeededIds};
use std::hash::{BuildHasher, RandomState};
use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};

static NEXT: AtomicU64 = AtomicU64::new(0);

/// The moment all tests live at: 2025-06-30 09:00 in Shanghai.
pub fn test_now() -> Instant {
    Day::from_ymd(2025, 6, 30).map_or(Instant::from_micros(0), |day| Instant::at(day, 9 * 3600))
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
    /// Its address, for tests that open it again with a clock of their own.
    pub url: String,
    cleanup: Cleanup,
}

/// A clock that a test pushes; every look at it is a moment later, so that what is recorded later is later.
#[derive(Debug)]
pub struct PushedClock(AtomicI64);

impl PushedClock {
    /// Lets it stand on this day at nine.
    pub fn on(&self, day: Day) {
        self.0.store(nine(day), Ordering::Relaxed);
    }
}

impl Clock for PushedClock {
    fn now(&self) -> Instant {
        Instant::from_micros(self.0.fetch_add(1_000, Ordering::Relaxed))
    }
}

fn nine(day: Day) -> i64 {
    Instant::at(day, 9 * 3600).micros()
}

/// A filled database that every test gets a copy of (engineering.md 28).
#[derive(Debug)]
pub struct Template {
    name: &'static str,
    from: Source,
}

#[derive(Debug)]
enum Source {
    /// The whole file.
    File(Vec<u8>),
    /// Server and database name.
    Database(String, String),
}

#[derive(Debug)]
enum Cleanup {
    File(PathBuf),
    Database(String, String),
}

impl TestDb {
    /// Opens it once more, on a day at nine by a clock of its own and with ids of a seed; whoever opens it later takes
    /// another seed and a later day.
    pub async fn opened(&self, on: Day, seed: u64) -> StoreResult<(Store, Arc<PushedClock>)> {
        let clock = Arc::new(PushedClock(AtomicI64::new(nine(on))));
        let handed: Arc<dyn Clock> = Arc::<PushedClock>::clone(&clock);
        let keys = Keys::from_file(TEST_KEYS)?;
        let ids = Arc::new(SeededIds::new(seed));
        let store = Store::open(&self.url, keys, handed, ids).await?;
        Ok((store, clock))
    }

    /// Closes this database and keeps it to be copied. Nothing else may hold its store any more.
    pub async fn into_template(self) -> StoreResult<Template> {
        let other = |error: std::io::Error| StoreError::Other(error.to_string());
        let from = match self.cleanup {
            Cleanup::File(path) => {
                self.store
                    .all("PRAGMA wal_checkpoint(TRUNCATE)", vec![])
                    .await?;
                self.store.close().await;
                let bytes = std::fs::read(&path).map_err(other)?;
                std::fs::remove_file(&path).map_err(other)?;
                for ending in crate::gate::ENDINGS {
                    let beside = PathBuf::from(format!("{}{ending}", path.display()));
                    std::fs::remove_file(beside).map_err(other)?;
                }
                Source::File(bytes)
            }
            Cleanup::Database(server, name) => {
                self.store.close().await;
                Source::Database(server, name)
            }
        };
        Ok(Template {
            name: self.name,
            from,
        })
    }

    /// Drops the database.
    pub async fn close(self) -> StoreResult<()> {
        self.store.close().await;
        match self.cleanup {
            Cleanup::File(path) => {
                let beside = ["", "-wal", "-shm"].into_iter().chain(crate::gate::ENDINGS);
                for suffix in beside {
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

impl Template {
    /// A database of one test with the same content.
    pub async fn copy(&self) -> StoreResult<TestDb> {
        let unique = unique();
        match &self.from {
            Source::File(bytes) => {
                let path = std::env::temp_dir().join(format!("laoyou-test-{unique}.db"));
                std::fs::write(&path, bytes)
                    .map_err(|error| StoreError::Other(error.to_string()))?;
                sqlite(path).await
            }
            Source::Database(server, name) => postgres(server, &unique, Some(name)).await,
        }
    }

    /// `sqlite` or `postgres`.
    pub fn name(&self) -> &'static str {
        self.name
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
    let unique = unique();
    let path = std::env::temp_dir().join(format!("laoyou-test-{unique}.db"));
    let mut out = vec![sqlite(path).await?];
    if let Some(server) = postgres_server() {
        out.push(postgres(&server, &unique, None).await?);
    }
    for db in &out {
        db.store.migrate(migrations).await?;
    }
    Ok(out)
}

/// A name no other test has: process numbers come again, and a killed test leaves its file behind.
fn unique() -> String {
    static PROCESS: LazyLock<u64> =
        LazyLock::new(|| RandomState::new().hash_one(std::process::id()));
    format!("{:x}_{}", *PROCESS, NEXT.fetch_add(1, Ordering::Relaxed))
}

/// The most memory this process ever had, in megabytes; for measurements.
pub fn most_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok())
        .unwrap_or(0)
        / 1024
}

async fn sqlite(path: PathBuf) -> StoreResult<TestDb> {
    let url = format!("sqlite:{}", path.display());
    Ok(TestDb {
        store: open(&url).await?,
        name: "sqlite",
        url,
        cleanup: Cleanup::File(path),
    })
}

async fn postgres(server: &str, unique: &str, of: Option<&str>) -> StoreResult<TestDb> {
    let name = format!("laoyou_test_{unique}");
    let admin = open(server).await?;
    let mut connection = admin.0.writer.clone();
    let template = of.map_or_else(String::new, |of| format!(" TEMPLATE {of}"));
    execute(
        &mut connection,
        &format!("CREATE DATABASE {name}{template}"),
    )
    .await?;
    drop(connection);
    admin.close().await;
    let (base, query) = server.split_once('?').unwrap_or((server, ""));
    let base = base.rsplit_once('/').map_or(base, |(base, _)| base);
    let query = if query.is_empty() {
        String::new()
    } else {
        format!("?{query}")
    };
    let url = format!("{base}/{name}{query}");
    Ok(TestDb {
        store: open(&url).await?,
        name: "postgres",
        url,
        cleanup: Cleanup::Database(server.to_owned(), name),
    })
}

/// Whether the database answers at all.
pub async fn answers(store: &Store) -> bool {
    store
        .number("SELECT CAST(1 AS BIGINT) AS n", vec![])
        .await
        .is_ok()
}
