//! The end of committing: a complete list says no of everybody of its area who is not on it. The list itself is kept
//! once; who was on it before and is not now gets an end of their own; everybody's row is brought up to it.

use crate::batch::{self, Batch, State};
use crate::commit::{CHUNK, Turn, still};
use crate::decide::Rank;
use crate::members::Members;
use crate::report::Report;
use crate::{start, stopped};
use files::Files;
use host::{AppState, PersonKey};
use people::api::{self as register, Fact, Roll, RollDigest, resolve};
use rules::facts::find;
use std::collections::{BTreeMap, HashMap};
use store::jobs::Job;
use store::{Audit, StoreError, StoreResult};

/// Goes on with what follows the rows, at most so many chunks.
pub(crate) async fn step(
    app: &AppState,
    job: &Job,
    batch: &Batch,
    most: usize,
) -> StoreResult<Turn> {
    match batch.phase.as_str() {
        "roll" => {
            rolls(app, job, batch).await?;
            Ok(Turn::More)
        }
        "rest" => rest(app, job, batch, most).await,
        "stop" => stopped::stop(app, job, batch, most).await,
        _ => end(app, job, batch).await,
    }
}

/// Who stands on a list, as the check found it.
pub(crate) async fn members(app: &AppState, batch: &Batch) -> StoreResult<Members> {
    let files = app.part::<Files>()?;
    let gone = || StoreError::Other("the members of the list are gone".to_owned());
    let id = batch.members_file.as_deref().ok_or_else(gone)?;
    let kept = files.find(&app.store, id).await?.ok_or_else(gone)?;
    let mut reader = std::io::BufReader::new(files.open_anywhere(app.store.keys(), &kept)?);
    Members::read(&mut reader)
}

async fn rolls(app: &AppState, job: &Job, batch: &Batch) -> StoreResult<()> {
    let members = members(app, batch).await?;
    let report = match &batch.report {
        Some(text) => Report::open(app.store.keys(), text)?,
        None => Report::default(),
    };
    let (areas, Some(day)) = (batch.areas(), batch.day) else {
        return Err(StoreError::Other(
            "a complete list has an area and a day".to_owned(),
        ));
    };
    let mut tx = app.store.begin(&batch.owner, None).await?;
    if !still(&tx, batch).await? || !tx.hold_job(job, batch.done, batch.todo).await? {
        return tx.rollback().await;
    }
    for fact in batch.kind.settled() {
        let mut digest = RollDigest::default();
        for mark in members.marks(fact.name()) {
            digest.add(&format!("{mark:032x}"));
        }
        let digest = digest.finish();
        let by_area = report.listed.get(fact.name());
        for area in &areas {
            let listed = by_area.and_then(|by_area| by_area.get(&area.to_string()));
            let roll = Roll {
                id: tx.store().new_id(),
                fact,
                area: *area,
                day,
                recorded: tx.at(),
                source: batch.label.clone(),
                by: batch.owner.name.clone(),
                listed: listed.copied().unwrap_or(0),
                withdrawn: None,
            };
            register::record_roll_digest(&mut tx, &roll, &digest).await?;
        }
    }
    batch::update(
        &mut tx,
        &batch.id,
        vec![("phase", "rest".into()), ("place", "".into())],
    )
    .await?;
    tx.audit(
        Audit::new("intake.phase")
            .subject(&batch.id)
            .with("phase", "rest"),
    );
    tx.commit().await
}

/// Fact, and the key behind which the walk over the area goes on.
pub(crate) fn walked(place: &str) -> Option<(Fact, Option<PersonKey>)> {
    let mut parts = place.splitn(3, '/');
    let fact = find(parts.next()?)?;
    let key = match (parts.next(), parts.next()) {
        (Some(shard), Some(id)) => Some(PersonKey {
            shard: shard.to_owned(),
            id: id.to_owned(),
        }),
        _ => None,
    };
    Some((fact, key))
}

/// The place behind a key.
pub(crate) fn place_behind(fact: Fact, key: &PersonKey) -> String {
    format!("{}/{}/{}", fact.name(), key.shard, key.id)
}

