//! The double-entry book in the database. A batch posts sums, one row for each purse; who is behind a sum stands in
//! dues and attempts, and [`reconcile`] says whether both say the same (ADR 0019).

mod towns;

use crate::months::month_of;
use crate::runs::Run;
use ledger::{Event, Kind, Level, Month, ProgrammeTerms, Shares, WHOLE};
use std::collections::BTreeMap;
use store::{Reads, Sql, StoreError, StoreResult, Tx, Value, values};

/// Whose sums a posting takes: attempts of a batch in a condition.
pub(crate) struct Part<'a> {
    /// Table and condition over `x.fen`, with `$1` … for `values`.
    pub(crate) from: &'a str,
    pub(crate) values: Vec<Value>,
}

/// Every payment split among the purses and the splits added up, in the order of [`Level::ALL`]: what does not divide
/// is the county's, payment by payment.
pub(crate) async fn split(
    tx: &impl Reads,
    shares: Shares,
    part: &Part<'_>,
) -> StoreResult<[i64; 4]> {
    let share = |level: Level| {
        format!(
            "CAST(coalesce(sum(x.fen * {} / {WHOLE}), 0) AS BIGINT)",
            shares.of(level)
        )
    };
    let sql = format!(
        "SELECT {} AS a, {} AS b, {} AS c, CAST(coalesce(sum(x.fen), 0) AS BIGINT) AS whole FROM {}",
        share(Level::Central),
        share(Level::Province),
        share(Level::City),
        part.from
    );
    let Some(row) = tx.one(&sql, part.values.clone()).await? else {
        return Ok([0; 4]);
    };
    let (a, b, c, whole) = (
        row.int("a")?,
        row.int("b")?,
        row.int("c")?,
        row.int("whole")?,
    );
    Ok([a, b, c, whole - a - b - c])
}

/// Posts an event of a batch, one row a purse. Doing it twice is refused by the table.
pub(crate) async fn post(
    tx: &mut Tx,
    run: &Run,
    own: &ProgrammeTerms,
    event: Event,
    part: &str,
    parts: [i64; 4],
) -> StoreResult<()> {
    let (debit, credit) = event.sides();
    let mut rows = Vec::new();
    for (level, amount) in Level::ALL.into_iter().zip(parts) {
        if amount < 0 {
            return Err(StoreError::Other(format!(
                "{} of {} is below nothing",
                event.key(),
                run.run
            )));
        }
        if amount == 0 {
            continue;
        }
        let (id, at) = (tx.store().new_id(), tx.at().micros());
        rows.push(values![
            id,
            at,
            run.run.as_str(),
            part,
            event.key(),
            run.month.number(),
            own.fund.as_str(),
            run.programme.as_str(),
            level.key(),
            run.office.as_str(),
            debit.key(),
            credit.key(),
            amount,
        ]);
    }
    tx.insert_many(
        "pay_posting",
        &[
            "posting",
            "at",
            "run",
            "part",
            "event",
            "month",
            "fund",
            "programme",
            "level",
            "office",
            "debit",
            "credit",
            "amount",
        ],
        rows,
    )
    .await
}

/// Which postings a page asks about.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// Offices; nothing for none.
    pub offices: Vec<String>,
    /// One programme.
    pub programme: Option<String>,
    /// From this month.
    pub from: Option<Month>,
    /// To this month.
    pub to: Option<Month>,
    /// One batch.
    pub run: Option<String>,
}

fn conditions(asked: &Asked) -> Sql {
    let mut sql = Sql::new(" FROM pay_posting p WHERE p.office IN (''");
    for office in &asked.offices {
        sql.push(", ").bind(office.as_str());
    }
    sql.push(")");
    if let Some(programme) = &asked.programme {
        sql.push(" AND p.programme = ").bind(programme.as_str());
    }
    if let Some(from) = asked.from {
        sql.push(" AND p.month >= ").bind(from.number());
    }
    if let Some(to) = asked.to {
        sql.push(" AND p.month <= ").bind(to.number());
    }
    if let Some(run) = &asked.run {
        sql.push(" AND p.run = ").bind(run.as_str());
    }
    sql
}

/// One line of a report: the key and debits and credits of each kind of account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sums {
    /// Debits by kind.
    pub debit: BTreeMap<Kind, i64>,
    /// Credits by kind.
    pub credit: BTreeMap<Kind, i64>,
}

impl Sums {
    /// Debits less credits.
    pub fn balance(&self, kind: Kind) -> i64 {
        let of = |side: &BTreeMap<Kind, i64>| side.get(&kind).copied().unwrap_or(0);
        of(&self.debit) - of(&self.credit)
    }

    /// Over all kinds: zero.
    pub fn trial(&self) -> i64 {
        self.debit.values().sum::<i64>() - self.credit.values().sum::<i64>()
    }
}

/// By what a report is divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// 科目 or fund.
    Fund,
    /// Programme.
    Programme,
    /// Purse.
    Level,
    /// Office.
    Office,
    /// Month.
    Month,
    /// 乡镇 of the person: dues and payments, because the book knows offices only.
    Town,
    /// Nothing: one line.
    Whole,
}

impl By {
    const fn column(self) -> &'static str {
        match self {
            Self::Fund => "p.fund",
            Self::Programme => "p.programme",
            Self::Level => "p.level",
            Self::Office => "p.office",
            Self::Month => "CAST(p.month AS TEXT)",
            Self::Whole | Self::Town => "''",
        }
    }
}

