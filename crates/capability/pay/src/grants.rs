//! 在享台账: who was granted what from when, why and by whom; what happened to a grant later; how grants begin from a
//! roll of what was in payment, and from a finding.

pub use crate::grant_acts::{New, adopt, decide, happen, propose};
use crate::judge::GrantEvent;
use crate::runs::Run;
use area::api::AreaBook;
use authz::Scope;
use host::PersonKey;
use kernel::{AreaCode, Day, Fen, Instant};
use people::api::Person;
use std::collections::BTreeMap;
use store::{Reads, Row, Sql, StoreError, StoreResult, Tx, scope_condition, values};

/// People that one statement asks about.
const AT_ONCE: usize = 500;

/// A grant with what happened to it.
#[derive(Debug, Clone)]
pub struct Held {
    /// Whose.
    pub key: PersonKey,
    /// Which programme.
    pub programme: String,
    /// Its number.
    pub no: i64,
    /// The office that pays.
    pub office: String,
    /// The person's area on the programme's basis.
    pub area: Option<String>,
    /// 起享日.
    pub from: Day,
    /// As decided.
    pub fen: Fen,
    /// Whose account.
    pub payee: String,
    /// `roll` or `finding`.
    pub origin: String,
    /// `proposed`, `active`, `refused`, `ended`.
    pub state: String,
    /// Reasons, as JSON; for a roll its name.
    pub reasons: String,
    /// Digest of the list it was proposed from.
    pub digest: String,
    /// Account that proposed it.
    pub proposed_by: String,
    /// Account that decided.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<Instant>,
    /// Since when the system knows it.
    pub recorded: Instant,
    /// Whether its receipt is written.
    pub received: bool,
    /// What happened to it.
    pub(crate) events: Vec<GrantEvent>,
}

const COLUMNS: &str = "g.shard, g.programme, g.id, g.no, g.office, g.area, g.from_day, g.fen, g.payee, g.origin, g.state, \
     g.reasons, g.digest, g.proposed_by, g.decided_by, g.decided_at, g.recorded_at, g.received";

fn of_row(row: &Row) -> StoreResult<Held> {
    Ok(Held {
        key: PersonKey {
            shard: row.text("shard")?,
            id: row.text("id")?,
        },
        programme: row.text("programme")?,
        no: row.int("no")?,
        office: row.text("office")?,
        area: row.opt_text("area")?,
        from: row.day("from_day")?,
        fen: Fen(row.int("fen")?),
        payee: row.text("payee")?,
        origin: row.text("origin")?,
        state: row.text("state")?,
        reasons: row.text("reasons")?,
        digest: row.text("digest")?,
        proposed_by: row.text("proposed_by")?,
        decided_by: row.opt_text("decided_by")?,
        decided_at: row.opt_instant("decided_at")?,
        recorded: row.instant("recorded_at")?,
        received: row.flag("received")?,
        events: Vec::new(),
    })
}

/// The shards in which an office has grants of a programme.
pub(crate) async fn shards(
    reads: &impl Reads,
    office: &str,
    programme: &str,
) -> StoreResult<Vec<String>> {
    let sql =
        "SELECT DISTINCT shard FROM pay_grant WHERE office = $1 AND programme = $2 ORDER BY shard";
    let rows = reads.all(sql, values![office, programme]).await?;
    rows.iter().map(|row| row.text("shard")).collect()
}

/// The grants of the next people of an office in a shard, by person id.
pub(crate) async fn of_office(
    reads: &impl Reads,
    run: &Run,
    shard: &str,
    after: &str,
    most: i64,
) -> StoreResult<BTreeMap<String, Vec<Held>>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM pay_grant g WHERE g.shard = $1 AND g.programme = $2 AND g.id > $3 AND g.office = $4 \
         AND g.state IN ('active', 'ended') ORDER BY g.id, g.no LIMIT $5"
    );
    let values = values![
        shard,
        run.programme.as_str(),
        after,
        run.office.as_str(),
        most
    ];
    let rows = reads.all(&sql, values).await?;
    let full = rows.len() as i64 == most;
    let mut out: BTreeMap<String, Vec<Held>> = BTreeMap::new();
    for row in &rows {
        let grant = of_row(row)?;
        out.entry(grant.key.id.clone()).or_default().push(grant);
    }
    // The last person may have further grants behind the piece.
    if full && out.len() > 1 {
        out.pop_last();
    }
    events(reads, shard, &run.programme, &mut out).await?;
    Ok(out)
}

