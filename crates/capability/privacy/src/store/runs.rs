//! Lists of what is due: made by one, approved by another, worked off piece by piece.

use host::{DueRecord, PersonKey};
use kernel::{AreaCode, Day, Instant};
use store::{Reads, Row, Sql, StoreResult, Tx, values};

/// A list.
#[derive(Debug, Clone)]
pub(crate) struct Run {
    pub(crate) id: String,
    /// `ready`, `approved`, `done`, `cancelled`.
    pub(crate) state: String,
    /// The day it was counted for.
    pub(crate) day: Day,
    pub(crate) made: Instant,
    pub(crate) made_by: String,
    pub(crate) made_name: String,
    pub(crate) approved_at: Option<Instant>,
    pub(crate) approved_name: Option<String>,
    pub(crate) prepared: bool,
    pub(crate) finished: Option<Instant>,
}

impl Run {
    pub(crate) fn state_zh(&self) -> &'static str {
        match self.state.as_str() {
            "ready" => "待批准",
            "approved" => "正在删除",
            "done" => "已完成",
            _ => "已取消",
        }
    }

    pub(crate) fn pill(&self) -> &'static str {
        match self.state.as_str() {
            "ready" => "warn",
            "approved" => "info",
            "done" => "ok",
            _ => "plain",
        }
    }
}

const READ: &str = "SELECT id, state, day, made_at, made_by, made_name, approved_at, approved_name, prepared, finished_at \
     FROM privacy_run";

fn of_row(row: &Row) -> StoreResult<Run> {
    Ok(Run {
        id: row.text("id")?,
        state: row.text("state")?,
        day: row.day("day")?,
        made: row.instant("made_at")?,
        made_by: row.text("made_by")?,
        made_name: row.text("made_name")?,
        approved_at: row.opt_instant("approved_at")?,
        approved_name: row.opt_text("approved_name")?,
        prepared: row.flag("prepared")?,
        finished: row.opt_instant("finished_at")?,
    })
}

/// One list.
pub(crate) async fn find(reads: &impl Reads, id: &str) -> StoreResult<Option<Run>> {
    let row = reads
        .one(&format!("{READ} WHERE id = $1"), values![id])
        .await?;
    row.as_ref().map(of_row).transpose()
}

/// The same, held by the transaction until it ends.
pub(crate) async fn hold(tx: &Tx, id: &str) -> StoreResult<Option<Run>> {
    let sql = format!("{READ} r WHERE id = $1{}", tx.for_update_of("r"));
    let row = tx.one(&sql, values![id]).await?;
    row.as_ref().map(of_row).transpose()
}

/// The latest lists.
pub(crate) async fn latest(reads: &impl Reads) -> StoreResult<Vec<Run>> {
    let sql = format!("{READ} ORDER BY made_at DESC, id LIMIT 50");
    let rows = reads.all(&sql, vec![]).await?;
    rows.iter().map(of_row).collect()
}

/// The list that waits or is worked on.
pub(crate) async fn open(reads: &impl Reads) -> StoreResult<Option<Run>> {
    let sql = format!("{READ} WHERE state IN ('ready', 'approved')");
    let row = reads.one(&sql, vec![]).await?;
    row.as_ref().map(of_row).transpose()
}

/// What stands on a list.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub(crate) seq: i64,
    pub(crate) rule: String,
    pub(crate) kind: String,
    pub(crate) id: String,
    pub(crate) person: Option<PersonKey>,
}

/// Makes a list of records found by rules; its id. [`store::StoreError::Duplicate`] where one is open. The caller
/// audits.
pub(crate) async fn insert(
    tx: &mut Tx,
    day: Day,
    found: &[(String, String, Vec<DueRecord>)],
) -> StoreResult<String> {
    let (id, at, by, name) = (
        tx.store().new_id(),
        tx.at().micros(),
        tx.actor().id.clone(),
        tx.actor().name.clone(),
    );
    tx.run(
        "INSERT INTO privacy_run (id, lane, state, day, made_at, made_by, made_name, prepared) \
         VALUES ($1, 1, 'ready', $2, $3, $4, $5, $6)",
        values![id.as_str(), day.number(), at, by, name, false],
    )
    .await?;
    let mut rows = Vec::new();
    for (rule, kind, records) in found {
        for record in records {
            let person = record.person.as_ref();
            rows.push(values![
                id.as_str(),
                rows.len() as i64 + 1,
                rule.as_str(),
                kind.as_str(),
                record.id.as_str(),
                person.map(|key| key.shard.clone()),
                person.map(|key| key.id.clone()),
                record.area.map(|code| code.to_string()),
                record.day.number(),
                "todo",
            ]);
        }
    }
    let columns = [
        "run", "seq", "rule", "kind", "id", "shard", "person", "area", "day", "state",
    ];
    tx.insert_many("privacy_item", &columns, rows).await?;
    Ok(id)
}

/// Moves a list from one state to the next; false where it is in another one by now.
pub(crate) async fn step(tx: &mut Tx, id: &str, from: &str, to: &str) -> StoreResult<bool> {
    let sql = "UPDATE privacy_run SET state = $1 WHERE id = $2 AND state = $3";
    Ok(tx.run(sql, values![to, id, from]).await? == 1)
}

/// Says who approved it.
pub(crate) async fn approved(tx: &mut Tx, id: &str) -> StoreResult<()> {
    let (at, by, name) = (
        tx.at().micros(),
        tx.actor().id.clone(),
        tx.actor().name.clone(),
    );
    tx.run(
        "UPDATE privacy_run SET approved_at = $1, approved_by = $2, approved_name = $3 WHERE id = $4",
        values![at, by, name, id],
    )
    .await?;
    Ok(())
}

