//! 年度预算: what an office may spend on a programme in a year, by purse where the document says so; every change is a
//! row, and what is left is asked before a batch is approved.

use crate::posts::{self, Part};
use crate::runs::Run;
use kernel::Fen;
use ledger::{Level, Shares};
use std::collections::BTreeMap;
use store::{Audit, Reads, StoreResult, Tx, values};

/// Kinds of change: key, name.
pub const KINDS: &[(&str, &str)] = &[("first", "年初预算"), ("more", "追加"), ("less", "压减")];

/// Budget and spending of one programme and year, in fen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// All rows together.
    pub budget: i64,
    /// Granted for people so far, less what is asked back.
    pub spent: i64,
    /// By purse: budget (nothing where no row names it) and spending, in the order of [`Level::ALL`].
    pub levels: [(Option<i64>, i64); 4],
}

impl Standing {
    /// What may still be spent; below nothing where it is overdrawn.
    pub const fn left(&self) -> i64 {
        self.budget - self.spent
    }
}

/// Where the programmes of some offices stand in a year, by office and programme. Spending without a budget is there too.
/// `except` is a batch whose own postings do not count.
pub async fn standing(
    reads: &impl Reads,
    offices: &[String],
    year: i32,
    except: &str,
) -> StoreResult<BTreeMap<(String, String), Standing>> {
    let mut out: BTreeMap<(String, String), Standing> = BTreeMap::new();
    let place = |key: &str| Level::ALL.iter().position(|level| level.key() == key);
    let mut sql = store::Sql::new(
        "SELECT office, programme, level, CAST(sum(fen) AS BIGINT) AS fen FROM pay_appropriation WHERE year = ",
    );
    sql.bind(i64::from(year)).push(" AND office IN (''");
    for office in offices {
        sql.push(", ").bind(office.as_str());
    }
    sql.push(") GROUP BY office, programme, level");
    let (text, values) = sql.parts();
    for row in reads.all(&text, values).await? {
        let key = (row.text("office")?, row.text("programme")?);
        let (fen, standing) = (row.int("fen")?, out.entry(key).or_default());
        standing.budget += fen;
        let slot = place(&row.text("level")?).and_then(|at| standing.levels.get_mut(at));
        if let Some(slot) = slot {
            slot.0 = Some(slot.0.unwrap_or(0) + fen);
        }
    }
    let mut sql = store::Sql::new(
        "SELECT office, programme, level, CAST(sum(CASE WHEN debit = 'spending' THEN amount WHEN credit = 'spending' THEN -amount \
         ELSE 0 END) AS BIGINT) AS fen FROM pay_posting WHERE month >= ",
    );
    sql.bind(year * 100 + 1)
        .push(" AND month <= ")
        .bind(year * 100 + 12)
        .push(" AND run <> ")
        .bind(except)
        .push(" AND office IN (''");
    for office in offices {
        sql.push(", ").bind(office.as_str());
    }
    sql.push(") GROUP BY office, programme, level");
    let (text, values) = sql.parts();
    for row in reads.all(&text, values).await? {
        let key = (row.text("office")?, row.text("programme")?);
        let (fen, standing) = (row.int("fen")?, out.entry(key).or_default());
        standing.spent += fen;
        let slot = place(&row.text("level")?).and_then(|at| standing.levels.get_mut(at));
        if let Some(slot) = slot {
            slot.1 += fen;
        }
    }
    Ok(out)
}

/// Where a batch's programme stands before it; `None` where no budget is entered.
pub async fn of_run(reads: &impl Reads, run: &Run) -> StoreResult<Option<Standing>> {
    let any = "SELECT CAST(count(*) AS BIGINT) AS n FROM pay_appropriation WHERE office = $1 AND programme = $2 AND year = $3";
    let year = run.month.year();
    let key = values![run.office.as_str(), run.programme.as_str(), i64::from(year)];
    if reads.number(any, key).await? == 0 {
        return Ok(None);
    }
    let offices = std::slice::from_ref(&run.office);
    let mut all = standing(reads, offices, year, &run.run).await?;
    Ok(all.remove(&(run.office.clone(), run.programme.clone())))
}

