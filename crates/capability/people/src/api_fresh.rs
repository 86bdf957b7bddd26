//! People as a transaction has just written them: who answers for many of them in the same transaction need not read
//! them again.

use crate::api::{NewPerson, Person};
use crate::model::Record;
use crate::store as sql;
use host::PersonKey;
use kernel::Instant;
use rules::facts::Facts;
use std::collections::HashMap;
use store::{StoreResult, Tx};

/// Somebody as they stand in the running transaction, with what answering for them takes.
#[derive(Debug, Clone)]
pub struct Fresh {
    /// Key.
    pub key: PersonKey,
    /// Household id.
    pub household: Option<String>,
    /// When the register first knew them.
    pub registered: Instant,
    /// Current value of every fact.
    pub facts: Facts,
    /// All acts of recording.
    pub records: Vec<Record>,
    /// Registered in this transaction: nothing stands anywhere of them yet.
    pub new: bool,
}

impl Fresh {
    /// Of somebody who was held with their records, or told something just now.
    pub(crate) fn of(person: &Person, records: Vec<Record>) -> Self {
        Self {
            key: person.key.clone(),
            household: person.household.clone(),
            registered: person.registered,
            facts: person.facts.clone(),
            records,
            new: false,
        }
    }

    /// Of somebody who was registered just now.
    pub(crate) fn of_new(person: NewPerson, facts: Facts) -> Self {
        Self {
            key: person.key,
            household: person.household,
            registered: person.registered,
            facts,
            records: person.records,
            new: true,
        }
    }
}

/// By person id, beside the transaction.
#[derive(Default)]
struct Written(HashMap<String, Fresh>);

/// Keeps people beside the transaction as they were just written.
pub(crate) fn keep(tx: &mut Tx, people: impl IntoIterator<Item = Fresh>) {
    let mut written = tx.take::<Written>().unwrap_or_default();
    for fresh in people {
        written.0.insert(fresh.key.id.clone(), fresh);
    }
    tx.keep(written);
}

/// Somebody is written in another way: what was kept is not what stands there.
pub(crate) fn forget(tx: &mut Tx) {
    drop(tx.take::<Written>());
}

/// As [`forget`], of these people only.
pub(crate) fn forget_of<'a>(tx: &mut Tx, ids: impl Iterator<Item = &'a str>) {
    if let Some(mut written) = tx.take::<Written>() {
        for id in ids {
            written.0.remove(id);
        }
        tx.keep(written);
    }
}

/// These people as they stand in the transaction, in key order: those it wrote just now as they were written, the
/// others read.
pub async fn fresh(tx: &mut Tx, keys: &[PersonKey]) -> StoreResult<Vec<Fresh>> {
    let mut written = tx.take::<Written>().unwrap_or_default();
    let mut out = Vec::with_capacity(keys.len());
    let mut rest: Vec<PersonKey> = Vec::new();
    for key in keys {
        match written.0.remove(&key.id) {
            Some(fresh) => out.push(fresh),
            None => rest.push(key.clone()),
        }
    }
    if !written.0.is_empty() {
        tx.keep(written);
    }
    if !rest.is_empty() {
        let mut records = sql::intake::records(tx, &rest).await?;
        for person in sql::intake::of(tx, &rest).await? {
            let records = records.remove(&person.key.id).unwrap_or_default();
            out.push(Fresh::of(&person, records));
        }
    }
    out.sort_by(|a, b| a.key.cmp(&b.key));
    Ok(out)
}
