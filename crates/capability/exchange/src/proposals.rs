//! What hits propose: one row of a returned list is one proposal about one person, open until somebody decides.

use crate::batch::bad;
use crate::kinds::{self, Kind};
use authz::{Actor, Role, Scope};
use kernel::{Day, Instant};
use people::api::{Person, PersonKey};
use rules::facts::{self, FactId, Value, parse_value, value_text};
use store::{Reads, Row, Sql, StoreResult, Tx, scope_condition, values};

/// Where a proposal stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// Waits for an officer.
    Open,
    /// Recorded with the department as source; a lead: seen to.
    Accepted,
    /// Not taken, with a reason.
    Refused,
    /// Passed to the office that keeps the fact, as a request to correct.
    Sent,
    /// The register came to say the same by itself.
    Settled,
}

impl State {
    pub(crate) const ALL: [Self; 5] = [
        Self::Open,
        Self::Accepted,
        Self::Refused,
        Self::Sent,
        Self::Settled,
    ];

    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Sent => "sent",
            Self::Settled => "settled",
        }
    }

    pub(crate) const fn zh(self) -> &'static str {
        match self {
            Self::Open => "待处理",
            Self::Accepted => "已采纳",
            Self::Refused => "不采纳",
            Self::Sent => "已转登记单位",
            Self::Settled => "登记已一致",
        }
    }

    pub(crate) const fn pill(self) -> &'static str {
        match self {
            Self::Open => "warn",
            Self::Accepted | Self::Settled => "yes",
            Self::Refused => "no",
            Self::Sent => "info",
        }
    }

    /// The state of this key.
    pub(crate) fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.key() == key)
    }
}

/// One fact of a proposal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) fact: FactId,
    /// What the department says.
    pub(crate) value: Value,
    /// What was registered when it came.
    pub(crate) present: Option<Value>,
}

/// A proposal.
#[derive(Debug, Clone)]
pub(crate) struct Proposal {
    pub(crate) code: String,
    pub(crate) batch: String,
    pub(crate) n: i64,
    pub(crate) kind: String,
    pub(crate) key: PersonKey,
    /// Facts; none where it is a lead.
    pub(crate) said: Vec<Said>,
    pub(crate) since: Day,
    /// The day of the department's data.
    pub(crate) source_day: Day,
    pub(crate) suspect: bool,
    pub(crate) state: State,
    pub(crate) at: Instant,
    pub(crate) decided_at: Option<Instant>,
    pub(crate) decided_by: Option<String>,
}

impl Proposal {
    /// Its purpose.
    pub(crate) fn of(&self) -> Option<&'static Kind> {
        kinds::of(&self.kind)
    }

    /// Whether the register says all of it.
    pub(crate) fn is_so(&self, person: &Person) -> bool {
        !self.said.is_empty()
            && self
                .said
                .iter()
                .all(|said| person.facts.get(said.fact) == Some(&said.value))
    }

    /// Whether the register still says what it said when the hit came.
    pub(crate) fn is_fresh(&self, person: &Person) -> bool {
        self.said
            .iter()
            .all(|said| person.facts.get(said.fact) == said.present.as_ref())
    }

    /// The offices that keep all of its facts.
    pub(crate) fn owned_by(&self, role: Role) -> bool {
        !self.said.is_empty()
            && self.said.iter().all(|said| {
                let offices = said.fact.def().owner;
                authz::Action::CorrectFact { offices }.allowed_to(role)
            })
    }
}

const COLUMNS: &str = "q.proposal, q.batch, q.n, q.kind, q.shard, q.id, q.sets, q.since, q.source_day, q.suspect, q.state, \
     q.at, q.decided_at, q.decided_by";

/// Sets as a row keeps them: fact, value, what was registered.
fn sets_text(said: &[Said]) -> String {
    let rows: Vec<serde_json::Value> = said
        .iter()
        .map(|said| {
            let present = said.present.as_ref().map(value_text);
            serde_json::json!([said.fact.name(), value_text(&said.value), present])
        })
        .collect();
    serde_json::Value::Array(rows).to_string()
}

