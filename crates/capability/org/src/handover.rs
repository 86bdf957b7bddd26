//! 工作移交: open work and places pass to a successor from a day on, and come back where it was for a time (AB岗).

use crate::accounts::{Grant, grants_of};
use crate::grants;
use crate::part::Org;
use host::{AppState, Handover};
use kernel::{Day, Instant};
use std::collections::BTreeMap;
use store::{Audit, Reads, Row, StoreResult, Tx, values};

/// Kind of the job that passes on what is due.
pub const HANDOVERS: &str = "org.handovers";

/// Why somebody hands over: code and words.
pub(crate) const REASONS: &[(&str, &str)] = &[
    ("leaving", "离岗、调动"),
    ("leave", "休假、病假"),
    ("training", "培训、借调"),
    ("other", "其他"),
];

/// A hand-over as it stands.
#[derive(Debug, Clone)]
pub(crate) struct Passing {
    pub(crate) id: String,
    pub(crate) leaver: String,
    pub(crate) successor: String,
    pub(crate) from: Day,
    pub(crate) until: Option<Day>,
    pub(crate) reason: String,
    pub(crate) state: String,
    pub(crate) items: BTreeMap<String, Vec<String>>,
    pub(crate) made_by: String,
    pub(crate) made_at: Instant,
    pub(crate) confirmed_by: Option<String>,
}

/// A hand-over to be prepared.
pub(crate) struct NewPassing<'a> {
    pub(crate) leaver: &'a str,
    pub(crate) successor: &'a str,
    pub(crate) from: Day,
    pub(crate) until: Option<Day>,
    pub(crate) reason: &'a str,
}

/// Prepares a hand-over; its id.
pub(crate) async fn prepare(tx: &mut Tx, new: &NewPassing<'_>) -> StoreResult<String> {
    let (id, by, at) = (tx.store().new_id(), tx.actor().id.clone(), tx.at().micros());
    tx.run(
        "INSERT INTO org_handover (id, leaver, successor, from_day, until_day, reason, state, scope, items, made_by, made_at) \
         VALUES ($1, $2, $3, $4, $5, $6, 'prepared', '[]', '{}', $7, $8)",
        values![
            id.as_str(),
            new.leaver,
            new.successor,
            new.from.number(),
            new.until.map(Day::number),
            new.reason,
            by,
            at,
        ],
    )
    .await?;
    tx.audit(
        Audit::new("handover.prepare")
            .subject(new.leaver)
            .with("to", new.successor)
            .with("since", new.from.to_string())
            .with("why", new.reason),
    );
    Ok(id)
}

/// Moves a hand-over from one state to the next; `false`: it is in another one by now.
async fn step(tx: &mut Tx, id: &str, from: &str, to: &str) -> StoreResult<bool> {
    let sql = "UPDATE org_handover SET state = $1 WHERE id = $2 AND state = $3";
    Ok(tx.run(sql, values![to, id, from]).await? == 1)
}

/// Confirms a prepared one.
pub(crate) async fn confirm(tx: &mut Tx, one: &Passing) -> StoreResult<bool> {
    if !step(tx, &one.id, "prepared", "confirmed").await? {
        return Ok(false);
    }
    let (by, at) = (tx.actor().id.clone(), tx.at().micros());
    let sql = "UPDATE org_handover SET confirmed_by = $1, confirmed_at = $2 WHERE id = $3";
    tx.run(sql, values![by, at, one.id.as_str()]).await?;
    tx.audit(
        Audit::new("handover.confirm")
            .subject(&one.leaver)
            .with("to", one.successor.as_str()),
    );
    Ok(true)
}

/// Takes back what has not passed yet.
pub(crate) async fn cancel(tx: &mut Tx, one: &Passing) -> StoreResult<bool> {
    let done = step(tx, &one.id, "prepared", "cancelled").await?
        || step(tx, &one.id, "confirmed", "cancelled").await?;
    tx.audit(Audit::new("handover.cancel").subject(&one.leaver));
    Ok(done)
}

/// Passes everything that is due on: work and places whose day has come, and back where a time has ended. Each in a
/// transaction of its own; running it twice changes nothing. Returns how many.
pub(crate) async fn due(app: &AppState) -> StoreResult<u64> {
    let today = app.clock().today();
    let sql = format!(
        "{SELECT} WHERE (state = 'confirmed' AND from_day <= $1) OR (state = 'passed' AND until_day <= $1) \
         ORDER BY from_day, id"
    );
    let rows = app.store.all(&sql, values![today.number()]).await?;
    let mut done = 0;
    for row in &rows {
        let one = passing_of(row)?;
        let back = one.state == "passed";
        let (from, to) = if back {
            ("passed", "returned")
        } else {
            ("confirmed", "passed")
        };
        let by = authz::Actor::system("handover");
        let mut tx = app.store.begin(&by, None).await?;
        if !step(&mut tx, &one.id, from, to).await? {
            tx.rollback().await?;
            continue;
        }
        if back {
            give_back(&mut tx, &app.handovers, &one).await?;
        } else {
            pass_on(&mut tx, &app.handovers, &one).await?;
        }
        tx.commit().await?;
        let org = app.part::<Org>()?;
        org.cache().forget_account(&one.leaver);
        org.cache().forget_account(&one.successor);
        done += 1;
    }
    Ok(done)
}

