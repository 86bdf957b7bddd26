//! The gate that writers of a SQLite file pass one after the other, in the order in which they came: within a process
//! and across processes (engineering.md 14). Without it a command that writes chunk after chunk would hold the database
//! nearly all the time, and a server beside it would find the gap between two chunks only by luck.

use std::fs::{File, OpenOptions};
use std::path::Path;
use std::sync::Arc;
use tokio::sync::{Mutex, OwnedMutexGuard};

/// What the two files beside the database are called: who writes holds the first, who is next holds the second.
pub(crate) const ENDINGS: [&str; 2] = ["-gate", "-next"];

/// The gate of one database file.
#[derive(Clone, Default)]
pub(crate) struct Gate {
    within: Arc<Mutex<()>>,
    files: Option<Arc<Files>>,
}

struct Files {
    writes: File,
    next: File,
}

/// Whoever holds it writes; nobody else does.
pub(crate) struct Passed {
    files: Option<Arc<Files>>,
    _within: OwnedMutexGuard<()>,
}

impl Drop for Passed {
    fn drop(&mut self) {
        if let Some(files) = &self.files
            && let Err(error) = files.writes.unlock()
        {
            tracing::warn!(%error, "the gate of the database stays shut until this process ends");
        }
    }
}

impl Gate {
    /// Of the database at `path`. Where no file can be made beside it, only this process keeps order.
    pub(crate) fn of(path: &str) -> Self {
        let open = |ending: &str| {
            OpenOptions::new()
                .create(true)
                .truncate(false)
                .write(true)
                .open(Path::new(&format!("{path}{ending}")))
        };
        let [writes, next] = ENDINGS;
        let files = match (open(writes), open(next)) {
            (Ok(writes), Ok(next)) => Some(Arc::new(Files { writes, next })),
            (Err(error), _) | (_, Err(error)) => {
                tracing::warn!(%error, "no gate beside the database: other processes write when they can");
                None
            }
        };
        Self {
            within: Arc::default(),
            files,
        }
    }

    /// Waits until it is one's turn.
    pub(crate) async fn pass(&self) -> Passed {
        let within = Arc::clone(&self.within).lock_owned().await;
        let mut files = self.files.clone();
        if let Some(both) = &files
            && !both.at_once()
        {
            let waiting = Arc::clone(both);
            let waited = tokio::task::spawn_blocking(move || waiting.wait()).await;
            if !matches!(waited, Ok(Ok(()))) {
                files = None;
            }
        }
        Passed {
            files,
            _within: within,
        }
    }
}

impl Files {
    /// Whether nobody writes and nobody waits: then it is held now.
    fn at_once(&self) -> bool {
        if self.next.try_lock().is_err() {
            return false;
        }
        let held = self.writes.try_lock().is_ok();
        if let Err(error) = self.next.unlock() {
            tracing::warn!(%error, "the gate of the database");
        }
        held
    }

    /// Who waits to be next keeps the one who wrote last from writing again before them.
    fn wait(&self) -> std::io::Result<()> {
        self.next.lock()?;
        let held = self.writes.lock();
        self.next.unlock()?;
        held
    }
}
