//! The job that checks a list: it is read on one thread while the register is asked on another; what would change is
//! staged in sealed files, what cannot go in is written back in the layout it came in. Killed, it begins again.

mod bad;
mod judged;
pub(crate) use judged::merged;
mod read;

use crate::batch::{self, Batch, State};
use crate::kind::Shape;
use crate::members::Members;
use crate::report::{Ends, Report, Sample};
use crate::staged::{self, Shelves, Staged};
use crate::{start, stopped};
use area::api::AreaBook;
use files::Files;
use host::{AppState, PersonKey};
use judged::{Judged, Looked};
use kernel::AreaCode;
use people::api::{Fact, RollBook};
use rules::facts::Value;
use std::io::BufWriter;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use store::jobs::{Job, JobError};
use store::{Audit, StoreError, StoreResult};
use tabular::Wrong;
use tabular::back::Returned;

/// The job's kind.
pub(crate) const KIND: &str = "intake.check";
/// Rows looked up together.
const CHUNK: usize = 2_000;
/// Chunks between two looks whether somebody cancelled.
const LOOK: usize = 10;
/// People of an area read together.
const WALK: i64 = 5_000;

/// Runs `intake.check`.
pub(crate) async fn run(app: AppState, job: Job) -> Result<(), JobError> {
    let id = id_of(&job);
    match check(&app, &job, &id).await {
        Ok(()) => Ok(()),
        Err(error) if error.is_retryable() => Err(JobError::Retry(error.to_string())),
        Err(error) => {
            if let Err(error) = fail(&app, &id, "校验中断，可以重新校验。").await {
                return Err(JobError::Retry(error.to_string()));
            }
            Err(JobError::Fail(error.to_string()))
        }
    }
}

/// The import of a job.
pub(crate) fn id_of(job: &Job) -> String {
    batch_of(&job.payload)
}

/// The import that a job's payload names.
pub(crate) fn batch_of(payload: &str) -> String {
    let payload: serde_json::Value = serde_json::from_str(payload).unwrap_or_default();
    payload
        .get("batch")
        .and_then(|batch| batch.as_str())
        .unwrap_or_default()
        .to_owned()
}

/// An import says what went wrong.
pub(crate) async fn fail(app: &AppState, id: &str, says: &str) -> StoreResult<()> {
    let mut tx = app
        .store
        .begin(&authz::Actor::system("intake"), None)
        .await?;
    let held = batch::hold(&tx, id).await?;
    if held.is_none_or(|held| !held.state.busy()) {
        return tx.rollback().await;
    }
    batch::update(
        &mut tx,
        id,
        vec![
            ("state", State::Failed.key().into()),
            ("error", says.into()),
        ],
    )
    .await?;
    tx.audit(Audit::new("intake.fail").subject(id));
    tx.commit().await
}

/// What a check collects.
struct Found {
    report: Report,
    members: Members,
    bad: Vec<Returned>,
    staged: Shelves,
    parts: i64,
    todo: i64,
    read: i64,
}

