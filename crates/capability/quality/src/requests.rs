//! Requests: rows, who may settle them, how a state follows from another.

use authz::{Actor, Role, Scope};
use host::Ctx;
use kernel::{Day, Instant};
use people::api::{Person, PersonKey};
use rules::facts::{self, FactId, Value, parse_value, value_text};
use std::collections::{BTreeMap, BTreeSet};
use store::{Reads, Row, Sql, StoreError, StoreResult, Tx, scope_condition, values};

/// What became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// Waits for the owner.
    Open,
    /// The owner corrected the fact.
    Accepted,
    /// The owner keeps what is registered, and said why.
    Refused,
    /// Who asked took it back.
    Withdrawn,
    /// The register came to say the same by itself: a roll, an import, a correction.
    Settled,
}

impl State {
    const ALL: [Self; 5] = [
        Self::Open,
        Self::Accepted,
        Self::Refused,
        Self::Withdrawn,
        Self::Settled,
    ];

    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
            Self::Settled => "settled",
        }
    }

    pub(crate) const fn zh(self) -> &'static str {
        match self {
            Self::Open => "待答复",
            Self::Accepted => "已采纳",
            Self::Refused => "未采纳",
            Self::Withdrawn => "已撤回",
            Self::Settled => "登记已一致",
        }
    }

    /// The kind of pill on pages.
    pub(crate) const fn pill(self) -> &'static str {
        match self {
            Self::Open => "warn",
            Self::Accepted | Self::Settled => "yes",
            Self::Refused | Self::Withdrawn => "no",
        }
    }

    fn from_key(key: &str) -> StoreResult<Self> {
        let found = Self::ALL.into_iter().find(|state| state.key() == key);
        found.ok_or_else(|| bad("quality_request.state", key))
    }
}

/// A request.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) code: String,
    pub(crate) key: PersonKey,
    pub(crate) fact: FactId,
    /// What was registered when it was filed.
    pub(crate) present: Option<Value>,
    /// What it should be; `None` is not known.
    pub(crate) value: Option<Value>,
    pub(crate) since: Day,
    /// Code of what it rests on.
    pub(crate) basis: String,
    pub(crate) state: State,
    pub(crate) asked_at: Instant,
    pub(crate) asked_by: String,
    /// Who follows it since the work of whoever asked was handed over.
    pub(crate) holder: Option<String>,
    pub(crate) asked_role: String,
    pub(crate) decided_at: Option<Instant>,
    pub(crate) decided_by: Option<String>,
}

impl Request {
    /// Whether this account follows it: who asked, or whoever took their work over.
    pub(crate) fn followed_by(&self, account: &str) -> bool {
        self.holder.as_deref().unwrap_or(&self.asked_by) == account
    }
}

/// A request to be filed.
#[derive(Debug, Clone)]
pub(crate) struct New<'a> {
    pub(crate) person: &'a Person,
    pub(crate) fact: FactId,
    pub(crate) value: Option<Value>,
    pub(crate) since: Day,
    pub(crate) basis: &'a str,
    pub(crate) says: Option<&'a str>,
}

fn bad(column: &str, what: &str) -> StoreError {
    StoreError::BadColumn {
        column: column.to_owned(),
        what: what.to_owned(),
    }
}

const COLUMNS: &str = "q.request, q.shard, q.id, q.fact, q.present, q.value, q.since, q.basis, q.state, \
     q.asked_at, q.asked_by, q.holder, q.asked_role, q.decided_at, q.decided_by";

