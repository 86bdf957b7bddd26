//! A chunk made ready and written: who is new is registered, who is known is told, what is in payment is received.

use super::{Ended, Undo, answer_everyone};
use crate::batch::Batch;
use crate::check::merged;
use crate::decide::{Judge, Ranks};
use crate::kind::Shape;
use crate::staged::Staged;
use crate::start;
use entitle::api::Receipt;
use host::{AppState, PersonKey};
use kernel::{AreaCode, Day, Instant};
use people::api::{
    self as register, Event, Fact, Ground, NewPerson, ReadyNew, ReadyTold, Record, RollBook, Told,
};
use plan::api::PlanBook;
use rules::facts::Value;
use std::collections::{BTreeMap, HashMap};
use store::{Reads, StoreError, StoreResult, Tx};

/// Chunks being written.
pub(super) struct Writing<'a> {
    pub(super) app: &'a AppState,
    pub(super) batch: &'a Batch,
    pub(super) ranks: &'a Ranks,
}

/// What a chunk came to.
pub(super) struct Written {
    /// Whose facts or receipts changed.
    pub(super) keys: Vec<PersonKey>,
    /// What it takes to take it back, sealed.
    pub(super) undo: Option<files::Sealed>,
    /// Rows that became a conflict since the check.
    pub(super) skipped: i64,
}

/// A chunk made ready: who is new is sealed and packed, who is known is judged again and worked out. Nothing is written
/// yet and no transaction held, so that the next chunk is made ready while the last one is being written.
pub(super) struct Ready {
    new: Option<ReadyNew>,
    told: ReadyTold,
    /// The versions of those who are told something.
    versions: Vec<(PersonKey, i64)>,
    /// Rows about people who are known, by their place in the chunk.
    known: Known,
    undo: Undo,
    /// The same, sealed, where nothing comes to it any more: a disk is waited for before the transaction.
    sealed: Option<files::Sealed>,
    skipped: i64,
    ground: Ground,
    day: Day,
    answers: Option<entitle::api::Judged>,
}

impl Ready {
    /// Whether what it rests on is so still; holds the people until the transaction ends. A number that somebody else
    /// registered meanwhile is refused by the register itself.
    async fn stands(&self, tx: &Tx, codes: &Meanwhile) -> StoreResult<bool> {
        Ok(codes.is_empty()
            && self.day == tx.at().day()
            && self.ground == register::ground(tx).await?
            && register::unchanged(tx, &self.versions).await?)
    }
}

/// Rows about people who are known, by their place in the chunk.
type Known = Vec<(usize, PersonKey)>;

/// Who was to be registered and was registered by somebody else since the check, by number or 临时编号.
type Meanwhile = HashMap<String, PersonKey>;

fn code_of(row: &Staged) -> &str {
    let code = row.number.as_deref().or(row.provisional.as_deref());
    code.unwrap_or("")
}

