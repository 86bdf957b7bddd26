//! Names of accounts for histories of other capabilities.

use crate::accounts::account_names;
use std::collections::BTreeMap;
use store::{Store, StoreResult};

/// Names of accounts; other texts stay as they are.
pub struct Names(BTreeMap<String, String>);

impl Names {
    /// The names of these.
    pub async fn of(store: &Store, who: impl IntoIterator<Item = &str>) -> StoreResult<Self> {
        let mut ids: Vec<String> = who.into_iter().map(str::to_owned).collect();
        ids.sort_unstable();
        ids.dedup();
        Ok(Self(account_names(store, &ids).await?))
    }

    /// The name of one.
    pub fn name(&self, who: &str) -> String {
        match self.0.get(who) {
            Some(name) => name.clone(),
            None if who.starts_with("system:") => "系统".to_owned(),
            None => who.to_owned(),
        }
    }
}