/// What comes before the transactions is done.
pub(crate) async fn prepared(tx: &mut Tx, id: &str) -> StoreResult<()> {
    tx.run(
        "UPDATE privacy_run SET prepared = $1 WHERE id = $2",
        values![true, id],
    )
    .await?;
    Ok(())
}

/// Everything on it is decided.
pub(crate) async fn finish(tx: &mut Tx, id: &str) -> StoreResult<()> {
    let at = tx.at().micros();
    tx.run(
        "UPDATE privacy_run SET state = 'done', finished_at = $1 WHERE id = $2",
        values![at, id],
    )
    .await?;
    Ok(())
}

/// The next pieces that nobody decided about, in their order.
pub(crate) async fn todo(reads: &impl Reads, run: &str, most: i64) -> StoreResult<Vec<Item>> {
    let sql = "SELECT seq, rule, kind, id, shard, person FROM privacy_item \
         WHERE run = $1 AND state = 'todo' ORDER BY seq LIMIT $2";
    let rows = reads.all(sql, values![run, most]).await?;
    rows.iter()
        .map(|row| {
            Ok(Item {
                seq: row.int("seq")?,
                rule: row.text("rule")?,
                kind: row.text("kind")?,
                id: row.text("id")?,
                person: row
                    .opt_text("shard")?
                    .zip(row.opt_text("person")?)
                    .map(|(shard, id)| PersonKey { shard, id }),
            })
        })
        .collect()
}

/// Says what became of pieces.
pub(crate) async fn settle(
    tx: &mut Tx,
    run: &str,
    seqs: &[i64],
    state: &str,
    why: Option<&str>,
) -> StoreResult<()> {
    for part in seqs.chunks(500) {
        let mut sql = Sql::new("UPDATE privacy_item SET state = ");
        sql.bind(state)
            .push(", why = ")
            .bind(why.map(str::to_owned))
            .push(" WHERE run = ")
            .bind(run)
            .push(" AND seq IN (0");
        for seq in part {
            sql.push(", ").bind(*seq);
        }
        sql.push(")");
        let (text, values) = sql.parts();
        tx.run(&text, values).await?;
    }
    Ok(())
}

/// People of a list that nobody decided about, each once, behind an id.
pub(crate) async fn people(
    reads: &impl Reads,
    run: &str,
    kinds: &[&str],
    after: &str,
    most: i64,
) -> StoreResult<Vec<String>> {
    let mut sql = Sql::new("SELECT DISTINCT person FROM privacy_item WHERE run = ");
    sql.bind(run)
        .push(" AND state = 'todo' AND person > ")
        .bind(after)
        .push(" AND kind IN (''");
    for kind in kinds {
        sql.push(", ").bind(*kind);
    }
    sql.push(") ORDER BY person LIMIT ").bind(most);
    let (text, values) = sql.parts();
    let rows = reads.all(&text, values).await?;
    rows.iter().map(|row| row.text("person")).collect()
}

/// Whoever must wait does: their pieces are not worked on.
pub(crate) async fn wait(
    tx: &mut Tx,
    run: &str,
    kinds: &[&str],
    person: &str,
    why: &str,
) -> StoreResult<()> {
    let mut sql = Sql::new("UPDATE privacy_item SET state = 'waiting', why = ");
    sql.bind(why)
        .push(" WHERE run = ")
        .bind(run)
        .push(" AND state = 'todo' AND person = ")
        .bind(person)
        .push(" AND kind IN (''");
    for kind in kinds {
        sql.push(", ").bind(*kind);
    }
    sql.push(")");
    let (text, values) = sql.parts();
    tx.run(&text, values).await?;
    Ok(())
}

/// How many pieces of a list are of a rule, in an area, and how they stand; the oldest event among them.
#[derive(Debug, Clone)]
pub(crate) struct Count {
    pub(crate) rule: String,
    pub(crate) area: Option<AreaCode>,
    pub(crate) state: String,
    pub(crate) why: Option<String>,
    pub(crate) number: i64,
    pub(crate) oldest: Day,
}

/// Counts of a list.
pub(crate) async fn counts(reads: &impl Reads, run: &str) -> StoreResult<Vec<Count>> {
    let sql = "SELECT rule, area, state, why, count(*) AS n, min(day) AS oldest FROM privacy_item WHERE run = $1 \
         GROUP BY rule, area, state, why ORDER BY rule, area";
    let rows = reads.all(sql, values![run]).await?;
    rows.iter()
        .map(|row| {
            Ok(Count {
                rule: row.text("rule")?,
                area: row.opt_area("area")?,
                state: row.text("state")?,
                why: row.opt_text("why")?,
                number: row.int("n")?,
                oldest: row.day("oldest")?,
            })
        })
        .collect()
}

/// Lists that an account made and that wait to be approved.
pub(crate) async fn waiting_of(reads: &impl Reads, account: &str) -> StoreResult<Vec<Run>> {
    let sql = format!("{READ} WHERE state = 'ready' AND made_by = $1 ORDER BY made_at, id");
    let rows = reads.all(&sql, values![account]).await?;
    rows.iter().map(of_row).collect()
}

/// Whose list it is now.
pub(crate) async fn pass_on(tx: &mut Tx, id: &str, to: &str, name: &str) -> StoreResult<()> {
    tx.run(
        "UPDATE privacy_run SET made_by = $1, made_name = $2 WHERE id = $3",
        values![to, name, id],
    )
    .await?;
    Ok(())
}
