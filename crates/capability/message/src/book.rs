//! Messages as they stand: lists for offices and for families, and what is not wanted.

use crate::kinds::Kind;
use authz::Scope;
use host::PersonKey;
use kernel::Instant;
use store::{Audit, Reads, Row, Sql, StoreResult, Tx, scope_condition, values};

/// How a message went out.
pub(crate) const STATES: &[(&str, &str, &str)] = &[
    ("waiting", "待发送", "warn"),
    ("sms", "短信已交网关", "yes"),
    ("inside", "站内", "yes"),
    ("paper", "待打印告知单", "warn"),
    ("printed", "已打印", "yes"),
    ("refused", "短信没有发出，待打印告知单", "warn"),
    ("off", "本人退订，没有发", "plain"),
];

/// A message.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    pub(crate) code: String,
    pub(crate) key: PersonKey,
    pub(crate) kind: String,
    pub(crate) said: String,
    pub(crate) href: Option<String>,
    pub(crate) state: String,
    pub(crate) why: Option<String>,
    pub(crate) made: Instant,
}

impl Message {
    /// What it tells of.
    pub(crate) fn kind_zh(&self) -> &'static str {
        Kind::of(&self.kind).map_or("告知", Kind::zh)
    }

    /// How it went out, with its tone.
    pub(crate) fn state_zh(&self) -> (&'static str, &'static str) {
        STATES
            .iter()
            .find(|(key, ..)| *key == self.state)
            .map_or(("", "plain"), |(_, name, tone)| (name, tone))
    }
}

const READ: &str = "SELECT m.code, m.shard, m.id, m.kind, m.said, m.href, m.state, m.why, m.made_at FROM message_message m";

fn of(row: &Row) -> StoreResult<Message> {
    Ok(Message {
        code: row.text("code")?,
        key: PersonKey {
            shard: row.text("shard")?,
            id: row.text("id")?,
        },
        kind: row.text("kind")?,
        said: row.text("said")?,
        href: row.opt_text("href")?,
        state: row.text("state")?,
        why: row.opt_text("why")?,
        made: Instant::from_micros(row.int("made_at")?),
    })
}

/// What a list asks for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Asked {
    pub(crate) kind: Option<String>,
    pub(crate) state: Option<String>,
    pub(crate) person: Option<String>,
    /// Only what waits to be printed.
    pub(crate) to_print: bool,
}

fn conditions(scope: &Scope, asked: &Asked) -> Sql {
    let mut sql = Sql::new(" WHERE ");
    sql.append(&scope_condition(scope, "m"));
    for (column, value) in [
        ("m.kind", &asked.kind),
        ("m.state", &asked.state),
        ("m.id", &asked.person),
    ] {
        if let Some(value) = value {
            sql.push(" AND ")
                .push(column)
                .push(" = ")
                .bind(value.as_str());
        }
    }
    if asked.to_print {
        sql.push(" AND m.state IN ('paper', 'refused')");
    }
    sql
}

/// How many there are.
pub(crate) async fn count(reads: &impl Reads, scope: &Scope, asked: &Asked) -> StoreResult<i64> {
    let mut sql = Sql::new("SELECT CAST(count(*) AS BIGINT) AS n FROM message_message m");
    sql.append(&conditions(scope, asked));
    let (text, values) = sql.parts();
    reads.number(&text, values).await
}

/// One page, the newest first.
pub(crate) async fn page(
    reads: &impl Reads,
    scope: &Scope,
    asked: &Asked,
    skip: i64,
    most: i64,
) -> StoreResult<Vec<Message>> {
    let mut sql = Sql::new(READ);
    sql.append(&conditions(scope, asked))
        .push(" ORDER BY m.made_at DESC, m.code DESC LIMIT ")
        .bind(most);
    sql.push(" OFFSET ").bind(skip);
    let (text, values) = sql.parts();
    reads.all(&text, values).await?.iter().map(of).collect()
}

/// One message, where the scope has its person.
pub(crate) async fn one(
    reads: &impl Reads,
    scope: &Scope,
    code: &str,
) -> StoreResult<Option<Message>> {
    let mut sql = Sql::new(&format!("{READ} WHERE m.code = "));
    sql.bind(code)
        .push(" AND ")
        .append(&scope_condition(scope, "m"));
    let (text, values) = sql.parts();
    reads.one(&text, values).await?.as_ref().map(of).transpose()
}

/// Marks papers as printed; those that were already stay.
pub(crate) async fn printed(tx: &mut Tx, codes: &[String]) -> StoreResult<()> {
    let at = tx.at().micros();
    for code in codes {
        tx.run(
            "UPDATE message_message SET state = 'printed', sent_at = $1 WHERE code = $2 AND state IN ('paper', 'refused')",
            values![at, code.as_str()],
        )
        .await?;
    }
    Ok(())
}

/// Kinds somebody is not told of.
pub(crate) async fn off(reads: &impl Reads, key: &PersonKey) -> StoreResult<Vec<String>> {
    let rows = reads
        .all(
            "SELECT kind FROM message_off WHERE shard = $1 AND id = $2 ORDER BY kind",
            values![key.shard.as_str(), key.id.as_str()],
        )
        .await?;
    rows.iter().map(|row| row.text("kind")).collect()
}

/// Sets which kinds somebody is not told of.
pub(crate) async fn set_off(tx: &mut Tx, key: &PersonKey, kinds: &[Kind]) -> StoreResult<()> {
    let (by, at) = (tx.actor().id.clone(), tx.at().micros());
    tx.run(
        "DELETE FROM message_off WHERE shard = $1 AND id = $2",
        values![key.shard.as_str(), key.id.as_str()],
    )
    .await?;
    for kind in kinds {
        tx.run(
            "INSERT INTO message_off (shard, id, kind, by_account, at) VALUES ($1, $2, $3, $4, $5)",
            values![
                key.shard.as_str(),
                key.id.as_str(),
                kind.key(),
                by.as_str(),
                at
            ],
        )
        .await?;
    }
    tx.audit(
        Audit::new("message.off")
            .person(&key.shard, &key.id)
            .with("kinds", kinds.len() as i64),
    );
    Ok(())
}
