//! What was drawn before: last month's lines, what waits, all lines of one person, and the digest of a batch.

use crate::months::month_of;
use crate::runs::Run;
use host::PersonKey;
use ledger::Month;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use store::{Reads, Row, StoreResult, Tx, secret::Sm3Text, values};

/// People of one shard between two ids, both included.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Range<'a> {
    pub(crate) shard: &'a str,
    pub(crate) programme: &'a str,
    pub(crate) first: &'a str,
    pub(crate) last: &'a str,
}

/// A line that waits to be paid.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Waiting {
    pub(crate) month: Month,
    pub(crate) line: i64,
    pub(crate) fen: i64,
}

/// What there is of the people of a range.
#[derive(Debug, Default)]
pub(crate) struct Prior {
    /// Due last month, from this office.
    pub(crate) last: HashMap<String, i64>,
    /// Whoever has a line of this month already.
    pub(crate) this: BTreeSet<String>,
    /// Held back before.
    pub(crate) held: HashMap<String, Vec<Waiting>>,
}

pub(crate) async fn prior(tx: &Tx, run: &Run, range: &Range<'_>) -> StoreResult<Prior> {
    let mut out = Prior::default();
    let of = "SELECT id, fen, office FROM pay_due WHERE shard = $1 AND programme = $2 AND month = $3 AND id >= $4 AND id <= $5 \
         AND line = 1";
    let values_of = |month: Month| {
        values![
            range.shard,
            range.programme,
            month.number(),
            range.first,
            range.last
        ]
    };
    for row in tx.all(of, values_of(run.month.plus(-1))).await? {
        let fen = row.int("fen")?;
        if row.text("office")? == run.office && fen > 0 {
            out.last.insert(row.text("id")?, fen);
        }
    }
    for row in tx.all(of, values_of(run.month)).await? {
        out.this.insert(row.text("id")?);
    }
    let held = "SELECT id, CAST(month AS BIGINT) AS month, line, fen FROM pay_attempt WHERE state = 'held' AND programme = $1 \
         AND shard = $2 AND id >= $3 AND id <= $4 AND run <> $5 ORDER BY id, month, line";
    let values = values![
        range.programme,
        range.shard,
        range.first,
        range.last,
        run.run.as_str()
    ];
    for row in tx.all(held, values).await? {
        let waiting = Waiting {
            month: month_of(&row, "month")?,
            line: row.int("line")?,
            fen: row.int("fen")?,
        };
        out.held.entry(row.text("id")?).or_default().push(waiting);
    }
    Ok(out)
}

/// All lines of a month so far.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Before {
    /// Their sum.
    pub(crate) fen: i64,
    /// The last line's number.
    pub(crate) line: i64,
}

/// What there was of people whose past months are asked again.
#[derive(Debug, Default)]
pub(crate) struct Past {
    /// All lines, by person and month.
    pub(crate) lines: HashMap<String, BTreeMap<Month, Before>>,
    /// What was drawn and never arrived: came back or was held, and is not sent again.
    pub(crate) unpaid: HashMap<String, Vec<Waiting>>,
}

/// People that one statement asks about.
const PEOPLE: usize = 200;

/// The past of some of the people that a piece has, from a month to before another; a few statements for all of them.
pub(crate) async fn past(
    reads: &impl Reads,
    run: &Run,
    shard: &str,
    (ids, among): (&[String], usize),
    from: Month,
) -> StoreResult<Past> {
    let mut out = Past::default();
    if ids.len() * 4 >= among {
        lines_between(reads, run, shard, ids, from, &mut out).await?;
    }
    for part in ids.chunks(PEOPLE) {
        let among_ids = |sql: &mut store::Sql| {
            sql.push(" IN (''");
            for id in part {
                sql.push(", ").bind(id.as_str());
            }
            sql.push(")");
        };
        if ids.len() * 4 < among {
            let mut sql = store::Sql::new(LINES);
            sql.bind(shard)
                .push(" AND programme = ")
                .bind(run.programme.as_str())
                // A list of months is looked up one by one; a range would read everybody's.
                .push(" AND month IN (0");
            let mut month = from;
            while month < run.month {
                sql.push(", ").bind(month.number());
                month = month.plus(1);
            }
            sql.push(") AND id");
            among_ids(&mut sql);
            sql.push(" GROUP BY id, month");
            let (text, values) = sql.parts();
            for row in reads.all(&text, values).await? {
                line_of(&row, &mut out)?;
            }
        }
        let mut sql = store::Sql::new(
            "SELECT a.id, CAST(a.month AS BIGINT) AS month, a.line, a.fen FROM pay_attempt a WHERE a.state IN ('held', 'failed') \
             AND a.programme = ",
        );
        sql.bind(run.programme.as_str())
            .push(" AND a.shard = ")
            .bind(shard)
            .push(" AND a.id");
        among_ids(&mut sql);
        sql.push(
            " AND NOT EXISTS (SELECT 1 FROM pay_attempt n WHERE n.shard = a.shard AND n.programme = a.programme \
             AND n.month = a.month AND n.id = a.id AND n.line = a.line AND n.no > a.no) ORDER BY a.id, a.month, a.line",
        );
        let (text, values) = sql.parts();
        for row in reads.all(&text, values).await? {
            let waiting = Waiting {
                month: month_of(&row, "month")?,
                line: row.int("line")?,
                fen: row.int("fen")?,
            };
            out.unpaid.entry(row.text("id")?).or_default().push(waiting);
        }
    }
    Ok(out)
}

