//! Everybody walked once over their records: read, worked out and written down side by side, in order.

use entitle::api::walk::{self, Answer, Receipts};
use kernel::Instant;
use people::api::{PersonKey, Record};
use std::collections::VecDeque;
use std::sync::Arc;
use store::{Store, StoreError, StoreResult};
use tokio::task::{JoinHandle, spawn_blocking};

/// Parts that are worked out at once.
const AT_ONCE: usize = 2;

/// A part of the register as it was read.
pub(crate) struct Chunk {
    pub(crate) people: Vec<(PersonKey, Vec<Record>)>,
    pub(crate) receipts: Receipts,
    /// Stored answers in key order, where they were asked for.
    pub(crate) answers: Vec<Answer>,
}

/// What a walk does with parts: `work` runs on two threads at once, `take` in the order of keys.
pub(crate) trait Work: Send + Sync + 'static {
    /// What comes of a part.
    type Done: Send + 'static;
    /// Where it goes.
    type Sink: Send + 'static;

    /// Works a part out. Pure.
    fn work(&self, chunk: Chunk) -> Self::Done;

    /// Writes it down.
    fn take(&self, sink: &mut Self::Sink, done: Self::Done) -> StoreResult<()>;
}

/// Recordings and receipts up to this moment count; whether stored answers are read too.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted {
    pub(crate) known: Instant,
    pub(crate) answers: bool,
}

type Taken<W> = JoinHandle<StoreResult<<W as Work>::Sink>>;

/// Walks everybody; gives the sink back.
pub(crate) async fn everybody<W: Work>(
    store: &Store,
    work: W,
    sink: W::Sink,
    wanted: Wanted,
) -> StoreResult<W::Sink> {
    let work = Arc::new(work);
    let mut open: VecDeque<JoinHandle<W::Done>> = VecDeque::new();
    let mut taken: Taken<W> = spawn_blocking(move || Ok(sink));
    for part in people::api::walk_parts(store).await? {
        let chunk = Chunk {
            people: people::api::walk_records(store, &part).await?,
            receipts: walk::receipts(store, &part, wanted.known).await?,
            answers: if wanted.answers {
                walk::answers(store, &part).await?
            } else {
                Vec::new()
            },
        };
        let each = Arc::clone(&work);
        open.push_back(spawn_blocking(move || each.work(chunk)));
        if open.len() > AT_ONCE
            && let Some(first) = open.pop_front()
        {
            taken = next(&work, taken, first).await?;
        }
    }
    for done in open {
        taken = next(&work, taken, done).await?;
    }
    joined(taken).await?
}

async fn next<W: Work>(
    work: &Arc<W>,
    taken: Taken<W>,
    done: JoinHandle<W::Done>,
) -> StoreResult<Taken<W>> {
    let (done, mut sink) = (joined(done).await?, joined(taken).await??);
    let work = Arc::clone(work);
    Ok(spawn_blocking(move || {
        work.take(&mut sink, done)?;
        Ok(sink)
    }))
}

async fn joined<T>(handle: JoinHandle<T>) -> StoreResult<T> {
    handle
        .await
        .map_err(|error| StoreError::Other(error.to_string()))
}
