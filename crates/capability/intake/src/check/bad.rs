//! What cannot go in, given back as it came.

use crate::batch::Batch;
use crate::start;
use files::Files;
use host::AppState;
use std::io::{Seek, SeekFrom, Write};
use store::{StoreError, StoreResult};
use tabular::back::Returned;

/// The rows that cannot go in, as a file in the layout they came in; nothing of it stands plain on the disk under a
/// name.
pub(super) async fn bad_rows(
    app: &AppState,
    batch: &Batch,
    mut bad: Vec<Returned>,
) -> StoreResult<files::Sealed> {
    bad.sort_by_key(|row| row.line);
    let files = app.part::<Files>()?;
    let source = start::boxed(start::source(app, batch).await?);
    let (found, scratch) = (start::detected(batch)?.clone(), files.scratch()?);
    let mut out = files.create(&app.store)?;
    let path = scratch.join(app.store.new_id());
    let work = move || -> StoreResult<files::Sealed> {
        let failed = |error: std::io::Error| StoreError::Other(error.to_string());
        let mut file = std::fs::File::options()
            .read(true)
            .write(true)
            .create_new(true)
            .open(&path)
            .map_err(failed)?;
        std::fs::remove_file(&path).map_err(failed)?;
        tabular::back::write(source, &found, bad.into_iter(), &mut file, &scratch)
            .map_err(|error| StoreError::Other(error.to_string()))?;
        file.seek(SeekFrom::Start(0)).map_err(failed)?;
        std::io::copy(&mut file, &mut out).map_err(failed)?;
        out.flush().map_err(failed)?;
        out.finish()
    };
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| StoreError::Other(error.to_string()))?
}