/// What the budget says to a batch: words where it does not suffice, as a whole or in one purse.
pub(crate) async fn refuses(
    reads: &impl Reads,
    run: &Run,
    shares: Shares,
) -> StoreResult<Option<String>> {
    let Some(standing) = of_run(reads, run).await? else {
        return Ok(None);
    };
    let wanted = Part {
        from: "(SELECT fen FROM pay_due WHERE run = $1 AND fen > 0) x",
        values: values![run.run.as_str()],
    };
    let wanted = posts::split(reads, shares, &wanted).await?;
    let whole: i64 = wanted.iter().sum();
    let yuan = |fen: i64| Fen(fen);
    if whole > standing.left() {
        return Ok(Some(format!(
            "本批需 {} 元，年度预算 {} 元只剩 {} 元",
            yuan(whole),
            yuan(standing.budget),
            yuan(standing.left())
        )));
    }
    for ((level, wanted), (budget, spent)) in
        Level::ALL.into_iter().zip(wanted).zip(standing.levels)
    {
        if let Some(budget) = budget
            && wanted > budget - spent
        {
            return Ok(Some(format!(
                "本批{}负担 {} 元，{}预算 {} 元只剩 {} 元",
                level.zh(),
                yuan(wanted),
                level.zh(),
                yuan(budget),
                yuan(budget - spent)
            )));
        }
    }
    Ok(None)
}

/// A change to be written.
#[derive(Debug, Clone)]
pub struct New<'a> {
    /// The office.
    pub office: &'a str,
    /// Programme id.
    pub programme: &'a str,
    /// The year.
    pub year: i32,
    /// Whose purse, where the document says so.
    pub level: Option<Level>,
    /// `first`, `more`, `less`.
    pub kind: &'a str,
    /// Above nothing; `less` takes it off.
    pub fen: i64,
    /// 文号.
    pub document: &'a str,
}

/// Writes a change; `false` where the year's budget would fall below nothing.
pub async fn enter(tx: &mut Tx, new: &New<'_>) -> StoreResult<bool> {
    let key = || values![new.office, new.programme, i64::from(new.year)];
    let fen = if new.kind == "less" {
        -new.fen
    } else {
        new.fen
    };
    let level = new.level.map_or("", Level::key);
    let mut own = key();
    own.push(level.into());
    let has = "SELECT CAST(coalesce(sum(fen), 0) AS BIGINT) AS n FROM pay_appropriation WHERE office = $1 AND programme = $2 \
         AND year = $3 AND level = $4";
    if tx.number(has, own).await? + fen < 0 {
        return Ok(false);
    }
    let next = "SELECT max(no) + 1 AS n FROM pay_appropriation WHERE office = $1 AND programme = $2 AND year = $3";
    let no = tx.number(next, key()).await?.max(1);
    let (by, at) = (tx.actor().id.clone(), tx.at().micros());
    tx.run(
        "INSERT INTO pay_appropriation (office, programme, year, no, level, kind, fen, document, entered_by, entered_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        values![
            new.office,
            new.programme,
            i64::from(new.year),
            no,
            level,
            new.kind,
            fen,
            new.document,
            by,
            at
        ],
    )
    .await?;
    tx.audit(
        Audit::new("pay.budget")
            .subject(new.office)
            .with("programme", new.programme)
            .with("year", new.year)
            .with("fen", fen),
    );
    Ok(true)
}

/// A row as it was entered.
#[derive(Debug, Clone)]
pub struct Entered {
    /// The office.
    pub office: String,
    /// Programme id.
    pub programme: String,
    /// Whose purse.
    pub level: Option<Level>,
    /// `first`, `more`, `less`.
    pub kind: String,
    /// Signed.
    pub fen: i64,
    /// 文号.
    pub document: String,
    /// When.
    pub at: kernel::Instant,
}

/// The rows of a year, the latest first.
pub async fn entered(
    reads: &impl Reads,
    offices: &[String],
    year: i32,
) -> StoreResult<Vec<Entered>> {
    let mut sql = store::Sql::new(
        "SELECT office, programme, level, kind, fen, document, entered_at FROM pay_appropriation WHERE year = ",
    );
    sql.bind(i64::from(year)).push(" AND office IN (''");
    for office in offices {
        sql.push(", ").bind(office.as_str());
    }
    sql.push(") ORDER BY entered_at DESC, office, programme, no DESC LIMIT 100");
    let (text, values) = sql.parts();
    let rows = reads.all(&text, values).await?;
    rows.iter()
        .map(|row| {
            Ok(Entered {
                office: row.text("office")?,
                programme: row.text("programme")?,
                level: Level::from_key(&row.text("level")?),
                kind: row.text("kind")?,
                fen: row.int("fen")?,
                document: row.text("document")?,
                at: row.instant("entered_at")?,
            })
        })
        .collect()
}
