//! 追缴: what was paid too much to one person, opened with the batch that found it, and how it comes back: a notice,
//! instalments, kept back from what is due, paid back, given up by a decision.

use crate::history::{Range, Waiting};
use crate::runs::Run;
use authz::{Actor, Scope};
use host::PersonKey;
use kernel::{Fen, Instant};
use ledger::{Event, Month};
use std::collections::HashMap;
use store::{Audit, Reads, Row, Sql, StoreResult, Tx, scope_condition, values};

/// What one person was paid too much.
#[derive(Debug, Clone)]
pub(crate) struct Over {
    key: PersonKey,
    fen: i64,
    months: Vec<String>,
    why: String,
    cancelled: Vec<Waiting>,
}

impl Over {
    pub(crate) fn new(key: &PersonKey) -> Self {
        Self {
            key: key.clone(),
            fen: 0,
            months: Vec::new(),
            why: String::new(),
            cancelled: Vec::new(),
        }
    }

    pub(crate) fn add(&mut self, month: Month, fen: i64, why: &str) {
        self.fen += fen;
        self.months.push(format!("{month} {}", Fen(fen)));
        why.clone_into(&mut self.why);
    }

    /// A line that never arrived and is no longer sent.
    pub(crate) fn cancel(&mut self, line: Waiting) {
        self.cancelled.push(line);
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.fen == 0
    }
}

/// An open recovery of somebody who is due something.
#[derive(Debug, Clone)]
pub(crate) struct Owed {
    pub(crate) recovery: String,
    pub(crate) left: i64,
    pub(crate) month_fen: Option<i64>,
}

/// What a batch keeps back.
#[derive(Debug, Clone)]
pub(crate) struct Taken {
    pub(crate) recovery: String,
    pub(crate) shard: String,
    pub(crate) month: Month,
    pub(crate) line: i64,
    pub(crate) fen: i64,
}

/// Writes what a batch found, to be opened when it is approved.
pub(crate) async fn propose(tx: &mut Tx, run: &Run, overs: Vec<Over>) -> StoreResult<()> {
    let keys: Vec<PersonKey> = overs.iter().map(|over| over.key.clone()).collect();
    let subjects: HashMap<String, authz::Subject> = people::api::of_keys(&*tx, &keys)
        .await?
        .into_iter()
        .map(|person| (person.key.id.clone(), person.subject()))
        .collect();
    let (mut rows, mut lines) = (Vec::with_capacity(overs.len()), Vec::new());
    let at = tx.at().micros();
    for over in overs {
        let subject = subjects.get(&over.key.id);
        let text = |code: Option<kernel::AreaCode>| code.map(|code| code.to_string());
        let hukou = text(subject.and_then(|subject| subject.hukou));
        let residence = text(subject.and_then(|subject| subject.residence));
        let id = tx.store().new_id();
        lines.extend(over.cancelled.iter().map(|line| Taken {
            recovery: id.clone(),
            shard: over.key.shard.clone(),
            month: line.month,
            line: line.line,
            fen: line.fen,
        }));
        rows.push(values![
            id,
            over.key.shard,
            over.key.id,
            run.programme.as_str(),
            run.office.as_str(),
            hukou.clone(),
            hukou,
            residence,
            run.run.as_str(),
            over.fen,
            0_i64,
            "proposed",
            over.months.join("、"),
            over.why,
            at,
        ]);
    }
    let columns = [
        "recovery",
        "shard",
        "id",
        "programme",
        "office",
        "area",
        "hukou_area",
        "residence_area",
        "run",
        "fen",
        "back_fen",
        "state",
        "months",
        "why",
        "opened_at",
    ];
    tx.insert_many("pay_recovery", &columns, rows).await?;
    taken(tx, run, lines).await
}

/// Open recoveries of the people of a range, by person.
pub(crate) async fn open_in(
    tx: &Tx,
    run: &Run,
    range: &Range<'_>,
) -> StoreResult<HashMap<String, Vec<Owed>>> {
    let sql = "SELECT r.recovery, r.id, r.fen - r.back_fen - (SELECT CAST(coalesce(sum(o.fen), 0) AS BIGINT) FROM pay_offset o \
         WHERE o.recovery = r.recovery AND o.run IN (SELECT u.run FROM pay_run u WHERE u.state IN ('drawing', 'drawn', 'checked', \
         'reviewed', 'led'))) AS remaining, r.month_fen FROM pay_recovery r WHERE r.office = $1 AND r.programme = $2 \
         AND r.state IN ('open', 'noticed') AND r.shard = $3 AND r.id >= $4 AND r.id <= $5 ORDER BY r.opened_at, r.recovery";
    let values = values![
        run.office.as_str(),
        run.programme.as_str(),
        range.shard,
        range.first,
        range.last
    ];
    let mut out: HashMap<String, Vec<Owed>> = HashMap::new();
    for row in tx.all(sql, values).await? {
        let owed = Owed {
            recovery: row.text("recovery")?,
            left: row.int("remaining")?,
            month_fen: row.opt_int("month_fen")?,
        };
        if owed.left > 0 {
            out.entry(row.text("id")?).or_default().push(owed);
        }
    }
    Ok(out)
}

