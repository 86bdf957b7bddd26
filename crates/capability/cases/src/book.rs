//! Procedures in the database: loaded once, never changed, named by every case that runs by them.

use crate::delegation;
use crate::procedures::{Procedure, Procedures};
use crate::store::Case;
use kernel::Day;
use plan::api::PlanBook;
use std::collections::BTreeSet;
use std::sync::Arc;
use store::{Audit, Reads, StoreError, StoreResult, Tx, values};

/// Procedures and their number.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// Number; every case keeps it.
    pub no: i64,
    /// As read.
    pub procedures: Arc<Procedures>,
}

fn of_text(no: i64, text: &str) -> StoreResult<Loaded> {
    let procedures = Procedures::read(text).map_err(|problems| StoreError::BadColumn {
        column: "cases_procedures.text".to_owned(),
        what: problems.join("; "),
    })?;
    Ok(Loaded {
        no,
        procedures: Arc::new(procedures),
    })
}

/// The procedures in force: those loaded last.
pub async fn in_force(reads: &impl Reads) -> StoreResult<Option<Loaded>> {
    let sql = "SELECT no, text FROM cases_procedures ORDER BY no DESC LIMIT 1";
    let row = reads.one(sql, vec![]).await?;
    row.map(|row| of_text(row.int("no")?, &row.text("text")?))
        .transpose()
}

/// The procedures of this number.
pub async fn of(reads: &impl Reads, no: i64) -> StoreResult<Loaded> {
    let sql = "SELECT no, text FROM cases_procedures WHERE no = $1";
    let row = reads.one(sql, values![no]).await?;
    let row = row.ok_or_else(|| StoreError::Other(format!("cases_procedures lacks {no}")))?;
    of_text(row.int("no")?, &row.text("text")?)
}

/// The procedure a case runs by.
pub async fn procedure(reads: &impl Reads, no: i64, programme: &str) -> StoreResult<Procedure> {
    let loaded = of(reads, no).await?;
    let found = loaded.procedures.of(programme).cloned();
    found.ok_or_else(|| StoreError::Other(format!("procedures {no} lack {programme}")))
}

/// The procedure a case runs by, with what its office handed to the towns.
pub async fn procedure_for(reads: &impl Reads, case: &Case) -> StoreResult<Procedure> {
    let procedure = procedure(reads, case.procedures, &case.programme).await?;
    let office = [case.office.clone()];
    let handed = delegation::of_offices(reads, &office).await?;
    Ok(delegation::procedure_for(&handed, &procedure, case))
}

/// The programmes this system decides, by the list in force on a day.
pub fn programmes(plans: &PlanBook, day: Day) -> BTreeSet<String> {
    plans.in_force(day).map_or_else(BTreeSet::new, |published| {
        let rows = published.list.programmes().iter();
        rows.filter(|row| row.programme.is_ours())
            .map(|row| row.programme.id.clone())
            .collect()
    })
}

/// Loads procedures from their text; the same text again changes nothing. `Err` holds what is wrong with them, in
/// Chinese.
pub async fn load(
    tx: &mut Tx,
    plans: &PlanBook,
    text: &str,
) -> StoreResult<Result<i64, Vec<String>>> {
    let known = programmes(plans, tx.at().day());
    if let Err(problems) = Procedures::parse(text, &known) {
        return Ok(Err(problems));
    }
    let digest = store::secret::sm3_hex(text.as_bytes());
    let sql = "SELECT no FROM cases_procedures WHERE digest = $1";
    if let Some(row) = tx.one(sql, values![digest.as_str()]).await? {
        return Ok(Ok(row.int("no")?));
    }
    let sql = "SELECT max(no) + 1 AS n FROM cases_procedures";
    let no = tx.number(sql, vec![]).await?.max(1);
    let (by, at) = (tx.actor().id.clone(), tx.at().micros());
    tx.run(
        "INSERT INTO cases_procedures (no, digest, text, loaded_by, loaded_at) VALUES ($1, $2, $3, $4, $5)",
        values![no, digest.as_str(), text, by, at],
    )
    .await?;
    tx.audit(Audit::new("case.procedures").with("digest", digest));
    Ok(Ok(no))
}
