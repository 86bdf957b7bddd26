//! A complete roll of who is paid, by programme and month: who receives in its area and does not stand on it receives
//! no longer from the first day of that month. Taken back, they receive again.

use crate::batch::{self, Batch};
use crate::check::samples;
use crate::commit::{CHUNK, Ended, Turn, Undo, still};
use crate::members::{self, Members};
use crate::report::{Ends, SAMPLES};
use crate::{rest, staged, start, undo};
use entitle::api::{self as entitled, Receiving};
use files::Files;
use host::{AppState, PersonKey};
use kernel::Day;
use std::collections::BTreeMap;
use store::jobs::Job;
use store::{Audit, StoreError, StoreResult};

/// Receipts of a programme read together.
const WALK: i64 = 5_000;

/// The day of a roll; it speaks about that day's month.
fn day(batch: &Batch) -> StoreResult<Day> {
    let missing = || StoreError::Other("a complete roll has a day".to_owned());
    batch.day.ok_or_else(missing)
}

/// Whether somebody's receipt is one that the roll would have to name.
fn inside(batch: &Batch, receiving: &Receiving) -> bool {
    let areas = batch.areas();
    let hukou = receiving.hukou;
    hukou.is_some_and(|code| areas.iter().any(|area| area.contains(&code)))
}

/// What a complete roll does to who is not on it; why a second person must agree, if one must.
pub(crate) async fn ends(
    app: &AppState,
    batch: &Batch,
    members: &Members,
) -> StoreResult<(Vec<Ends>, Option<String>)> {
    let on = day(batch)?;
    let names: BTreeMap<String, String> = start::programmes(app, on)?.into_iter().collect();
    let (mut out, mut stop) = (Vec::new(), None);
    for programme in members.programmes() {
        let name = names.get(&programme).unwrap_or(&programme).clone();
        let listed = members.count(&members::paid(&programme));
        let (mut before, mut left) = (0, 0);
        let mut shown: Vec<(PersonKey, i64)> = Vec::new();
        let mut after: Option<PersonKey> = None;
        loop {
            let part =
                entitled::receiving(&app.store, &programme, on, after.as_ref(), WALK).await?;
            let Some(last) = part.last() else { break };
            after = Some(last.key.clone());
            for receiving in part.iter().filter(|one| inside(batch, one)) {
                before += 1;
                if members.is_paid(&programme, &receiving.key.id) {
                    continue;
                }
                left += 1;
                if shown.len() < SAMPLES {
                    shown.push((receiving.key.clone(), receiving.fen));
                }
            }
        }
        if before > 0 && (listed * 10 < before * 9 || listed * 10 > before * 11) {
            stop = Some(format!(
                "「{name}」现在在享 {} 人，这份名单 {} 人，相差超过一成。",
                ui::grouped(i64::unsigned_abs(before)),
                ui::grouped(listed.unsigned_abs()),
            ));
        }
        let keys: Vec<PersonKey> = shown.iter().map(|(key, _)| key.clone()).collect();
        let month = on.first_of_month();
        let samples = samples(app, &keys, |key| {
            let fen = shown.iter().find(|(one, _)| one == key).map(|one| one.1);
            let yuan = kernel::Fen(fen.unwrap_or(0));
            format!("{name}（{yuan} 元）从 {month} 起停发")
        })
        .await?;
        out.push(Ends {
            programme: Some(name),
            listed,
            before: (before > 0).then_some(before),
            left,
            samples,
            ..Ends::default()
        });
    }
    Ok((out, stop))
}

/// Programme, and the key behind which the walk goes on.
fn walked(place: &str) -> Option<(String, Option<PersonKey>)> {
    let mut parts = place.splitn(3, '/');
    let programme = parts.next().filter(|text| !text.is_empty())?.to_owned();
    let key = match (parts.next(), parts.next()) {
        (Some(shard), Some(id)) => Some(PersonKey {
            shard: shard.to_owned(),
            id: id.to_owned(),
        }),
        _ => None,
    };
    Some((programme, key))
}