/// The grants of a programme in a shard behind a person, up to another one, by person id.
pub(crate) async fn between(
    reads: &impl Reads,
    programme: &str,
    shard: &str,
    after: &str,
    until: Option<&str>,
) -> StoreResult<BTreeMap<String, Vec<Held>>> {
    let mut sql = Sql::new(&format!(
        "SELECT {COLUMNS} FROM pay_grant g WHERE g.shard = "
    ));
    sql.bind(shard).push(" AND g.programme = ").bind(programme);
    sql.push(" AND g.id > ").bind(after);
    if let Some(until) = until {
        sql.push(" AND g.id <= ").bind(until);
    }
    sql.push(" AND g.state IN ('active', 'ended') ORDER BY g.id, g.no");
    let (text, values) = sql.parts();
    let mut out: BTreeMap<String, Vec<Held>> = BTreeMap::new();
    for row in &reads.all(&text, values).await? {
        let grant = of_row(row)?;
        out.entry(grant.key.id.clone()).or_default().push(grant);
    }
    events(reads, shard, programme, &mut out).await?;
    Ok(out)
}

/// Adds what happened to these grants.
async fn events(
    reads: &impl Reads,
    shard: &str,
    programme: &str,
    grants: &mut BTreeMap<String, Vec<Held>>,
) -> StoreResult<()> {
    let (Some(first), Some(last)) = (
        grants.keys().next().cloned(),
        grants.keys().next_back().cloned(),
    ) else {
        return Ok(());
    };
    let sql = "SELECT id, no, kind, day, recorded_at FROM pay_event WHERE shard = $1 AND programme = $2 AND id >= $3 \
         AND id <= $4 ORDER BY id, no, seq";
    for row in reads
        .all(sql, values![shard, programme, first, last])
        .await?
    {
        let (id, no) = (row.text("id")?, row.int("no")?);
        let grant = grants
            .get_mut(&id)
            .and_then(|all| all.iter_mut().find(|one| one.no == no));
        if let Some(grant) = grant {
            grant.events.push(GrantEvent {
                stops: row.text("kind")? != "resume",
                day: row.day("day")?,
                recorded: row.instant("recorded_at")?,
            });
        }
    }
    Ok(())
}

/// All grants of one person.
pub async fn of_person(reads: &impl Reads, key: &PersonKey) -> StoreResult<Vec<Held>> {
    // The key begins with shard and programme: programmes are few and named.
    let sql = format!(
        "SELECT {COLUMNS} FROM pay_grant g WHERE g.shard = $1 AND g.programme IN (SELECT DISTINCT programme FROM pay_run \
         UNION SELECT DISTINCT programme FROM pay_grant) AND g.id = $2 ORDER BY g.programme, g.no"
    );
    let rows = reads
        .all(&sql, values![key.shard.as_str(), key.id.as_str()])
        .await?;
    rows.iter().map(of_row).collect()
}

/// One grant.
pub async fn find(
    reads: &impl Reads,
    key: &PersonKey,
    programme: &str,
    no: i64,
) -> StoreResult<Option<Held>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM pay_grant g WHERE g.shard = $1 AND g.programme = $2 AND g.id = $3 AND g.no = $4"
    );
    let values = values![key.shard.as_str(), programme, key.id.as_str(), no];
    let Some(row) = reads.one(&sql, values).await? else {
        return Ok(None);
    };
    let held = of_row(&row)?;
    let mut all = BTreeMap::from([(key.id.clone(), vec![held])]);
    events(reads, &key.shard, programme, &mut all).await?;
    Ok(all.into_values().flatten().next())
}

/// Which grants a list shows.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// One programme.
    pub programme: Option<String>,
    /// One state.
    pub state: Option<String>,
    /// Offices; empty for all in scope.
    pub offices: Vec<String>,
}

fn conditions(scope: &Scope, asked: &Asked) -> Sql {
    let mut sql = Sql::new(" FROM pay_grant g WHERE ");
    sql.append(&scope_condition(scope, "g"));
    if let Some(programme) = &asked.programme {
        sql.push(" AND g.programme = ").bind(programme.as_str());
    }
    if let Some(state) = &asked.state {
        sql.push(" AND g.state = ").bind(state.as_str());
    }
    if !asked.offices.is_empty() {
        sql.push(" AND g.office IN (''");
        for office in &asked.offices {
            sql.push(", ").bind(office.as_str());
        }
        sql.push(")");
    }
    sql
}

/// How many, and what they come to a month.
pub async fn sum(reads: &impl Reads, scope: &Scope, asked: &Asked) -> StoreResult<(i64, i64)> {
    let mut sql = Sql::new(
        "SELECT CAST(count(*) AS BIGINT) AS n, CAST(coalesce(sum(g.fen), 0) AS BIGINT) AS fen",
    );
    sql.append(&conditions(scope, asked));
    let (text, values) = sql.parts();
    match reads.one(&text, values).await? {
        Some(row) => Ok((row.int("n")?, row.int("fen")?)),
        None => Ok((0, 0)),
    }
}

