//! The only door for other capabilities and commands: an import without pages. Jobs do the work; whoever calls runs
//! them, or waits for the one who does.

pub use crate::acts::{Refusal, Said};
pub use crate::cells::CellReader;

use crate::batch;
use crate::kind::Kind;
use authz::Actor;
use files::Files;
use host::AppState;
use std::io::Write;
use std::path::Path;
use store::{StoreError, StoreResult};

/// Where a list is uploaded: the one request that may take as long as a gigabyte over a slow line does.
pub const UPLOAD: &str = "/intake";

/// The kinds of jobs that do the work; they need no page's names in memory.
pub const JOBS: &[&str] = &[crate::check::KIND, crate::commit::KIND, crate::undo::KIND];

/// How many rows became what, and where an import stands.
#[derive(Debug, Clone, Default)]
pub struct Shown {
    /// A job is at it, or will be.
    pub busy: bool,
    /// Where it stands, in words.
    pub state: &'static str,
    /// Rows read.
    pub read: i64,
    /// New, changed, unchanged, conflicting, refused.
    pub counts: [i64; 5],
    /// Rows committed.
    pub done: i64,
    /// Rows to commit.
    pub todo: i64,
    /// Why a second person must agree.
    pub stop: Option<String>,
    /// What went wrong.
    pub error: Option<String>,
}

/// Keys and titles of the kinds.
pub fn kinds() -> Vec<(&'static str, &'static str)> {
    Kind::all()
        .into_iter()
        .map(|kind| (kind.key, kind.title))
        .collect()
}

/// Takes a file of this computer into the files of the installation and begins an import.
pub async fn begin(
    app: &AppState,
    actor: &Actor,
    kind: &str,
    path: &Path,
) -> Result<String, Refusal> {
    let kind = Kind::of(kind).ok_or_else(|| {
        let known: Vec<&str> = Kind::all().iter().map(|kind| kind.key).collect();
        Refusal::Says(format!(
            "没有「{kind}」这种名单，可用：{}",
            known.join("、")
        ))
    })?;
    let unreadable =
        |error: std::io::Error| Refusal::Says(format!("读不了 {}：{error}", path.display()));
    let files = app.part::<Files>()?;
    let mut file = std::fs::File::open(path).map_err(unreadable)?;
    let mut writer = std::io::BufWriter::with_capacity(1 << 16, files.create(&app.store)?);
    std::io::copy(&mut file, &mut writer).map_err(unreadable)?;
    writer.flush().map_err(unreadable)?;
    let writer = writer
        .into_inner()
        .map_err(|error| StoreError::Other(error.to_string()))?;
    let name = path.file_name().map_or_else(
        || "名单".to_owned(),
        |name| name.to_string_lossy().into_owned(),
    );
    crate::acts::begin(app, actor, &kind, &name, writer).await
}

/// Says what a list is; a job checks it.
pub async fn say(app: &AppState, actor: &Actor, id: &str, said: Said) -> Result<(), Refusal> {
    crate::acts::say(app, actor, id, said).await
}

/// Starts the commit of a checked import.
pub async fn commit(app: &AppState, actor: &Actor, id: &str) -> Result<(), Refusal> {
    crate::acts::commit(app, actor, id).await
}

/// A second person agrees to a list that differs much from the one before.
pub async fn approve(app: &AppState, actor: &Actor, id: &str) -> Result<(), Refusal> {
    crate::acts::approve(app, actor, id).await
}

/// Starts taking a whole import back.
pub async fn withdraw(app: &AppState, actor: &Actor, id: &str) -> Result<(), Refusal> {
    crate::acts::withdraw(app, actor, id).await
}

/// Where an import stands.
pub async fn look(app: &AppState, id: &str) -> StoreResult<Shown> {
    let Some(batch) = batch::find(&app.store, id).await? else {
        return Err(StoreError::Other(format!("no import {id}")));
    };
    let counts = crate::report::counts(&batch)?;
    Ok(Shown {
        busy: batch.state.busy(),
        state: batch.state.zh(),
        read: batch.read,
        counts: [
            counts.new,
            counts.changed,
            counts.same,
            counts.conflict,
            counts.refused,
        ],
        done: batch.done,
        todo: batch.todo,
        stop: batch.stop.filter(|_| batch.approved_name.is_none()),
        error: batch.error,
    })
}
