//! The job that erases what an approved list names: piece by piece, each whole in one transaction, so that a killed job
//! goes on behind the last one.
//!
//! Just before it is erased each piece is asked again: is it still due (a death may have been taken back), is it held?

use crate::due;
use crate::store::runs::{self, Item, Run};
use crate::store::{holds, purposes};
use authz::Actor;
use host::{App, AppState, Blanks, DueAsk, PersonKey};
use kernel::AreaCode;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use store::jobs::{Job, JobError};
use store::{Audit, StoreError, StoreResult, Tx};

/// The job's kind.
pub const KIND: &str = "privacy.erase";
/// Pieces in one transaction.
pub(crate) const CHUNK: i64 = 20;
/// Transactions a turn; then others may go first.
const TURN: usize = 4;
/// People looked for in files at once.
const LOOK: i64 = 2_000;
/// How often a long look renews its lease.
const RENEW: Duration = Duration::from_secs(15);

/// Runs `privacy.erase`.
pub(crate) async fn run(app: AppState, job: Job) -> Result<(), JobError> {
    match turn(&app, &job).await {
        Ok(true) => Ok(()),
        Ok(false) => Err(JobError::Again),
        // Whatever it is, the rest of the list is still to be erased: nothing is half done.
        Err(error) => Err(JobError::Retry(error.to_string())),
    }
}

fn run_of(job: &Job) -> String {
    let payload: serde_json::Value = serde_json::from_str(&job.payload).unwrap_or_default();
    let run = payload.get("run").and_then(serde_json::Value::as_str);
    run.unwrap_or_default().to_owned()
}

