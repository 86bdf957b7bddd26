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

    /// Waits until it is one's turn. Whoever stops waiting gives the turn back as soon as it comes.
    pub(crate) async fn pass(&self) -> Passed {
        let within = Arc::clone(&self.within).lock_owned().await;
        let Some(files) = self.files.clone() else {
            return Passed {
                files: None,
                _within: within,
            };
        };
        if files.at_once() {
            return Passed {
                files: Some(files),
                _within: within,
            };
        }
        // The turn belongs to the thread that waits for it until somebody takes it from there.
        let waiting = tokio::task::spawn_blocking(move || Passed {
            files: files.wait().is_ok().then_some(files),
            _within: within,
        });
        match waiting.await {
            Ok(passed) => passed,
            Err(_stopped) => Passed {
                files: None,
                _within: Arc::clone(&self.within).lock_owned().await,
            },
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
        self.let_next();
        held
    }

    fn let_next(&self) {
        if let Err(error) = self.next.unlock() {
            tracing::warn!(%error, "the gate of the database");
        }
    }

    /// Who waits to be next keeps the one who wrote last from writing again before them.
    fn wait(&self) -> std::io::Result<()> {
        self.next.lock()?;
        let held = self.writes.lock();
        self.let_next();
        held
    }
}
