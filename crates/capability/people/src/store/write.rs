//! Writing people: one wide row and one record each on the bulk path, nothing per fact.

use super::columns::to_column;
use super::history::{self, Origins};
use crate::api::{NewPerson, PersonKey};
use crate::model::{HistoryRow, Record, Resolved, pack};
use rules::facts::{FactId, Facts};
use std::collections::BTreeSet;
use store::{Reads, StoreError, StoreResult, Tx, Value, secret, values};

pub(super) const OWN_COLUMNS: &[&str] = &[
    "shard",
    "id",
    "name",
    "provisional",
    "id_number",
    "id_number_index",
    "id_last_four_index",
    "phone",
    "phone_index",
    "address",
    "contact_name",
    "contact_phone",
    "contact_relation",
    "household",
    "relation",
    "registered_at",
    "changed_at",
    "version",
];

/// The blind index of an identity number, its last four digits or a phone, as the columns hold it: as many
/// hexadecimal digits as keep texts apart (ADR 0011).
pub(crate) fn blind_index(keys: &store::Keys, field: &str, plain: &str) -> String {
    keys.blind_short(field, plain, digits(field))
}

/// The blind indexes of a text under every key that is known: by which it is looked for while keys turn.
pub(crate) fn blind_indexes(keys: &store::Keys, field: &str, plain: &str) -> Vec<String> {
    keys.blinds_short(field, plain, digits(field))
}

pub(crate) const fn number_digits() -> usize {
    20
}

pub(crate) const fn phone_digits() -> usize {
    16
}

pub(crate) const fn last_four_digits() -> usize {
    8
}

fn digits(field: &str) -> usize {
    match field {
        "id_number" => number_digits(),
        "phone" => phone_digits(),
        _ => last_four_digits(),
    }
}

/// Refuses numbers that somebody has already under another key than the current one: the database's own rule sees
/// only equal digests. Holds whoever else writes a number until this transaction ends.
pub(crate) async fn refuse_known(tx: &mut Tx, older: &[String]) -> StoreResult<()> {
    if older.is_empty() {
        return Ok(());
    }
    tx.hold_keys().await?;
    for part in older.chunks(2_000) {
        let sql = format!(
            "SELECT CAST(count(*) AS BIGINT) AS n FROM people_person p WHERE p.id_number_index IN ({})",
            store::places(tx.dialect(), part.len())
        );
        let values = part.iter().map(|digest| digest.as_str().into()).collect();
        if tx.number(&sql, values).await? > 0 {
            return Err(StoreError::Duplicate("people_person_id_number".to_owned()));
        }
    }
    Ok(())
}

pub(super) const RECORD_COLUMNS: &[&str] = &[
    "shard",
    "person",
    "seq",
    "recorded_at",
    "origin",
    "sets",
    "reason",
    "withdrawn_at",
];

/// Rows of people, ready to be inserted: sealing numbers and packing histories is work that needs no database.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    /// The facts that somebody among them has: the other columns stay empty without being named.
    facts: Vec<FactId>,
    people: Vec<Vec<Value>>,
    histories: Vec<Vec<Value>>,
    wards: Vec<Vec<Value>>,
    shards: BTreeSet<String>,
    /// The numbers' digests under other keys than the current one.
    older: Vec<String>,
}