const LINES: &str = "SELECT id, CAST(month AS BIGINT) AS month, CAST(sum(fen) AS BIGINT) AS fen, \
     CAST(max(line) AS BIGINT) AS line FROM pay_due WHERE shard = ";

fn line_of(row: &Row, out: &mut Past) -> StoreResult<()> {
    let before = Before {
        fen: row.int("fen")?,
        line: row.int("line")?,
    };
    let lines = out.lines.entry(row.text("id")?).or_default();
    lines.insert(month_of(row, "month")?, before);
    Ok(())
}

/// Where most people of a stretch are asked about, the stretch is read month by month: one seek a month.
async fn lines_between(
    reads: &impl Reads,
    run: &Run,
    shard: &str,
    ids: &[String],
    from: Month,
    out: &mut Past,
) -> StoreResult<()> {
    let (Some(first), Some(last)) = (ids.first(), ids.last()) else {
        return Ok(());
    };
    let sql = format!(
        "{LINES}$1 AND programme = $2 AND month = $3 AND id >= $4 AND id <= $5 GROUP BY id, month"
    );
    let mut month = from;
    while month < run.month {
        let values = values![
            shard,
            run.programme.as_str(),
            month.number(),
            first.as_str(),
            last.as_str()
        ];
        for row in reads.all(&sql, values).await? {
            line_of(&row, out)?;
        }
        month = month.plus(1);
    }
    Ok(())
}

/// A held payment is taken up by a new batch: the old attempt is void.
pub(crate) async fn lift(
    tx: &mut Tx,
    run: &Run,
    key: &PersonKey,
    month: Month,
    line: i64,
) -> StoreResult<()> {
    tx.run(
        "UPDATE pay_attempt SET state = 'void' WHERE shard = $1 AND programme = $2 AND month = $3 AND id = $4 AND line = $5 \
         AND state = 'held'",
        values![
            key.shard.as_str(),
            run.programme.as_str(),
            month.number(),
            key.id.as_str(),
            line
        ],
    )
    .await?;
    Ok(())
}

/// The number of a line's next attempt.
pub(crate) async fn next_no(
    tx: &Tx,
    run: &Run,
    key: &PersonKey,
    month: Month,
    line: i64,
) -> StoreResult<i64> {
    let sql = "SELECT max(no) + 1 AS n FROM pay_attempt WHERE shard = $1 AND programme = $2 AND month = $3 AND id = $4 \
         AND line = $5";
    let values = values![
        key.shard.as_str(),
        run.programme.as_str(),
        month.number(),
        key.id.as_str(),
        line
    ];
    Ok(tx.number(sql, values).await?.max(1))
}

/// Who was due here last month and has no grant of this office any more.
pub(crate) async fn gone(tx: &Tx, run: &Run) -> StoreResult<Vec<(PersonKey, i64)>> {
    let sql = "SELECT d.shard, d.id, d.fen FROM pay_due d WHERE d.programme = $1 AND d.month = $2 AND d.line = 1 AND d.fen > 0 \
         AND d.office = $3 AND NOT EXISTS (SELECT 1 FROM pay_grant g WHERE g.shard = d.shard AND g.programme = d.programme \
         AND g.id = d.id AND g.office = $3) ORDER BY d.shard, d.id";
    let values = values![
        run.programme.as_str(),
        run.month.plus(-1).number(),
        run.office.as_str()
    ];
    let rows = tx.all(sql, values).await?;
    rows.iter()
        .map(|row| {
            let key = PersonKey {
                shard: row.text("shard")?,
                id: row.text("id")?,
            };
            Ok((key, row.int("fen")?))
        })
        .collect()
}

/// Rows read at once for a digest.
const AT_ONCE: i64 = 5_000;

/// SM3 over what a batch drew for its own month: person and fen, in key order.
pub(crate) async fn digest(reads: &impl Reads, run: &Run) -> StoreResult<String> {
    let mut digest = Sm3Text::default();
    for shard in people::api::shards(reads).await? {
        let mut after = String::new();
        loop {
            let sql = "SELECT id, fen, run FROM pay_due WHERE shard = $1 AND programme = $2 AND month = $3 AND id > $4 \
                 AND line = 1 ORDER BY id LIMIT $5";
            let values = values![
                shard.as_str(),
                run.programme.as_str(),
                run.month.number(),
                after.as_str(),
                AT_ONCE
            ];
            let rows = reads.all(sql, values).await?;
            for row in &rows {
                after = row.text("id")?;
                if row.text("run")? == run.run {
                    digest.push(&line(&after, row.int("fen")?));
                }
            }
            if (rows.len() as i64) < AT_ONCE {
                break;
            }
        }
    }
    Ok(digest.finish())
}

/// A line of the digest.
pub(crate) fn line(id: &str, fen: i64) -> String {
    format!("{id}|{fen}\n")
}