fn sets_of(text: &str) -> StoreResult<Vec<Said>> {
    let rows: Vec<(String, String, Option<String>)> =
        serde_json::from_str(text).map_err(|error| bad("sets", &error.to_string()))?;
    rows.into_iter()
        .map(|(name, value, present)| {
            let fact = facts::find(&name).ok_or_else(|| bad("sets", &name))?;
            let read = |text: &str| parse_value(fact, text).map_err(|error| bad("sets", &error));
            Ok(Said {
                fact,
                value: read(&value)?,
                present: present.as_deref().map(read).transpose()?,
            })
        })
        .collect()
}

fn of_row(row: &Row) -> StoreResult<Proposal> {
    let state = row.text("state")?;
    Ok(Proposal {
        code: row.text("proposal")?,
        batch: row.text("batch")?,
        n: row.int("n")?,
        kind: row.text("kind")?,
        key: PersonKey {
            shard: row.text("shard")?,
            id: row.text("id")?,
        },
        said: sets_of(&row.text("sets")?)?,
        since: row.day("since")?,
        source_day: row.day("source_day")?,
        suspect: row.flag("suspect")?,
        state: State::from_key(&state).ok_or_else(|| bad("state", &state))?,
        at: row.instant("at")?,
        decided_at: row.opt_instant("decided_at")?,
        decided_by: row.opt_text("decided_by")?,
    })
}

/// A hit to be kept as a proposal.
#[derive(Debug)]
pub(crate) struct New<'a> {
    pub(crate) batch: &'a str,
    pub(crate) n: i64,
    pub(crate) upload: &'a str,
    pub(crate) kind: &'a Kind,
    pub(crate) person: &'a Person,
    pub(crate) said: Vec<Said>,
    pub(crate) since: Day,
    pub(crate) source_day: Day,
    /// Tells one answer about a number from another: the same answer is kept once.
    pub(crate) digest: String,
}

/// Keeps a hit and gives its id; `None` when the same answer about the same number is there already, whatever became
/// of it.
pub(crate) async fn add(tx: &mut Tx, new: New<'_>) -> StoreResult<Option<String>> {
    let (id, at) = (tx.store().new_id(), tx.at().micros());
    let subject = new.person.subject();
    let done = tx
        .run(
            "INSERT INTO exchange_proposal (proposal, batch, n, digest, upload, kind, shard, id, hukou_area, \
             residence_area, sets, since, source_day, suspect, state, at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 'open', $15) \
             ON CONFLICT (batch, n, digest) DO NOTHING",
            values![
                id.as_str(),
                new.batch,
                new.n,
                new.digest,
                new.upload,
                new.kind.key.as_str(),
                new.person.key.shard.as_str(),
                new.person.key.id.as_str(),
                subject.hukou.map(|code| code.to_string()),
                subject.residence.map(|code| code.to_string()),
                sets_text(&new.said),
                new.since.number(),
                new.source_day.number(),
                new.kind.suspect,
                at,
            ],
        )
        .await?;
    Ok((done == 1).then_some(id))
}

/// The proposal of this id, whoever may see it.
pub(crate) async fn find(reads: &impl Reads, code: &str) -> StoreResult<Option<Proposal>> {
    let sql = format!("SELECT {COLUMNS} FROM exchange_proposal q WHERE q.proposal = $1");
    let row = reads.one(&sql, values![code]).await?;
    row.as_ref().map(of_row).transpose()
}

/// How many proposals an uploaded file made.
pub(crate) async fn made_by(reads: &impl Reads, upload: &str) -> StoreResult<i64> {
    let sql = "SELECT CAST(count(*) AS BIGINT) AS n FROM exchange_proposal WHERE upload = $1";
    reads.number(sql, values![upload]).await
}

/// People asked for in one statement.
const AT_ONCE: usize = 500;

