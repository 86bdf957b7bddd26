//! Everyone's answers in memory: four bytes a person beside the columns of the register (ADR 0010).
//!
//! Two million people stand in some thousand different ways to all items together. Each way is a class with a
//! number, the number is the person's mark in `people::api::NameIndex`. A list of an item and a state is the
//! people whose class has the bit: looked up once a class, then one look a person.

mod lists;
#[cfg(test)]
mod tests;

pub(crate) use lists::{Listed, households, look, missing_any};

use crate::store::answer_walk::{self as walk, Bits};
use host::{AppState, FactsChanged, PersonKey};
use kernel::Instant;
use people::api::NameIndex;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use store::{Reads, Store, StoreResult};

/// Rows read at once.
const CHUNK: i64 = 10_000;

/// Seconds after which a write that was never seen is taken for one that was taken back.
const FORGOTTEN_AFTER: i64 = 600;

/// The different ways people stand, and the people whose answers are being written.
#[derive(Debug, Default)]
pub struct AnswerColumns {
    classes: RwLock<Classes>,
    /// Whose answers a transaction wrote that may have ended since, and its moment.
    pending: Mutex<BTreeMap<PersonKey, Instant>>,
}

/// Numbers begin at 1: 0 is the mark of somebody without answers. A class stays until the next start.
#[derive(Debug, Default)]
struct Classes {
    all: Vec<Bits>,
    numbers: HashMap<Bits, u32>,
}

impl Classes {
    fn number(&mut self, bits: Bits) -> u32 {
        if let Some(number) = self.numbers.get(&bits) {
            return *number;
        }
        self.all.push(bits);
        let number = self.all.len() as u32;
        self.numbers.insert(bits, number);
        number
    }
}

impl AnswerColumns {
    /// Reads everyone's answers and marks the people of `names` with them.
    pub async fn load(reads: &impl Reads, names: &NameIndex) -> StoreResult<Self> {
        let columns = Self::default();
        columns.reload(reads, names).await?;
        Ok(columns)
    }

    /// Reads everyone's answers anew, after all were computed for another list.
    pub async fn reload(&self, reads: &impl Reads, names: &NameIndex) -> StoreResult<()> {
        walk::walk(reads, CHUNK, |lines| self.put(names, lines)).await
    }

    /// How many ways people stand.
    pub fn classes(&self) -> usize {
        let classes = self.classes.read();
        classes.unwrap_or_else(PoisonError::into_inner).all.len()
    }

