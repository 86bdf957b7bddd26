//! The job that takes a whole list back: what it told is withdrawn, what it ended holds again, who it registered and
//! nobody touched since is known no more. The history keeps that it was there.

use crate::batch::{self, Batch, State};
use crate::check::{fail, id_of};
use crate::commit::{CHUNK, Ended, TURN, Turn, Undo, answer_everyone, still};
use crate::kind::Shape;
use crate::members::Members;
use crate::rest::{members, place_behind, walked};
use crate::{staged, stopped};
use files::Files;
use host::{AppState, PersonKey};
use people::api::{self as register, Beside};
use std::collections::BTreeMap;
use store::jobs::{Job, JobError};
use store::{Audit, StoreResult};

/// The job's kind.
pub(crate) const KIND: &str = "intake.withdraw";

/// Runs `intake.withdraw`.
pub(crate) async fn run(app: AppState, job: Job) -> Result<(), JobError> {
    let id = id_of(&job);
    match turn(&app, &job, &id).await {
        Ok(Turn::Ended) => Ok(()),
        Ok(Turn::More) => Err(JobError::Again),
        Err(error) if error.is_retryable() => Err(JobError::Retry(error.to_string())),
        Err(error) => {
            let says = "撤销中断，可以再次撤销。";
            if let Err(error) = fail(&app, &id, says).await {
                return Err(JobError::Retry(error.to_string()));
            }
            Err(JobError::Fail(error.to_string()))
        }
    }
}

/// What a turn reads once.
#[derive(Default)]
struct Once {
    before: Option<Undo>,
    members: Option<Members>,
}

impl Once {
    /// What stood before the list where a change has no history of its own; of two changes the first one's before.
    async fn before(&mut self, app: &AppState, batch: &Batch) -> StoreResult<&Undo> {
        if self.before.is_none() {
            let files = app.part::<Files>()?;
            let mut all = Undo::default();
            for file in batch::undo(&app.store, &batch.id).await? {
                let undo: Undo = staged::open(&files, &app.store, &file).await?;
                all.beside.extend(undo.beside);
                all.ended.extend(undo.ended);
            }
            self.before = Some(all);
        }
        Ok(self.before.get_or_insert_default())
    }

    async fn members(&mut self, app: &AppState, batch: &Batch) -> StoreResult<&Members> {
        if self.members.is_none() {
            self.members = Some(members(app, batch).await?);
        }
        Ok(self.members.get_or_insert_default())
    }
}

async fn turn(app: &AppState, job: &Job, id: &str) -> StoreResult<Turn> {
    let mut once = Once::default();
    for _ in 0..TURN {
        let Some(batch) = batch::find(&app.store, id).await? else {
            return Ok(Turn::Ended);
        };
        if batch.state != State::Withdrawing {
            return Ok(Turn::Ended);
        }
        let goes_on = match batch.phase.as_str() {
            "undo-rolls" => rolls(app, job, &batch).await?,
            "undo-rest" => rest(app, job, &batch, &mut once).await?,
            "undo-rows" => rows(app, job, &batch, &mut once).await?,
            "undo-paid" => paid(app, job, &batch, &mut once).await?,
            "undo-stopped" => {
                let before = once.before(app, &batch).await?;
                stopped::give_back(app, job, &batch, before).await?
            }
            _ => return end(app, job, &batch).await,
        };
        if !goes_on {
            return Ok(Turn::Ended);
        }
    }
    Ok(Turn::More)
}

/// Opens a transaction on the import as it stands, or `None` when it is somebody else's.
pub(crate) async fn begin(
    app: &AppState,
    job: &Job,
    batch: &Batch,
) -> StoreResult<Option<store::Tx>> {
    let mut tx = app.store.begin(&batch.owner, None).await?;
    if still(&tx, batch).await? && tx.hold_job(job, batch.done, batch.todo).await? {
        return Ok(Some(tx));
    }
    tx.rollback().await?;
    Ok(None)
}

pub(crate) async fn go(
    mut tx: store::Tx,
    batch: &Batch,
    phase: &str,
    place: &str,
    people: usize,
) -> StoreResult<()> {
    batch::update(
        &mut tx,
        &batch.id,
        vec![("phase", phase.into()), ("place", place.into())],
    )
    .await?;
    tx.audit(
        Audit::new("intake.undo")
            .subject(&batch.id)
            .with("phase", batch.phase.as_str())
            .with("people", people as i64),
    );
    tx.commit().await
}

async fn rolls(app: &AppState, job: &Job, batch: &Batch) -> StoreResult<bool> {
    let Some(mut tx) = begin(app, job, batch).await? else {
        return Ok(false);
    };
    let book = register::roll_book(&tx).await?;
    let mut any = false;
    for fact in batch.kind.settled() {
        for roll in book.of(fact) {
            if roll.source == batch.label && roll.withdrawn.is_none() {
                register::withdraw_roll(&mut tx, &roll.id).await?;
                any = true;
            }
        }
    }
    go(
        tx,
        batch,
        if any { "undo-rest" } else { "undo-rows" },
        "",
        0,
    )
    .await?;
    Ok(true)
}

