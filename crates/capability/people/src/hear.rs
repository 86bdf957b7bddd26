//! What this process keeps of people in memory, and what another one writes: a command beside the server, a worker of
//! its own, a second server. Every write that changes facts says in the outbox whose, in the same transaction; every
//! process asks and reads those people anew.

use host::{FactsChanged, PersonKey};
use kernel::Instant;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use store::{Store, StoreError, StoreResult};

/// Topic of the outbox.
const TOPIC: &str = "people.changed";
/// Seconds that a transaction may take: events older than the last one heard may still come to light for so long.
const LATE: i64 = 180;
/// Events read at once.
const PART: usize = 10;
/// Seconds after which everybody has heard.
const KEPT: i64 = 86_400;

/// What this process has heard, and what it has said itself.
#[derive(Debug)]
pub struct Ear(Mutex<Heard>);

#[derive(Debug)]
struct Heard {
    since: Instant,
    /// Events since then that were heard or said, with their moment.
    ids: BTreeMap<String, Instant>,
}

/// People by shard.
#[derive(serde::Serialize, serde::Deserialize)]
struct Told {
    people: BTreeMap<String, Vec<String>>,
}

impl Ear {
    /// An ear that hears what is written from now on; made before anything is read into memory.
    pub fn new(store: &Store) -> Self {
        Self(Mutex::new(Heard {
            since: store.clock().now().plus_seconds(-LATE),
            ids: BTreeMap::new(),
        }))
    }

    /// The hook that says in the outbox whose facts a transaction changed.
    pub fn tells(self: &Arc<Self>) -> FactsChanged {
        let ear = Arc::clone(self);
        Arc::new(move |tx, keys| {
            let ear = Arc::clone(&ear);
            Box::pin(async move {
                if keys.is_empty() {
                    return Ok(());
                }
                let mut people: BTreeMap<String, Vec<String>> = BTreeMap::new();
                for key in keys {
                    let shard = people.entry(key.shard.clone()).or_default();
                    shard.push(key.id.clone());
                }
                let told = serde_json::to_value(Told { people });
                let told = told.map_err(|error| StoreError::Other(error.to_string()))?;
                let id = tx.emit(TOPIC, &told).await?;
                ear.heard().ids.insert(id, tx.at());
                Ok(())
            })
        })
    }

    /// People whom other processes wrote since this was last asked; a few thousand at a time, empty when there are
    /// no more.
    pub async fn hear(&self, store: &Store) -> StoreResult<Vec<PersonKey>> {
        let (now, since) = (store.clock().now(), self.heard().since);
        let new: Vec<(String, Instant)> = {
            let events = store.events(TOPIC, since).await?;
            let heard = self.heard();
            events
                .into_iter()
                .filter(|(id, _)| !heard.ids.contains_key(id))
                .take(PART)
                .collect()
        };
        if new.is_empty() {
            // Everything was heard up to now: what is older need not be asked for again.
            let mut heard = self.heard();
            heard.since = since.max(now.plus_seconds(-LATE));
            let since = heard.since;
            heard.ids.retain(|_, at| *at >= since);
            return Ok(Vec::new());
        }
        let ids: Vec<&str> = new.iter().map(|(id, _)| id.as_str()).collect();
        let mut people: BTreeSet<PersonKey> = BTreeSet::new();
        for payload in store.payloads(&ids).await? {
            let told: Told = serde_json::from_str(&payload)
                .map_err(|error| StoreError::Other(format!("{TOPIC}: {error}")))?;
            for (shard, ids) in told.people {
                people.extend(ids.into_iter().map(|id| PersonKey {
                    shard: shard.clone(),
                    id,
                }));
            }
        }
        self.heard().ids.extend(new);
        Ok(people.into_iter().collect())
    }

    fn heard(&self) -> MutexGuard<'_, Heard> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Forgets what everybody has heard by now. Once a day.
pub async fn forget_heard(store: &Store) -> StoreResult<()> {
    let mut tx = store.begin(&authz::Actor::system("nightly"), None).await?;
    let before = tx.at().plus_seconds(-KEPT);
    let forgotten = tx.forget_events(TOPIC, before).await?;
    if forgotten == 0 {
        return tx.rollback().await;
    }
    tx.audit(store::Audit::new("outbox.forget").with("events", forgotten as i64));
    tx.commit().await
}
