//! What this capability keeps in memory: settings, the cache of sessions, and the turn for slow hashes.

use crate::pace::Pace;
use crate::password::{HashCost, PasswordHash};
use crate::sessions::Cache;
use crate::settings::OrgSettings;
use kernel::Day;
use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use store::{StoreError, StoreResult, secure_random};
use tokio::sync::Semaphore;

/// Hashes computed at the same time: each takes 19 MiB and a core.
const HASHES_AT_ONCE: usize = 4;

/// The part that the app puts in: `app.with_part(Arc::new(Org::new(settings)?))`.
pub struct Org {
    /// Parameters of signing in.
    pub settings: OrgSettings,
    nobody: PasswordHash,
    turns: Semaphore,
    cache: Mutex<Cache>,
    pace: Mutex<Pace>,
    reported: Mutex<(Option<Day>, HashSet<String>)>,
}

impl std::fmt::Debug for Org {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Org({:?})", self.settings)
    }
}

impl Org {
    /// With these settings and an empty cache.
    pub fn new(settings: OrgSettings) -> StoreResult<Self> {
        // Hash of a password nobody knows: unknown logins cost as much as known ones.
        let nobody = PasswordHash::of(&secure_random::token()?, settings.cost)?;
        Ok(Self {
            settings,
            nobody,
            turns: Semaphore::new(HASHES_AT_ONCE),
            cache: Mutex::default(),
            pace: Mutex::default(),
            reported: Mutex::default(),
        })
    }

    /// Whether the password fits; with no hash the same work is done and the answer is no.
    pub(crate) async fn fits(
        &self,
        hash: Option<PasswordHash>,
        password: String,
    ) -> StoreResult<bool> {
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| self.nobody.clone());
        let fits = self.slow(move || Ok(hash.fits(&password))).await?;
        Ok(known && fits)
    }

    /// Hashes a new password.
    pub(crate) async fn hash(&self, password: String) -> StoreResult<PasswordHash> {
        let cost: HashCost = self.settings.cost;
        self.slow(move || PasswordHash::of(&password, cost)).await
    }

    async fn slow<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> StoreResult<T> + Send + 'static,
    ) -> StoreResult<T> {
        let broken = |error: String| StoreError::Other(format!("hashing: {error}"));
        let turn = self
            .turns
            .acquire()
            .await
            .map_err(|error| broken(error.to_string()))?;
        let result = tokio::task::spawn_blocking(work)
            .await
            .map_err(|error| broken(error.to_string()))?;
        drop(turn);
        result
    }

    pub(crate) fn pace(&self) -> MutexGuard<'_, Pace> {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether this is the first of its kind today.
    pub(crate) fn first_today(&self, what: &str, today: Day) -> bool {
        let mut reported = self.reported.lock().unwrap_or_else(PoisonError::into_inner);
        if reported.0 != Some(today) {
            *reported = (Some(today), HashSet::new());
        }
        reported.1.insert(what.to_owned())
    }

    pub(crate) fn cache(&self) -> MutexGuard<'_, Cache> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