/// Writes what a batch keeps back; it counts from its approval.
pub(crate) async fn taken(tx: &mut Tx, run: &Run, taken: Vec<Taken>) -> StoreResult<()> {
    let rows = taken
        .into_iter()
        .map(|one| {
            values![
                run.run.as_str(),
                one.recovery,
                one.shard,
                one.month.number(),
                one.line,
                one.fen
            ]
        })
        .collect();
    tx.insert_many(
        "pay_offset",
        &["run", "recovery", "shard", "month", "line", "fen"],
        rows,
    )
    .await
}

/// What a batch found is open from its approval, and what it keeps back counts.
pub(crate) async fn approve(tx: &mut Tx, who: &Actor, run: &Run) -> StoreResult<()> {
    tx.run(
        "UPDATE pay_recovery SET state = 'open' WHERE run = $1 AND state = 'proposed'",
        values![run.run.as_str()],
    )
    .await?;
    cancel(tx, run).await?;
    let sql = "SELECT recovery, CAST(sum(fen) AS BIGINT) AS fen FROM pay_offset WHERE run = $1 GROUP BY recovery ORDER BY recovery";
    for row in tx.all(sql, values![run.run.as_str()]).await? {
        let note = format!("在{}批次中抵扣", run.month.zh());
        act(
            tx,
            who,
            &row.text("recovery")?,
            "offset",
            row.int("fen")?,
            &note,
        )
        .await?;
    }
    Ok(())
}

/// Lines of earlier batches that are set against what was too much: nothing more is sent for them.
async fn cancel(tx: &mut Tx, run: &Run) -> StoreResult<()> {
    let sql = "SELECT o.shard, r.id, CAST(o.month AS BIGINT) AS month, o.line, o.fen FROM pay_offset o JOIN pay_recovery r \
         ON r.recovery = o.recovery JOIN pay_due d ON d.shard = o.shard AND d.programme = r.programme AND d.month = o.month \
         AND d.id = r.id AND d.line = o.line AND d.run <> o.run WHERE o.run = $1 ORDER BY o.shard, r.id, o.month, o.line";
    for row in tx.all(sql, values![run.run.as_str()]).await? {
        let month = crate::months::month_of(&row, "month")?.number();
        let (shard, id, line) = (row.text("shard")?, row.text("id")?, row.int("line")?);
        let key = || {
            values![
                shard.as_str(),
                run.programme.as_str(),
                month,
                id.as_str(),
                line,
                run.run.as_str()
            ]
        };
        let mut more = key();
        more.push(row.int("fen")?.into());
        tx.run(
            "UPDATE pay_due SET offset_fen = offset_fen + $7 WHERE shard = $1 AND programme = $2 AND month = $3 AND id = $4 \
             AND line = $5 AND run <> $6",
            more,
        )
        .await?;
        tx.run(
            "UPDATE pay_attempt SET state = 'void' WHERE shard = $1 AND programme = $2 AND month = $3 AND id = $4 AND line = $5 \
             AND run <> $6 AND state IN ('failed', 'held')",
            key(),
        )
        .await?;
    }
    Ok(())
}

/// A recovery.
#[derive(Debug, Clone)]
pub struct Recovery {
    /// Key.
    pub recovery: String,
    /// Whose.
    pub key: PersonKey,
    /// Which programme.
    pub programme: String,
    /// The office.
    pub office: String,
    /// The batch that found it.
    pub run: String,
    /// Too much.
    pub fen: i64,
    /// Back already.
    pub back: i64,
    /// `proposed`, `open`, `noticed`, `closed`, `written_off`.
    pub state: String,
    /// Which months, in words.
    pub months: String,
    /// Why.
    pub why: String,
    /// Most that is kept back a month (instalments).
    pub month_fen: Option<i64>,
    /// When it was found.
    pub opened: Instant,
}

impl Recovery {
    /// Not back yet.
    pub const fn left(&self) -> i64 {
        self.fen - self.back
    }

    /// On pages.
    pub fn state_zh(&self) -> &'static str {
        match self.state.as_str() {
            "proposed" => "批次审批中",
            "open" => "待告知",
            "noticed" => "追缴中",
            "closed" => "已收回",
            _ => "已核销",
        }
    }

    /// Kind of pill.
    pub fn pill(&self) -> &'static str {
        match self.state.as_str() {
            "closed" => "yes",
            "written_off" => "no",
            "open" => "owed",
            _ => "warn",
        }
    }
}

const COLUMNS: &str = "r.recovery, r.shard, r.id, r.programme, r.office, r.run, r.fen, r.back_fen, r.state, r.months, r.why, \
     r.month_fen, r.opened_at";

fn of_row(row: &Row) -> StoreResult<Recovery> {
    Ok(Recovery {
        recovery: row.text("recovery")?,
        key: PersonKey {
            shard: row.text("shard")?,
            id: row.text("id")?,
        },
        programme: row.text("programme")?,
        office: row.text("office")?,
        run: row.text("run")?,
        fen: row.int("fen")?,
        back: row.int("back_fen")?,
        state: row.text("state")?,
        months: row.text("months")?,
        why: row.text("why")?,
        month_fen: row.opt_int("month_fen")?,
        opened: row.instant("opened_at")?,
    })
}

