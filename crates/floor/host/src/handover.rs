//! Work that an account owns: counted, listed and passed on when somebody leaves, without `org` knowing it.

use crate::app::Boxed;
use std::sync::Arc;
use store::{Audit, Reads, Store, StoreResult, Tx};

/// One piece of open work. Whoever hands over sees it, also administrators: no name, number or phone stands in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnedItem {
    /// Its key.
    pub id: String,
    /// What it is: «任务 12 家庭养老床位».
    pub title: String,
}

/// Open work of one account.
pub type OwnedBy =
    Arc<dyn for<'a> Fn(&'a Store, &'a str) -> Boxed<'a, StoreResult<Vec<OwnedItem>>> + Send + Sync>;

/// Passes open work from the first account to the second: what it owns now, or of that only these keys. Gives the keys
/// that were passed; writes its own audit rows.
pub type PassOn = Arc<
    dyn for<'a> Fn(
            &'a mut Tx,
            &'a str,
            &'a str,
            Option<&'a [String]>,
        ) -> Boxed<'a, StoreResult<Vec<String>>>
        + Send
        + Sync,
>;

/// Every account that owns open work, and how many pieces.
pub type Owners =
    Arc<dyn for<'a> Fn(&'a Store) -> Boxed<'a, StoreResult<Vec<(String, i64)>>> + Send + Sync>;

/// A kind of work that has an owner.
#[derive(Clone)]
pub struct Handover {
    /// Stable key, such as `tasks`.
    pub key: &'static str,
    /// «督办任务».
    pub title: &'static str,
    /// What one account owns.
    pub owned_by: OwnedBy,
    /// Passes it on.
    pub pass_on: PassOn,
    /// Who owns any.
    pub owners: Owners,
}

impl std::fmt::Debug for Handover {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Handover({})", self.key)
    }
}

/// Who owns how much, by a statement of the columns `account` and `n`.
pub async fn owners_of(store: &Store, sql: &str) -> StoreResult<Vec<(String, i64)>> {
    let rows = store.all(sql, vec![]).await?;
    rows.iter()
        .map(|row| Ok((row.text("account")?, row.int("n")?)))
        .collect()
}

/// Logs how much was passed on under the name of an act; nothing where nothing was.
pub fn log_passed(tx: &mut Tx, act: &'static str, from: &str, to: &str, passed: &[String]) {
    if !passed.is_empty() {
        tx.audit(
            Audit::new(act)
                .subject(from)
                .with("to", to)
                .with("count", passed.len() as i64),
        );
    }
}
