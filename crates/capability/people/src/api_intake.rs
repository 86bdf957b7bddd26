//! Doors for lists that come from outside: many people looked up, recorded, ended and taken back at once.

pub use crate::store::intake::Beside;
pub use crate::store::meant::Meant;

use crate::api::Person;
use crate::api_ready::{ReadyTold, Resolved};
use crate::model::{Record, Roll, RollBook, leaver, resolve};
use crate::store::{self as sql, history::Event};
use host::PersonKey;
use kernel::AreaCode;
use rules::facts::{FactId, Value};
use std::collections::{BTreeMap, HashMap};
use store::{Keys, Reads, Sealed, StoreResult, Tx};

/// The people with these identity numbers (checked, 18 characters), by number, with these facts and,
/// where asked, what stands beside them; some statements for thousands of numbers.
pub async fn by_numbers(
    reads: &impl Reads,
    keys: &Keys,
    numbers: &[&str],
    facts: &[FactId],
    beside: bool,
) -> StoreResult<HashMap<String, Meant>> {
    sql::meant::by_numbers(reads, keys, numbers, facts, beside).await
}

/// The people with these 临时编号; a number may stand for several.
pub async fn by_provisional(
    reads: &impl Reads,
    codes: &[&str],
    facts: &[FactId],
    beside: bool,
) -> StoreResult<HashMap<String, Vec<Meant>>> {
    sql::meant::by_provisional(reads, codes, facts, beside).await
}

/// These people whatever the scope, in key order: for work on records that were already decided about.
pub async fn of_keys(reads: &impl Reads, keys: &[PersonKey]) -> StoreResult<Vec<Person>> {
    sql::intake::of(reads, keys).await
}

/// What these people are called, with their sealed identity numbers, by id: for files that go to a bank.
pub async fn called(
    reads: &impl Reads,
    keys: &[PersonKey],
) -> StoreResult<HashMap<String, (String, Option<Sealed>)>> {
    sql::intake::called(reads, keys).await
}

/// These people with all acts of recording, held by the transaction until it ends.
pub async fn hold_with_records(
    tx: &Tx,
    keys: &[PersonKey],
) -> StoreResult<Vec<(Person, Vec<Record>)>> {
    let people = sql::intake::held(tx, keys).await?;
    Ok(joined(people, sql::intake::records(tx, keys).await?))
}

/// Holds these people until the transaction ends; on SQLite nobody else writes anyway.
pub async fn hold_keys(tx: &Tx, keys: &[PersonKey]) -> StoreResult<()> {
    if !tx.for_update_of("p").is_empty() {
        sql::intake::versions(tx, keys).await?;
    }
    Ok(())
}

/// These people with all acts of recording, as they stand; nobody is held.
pub async fn with_records(
    reads: &impl Reads,
    keys: &[PersonKey],
) -> StoreResult<Vec<(Person, Vec<Record>)>> {
    let people = sql::intake::of(reads, keys).await?;
    let records = sql::intake::records(reads, keys).await?;
    Ok(joined(people, records))
}

fn joined(
    people: Vec<Person>,
    mut records: HashMap<String, Vec<Record>>,
) -> Vec<(Person, Vec<Record>)> {
    people
        .into_iter()
        .map(|person| {
            let records = records.remove(&person.key.id).unwrap_or_default();
            (person, records)
        })
        .collect()
}

/// All acts of recording of these people, by id.
pub async fn records_of(
    reads: &impl Reads,
    keys: &[PersonKey],
) -> StoreResult<HashMap<String, Vec<Record>>> {
    sql::intake::records(reads, keys).await
}

/// The people registered in an area with the current value of a fact, in key order behind `after`.
pub async fn registered_in(
    reads: &impl Reads,
    area: &AreaCode,
    fact: FactId,
    after: Option<&PersonKey>,
    most: i64,
) -> StoreResult<Vec<(PersonKey, Option<AreaCode>, Option<Value>)>> {
    sql::registered_in::registered_in(reads, area, fact, after, most).await
}

