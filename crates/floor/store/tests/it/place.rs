//! A floor with one table of its own, and a clock that tests push.

use authz::Actor;
use kernel::{Clock, Instant, SeededIds};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use store::testing::{TEST_KEYS, TestDb, databases, test_now};
use store::{Keys, Migration, Reads, Store};

pub(crate) const NOTES: Migration = Migration {
    id: "0001_note",
    owner: "test",
    sql: "CREATE TABLE note (id BIGINT NOT NULL PRIMARY KEY, word TEXT);\n",
};

/// A clock that tests push forward.
pub(crate) struct TestClock(AtomicI64);

impl Clock for TestClock {
    fn now(&self) -> Instant {
        Instant::from_micros(self.0.load(Ordering::Relaxed))
    }
}

impl TestClock {
    pub(crate) fn pass(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1_000_000, Ordering::Relaxed);
    }
}

pub(crate) struct Place {
    pub(crate) name: &'static str,
    pub(crate) store: Store,
    pub(crate) clock: Arc<TestClock>,
    db: TestDb,
}

pub(crate) fn migrations() -> Vec<Migration> {
    let mut all = store::migrations();
    all.push(NOTES);
    all
}

pub(crate) async fn places() -> Vec<Place> {
    let mut places = Vec::new();
    for db in databases(&migrations()).await.unwrap() {
        let clock = Arc::new(TestClock(AtomicI64::new(test_now().micros())));
        let handed: Arc<dyn Clock> = Arc::<TestClock>::clone(&clock);
        let (keys, ids) = (
            Keys::from_file(TEST_KEYS).unwrap(),
            Arc::new(SeededIds::new(7)),
        );
        let store = Store::open(&db.url, keys, handed, ids).await.unwrap();
        places.push(Place {
            name: db.name,
            store,
            clock,
            db,
        });
    }
    places
}

impl Place {
    pub(crate) async fn close(self) {
        self.store.close().await;
        self.db.close().await.unwrap();
    }

    /// The file of a SQLite database.
    pub(crate) fn store_file(&self) -> Option<&str> {
        self.db.url.strip_prefix("sqlite:")
    }

    /// The same database as another process would open it.
    pub(crate) async fn opened_beside(&self) -> Store {
        let handed: Arc<dyn Clock> = Arc::<TestClock>::clone(&self.clock);
        let (keys, ids) = (
            Keys::from_file(TEST_KEYS).unwrap(),
            Arc::new(SeededIds::new(8)),
        );
        Store::open(&self.db.url, keys, handed, ids).await.unwrap()
    }

    pub(crate) async fn count(&self, table: &str) -> i64 {
        let sql = format!("SELECT CAST(count(*) AS BIGINT) AS n FROM {table}");
        self.store.number(&sql, vec![]).await.unwrap()
    }
}

pub(crate) fn actor() -> Actor {
    Actor::system("test")
}