impl Rows {
    /// Of people with what their records and the rolls come to now; every origin has its code.
    pub(crate) fn of(
        keys: &store::Keys,
        origins: &Origins,
        people: &[(NewPerson, Facts)],
    ) -> StoreResult<Self> {
        let had = |fact: &FactId| people.iter().any(|(_, facts)| facts.get(*fact).is_some());
        let mut out = Self {
            facts: FactId::all().filter(had).collect(),
            ..Self::default()
        };
        for (person, facts) in people {
            let mut row = person_row(keys, person)?;
            row.extend(
                out.facts
                    .iter()
                    .map(|fact| to_column(*fact, facts.get(*fact))),
            );
            out.people.push(row);
            if let (true, Some(number)) = (keys.several(), &person.id_number) {
                let all = blind_indexes(keys, "id_number", number);
                out.older.extend(all.into_iter().skip(1));
            }
            let packed = pack(&person.records, |record| origins.code(record))?;
            out.histories
                .extend(packed.into_iter().map(|row| record_row(&person.key, row)));
            out.wards
                .extend(person.guardians.iter().map(|(guardian, relation)| {
                    values![
                        person.key.shard.as_str(),
                        person.key.id.as_str(),
                        guardian.as_str(),
                        relation.as_str()
                    ]
                }));
            if !out.shards.contains(&person.key.shard) {
                out.shards.insert(person.key.shard.clone());
            }
        }
        Ok(out)
    }

    /// Inserts them. A number that is already registered is [`StoreError::Duplicate`].
    pub(crate) async fn insert(self, tx: &mut Tx) -> StoreResult<()> {
        let mut columns: Vec<&str> = OWN_COLUMNS.to_vec();
        columns.extend(self.facts.iter().map(|fact| fact.name()));
        refuse_known(tx, &self.older).await?;
        add_shards(tx, &self.shards).await?;
        tx.insert_many("people_person", &columns, self.people)
            .await?;
        tx.insert_many("people_history", RECORD_COLUMNS, self.histories)
            .await?;
        tx.insert_many(
            "people_ward",
            &["shard", "child", "guardian", "relation"],
            self.wards,
        )
        .await
    }
}

/// The columns of a person besides the facts.
fn person_row(keys: &store::Keys, person: &NewPerson) -> StoreResult<Vec<Value>> {
    let seal = |field: &str, plain: &Option<String>| -> StoreResult<Option<String>> {
        plain
            .as_ref()
            .map(|plain| keys.seal(field, plain).map(|sealed| sealed.0))
            .transpose()
    };
    let index =
        |field: &str, plain: Option<&str>| plain.map(|plain| blind_index(keys, field, plain));
    let last_four = person
        .id_number
        .as_deref()
        .and_then(|number| number.get(14..));
    Ok(values![
        person.key.shard.as_str(),
        person.key.id.as_str(),
        person.name.as_str(),
        person.provisional.clone(),
        seal("id_number", &person.id_number)?,
        index("id_number", person.id_number.as_deref()),
        index("id_last_four", last_four),
        seal("phone", &person.phone)?,
        index("phone", person.phone.as_deref()),
        person.address.clone(),
        person.contact_name.clone(),
        seal("contact_phone", &person.contact_phone)?,
        person.contact_relation.clone(),
        person.household.clone(),
        person.relation.clone(),
        person.registered.micros(),
        person.registered.micros(),
        1_i64,
    ])
}

/// Notes shards that are used for the first time.
async fn add_shards(tx: &mut Tx, shards: &BTreeSet<String>) -> StoreResult<()> {
    let mut added = 0;
    for shard in shards {
        added += tx
            .run(
                "INSERT INTO people_shard (shard) VALUES ($1) ON CONFLICT (shard) DO NOTHING",
                values![shard.as_str()],
            )
            .await?;
    }
    // PostgreSQL guesses that a small table it never looked at has a thousand rows, and would then read everybody
    // to find a few by id.
    if added > 0 && tx.store().backend() == store::Backend::Postgres {
        tx.run("ANALYZE people_shard", vec![]).await?;
    }
    Ok(())
}

pub(super) fn record_row(key: &PersonKey, row: HistoryRow) -> Vec<Value> {
    values![
        key.shard.as_str(),
        key.id.as_str(),
        row.seq,
        row.recorded.micros(),
        row.origin,
        row.sets,
        row.reason,
        row.withdrawn.map(kernel::Instant::micros),
    ]
}