impl Writing<'_> {
    /// Makes a chunk ready apart from any transaction, with the answers of everybody in it; `None` where only the
    /// transaction itself can: rows of what is in payment, or a source that nobody named before.
    pub(super) async fn ahead(&self, chunk: &[Staged]) -> StoreResult<Option<Ready>> {
        if self.batch.kind.shape == Shape::Receipts {
            return Ok(None);
        }
        let store = &self.app.store;
        let at = store.clock().now();
        // The ground first: what comes between is found by its mark.
        let ground = register::ground(store).await?;
        let rolls = register::roll_book(store).await?;
        let meanwhile = self.meanwhile(store, chunk).await?;
        let (new, known) = self.split(chunk, &meanwhile, at)?;
        let Some(new) = ReadyNew::of(store, new, &rolls, at).await? else {
            return Ok(None);
        };
        let mut ready = self
            .judged(store, chunk, known, (&rolls, ground), at)
            .await?;
        let mut fresh = new.fresh().to_vec();
        fresh.extend(ready.told.fresh());
        fresh.sort_by(|a, b| a.key.cmp(&b.key));
        let plans = self.app.part::<PlanBook>()?;
        ready.answers = entitle::api::judge_ahead(store, &plans, &fresh, &rolls, at).await?;
        ready.new = Some(new);
        ready.sealed = ready.undo.sealed(self.app)?;
        Ok(Some(ready))
    }

    /// Writes the rows, made ready before where that still stands; returns whose facts or receipts changed, and what
    /// it takes to take the chunk back.
    pub(super) async fn rows(
        &self,
        tx: &mut Tx,
        chunk: &[Staged],
        ready: Option<Ready>,
    ) -> StoreResult<Written> {
        let stands = match ready {
            Some(ready)
                if ready
                    .stands(tx, &self.meanwhile_by_code(&*tx, chunk).await?)
                    .await? =>
            {
                Some(ready)
            }
            _ => None,
        };
        let mut keys: Vec<PersonKey> = Vec::with_capacity(chunk.len());
        let ready = if let Some(mut ready) = stands {
            if let Some(new) = ready.new.take() {
                keys.extend(new.fresh().iter().map(|person| person.key.clone()));
                if !new.fresh().is_empty() {
                    new.write(tx, &self.batch.label).await?;
                }
            }
            ready
        } else {
            let meanwhile = self.meanwhile(&*tx, chunk).await?;
            let (new, known) = self.split(chunk, &meanwhile, tx.at())?;
            let ground = register::ground(tx).await?;
            let rolls = register::roll_book(tx).await?;
            let held: Vec<PersonKey> = known.iter().map(|(_, key)| key.clone()).collect();
            register::hold_keys(tx, &held).await?;
            keys.extend(new.iter().map(|person| person.key.clone()));
            if !new.is_empty() {
                register::register_many(tx, new, &rolls, &self.batch.label).await?;
            }
            self.judged(&*tx, chunk, known, (&rolls, ground), tx.at())
                .await?
        };
        let changed = ready.told.write(tx).await?;
        keys.extend(changed.into_iter().map(|person| person.key));
        let mut undo = ready.undo;
        self.paid(tx, chunk, &ready.known, &mut keys, &mut undo.ended)
            .await?;
        keys.sort();
        keys.dedup();
        if let Some(answers) = ready.answers {
            tx.keep(answers);
        }
        Ok(Written {
            keys,
            undo: match ready.sealed {
                Some(sealed) => Some(sealed),
                None => undo.sealed(self.app)?,
            },
            skipped: ready.skipped,
        })
    }

    /// Who is to be registered, and which rows are about somebody who is known by now.
    fn split(
        &self,
        chunk: &[Staged],
        meanwhile: &Meanwhile,
        at: Instant,
    ) -> StoreResult<(Vec<NewPerson>, Known)> {
        let (mut new, mut known) = (Vec::new(), Vec::new());
        for (place, row) in chunk.iter().enumerate() {
            if !row.new {
                known.push((place, key_of(row)));
            } else if let Some(key) = meanwhile.get(code_of(row)) {
                known.push((place, key.clone()));
            } else {
                new.push(self.person(at, row)?);
            }
        }
        Ok((new, known))
    }

    /// Who was to be registered and was registered by somebody else since the check.
    async fn meanwhile(&self, reads: &impl Reads, chunk: &[Staged]) -> StoreResult<Meanwhile> {
        let new = chunk.iter().filter(|row| row.new);
        let numbers: Vec<&str> = new.filter_map(|row| row.number.as_deref()).collect();
        let keys = self.app.store.keys();
        let mut out = self.meanwhile_by_code(reads, chunk).await?;
        for (number, found) in register::by_numbers(reads, keys, &numbers, &[], false).await? {
            out.insert(number, found.key);
        }
        Ok(out)
    }

    /// Of who has no number, those who were registered since, by 临时编号.
    async fn meanwhile_by_code(
        &self,
        reads: &impl Reads,
        chunk: &[Staged],
    ) -> StoreResult<Meanwhile> {
        let mut out = Meanwhile::new();
        let codes: Vec<&str> = chunk
            .iter()
            .filter(|row| row.new && row.number.is_none())
            .filter_map(|row| row.provisional.as_deref())
            .collect();
        if codes.is_empty() {
            return Ok(out);
        }
        for (code, found) in register::by_provisional(reads, &codes, &[], false).await? {
            if let [found] = found.as_slice() {
                out.insert(code, found.key.clone());
            }
        }
        Ok(out)
    }

    fn record(&self, at: Instant, sets: Vec<register::Set>) -> Record {
        Record {
            seq: 1,
            recorded: at,
            source: self.batch.label.clone(),
            by: self.batch.owner.name.clone(),
            sets,
            reason: None,
            withdrawn: None,
        }
    }

    fn person(&self, at: Instant, row: &Staged) -> StoreResult<NewPerson> {
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
            registered: at,
            guardians: Vec::new(),
            records: vec![self.record(at, row.sets()?)],
        })
    }

    /// What people who are in the register will be told, read and judged not before `at`.
    async fn judged(
        &self,
        reads: &impl Reads,
        chunk: &[Staged],
        known: Known,
        (rolls, ground): (&RollBook, Ground),
        at: Instant,
    ) -> StoreResult<Ready> {
        let keys: Vec<PersonKey> = known.iter().map(|(_, key)| key.clone()).collect();
        let mut held: HashMap<String, (register::Person, Vec<Record>)> =
            register::with_records(reads, &keys)
                .await?
                .into_iter()
                .map(|held| (held.0.key.id.clone(), held))
                .collect();
        // What was read counts, also what others recorded after this was begun.
        let at = self.app.store.clock().now().max(at);
        let judge = start::judge(self.batch);
        let (mut told, mut undo, mut skipped) = (Vec::new(), Undo::default(), 0);
        let mut versions = Vec::with_capacity(known.len());
        for (place, key) in &known {
            let (Some(row), Some(held)) = (chunk.get(*place), held.remove(&key.id)) else {
                continue;
            };
            let (person, records) = (&held.0, &held.1);
            versions.push((person.key.clone(), person.version));
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
            let sets = match judge.left(sets, records, rolls, self.ranks, (at.day(), at)) {
                Ok(sets) => sets,
                Err(_conflict) => {
                    skipped += 1;
                    continue;
                }
            };
            let beside = match &row.beside {
                Some(said) => {
                    let before = register::beside(self.app.store.keys(), person)?;
                    let after = merged(&before, said);
                    (after != before).then(|| {
                        undo.beside.insert(key.id.clone(), before.clone());
                        (before, after)
                    })
                }
                None => None,
            };
            if sets.is_empty() && beside.is_none() {
                continue;
            }
            let event = self.event(at, row, person);
            told.push(Told {
                record: (!sets.is_empty()).then(|| self.record(at, sets)),
                beside,
                event,
                held,
            });
        }
        Ok(Ready {
            new: None,
            told: ReadyTold::of(told, rolls, at),
            versions,
            known,
            undo,
            sealed: None,
            skipped,
            ground,
            day: at.day(),
            answers: None,
        })
    }

    fn event(&self, at: Instant, row: &Staged, person: &register::Person) -> Option<Event> {
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
            recorded: at,
            by: self.batch.label.clone(),
        })
    }

    /// Tells what is in payment: what is already known so is left, what was received otherwise ends where the new
    /// amount begins.
    async fn paid(
        &self,
        tx: &mut Tx,
        chunk: &[Staged],
        known: &[(usize, PersonKey)],
        touched: &mut Vec<PersonKey>,
        undone: &mut Vec<Ended>,
    ) -> StoreResult<()> {
        let rows: Vec<_> = known
            .iter()
            .filter_map(|(place, key)| Some((chunk.get(*place)?.paid.as_ref()?, key)))
            .collect();
        if rows.is_empty() {
            return Ok(());
        }
        let keys: Vec<PersonKey> = rows.iter().map(|(_, key)| (*key).clone()).collect();
        let received = entitle::api::receipts_of(tx, &keys).await?;

        let bad = |number: i32| StoreError::Other(format!("{number} is no day"));
        let mut new: BTreeMap<String, Vec<(PersonKey, Receipt)>> = BTreeMap::new();
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
                undone.push(Ended {
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
        Ok(())
    }
}

fn key_of(row: &Staged) -> PersonKey {
    PersonKey {
        shard: row.key.0.clone(),
        id: row.key.1.clone(),
    }
}
