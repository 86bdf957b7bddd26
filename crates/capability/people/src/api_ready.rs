//! People made ready to be written: resolving, sealing and packing need no transaction, so that they can be done for the
//! next people while the last ones are being written.

use crate::api::{NewPerson, Person};
use crate::api_fresh::Fresh;
use crate::api_intake::Told;
use crate::model::{Record, RollBook, resolve};
use crate::store::intake::Beside;
use crate::store::{self as sql, history::Event};
use host::PersonKey;
use kernel::Instant;
use rules::facts::Facts;
use store::{Reads, Store, StoreResult, Tx};

/// People who will be registered.
pub struct ReadyNew {
    rows: sql::write::Rows,
    fresh: Vec<Fresh>,
}

impl std::fmt::Debug for ReadyNew {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ReadyNew({} people)", self.fresh.len())
    }
}

impl ReadyNew {
    /// These people, with what their records and the rolls come to at `at`; `None` where somebody recorded something of
    /// them whom the register does not know as a source yet: their transaction has to tell it first.
    pub async fn of(
        reads: &Store,
        people: Vec<NewPerson>,
        rolls: &RollBook,
        at: Instant,
    ) -> StoreResult<Option<Self>> {
        let origins = sql::history::origins(reads).await?;
        let known = |record: &Record| origins.code(record).is_ok();
        if !people.iter().flat_map(|person| &person.records).all(known) {
            return Ok(None);
        }
        Self::with(reads.keys(), &origins, resolved(people, rolls, at)).map(Some)
    }

    fn with(
        keys: &store::Keys,
        origins: &sql::history::Origins,
        people: Vec<(NewPerson, Facts)>,
    ) -> StoreResult<Self> {
        let rows = sql::write::Rows::of(keys, origins, &people)?;
        let fresh = people
            .into_iter()
            .map(|(person, facts)| Fresh::of_new(person, facts))
            .collect();
        Ok(Self { rows, fresh })
    }

    /// As they will be.
    pub fn fresh(&self) -> &[Fresh] {
        &self.fresh
    }

    /// Registers them. A number that is already registered is [`store::StoreError::Duplicate`]. One audit row.
    pub async fn write(self, tx: &mut Tx, source: &str) -> StoreResult<()> {
        let count = self.fresh.len();
        self.rows.insert(tx).await?;
        crate::api_fresh::keep(tx, self.fresh);
        tx.audit(
            store::Audit::new("person.register_many")
                .with("source", source)
                .with("count", count as i64),
        );
        Ok(())
    }
}

fn resolved(people: Vec<NewPerson>, rolls: &RollBook, at: Instant) -> Vec<(NewPerson, Facts)> {
    people
        .into_iter()
        .map(|person| {
            let facts = resolve(&person.records, rolls, at.day(), at).facts;
            (person, facts)
        })
        .collect()
}

/// Registers people in bulk: their facts are resolved at the transaction's moment. One audit row.
pub async fn register_many(
    tx: &mut Tx,
    people: Vec<NewPerson>,
    rolls: &RollBook,
    source: &str,
) -> StoreResult<()> {
    let mut origins = sql::history::origins(tx).await?;
    let told = people.iter().flat_map(|person| &person.records);
    origins.learn(tx, told).await?;
    let keys = tx.store().keys().clone();
    let ready = ReadyNew::with(&keys, &origins, resolved(people, rolls, tx.at()))?;
    ready.write(tx, source).await
}

/// What people will have been told, worked out: it needs no transaction, so that it can be done for the next people
/// while the last ones are being written.
#[derive(Debug, Default)]
pub struct ReadyTold {
    records: Vec<(PersonKey, Record)>,
    events: Vec<(PersonKey, Event)>,
    resolved: Vec<Resolved>,
}

