//! Everyone, a part at a time in the order of keys, with what is needed and no more: facts without names and
//! secrets, records without their words. A register that was loaded village by village is walked that way.

use super::columns::{FACT_COLUMNS, facts_of};
use super::history;
use super::person::shards;
use crate::api::PersonKey;
use crate::model::{Record, unpack};
use rules::facts::Facts;
use store::{Reads, Sql, StoreResult, values};

/// People in a part.
const PART: i64 = 1_500;

/// A part of a walk over a table whose key begins with the shard and a person's id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    shard: String,
    after: String,
    until: Option<String>,
}

impl Part {
    /// The condition on the rows of `alias`, whose person stands in column `id`; complete in parentheses.
    pub fn condition(&self, alias: &str, id: &str) -> Sql {
        let mut sql = Sql::new(&format!("({alias}.shard = "));
        sql.bind(self.shard.as_str());
        sql.push(&format!(" AND {alias}.{id} > "))
            .bind(self.after.as_str());
        if let Some(until) = &self.until {
            sql.push(&format!(" AND {alias}.{id} <= "))
                .bind(until.as_str());
        }
        sql.push(")");
        sql
    }
}

/// The parts of the register.
pub(crate) async fn parts(reads: &impl Reads) -> StoreResult<Vec<Part>> {
    let mut parts = Vec::new();
    for shard in shards(reads).await? {
        let mut after = String::new();
        loop {
            let end = reads
                .one(
                    "SELECT p.id FROM people_person p WHERE p.shard = $1 AND p.id > $2 ORDER BY p.id LIMIT 1 OFFSET $3",
                    values![shard.as_str(), after.as_str(), PART - 1],
                )
                .await?;
            let until = end.map(|row| row.text("id")).transpose()?;
            parts.push(Part {
                shard: shard.clone(),
                after: after.clone(),
                until: until.clone(),
            });
            match until {
                Some(until) => after = until,
                None => break,
            }
        }
    }
    Ok(parts)
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
    sql.append(&part.condition("p", "id"))
        .push(" ORDER BY p.shard, p.id");
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
    Ok(out)
}

/// What is needed of acts of recording to know a day: no source, no writer.
pub(crate) async fn records(
    reads: &impl Reads,
    part: &Part,
) -> StoreResult<Vec<(PersonKey, Vec<Record>)>> {
    let mut sql = Sql::new(&format!(
        "SELECT h.shard, h.person, {} WHERE ",
        history::READ
    ));
    sql.append(&part.condition("h", "person"))
        .push(" ORDER BY h.shard, h.person, h.seq");
    let (text, values) = sql.parts();
    let rows = reads.all(&text, values).await?;
    let mut out: Vec<(PersonKey, Vec<Record>)> = Vec::new();
    for row in &rows {
        let key = PersonKey {
            shard: row.text("shard")?,
            id: row.text("person")?,
        };
        let acts = unpack(history::history_of(row)?, |_| {
            Ok((String::new(), String::new()))
        })?;
        match out.last_mut().filter(|last| last.0 == key) {
            Some((_, records)) => records.extend(acts),
            None => out.push((key, acts)),
        }
    }
    Ok(out)
}

/// What of a person's contact and number is registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reach {
    /// An identity number.
    pub number: bool,
    /// A phone, the person's own or the contact's.
    pub phone: bool,
}

/// How the people of a part can be reached, in key order.
pub(crate) async fn reach(reads: &impl Reads, part: &Part) -> StoreResult<Vec<(PersonKey, Reach)>> {
    let mut sql = Sql::new(
        "SELECT p.shard, p.id, (p.id_number IS NOT NULL) AS has_number, \
         (p.phone IS NOT NULL OR p.contact_phone IS NOT NULL) AS has_phone FROM people_person p WHERE ",
    );
    sql.append(&part.condition("p", "id"))
        .push(" ORDER BY p.shard, p.id");
    let (text, values) = sql.parts();
    let rows = reads.all(&text, values).await?;
    rows.iter()
        .map(|row| {
            let key = PersonKey {
                shard: row.text("shard")?,
                id: row.text("id")?,
            };
            let reach = Reach {
                number: row.flag("has_number")?,
                phone: row.flag("has_phone")?,
            };
            Ok((key, reach))
        })
        .collect()
}
