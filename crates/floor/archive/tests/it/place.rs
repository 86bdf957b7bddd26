//! A small installation: purses whose sum never changes, shelves that stand on each other, files.

use archive::{ArchiveResult, Folder, Plan, Restored, Target, Written, restore, write};
use authz::Actor;
use kernel::{FixedClock, SeededIds};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use store::migrate::tables_of;
use store::testing::{TEST_KEYS, test_now};
use store::{Audit, Keys, Migration, Reads, Store, catalogue, values};

pub(crate) const FIRST: Migration = Migration {
    id: "0001_shelf",
    owner: "test",
    sql: "CREATE TABLE shelf (\n  id TEXT NOT NULL PRIMARY KEY,\n  above TEXT REFERENCES shelf (id)\n);\n\
          CREATE TABLE purse (\n  id BIGINT NOT NULL PRIMARY KEY,\n  shelf TEXT NOT NULL REFERENCES shelf (id),\n  fen BIGINT NOT NULL,\n  word TEXT,\n  yes BOOLEAN,\n  day INTEGER\n) /*sqlite WITHOUT ROWID*/;\n\
          CREATE UNIQUE INDEX purse_word ON purse (word);\n",
};
pub(crate) const SECOND: Migration = Migration {
    id: "0002_more",
    owner: "test",
    sql: "ALTER TABLE shelf ADD COLUMN height BIGINT;\nUPDATE shelf SET height = 7;\n",
};

pub(crate) fn migrations() -> Vec<Migration> {
    let mut all = store::migrations();
    all.push(FIRST);
    all
}

pub(crate) fn keys() -> Keys {
    Keys::from_file(TEST_KEYS).unwrap()
}

pub(crate) fn actor() -> Actor {
    Actor::system("test")
}

static NEXT: AtomicU64 = AtomicU64::new(0);

/// A folder of this test, removed at its end.
pub(crate) struct Dir(pub(crate) PathBuf);

impl Dir {
    pub(crate) fn new() -> Self {
        let name = format!(
            "laoyou-archive-{}-{}",
            std::process::id(),
            NEXT.fetch_add(1, Ordering::Relaxed)
        );
        let dir = std::env::temp_dir().join(name);
        std::fs::create_dir_all(dir.join("files/ab")).unwrap();
        Self(dir)
    }

    pub(crate) fn at(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub(crate) fn folders(&self, wanted: &[&str]) -> Vec<Folder> {
        vec![Folder {
            name: "files",
            place: self.at("files"),
            wanted: wanted.iter().map(PathBuf::from).collect(),
        }]
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

/// Purses on shelves, with every odd value a column may have.
pub(crate) async fn fill(store: &Store, purses: i64) {
    let mut tx = store.begin(&actor(), None).await.unwrap();
    // A shelf may stand before the one it stands on.
    for (id, above) in [("b", None), ("a", Some("b")), ("c", Some("a"))] {
        tx.run(
            "INSERT INTO shelf (id, above) VALUES ($1, $2)",
            values![id, above],
        )
        .await
        .unwrap();
    }
    let rows = (0..purses).map(|id| {
        let word = (id % 3 > 0).then(|| format!("随州{id}'\"\n𠮷"));
        let yes = [None, Some(true), Some(false)][(id % 3) as usize];
        let day = (id % 2 == 0).then_some(-20_250_630_i32);
        values![
            id,
            "abc"[(id % 3) as usize..][..1].to_owned(),
            1_000_i64,
            word,
            yes,
            day
        ]
    });
    tx.insert_many(
        "purse",
        &["id", "shelf", "fen", "word", "yes", "day"],
        rows.collect(),
    )
    .await
    .unwrap();
    tx.audit(Audit::new("fill"));
    tx.commit().await.unwrap();
    store.seal_audit().await.unwrap();
}

/// An archive of the present moment with this id, not named yet.
pub(crate) async fn archive(
    store: &Store,
    all: &[Migration],
    id: &str,
    folders: Vec<Folder>,
    path: &Path,
) -> ArchiveResult<Written> {
    let still = store.still().await.unwrap();
    let plan = Plan {
        still: &still,
        keys: &keys(),
        archive: id.to_owned(),
        installation: "here".to_owned(),
        made_at: test_now().micros(),
        program: "1".to_owned(),
        tables: tables_of(all),
        folders,
    };
    let written = write(&plan, path, &|_| ()).await;
    still.end().await.unwrap();
    written
}

pub(crate) async fn back(
    path: &Path,
    database: &str,
    all: &[Migration],
    folders: Vec<Folder>,
) -> ArchiveResult<Restored> {
    let target = Target {
        database: database.to_owned(),
        keys: keys(),
        clock: Arc::new(FixedClock(test_now())),
        ids: Arc::new(SeededIds::new(9)),
        migrations: all.to_vec(),
        folders,
    };
    restore(path, &target, &|_| ()).await
}

pub(crate) async fn open(url: &str) -> Store {
    let (clock, ids) = (
        Arc::new(FixedClock(test_now())),
        Arc::new(SeededIds::new(11)),
    );
    Store::open(url, keys(), clock, ids).await.unwrap()
}

pub(crate) async fn count(store: &Store, sql: &str) -> i64 {
    let sql = format!("SELECT CAST({sql} AS BIGINT) AS n");
    store.number(&sql, vec![]).await.unwrap()
}

/// What indexes and keys a database has.
pub(crate) async fn guards(store: &Store) -> Vec<String> {
    let sql = match store.backend() {
        store::Backend::Sqlite => {
            "SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY name"
        }
        store::Backend::Postgres => {
            "SELECT CAST(indexname AS TEXT) AS name FROM pg_indexes WHERE schemaname = current_schema() \
             UNION ALL SELECT CAST(conname AS TEXT) FROM pg_constraint WHERE contype = 'f' ORDER BY name"
        }
    };
    let rows = store.all(sql, vec![]).await.unwrap();
    rows.iter().map(|row| row.text("name").unwrap()).collect()
}

pub(crate) async fn tables(store: &Store) -> Vec<String> {
    catalogue::table_names(store).await.unwrap()
}