    fn put(&self, names: &NameIndex, lines: &[walk::Line<'_>]) {
        let marks: Vec<(&str, u32)> = {
            let classes = self.classes.write();
            let mut classes = classes.unwrap_or_else(PoisonError::into_inner);
            lines
                .iter()
                .map(|(id, bits, _)| (*id, classes.number(*bits)))
                .collect()
        };
        names.mark(marks);
    }

    fn waiting(&self) -> MutexGuard<'_, BTreeMap<PersonKey, Instant>> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says that the running transaction of this moment writes answers of these people. They are read when a
    /// list is next asked for and the transaction has ended.
    pub fn expect(&self, keys: &[PersonKey], at: Instant) {
        let mut waiting = self.waiting();
        for key in keys {
            let latest = waiting.entry(key.clone()).or_insert(at);
            *latest = at.max(*latest);
        }
    }

    /// Reads those whose answers were being written; costs nothing where nobody waits.
    pub async fn settle(&self, store: &Store, names: &NameIndex) -> StoreResult<()> {
        let (keys, now) = {
            let waiting = self.waiting();
            if waiting.is_empty() {
                return Ok(());
            }
            (
                waiting.keys().cloned().collect::<Vec<_>>(),
                store.clock().now(),
            )
        };
        let mut read: HashMap<String, (Bits, Instant)> = HashMap::with_capacity(keys.len());
        walk::of(store, &keys, |(id, bits, at)| {
            read.insert(id.to_owned(), (bits, at));
        })
        .await?;
        let mut waiting = self.waiting();
        let mut marks: Vec<(&str, Bits, Instant)> = Vec::with_capacity(keys.len());
        for key in &keys {
            // Somebody else has settled it meanwhile, with what was written later.
            let Some(expected) = waiting.get(key).copied() else {
                continue;
            };
            let Some((bits, at)) = read.get(&key.id).copied() else {
                continue;
            };
            marks.push((key.id.as_str(), bits, at));
            if at >= expected {
                waiting.remove(key);
            }
        }
        self.put(names, &marks);
        waiting.retain(|_, at| at.plus_seconds(FORGOTTEN_AFTER) > now);
        Ok(())
    }

    /// Reads the facts and answers written since a moment: after work that told nobody (the night).
    pub async fn follow(
        &self,
        store: &Store,
        names: &NameIndex,
        since: Instant,
    ) -> StoreResult<()> {
        let keys = walk::written_since(store, since).await?;
        self.reread(store, names, &keys).await
    }

    /// Reads facts and answers of these people anew: another process wrote them.
    pub async fn reread(
        &self,
        store: &Store,
        names: &NameIndex,
        keys: &[PersonKey],
    ) -> StoreResult<()> {
        names.reread_keys(store, keys).await?;
        for keys in keys.chunks(500) {
            let mut read: Vec<(String, Bits, Instant)> = Vec::new();
            walk::of(store, keys, |(id, bits, at)| {
                read.push((id.to_owned(), bits, at));
            })
            .await?;
            let lines: Vec<walk::Line<'_>> = read
                .iter()
                .map(|(id, bits, at)| (id.as_str(), *bits, *at))
                .collect();
            self.put(names, &lines);
        }
        Ok(())
    }

    /// Ids of the people beside whom other answers stand than in the database: a write that told nobody.
    pub async fn differences(&self, store: &Store, names: &NameIndex) -> StoreResult<Vec<String>> {
        self.settle(store, names).await?;
        let mut out = Vec::new();
        walk::walk(store, CHUNK, |lines| {
            let classes = self.classes.read();
            let classes = classes.unwrap_or_else(PoisonError::into_inner);
            for (id, bits, _) in lines {
                let mark = names.mark_of(id) as usize;
                let kept = mark.checked_sub(1).and_then(|place| classes.all.get(place));
                if kept != Some(bits) {
                    out.push((*id).to_owned());
                }
            }
        })
        .await?;
        Ok(out)
    }

    /// By class number, whether somebody of the class is wanted.
    fn having(&self, wanted: impl Fn(&Bits) -> bool) -> Vec<bool> {
        let classes = self.classes.read();
        let classes = classes.unwrap_or_else(PoisonError::into_inner);
        std::iter::once(false)
            .chain(classes.all.iter().map(wanted))
            .collect()
    }
}

/// The hook that tells the columns whose answers a transaction writes; it comes after the one that
/// recomputes them.
pub fn on_facts_changed(columns: Arc<AnswerColumns>) -> FactsChanged {
    Arc::new(move |tx, keys| {
        columns.expect(keys, tx.at());
        Box::pin(std::future::ready(Ok(())))
    })
}

/// After a commit that changed many people: what this process keeps of them in memory is read anew, at once and not
/// when a page first asks. Nothing where the app keeps nothing (commands without pages).
pub async fn after_commit(app: &AppState, keys: &[PersonKey]) -> StoreResult<()> {
    if let Ok(names) = app.part::<NameIndex>() {
        names.reread_keys(&app.store, keys).await?;
        if let Ok(columns) = app.part::<AnswerColumns>() {
            columns.settle(&app.store, &names).await?;
        }
    }
    Ok(())
}

/// Reads people anew that another process wrote; nothing where the app keeps nothing.
pub async fn reread(app: &AppState, keys: &[PersonKey]) -> StoreResult<()> {
    let (Ok(columns), Ok(names)) = (app.part::<AnswerColumns>(), app.part::<NameIndex>()) else {
        return Ok(());
    };
    columns.reread(&app.store, &names, keys).await
}

/// After a job of the night: everyone anew, or those written since it began. Nothing where the app has
/// no columns (commands without pages).
pub(crate) async fn after_job(app: &AppState, since: Option<Instant>) -> StoreResult<()> {
    let (Ok(columns), Ok(names)) = (app.part::<AnswerColumns>(), app.part::<NameIndex>()) else {
        return Ok(());
    };
    match since {
        Some(since) => columns.follow(&app.store, &names, since).await,
        None => columns.reload(&app.store, &names).await,
    }
}