/// One recovery, whoever may see it.
pub async fn find(reads: &impl Reads, recovery: &str) -> StoreResult<Option<Recovery>> {
    let sql = format!("SELECT {COLUMNS} FROM pay_recovery r WHERE r.recovery = $1");
    let row = reads.one(&sql, values![recovery]).await?;
    row.as_ref().map(of_row).transpose()
}

fn conditions(scope: &Scope, open: bool) -> Sql {
    let mut sql = Sql::new(" FROM pay_recovery r WHERE ");
    sql.append(&scope_condition(scope, "r"));
    if open {
        sql.push(" AND r.state IN ('open', 'noticed', 'proposed')");
    }
    sql
}

/// How many, and what is still to come back.
pub async fn sum(reads: &impl Reads, scope: &Scope, open: bool) -> StoreResult<(i64, i64)> {
    let mut sql = Sql::new(
        "SELECT CAST(count(*) AS BIGINT) AS n, CAST(coalesce(sum(r.fen - r.back_fen), 0) AS BIGINT) AS fen",
    );
    sql.append(&conditions(scope, open));
    let (text, values) = sql.parts();
    match reads.one(&text, values).await? {
        Some(row) => Ok((row.int("n")?, row.int("fen")?)),
        None => Ok((0, 0)),
    }
}

/// A page, the latest first.
pub async fn page(
    reads: &impl Reads,
    scope: &Scope,
    open: bool,
    skip: i64,
    most: i64,
) -> StoreResult<Vec<Recovery>> {
    let mut sql = Sql::new(&format!("SELECT {COLUMNS}"));
    sql.append(&conditions(scope, open))
        .push(" ORDER BY r.opened_at DESC, r.recovery LIMIT ")
        .bind(most)
        .push(" OFFSET ")
        .bind(skip);
    let (text, values) = sql.parts();
    let rows = reads.all(&text, values).await?;
    rows.iter().map(of_row).collect()
}

/// Something that was done.
#[derive(Debug, Clone)]
pub struct Done {
    /// `notice`, `instalment`, `offset`, `repaid`, `written_off`.
    pub kind: String,
    /// How much came back, where something did.
    pub fen: i64,
    /// Words.
    pub note: String,
    /// Who.
    pub by: String,
    /// When.
    pub at: Instant,
}

impl Done {
    /// On pages.
    pub fn zh(&self) -> &'static str {
        match self.kind.as_str() {
            "notice" => "告知",
            "instalment" => "分期计划",
            "offset" => "抵扣",
            "repaid" => "退回资金",
            _ => "核销",
        }
    }
}

/// What was done, in order.
pub async fn done(reads: &impl Reads, recovery: &str) -> StoreResult<Vec<Done>> {
    let sql =
        "SELECT kind, fen, note, by_name, at FROM pay_recovery_act WHERE recovery = $1 ORDER BY no";
    let rows = reads.all(sql, values![recovery]).await?;
    rows.iter()
        .map(|row| {
            Ok(Done {
                kind: row.text("kind")?,
                fen: row.int("fen")?,
                note: row.text("note")?,
                by: row.text("by_name")?,
                at: row.instant("at")?,
            })
        })
        .collect()
}

/// Does something in a recovery; `fen` comes back with it (`offset`, `repaid`, `written_off`). The postings of what was
/// paid back or given up are the caller's.
pub(crate) async fn act(
    tx: &mut Tx,
    who: &Actor,
    recovery: &str,
    kind: &'static str,
    fen: i64,
    note: &str,
) -> StoreResult<i64> {
    let sql = "SELECT max(no) + 1 AS n FROM pay_recovery_act WHERE recovery = $1";
    let (no, at) = (
        tx.number(sql, values![recovery]).await?.max(1),
        tx.at().micros(),
    );
    tx.run(
        "INSERT INTO pay_recovery_act (recovery, no, kind, fen, note, by_account, by_name, at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        values![
            recovery,
            no,
            kind,
            fen,
            note,
            who.id.as_str(),
            who.name.as_str(),
            at
        ],
    )
    .await?;
    // The table refuses more back than there was.
    let state = match kind {
        "written_off" => "written_off",
        "notice" | "instalment" => "noticed",
        _ => "closed",
    };
    tx.run(
        "UPDATE pay_recovery SET back_fen = back_fen + $1, state = CASE WHEN $2 <> 'closed' THEN $2 \
         WHEN back_fen + $1 >= fen THEN 'closed' ELSE state END WHERE recovery = $3",
        values![fen, state, recovery],
    )
    .await?;
    tx.audit(
        Audit::new("pay.recovery")
            .subject(recovery)
            .with("kind", kind),
    );
    Ok(no)
}

/// What an act of a recovery does to the book.
pub(crate) fn event_of(kind: &str) -> Option<Event> {
    match kind {
        "repaid" => Some(Event::Repaid),
        "written_off" => Some(Event::WrittenOff),
        _ => None,
    }
}
