//! What a capability offers to the app.

use crate::app::{AppState, Boxed};
use crate::counter::DeskCounter;
use crate::erasure::{Erasure, RecordKind};
use crate::export::ExportSpec;
use crate::handover::Handover;
use crate::joining::Joining;
use crate::menu::NavEntry;
use crate::panel::PersonPanel;
use crate::route::Routes;
use crate::sealing::Sealing;
use crate::snapshot::SnapshotTable;
use std::sync::Arc;
use store::Migration;
use store::jobs::{Job, JobError};

/// Runs one claimed job; running it twice changes nothing.
pub type JobRunner =
    Arc<dyn Fn(AppState, Job) -> Boxed<'static, Result<(), JobError>> + Send + Sync>;

/// A kind of job.
#[derive(Clone)]
pub struct JobSpec {
    /// Stable kind, such as `entitle.recompute`.
    pub kind: &'static str,
    /// What runs it.
    pub run: JobRunner,
}

/// Words for who started a job that failed for good.
#[derive(Clone, Copy)]
pub struct FailedWork {
    /// The job's kind.
    pub kind: &'static str,
    /// What was started: 「导入名单」.
    pub title: &'static str,
    /// What to do now.
    pub advice: &'static str,
    /// Where to do it, from the job's payload.
    pub href: fn(&str) -> String,
}

/// One capability, as it plugs itself in.
#[derive(Default)]
pub struct Capability {
    /// Its crate's name.
    pub name: &'static str,
    /// Tables it owns; nobody else's SQL names them (`xtask tidy`).
    pub tables: &'static [&'static str],
    /// Its pages.
    pub routes: Routes,
    /// Its menu entries.
    pub nav: Vec<NavEntry>,
    /// Its schema.
    pub migrations: Vec<Migration>,
    /// What it shows on a person's page.
    pub panels: Vec<PersonPanel>,
    /// Its jobs.
    pub jobs: Vec<JobSpec>,
    /// Its lists that can be exported.
    pub exports: Vec<ExportSpec>,
    /// What it counts on the desk.
    pub counters: Vec<DeskCounter>,
    /// Its work that accounts own.
    pub handovers: Vec<Handover>,
    /// Its part in erasing a person.
    pub erasures: Vec<Erasure>,
    /// Its part in making one person of two files.
    pub joinings: Vec<Joining>,
    /// Its records that rules of retention can speak of.
    pub record_kinds: Vec<RecordKind>,
    /// What to do where one of its jobs failed for good.
    pub failed: Vec<FailedWork>,
    /// Its tables in a snapshot.
    pub snapshots: Vec<SnapshotTable>,
    /// What it keeps under the installation's keys.
    pub sealed: Vec<Sealing>,
}