impl ReadyTold {
    /// What is told of these people, with what is known at `at`.
    pub fn of(told: Vec<Told>, rolls: &RollBook, at: Instant) -> Self {
        let mut out = Self::default();
        for one in told {
            let (person, mut records) = one.held;
            if let Some(mut record) = one.record {
                record.seq = records.iter().map(|record| record.seq).max().unwrap_or(0) + 1;
                out.records.push((person.key.clone(), record.clone()));
                records.push(record);
            }
            out.events
                .extend(one.event.map(|event| (person.key.clone(), event)));
            let facts = resolve(&records, rolls, at.day(), at).facts;
            out.resolved.push(Resolved {
                person,
                records,
                facts,
                beside: one.beside,
            });
        }
        out
    }

    /// Those whose row changes, as they will be.
    pub fn fresh(&self) -> Vec<Fresh> {
        self.resolved
            .iter()
            .filter(|one| one.changes())
            .map(|one| Fresh {
                key: one.person.key.clone(),
                household: one.household().cloned(),
                registered: one.person.registered,
                facts: one.facts.clone(),
                records: one.records.clone(),
                new: false,
            })
            .collect()
    }

    /// Writes it; returns who changed, as they are. The caller runs the hooks and audits.
    pub async fn write(self, tx: &mut Tx) -> StoreResult<Vec<Person>> {
        sql::intake::add_records(tx, &self.records).await?;
        sql::intake::add_events(tx, &self.events).await?;
        write(tx, self.resolved).await
    }
}

/// What many people rest on besides their own rows, the rolls and the files that gave way, as it stood: two that are equal
/// were read with the same rolls and the same files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ground([i64; 5]);

/// The ground as it stands.
pub async fn ground(reads: &impl Reads) -> StoreResult<Ground> {
    sql::rolls::ground(reads).await.map(Ground)
}

/// Whether these people are as they were read, by their versions; nobody else changes them until the transaction ends.
pub async fn unchanged(tx: &Tx, people: &[(PersonKey, i64)]) -> StoreResult<bool> {
    let keys: Vec<PersonKey> = people.iter().map(|(key, _)| key.clone()).collect();
    let versions = sql::intake::versions(tx, &keys).await?;
    Ok(versions.len() == people.len()
        && people
            .iter()
            .all(|(key, version)| versions.get(&key.id) == Some(version)))
}

/// Somebody whose records say something else now.
#[derive(Debug)]
pub(crate) struct Resolved {
    pub(crate) person: Person,
    pub(crate) records: Vec<Record>,
    pub(crate) facts: Facts,
    /// Before and now.
    pub(crate) beside: Option<(Beside, Beside)>,
}

impl Resolved {
    fn changes(&self) -> bool {
        self.person.facts != self.facts || self.beside.is_some()
    }

    fn household(&self) -> Option<&String> {
        match &self.beside {
            Some((_, now)) => now.household.as_ref(),
            None => self.person.household.as_ref(),
        }
    }
}

/// Writes the rows of those who changed, and keeps them beside the transaction for its hooks.
pub(crate) async fn write(tx: &mut Tx, resolved: Vec<Resolved>) -> StoreResult<Vec<Person>> {
    let unchanged = resolved.iter().filter(|one| !one.changes());
    crate::api_fresh::forget_of(tx, unchanged.map(|one| one.person.key.id.as_str()));
    let changed: Vec<(&Person, &Facts)> = resolved
        .iter()
        .filter(|one| one.person.facts != one.facts)
        .map(|one| (&one.person, &one.facts))
        .collect();
    sql::intake::update_facts(tx, &changed).await?;
    let changed: Vec<(&Person, &Beside, &Beside)> = resolved
        .iter()
        .filter_map(|one| {
            let (before, now) = one.beside.as_ref()?;
            Some((&one.person, before, now))
        })
        .collect();
    sql::intake::update_beside(tx, &changed).await?;
    let (mut out, mut fresh) = (Vec::new(), Vec::new());
    for one in resolved.into_iter().filter(Resolved::changes) {
        let household = one.household().cloned();
        let mut person = one.person;
        person.facts = one.facts;
        person.household = household;
        fresh.push(Fresh::of(&person, one.records));
        out.push(person);
    }
    crate::api_fresh::keep(tx, fresh);
    Ok(out)
}