fn of_row(row: &Row) -> StoreResult<Request> {
    let name = row.text("fact")?;
    let fact = facts::find(&name).ok_or_else(|| bad("quality_request.fact", &name))?;
    let value = |column: &str| -> StoreResult<Option<Value>> {
        row.opt_text(column)?
            .map(|text| parse_value(fact, &text))
            .transpose()
            .map_err(|error| bad(column, &error))
    };
    Ok(Request {
        code: row.text("request")?,
        key: PersonKey {
            shard: row.text("shard")?,
            id: row.text("id")?,
        },
        fact,
        present: value("present")?,
        value: value("value")?,
        since: row.day("since")?,
        basis: row.text("basis")?,
        state: State::from_key(&row.text("state")?)?,
        asked_at: row.instant("asked_at")?,
        asked_by: row.text("asked_by")?,
        holder: row.opt_text("holder")?,
        asked_role: row.text("asked_role")?,
        decided_at: row.opt_instant("decided_at")?,
        decided_by: row.opt_text("decided_by")?,
    })
}

/// Files a request; [`StoreError::Duplicate`] where one about this fact is open.
pub(crate) async fn file(tx: &mut Tx, actor: &Actor, new: New<'_>) -> StoreResult<String> {
    let (id, at) = (tx.store().new_id(), tx.at().micros());
    let subject = new.person.subject();
    let text = |value: Option<&Value>| value.map(value_text);
    tx.run(
        "INSERT INTO quality_request (request, shard, id, hukou_area, residence_area, fact, present, value, since, \
         basis, state, asked_at, asked_by, asked_role) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'open', $11, $12, $13)",
        values![
            id.as_str(),
            new.person.key.shard.as_str(),
            new.person.key.id.as_str(),
            subject.hukou.map(|code| code.to_string()),
            subject.residence.map(|code| code.to_string()),
            new.fact.name(),
            text(new.person.facts.get(new.fact)),
            text(new.value.as_ref()),
            new.since.number(),
            new.basis,
            at,
            actor.id.as_str(),
            actor.role.key(),
        ],
    )
    .await?;
    tx.run(
        "INSERT INTO quality_words (request, says) VALUES ($1, $2)",
        values![id.as_str(), new.says],
    )
    .await?;
    Ok(id)
}

/// A request of this id, whoever may see it.
pub(crate) async fn find(reads: &impl Reads, request: &str) -> StoreResult<Option<Request>> {
    let sql = format!("SELECT {COLUMNS} FROM quality_request q WHERE q.request = $1");
    let row = reads.one(&sql, values![request]).await?;
    row.as_ref().map(of_row).transpose()
}

/// What was said when it was filed and when it was decided.
pub(crate) async fn words(
    reads: &impl Reads,
    request: &str,
) -> StoreResult<(Option<String>, Option<String>)> {
    let sql = "SELECT says, answer FROM quality_words WHERE request = $1";
    Ok(match reads.one(sql, values![request]).await? {
        Some(row) => (row.opt_text("says")?, row.opt_text("answer")?),
        None => (None, None),
    })
}

/// Open requests about a person.
pub(crate) async fn open_of(reads: &impl Reads, key: &PersonKey) -> StoreResult<Vec<Request>> {
    let found = open_among(reads, std::slice::from_ref(key)).await?;
    Ok(found.into_values().next().unwrap_or_default())
}

/// People asked for in one statement.
const AT_ONCE: usize = 500;

/// Open requests about these people, oldest first, by person.
pub(crate) async fn open_among(
    reads: &impl Reads,
    people: &[PersonKey],
) -> StoreResult<BTreeMap<PersonKey, Vec<Request>>> {
    let mut out: BTreeMap<PersonKey, Vec<Request>> = BTreeMap::new();
    for part in people.chunks(AT_ONCE) {
        let shards: BTreeSet<&str> = part.iter().map(|key| key.shard.as_str()).collect();
        let mut sql = Sql::new(&format!(
            "SELECT {COLUMNS} FROM quality_request q WHERE q.state = 'open' AND q.shard IN (''"
        ));
        for shard in shards {
            sql.push(", ").bind(shard);
        }
        sql.push(") AND q.id IN (''");
        for key in part {
            sql.push(", ").bind(key.id.as_str());
        }
        sql.push(") ORDER BY q.asked_at");
        let (text, values) = sql.parts();
        for row in &reads.all(&text, values).await? {
            let request = of_row(row)?;
            out.entry(request.key.clone()).or_default().push(request);
        }
    }
    Ok(out)
}