async fn check(app: &AppState, job: &Job, id: &str) -> StoreResult<()> {
    let Some(batch) = batch::find(&app.store, id).await? else {
        return Ok(());
    };
    if batch.state != State::Checking {
        return Ok(());
    }
    begin_anew(app, &batch).await?;
    let stop = Arc::new(AtomicBool::new(false));
    let reading = read::Reading {
        reader: start::reader(app, &batch)?,
        source: start::boxed(start::source(app, &batch).await?),
        found: start::detected(&batch)?.clone(),
        names: app.part::<AreaBook>()?,
        stop: Arc::clone(&stop),
    };
    let (send, mut receive) = tokio::sync::mpsc::channel(4);
    let thread = tokio::task::spawn_blocking(move || reading.run(&send));
    let rolls = people::api::roll_book(&app.store).await?;
    let ranks = batch::ranks(&app.store).await?;
    let judged = Judged::new(app, &batch, &rolls, &ranks)?;
    let mut found = Found {
        report: Report::default(),
        members: Members::default(),
        bad: Vec::new(),
        staged: Shelves::default(),
        parts: 0,
        todo: 0,
        read: 0,
    };
    let mut chunks = 0;
    // While a chunk is decided the register is asked about the next one.
    let mut last: Option<Looked> = None;
    while let Some(chunk) = receive.recv().await {
        let chunk: read::Chunk = chunk;
        found.read += chunk.rows.len() as i64;
        let split = judged.split(chunk.rows, &mut found);
        let (looked, decided) = tokio::join!(judged.look_up(split), async {
            match last.take() {
                Some(last) => judged.decide(last, &mut found).await,
                None => Ok(()),
            }
        });
        decided?;
        last = Some(looked?);
        while let Some(part) = found.staged.full() {
            keep_part(app, &batch, &mut found, part).await?;
        }
        chunks += 1;
        if chunks % LOOK == 0 {
            let (done, all) = (found.read, chunk.about.max(found.read));
            app.store.job_progress(job, done, all).await?;
            if !still(app, &batch, found.read, all).await? {
                stop.store(true, Ordering::Relaxed);
                break;
            }
        }
    }
    if let (Some(last), false) = (last, stop.load(Ordering::Relaxed)) {
        judged.decide(last, &mut found).await?;
    }
    drop(receive);
    let ended = thread
        .await
        .map_err(|error| StoreError::Other(error.to_string()))?;
    if stop.load(Ordering::Relaxed) {
        return Ok(());
    }
    let notes = match ended {
        Ok(notes) => notes,
        Err(wrong) => return unreadable(app, &batch, &wrong).await,
    };
    found.report.notes = notes;
    while let Some(part) = found.staged.rest() {
        keep_part(app, &batch, &mut found, part).await?;
    }
    found.members.settle();
    let stop = match (batch.complete, batch.kind.shape) {
        (false, _) => None,
        (true, Shape::Receipts) => {
            let (ends, stop) = stopped::ends(app, &batch, &found.members).await?;
            found.report.ends = ends;
            stop
        }
        (true, _) => ends(app, &batch, &rolls, &mut found).await?,
    };
    finish(app, job, &batch, found, stop).await
}

/// Forgets what an earlier try staged.
async fn begin_anew(app: &AppState, batch: &Batch) -> StoreResult<()> {
    let files = app.part::<Files>()?;
    let mut tx = app.store.begin(&batch.owner, None).await?;
    let parts = batch::forget_parts(&mut tx, &batch.id).await?;
    files.remove(&mut tx, &parts).await?;
    tx.audit(Audit::new("intake.check").subject(&batch.id));
    tx.commit().await
}

/// Whether the check is still wanted; says how far it is.
async fn still(app: &AppState, batch: &Batch, done: i64, all: i64) -> StoreResult<bool> {
    let mut tx = app.store.begin(&batch.owner, None).await?;
    let held = batch::hold(&tx, &batch.id).await?;
    if held.is_none_or(|held| held.state != State::Checking) {
        tx.rollback().await?;
        return Ok(false);
    }
    batch::update(
        &mut tx,
        &batch.id,
        vec![("done", done.into()), ("todo", all.into())],
    )
    .await?;
    tx.audit(
        Audit::new("intake.progress")
            .subject(&batch.id)
            .with("rows", done),
    );
    tx.commit().await?;
    Ok(true)
}

async fn unreadable(app: &AppState, batch: &Batch, wrong: &Wrong) -> StoreResult<()> {
    let mut tx = app.store.begin(&batch.owner, None).await?;
    batch::update(
        &mut tx,
        &batch.id,
        vec![
            ("state", State::Failed.key().into()),
            ("error", wrong.to_string().into()),
        ],
    )
    .await?;
    tx.audit(
        Audit::new("intake.unreadable")
            .subject(&batch.id)
            .with("code", wrong.code),
    );
    tx.commit().await
}

