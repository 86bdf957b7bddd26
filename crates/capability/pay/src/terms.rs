//! 发放规则 in the database: loaded once, never changed, named by every run.

use kernel::Day;
use ledger::{ProofTerms, Terms};
use plan::api::PlanBook;
use std::sync::Arc;
use store::{Audit, Reads, StoreError, StoreResult, Tx, values};

/// The terms and their number.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// Number; every run keeps it.
    pub no: i64,
    /// SM3 of the text.
    pub digest: String,
    /// As read.
    pub terms: Arc<Terms>,
}

fn of_text(no: i64, digest: String, text: &str) -> StoreResult<Loaded> {
    let terms = Terms::parse(text).map_err(|problems| StoreError::BadColumn {
        column: "pay_terms.text".to_owned(),
        what: problems.join("; "),
    })?;
    Ok(Loaded {
        no,
        digest,
        terms: Arc::new(terms),
    })
}

/// The terms in force: those loaded last.
pub async fn in_force(reads: &impl Reads) -> StoreResult<Option<Loaded>> {
    let sql = "SELECT no, digest, text FROM pay_terms ORDER BY no DESC LIMIT 1";
    let row = reads.one(sql, vec![]).await?;
    row.map(|row| of_text(row.int("no")?, row.text("digest")?, &row.text("text")?))
        .transpose()
}

/// The terms of this number.
pub async fn of(reads: &impl Reads, no: i64) -> StoreResult<Loaded> {
    let sql = "SELECT no, digest, text FROM pay_terms WHERE no = $1";
    let row = reads.one(sql, values![no]).await?;
    let row = row.ok_or_else(|| StoreError::Other(format!("pay_terms lacks {no}")))?;
    of_text(no, row.text("digest")?, &row.text("text")?)
}

/// The terms of proof, and the programmes paid here that need it; `None` where the terms say nothing of it.
pub(crate) async fn proof(
    reads: &impl Reads,
    plans: &PlanBook,
    day: Day,
) -> StoreResult<Option<(ProofTerms, Vec<String>)>> {
    let Some(loaded) = in_force(reads).await? else {
        return Ok(None);
    };
    let Some(own) = loaded.terms.proof.clone() else {
        return Ok(None);
    };
    let list = plans.in_force(day);
    let mine = list
        .iter()
        .flat_map(|list| list.list.programmes())
        .map(|row| &row.programme)
        .filter(|row| row.proof_of_life && loaded.terms.of(&row.id).is_some())
        .map(|row| row.id.clone())
        .collect();
    Ok(Some((own, mine)))
}

/// Loads terms from their text; the same text again changes nothing. `Err` holds what is wrong with them, in Chinese.
pub async fn load(tx: &mut Tx, text: &str) -> StoreResult<Result<i64, Vec<String>>> {
    if let Err(problems) = Terms::parse(text) {
        return Ok(Err(problems));
    }
    let digest = store::secret::sm3_hex(text.as_bytes());
    let known = tx
        .one(
            "SELECT no FROM pay_terms WHERE digest = $1",
            values![digest.as_str()],
        )
        .await?;
    if let Some(row) = known {
        return Ok(Ok(row.int("no")?));
    }
    let (no, by, at) = (
        tx.number("SELECT max(no) + 1 AS n FROM pay_terms", vec![])
            .await?
            .max(1),
        tx.actor().id.clone(),
        tx.at().micros(),
    );
    tx.run(
        "INSERT INTO pay_terms (no, digest, text, loaded_by, loaded_at) VALUES ($1, $2, $3, $4, $5)",
        values![no, digest.as_str(), text, by, at],
    )
    .await?;
    tx.audit(Audit::new("pay.terms").with("digest", digest));
    Ok(Ok(no))
}