/// What an act of recording adds to somebody who is held by the transaction.
#[derive(Debug)]
pub struct Told {
    /// The person with all acts so far.
    pub held: (Person, Vec<Record>),
    /// What is told; its number is given here. `None` where only a roll speaks.
    pub record: Option<Record>,
    /// What stood beside the facts and what stands there now, where that changes.
    pub beside: Option<(Beside, Beside)>,
    /// A death or move that goes with it.
    pub event: Option<Event>,
}

/// Records what is told of these people and brings their rows to what is known now; returns who changed, as they
/// are. The caller runs the hooks and audits.
pub async fn tell(tx: &mut Tx, told: Vec<Told>, rolls: &RollBook) -> StoreResult<Vec<Person>> {
    let ready = ReadyTold::of(told, rolls, crate::api::now(tx));
    ready.write(tx).await
}

/// The records of those who were on an earlier roll and are not on this one, among people who are not on it; the
/// rest of them is settled by the roll. Brings all their rows to what is known now; returns who changed.
pub async fn end_by_roll(
    tx: &mut Tx,
    held: Vec<(Person, Vec<Record>)>,
    roll: &Roll,
    rolls: &RollBook,
) -> StoreResult<Vec<Person>> {
    let told = held
        .into_iter()
        .map(|held| Told {
            record: leaver(&held.1, roll),
            held,
            beside: None,
            event: None,
        })
        .collect();
    tell(tx, told, rolls).await
}

/// The source under which [`end_by_roll`] records who left a roll of this source.
pub fn leavers_source(source: &str) -> String {
    format!("{source}（不在册）")
}

/// Takes back what these people were told from these sources, and the events this writer reported; brings their rows
/// to what is known now and returns who changed. `back` is what stood beside the facts before, by person id.
pub async fn take_back(
    tx: &mut Tx,
    keys: &[PersonKey],
    sources: &[String],
    events_by: &str,
    mut back: BTreeMap<String, Beside>,
    rolls: &RollBook,
) -> StoreResult<Vec<Person>> {
    sql::intake::withdraw(tx, keys, sources).await?;
    sql::intake::remove_events(tx, keys, events_by).await?;
    let now = crate::api::now(tx);
    let today = now.day();
    let resolved = hold_with_records(tx, keys)
        .await?
        .into_iter()
        .map(|(person, records)| {
            let facts = resolve(&records, rolls, today, now).facts;
            let back = match back.remove(&person.key.id) {
                Some(back) => Some((beside(tx.store().keys(), &person)?, back)),
                None => None,
            };
            Ok(Resolved {
                person,
                records,
                facts,
                beside: back,
            })
        })
        .collect::<StoreResult<_>>()?;
    crate::api_ready::write(tx, resolved).await
}

impl Meant {
    /// Whether a list says something beside the facts that is not so yet; `false` where that was not asked for.
    pub fn gains(&self, keys: &Keys, said: &Beside) -> StoreResult<bool> {
        match &self.beside {
            Some(known) => known.gains(keys, said),
            None => Ok(false),
        }
    }
}

/// What stands beside the facts of somebody, opened.
pub fn beside(keys: &Keys, person: &Person) -> StoreResult<Beside> {
    let open = |field: &str, sealed: Option<&Sealed>| {
        sealed.map(|sealed| keys.open(field, sealed)).transpose()
    };
    Ok(Beside {
        phone: open("phone", person.phone.as_ref())?,
        address: person.address.clone(),
        contact_name: person.contact_name.clone(),
        contact_phone: open("contact_phone", person.contact_phone.as_ref())?,
        contact_relation: person.contact_relation.clone(),
        household: person.household.clone(),
        relation: person.relation.clone(),
    })
}

/// People who were told something from these sources that was not taken back, in key order behind `after`.
pub async fn told_by(
    reads: &impl Reads,
    sources: &[String],
    after: Option<&PersonKey>,
    most: i64,
) -> StoreResult<Vec<PersonKey>> {
    sql::intake::told_by(reads, sources, after, most).await
}
