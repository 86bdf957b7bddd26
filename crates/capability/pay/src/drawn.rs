//! What a piece of a draft comes to, and how it is written.

use crate::draft::Whole;
use crate::runs::{Run, Step};
use crate::{doubts, history, recoveries, steps};
use authz::Actor;
use host::PersonKey;
use ledger::Month;
use std::collections::BTreeSet;
use store::{Reads, StoreResult, Tx, Value, values};

/// One row to be drawn.
pub(crate) struct Drawn {
    pub(crate) key: PersonKey,
    pub(crate) area: Option<String>,
    pub(crate) month: Month,
    pub(crate) line: i64,
    pub(crate) kind: &'static str,
    pub(crate) fen: i64,
    pub(crate) offset: i64,
    /// The line is there already; only its payment is drawn.
    pub(crate) again: bool,
}

/// One part of the bridge.
pub(crate) struct Change {
    pub(crate) key: PersonKey,
    pub(crate) kind: &'static str,
    pub(crate) fen: i64,
    pub(crate) month: Month,
    pub(crate) why: String,
}

/// What a piece comes to.
#[derive(Default)]
pub(crate) struct Piece {
    pub(crate) rows: Vec<Drawn>,
    pub(crate) changes: Vec<Change>,
    pub(crate) overs: Vec<recoveries::Over>,
    pub(crate) offsets: Vec<recoveries::Taken>,
    pub(crate) doubts: Vec<doubts::New>,
}

impl Piece {
    /// Whom something is drawn for, in key order.
    pub(crate) fn paid(&self) -> BTreeSet<&PersonKey> {
        let drawn = self.rows.iter().filter(|row| row.fen > row.offset);
        drawn.map(|row| &row.key).collect()
    }
}

/// A payment of a row: its number within the line and within the batch.
struct Attempt {
    no: i64,
    seq: i64,
}

/// Writes a piece.
pub(crate) async fn write(tx: &mut Tx, run: &Run, piece: Piece) -> StoreResult<()> {
    let seq = "SELECT max(seq) + 1 AS n FROM pay_attempt WHERE run = $1";
    let mut seq = tx.number(seq, values![run.run.as_str()]).await?.max(1);
    let mut drawn: Vec<(&Drawn, Option<Attempt>)> = Vec::with_capacity(piece.rows.len());
    for row in &piece.rows {
        if row.again {
            history::lift(tx, run, &row.key, row.month, row.line).await?;
        }
        let attempt = if row.fen > row.offset {
            let no = if row.again {
                history::next_no(tx, run, &row.key, row.month, row.line).await?
            } else {
                1
            };
            seq += 1;
            Some(Attempt { no, seq: seq - 1 })
        } else {
            None
        };
        drawn.push((row, attempt));
    }
    // In the order of the tables' keys, which begin with the month: each row goes beside the one before.
    drawn.sort_unstable_by(|(a, _), (b, _)| {
        (a.month, &a.key.id, a.line).cmp(&(b.month, &b.key.id, b.line))
    });
    let dues: Vec<Vec<Value>> = drawn
        .iter()
        .filter(|(row, _)| !row.again)
        .map(|(row, _)| {
            values![
                row.key.shard.as_str(),
                run.programme.as_str(),
                row.month.number(),
                row.key.id.as_str(),
                row.line,
                run.run.as_str(),
                run.office.as_str(),
                row.area.clone(),
                row.kind,
                row.fen,
                row.offset,
            ]
        })
        .collect();
    let attempts: Vec<Vec<Value>> = drawn
        .iter()
        .filter_map(|(row, attempt)| attempt.as_ref().map(|attempt| (row, attempt)))
        .map(|(row, attempt)| {
            values![
                row.key.shard.as_str(),
                run.programme.as_str(),
                row.month.number(),
                row.key.id.as_str(),
                row.line,
                attempt.no,
                run.run.as_str(),
                attempt.seq,
                row.fen - row.offset,
                "drawn",
            ]
        })
        .collect();
    let drawn = attempts.len() as i64;
    tx.insert_many(
        "pay_due",
        &[
            "shard",
            "programme",
            "month",
            "id",
            "line",
            "run",
            "office",
            "area",
            "kind",
            "fen",
            "offset_fen",
        ],
        dues,
    )
    .await?;
    tx.insert_many(
        "pay_attempt",
        &[
            "shard",
            "programme",
            "month",
            "id",
            "line",
            "no",
            "run",
            "seq",
            "fen",
            "state",
        ],
        attempts,
    )
    .await?;
    changes(tx, run, piece.changes).await?;
    recoveries::propose(tx, run, piece.overs).await?;
    recoveries::taken(tx, run, piece.offsets).await?;
    doubts::insert(tx, &run.run, piece.doubts).await?;
    tx.run(
        "UPDATE pay_run SET drawn = drawn + $1 WHERE run = $2",
        values![drawn, run.run.as_str()],
    )
    .await?;
    Ok(())
}

pub(crate) async fn changes(tx: &mut Tx, run: &Run, changes: Vec<Change>) -> StoreResult<()> {
    if changes.is_empty() {
        return Ok(());
    }
    let sql = "SELECT max(no) + 1 AS n FROM pay_change WHERE run = $1";
    let first = tx.number(sql, values![run.run.as_str()]).await?.max(1);
    let rows = (first..)
        .zip(changes)
        .map(|(no, change)| {
            values![
                run.run.as_str(),
                no,
                change.key.shard,
                change.key.id,
                change.kind,
                change.fen,
                change.month.number(),
                change.why,
            ]
        })
        .collect();
    tx.insert_many(
        "pay_change",
        &["run", "no", "shard", "id", "kind", "fen", "month", "why"],
        rows,
    )
    .await
}

/// Who was paid here last month and belongs elsewhere now, the digest, the doubts of the whole; then 比对 begins.
pub(crate) async fn finish(tx: &mut Tx, whole: &Whole, run: &Run, who: &Actor) -> StoreResult<()> {
    if !run.again {
        let gone = history::gone(tx, run).await?;
        let gone = gone.into_iter().map(|(key, fen)| Change {
            key,
            kind: "stop",
            fen: -fen,
            month: run.month,
            why: "已迁到其他单位发放，或台账已停".to_owned(),
        });
        changes(tx, run, gone.collect()).await?;
    }
    let digest = history::digest(tx, run).await?;
    tx.run(
        "UPDATE pay_run SET digest = $1 WHERE run = $2",
        values![digest, run.run.as_str()],
    )
    .await?;
    doubts::of_whole(tx, whole, run).await?;
    steps::take(tx, who, run, Step::Draw, "").await
}