async fn keep_part(
    app: &AppState,
    batch: &Batch,
    found: &mut Found,
    mut part: Vec<Staged>,
) -> StoreResult<()> {
    let files = app.part::<Files>()?;
    for row in part.iter_mut().filter(|row| row.new) {
        row.key.1 = app.store.new_id();
        for list in std::mem::take(&mut row.lists) {
            found.members.add(&list, &row.key.1);
        }
    }
    let lines = staged::lines(&part);
    let sealed = staged::seal(&files, &app.store, &part)?;
    let mut tx = app.store.begin(&batch.owner, None).await?;
    let kept = staged::keep(&files, &mut tx, sealed, "part", &batch.owner).await?;
    batch::add_part(&mut tx, &batch.id, found.parts, &kept.id, lines, part.len()).await?;
    tx.audit(
        Audit::new("intake.stage")
            .subject(&batch.id)
            .with("lines", format!("{}–{}", lines.0, lines.1))
            .with("rows", part.len() as i64),
    );
    tx.commit().await?;
    found.parts += 1;
    found.todo += part.len() as i64;
    Ok(())
}

/// What a complete list does to who is not on it; why a second person must agree, if one must.
async fn ends(
    app: &AppState,
    batch: &Batch,
    rolls: &RollBook,
    found: &mut Found,
) -> StoreResult<Option<String>> {
    let Some(area) = batch.area else {
        return Ok(None);
    };
    let areas = batch.areas();
    let mut stop = None;
    for fact in batch.kind.settled() {
        let listed = found.members.count(fact.name());
        let before: Option<i64> = areas
            .iter()
            .map(|area| {
                let mut known = rolls.of(fact).iter();
                known
                    .find(|roll| roll.area == *area && roll.withdrawn.is_none())
                    .map(|roll| roll.listed)
            })
            .sum::<Option<i64>>()
            .or_else(|| {
                let mut known = rolls.of(fact).iter();
                known
                    .find(|roll| roll.area == area && roll.withdrawn.is_none())
                    .map(|roll| roll.listed)
            });
        if let Some(before) = before
            && (listed * 10 < before * 9 || listed * 10 > before * 11)
        {
            stop = Some(format!(
                "「{}」上次名单 {} 人，这次 {} 人，相差超过一成。",
                fact.def().zh,
                ui::grouped(before.unsigned_abs()),
                ui::grouped(listed.unsigned_abs()),
            ));
        }
        if listed == 0 && stop.is_none() {
            stop = (batch.kind.settles.len() == 1)
                .then(|| format!("「{}」这份全量名单里一个人也没有。", fact.def().zh));
        }
        let ends = walk(app, (area, &areas), fact, &found.members, (listed, before)).await?;
        found.report.ends.push(ends);
    }
    Ok(stop)
}

async fn walk(
    app: &AppState,
    (area, areas): (AreaCode, &[AreaCode]),
    fact: Fact,
    members: &Members,
    (listed, before): (i64, Option<i64>),
) -> StoreResult<Ends> {
    let book = app.part::<AreaBook>()?;
    let absent = fact.def().absent();
    let mut ends = Ends {
        fact: fact.name().to_owned(),
        listed,
        before,
        ..Ends::default()
    };
    let (mut after, mut shown) = (None, Vec::new());
    loop {
        let part =
            people::api::registered_in(&app.store, &area, fact, after.as_ref(), WALK).await?;
        let Some(last) = part.last() else { break };
        after = Some(last.0.clone());
        for (key, hukou, value) in part {
            let inside = hukou.is_some_and(|code| areas.iter().any(|area| area.contains(&code)));
            if !inside || members.has(fact.name(), &key.id) || value == absent {
                continue;
            }
            if value.is_none() {
                ends.settled += 1;
            } else {
                ends.left += 1;
                if shown.len() < crate::report::SAMPLES {
                    shown.push((key, value));
                }
            }
        }
    }
    let keys: Vec<_> = shown.iter().map(|(key, _)| key.clone()).collect();
    ends.samples = samples(app, &keys, |key| {
        let value = shown
            .iter()
            .find(|(one, _)| one == key)
            .and_then(|(_, value)| value.clone());
        said(&book, fact, value.as_ref(), absent.as_ref())
    })
    .await?;
    Ok(ends)
}

