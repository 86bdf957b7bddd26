//! The auditor's replay: a month drawn again from facts, list and rules as known at its freeze, and laid beside what was
//! paid by, to the fen.

use crate::draft::Whole;
use crate::rivals::{self, Judges};
use crate::runs::{self, Run};
use crate::{grants, history};
use host::PersonKey;
use ledger::Month;
use plan::api::PlanBook;
use std::collections::{BTreeMap, BTreeSet};
use store::{Reads, Store, StoreResult, secret::Sm3Text, values};

/// What a replay of one batch says.
#[derive(Debug, Clone)]
pub struct Replayed {
    /// The batch.
    pub run: Run,
    /// People due then.
    pub people: u64,
    /// What they came to.
    pub fen: i64,
    /// SM3 as kept.
    pub kept: String,
    /// SM3 as drawn again.
    pub again: String,
    /// Whoever differs: person id, kept, again.
    pub differs: Vec<(String, i64, i64)>,
}

impl Replayed {
    /// Equal to the fen.
    pub fn equal(&self) -> bool {
        self.kept == self.again && self.differs.is_empty()
    }
}

/// People read at once.
const AT_ONCE: i64 = 1_000;
/// Most differences that are told.
const MOST: usize = 100;

/// Draws one batch again; writes nothing.
pub async fn one(store: &Store, book: &PlanBook, run: Run) -> StoreResult<Replayed> {
    let whole = Whole::of(store, book, run.clone()).await?;
    let judges = Judges::of(&whole)?;
    let mut out = Replayed {
        kept: run.digest.clone().unwrap_or_default(),
        run: run.clone(),
        people: 0,
        fen: 0,
        again: String::new(),
        differs: Vec::new(),
    };
    let mut digest = Sm3Text::default();
    for shard in people::api::shards(store).await? {
        let mut after = String::new();
        loop {
            let (kept, elsewhere, last) = kept(store, &run, &shard, &after).await?;
            let found = universe(store, &run, &shard, &after, last.as_deref(), &kept).await?;
            let keys: Vec<PersonKey> = found
                .keys()
                .map(|id| PersonKey {
                    shard: shard.clone(),
                    id: id.clone(),
                })
                .collect();
            let records = people::api::records_of(store, &keys).await?;
            let others = rivals::read(store, &whole, &shard, &after, last.as_deref()).await?;
            let none = Vec::new();
            for (id, held) in &found {
                if elsewhere.contains(id) {
                    continue;
                }
                let records = records.get(id).unwrap_or(&none);
                let life = judges.life(records);
                let now = judges
                    .settled(held, others.get(id), &life, run.month)
                    .due
                    .map_or(0, |due| due.fen.0);
                let then = kept.get(id).copied().unwrap_or(0);
                if now > 0 {
                    digest.push(&history::line(id, now));
                }
                if then > 0 {
                    out.people += 1;
                    out.fen += then;
                }
                if now != then && out.differs.len() < MOST {
                    out.differs.push((id.clone(), then, now));
                }
            }
            match last {
                Some(last) => after = last,
                None => break,
            }
        }
    }
    out.again = digest.finish();
    Ok(out)
}

/// What the batch drew for its month behind a person of a shard; who was drawn by another batch; where the piece ends
/// (`None` for the last one).
async fn kept(
    store: &Store,
    run: &Run,
    shard: &str,
    after: &str,
) -> StoreResult<(BTreeMap<String, i64>, BTreeSet<String>, Option<String>)> {
    let sql = "SELECT id, fen, run FROM pay_due WHERE shard = $1 AND programme = $2 AND month = $3 AND id > $4 AND line = 1 \
         ORDER BY id LIMIT $5";
    let values = values![
        shard,
        run.programme.as_str(),
        run.month.number(),
        after,
        AT_ONCE
    ];
    let rows = store.all(sql, values).await?;
    let (mut mine, mut elsewhere, mut last) = (BTreeMap::new(), BTreeSet::new(), None);
    for row in &rows {
        let id = row.text("id")?;
        if row.text("run")? == run.run {
            mine.insert(id.clone(), row.int("fen")?);
        } else {
            elsewhere.insert(id.clone());
        }
        last = Some(id);
    }
    let last = last.filter(|_| rows.len() as i64 == AT_ONCE);
    Ok((mine, elsewhere, last))
}

/// The grants of whoever may have been due: of the office, or drawn by the batch.
async fn universe(
    store: &Store,
    run: &Run,
    shard: &str,
    after: &str,
    until: Option<&str>,
    kept: &BTreeMap<String, i64>,
) -> StoreResult<BTreeMap<String, Vec<grants::Held>>> {
    let mut all = grants::between(store, &run.programme, shard, after, until).await?;
    all.retain(|id, held| kept.contains_key(id) || held.iter().any(|one| one.office == run.office));
    Ok(all)
}

/// The batches of a month that drew from facts, of one programme or all.
pub async fn runs_of(
    reads: &impl Reads,
    offices: Vec<String>,
    month: Month,
    programme: Option<String>,
) -> StoreResult<Vec<Run>> {
    let asked = runs::Asked {
        offices,
        programme,
        month: Some(month),
        ..runs::Asked::default()
    };
    let runs = runs::list(reads, &asked, 0, 1_000).await?;
    Ok(runs.into_iter().filter(|run| !run.again).collect())
}