async fn rest(app: &AppState, job: &Job, batch: &Batch, most: usize) -> StoreResult<Turn> {
    let members = members(app, batch).await?;
    let ranks = batch::ranks(&app.store).await?;
    let settled = batch.kind.settled();
    let mut batch = batch.clone();
    for _ in 0..most {
        let (fact, after) = match walked(&batch.place) {
            Some(walked) => walked,
            None => match settled.first() {
                Some(first) => (*first, None),
                None => return end(app, job, &batch).await,
            },
        };
        let next_fact = settled
            .iter()
            .position(|one| *one == fact)
            .and_then(|place| settled.get(place + 1))
            .copied();
        let Some(area) = batch.area else {
            return end(app, job, &batch).await;
        };
        let absent = fact.def().absent();
        // Those whose row says it already cost nothing but the look.
        let mut todo: Vec<PersonKey> = Vec::new();
        let mut place_of: HashMap<String, usize> = HashMap::new();
        let areas = batch.areas();
        let (mut after, mut over) = (after, false);
        while todo.len() < CHUNK {
            let wanted = (CHUNK * 4) as i64;
            let part =
                register::registered_in(&app.store, &area, fact, after.as_ref(), wanted).await?;
            over = (part.len() as i64) < wanted;
            for (key, hukou, value) in part {
                after = Some(key.clone());
                let within =
                    hukou.and_then(|code| areas.iter().position(|area| area.contains(&code)));
                if let Some(within) = within
                    && !members.has(fact.name(), &key.id)
                    && value != absent
                {
                    place_of.insert(key.id.clone(), within);
                    todo.push(key);
                    if todo.len() == CHUNK {
                        over = false;
                        break;
                    }
                }
            }
            if over {
                break;
            }
        }
        let mut tx = app.store.begin(&batch.owner, None).await?;
        if !still(&tx, &batch).await? || !tx.hold_job(job, batch.done, batch.todo).await? {
            tx.rollback().await?;
            return Ok(Turn::Ended);
        }
        let book = register::roll_book(&tx).await?;
        let mut held = register::hold_with_records(&tx, &todo).await?;
        let rank = start::judge(&batch).rank;
        let (today, now) = (tx.at().day(), tx.at());
        if rank < Rank::Owner {
            // What the owner of the fact has said stands above this list.
            held.retain(|(_, records)| {
                resolve(records, &book, today, now)
                    .known(fact)
                    .is_none_or(|known| ranks.of(known, records) <= rank)
            });
        }
        let mut by_area: BTreeMap<usize, Vec<_>> = BTreeMap::new();
        for held in held {
            if let Some(place) = place_of.get(&held.0.key.id) {
                by_area.entry(*place).or_default().push(held);
            }
        }
        let mut keys: Vec<PersonKey> = Vec::new();
        for (place, held) in by_area {
            let roll = book.of(fact).iter().find(|roll| {
                roll.source == batch.label
                    && roll.withdrawn.is_none()
                    && areas.get(place) == Some(&roll.area)
            });
            let missing = || StoreError::Other("the list was not recorded".to_owned());
            let roll = roll.cloned().ok_or_else(missing)?;
            let changed = register::end_by_roll(&mut tx, held, &roll, &book).await?;
            keys.extend(changed.into_iter().map(|person| person.key));
        }
        keys.sort();
        app.facts_changed(&mut tx, &keys).await?;
        let place = match (over, after, next_fact) {
            (false, Some(key), _) => place_behind(fact, &key),
            (_, _, Some(next)) => next.name().to_owned(),
            _ => String::new(),
        };
        let ended = place.is_empty();
        let mut columns = vec![("place", place.clone().into())];
        if ended {
            columns.push(("phase", "end".into()));
        }
        batch::update(&mut tx, &batch.id, columns).await?;
        tx.audit(
            Audit::new("intake.rest")
                .subject(&batch.id)
                .with("fact", fact.name())
                .with("people", keys.len() as i64),
        );
        tx.commit().await?;
        entitle::api::after_commit(app, &keys).await?;
        if ended {
            return Ok(Turn::More);
        }
        batch.place = place;
    }
    Ok(Turn::More)
}

pub(crate) async fn end(app: &AppState, job: &Job, batch: &Batch) -> StoreResult<Turn> {
    let mut tx = app.store.begin(&batch.owner, None).await?;
    if !still(&tx, batch).await? || !tx.hold_job(job, batch.todo, batch.todo).await? {
        tx.rollback().await?;
        return Ok(Turn::Ended);
    }
    let at = tx.at().micros();
    batch::update(
        &mut tx,
        &batch.id,
        vec![
            ("state", State::Done.key().into()),
            ("phase", "done".into()),
            ("place", "".into()),
            ("committed_at", at.into()),
        ],
    )
    .await?;
    tx.audit(
        Audit::new("intake.done")
            .subject(&batch.id)
            .with("rows", batch.done)
            .with("digest", batch.digest.as_str()),
    );
    tx.commit().await?;
    Ok(Turn::Ended)
}
