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
    /// The paper as a kept file.
    pub(crate) file: Option<String>,
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
     grant_id, file, made_name, ended_on, end_reason FROM identity_tie";

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
        file: row.opt_text("file")?,
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
         until_day, account, grant_id, made_at, made_name, file) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
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
            tie.file.clone(),
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

/// Puts a paper to a tie; the file that stood there before. The caller audits.
pub(crate) async fn put_file(tx: &mut Tx, id: &str, file: &str) -> StoreResult<Option<String>> {
    let before = find(tx, id).await?.and_then(|tie| tie.file);
    tx.run(
        "UPDATE identity_tie SET file = $1 WHERE id = $2",
        values![file, id],
    )
    .await?;
    Ok(before)
}

/// Ties in force that end within these days, soonest first.
pub(crate) async fn ending(reads: &impl Reads, (from, until): (Day, Day)) -> StoreResult<Vec<Tie>> {
    let rows = reads
        .all(
            &format!(
                "{READ} WHERE until_day > $1 AND until_day <= $2 AND ended_on IS NULL AND from_day <= $1 ORDER BY until_day, id"
            ),
            values![from.number(), until.number()],
        )
        .await?;
    rows.iter().map(tie_of).collect()
}

/// Forgets who acted for somebody and by what, where `column` (`id` or `person`) is this; gives the papers' files.
pub(crate) async fn blank(
    tx: &mut Tx,
    column: &'static str,
    value: &str,
) -> StoreResult<Vec<String>> {
    let rows = tx
        .all(&format!("{READ} WHERE {column} = $1"), values![value])
        .await?;
    let mut files = Vec::new();
    for row in &rows {
        files.extend(tie_of(row)?.file);
    }
    let (today, name) = (tx.at().day().number(), tx.actor().name.clone());
    tx.run(
        &format!(
            "UPDATE identity_tie SET holder_name = $1, relation = '', paper_number = NULL, account = NULL, grant_id = NULL, \
             file = NULL, end_reason = NULL, ended_name = CASE WHEN ended_on IS NULL THEN $2 ELSE ended_name END, \
             ended_on = CASE WHEN ended_on IS NULL THEN $3 ELSE ended_on END WHERE {column} = $4"
        ),
        values![host::ERASED, name, today, value],
    )
    .await?;
    Ok(files)
}

/// The tie by which this account acts for a person on a day; a guardian's before a proxy's.
pub(crate) async fn acting(
    reads: &impl Reads,
    account: &str,
    person: &str,
    day: Day,
) -> StoreResult<Option<Tie>> {
    let mut all = of(reads, person).await?;
    all.retain(|tie| tie.account.as_deref() == Some(account) && tie.holds_on(day));
    all.sort_by_key(|tie| tie.kind != "guardian");
    Ok(all.into_iter().next())
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
