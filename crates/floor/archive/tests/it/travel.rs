//! From either database into either, while others write.

use crate::place::{
    Dir, SECOND, actor, archive, back, count, fill, guards, migrations, open, tables,
};
use archive::ArchiveError;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use store::migrate::tables_of;
use store::testing::databases;
use store::{Audit, StoreError, values};

/// Row M05; invariant 13: an archive of either database goes into either; every table's digest is the same there, and in an
/// archive of what was restored; files, indexes and foreign keys are back; the log says that it was restored.
#[tokio::test]
async fn from_either_into_either_with_equal_digests() {
    let dir = Dir::new();
    std::fs::write(dir.at("files/ab/cd"), vec![7_u8; 200_000]).unwrap();
    for from in databases(&migrations()).await.unwrap() {
        assert_eq!(
            tables(&from.store).await,
            tables_of(&migrations()),
            "{}",
            from.name
        );
        fill(&from.store, 3_000).await;
        let path = dir.at(&format!("{}.laoyou", from.name));
        let folders = dir.folders(&["ab/cd", "ab/gone"]);
        let written = archive(&from.store, &migrations(), "one", folders, &path)
            .await
            .unwrap();
        assert!(!path.exists(), "no name before it is said");
        let first = written.manifest.clone();
        written.name().unwrap();
        assert_eq!(first.missing, ["files/ab/gone"]);
        for to in databases(&[]).await.unwrap() {
            let there = Dir::new();
            let restored = back(&path, &to.url, &migrations(), there.folders(&[]))
                .await
                .unwrap();
            assert_eq!((restored.migrated, &restored.manifest), (0, &first));
            assert_eq!(
                std::fs::read(there.at("files/ab/cd")).unwrap(),
                vec![7_u8; 200_000]
            );
            let store = open(&to.url).await;
            assert!(store.is_migrated(&migrations()).await.unwrap());
            if from.name == to.name {
                assert_eq!(guards(&store).await, guards(&from.store).await);
            }
            let again = there.at("again.laoyou");
            let second = archive(&store, &migrations(), "two", vec![], &again)
                .await
                .unwrap();
            for (a, b) in first.tables.iter().zip(&second.manifest.tables) {
                if a.name == "audit_row" {
                    assert_eq!(a.rows + 1, b.rows, "the restore is in the log");
                } else {
                    assert_eq!(a, b, "{} → {}", from.name, to.name);
                }
            }
            drop(second);
            let sql = "(SELECT count(*) FROM audit_row WHERE action = 'restore.done')";
            assert_eq!(count(&store, sql).await, 1);
            store.seal_audit().await.unwrap();
            assert_eq!(
                store.verify_audit().await.unwrap(),
                Ok(count(&store, "(SELECT count(*) FROM audit_row)").await)
            );
            // A word that is there twice is refused again.
            let mut tx = store.begin(&actor(), None).await.unwrap();
            let twice = "UPDATE purse SET word = (SELECT max(word) FROM purse) WHERE id = 0";
            assert!(tx.run(twice, vec![]).await.unwrap_err().is_duplicate());
            drop(tx);
            // Not into what is in use.
            store.close().await;
            let refused = back(&path, &to.url, &migrations(), there.folders(&[])).await;
            assert!(
                matches!(refused, Err(ArchiveError::InUse(_))),
                "{refused:?}"
            );
            to.close().await.unwrap();
        }
        from.close().await.unwrap();
    }
}

/// Row M05: a backup that is made while others write is of one moment: money that moves is neither lost nor doubled.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_is_of_one_moment() {
    for from in databases(&migrations()).await.unwrap() {
        fill(&from.store, 400).await;
        let stop = Arc::new(AtomicBool::new(false));
        let (stopped, store) = (Arc::clone(&stop), from.store.clone());
        #[expect(
            clippy::disallowed_methods,
            reason = "the writer runs beside the backup"
        )]
        let writer = tokio::spawn(async move {
            let mut moved = 0_i64;
            while !stopped.load(Ordering::Relaxed) {
                let mut tx = store.begin(&actor(), None).await.unwrap();
                // Out of a purse that is read late into one that is read early, and a row of the log.
                for (sql, id) in [
                    (
                        "UPDATE purse SET fen = fen - 1 WHERE id = $1",
                        399 - moved % 200,
                    ),
                    ("UPDATE purse SET fen = fen + 1 WHERE id = $1", moved % 200),
                ] {
                    tx.run(sql, values![id]).await.unwrap();
                }
                tx.audit(Audit::new("move"));
                tx.commit().await.unwrap();
                moved += 1;
            }
            moved
        });
        let dir = Dir::new();
        for round in 0..5 {
            let path = dir.at(&format!("{round}.laoyou"));
            let written = archive(&from.store, &migrations(), "now", vec![], &path).await;
            written.unwrap().name().unwrap();
            let url = format!("sqlite:{}", dir.at(&format!("{round}.db")).display());
            back(&path, &url, &migrations(), vec![]).await.unwrap();
            let store = open(&url).await;
            assert_eq!(count(&store, "(SELECT sum(fen) FROM purse)").await, 400_000);
            let moves = "(SELECT count(*) FROM audit_row WHERE action = 'move')";
            let gone = "(SELECT sum(1000 - fen) FROM purse WHERE id >= 200)";
            assert_eq!(count(&store, moves).await, count(&store, gone).await);
            store.close().await;
        }
        stop.store(true, Ordering::Relaxed);
        assert!(writer.await.unwrap() > 5, "{}", from.name);
        from.close().await.unwrap();
    }
}

