//! Grants that were decided elsewhere in this system: an application that was approved becomes a live grant in the same
//! transaction, one or thousands at once.

use crate::grant_acts::{COLUMNS, New, values_of};
use crate::judge_reasons;
use authz::Actor;
use kernel::Day;
use people::api::Person;
use plan::api::Published;
use std::collections::{BTreeMap, BTreeSet};
use store::{Audit, Reads, Sql, StoreResult, Tx, values};

/// People one statement asks about.
const AT_ONCE: usize = 500;

/// A grant and who checked what it stands on.
#[derive(Debug, Clone)]
pub struct Decided {
    /// The grant.
    pub new: New,
    /// Account that checked; never the one that decides.
    pub proposed_by: String,
}

/// Why somebody is granted a programme on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Clause, conditions and list, as kept with a grant.
    pub json: serde_json::Value,
    /// Fen a cycle; `None` where the amount is not fixed yet.
    pub fen: Option<i64>,
    /// The clause.
    pub clause: String,
    /// What is asked, in words.
    pub says: Vec<String>,
    /// Digest of the list.
    pub digest: String,
}

/// The reasons for this person on a day; `Err` says why there are none.
pub fn reasons(
    published: &Published,
    person: &Person,
    programme: &str,
    today: Day,
) -> Result<Told, &'static str> {
    let (reasons, fen) = judge_reasons::on(published, person, programme, today)?;
    Ok(Told {
        json: serde_json::to_value(&reasons).unwrap_or_default(),
        fen,
        clause: reasons.clause,
        says: reasons.conditions.into_iter().map(|one| one.says).collect(),
        digest: reasons.digest,
    })
}

/// Writes live grants of one programme; gives the number of each by person id. Who is paid or proposed already gets none
/// and is missing in the answer.
pub async fn grant(
    tx: &mut Tx,
    who: &Actor,
    programme: &str,
    rows: Vec<Decided>,
) -> StoreResult<BTreeMap<String, i64>> {
    let at = tx.at().micros();
    let mut out = BTreeMap::new();
    for part in rows.chunks(AT_ONCE) {
        let (live, last) = held(tx, programme, part).await?;
        let mut insert = Vec::with_capacity(part.len());
        for one in part {
            let id = &one.new.key.id;
            if live.contains(id) || out.contains_key(id) {
                continue;
            }
            let no = last.get(id).copied().unwrap_or(0) + 1;
            let mut row = values_of(&one.new, no, "active", &one.proposed_by);
            row.extend(values![Some(who.id.clone()), Some(at), at, false]);
            insert.push(row);
            out.insert(id.clone(), no);
        }
        tx.insert_many("pay_grant", &COLUMNS, insert).await?;
    }
    if !out.is_empty() {
        tx.audit(
            Audit::new("pay.grant_decided")
                .with("programme", programme)
                .with("people", out.len() as i64),
        );
    }
    Ok(out)
}

/// Of these people: who has a live grant, and the last number of each.
async fn held(
    tx: &Tx,
    programme: &str,
    rows: &[Decided],
) -> StoreResult<(BTreeSet<String>, BTreeMap<String, i64>)> {
    let shards: BTreeSet<&str> = rows.iter().map(|one| one.new.key.shard.as_str()).collect();
    let (mut live, mut last) = (BTreeSet::new(), BTreeMap::new());
    for shard in shards {
        let mut sql = Sql::new("SELECT g.id, g.no, g.state FROM pay_grant g WHERE g.shard = ");
        sql.bind(shard).push(" AND g.programme = ").bind(programme);
        sql.push(" AND g.id IN (''");
        for one in rows.iter().filter(|one| one.new.key.shard == shard) {
            sql.push(", ").bind(one.new.key.id.as_str());
        }
        sql.push(")");
        let (text, values) = sql.parts();
        for row in tx.all(&text, values).await? {
            let (id, no) = (row.text("id")?, row.int("no")?);
            let known = last.entry(id.clone()).or_insert(no);
            *known = (*known).max(no);
            if matches!(row.text("state")?.as_str(), "proposed" | "active") {
                live.insert(id);
            }
        }
    }
    Ok((live, last))
}
