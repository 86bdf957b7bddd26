//! The chunk that is made ready while another is being written.

use super::CHUNK;
use super::writing::{Ready, Writing};
use crate::batch::{self, Batch};
use crate::decide::Ranks;
use crate::staged::{self, Staged};
use files::Files;
use host::AppState;
use std::ops::Range;
use std::sync::Arc;
use store::StoreResult;
use tokio::task::JoinHandle;

/// A file of staged rows.
#[derive(Debug)]
struct Part {
    seq: i64,
    rows: Vec<Staged>,
}

/// Rows that are written together.
#[derive(Debug, Clone)]
pub(super) struct Chunk {
    part: Arc<Part>,
    range: Range<usize>,
}

impl Chunk {
    pub(super) fn rows(&self) -> &[Staged] {
        self.part.rows.get(self.range.clone()).unwrap_or(&[])
    }

    /// Part and row behind it.
    pub(super) fn next(&self) -> Place {
        if self.range.end >= self.part.rows.len() {
            (self.part.seq + 1, 0)
        } else {
            (self.part.seq, self.range.end)
        }
    }

    /// The chunk at a part and row, of this part where it is that one; `None` behind the last part.
    async fn at(
        app: &AppState,
        batch: &Batch,
        (seq, row): Place,
        part: Option<&Arc<Part>>,
    ) -> StoreResult<Option<Self>> {
        let part = match part {
            Some(part) if part.seq == seq => Arc::clone(part),
            _ => {
                let files = app.part::<Files>()?;
                let Some(file) = batch::part(&app.store, &batch.id, seq).await? else {
                    return Ok(None);
                };
                let rows = staged::open(&files, &app.store, &file).await?;
                Arc::new(Part { seq, rows })
            }
        };
        let end = (row + CHUNK).min(part.rows.len());
        Ok(Some(Self {
            range: row..end.max(row),
            part,
        }))
    }
}

/// Part and row.
type Place = (i64, usize);
/// A chunk, ready where it could be made so; `None` behind the last row.
type Made = Option<(Chunk, Option<Ready>)>;

/// The chunk behind the one that is being written.
#[derive(Default)]
pub(super) struct Ahead {
    last: Option<Arc<Part>>,
    next: Option<(Place, JoinHandle<StoreResult<Made>>)>,
}

impl Ahead {
    /// The chunk at a place, made ready where it was begun; `None` behind the last row.
    pub(super) async fn take(
        &mut self,
        app: &AppState,
        batch: &Batch,
        place: Place,
    ) -> StoreResult<Made> {
        let begun = self.next.take();
        let found = match begun {
            Some((begun, made)) if begun == place => made.await.ok().and_then(Result::ok),
            _ => None,
        };
        let found = match found {
            Some(found) => found,
            // The first chunk of a turn, or what went wrong beside the writer: the transaction finds out.
            None => Chunk::at(app, batch, place, self.last.as_ref())
                .await?
                .map(|chunk| (chunk, None)),
        };
        self.last = found.as_ref().map(|(chunk, _)| Arc::clone(&chunk.part));
        Ok(found)
    }

    /// Begins to make ready what is behind a chunk.
    #[expect(
        clippy::disallowed_methods,
        reason = "a part of the job that waits for it; it writes nothing and ends with the job's turn"
    )]
    pub(super) fn begin(
        &mut self,
        app: &AppState,
        batch: &Batch,
        chunk: &Chunk,
        ranks: &Arc<Ranks>,
    ) {
        let (app, batch, part) = (Arc::clone(app), batch.clone(), Arc::clone(&chunk.part));
        let ranks = Arc::clone(ranks);
        let place = chunk.next();
        let made = tokio::spawn(async move {
            let Some(chunk) = Chunk::at(&app, &batch, place, Some(&part)).await? else {
                return Ok(None);
            };
            let writing = Writing {
                app: &app,
                batch: &batch,
                ranks: &ranks,
            };
            let ready = writing.ahead(chunk.rows()).await?;
            Ok(Some((chunk, ready)))
        });
        self.next = Some((place, made));
    }
}

impl Drop for Ahead {
    fn drop(&mut self) {
        if let Some((_, made)) = &self.next {
            made.abort();
        }
    }
}
