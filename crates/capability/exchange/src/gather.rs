//! The jobs that look who belongs to a system: asked for by an officer for their area, and again every night.

use crate::records::{self, Moved, Record};
use crate::systems::{self, System};
use area::api::AreaBook;
use authz::{Actor, Scope};
use host::AppState;
use kernel::AreaCode;
use people::api::{self as register, Filter, Person, PersonKey};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use store::jobs::{Job, JobError};
use store::{Audit, Reads, StoreError, StoreResult, Tx, values};

/// Looks through one system in one area.
pub(crate) const KIND: &str = "exchange.gather";
/// Looks through every system wherever somebody reports.
pub(crate) const NIGHTLY: &str = "exchange.nightly";
/// People looked at in one transaction.
const CHUNK: i64 = 500;
/// Chunks a turn.
const TURN: usize = 6;

/// Has an area looked through now and every night from now on. `false` when that is being done already.
pub(crate) async fn ask(tx: &mut Tx, system: &System, area: AreaCode) -> StoreResult<()> {
    let sql = "INSERT INTO exchange_kept (system, area) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    tx.run(sql, values![system.key.as_str(), area.to_string()])
        .await?;
    enqueue(tx, &system.key, area, &State::default()).await
}

async fn enqueue(tx: &mut Tx, system: &str, area: AreaCode, state: &State) -> StoreResult<()> {
    let now = tx.at();
    let payload = json!({ "system": system, "area": area.to_string(), "phase": state.phase, "after": state.after });
    let key = format!("{KIND}/{system}/{area}/{}", state.phase);
    tx.enqueue(KIND, &payload.to_string(), Some(&key), now)
        .await
}

/// When an area of a system was looked through last.
pub(crate) async fn looked_at(
    reads: &impl Reads,
    system: &System,
) -> StoreResult<BTreeMap<String, Option<kernel::Instant>>> {
    let sql = "SELECT area, looked_at FROM exchange_kept WHERE system = $1";
    let rows = reads.all(sql, values![system.key.as_str()]).await?;
    rows.iter()
        .map(|row| Ok((row.text("area")?, row.opt_instant("looked_at")?)))
        .collect()
}

/// Runs `exchange.nightly`.
pub(crate) async fn nightly(app: AppState, _job: Job) -> Result<(), JobError> {
    let retry = |error: StoreError| JobError::Retry(error.to_string());
    let rows = app
        .store
        .all(
            "SELECT system, area FROM exchange_kept ORDER BY system, area",
            vec![],
        )
        .await
        .map_err(retry)?;
    let actor = Actor::system("exchange");
    let mut tx = app.store.begin(&actor, None).await.map_err(retry)?;
    for row in rows {
        let (system, area) = (
            row.text("system").map_err(retry)?,
            row.opt_area("area").map_err(retry)?,
        );
        if let Some(area) = area {
            enqueue(&mut tx, &system, area, &State::default())
                .await
                .map_err(retry)?;
        }
    }
    tx.commit().await.map_err(retry)
}

/// How far a look got.
#[derive(Debug, Default, Clone)]
struct State {
    /// 0: who belongs; 1: whose record belongs no longer.
    phase: i64,
    after: Option<String>,
}

fn state_of(payload: &Json) -> State {
    State {
        phase: payload.get("phase").and_then(Json::as_i64).unwrap_or(0),
        after: payload
            .get("after")
            .and_then(Json::as_str)
            .map(str::to_owned),
    }
}

/// Runs `exchange.gather`. A chunk may be looked at twice: a second look changes nothing.
pub(crate) async fn run(app: AppState, job: Job) -> Result<(), JobError> {
    let payload: Json = serde_json::from_str(&job.payload).unwrap_or_default();
    let text = |name: &str| payload.get(name).and_then(Json::as_str).unwrap_or_default();
    let (Some(system), Ok(area)) = (
        systems::of(text("system")),
        text("area").parse::<AreaCode>(),
    ) else {
        return Err(JobError::Fail("no such system or area".to_owned()));
    };
    turns(&app, system, area, state_of(&payload))
        .await
        .map_err(|error| JobError::Retry(error.to_string()))
}

fn key_of(text: &str) -> Option<PersonKey> {
    let (shard, id) = text.split_once('|')?;
    Some(PersonKey {
        shard: shard.to_owned(),
        id: id.to_owned(),
    })
}

