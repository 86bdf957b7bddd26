//! Filling an empty register: what needs no database is done apart from the one writer, so that both cores work.

use crate::api::NewPerson;
use crate::model::{Roll, RollBook, resolve};
use crate::store as sql;
use kernel::Instant;
use rules::facts::Facts;
use store::{Keys, Reads, StoreResult, Tx};

pub use crate::store::write::RollDigest;

/// Prepares people for an empty register. Only while nobody else writes to it.
#[derive(Debug)]
pub struct Preparer {
    keys: Keys,
    origins: sql::history::Origins,
    rolls: RollBook,
    at: Instant,
}

/// People that are ready to be inserted.
#[derive(Debug)]
pub struct Prepared {
    rows: sql::write::Rows,
    origins: Vec<(i64, (String, String))>,
    count: usize,
}

impl Preparer {
    /// For people whose facts are resolved at `at` with these rolls.
    pub async fn new(
        reads: &impl Reads,
        keys: Keys,
        rolls: RollBook,
        at: Instant,
    ) -> StoreResult<Self> {
        Ok(Self {
            keys,
            origins: sql::history::origins(reads).await?,
            rolls,
            at,
        })
    }

    /// What somebody's records and the rolls come to.
    pub fn facts(&self, person: &NewPerson) -> Facts {
        resolve(&person.records, &self.rolls, self.at.day(), self.at).facts
    }

    /// Seals and packs.
    pub fn prepare(&mut self, people: &[(NewPerson, Facts)]) -> StoreResult<Prepared> {
        let told = people.iter().flat_map(|(person, _)| &person.records);
        let origins = self.origins.learn_here(told);
        Ok(Prepared {
            rows: sql::write::Rows::of(&self.keys, &self.origins, people)?,
            origins,
            count: people.len(),
        })
    }

    /// The rolls.
    pub const fn rolls(&self) -> &RollBook {
        &self.rolls
    }
}

/// Inserts prepared people, in the order they were prepared. One audit row.
pub async fn insert_prepared(tx: &mut Tx, prepared: Prepared, source: &str) -> StoreResult<()> {
    sql::history::add_origins(tx, prepared.origins).await?;
    prepared.rows.insert(tx).await?;
    tx.audit(
        store::Audit::new("person.register_many")
            .with("source", source)
            .with("count", prepared.count as i64),
    );
    Ok(())
}

/// Records a complete roll whose members were told to a [`RollDigest`].
pub async fn record_roll_digest(tx: &mut Tx, roll: &Roll, digest: &str) -> StoreResult<()> {
    sql::rolls::insert(tx, roll, digest).await?;
    tx.audit(
        store::Audit::new("roll.record")
            .subject(&roll.id)
            .with("fact", roll.fact.name())
            .with("listed", roll.listed),
    );
    Ok(())
}

/// The large tables of the register, whose indexes a first load takes down.
pub const LARGE: &[&str] = &["people_person", "people_event"];