/// Moves an open request on; `false` says that somebody else was first.
pub(crate) async fn settle(
    tx: &mut Tx,
    request: &str,
    state: State,
    by: &str,
    answer: Option<&str>,
) -> StoreResult<bool> {
    let at = tx.at().micros();
    let done = tx
        .run(
            "UPDATE quality_request SET state = $1, decided_at = $2, decided_by = $3 WHERE request = $4 AND state = 'open'",
            values![state.key(), at, by, request],
        )
        .await?;
    if done == 1 && answer.is_some() {
        tx.run(
            "UPDATE quality_words SET answer = $1 WHERE request = $2",
            values![answer, request],
        )
        .await?;
    }
    Ok(done == 1)
}

/// Which requests a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Boxed {
    /// Open ones about facts of the reader's office, in scope.
    Todo,
    /// The reader's own, whatever became of them.
    Mine,
    /// Everything in scope.
    All,
}

fn conditions(actor: &Actor, which: Boxed, state: Option<&str>) -> Sql {
    let mut sql = Sql::new(" FROM quality_request q WHERE ");
    match which {
        Boxed::Todo => {
            sql.append(&scope_condition(&actor.scope, "q"))
                .push(" AND q.state = 'open' AND q.fact IN (''");
            for fact in owned_by(actor.role) {
                sql.push(", ").bind(fact.name());
            }
            sql.push(")");
        }
        Boxed::Mine => {
            sql.append(&scope_condition(&actor.scope, "q"))
                .push(" AND coalesce(q.holder, q.asked_by) = ")
                .bind(actor.id.as_str());
        }
        Boxed::All => {
            sql.append(&scope_condition(&actor.scope, "q"));
        }
    }
    if let Some(state) = state {
        sql.push(" AND q.state = ").bind(state);
    }
    sql
}

/// Facts whose requests this role settles.
pub(crate) fn owned_by(role: Role) -> impl Iterator<Item = FactId> {
    FactId::all().filter(move |fact| {
        let offices = fact.def().owner;
        authz::Action::CorrectFact { offices }.allowed_to(role)
    })
}

/// How many a list has.
pub(crate) async fn count(
    reads: &impl Reads,
    actor: &Actor,
    which: Boxed,
    state: Option<&str>,
) -> StoreResult<i64> {
    let mut sql = Sql::new("SELECT CAST(count(*) AS BIGINT) AS n");
    sql.append(&conditions(actor, which, state));
    let (text, values) = sql.parts();
    reads.number(&text, values).await
}

/// A page of a list: what waits longest first, what is settled latest first.
pub(crate) async fn list(
    reads: &impl Reads,
    actor: &Actor,
    which: Boxed,
    state: Option<&str>,
    skip: i64,
    most: i64,
) -> StoreResult<Vec<Request>> {
    let mut sql = Sql::new(&format!("SELECT {COLUMNS}"));
    sql.append(&conditions(actor, which, state));
    sql.push(match which {
        Boxed::Todo => " ORDER BY q.asked_at, q.request",
        Boxed::Mine | Boxed::All => " ORDER BY q.asked_at DESC, q.request DESC",
    });
    sql.push(" LIMIT ").bind(most).push(" OFFSET ").bind(skip);
    let (text, values) = sql.parts();
    let rows = reads.all(&text, values).await?;
    rows.iter().map(of_row).collect()
}

/// How many wait for the reader.
pub(crate) async fn waiting(ctx: &Ctx) -> StoreResult<i64> {
    let actor = ctx.actor();
    if actor.scope == Scope::Nowhere {
        return Ok(0);
    }
    count(&ctx.app.store, &actor, Boxed::Todo, None).await
}