/// Open proposals about these people.
pub(crate) async fn open_among(
    reads: &impl Reads,
    people: &[PersonKey],
) -> StoreResult<Vec<Proposal>> {
    let mut out = Vec::new();
    for part in people.chunks(AT_ONCE) {
        let mut sql = Sql::new(&format!(
            "SELECT {COLUMNS} FROM exchange_proposal q WHERE q.state = 'open' AND q.id IN (''"
        ));
        for key in part {
            sql.push(", ").bind(key.id.as_str());
        }
        sql.push(") ORDER BY q.at");
        let (text, values) = sql.parts();
        for row in reads.all(&text, values).await? {
            out.push(of_row(&row)?);
        }
    }
    Ok(out)
}

/// Keeps the areas of an open proposal with the person, who may have moved.
pub(crate) async fn moved(tx: &mut Tx, one: &Proposal, person: &Person) -> StoreResult<()> {
    let subject = person.subject();
    tx.run(
        "UPDATE exchange_proposal SET hukou_area = $1, residence_area = $2 WHERE proposal = $3",
        values![
            subject.hukou.map(|code| code.to_string()),
            subject.residence.map(|code| code.to_string()),
            one.code.as_str(),
        ],
    )
    .await?;
    Ok(())
}

/// Moves an open proposal on; false says that somebody else was first.
pub(crate) async fn settle(tx: &mut Tx, code: &str, state: State, by: &str) -> StoreResult<bool> {
    let at = tx.at().micros();
    let sql = "UPDATE exchange_proposal SET state = $1, decided_at = $2, decided_by = $3 \
         WHERE proposal = $4 AND state = 'open'";
    Ok(tx.run(sql, values![state.key(), at, by, code]).await? == 1)
}

/// Which proposals a list shows.
#[derive(Debug, Clone, Default)]
pub(crate) struct Which {
    pub(crate) state: Option<State>,
    pub(crate) kind: Option<String>,
    pub(crate) batch: Option<String>,
    pub(crate) suspect: Option<bool>,
}

fn conditions(role: Role, scope: &Scope, which: &Which) -> Sql {
    let mut sql = Sql::new(" FROM exchange_proposal q WHERE ");
    sql.append(&scope_condition(scope, "q"));
    sql.push(" AND q.kind IN (''");
    for kind in kinds::all().iter().filter(|kind| kind.seen_by(role)) {
        sql.push(", ").bind(kind.key.as_str());
    }
    sql.push(")");
    if let Some(state) = which.state {
        sql.push(" AND q.state = ").bind(state.key());
    }
    if let Some(kind) = &which.kind {
        sql.push(" AND q.kind = ").bind(kind.as_str());
    }
    if let Some(batch) = &which.batch {
        sql.push(" AND q.batch = ").bind(batch.as_str());
    }
    if let Some(suspect) = which.suspect {
        sql.push(" AND q.suspect = ").bind(suspect);
    }
    sql
}

/// How many a list has.
pub(crate) async fn count(reads: &impl Reads, actor: &Actor, which: &Which) -> StoreResult<i64> {
    let mut sql = Sql::new("SELECT CAST(count(*) AS BIGINT) AS n");
    sql.append(&conditions(actor.role, &actor.scope, which));
    let (text, values) = sql.parts();
    reads.number(&text, values).await
}

/// A page of a list: what waits longest first.
pub(crate) async fn page(
    reads: &impl Reads,
    actor: &Actor,
    which: &Which,
    (skip, most): (i64, i64),
) -> StoreResult<Vec<Proposal>> {
    let mut sql = Sql::new(&format!("SELECT {COLUMNS}"));
    sql.append(&conditions(actor.role, &actor.scope, which));
    sql.push(" ORDER BY q.at, q.proposal LIMIT ").bind(most);
    sql.push(" OFFSET ").bind(skip);
    let (text, values) = sql.parts();
    let rows = reads.all(&text, values).await?;
    rows.iter().map(of_row).collect()
}
