//! What a capability plugs into: routes with their access, menu entries, migrations, jobs, hooks.
//!
//! A capability is one crate with `pub fn capability() -> Capability`. The app adds them up, wires the
//! hooks and serves. Handlers take a [`Ctx`]: who asks, where they may look, how to read and write.

pub mod among;
pub mod app;
pub mod capability;
pub mod counter;
pub mod ctx;
pub mod download;
pub mod erasure;
pub mod export;
pub mod failure;
pub mod handover;
pub mod joining;
pub mod menu;
pub mod panel;
pub mod paper;
pub mod route;
pub mod sealing;
pub mod snapshot;
#[cfg(feature = "testing")]
pub mod testing;
pub mod upload;
pub mod veil;

pub use among::among;
pub use app::{App, AppState, Boxed, DemoMode, FactsChanged, PersonKey};
pub use capability::{Capability, FailedWork, JobSpec};
pub use counter::{Counted, DeskCounter};
pub use ctx::{Ctx, Session};
pub use download::download;
pub use erasure::{Blanks, DueAsk, DueRecord, ERASED, Erasing, Erasure, RecordKind, blank_texts};
pub use export::{ExportAsk, ExportSpec, export_href};
pub use failure::{Failure, Page};
pub use handover::{Handover, OwnedItem};
pub use joining::{Joining, Matters, Once};
pub use menu::{NavEntry, menu_for};
pub use panel::{PanelPlace, PersonPanel, PersonView};
pub use paper::{Format, demo_notice, paper_file, set_paper};
pub use route::{Access, Route, Routes, may_send};
pub use sealing::Sealing;
pub use snapshot::{SnapshotAsk, SnapshotFile, SnapshotTable, SnapshotWriter};
pub use upload::{MOST_UPLOADED, UPLOAD_HINT, Upload, upload_form};
