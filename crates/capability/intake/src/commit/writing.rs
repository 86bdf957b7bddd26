//! A chunk being written: who is new is registered, who is known is told, what is in payment is received.

use super::{Ended, Undo, answer_everyone};
use crate::batch::Batch;
use crate::check::merged;
use crate::decide::{Judge, Ranks};
use crate::kind::Shape;
use crate::staged::Staged;
use crate::start;
use entitle::api::Receipt;
use host::{AppState, PersonKey};
use kernel::{AreaCode, Day};
use people::api::{self as register, Event, Fact, NewPerson, Record, RollBook, Told};
use rules::facts::Value;
use std::collections::{BTreeMap, HashMap};
use store::{StoreError, StoreResult, Tx};

/// A chunk being written.
pub(super) struct Writing<'a> {
    pub(super) app: &'a AppState,
    pub(super) batch: &'a Batch,
    pub(super) ranks: &'a Ranks,
    pub(super) rolls: &'a RollBook,
    pub(super) undo: Undo,
    /// Rows that became a conflict since the check.
    pub(super) skipped: i64,
}

impl Writing<'_> {
    /// Writes the rows; returns whose facts or receipts changed.
    pub(super) async fn rows(
        &mut self,
        tx: &mut Tx,
        chunk: &[Staged],
    ) -> StoreResult<Vec<PersonKey>> {
        let meanwhile = self.meanwhile(tx, chunk).await?;
        let mut keys: Vec<PersonKey> = Vec::with_capacity(chunk.len());
        let mut known: Vec<(&Staged, PersonKey)> = Vec::new();
        let mut new: Vec<NewPerson> = Vec::new();
        for row in chunk {
            if !row.new {
                known.push((row, key_of(row)));
                continue;
            }
            let there = row
                .number
                .as_ref()
                .or(row.provisional.as_ref())
                .and_then(|code| meanwhile.get(code));
            match there {
                Some(key) => known.push((row, key.clone())),
                None => new.push(self.person(tx, row)?),
            }
        }
        keys.extend(new.iter().map(|person| person.key.clone()));
        if !new.is_empty() {
            register::register_many(tx, new, self.rolls, &self.batch.label).await?;
        }
        keys.extend(self.known(tx, &known).await?);
        let paid = self.paid(tx, &known).await?;
        keys.extend(paid);
        keys.sort();
        keys.dedup();
        Ok(keys)
    }

    /// Who was to be registered and was registered by somebody else since the check.
    async fn meanwhile(
        &self,
        tx: &Tx,
        chunk: &[Staged],
    ) -> StoreResult<HashMap<String, PersonKey>> {
        let new = || chunk.iter().filter(|row| row.new);
        let numbers: Vec<&str> = new().filter_map(|row| row.number.as_deref()).collect();
        let codes: Vec<&str> = new()
            .filter(|row| row.number.is_none())
            .filter_map(|row| row.provisional.as_deref())
            .collect();
        let keys = self.app.store.keys();
        let mut out: HashMap<String, PersonKey> = HashMap::new();
        for (number, found) in register::by_numbers(tx, keys, &numbers, &[], false).await? {
            out.insert(number, found.key);
        }
        for (code, found) in register::by_provisional(tx, &codes, &[], false).await? {
            if let [found] = found.as_slice() {
                out.insert(code, found.key.clone());
            }
        }
        Ok(out)
    }

    fn record(&self, tx: &Tx, sets: Vec<register::Set>) -> Record {
        Record {
            seq: 1,
            recorded: tx.at(),
            source: self.batch.label.clone(),
            by: self.batch.owner.name.clone(),
            sets,
            reason: None,
            withdrawn: None,
        }
    }

    fn person(&self, tx: &Tx, row: &Staged) -> StoreResult<NewPerson> {
        let beside = row.beside.clone().unwrap_or_default();
        Ok(NewPerson {
            key: key_of(row),
            name: row.name.clone(),
            provisional: row.provisional.clone(),
            id_number: row.number.clone(),
            phone: beside.phone,
            address: beside.address,
            contact_name: beside.contact_name,
            contact_phone: beside.contact_phone,
            contact_relation: beside.contact_relation,
            household: beside.household,
            relation: beside.relation,
            registered: tx.at(),
            guardians: Vec::new(),
            records: vec![self.record(tx, row.sets()?)],
        })
    }

    /// Tells the facts of people who are in the register.
    async fn known(
        &mut self,
        tx: &mut Tx,
        rows: &[(&Staged, PersonKey)],
    ) -> StoreResult<Vec<PersonKey>> {
        let keys: Vec<PersonKey> = rows.iter().map(|(_, key)| key.clone()).collect();
        let mut held: HashMap<String, (register::Person, Vec<Record>)> =
            register::hold_with_records(tx, &keys)
                .await?
                .into_iter()
                .map(|held| (held.0.key.id.clone(), held))
                .collect();
        let judge = start::judge(self.batch);
        let mut told = Vec::with_capacity(rows.len());
        for (row, key) in rows {
            let Some(held) = held.remove(&key.id) else {
                continue;
            };
            let (person, records) = (&held.0, &held.1);
            let empty = person.facts.get(Fact::ALIVE).is_none()
                && person.area(Fact::HUKOU_AREA).is_none()
                && person.area(Fact::RESIDENCE_AREA).is_none();
            let sets: Vec<register::Set> = row
                .sets()?
                .into_iter()
                .filter(|set| {
                    empty || self.batch.kind.shape != Shape::People || set.fact != Fact::ALIVE
                })
                .collect();
            let when = (tx.at().day(), tx.at());
            let sets = match judge.left(sets, records, self.rolls, self.ranks, when) {
                Ok(sets) => sets,
                Err(_conflict) => {
                    self.skipped += 1;
                    continue;
                }
            };
            let beside = match &row.beside {
                Some(said) => {
                    let before = register::beside(self.app.store.keys(), person)?;
                    let after = merged(&before, said);
                    (after != before).then(|| {
                        self.undo.beside.insert(key.id.clone(), before);
                        after
                    })
                }
                None => None,
            };
            if sets.is_empty() && beside.is_none() {
                continue;
            }
            let event = self.event(tx, row, person);
            told.push(Told {
                record: (!sets.is_empty()).then(|| self.record(tx, sets)),
                beside,
                event,
                held,
            });
        }
        let changed = register::tell(tx, told, self.rolls).await?;
        Ok(changed.into_iter().map(|person| person.key).collect())
    }

    fn event(&self, tx: &Tx, row: &Staged, person: &register::Person) -> Option<Event> {
        let day = row.happened.and_then(Day::from_number)?;
        let to = row
            .sets()
            .ok()?
            .into_iter()
            .find_map(|set| match set.value {
                Some(Value::Area(code)) if set.fact == Fact::RESIDENCE_AREA => Some(code),
                _ => None,
            });
        let (kind, from): (&str, Option<AreaCode>) = match self.batch.kind.shape {
            Shape::Death => ("death", None),
            Shape::Move => ("move", person.area(Fact::RESIDENCE_AREA)),
            Shape::People | Shape::Facts | Shape::Receipts => return None,
        };
        Some(Event {
            kind: kind.to_owned(),
            day,
            from,
            to,
            recorded: tx.at(),
            by: self.batch.label.clone(),
        })
    }

    /// Tells what is in payment: what is already known so is left, what was received otherwise ends where the new
    /// amount begins.
    async fn paid(
        &mut self,
        tx: &mut Tx,
        rows: &[(&Staged, PersonKey)],
    ) -> StoreResult<Vec<PersonKey>> {
        let rows: Vec<_> = rows
            .iter()
            .filter_map(|(row, key)| Some((row.paid.as_ref()?, key)))
            .collect();
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let keys: Vec<PersonKey> = rows.iter().map(|(_, key)| (*key).clone()).collect();
        let received = entitle::api::receipts_of(tx, &keys).await?;

        let bad = |number: i32| StoreError::Other(format!("{number} is no day"));
        let mut new: BTreeMap<String, Vec<(PersonKey, Receipt)>> = BTreeMap::new();
        let mut touched = Vec::new();
        let mut ended = Vec::new();
        for (paid, key) in rows {
            let none = Vec::new();
            let before = received.get(&key.id).unwrap_or(&none);
            if !Judge::pays(paid, before) {
                continue;
            }
            let from = Day::from_number(paid.from).ok_or_else(|| bad(paid.from))?;
            for receipt in before.iter().filter(|receipt| {
                receipt.programme == paid.programme
                    && receipt.until.is_none_or(|until| until > from)
            }) {
                self.undo.ended.push(Ended {
                    key: (key.shard.clone(), key.id.clone()),
                    programme: receipt.programme.clone(),
                    from: receipt.from.number(),
                    recorded: receipt.recorded.micros(),
                    until: receipt.until.map(Day::number),
                    now: None,
                });
                let until = from.max(receipt.from);
                ended.push((key.clone(), receipt.clone(), Some(until)));
            }
            new.entry(paid.programme.clone()).or_default().push((
                key.clone(),
                Receipt {
                    programme: paid.programme.clone(),
                    from,
                    until: paid.until.and_then(Day::from_number),
                    fen: paid.fen,
                    payer: self.batch.source.clone(),
                    source: self.batch.label.clone(),
                    recorded: tx.at(),
                },
            ));
            touched.push(key.clone());
        }
        entitle::api::end_receipts(tx, &ended).await?;
        let connected = entitle::api::connected(tx).await?;
        if new.keys().any(|programme| !connected.by_roll(programme)) {
            answer_everyone(tx).await?;
        }
        for (programme, rows) in new {
            entitle::api::load_receipts(tx, &programme, &self.batch.label, &rows).await?;
        }
        Ok(touched)
    }
}

fn key_of(row: &Staged) -> PersonKey {
    PersonKey {
        shard: row.key.0.clone(),
        id: row.key.1.clone(),
    }
}