/// A report: sums by what it is divided by.
pub async fn report(
    reads: &impl Reads,
    asked: &Asked,
    by: By,
) -> StoreResult<BTreeMap<String, Sums>> {
    if by == By::Town {
        return towns::report(reads, asked).await;
    }
    let key = by.column();
    let mut sql = Sql::new(&format!(
        "SELECT k, debit, credit, CAST(sum(amount) AS BIGINT) AS amount FROM (SELECT {key} AS k, p.debit AS debit, p.credit AS credit, \
         p.amount AS amount"
    ));
    sql.append(&conditions(asked))
        .push(") told GROUP BY k, debit, credit ORDER BY k, debit, credit");
    let (text, values) = sql.parts();
    let mut out: BTreeMap<String, Sums> = BTreeMap::new();
    for row in reads.all(&text, values).await? {
        let kind = |column: &str| -> StoreResult<Kind> {
            let key = row.text(column)?;
            Kind::from_key(&key).ok_or_else(|| StoreError::BadColumn {
                column: format!("pay_posting.{column}"),
                what: key,
            })
        };
        let (debit, credit, amount) = (kind("debit")?, kind("credit")?, row.int("amount")?);
        let sums = out.entry(row.text("k")?).or_default();
        *sums.debit.entry(debit).or_default() += amount;
        *sums.credit.entry(credit).or_default() += amount;
    }
    Ok(out)
}

/// What does not agree between the book and what stands behind it: account, book, rows. Empty when all is well.
pub async fn reconcile(reads: &impl Reads, office: &str) -> StoreResult<Vec<(Kind, i64, i64)>> {
    let asked = Asked {
        offices: vec![office.to_owned()],
        ..Asked::default()
    };
    let whole = report(reads, &asked, By::Whole)
        .await?
        .remove("")
        .unwrap_or_default();
    let attempts = |states: &'static str| {
        format!(
            "SELECT CAST(coalesce(sum(a.fen), 0) AS BIGINT) AS n FROM pay_attempt a JOIN pay_run r ON r.run = a.run \
             WHERE r.office = $1 AND a.state IN ({states}) AND coalesce(a.outcome, '') <> '{}' AND r.state IN ({})",
            crate::vouchers::OUTCOME,
            "'approved', 'filed', 'answered', 'closed'"
        )
    };
    let office = || values![office];
    // What institutions got for vouchers is checked where vouchers are kept.
    let settled = "SELECT CAST(coalesce(sum(amount), 0) AS BIGINT) AS n FROM pay_posting WHERE office = $1 AND event = 'settled'";
    let paid = reads.number(&attempts("'paid'"), office()).await?
        + reads.number(settled, office()).await?;
    let sent = "SELECT CAST(coalesce(sum(a.fen), 0) AS BIGINT) AS n FROM pay_attempt a JOIN pay_run r ON r.run = a.run \
         WHERE r.office = $1 AND a.state = 'open' AND r.state <> 'approved'";
    let sent = reads.number(sent, office()).await?;
    let back = "SELECT CAST(coalesce(sum(c.fen), 0) AS BIGINT) AS n FROM pay_recovery_act c JOIN pay_recovery r \
         ON r.recovery = c.recovery WHERE r.office = $1 AND c.kind = 'repaid'";
    let back = reads.number(back, office()).await?;
    let left = "SELECT CAST(coalesce(sum(fen - back_fen), 0) AS BIGINT) AS n FROM pay_recovery WHERE office = $1 \
         AND state <> 'proposed'";
    let left = reads.number(left, office()).await?;
    let mut out = Vec::new();
    for (kind, rows) in [
        (Kind::Purse, back - paid),
        (Kind::Transit, -sent),
        (Kind::Recoverable, left),
    ] {
        let book = whole.balance(kind);
        if book != rows {
            out.push((kind, book, rows));
        }
    }
    Ok(out)
}

/// One posting, for the page of a batch.
#[derive(Debug, Clone)]
pub struct Shown {
    /// What happened.
    pub event: Event,
    /// Whose purse.
    pub level: Level,
    /// Debit.
    pub debit: Kind,
    /// Credit.
    pub credit: Kind,
    /// The amount.
    pub amount: i64,
    /// For which month.
    pub month: Month,
}

/// The postings of a batch, in the order they were made.
pub async fn of_run(reads: &impl Reads, run: &str) -> StoreResult<Vec<Shown>> {
    let sql = "SELECT event, level, debit, credit, amount, CAST(month AS BIGINT) AS month FROM pay_posting WHERE run = $1 \
         ORDER BY at, posting";
    let rows = reads.all(sql, values![run]).await?;
    rows.iter()
        .map(|row| {
            let bad = |column: &str| StoreError::BadColumn {
                column: format!("pay_posting.{column}"),
                what: "unknown".to_owned(),
            };
            Ok(Shown {
                event: Event::from_key(&row.text("event")?).ok_or_else(|| bad("event"))?,
                level: Level::from_key(&row.text("level")?).ok_or_else(|| bad("level"))?,
                debit: Kind::from_key(&row.text("debit")?).ok_or_else(|| bad("debit"))?,
                credit: Kind::from_key(&row.text("credit")?).ok_or_else(|| bad("credit"))?,
                amount: row.int("amount")?,
                month: month_of(row, "month")?,
            })
        })
        .collect()
}