/// Row M05; invariant 13: an archive of an older schema is restored as it was and then migrated; one of a newer schema is refused.
#[tokio::test]
async fn an_older_schema_is_migrated_and_a_newer_refused() {
    let dir = Dir::new();
    let mut more = migrations();
    more.push(SECOND);
    for from in databases(&migrations()).await.unwrap() {
        fill(&from.store, 10).await;
        let path = dir.at(&format!("{}.laoyou", from.name));
        let written = archive(&from.store, &migrations(), "old", vec![], &path).await;
        written.unwrap().name().unwrap();
        for to in databases(&[]).await.unwrap() {
            let restored = back(&path, &to.url, &more, vec![]).await.unwrap();
            assert_eq!(restored.migrated, 1);
            let store = open(&to.url).await;
            assert!(store.is_migrated(&more).await.unwrap());
            assert_eq!(count(&store, "(SELECT sum(height) FROM shelf)").await, 21);
            let newer = dir.at("newer.laoyou");
            let written = archive(&store, &more, "new", vec![], &newer).await;
            written.unwrap().name().unwrap();
            store.close().await;
            to.close().await.unwrap();
            for to in databases(&[]).await.unwrap() {
                let refused = back(&newer, &to.url, &migrations(), vec![]).await;
                assert!(
                    matches!(&refused, Err(ArchiveError::Newer(what)) if what.contains("0002_more")),
                    "{refused:?}"
                );
                to.close().await.unwrap();
            }
        }
        from.close().await.unwrap();
    }
}

/// Row M05: half a restore is no database: it counts as not migrated, says so, and is begun anew by the same archive only.
#[tokio::test]
async fn half_a_restore_is_recognised() {
    let dir = Dir::new();
    let from = databases(&migrations()).await.unwrap().remove(0);
    fill(&from.store, 100).await;
    for id in ["one", "other"] {
        let path = dir.at(&format!("{id}.laoyou"));
        let written = archive(&from.store, &migrations(), id, vec![], &path).await;
        written.unwrap().name().unwrap();
    }
    from.close().await.unwrap();
    for to in databases(&migrations()).await.unwrap() {
        let mut shapes = Vec::new();
        for name in tables_of(&migrations()) {
            shapes.push(store::catalogue::table(&to.store, &name).await.unwrap());
        }
        drop(to.store.begin_load("one", &shapes).await.unwrap());
        let mut tx = to.store.begin(&actor(), None).await.unwrap();
        tx.run(
            "INSERT INTO shelf (id, above) VALUES ('x', 'nobody')",
            vec![],
        )
        .await
        .unwrap();
        tx.audit(Audit::new("half"));
        tx.commit().await.unwrap();
        assert!(!to.store.is_migrated(&migrations()).await.unwrap());
        let told = to.store.migrate(&migrations()).await.unwrap_err();
        assert!(matches!(told, StoreError::HalfRestored(id) if id == "one"));
        if to.name == "sqlite" {
            // Filled in a file beside it there, so this one is simply in use; what a kill left beside it is made anew.
            let fresh = dir.at("fresh.db");
            std::fs::write(dir.at("fresh.db.restoring"), "half").unwrap();
            let url = format!("sqlite:{}", fresh.display());
            back(&dir.at("one.laoyou"), &url, &migrations(), vec![])
                .await
                .unwrap();
            assert!(!dir.at("fresh.db.restoring").exists());
        } else {
            let refused = back(&dir.at("other.laoyou"), &to.url, &migrations(), vec![]).await;
            assert!(
                matches!(refused, Err(ArchiveError::InUse(_))),
                "{refused:?}"
            );
            back(&dir.at("one.laoyou"), &to.url, &migrations(), vec![])
                .await
                .unwrap();
            assert!(to.store.is_migrated(&migrations()).await.unwrap());
            assert_eq!(count(&to.store, "(SELECT count(*) FROM shelf)").await, 3);
        }
        to.close().await.unwrap();
    }
}
