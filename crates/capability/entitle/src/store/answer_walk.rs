//! Everyone's answers as bits, in the order of ids: what fills the columns in memory.
//!
//! The only SQL the columns need of `entitle_answer`. As with people, the database joins a chunk of rows into
//! one text (`people::columns`).

use host::PersonKey;
use kernel::Instant;
use store::{Reads, Sql, StoreError, StoreResult, values};

const RECORD: char = '\u{1e}';
const UNIT: char = '\u{1f}';

/// The answers of one person without amounts; bits as in [`crate::standing::Standing`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(crate) struct Bits {
    pub(crate) yes: u64,
    pub(crate) unknown: u64,
    pub(crate) ask: u64,
    pub(crate) receiving: u64,
    pub(crate) owed: u64,
    pub(crate) undue: u64,
    pub(crate) missing_low: u64,
    pub(crate) missing_high: u64,
}

impl Bits {
    /// Missing facts by dictionary place.
    pub(crate) fn missing(&self) -> u128 {
        u128::from(self.missing_low) | (u128::from(self.missing_high) << 64)
    }
}

/// Id, bits, and when they were answered.
pub(crate) type Line<'a> = (&'a str, Bits, Instant);

/// One line a person over alias `a`; the parts in the order of [`line_of`].
fn select() -> String {
    let parts = [
        "a.yes",
        "a.unknown",
        "a.ask",
        "a.receiving",
        "a.owed",
        "a.undue",
        "a.missing_low",
        "a.missing_high",
        "a.answered_at",
    ]
    .map(|column| format!("|| '{UNIT}' || CAST({column} AS TEXT)"))
    .join(" ");
    format!("SELECT a.id AS id, a.id {parts} AS line FROM entitle_answer a")
}

fn line_of(text: &str) -> StoreResult<Line<'_>> {
    let bad = |what: &str| StoreError::BadColumn {
        column: "entitle_answer".to_owned(),
        what: what.to_owned(),
    };
    let mut parts = text.split(UNIT);
    let id = parts.next().ok_or_else(|| bad("no id"))?;
    let mut number = || -> StoreResult<i64> {
        let text = parts.next().ok_or_else(|| bad("a line is too short"))?;
        text.parse().map_err(|_no_number| bad(text))
    };
    let bits = Bits {
        yes: number()? as u64,
        unknown: number()? as u64,
        ask: number()? as u64,
        receiving: number()? as u64,
        owed: number()? as u64,
        undue: number()? as u64,
        missing_low: number()? as u64,
        missing_high: number()? as u64,
    };
    Ok((id, bits, Instant::from_micros(number()?)))
}

/// Hands over everyone's answers, a chunk at a time in the order of ids.
pub(crate) async fn walk(
    reads: &impl Reads,
    chunk: i64,
    mut each: impl FnMut(&[Line<'_>]),
) -> StoreResult<()> {
    let sql = format!(
        "SELECT max(c.id) AS last, CAST(count(*) AS BIGINT) AS n, \
         coalesce(string_agg(c.line, '{RECORD}'), '') AS lines \
         FROM ({} WHERE a.shard = $1 AND a.id > $2 ORDER BY a.id LIMIT $3) AS c",
        select()
    );
    for shard in people::api::shards(reads).await? {
        walk_shard(reads, &sql, &shard, chunk, &mut each).await?;
    }
    Ok(())
}

async fn walk_shard(
    reads: &impl Reads,
    sql: &str,
    shard: &str,
    chunk: i64,
    each: &mut impl FnMut(&[Line<'_>]),
) -> StoreResult<()> {
    let mut last = String::new();
    loop {
        let asked = reads.one(sql, values![shard, last.as_str(), chunk]).await?;
        let Some(row) = asked else {
            return Ok(());
        };
        let text = row.text("lines")?;
        let mut lines = text
            .split(RECORD)
            .filter(|line| !line.is_empty())
            .map(line_of)
            .collect::<StoreResult<Vec<_>>>()?;
        lines.sort_unstable_by_key(|line| line.0);
        each(&lines);
        match row.opt_text("last")? {
            Some(end) if row.int("n")? == chunk => last = end,
            _ => return Ok(()),
        }
    }
}

/// The answers of these people.
pub(crate) async fn of(
    reads: &impl Reads,
    keys: &[PersonKey],
    mut each: impl FnMut(Line<'_>),
) -> StoreResult<()> {
    for keys in keys.chunks(500) {
        let mut sql = Sql::new(&format!("{} WHERE ", select()));
        sql.append(&super::of_keys("a.", keys));
        let (text, values) = sql.parts();
        for row in reads.all(&text, values).await? {
            each(line_of(&row.text("line")?)?);
        }
    }
    Ok(())
}

/// Whose answers were written at or after a moment. No index serves it: one pass over the table, for the
/// work of a night.
pub(crate) async fn written_since(reads: &impl Reads, at: Instant) -> StoreResult<Vec<PersonKey>> {
    reads
        .all(
            "SELECT a.shard, a.id FROM entitle_answer a WHERE a.answered_at >= $1 ORDER BY a.id",
            values![at.micros()],
        )
        .await?
        .iter()
        .map(|row| {
            Ok(PersonKey {
                shard: row.text("shard")?,
                id: row.text("id")?,
            })
        })
        .collect()
}
