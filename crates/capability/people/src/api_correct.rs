//! Correcting a fact, for the page of the owner and for other capabilities that decide on corrections.

use crate::api::{self, Person, Record, Set};
use crate::store::write;
use host::{App, PersonKey};
use kernel::Day;
use rules::facts::{FactId, Value};
use store::{Audit, StoreResult, Tx};

/// A fact gets another value since a day (invariant 5: it supersedes, nothing is overwritten).
#[derive(Debug, Clone)]
pub struct Correction {
    /// Which fact.
    pub fact: FactId,
    /// Its value; `None` says that it is not known.
    pub value: Option<Value>,
    /// First day it is true.
    pub since: Day,
    /// What it rests on, in words.
    pub source: String,
    /// Who records it.
    pub by: String,
    /// Code of the reason.
    pub reason: String,
    /// Free text, kept where it can be erased.
    pub remark: Option<String>,
}

/// Raises the version of a person that must still be `version`; `false` says that somebody else was first.
pub async fn claim(tx: &mut Tx, key: &PersonKey, version: i64) -> StoreResult<bool> {
    write::claim(tx, key, version).await
}

/// Records a correction of a claimed person, moves answers and lists, audits; returns the person as of now.
/// After the commit the caller tells [`crate::api::NameIndex::put`].
pub async fn correct(
    app: &App,
    tx: &mut Tx,
    key: &PersonKey,
    correction: Correction,
) -> StoreResult<Person> {
    let records = api::records(tx, key).await?;
    let record = Record {
        seq: records.iter().map(|record| record.seq).max().unwrap_or(0) + 1,
        recorded: tx.at(),
        source: correction.source,
        by: correction.by,
        sets: vec![Set {
            fact: correction.fact,
            value: correction.value,
            since: correction.since,
            until: None,
        }],
        reason: Some(correction.reason.clone()),
        withdrawn: None,
    };
    write::add_record(tx, key, &record).await?;
    if let Some(remark) = correction.remark {
        write::add_remark(tx, key, record.seq, &remark).await?;
    }
    let changed = api::refresh(tx, &key.id).await?;
    app.facts_changed(tx, std::slice::from_ref(key)).await?;
    tx.audit(
        Audit::new("fact.correct")
            .person(&key.shard, &key.id)
            .with("fact", correction.fact.name())
            .with("since", correction.since.to_string())
            .with("reason", correction.reason),
    );
    Ok(changed)
}
