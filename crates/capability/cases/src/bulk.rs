//! Decisions about many at once: put together, approved by a second person where nobody applied, followed while their
//! job runs.

use store::{Audit, Reads, Row, StoreResult, Tx, values};

/// Kind of the job.
pub const JOB: &str = "cases.bulk";

/// A bulk decision.
#[derive(Debug, Clone)]
pub struct Bulk {
    /// Its id.
    pub bulk: String,
    /// `approve`, `refuse`, `free`.
    pub act: String,
    /// Programme; empty for any.
    pub programme: String,
    /// The deciding body.
    pub office: String,
    /// Why, for everybody in it.
    pub reason: String,
    /// Granted since they were entitled.
    pub since: bool,
    /// `proposed`, `running`, `done`, `withdrawn`.
    pub state: String,
    /// How many it is about.
    pub total: i64,
    /// Decided.
    pub done: i64,
    /// Not decided, each with its reason.
    pub failed: i64,
    /// Who put it together.
    pub made_by: String,
    /// Who approved it.
    pub approved_by: Option<String>,
}

const COLUMNS: &str = "b.bulk, b.act, b.programme, b.office, b.reason, b.since, b.state, b.total, b.done, b.failed, b.made_by, \
     b.approved_by";

fn of_row(row: &Row) -> StoreResult<Bulk> {
    Ok(Bulk {
        bulk: row.text("bulk")?,
        act: row.text("act")?,
        programme: row.text("programme")?,
        office: row.text("office")?,
        reason: row.text("reason")?,
        since: row.flag("since")?,
        state: row.text("state")?,
        total: row.int("total")?,
        done: row.int("done")?,
        failed: row.int("failed")?,
        made_by: row.text("made_by")?,
        approved_by: row.opt_text("approved_by")?,
    })
}

/// One bulk decision.
pub async fn find(reads: &impl Reads, bulk: &str) -> StoreResult<Option<Bulk>> {
    let sql = format!("SELECT {COLUMNS} FROM cases_bulk b WHERE b.bulk = $1");
    let row = reads.one(&sql, values![bulk]).await?;
    row.as_ref().map(of_row).transpose()
}

/// The last ones of some offices.
pub async fn last(reads: &impl Reads, offices: &[String], most: i64) -> StoreResult<Vec<Bulk>> {
    let mut sql = store::Sql::new(&format!(
        "SELECT {COLUMNS} FROM cases_bulk b WHERE b.office IN (''"
    ));
    for office in offices {
        sql.push(", ").bind(office.as_str());
    }
    sql.push(") ORDER BY b.made_at DESC, b.bulk LIMIT ")
        .bind(most);
    let (text, values) = sql.parts();
    let rows = reads.all(&text, values).await?;
    rows.iter().map(of_row).collect()
}

/// Why some were not decided, and how many by each reason.
pub async fn left(reads: &impl Reads, bulk: &str) -> StoreResult<Vec<(String, i64)>> {
    let sql = "SELECT result, CAST(count(*) AS BIGINT) AS n FROM cases_bulk_item WHERE bulk = $1 \
         AND result NOT IN ('', 'done') GROUP BY result ORDER BY n DESC, result";
    let rows = reads.all(sql, values![bulk]).await?;
    rows.iter()
        .map(|row| Ok((row.text("result")?, row.int("n")?)))
        .collect()
}

/// What a bulk decision is about.
#[derive(Debug, Clone)]
pub struct New<'a> {
    /// `approve`, `refuse`, `free`.
    pub act: &'a str,
    /// Programme; empty for any.
    pub programme: &'a str,
    /// The deciding body.
    pub office: &'a str,
    /// Why.
    pub reason: &'a str,
    /// Granted since they were entitled.
    pub since: bool,
    /// Codes of cases, or ids of findings.
    pub items: Vec<String>,
}

/// Puts a bulk decision together; one about cases begins at once, one that nobody applied for waits for a second person.
pub async fn create(tx: &mut Tx, new: New<'_>) -> StoreResult<String> {
    let (bulk, at, who) = (tx.store().new_id(), tx.at(), tx.actor().clone());
    let waits = new.act == "free";
    let (by, on) = if waits {
        (None, None)
    } else {
        (Some(who.id.clone()), Some(at.micros()))
    };
    tx.run(
        "INSERT INTO cases_bulk (bulk, act, programme, office, reason, since, state, total, done, failed, made_by, made_at, \
         approved_by, approved_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0, $9, $10, $11, $12)",
        values![
            bulk.as_str(),
            new.act,
            new.programme,
            new.office,
            new.reason,
            new.since,
            if waits { "proposed" } else { "running" },
            new.items.len() as i64,
            who.id.as_str(),
            at.micros(),
            by,
            on
        ],
    )
    .await?;
    let count = new.items.len() as i64;
    let items = new
        .items
        .into_iter()
        .map(|item| values![bulk.as_str(), item, ""])
        .collect();
    tx.insert_many("cases_bulk_item", &["bulk", "item", "result"], items)
        .await?;
    if !waits {
        enqueue(tx, &bulk).await?;
    }
    tx.audit(
        Audit::new("case.bulk")
            .subject(&bulk)
            .with("act", new.act)
            .with("count", count),
    );
    Ok(bulk)
}

async fn enqueue(tx: &mut Tx, bulk: &str) -> StoreResult<()> {
    let payload = serde_json::to_string(&(bulk, tx.actor().clone())).unwrap_or_default();
    let at = tx.at();
    tx.enqueue(JOB, &payload, Some(&format!("{JOB}:{bulk}")), at)
        .await
}

/// The second person approves or withdraws a batch nobody applied for; `false` where somebody was faster.
pub async fn settle(tx: &mut Tx, bulk: &str, yes: bool) -> StoreResult<bool> {
    let (who, at) = (tx.actor().id.clone(), tx.at().micros());
    let done = tx
        .run(
            "UPDATE cases_bulk SET state = $1, approved_by = $2, approved_at = $3 WHERE bulk = $4 AND state = 'proposed'",
            values![if yes { "running" } else { "withdrawn" }, who, at, bulk],
        )
        .await?;
    if done == 1 && yes {
        enqueue(tx, bulk).await?;
    }
    tx.audit(
        Audit::new("case.bulk_settle")
            .subject(bulk)
            .with("approved", yes),
    );
    Ok(done == 1)
}
