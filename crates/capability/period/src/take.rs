//! Takes a snapshot: all tables at once, into one directory.

use crate::files::{self, StoredFile};
use host::{SnapshotAsk, SnapshotFile, SnapshotTable};
use std::future::poll_fn;
use std::task::Poll;
use store::{Store, StoreResult};

/// Writes all tables side by side (each reads the database through a connection of its own).
pub async fn write_all(
    store: &Store,
    tables: &[SnapshotTable],
    ask: &SnapshotAsk,
) -> StoreResult<Vec<StoredFile>> {
    files::make(&ask.dir)?;
    let mut open: Vec<(usize, host::Boxed<'static, StoreResult<SnapshotFile>>)> = tables
        .iter()
        .map(|table| (table.write)(store.clone(), ask.clone()))
        .enumerate()
        .collect();
    let mut done: Vec<(usize, StoreResult<SnapshotFile>)> = Vec::new();
    poll_fn(|context| {
        open.retain_mut(|(place, future)| match future.as_mut().poll(context) {
            Poll::Ready(result) => {
                done.push((*place, result));
                false
            }
            Poll::Pending => true,
        });
        if open.is_empty() {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
    done.sort_by_key(|(place, _)| *place);
    let mut out = Vec::new();
    for (_, file) in done {
        out.push(stored(&ask.dir, file?)?);
    }
    Ok(out)
}

/// A written file with its digest.
pub(crate) fn stored(dir: &std::path::Path, file: SnapshotFile) -> StoreResult<StoredFile> {
    Ok(StoredFile {
        digest: files::digest(&dir.join(&file.file))?,
        file: file.file,
        rows: file.rows,
    })
}
