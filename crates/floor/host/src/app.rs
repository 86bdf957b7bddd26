//! The running application: the store, the hooks the app wired, and one object per capability.

use crate::capability::FailedWork;
use crate::counter::DeskCounter;
use crate::erasure::{Erasure, RecordKind};
use crate::export::ExportSpec;
use crate::handover::Handover;
use crate::joining::Joining;
use crate::menu::NavEntry;
use crate::panel::PersonPanel;
use crate::sealing::Sealing;
use crate::snapshot::SnapshotTable;
use kernel::{Clock, Day};
use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::pin::Pin;
use std::sync::Arc;
use store::{Store, StoreError, StoreResult, Tx};

/// Key of a person in every large table: the shard never changes, whatever area the person lives in
/// (engineering.md 3).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonKey {
    /// Short code fixed at first registration.
    pub shard: String,
    /// UUIDv7 text.
    pub id: String,
}

/// Set when the database was made by `laoyou demo`.
#[derive(Debug, Clone, Copy)]
pub struct DemoMode {
    /// The demo's day.
    pub today: Day,
}

/// A boxed future, for hooks.
pub type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Called in the transaction that changed facts of these people (engineering.md 7).
pub type FactsChanged =
    Arc<dyn for<'a> Fn(&'a mut Tx, &'a [PersonKey]) -> Boxed<'a, StoreResult<()>> + Send + Sync>;

/// The running application.
pub struct App {
    /// The database.
    pub store: Store,
    /// The installation's place, such as 随州市.
    pub place: String,
    /// Demo mode, if this is a demo.
    pub demo: Option<DemoMode>,
    /// All menu entries, in order.
    pub nav: Vec<NavEntry>,
    /// Hook: facts of a person changed.
    pub facts_changed: Vec<FactsChanged>,
    /// What capabilities show on a person's page, in order.
    pub panels: Vec<PersonPanel>,
    /// Lists that can be exported.
    pub exports: Vec<ExportSpec>,
    /// What capabilities count on the desk, in order.
    pub counters: Vec<DeskCounter>,
    /// Work that accounts own, by kind.
    pub handovers: Vec<Handover>,
    /// What capabilities blank when a person is erased, in order.
    pub erasures: Vec<Erasure>,
    /// How what capabilities keep follows where two files become one person, in order.
    pub joinings: Vec<Joining>,
    /// Records that rules of retention can speak of.
    pub record_kinds: Vec<RecordKind>,
    /// What to do where a job failed for good, by its kind.
    pub failed: Vec<FailedWork>,
    /// What capabilities write into a snapshot, in order.
    pub snapshots: Vec<SnapshotTable>,
    /// What capabilities keep under the installation's keys, in order.
    pub sealed: Vec<Sealing>,
    parts: HashMap<TypeId, Arc<dyn Any + Send + Sync>>,
}

/// What handlers share.
pub type AppState = Arc<App>;

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "App({})", self.place)
    }
}

impl App {
    /// An application over this store, with nothing plugged in yet.
    pub fn new(store: Store, place: &str, demo: Option<DemoMode>) -> Self {
        Self {
            store,
            place: place.to_owned(),
            demo,
            nav: Vec::new(),
            facts_changed: Vec::new(),
            panels: Vec::new(),
            exports: Vec::new(),
            counters: Vec::new(),
            handovers: Vec::new(),
            erasures: Vec::new(),
            joinings: Vec::new(),
            record_kinds: Vec::new(),
            failed: Vec::new(),
            snapshots: Vec::new(),
            sealed: Vec::new(),
            parts: HashMap::new(),
        }
    }

    /// Adds the one object of a type, such as the cache of published lists.
    pub fn with_part<T: Any + Send + Sync>(mut self, part: Arc<T>) -> Self {
        self.parts.insert(TypeId::of::<T>(), part);
        self
    }

    /// The object of this type that the app put in.
    pub fn part<T: Any + Send + Sync>(&self) -> StoreResult<Arc<T>> {
        self.parts
            .get(&TypeId::of::<T>())
            .and_then(|part| Arc::clone(part).downcast::<T>().ok())
            .ok_or_else(|| {
                StoreError::Other(format!("{} was not plugged in", std::any::type_name::<T>()))
            })
    }

    /// The clock.
    pub fn clock(&self) -> &dyn Clock {
        self.store.clock()
    }

    /// Runs the hooks after facts of these people changed, in the same transaction.
    pub async fn facts_changed(&self, tx: &mut Tx, people: &[PersonKey]) -> StoreResult<()> {
        for hook in &self.facts_changed {
            hook(tx, people).await?;
        }
        Ok(())
    }
}