async fn pass_on(tx: &mut Tx, kinds: &[Handover], one: &Passing) -> StoreResult<()> {
    let today = tx.at().day();
    // Places: the successor holds them beside their own, for the time of the hand-over and no longer than the leaver did.
    let mut given = Vec::new();
    for grant in grants_of(tx, &one.leaver).await? {
        if !grant.holds_on(today) {
            continue;
        }
        let until = match (grant.until, one.until) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        given.push(Grant {
            from: today,
            until,
            ..grant
        });
    }
    let own = grants_of(tx, &one.successor).await?;
    given.retain(|grant| {
        !own.iter().any(|mine| {
            mine.holds_on(today) && (mine.kind, &mine.code) == (grant.kind, &grant.code)
        })
    });
    grants::insert(tx, &one.successor, &given).await?;
    if one.until.is_none() {
        let sql = "UPDATE org_grant SET until_day = $1 WHERE account = $2 AND from_day < $1 AND (until_day IS NULL OR until_day > $1)";
        tx.run(sql, values![today.number(), one.leaver.as_str()])
            .await?;
    }
    let mut items = BTreeMap::new();
    let mut count = 0;
    for kind in kinds {
        let passed = (kind.pass_on)(tx, &one.leaver, &one.successor, None).await?;
        count += passed.len();
        items.insert(kind.key, passed);
    }
    let text = serde_json::to_string(&items)
        .map_err(|error| store::StoreError::Other(error.to_string()))?;
    let sql = "UPDATE org_handover SET items = $1 WHERE id = $2";
    tx.run(sql, values![text, one.id.as_str()]).await?;
    tx.audit(
        Audit::new("handover.pass")
            .subject(&one.leaver)
            .with("to", one.successor.as_str())
            .with("count", count)
            .with("grants", given.len()),
    );
    Ok(())
}

/// What passed and is still open comes back; places ended by their own day.
async fn give_back(tx: &mut Tx, kinds: &[Handover], one: &Passing) -> StoreResult<()> {
    let mut count = 0;
    for kind in kinds {
        let Some(keys) = one.items.get(kind.key) else {
            continue;
        };
        let back = (kind.pass_on)(tx, &one.successor, &one.leaver, Some(keys.as_slice())).await?;
        count += back.len();
    }
    tx.audit(
        Audit::new("handover.return")
            .subject(&one.leaver)
            .with("to", one.successor.as_str())
            .with("count", count),
    );
    Ok(())
}

const SELECT: &str = "SELECT id, leaver, successor, from_day, until_day, reason, state, items, made_by, made_at, confirmed_by FROM org_handover";

/// One hand-over.
pub(crate) async fn one(reads: &impl Reads, id: &str) -> StoreResult<Option<Passing>> {
    let sql = format!("{SELECT} WHERE id = $1");
    let row = reads.one(&sql, values![id]).await?;
    row.map(|row| passing_of(&row)).transpose()
}

/// The latest ones.
pub(crate) async fn latest(reads: &impl Reads) -> StoreResult<Vec<Passing>> {
    let sql = format!("{SELECT} ORDER BY made_at DESC, id LIMIT 200");
    let rows = reads.all(&sql, vec![]).await?;
    rows.iter().map(passing_of).collect()
}

fn passing_of(row: &Row) -> StoreResult<Passing> {
    Ok(Passing {
        id: row.text("id")?,
        leaver: row.text("leaver")?,
        successor: row.text("successor")?,
        from: row.day("from_day")?,
        until: row.opt_day("until_day")?,
        reason: row.text("reason")?,
        state: row.text("state")?,
        items: serde_json::from_str(&row.text("items")?)
            .map_err(|error| store::StoreError::Other(error.to_string()))?,
        made_by: row.text("made_by")?,
        made_at: row.instant("made_at")?,
        confirmed_by: row.opt_text("confirmed_by")?,
    })
}

/// Pieces of work whose owner cannot sign in any more, by account: 无人负责.
pub(crate) async fn ownerless(app: &AppState) -> StoreResult<Vec<(String, i64)>> {
    let mut all: BTreeMap<String, i64> = BTreeMap::new();
    for kind in &app.handovers {
        for (account, count) in (kind.owners)(&app.store).await? {
            *all.entry(account).or_default() += count;
        }
    }
    let ids: Vec<String> = all.keys().cloned().collect();
    let active = crate::accounts::active(&app.store, &ids).await?;
    Ok(all
        .into_iter()
        .filter(|(account, _)| !active.contains(account))
        .collect())
}
