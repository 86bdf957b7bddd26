//! Who somebody is to those who may not know the login: name, and the office where they work.

use crate::accounts::{account_names, grants_of_many};
use crate::scope::resolve_scope;
use area::api::AreaBook;
use authz::Role;
use kernel::Day;
use std::collections::BTreeMap;
use store::{Reads, StoreResult};

/// An account as a reader of the log may know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Office {
    /// 「张敏」.
    pub name: String,
    /// 「曾都区万店镇」, as it is today.
    pub place: String,
}

/// Names and places of these accounts by id; ids that are no account (the product's own work) are left out.
pub async fn offices(
    reads: &impl Reads,
    book: &AreaBook,
    ids: &[String],
    today: Day,
) -> StoreResult<BTreeMap<String, Office>> {
    let names = account_names(reads, ids).await?;
    let mut grants = grants_of_many(reads, ids).await?;
    Ok(names
        .into_iter()
        .map(|(id, name)| {
            let granted = grants.remove(&id).unwrap_or_default();
            // Any role with people in it: only the places are wanted here.
            let (_, place) = resolve_scope(Role::TownWorker, &granted, book, today);
            (id, Office { name, place })
        })
        .collect())
}
