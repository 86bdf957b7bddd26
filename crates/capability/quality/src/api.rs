//! The only door for other capabilities: filing a request to the office that keeps a fact.

use crate::requests::{self, New};
use authz::Actor;
use kernel::Day;
use people::api::Person;
use rules::facts::{FactId, Value};
use store::{Audit, StoreResult, Tx};

/// What another office is asked to correct, on the word of another system.
#[derive(Debug)]
pub struct Ask<'a> {
    /// Whose fact.
    pub person: &'a Person,
    /// Which fact.
    pub fact: FactId,
    /// What it should be; `None` is not known.
    pub value: Option<Value>,
    /// First day it is true.
    pub since: Day,
    /// Where it was found, in words.
    pub says: &'a str,
}

/// Files a request (更正申请); [`store::StoreError::Duplicate`] where one about this fact waits already.
pub async fn ask(tx: &mut Tx, actor: &Actor, ask: Ask<'_>) -> StoreResult<()> {
    let new = New {
        person: ask.person,
        fact: ask.fact,
        value: ask.value,
        since: ask.since,
        basis: "other_system",
        says: Some(ask.says),
    };
    requests::file(tx, actor, new).await?;
    tx.audit(
        Audit::new("correction.ask")
            .person(&ask.person.key.shard, &ask.person.key.id)
            .with("fact", ask.fact.name())
            .with("reason", "other_system"),
    );
    Ok(())
}