/// A page.
pub async fn page(
    reads: &impl Reads,
    scope: &Scope,
    asked: &Asked,
    skip: i64,
    most: i64,
) -> StoreResult<Vec<Held>> {
    let mut sql = Sql::new(&format!("SELECT {COLUMNS}"));
    sql.append(&conditions(scope, asked))
        .push(" ORDER BY g.shard, g.programme, g.id, g.no LIMIT ")
        .bind(most)
        .push(" OFFSET ")
        .bind(skip);
    let (text, values) = sql.parts();
    let rows = reads.all(&text, values).await?;
    rows.iter().map(of_row).collect()
}

/// Events of a grant with their words, for the page.
pub async fn told(
    reads: &impl Reads,
    held: &Held,
) -> StoreResult<Vec<(String, Day, String, String)>> {
    let sql = "SELECT kind, day, reason, recorded_by FROM pay_event WHERE shard = $1 AND programme = $2 AND id = $3 \
         AND no = $4 ORDER BY seq";
    let values = values![
        held.key.shard.as_str(),
        held.programme.as_str(),
        held.key.id.as_str(),
        held.no
    ];
    let rows = reads.all(sql, values).await?;
    rows.iter()
        .map(|row| {
            Ok((
                row.text("kind")?,
                row.day("day")?,
                row.text("reason")?,
                row.text("recorded_by")?,
            ))
        })
        .collect()
}

/// Keeps areas and office of live grants with a person who moved; both areas see them, the new office pays from its
/// next batch.
pub(crate) async fn moved(tx: &mut Tx, book: &AreaBook, keys: &[PersonKey]) -> StoreResult<()> {
    // One look for all of them: an import changes hundreds at once, and hardly anybody has a grant.
    let mut live: BTreeMap<String, Vec<Held>> = BTreeMap::new();
    for part in keys.chunks(AT_ONCE) {
        let mut sql = Sql::new(&format!(
            "SELECT {COLUMNS} FROM pay_grant g WHERE g.state IN ('proposed', 'active') AND g.id IN (''"
        ));
        for key in part {
            sql.push(", ").bind(key.id.as_str());
        }
        sql.push(")");
        let (text, values) = sql.parts();
        for row in &tx.all(&text, values).await? {
            let held = of_row(row)?;
            live.entry(held.key.id.clone()).or_default().push(held);
        }
    }
    let keys: Vec<PersonKey> = keys
        .iter()
        .filter(|key| live.contains_key(&key.id))
        .cloned()
        .collect();
    for person in people::api::of_keys(&*tx, &keys).await? {
        if let Some(held) = live.get(&person.key.id) {
            follow(tx, book, &person, held).await?;
        }
    }
    Ok(())
}

/// Writes where a person with these grants lives now.
async fn follow(tx: &mut Tx, book: &AreaBook, person: &Person, live: &[Held]) -> StoreResult<()> {
    let subject = person.subject();
    let Some(area) = subject.hukou else {
        return Ok(());
    };
    let office = book.executor_of(&area).map(|executor| executor.key.clone());
    let text = |code: Option<AreaCode>| code.map(|code| code.to_string());
    for held in live {
        tx.run(
            "UPDATE pay_grant SET hukou_area = $1, residence_area = $2, area = $3, office = $4 \
             WHERE shard = $5 AND programme = $6 AND id = $7 AND no = $8",
            values![
                text(subject.hukou),
                text(subject.residence),
                text(Some(area)),
                office.clone().unwrap_or_else(|| held.office.clone()),
                held.key.shard.as_str(),
                held.programme.as_str(),
                held.key.id.as_str(),
                held.no,
            ],
        )
        .await?;
    }
    Ok(())
}

/// The grants that were paid for the first time by a batch and have no receipt yet.
pub(crate) async fn unreceived(reads: &impl Reads, run: &Run) -> StoreResult<Vec<Held>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM pay_grant g WHERE g.received = $1 AND g.state = 'active' AND g.programme = $2 AND g.office = $3 \
         AND EXISTS (SELECT 1 FROM pay_attempt a WHERE a.shard = g.shard AND a.programme = g.programme AND a.id = g.id \
         AND a.month <= $4 AND a.state = 'paid') ORDER BY g.shard, g.id, g.no"
    );
    let values = values![
        false,
        run.programme.as_str(),
        run.office.as_str(),
        run.month.number()
    ];
    let rows = reads.all(&sql, values).await?;
    rows.iter().map(of_row).collect()
}

/// Marks receipts as written.
pub(crate) async fn mark_received(tx: &mut Tx, held: &Held) -> StoreResult<()> {
    let done = tx
        .run(
            "UPDATE pay_grant SET received = $1 WHERE shard = $2 AND programme = $3 AND id = $4 AND no = $5",
            values![
                true,
                held.key.shard.as_str(),
                held.programme.as_str(),
                held.key.id.as_str(),
                held.no
            ],
        )
        .await?;
    if done == 1 {
        Ok(())
    } else {
        Err(StoreError::Other("a grant is gone".to_owned()))
    }
}