/// Everybody of the area whose row says no because of the list.
async fn rest(app: &AppState, job: &Job, batch: &Batch, once: &mut Once) -> StoreResult<bool> {
    let members = once.members(app, batch).await?;
    let settled = batch.kind.settled();
    let fact = walked(&batch.place).map_or_else(|| settled.first().map(|fact| (*fact, None)), Some);
    let (Some((fact, mut after)), Some(area)) = (fact, batch.area) else {
        let Some(tx) = begin(app, job, batch).await? else {
            return Ok(false);
        };
        go(tx, batch, "undo-rows", "", 0).await?;
        return Ok(true);
    };
    let next = settled
        .iter()
        .position(|one| *one == fact)
        .and_then(|place| settled.get(place + 1))
        .copied();
    let absent = fact.def().absent();
    let mut todo = Vec::new();
    let part =
        register::registered_in(&app.store, &area, fact, after.as_ref(), CHUNK as i64).await?;
    let over = part.len() < CHUNK;
    for (key, _, value) in part {
        after = Some(key.clone());
        if !members.has(fact.name(), &key.id) && value == absent {
            todo.push(key);
        }
    }
    let Some(mut tx) = begin(app, job, batch).await? else {
        return Ok(false);
    };
    let book = register::roll_book(&tx).await?;
    let sources = vec![register::leavers_source(&batch.label)];
    let changed = register::take_back(
        &mut tx,
        &todo,
        &sources,
        &batch.label,
        BTreeMap::new(),
        &book,
    )
    .await?;
    let keys: Vec<PersonKey> = changed.into_iter().map(|person| person.key).collect();
    app.facts_changed(&mut tx, &keys).await?;
    let (phase, place) = match (over, after, next) {
        (false, Some(key), _) => ("undo-rest", place_behind(fact, &key)),
        (_, _, Some(next)) => ("undo-rest", next.name().to_owned()),
        _ => ("undo-rows", String::new()),
    };
    go(tx, batch, phase, &place, keys.len()).await?;
    entitle::api::after_commit(app, &keys).await?;
    Ok(true)
}

/// Everybody who was told something, the row's own people last: whom the list registered and who was told more since
/// keeps what the list said of them.
async fn rows(app: &AppState, job: &Job, batch: &Batch, once: &mut Once) -> StoreResult<bool> {
    let sources = vec![batch.label.clone(), register::leavers_source(&batch.label)];
    let after = batch.place.split_once('/').map(|(shard, id)| PersonKey {
        shard: shard.to_owned(),
        id: id.to_owned(),
    });
    let keys = register::told_by(&app.store, &sources, after.as_ref(), CHUNK as i64).await?;
    let besides = &once.before(app, batch).await?.beside;
    let Some(mut tx) = begin(app, job, batch).await? else {
        return Ok(false);
    };
    let last = keys.last().cloned();
    let book = register::roll_book(&tx).await?;
    let histories = register::records_of(&tx, &keys).await?;
    let kept = |key: &PersonKey| {
        histories.get(&key.id).is_some_and(|records| {
            let registered = records
                .iter()
                .min_by_key(|record| record.seq)
                .is_some_and(|first| first.source == batch.label);
            let more = records
                .iter()
                .any(|record| !sources.contains(&record.source) && record.withdrawn.is_none());
            registered && more && batch.kind.shape == Shape::People
        })
    };
    let todo: Vec<PersonKey> = keys.into_iter().filter(|key| !kept(key)).collect();
    let before: BTreeMap<String, Beside> = todo
        .iter()
        .filter_map(|key| Some((key.id.clone(), besides.get(&key.id)?.clone())))
        .collect();
    let changed =
        register::take_back(&mut tx, &todo, &sources, &batch.label, before, &book).await?;
    let keys: Vec<PersonKey> = changed.into_iter().map(|person| person.key).collect();
    app.facts_changed(&mut tx, &keys).await?;
    let (phase, place) = match last {
        Some(key) => ("undo-rows", format!("{}/{}", key.shard, key.id)),
        None if batch.kind.shape == Shape::Receipts => ("undo-paid", String::new()),
        None => ("undo-end", String::new()),
    };
    go(tx, batch, phase, &place, keys.len()).await?;
    entitle::api::after_commit(app, &keys).await?;
    Ok(true)
}

/// What is in payment by this list, and what it ended.
async fn paid(app: &AppState, job: &Job, batch: &Batch, once: &mut Once) -> StoreResult<bool> {
    let keys = entitle::api::paid_by(&app.store, &batch.label, CHUNK as i64).await?;
    let Some(mut tx) = begin(app, job, batch).await? else {
        return Ok(false);
    };
    if keys.is_empty() {
        if entitle::api::disconnect_unpaid(&mut tx).await? {
            answer_everyone(&mut tx).await?;
        }
        go(tx, batch, "undo-stopped", "", 0).await?;
        return Ok(true);
    }
    entitle::api::remove_receipts(&mut tx, &keys, &batch.label).await?;
    let again: Vec<Ended> = once
        .before(app, batch)
        .await?
        .ended
        .iter()
        .filter(|ended| {
            keys.iter()
                .any(|key| key.shard == ended.key.0 && key.id == ended.key.1)
        })
        .cloned()
        .collect();
    for ended in again {
        let key = PersonKey {
            shard: ended.key.0,
            id: ended.key.1,
        };
        entitle::api::set_until(
            &mut tx,
            &key,
            &ended.programme,
            (ended.from, ended.recorded),
            ended.until,
        )
        .await?;
    }
    app.facts_changed(&mut tx, &keys).await?;
    go(tx, batch, "undo-paid", "", keys.len()).await?;
    Ok(true)
}

async fn end(app: &AppState, job: &Job, batch: &Batch) -> StoreResult<Turn> {
    let Some(mut tx) = begin(app, job, batch).await? else {
        return Ok(Turn::Ended);
    };
    let at = tx.at().micros();
    batch::update(
        &mut tx,
        &batch.id,
        vec![
            ("state", State::Withdrawn.key().into()),
            ("phase", "withdrawn".into()),
            ("place", "".into()),
            ("withdrawn_at", at.into()),
        ],
    )
    .await?;
    tx.audit(Audit::new("intake.withdrawn").subject(&batch.id));
    tx.commit().await?;
    Ok(Turn::Ended)
}