async fn turns(app: &AppState, system: &System, area: AreaCode, state: State) -> StoreResult<()> {
    let mut after = state.after.as_deref().and_then(key_of);
    for _ in 0..TURN {
        let next = match state.phase {
            0 => belonging(app, system, area, after.as_ref()).await?,
            _ => recorded(app, system, area, after.as_ref()).await?,
        };
        match next {
            Some(key) => after = Some(key),
            None => return over(app, system, area, &state).await,
        }
    }
    // Others may go first: what is left is a job of its own.
    let actor = Actor::system("exchange");
    let mut tx = app.store.begin(&actor, None).await?;
    let rest = State {
        phase: state.phase,
        after: after.map(|key| format!("{}|{}", key.shard, key.id)),
    };
    let now = tx.at();
    let payload = json!({ "system": system.key, "area": area.to_string(), "phase": rest.phase, "after": rest.after });
    tx.enqueue(KIND, &payload.to_string(), None, now).await?;
    tx.commit().await
}

/// A phase has ended: the second begins, or the look is over.
async fn over(app: &AppState, system: &System, area: AreaCode, state: &State) -> StoreResult<()> {
    let actor = Actor::system("exchange");
    let mut tx = app.store.begin(&actor, None).await?;
    if state.phase == 0 {
        let second = State {
            phase: 1,
            after: None,
        };
        enqueue(&mut tx, &system.key, area, &second).await?;
    } else {
        let at = tx.at().micros();
        let sql = "UPDATE exchange_kept SET looked_at = $1 WHERE system = $2 AND area = $3";
        tx.run(sql, values![at, system.key.as_str(), area.to_string()])
            .await?;
        tx.audit(
            Audit::new("reporting.looked")
                .subject(&system.key)
                .with("area", area.to_string()),
        );
    }
    tx.commit().await
}

/// People of the area in key order: who belongs gets a record, records follow.
async fn belonging(
    app: &AppState,
    system: &System,
    area: AreaCode,
    after: Option<&PersonKey>,
) -> StoreResult<Option<PersonKey>> {
    let today = app.clock().today();
    let filter = Filter {
        born_until: system.age_from.map(|years| today.plus_years(-years)),
        most: CHUNK,
        ..Filter::default()
    };
    let scope = Scope::Areas(vec![area]);
    let people = register::by_key(&app.store, &scope, &filter, after).await?;
    let next = (people.len() as i64 == CHUNK)
        .then(|| people.last().map(|person| person.key.clone()))
        .flatten();
    apply(app, system, &people, true).await?;
    Ok(next)
}

/// Records of the area in key order: whose owner died or changed follow.
async fn recorded(
    app: &AppState,
    system: &System,
    area: AreaCode,
    after: Option<&PersonKey>,
) -> StoreResult<Option<PersonKey>> {
    let scope = Scope::Areas(vec![area]);
    let found = records::after(&app.store, system, &scope, after, CHUNK).await?;
    let next = (found.len() as i64 == CHUNK)
        .then(|| found.last().map(|record| record.key.clone()))
        .flatten();
    let keys: Vec<PersonKey> = found.into_iter().map(|record| record.key).collect();
    let people = register::of_keys(&app.store, &keys).await?;
    apply(app, system, &people, false).await?;
    Ok(next)
}

async fn apply(
    app: &AppState,
    system: &System,
    people: &[Person],
    add: bool,
) -> StoreResult<Moved> {
    if people.is_empty() {
        return Ok(Moved::default());
    }
    let book = app.part::<AreaBook>()?;
    let today = app.clock().today();
    let actor = Actor::system("exchange");
    let mut tx = app.store.begin(&actor, None).await?;
    let keys: Vec<PersonKey> = people.iter().map(|person| person.key.clone()).collect();
    let known: BTreeMap<String, Record> = records::among(&tx, Some(system), &keys)
        .await?
        .into_iter()
        .map(|record| (record.key.id.clone(), record))
        .collect();
    let moved = records::look(&mut tx, &book, system, people, &known, (today, add)).await?;
    if moved.new + moved.changed == 0 {
        tx.rollback().await?;
        return Ok(moved);
    }
    tx.audit(
        Audit::new("reporting.gather")
            .subject(&system.key)
            .with("new", moved.new)
            .with("count", moved.changed),
    );
    tx.commit().await?;
    Ok(moved)
}