/// A turn; true when the list is done, or somebody else's.
async fn turn(app: &AppState, job: &Job) -> StoreResult<bool> {
    let id = run_of(job);
    let Some(run) = runs::find(&app.store, &id).await? else {
        return Ok(true);
    };
    if run.state != "approved" {
        return Ok(true);
    }
    if !run.prepared {
        prepare(app, job, &run).await?;
    }
    for _ in 0..TURN {
        if !chunk(app, job, &run).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// In the name of the product; the list says who made it and who approved it.
fn actor() -> Actor {
    Actor::system("erasure")
}

/// Kinds of records whose erasing erases the person.
fn whole(app: &App) -> Vec<&'static str> {
    app.record_kinds
        .iter()
        .filter(|kind| matches!(kind.blanks, Blanks::Person))
        .map(|kind| kind.key)
        .collect()
}

/// Lets capabilities do what they cannot do in a transaction; whoever must wait is said so.
async fn prepare(app: &AppState, job: &Job, run: &Run) -> StoreResult<()> {
    let kinds = whole(app);
    let mut after = String::new();
    loop {
        let ids = runs::people(&app.store, &run.id, &kinds, &after, LOOK).await?;
        let Some(last) = ids.last() else { break };
        after.clone_from(last);
        let people = people::api::erasing(app, &app.store, &ids).await?;
        for part in &app.erasures {
            let Some(before) = &part.before else { continue };
            let mut looking = before(app, &people);
            let waiting = loop {
                tokio::select! {
                    found = &mut looking => break found?,
                    () = tokio::time::sleep(RENEW) => app.store.job_progress(job, 0, 0).await?,
                }
            };
            if waiting.is_empty() {
                continue;
            }
            let mut tx = app.store.begin(&actor(), None).await?;
            for (person, why) in &waiting {
                runs::wait(&mut tx, &run.id, &kinds, person, why).await?;
            }
            tx.audit(
                Audit::new("erasure.wait")
                    .subject(&run.id)
                    .with("count", waiting.len() as i64),
            );
            tx.commit().await?;
        }
    }
    let mut tx = app.store.begin(&actor(), None).await?;
    runs::prepared(&mut tx, &run.id).await?;
    tx.audit(Audit::new("erasure.prepared").subject(&run.id));
    tx.commit().await
}

/// What became of the pieces of a chunk.
#[derive(Default)]
struct Sorted {
    /// People to be erased, with their pieces.
    people: BTreeMap<PersonKey, Vec<i64>>,
    /// Records to be blanked, by kind.
    parts: BTreeMap<String, Vec<(i64, String)>>,
    /// No longer due.
    skipped: Vec<i64>,
    /// Held.
    held: Vec<i64>,
}

async fn sort(app: &AppState, tx: &Tx, run: &Run, items: &[Item]) -> StoreResult<Sorted> {
    let rules = purposes::rules(tx).await?;
    let holds = holds::open(tx).await?;
    let mut out = Sorted::default();
    for item in items {
        let rule = rules.iter().find(|rule| rule.key == item.rule);
        let kind = due::kind(app, &item.kind);
        let (Some(rule), Some(kind)) = (rule.filter(|rule| rule.kind == item.kind), kind) else {
            out.skipped.push(item.seq);
            continue;
        };
        let ask = DueAsk {
            before: rule.before(run.day),
            only: Some(item.id.clone()),
        };
        if (kind.due)(&app.store, &ask).await?.is_empty() {
            out.skipped.push(item.seq);
            continue;
        }
        let areas = areas(tx, item.person.as_ref()).await?;
        let person = item.person.as_ref().map(|key| key.id.as_str());
        if holds.iter().any(|hold| hold.holds(person, &areas)) {
            out.held.push(item.seq);
            continue;
        }
        match (&kind.blanks, &item.person) {
            (Blanks::Person, Some(key)) => {
                out.people.entry(key.clone()).or_default().push(item.seq);
            }
            (Blanks::Part(_), _) => out
                .parts
                .entry(item.kind.clone())
                .or_default()
                .push((item.seq, item.id.clone())),
            (Blanks::Person, None) => out.skipped.push(item.seq),
        }
    }
    Ok(out)
}

/// Where somebody belongs now.
async fn areas(tx: &Tx, person: Option<&PersonKey>) -> StoreResult<Vec<AreaCode>> {
    let Some(key) = person else {
        return Ok(Vec::new());
    };
    let person = people::api::person(tx, &key.id).await?;
    Ok(person.map_or_else(Vec::new, |person| {
        let subject = person.subject();
        [subject.hukou, subject.residence]
            .into_iter()
            .flatten()
            .collect()
    }))
}

/// The next pieces; false when there are none, or the list is somebody else's.
async fn chunk(app: &AppState, job: &Job, run: &Run) -> StoreResult<bool> {
    let mut tx = app.store.begin(&actor(), None).await?;
    let held = runs::hold(&tx, &run.id).await?;
    let ours = held.is_some_and(|held| held.state == "approved");
    let done = runs::counts(&tx, &run.id).await?;
    let number = |todo: bool| -> i64 {
        let of = done.iter().filter(|count| !todo || count.state != "todo");
        of.map(|count| count.number).sum()
    };
    let items = runs::todo(&tx, &run.id, CHUNK).await?;
    let got = number(true) + items.len() as i64;
    if !ours || !tx.hold_job(job, got, number(false)).await? {
        tx.rollback().await?;
        return Ok(false);
    }
    if items.is_empty() {
        runs::finish(&mut tx, &run.id).await?;
        tx.audit(Audit::new("erasure.done").subject(&run.id));
        tx.commit().await?;
        return Ok(false);
    }
    let sorted = sort(app, &tx, run, &items).await?;
    let erased = whole_people(app, &mut tx, run, &sorted).await?;
    parts(app, &mut tx, run, &sorted).await?;
    runs::settle(
        &mut tx,
        &run.id,
        &sorted.skipped,
        "skipped",
        Some("情况已变，不再到期"),
    )
    .await?;
    runs::settle(&mut tx, &run.id, &sorted.held, "held", Some("法律保全中")).await?;
    tx.audit(
        Audit::new("erasure.chunk")
            .subject(&run.id)
            .with("count", items.len() as i64)
            .with("people", erased.len() as i64)
            .with("held", sorted.held.len() as i64)
            .with("skipped", sorted.skipped.len() as i64),
    );
    tx.commit().await?;
    people::api::erased(app, &erased).await?;
    if let Ok(org) = app.part::<org::api::Org>() {
        org::api::grants_changed(&org);
    }
    Ok(true)
}

/// Erases people: every capability's part, then what follows from it. Gives their ids.
async fn whole_people(
    app: &AppState,
    tx: &mut Tx,
    run: &Run,
    sorted: &Sorted,
) -> StoreResult<Vec<String>> {
    if sorted.people.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<String> = sorted.people.keys().map(|key| key.id.clone()).collect();
    let erasing = people::api::erasing(app, tx, &ids).await?;
    for part in &app.erasures {
        (part.erase)(app, tx, &erasing).await?;
    }
    let keys: Vec<PersonKey> = erasing
        .iter()
        .filter_map(|person| person.keys.first().cloned())
        .collect();
    app.facts_changed(tx, &keys).await?;
    let mut seqs = Vec::new();
    for (key, own) in &sorted.people {
        seqs.extend(own);
        tx.audit(
            Audit::new("person.erase")
                .person(&key.shard, &key.id)
                .with("run", run.id.as_str()),
        );
    }
    runs::settle(tx, &run.id, &seqs, "erased", None).await?;
    Ok(ids)
}

async fn parts(app: &AppState, tx: &mut Tx, run: &Run, sorted: &Sorted) -> StoreResult<()> {
    for (key, pieces) in &sorted.parts {
        let missing = || StoreError::Other(format!("no kind of records {key}"));
        let kind = due::kind(app, key).ok_or_else(missing)?;
        let Blanks::Part(erase) = &kind.blanks else {
            continue;
        };
        let erase = Arc::clone(erase);
        let ids: Vec<String> = pieces.iter().map(|(_, id)| id.clone()).collect();
        erase(app, tx, &ids).await?;
        let seqs: Vec<i64> = pieces.iter().map(|(seq, _)| *seq).collect();
        runs::settle(tx, &run.id, &seqs, "erased", None).await?;
        tx.audit(
            Audit::new("record.erase")
                .subject(&run.id)
                .with("kind", key.as_str())
                .with("count", ids.len() as i64),
        );
    }
    Ok(())
}