/// Goes on with ending what who is not on the roll receives, at most so many chunks.
pub(crate) async fn stop(
    app: &AppState,
    job: &Job,
    batch: &Batch,
    most: usize,
) -> StoreResult<Turn> {
    let members = rest::members(app, batch).await?;
    let programmes = members.programmes();
    let (on, mut batch) = (day(batch)?, batch.clone());
    for _ in 0..most {
        let first = || Some((programmes.first()?.clone(), None));
        let Some((programme, mut after)) = walked(&batch.place).or_else(first) else {
            return rest::end(app, job, &batch).await;
        };
        let next = programmes
            .iter()
            .position(|one| *one == programme)
            .and_then(|place| programmes.get(place + 1))
            .cloned();
        let (mut todo, mut over) = (Vec::new(), false);
        while todo.len() < CHUNK && !over {
            let wanted = (CHUNK * 4) as i64;
            let part =
                entitled::receiving(&app.store, &programme, on, after.as_ref(), wanted).await?;
            over = part.is_empty();
            for receiving in part {
                after = Some(receiving.key.clone());
                if inside(&batch, &receiving) && !members.is_paid(&programme, &receiving.key.id) {
                    todo.push(receiving.key);
                    if todo.len() == CHUNK {
                        break;
                    }
                }
            }
        }
        let mut tx = app.store.begin(&batch.owner, None).await?;
        if !still(&tx, &batch).await? || !tx.hold_job(job, batch.done, batch.todo).await? {
            tx.rollback().await?;
            return Ok(Turn::Ended);
        }
        todo.dedup();
        let (undo, keys) = end_all(&mut tx, &todo, &programme, on).await?;
        if !keys.is_empty() {
            app.facts_changed(&mut tx, &keys).await?;
            let files = app.part::<Files>()?;
            let sealed = staged::seal(&files, &app.store, &undo)?;
            let kept = staged::keep(&files, &mut tx, sealed, "undo", &batch.owner).await?;
            let seq = batch::next_undo(&tx, &batch.id).await?;
            batch::add_undo(&mut tx, &batch.id, seq, &kept.id).await?;
        }
        let place = match (over, after, next) {
            (false, Some(key), _) => format!("{programme}/{}/{}", key.shard, key.id),
            (_, _, Some(next)) => next,
            _ => String::new(),
        };
        let ended = place.is_empty();
        let mut columns = vec![("place", place.clone().into())];
        if ended {
            columns.push(("phase", "end".into()));
        }
        batch::update(&mut tx, &batch.id, columns).await?;
        tx.audit(
            Audit::new("intake.stop")
                .subject(&batch.id)
                .with("programme", programme)
                .with("people", keys.len() as i64),
        );
        tx.commit().await?;
        entitled::after_commit(app, &keys).await?;
        if ended {
            return Ok(Turn::More);
        }
        batch.place = place;
    }
    Ok(Turn::More)
}

/// Ends what these people receive of a programme on a day with the first day of its month.
async fn end_all(
    tx: &mut store::Tx,
    people: &[PersonKey],
    programme: &str,
    on: Day,
) -> StoreResult<(Undo, Vec<PersonKey>)> {
    let received = entitled::receipts_of(tx, people).await?;
    let (mut undo, mut ended, mut keys) = (Undo::default(), Vec::new(), Vec::new());
    for key in people {
        let all = received.get(&key.id).map_or(&[][..], Vec::as_slice);
        for receipt in all
            .iter()
            .filter(|receipt| receipt.programme == programme && receipt.covers(on))
        {
            let until = on.first_of_month().max(receipt.from);
            undo.ended.push(Ended {
                key: (key.shard.clone(), key.id.clone()),
                programme: programme.to_owned(),
                from: receipt.from.number(),
                recorded: receipt.recorded.micros(),
                until: receipt.until.map(Day::number),
                now: Some(until.number()),
            });
            ended.push((key.clone(), receipt.clone(), Some(until)));
            keys.push(key.clone());
        }
    }
    keys.dedup();
    entitled::end_receipts(tx, &ended).await?;
    Ok((undo, keys))
}

/// Gives back what the roll ended of those who were not on it, where nobody has said otherwise since.
pub(crate) async fn give_back(
    app: &AppState,
    job: &Job,
    batch: &Batch,
    before: &Undo,
) -> StoreResult<bool> {
    let mut all: Vec<&Ended> = before
        .ended
        .iter()
        .filter(|ended| ended.now.is_some())
        .collect();
    all.sort_by(|a, b| (&a.key, &a.programme, a.from).cmp(&(&b.key, &b.programme, b.from)));
    let from: usize = batch.place.parse().unwrap_or(0);
    let part = all.get(from..).unwrap_or(&[]);
    let part = part.get(..CHUNK.min(part.len())).unwrap_or(&[]);
    let Some(mut tx) = undo::begin(app, job, batch).await? else {
        return Ok(false);
    };
    let mut keys: Vec<PersonKey> = part
        .iter()
        .map(|ended| PersonKey {
            shard: ended.key.0.clone(),
            id: ended.key.1.clone(),
        })
        .collect();
    keys.dedup();
    let received = entitled::receipts_of(&tx, &keys).await?;
    for ended in part {
        let all = received.get(&ended.key.1).map_or(&[][..], Vec::as_slice);
        let stands = all.iter().any(|receipt| {
            receipt.programme == ended.programme
                && receipt.from.number() == ended.from
                && receipt.recorded.micros() == ended.recorded
                && receipt.until.map(Day::number) == ended.now
        });
        if stands {
            let key = PersonKey {
                shard: ended.key.0.clone(),
                id: ended.key.1.clone(),
            };
            let which = (ended.from, ended.recorded);
            entitled::set_until(&mut tx, &key, &ended.programme, which, ended.until).await?;
        }
    }
    app.facts_changed(&mut tx, &keys).await?;
    let (phase, place) = if part.is_empty() {
        ("undo-end", String::new())
    } else {
        ("undo-stopped", (from + part.len()).to_string())
    };
    undo::go(tx, batch, phase, &place, keys.len()).await?;
    entitled::after_commit(app, &keys).await?;
    Ok(true)
}
