//! How long work is cut into pieces, and where a test may cut it short: every piece is whole, and begun again it goes
//! on where the last whole piece ended.

use std::sync::Arc;
use store::{StoreError, StoreResult};

/// Says whether to stop here.
pub type Halt = Arc<dyn Fn(&'static str) -> bool + Send + Sync>;

/// The pieces of long work.
#[derive(Clone)]
pub struct Pace {
    /// People in one transaction.
    pub chunk: i64,
    /// Asked at every seam; `true` breaks the work off as a kill would.
    pub halt: Option<Halt>,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            chunk: 1_000,
            halt: None,
        }
    }
}

impl std::fmt::Debug for Pace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Pace({})", self.chunk)
    }
}

impl Pace {
    /// A seam.
    pub(crate) fn seam(&self, at: &'static str) -> StoreResult<()> {
        match &self.halt {
            Some(halt) if halt(at) => Err(StoreError::Other(format!("broken off at {at}"))),
            _ => Ok(()),
        }
    }
}
