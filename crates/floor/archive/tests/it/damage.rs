//! Cut, changed, reordered, with other keys: never opened, never half restored.

use crate::place::{Dir, archive, back, fill, keys, migrations};
use archive::{ArchiveError, read::verify};
use store::Keys;
use store::testing::databases;

/// Row M05; invariant 10: an archive that was cut anywhere, changed in any byte, or whose pieces were swapped does not pass, and a
/// restore of it leaves no database; other keys are named as such; what is no archive is named too.
#[tokio::test]
async fn damage_is_found_and_nothing_is_left() {
    let dir = Dir::new();
    std::fs::write(dir.at("files/ab/cd"), vec![1_u8; 300_000]).unwrap();
    // Does not compress, so that there are several sealed chunks.
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let noise: Vec<u8> = (0..300_000)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state as u8
        })
        .collect();
    std::fs::write(dir.at("files/ab/ef"), noise).unwrap();
    let from = databases(&migrations()).await.unwrap().remove(0);
    fill(&from.store, 2_000).await;
    let path = dir.at("good.laoyou");
    let folders = dir.folders(&["ab"]);
    let written = archive(&from.store, &migrations(), "one", folders, &path).await;
    written.unwrap().name().unwrap();
    from.close().await.unwrap();
    let (header, manifest) = verify(&path, &keys()).unwrap();
    assert_eq!((header.archive.as_str(), manifest.files.len()), ("one", 2));
    let good = std::fs::read(&path).unwrap();
    assert!(good.len() > 3 * 65_552, "{}", good.len());

    let bad = dir.at("bad.laoyou");
    let step = good.len() / 40;
    let mut damaged: Vec<Vec<u8>> = Vec::new();
    for at in (0..good.len()).step_by(step).chain([good.len() - 1]) {
        let mut changed = good.clone();
        changed[at] ^= 1;
        damaged.push(changed);
        damaged.push(good[..at].to_vec());
    }
    let mut longer = good.clone();
    longer.extend_from_slice(b"more");
    damaged.push(longer);
    // The last chunk lacks, exactly; two chunks change places.
    let head = good.iter().position(|byte| *byte == b'\n').unwrap() + 1 + 4 + 1 + 1 + 16;
    let chunk = 64 * 1024 + 16;
    let whole = (good.len() - head) / chunk;
    damaged.push(good[..head + whole * chunk].to_vec());
    let mut swapped = good.clone();
    let (a, b) = swapped[head..head + 2 * chunk].split_at_mut(chunk);
    a.swap_with_slice(b);
    damaged.push(swapped);
    let database = format!("sqlite:{}", dir.at("new.db").display());
    for (place, bytes) in damaged.iter().enumerate() {
        std::fs::write(&bad, bytes).unwrap();
        let found = verify(&bad, &keys());
        assert!(found.is_err(), "damage {place} of {} bytes", bytes.len());
        if place % 9 == 0 {
            let there = Dir::new();
            let refused = back(&bad, &database, &migrations(), there.folders(&[])).await;
            assert!(refused.is_err());
            assert!(!dir.at("new.db").exists() && !dir.at("new.db.restoring").exists());
            let left = std::fs::read_dir(there.at("files/ab")).unwrap();
            let left: Vec<_> = left.map(|entry| entry.unwrap().file_name()).collect();
            assert!(
                left.iter()
                    .all(|name| !name.to_string_lossy().ends_with(".part")),
                "{left:?}"
            );
        }
    }
    let other = Keys::from_file(&Keys::generate_file().unwrap()).unwrap();
    let refused = verify(&path, &other);
    assert!(
        matches!(refused, Err(ArchiveError::OtherKeys)),
        "{refused:?}"
    );
    std::fs::write(&bad, "PK something else").unwrap();
    let refused = verify(&bad, &keys());
    assert!(
        matches!(refused, Err(ArchiveError::NotOurs(_))),
        "{refused:?}"
    );
    let mut newer = good;
    let at = newer.iter().position(|byte| *byte == b' ').unwrap();
    newer[at + 1] = b'2';
    std::fs::write(&bad, newer).unwrap();
    let refused = verify(&bad, &keys());
    assert!(
        matches!(refused, Err(ArchiveError::Newer(_))),
        "{refused:?}"
    );
}
