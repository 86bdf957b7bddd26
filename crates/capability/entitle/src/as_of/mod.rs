//! A whole list as of a day, as known at a moment (row C03, invariant 5): a job works everybody's answers out anew
//! from dated facts and keeps counts; names come with the export, within the asker's scope.

pub(crate) mod store;

use crate::trial::State;
use crate::trial::people_file::retry;
use ::store::jobs::{Job, JobError};
use ::store::{Audit, Reads, StoreError, StoreResult};
use authz::Actor;
use host::{AppState, PersonKey};
use kernel::area_code::Level;
use kernel::{AreaCode, Day, Instant};
use people::api::{Record, RollBook};
use plan::api::{PlanBook, Published};
use rules::folder::AreaBasis;
use rules::{FactId, Facts, ItemAnswer, Truth, Value};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The kind of the job.
pub(crate) const KIND: &str = "entitle.as_of";
/// People read at once.
const CHUNK: i64 = 500;
/// Chunks between two notes of progress.
const NOTE: i64 = 20;

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AsOf {
    pub(crate) id: String,
    /// `None` asks for all items.
    pub(crate) item: Option<u16>,
    pub(crate) day: Day,
    pub(crate) known: Instant,
    pub(crate) digest: String,
    pub(crate) state: State,
    pub(crate) done: i64,
    pub(crate) total: i64,
    pub(crate) asked_at: Instant,
    pub(crate) ended_at: Option<Instant>,
    /// JSON of [`Counts`].
    pub(crate) result: Option<String>,
    pub(crate) error: Option<String>,
}

/// Counts by item and town; a town that is not known is an empty word.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Counts {
    /// People asked.
    pub(crate) people: u64,
    pub(crate) items: BTreeMap<u16, BTreeMap<String, Count>>,
}

/// An item in a town.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Count {
    pub(crate) yes: u64,
    pub(crate) unknown: u64,
    /// Known amounts per unit of those entitled.
    pub(crate) fen: i64,
    /// Entitled without a known amount.
    pub(crate) unpriced: u64,
}

impl Count {
    fn add(&mut self, answer: &ItemAnswer) {
        match answer.answer {
            Truth::True => {
                self.yes += 1;
                match answer.fen {
                    Some(fen) => self.fen = self.fen.saturating_add(fen),
                    None => self.unpriced += 1,
                }
            }
            Truth::Unknown => self.unknown += 1,
            Truth::False => {}
        }
    }

    /// Adds another town.
    pub(crate) const fn plus(&mut self, other: &Self) {
        self.yes += other.yes;
        self.unknown += other.unknown;
        self.fen = self.fen.saturating_add(other.fen);
        self.unpriced += other.unpriced;
    }
}

/// Somebody as of the day: facts, and what the list says to them.
pub(crate) struct Then {
    pub(crate) key: PersonKey,
    pub(crate) facts: Facts,
    pub(crate) answers: Vec<ItemAnswer>,
}

impl Then {
    /// Where an item counts somebody.
    pub(crate) fn area(&self, basis: AreaBasis) -> Option<AreaCode> {
        let fact = match basis {
            AreaBasis::Hukou => FactId::HUKOU_AREA,
            AreaBasis::Residence | AreaBasis::Facility => FactId::RESIDENCE_AREA,
        };
        match self.facts.get(fact) {
            Some(Value::Area(code)) => Some(*code),
            _ => None,
        }
    }
}

/// The next people behind a key as of the day, as known at the moment; whoever was not recorded by then is left
/// out. Nothing more where the second is `None`.
pub(crate) async fn some(
    reads: &impl Reads,
    asked: &AsOf,
    published: &Published,
    rolls: &RollBook,
    after: Option<&PersonKey>,
) -> StoreResult<(Vec<Then>, Option<PersonKey>)> {
    let chunk = people::api::after(reads, after, CHUNK).await?;
    let last = chunk.last().map(|person| person.key.clone());
    let keys: Vec<PersonKey> = chunk.into_iter().map(|person| person.key).collect();
    let mut records = people::api::records_of(reads, &keys).await?;
    let known = |records: &[Record]| records.iter().any(|one| one.recorded <= asked.known);
    let mut found = Vec::new();
    for key in keys {
        let records = records.remove(&key.id).unwrap_or_default();
        if !known(&records) {
            continue;
        }
        let facts = people::api::resolve(&records, rolls, asked.day, asked.known).facts;
        let mut answers = published.list.answer(&facts, asked.day);
        answers.retain(|answer| asked.item.is_none_or(|item| item == answer.no));
        found.push(Then {
            key,
            facts,
            answers,
        });
    }
    Ok((found, last))
}