/// People a complete list ends, masked, with what is said of each.
pub(crate) async fn samples(
    app: &AppState,
    keys: &[PersonKey],
    says: impl Fn(&PersonKey) -> String,
) -> StoreResult<Vec<Sample>> {
    let mut out = Vec::with_capacity(keys.len());
    for person in people::api::of_keys(&app.store, keys).await? {
        let number = people::api::open_secret(&app.store, "id_number", person.id_number.as_ref())?;
        out.push(Sample {
            line: 0,
            name: ui::mask::name(&person.name),
            number: number.map_or_else(String::new, |number| ui::mask::number(&number)),
            area: person.area(Fact::HUKOU_AREA).map(|code| code.to_string()),
            says: says(&person.key),
        });
    }
    Ok(out)
}

/// 「低保对象：是 → 否」.
pub(crate) fn said(
    book: &AreaBook,
    fact: Fact,
    before: Option<&Value>,
    now: Option<&Value>,
) -> String {
    let words = |value: Option<&Value>| {
        value.map_or_else(
            || "未知".to_owned(),
            |value| match value {
                Value::Area(code) => book.full_name(code),
                value => rules::facts::value_zh(fact, value),
            },
        )
    };
    format!("{}：{} → {}", fact.def().zh, words(before), words(now))
}

/// Keeps what was found; the import waits for somebody to look.
async fn finish(
    app: &AppState,
    job: &Job,
    batch: &Batch,
    found: Found,
    stop: Option<String>,
) -> StoreResult<()> {
    let files = app.part::<Files>()?;
    let members = {
        let mut writer = BufWriter::with_capacity(1 << 16, files.create(&app.store)?);
        let failed = |error: std::io::Error| StoreError::Other(error.to_string());
        found.members.write(&mut writer).map_err(failed)?;
        let inner = writer
            .into_inner()
            .map_err(|error| StoreError::Other(error.to_string()))?;
        inner.finish()?
    };
    let bad = if found.bad.is_empty() {
        None
    } else {
        Some(bad::bad_rows(app, batch, found.bad).await?)
    };
    let counts = serde_json::to_string(&found.report.counts)
        .map_err(|error| StoreError::Other(error.to_string()))?;
    let report = found.report.sealed(app.store.keys())?;
    let mut tx = app.store.begin(&batch.owner, None).await?;
    let held = batch::hold(&tx, &batch.id).await?;
    let wanted = held.is_some_and(|held| held.state == State::Checking);
    if !wanted || !tx.hold_job(job, found.read, found.read).await? {
        return tx.rollback().await;
    }
    let members = staged::keep(&files, &mut tx, members, "members", &batch.owner).await?;
    let bad = match bad {
        Some(sealed) => {
            let ending = tabular::back::extension(start::detected(batch)?);
            let stem = batch
                .file_name
                .rsplit_once('.')
                .map_or(batch.file_name.as_str(), |(stem, _)| stem);
            let name = format!("未导入-{stem}.{ending}");
            Some(
                staged::keep(&files, &mut tx, sealed, &name, &batch.owner)
                    .await?
                    .id,
            )
        }
        None => None,
    };
    let at = tx.at().micros();
    batch::update(
        &mut tx,
        &batch.id,
        vec![
            ("state", State::Checked.key().into()),
            ("checked_at", at.into()),
            ("read_rows", found.read.into()),
            ("todo", found.todo.into()),
            ("done", 0_i64.into()),
            ("phase", "rows".into()),
            ("place", "0/0".into()),
            ("counts", counts.clone().into()),
            ("report", report.into()),
            ("stop", stop.into()),
            ("members_file", members.id.into()),
            ("bad_file", bad.into()),
        ],
    )
    .await?;
    tx.audit(
        Audit::new("intake.checked")
            .subject(&batch.id)
            .with("rows", found.read)
            .with("counts", counts)
            .with("digest", batch.digest.as_str()),
    );
    tx.commit().await
}
