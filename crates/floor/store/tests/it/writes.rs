//! Many rows, many writers, refused doubles.

use crate::place::{actor, places};
use store::{Audit, Reads, StoreError, values};

/// Invariant 7: the database refuses a double, and says so in one way on both engines.
#[tokio::test]
async fn a_double_is_refused_as_a_duplicate() {
    for place in places().await {
        for bulk in [false, true] {
            let mut tx = place.store.begin(&actor(), None).await.unwrap();
            let row = || vec![values![1_i64]];
            tx.insert_many("note", &["id"], row()).await.unwrap();
            let error = if bulk {
                tx.insert_many("note", &["id"], row()).await.unwrap_err()
            } else {
                tx.run("INSERT INTO note (id) VALUES (1)", vec![])
                    .await
                    .unwrap_err()
            };
            assert!(
                matches!(error, StoreError::Duplicate(_)) && error.is_duplicate(),
                "{}",
                place.name
            );
            assert!(!error.is_retryable());
            tx.rollback().await.unwrap();
        }
        let mut tx = place.store.begin(&actor(), None).await.unwrap();
        let error = tx
            .run("INSERT INTO note (word) VALUES ('no id')", vec![])
            .await;
        assert!(!error.unwrap_err().is_duplicate(), "{}", place.name);
        tx.rollback().await.unwrap();
        place.close().await;
    }
}

/// Invariant 13; engineering.md 1: a bulk insert may be longer than a statement may be.
#[tokio::test]
async fn a_bulk_insert_goes_past_the_limit_of_a_statement() {
    for place in places().await {
        let rows = (0..40_001_i64)
            .map(|id| values![id, (id % 3 != 0).then(|| format!("词{id}"))])
            .collect();
        let mut tx = place.store.begin(&actor(), None).await.unwrap();
        tx.insert_many("note", &["id", "word"], rows).await.unwrap();
        tx.insert_many("note", &["id", "word"], vec![])
            .await
            .unwrap();
        tx.audit(Audit::new("note.bulk"));
        tx.commit().await.unwrap();
        assert_eq!(place.count("note").await, 40_001, "{}", place.name);
        let sql = "SELECT id FROM note WHERE word IS NULL ORDER BY id DESC LIMIT 1";
        let last = place.store.one(sql, vec![]).await.unwrap().unwrap();
        assert_eq!(last.int("id").unwrap(), 39_999);
        let last = "SELECT word FROM note WHERE id = 40000";
        let last = place.store.one(last, vec![]).await.unwrap().unwrap();
        assert_eq!(last.text("word").unwrap(), "词40000");
        place.close().await;
    }
}

/// Invariants 6 and 7; engineering.md 14: what a transaction read for writing nobody changes under it.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn eight_writers_of_one_row_lose_nothing() {
    for place in places().await {
        let mut tx = place.store.begin(&actor(), None).await.unwrap();
        tx.run("INSERT INTO note (id, word) VALUES (1, '0')", vec![])
            .await
            .unwrap();
        tx.audit(Audit::new("note"));
        tx.commit().await.unwrap();
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..8 {
            let store = place.store.clone();
            tasks.spawn(async move {
                for _ in 0..40 {
                    let mut tx = store.begin(&actor(), None).await.unwrap();
                    let read = format!(
                        "SELECT word FROM note n WHERE id = 1{}",
                        tx.for_update_of("n")
                    );
                    let row = tx.one(&read, vec![]).await.unwrap().unwrap();
                    let next = row.text("word").unwrap().parse::<i64>().unwrap() + 1;
                    let sql = "UPDATE note SET word = $1 WHERE id = 1";
                    tx.run(sql, values![next.to_string()]).await.unwrap();
                    tx.audit(Audit::new("note.count"));
                    tx.commit().await.unwrap();
                }
            });
        }
        while let Some(done) = tasks.join_next().await {
            done.unwrap();
        }
        let row = place
            .store
            .one("SELECT word FROM note", vec![])
            .await
            .unwrap();
        assert_eq!(row.unwrap().text("word").unwrap(), "320", "{}", place.name);
        assert_eq!(place.count("audit_row").await, 321);
        place.close().await;
    }
}

/// Engineering.md 14: a process that writes chunk after chunk lets another one in that waits for its turn, in the order
/// in which they came.
#[expect(clippy::disallowed_methods, reason = "the test plays another process")]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn another_process_gets_its_turn_between_two_chunks() {
    for place in places().await {
        let Some(file) = place.store_file() else {
            place.close().await;
            continue;
        };
        let beside = place.opened_beside().await;
        let chunk = place.store.begin(&actor(), None).await.unwrap();
        let order = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
        let note = |what: &'static str| {
            let order = std::sync::Arc::clone(&order);
            move || order.lock().unwrap().push(what)
        };
        let (server, command) = (note("server"), note("command"));
        let waiting = tokio::spawn(async move {
            let tx = beside.begin(&actor(), None).await.unwrap();
            server();
            tx.rollback().await.unwrap();
            beside.close().await;
        });
        // It is next once it holds the second file.
        let next = std::fs::File::open(format!("{file}-next")).unwrap();
        while next.try_lock().is_ok() {
            next.unlock().unwrap();
            tokio::task::yield_now().await;
        }
        chunk.rollback().await.unwrap();
        let chunk = place.store.begin(&actor(), None).await.unwrap();
        command();
        chunk.rollback().await.unwrap();
        waiting.await.unwrap();
        assert_eq!(*order.lock().unwrap(), ["server", "command"]);
        // Who stops waiting (a browser that goes away) does not keep the turn.
        let beside = place.opened_beside().await;
        let chunk = place.store.begin(&actor(), None).await.unwrap();
        let (who, soon) = (actor(), std::time::Duration::from_millis(50));
        let stopped = tokio::time::timeout(soon, beside.begin(&who, None)).await;
        assert!(stopped.is_err());
        chunk.rollback().await.unwrap();
        let chunk = place.store.begin(&actor(), None).await.unwrap();
        chunk.rollback().await.unwrap();
        beside.close().await;
        place.close().await;
    }
}

/// Engineering.md 14: the journal of SQLite is written back beside the writer and begins anew; nothing written is lost.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_journal_begins_anew_while_much_is_written() {
    for place in places().await {
        let Some(file) = place.store_file() else {
            place.close().await;
            continue;
        };
        let journal = || std::fs::metadata(format!("{file}-wal")).unwrap().len();
        let (mut longest, mut bytes, mut written) = (0, 0_u64, 0);
        while bytes < 2 * longest + (1 << 27) && written < 2_000 {
            let mut tx = place.store.begin(&actor(), None).await.unwrap();
            let word = "词".repeat(700_000);
            bytes += word.len() as u64;
            tx.run(
                "INSERT INTO note (id, word) VALUES ($1, $2)",
                values![written, word],
            )
            .await
            .unwrap();
            tx.audit(Audit::new("note"));
            tx.commit().await.unwrap();
            written += 1;
            longest = longest.max(journal());
        }
        assert!(
            2 * longest < bytes,
            "{longest} bytes of journal after {bytes} were written"
        );
        assert_eq!(place.count("note").await, written);
        place.close().await;
    }
}