/// The list that a question is asked with.
pub(crate) fn list_of(book: &PlanBook, asked: &AsOf) -> StoreResult<Arc<Published>> {
    book.by_digest(&asked.digest)
        .ok_or_else(|| StoreError::Other("the list of this question is gone".to_owned()))
}

/// Runs `entitle.as_of`; starting over after a kill changes nothing.
pub(crate) async fn run(app: AppState, job: Job) -> Result<(), JobError> {
    let payload: serde_json::Value = serde_json::from_str(&job.payload).unwrap_or_default();
    let id = payload.get("as_of").and_then(serde_json::Value::as_str);
    let Some(id) = id else { return Ok(()) };
    let Some(asked) = store::get(&app.store, id).await.map_err(retry)? else {
        return Ok(());
    };
    if !asked.state.open() {
        return Ok(());
    }
    let counted = counted(&app, &job, &asked).await;
    let mut tx = app
        .store
        .begin(&Actor::system("as_of"), None)
        .await
        .map_err(retry)?;
    match &counted {
        Ok(counts) => {
            let json =
                serde_json::to_string(counts).map_err(|error| JobError::Fail(error.to_string()))?;
            store::finish(&mut tx, id, &json).await.map_err(retry)?;
        }
        Err(JobError::Fail(why)) => store::fail(&mut tx, id, why).await.map_err(retry)?,
        Err(JobError::Retry(_) | JobError::Again) => {
            return tx.rollback().await.map_err(retry).and(counted.map(|_| ()));
        }
    }
    tx.commit().await.map_err(retry)?;
    counted.map(|_counts| ())
}

async fn counted(app: &AppState, job: &Job, asked: &AsOf) -> Result<Counts, JobError> {
    let book = app.part::<PlanBook>().map_err(retry)?;
    let published = list_of(&book, asked).map_err(retry)?;
    let rolls = people::api::roll_book(&app.store).await.map_err(retry)?;
    let living = people::api::residents(&app.store, app.clock().today())
        .await
        .map_err(retry)?;
    let total: i64 = living.iter().map(|town| town.people).sum();
    let mut counts = Counts::default();
    let (mut last, mut chunks): (Option<PersonKey>, i64) = (None, 0);
    loop {
        let (people, next) = some(&app.store, asked, &published, &rolls, last.as_ref())
            .await
            .map_err(retry)?;
        if next.is_none() {
            return Ok(counts);
        }
        last = next;
        for then in &people {
            counts.people += 1;
            add(&mut counts, &published, then);
        }
        chunks += 1;
        if chunks % NOTE == 1 {
            let done = i64::try_from(counts.people).unwrap_or(i64::MAX);
            note(app, job, asked, done, total.max(done)).await?;
        }
    }
}

fn add(counts: &mut Counts, published: &Published, then: &Then) {
    for answer in &then.answers {
        if answer.answer == Truth::False {
            continue;
        }
        let Some(item) = published.list.item(answer.no) else {
            continue;
        };
        let area = then.area(item.service.area_basis);
        let town = area.map_or_else(String::new, |area| area.up_to(Level::Town).to_string());
        let towns = counts.items.entry(answer.no).or_default();
        towns.entry(town).or_default().add(answer);
    }
}

async fn note(
    app: &AppState,
    job: &Job,
    asked: &AsOf,
    done: i64,
    total: i64,
) -> Result<(), JobError> {
    let mut tx = app
        .store
        .begin(&Actor::system("as_of"), None)
        .await
        .map_err(retry)?;
    let held = store::advance(&mut tx, &asked.id, job, done, total)
        .await
        .map_err(retry)?;
    if !held {
        tx.rollback().await.map_err(retry)?;
        return Err(JobError::Retry("another worker has this job".to_owned()));
    }
    tx.audit(
        Audit::new("entitle.as_of_progress")
            .subject(&asked.id)
            .with("people", done),
    );
    tx.commit().await.map_err(retry)
}
