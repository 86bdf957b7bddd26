//! Files on disk with their rows, on every database (engineering.md 12).

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use authz::{Actor, Scope};
use files::{Files, Kept, NewFile};
use std::io::Write;
use std::path::{Path, PathBuf};
use store::testing::{TestDb, databases};
use store::{Audit, Keys};

const MOST: u64 = 1_000_000;

async fn places() -> Vec<(TestDb, Files, PathBuf)> {
    let mut migrations = store::migrations();
    migrations.extend(files::migrations());
    let dbs = databases(&migrations).await.unwrap();
    dbs.into_iter()
        .map(|db| {
            let folder = std::env::temp_dir().join(format!(
                "laoyou-files-{}-{}",
                std::process::id(),
                db.url.rsplit('/').next().unwrap()
            ));
            (db, Files::new(&folder, MOST), folder)
        })
        .collect()
}

fn about(days: i32) -> NewFile {
    NewFile {
        name: "名单.xlsx".into(),
        owner: "zhang".into(),
        scope: Scope::Areas(vec!["421303".parse().unwrap()]),
        days,
    }
}

async fn keep(db: &TestDb, files: &Files, bytes: &[u8], days: i32) -> Kept {
    let mut writer = files.create(&db.store).unwrap();
    for piece in bytes.chunks(7_777) {
        writer.write_all(piece).unwrap();
    }
    let sealed = writer.finish().unwrap();
    let mut tx = db.store.begin(&Actor::system("test"), None).await.unwrap();
    let kept = files.keep(&mut tx, sealed, about(days)).await.unwrap();
    tx.audit(Audit::new("test.keep"));
    tx.commit().await.unwrap();
    kept
}

fn on_disk(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(on_disk(&path));
        } else {
            found.push(path);
        }
    }
    found
}

/// Rows M03, M05; engineering.md 12: what was written comes back, whatever the size; nothing of it is
/// readable on disk; its name there is its SM3.
#[tokio::test]
async fn files_come_back_as_they_went_in_and_are_sealed_on_disk() {
    for (db, files, folder) in places().await {
        for size in [0, 1, 65_535, 65_536, 65_537, 131_072, 300_000] {
            let bytes: Vec<u8> = "秀兰在随县万店镇".bytes().cycle().take(size).collect();
            let kept = keep(&db, &files, &bytes, 7).await;
            assert_eq!(kept.size, size as u64, "{}", db.name);
            assert_eq!(kept.digest, store::secret::sm3_hex(&bytes));
            let found = files.find(&db.store, &kept.id).await.unwrap().unwrap();
            assert_eq!(found, kept);
            let back = files.open(db.store.keys(), &found).unwrap();
            assert_eq!(back.whole().unwrap(), bytes, "{size}");
            files.check(db.store.keys(), &found).unwrap();
        }
        let paths = on_disk(&folder);
        assert_eq!(paths.len(), 7);
        for path in paths {
            let raw = std::fs::read(&path).unwrap();
            let shown = "秀兰".as_bytes();
            assert!(!raw.windows(shown.len()).any(|part| part == shown));
        }
        std::fs::remove_dir_all(folder).unwrap();
        db.close().await.unwrap();
    }
}

/// Row M05; engineering.md 4, 12: a wrong key, a cut file and a changed file are errors, not short files.
#[tokio::test]
async fn a_wrong_key_a_cut_and_a_changed_file_do_not_open() {
    for (db, files, folder) in places().await {
        let bytes = vec![7_u8; 200_000];
        let kept = keep(&db, &files, &bytes, 7).await;
        let other = Keys::from_file(&Keys::generate_file().unwrap()).unwrap();
        assert!(files.open(&other, &kept).unwrap().whole().is_err());
        let path = on_disk(&folder).remove(0);
        let whole = std::fs::read(&path).unwrap();
        let chunk = 65_536 + 16;
        let head = whole.len() - 200_000 - 4 * 16;
        for cut in [0, 3, head, head + chunk, head + 2 * chunk, whole.len() - 1] {
            std::fs::write(&path, &whole[..cut]).unwrap();
            let opened = files.open(db.store.keys(), &kept);
            let read = opened.and_then(files::Reader::whole);
            assert!(read.is_err(), "{}: cut after {cut}", db.name);
            assert!(files.check(db.store.keys(), &kept).is_err());
        }
        let mut changed = whole.clone();
        changed[head + 10] ^= 1;
        std::fs::write(&path, &changed).unwrap();
        assert!(files.check(db.store.keys(), &kept).is_err());
        std::fs::write(&path, &whole).unwrap();
        files.check(db.store.keys(), &kept).unwrap();
        std::fs::remove_dir_all(folder).unwrap();
        db.close().await.unwrap();
    }
}

/// Engineering.md 12: a file above the cap is not taken, and one that is not kept leaves nothing behind.
#[tokio::test]
async fn too_large_or_not_kept_leaves_nothing() {
    for (db, files, folder) in places().await {
        let mut writer = files.create(&db.store).unwrap();
        let large = vec![1_u8; MOST as usize + 1];
        assert!(writer.write_all(&large).is_err());
        drop(writer);
        let mut writer = files.create(&db.store).unwrap();
        writer.write_all(b"not kept").unwrap();
        drop(writer.finish().unwrap());
        assert!(on_disk(&folder).is_empty(), "{}", db.name);
        std::fs::remove_dir_all(folder).unwrap();
        db.close().await.unwrap();
    }
}

/// Engineering.md 12: retention ends with its last day; two rows of the same content share one file until
/// both are gone; who removed it left.
#[tokio::test]
async fn files_end_with_their_retention() {
    for (db, files, folder) in places().await {
        let today = db.store.clock().today();
        let short = keep(&db, &files, b"the same", 7).await;
        let long = keep(&db, &files, b"the same", 30).await;
        assert_eq!(on_disk(&folder).len(), 1);
        let none = files.expired(&db.store, today.plus_days(7), 10).await;
        assert!(none.unwrap().is_empty(), "kept on its last day");
        let gone = files.expired(&db.store, today.plus_days(8), 10).await;
        let gone = gone.unwrap();
        assert_eq!(gone, std::slice::from_ref(&short.id));
        for (ids, left) in [(gone, 1), (vec![long.id.clone()], 0)] {
            let mut tx = db.store.begin(&Actor::system("test"), None).await.unwrap();
            files.remove(&mut tx, &ids).await.unwrap();
            tx.audit(Audit::new("test.remove"));
            tx.commit().await.unwrap();
            assert_eq!(on_disk(&folder).len(), left, "{}", db.name);
        }
        assert!(files.find(&db.store, &long.id).await.unwrap().is_none());
        std::fs::remove_dir_all(folder).unwrap();
        db.close().await.unwrap();
    }
}
