//! `laoyou snapshot write`: the tables of a snapshot of a day, as Parquet files (docs/snapshot.md).

use crate::fault::Outcome;
use crate::{compose, out};
use host::SnapshotAsk;
use kernel::Day;
use std::path::Path;
use store::Store;

/// Writes all tables of `as_of` as known now into a directory, streamed.
pub async fn write(store: &Store, as_of: Day, dir: &Path, place: &str) -> Outcome<()> {
    let ask = SnapshotAsk {
        dir: dir.to_owned(),
        as_of,
        known_at: store.clock().now(),
        place: place.to_owned(),
    };
    for file in period::api::write_all(store, &compose::snapshots(), &ask).await? {
        out::line(format!(
            "已写出 {}：{} 行，SM3 {}",
            dir.join(&file.file).display(),
            file.rows,
            file.digest
        ));
    }
    Ok(())
}
