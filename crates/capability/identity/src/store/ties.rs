//! Who acts for somebody, and the comings and goings of households.

use host::PersonKey;
use kernel::{Day, Instant};
use store::{Reads, Row, Sealed, StoreResult, Tx, values};

/// Somebody who acts for another, by a paper.
#[derive(Debug, Clone)]
pub(crate) struct Tie {
    pub(crate) id: String,
    pub(crate) key: PersonKey,
    /// `guardian` or `proxy`.
    pub(crate) kind: String,
    pub(crate) holder_name: String,
    pub(crate) relation: String,
    pub(crate) paper: String,
    pub(crate) paper_number: Option<Sealed>,
    pub(crate) from: Day,
    /// First day on which it no longer holds.
    pub(crate) until: Option<Day>,
    pub(crate) account: Option<String>,
    pub(crate) grant: Option<String>,
    pub(crate) made_name: String,
    pub(crate) ended: Option<Day>,
    pub(crate) end_reason: Option<String>,
}

impl Tie {
    /// Whether it holds on a day.
    pub(crate) fn holds_on(&self, day: Day) -> bool {
        self.from <= day
            && self.until.is_none_or(|until| day < until)
            && self.ended.is_none_or(|ended| day < ended)
    }
}

const READ: &str = "SELECT id, shard, person, kind, holder_name, relation, paper, paper_number, from_day, until_day, account, \
     grant_id, made_name, ended_on, end_reason FROM identity_tie";

fn tie_of(row: &Row) -> StoreResult<Tie> {
    Ok(Tie {
        id: row.text("id")?,
        key: PersonKey {
            shard: row.text("shard")?,
            id: row.text("person")?,
        },
        kind: row.text("kind")?,
        holder_name: host::veil::name(row.text("holder_name")?),
        relation: row.text("relation")?,
        paper: row.text("paper")?,
        paper_number: row.opt_text("paper_number")?.map(Sealed),
        from: row.day("from_day")?,
        until: row.opt_day("until_day")?,
        account: row.opt_text("account")?,
        grant: row.opt_text("grant_id")?,
        made_name: row.text("made_name")?,
        ended: row.opt_day("ended_on")?,
        end_reason: row.opt_text("end_reason")?,
    })
}

/// All who act or acted for a person, latest first.
pub(crate) async fn of(reads: &impl Reads, person: &str) -> StoreResult<Vec<Tie>> {
    let rows = reads
        .all(
            &format!("{READ} WHERE person = $1 ORDER BY from_day DESC, id DESC"),
            values![person],
        )
        .await?;
    rows.iter().map(tie_of).collect()
}

/// One of them.
pub(crate) async fn find(reads: &impl Reads, id: &str) -> StoreResult<Option<Tie>> {
    let row = reads
        .one(&format!("{READ} WHERE id = $1"), values![id])
        .await?;
    row.as_ref().map(tie_of).transpose()
}

/// Writes one down. The caller audits.
pub(crate) async fn insert(tx: &mut Tx, tie: &Tie) -> StoreResult<()> {
    let at = tx.at().micros();
    tx.run(
        "INSERT INTO identity_tie (id, shard, person, kind, holder_name, relation, paper, paper_number, from_day, \
         until_day, account, grant_id, made_at, made_name) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        values![
            tie.id.as_str(),
            tie.key.shard.as_str(),
            tie.key.id.as_str(),
            tie.kind.as_str(),
            tie.holder_name.as_str(),
            tie.relation.as_str(),
            tie.paper.as_str(),
            tie.paper_number.as_ref().map(|sealed| sealed.0.clone()),
            tie.from.number(),
            tie.until.map(Day::number),
            tie.account.clone(),
            tie.grant.clone(),
            at,
            tie.made_name.as_str(),
        ],
    )
    .await?;
    Ok(())
}

/// Ends one from a day on; false where it was ended already.
pub(crate) async fn end(tx: &mut Tx, id: &str, day: Day, reason: &str) -> StoreResult<bool> {
    let name = tx.actor().name.clone();
    let done = tx
        .run(
            "UPDATE identity_tie SET ended_on = $1, end_reason = $2, ended_name = $3 WHERE id = $4 AND ended_on IS NULL",
            values![day.number(), reason, name, id],
        )
        .await?;
    Ok(done == 1)
}

/// Whether this account is, on a day, of a guardian of this person.
pub(crate) async fn guards(
    reads: &impl Reads,
    account: &str,
    person: &str,
    day: Day,
) -> StoreResult<bool> {
    let ties = of(reads, person).await?;
    Ok(ties.iter().any(|tie| {
        tie.kind == "guardian" && tie.account.as_deref() == Some(account) && tie.holds_on(day)
    }))
}

/// Somebody joined or left a household.
#[derive(Debug, Clone)]
pub(crate) struct HouseAct {
    pub(crate) person: PersonKey,
    pub(crate) household: String,
    /// `join` or `leave`.
    pub(crate) act: &'static str,
    pub(crate) relation: Option<String>,
    pub(crate) day: Day,
    pub(crate) reason: String,
}

/// Writes it down. The caller audits.
pub(crate) async fn house(tx: &mut Tx, act: &HouseAct) -> StoreResult<()> {
    let (id, at, name) = (
        tx.store().new_id(),
        tx.at().micros(),
        tx.actor().name.clone(),
    );
    tx.run(
        "INSERT INTO identity_household (id, shard, person, household, act, relation, day, reason, recorded_at, recorded_name) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        values![
            id,
            act.person.shard.as_str(),
            act.person.id.as_str(),
            act.household.as_str(),
            act.act,
            act.relation.clone(),
            act.day.number(),
            act.reason.as_str(),
            at,
            name,
        ],
    )
    .await?;
    Ok(())
}

/// What is told of a person's households: day, moment, who, `join` or `leave`, relation, reason; latest first.
pub(crate) async fn house_acts(
    reads: &impl Reads,
    person: &str,
) -> StoreResult<Vec<(Day, Instant, String, String, Option<String>, String)>> {
    let rows = reads
        .all(
            "SELECT day, recorded_at, recorded_name, act, relation, reason FROM identity_household WHERE person = $1 \
             ORDER BY recorded_at DESC, id DESC",
            values![person],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok((
                row.day("day")?,
                row.instant("recorded_at")?,
                row.text("recorded_name")?,
                row.text("act")?,
                row.opt_text("relation")?,
                row.text("reason")?,
            ))
        })
        .collect()
}