/// Adds an act of recording.
pub(crate) async fn add_record(tx: &mut Tx, key: &PersonKey, record: &Record) -> StoreResult<()> {
    crate::api_fresh::forget(tx);
    let mut origins = Origins::default();
    origins.learn(tx, std::iter::once(record)).await?;
    let rows = pack(std::slice::from_ref(record), |record| origins.code(record))?;
    let rows = rows.into_iter().map(|row| record_row(key, row)).collect();
    tx.insert_many("people_history", RECORD_COLUMNS, rows).await
}

/// Free text of a record, apart from log and history so that it can be erased.
pub(crate) async fn add_remark(
    tx: &mut Tx,
    key: &PersonKey,
    seq: i64,
    remark: &str,
) -> StoreResult<()> {
    let id = tx.store().new_id();
    tx.run(
        "INSERT INTO people_remark (id, shard, person, seq, remark) VALUES ($1, $2, $3, $4, $5)",
        values![id, key.shard.as_str(), key.id.as_str(), seq, remark],
    )
    .await?;
    Ok(())
}

/// Claims the row for a change: its version must still be `version`, and becomes the next one.
pub(crate) async fn claim(tx: &mut Tx, key: &PersonKey, version: i64) -> StoreResult<bool> {
    crate::api_fresh::forget(tx);
    let at = tx.at().micros();
    let done = tx
        .run(
            "UPDATE people_person SET version = version + 1, changed_at = $1 WHERE shard = $2 AND id = $3 AND version = $4",
            values![at, key.shard.as_str(), key.id.as_str(), version],
        )
        .await?;
    Ok(done == 1)
}

/// Writes the current values of the facts that differ from `before`.
pub(crate) async fn update_facts(
    tx: &mut Tx,
    key: &PersonKey,
    before: &Facts,
    now: &Resolved,
) -> StoreResult<Vec<FactId>> {
    crate::api_fresh::forget(tx);
    let changed: Vec<FactId> = FactId::all()
        .filter(|fact| before.get(*fact) != now.facts.get(*fact))
        .collect();
    if changed.is_empty() {
        return Ok(changed);
    }
    let mut sql = store::Sql::new("UPDATE people_person SET ");
    for (place, fact) in changed.iter().enumerate() {
        sql.push(if place == 0 { "" } else { ", " })
            .push(fact.name())
            .push(" = ");
        sql.bind(to_column(*fact, now.facts.get(*fact)));
    }
    sql.push(" WHERE shard = ")
        .bind(key.shard.as_str())
        .push(" AND id = ")
        .bind(key.id.as_str());
    let (text, values) = sql.parts();
    if tx.run(&text, values).await? != 1 {
        return Err(StoreError::Other(format!("people_person lacks {}", key.id)));
    }
    Ok(changed)
}

/// Records a death or a move.
pub(crate) async fn add_event(
    tx: &mut Tx,
    key: &PersonKey,
    event: &history::Event,
) -> StoreResult<()> {
    let id = tx.store().new_id();
    tx.run(
        "INSERT INTO people_event (id, shard, person, kind, day, from_area, to_area, recorded_at, recorded_by) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        values![
            id,
            key.shard.as_str(),
            key.id.as_str(),
            event.kind.as_str(),
            event.day.number(),
            event.from.map(|code| code.to_string()),
            event.to.map(|code| code.to_string()),
            event.recorded.micros(),
            event.by.as_str(),
        ],
    )
    .await?;
    Ok(())
}

/// Digest of a roll's content: who is on it, told one by one in the order of the roll.
#[derive(Debug, Clone, Default)]
pub struct RollDigest(secret::Sm3Text);

impl RollDigest {
    /// Somebody is on it.
    pub fn add(&mut self, id: &str) {
        if !self.0.is_empty() {
            self.0.push("\n");
        }
        self.0.push(id);
    }

    /// Its digest, hexadecimal.
    pub fn finish(self) -> String {
        self.0.finish()
    }
}

/// Digest of a roll's content: who is on it.
pub(crate) fn roll_digest(ids: &[&str]) -> String {
    let mut digest = RollDigest::default();
    for id in ids {
        digest.add(id);
    }
    digest.finish()
}
