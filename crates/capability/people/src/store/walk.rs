//! Everyone, a part at a time: people of one 常住地 born in some years, so that whoever writes a snapshot
//! goes town by town and old to young, with what is needed and no more (facts without names and secrets,
//! records without their words).

use super::columns::{FACT_COLUMNS, facts_of};
use crate::api::PersonKey;
use crate::model::{Record, decode_sets};
use kernel::AreaCode;
use rules::facts::Facts;
use store::{Reads, Sql, StoreResult};

/// People in a part, about.
const PART: i64 = 3_000;

/// A part of a walk over a table with `residence_area` and `birth_date`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    area: Option<AreaCode>,
    born: Born,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Born {
    Any,
    Unknown,
    /// In these years, the second not among them.
    Years(i64, i64),
}

impl Part {
    /// The condition on the rows of `alias`, complete in parentheses.
    pub fn condition(&self, alias: &str) -> Sql {
        let mut sql = Sql::new("(");
        sql.push(alias).push(".residence_area");
        match &self.area {
            Some(area) => sql.push(" = ").bind(area.as_str()),
            None => sql.push(" IS NULL"),
        };
        match self.born {
            Born::Any => {}
            Born::Unknown => {
                sql.push(" AND ").push(alias).push(".birth_date IS NULL");
            }
            Born::Years(from, until) => {
                sql.push(" AND ").push(alias).push(".birth_date >= ");
                sql.bind((from * 10_000) as i32).push(" AND ");
                sql.push(alias).push(".birth_date < ");
                sql.bind((until * 10_000) as i32);
            }
        }
        sql.push(")");
        sql
    }
}

/// What a walk over such a table counts first; the statement is the owner's, with these names.
pub const PARTS_BY: &str = "residence_area AS area, CAST(birth_date / 10000 AS BIGINT) AS year, CAST(count(*) AS BIGINT) AS n";

/// The parts of rows counted as [`PARTS_BY`] says: areas by code, within them old to young, unknown first.
pub fn parts_of(rows: &[store::Row]) -> StoreResult<Vec<Part>> {
    let mut counts: Vec<(Option<AreaCode>, Option<i64>, i64)> = Vec::with_capacity(rows.len());
    for row in rows {
        counts.push((row.opt_area("area")?, row.opt_int("year")?, row.int("n")?));
    }
    counts.sort_unstable();
    let mut parts = Vec::new();
    for years in counts.chunk_by(|a, b| a.0 == b.0) {
        let Some(area) = years.first().map(|first| first.0) else {
            continue;
        };
        if years.iter().map(|year| year.2).sum::<i64>() <= PART {
            parts.push(Part {
                area,
                born: Born::Any,
            });
            continue;
        }
        let mut open: Option<(i64, i64, i64)> = None;
        let close = |open: Option<(i64, i64, i64)>| {
            open.map(|(from, until, _)| Part {
                area,
                born: Born::Years(from, until),
            })
        };
        for (_, year, n) in years {
            let Some(year) = *year else {
                parts.push(Part {
                    area,
                    born: Born::Unknown,
                });
                continue;
            };
            open = match open {
                Some((from, _, held)) if held + n <= PART => Some((from, year + 1, held + n)),
                other => {
                    parts.extend(close(other));
                    Some((year, year + 1, *n))
                }
            };
        }
        parts.extend(close(open));
    }
    Ok(parts)
}

/// The parts of the register.
pub(crate) async fn parts(reads: &impl Reads) -> StoreResult<Vec<Part>> {
    let sql =
        format!("SELECT {PARTS_BY} FROM people_person GROUP BY residence_area, birth_date / 10000");
    parts_of(&reads.all(&sql, vec![]).await?)
}

/// Somebody's current facts.
#[derive(Debug, Clone)]
pub struct Walked {
    /// Key.
    pub key: PersonKey,
    /// Current value of every fact.
    pub facts: Facts,
}

/// The people of a part, in key order.
pub(crate) async fn facts(reads: &impl Reads, part: &Part) -> StoreResult<Vec<Walked>> {
    let mut sql = Sql::new(&format!(
        "SELECT p.shard, p.id, {} FROM people_person p WHERE ",
        *FACT_COLUMNS
    ));
    sql.append(&part.condition("p"));
    let (text, values) = sql.parts();
    let rows = reads.all(&text, values).await?;
    let mut out = Vec::with_capacity(rows.len());
    for row in &rows {
        out.push(Walked {
            key: PersonKey {
                shard: row.text("shard")?,
                id: row.text("id")?,
            },
            facts: facts_of(row)?,
        });
    }
    out.sort_unstable_by(|a, b| a.key.cmp(&b.key));
    Ok(out)
}

/// What is needed of acts of recording to know a day: no source, no writer, no reason.
pub(crate) async fn records(
    reads: &impl Reads,
    part: &Part,
) -> StoreResult<Vec<(PersonKey, Vec<Record>)>> {
    let mut sql = Sql::new(
        "SELECT r.shard, r.person, r.seq, r.recorded_at, r.sets, r.withdrawn_at FROM people_person p \
         JOIN people_record r ON r.shard = p.shard AND r.person = p.id WHERE ",
    );
    sql.append(&part.condition("p"));
    let (text, values) = sql.parts();
    let rows = reads.all(&text, values).await?;
    let mut acts = Vec::with_capacity(rows.len());
    for row in &rows {
        let key = PersonKey {
            shard: row.text("shard")?,
            id: row.text("person")?,
        };
        let record = Record {
            seq: row.int("seq")?,
            recorded: row.instant("recorded_at")?,
            source: String::new(),
            by: String::new(),
            sets: decode_sets(&row.text("sets")?)?,
            reason: None,
            withdrawn: row.opt_instant("withdrawn_at")?,
        };
        acts.push((key, record));
    }
    acts.sort_unstable_by(|a, b| (&a.0, a.1.seq).cmp(&(&b.0, b.1.seq)));
    let mut out: Vec<(PersonKey, Vec<Record>)> = Vec::new();
    for (key, record) in acts {
        match out.last_mut().filter(|last| last.0 == key) {
            Some((_, records)) => records.push(record),
            None => out.push((key, vec![record])),
        }
    }
    Ok(out)
}
