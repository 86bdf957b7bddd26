//! 发券: where a programme is paid in vouchers, what was approved goes into people's hands as vouchers instead of a file
//! for the bank. The vouchers themselves belong to whoever asks for this (`voucher`).

use crate::approve::{never_more_than_due, own_terms};
use crate::runs::{self, Run, Step};
use crate::steps::{self, Refusal, Taken};
use crate::{answers, posts};
use authz::Actor;
use host::{App, PersonKey};
use ledger::{Event, Level, Month, ProgrammeTerms, Shares};
use std::collections::BTreeMap;
use store::{Reads, Row, StoreError, StoreResult, Tx, values};

/// How an attempt ends that became a voucher.
pub(crate) const OUTCOME: &str = "voucher";

/// A payment that becomes a voucher.
#[derive(Debug, Clone)]
pub struct Open {
    /// Whose.
    pub key: PersonKey,
    /// Number within the batch.
    pub seq: i64,
    /// Its amount in fen.
    pub fen: i64,
}

/// A batch in vouchers.
#[derive(Debug, Clone)]
pub struct Batch {
    /// Key.
    pub run: String,
    /// The deciding and paying office.
    pub office: String,
    /// Programme id.
    pub programme: String,
    /// The month its vouchers are for.
    pub month: Month,
    /// Budget line or fund.
    pub fund: String,
    /// Whose money.
    pub shares: Shares,
    /// What share of a bill a voucher covers, and for what.
    pub terms: ledger::VoucherTerms,
}

fn batch(run: &Run, own: &ProgrammeTerms) -> Option<Batch> {
    Some(Batch {
        run: run.run.clone(),
        office: run.office.clone(),
        programme: run.programme.clone(),
        month: run.month,
        fund: own.fund.clone(),
        shares: own.shares(),
        terms: own.voucher.clone()?,
    })
}

/// The batch of this key, if it is one in vouchers, whoever may see it.
pub async fn find(reads: &impl Reads, run: &str) -> StoreResult<Option<Batch>> {
    let Some(run) = runs::find(reads, run).await? else {
        return Ok(None);
    };
    let own = own_terms(reads, &run).await?;
    Ok(batch(&run, &own))
}

/// Gives out what was approved: the batch goes on to its close, and whoever asks makes a voucher of each payment in the
/// same transaction.
pub async fn give_out(
    app: &App,
    tx: &mut Tx,
    who: &Actor,
    run: &str,
    payer: &str,
) -> StoreResult<Taken<(Batch, Vec<Open>)>> {
    let held = runs::held(tx, run).await?;
    if let Err(refusal) = steps::may(tx, who, &held, Step::File).await? {
        return Ok(Err(refusal));
    }
    let own = own_terms(&*tx, &held).await?;
    let Some(batch) = batch(&held, &own) else {
        return Ok(Err(Refusal::Waits(
            "这个待遇发钱，不发券；请生成报盘文件".to_owned(),
        )));
    };
    never_more_than_due(tx, &held).await?;
    let sql = "SELECT shard, id, seq, fen FROM pay_attempt WHERE run = $1 AND state = 'open' ORDER BY seq";
    let rows = tx.all(sql, values![run]).await?;
    let open: Vec<Open> = rows
        .iter()
        .map(|row| {
            Ok(Open {
                key: PersonKey {
                    shard: row.text("shard")?,
                    id: row.text("id")?,
                },
                seq: row.int("seq")?,
                fen: row.int("fen")?,
            })
        })
        .collect::<StoreResult<_>>()?;
    let part = posts::Part {
        from: "(SELECT fen FROM pay_attempt WHERE run = $1 AND state = 'open') x",
        values: values![run],
    };
    let parts = posts::split(&*tx, own.shares(), &part).await?;
    posts::post(tx, &held, &own, Event::Issued, "", parts).await?;
    let at = tx.at().micros();
    tx.run(
        "UPDATE pay_attempt SET state = 'paid', outcome = $1, settled_at = $2 WHERE run = $3 AND state = 'open'",
        values![OUTCOME, at, run],
    )
    .await?;
    let note = format!("{} 张", open.len());
    steps::take(tx, who, &held, Step::File, &note).await?;
    steps::take(tx, who, &held, Step::Answer, "发券即到").await?;
    answers::receipts(app, tx, &held, payer).await?;
    Ok(Ok((batch, open)))
}

/// Posts something that happened with vouchers of a batch, by purse. Doing it twice is refused by the table.
pub async fn post(
    tx: &mut Tx,
    batch: &str,
    event: Event,
    part: &str,
    parts: [i64; 4],
) -> StoreResult<()> {
    let run = runs::find(&*tx, batch).await?;
    let run = run.ok_or_else(|| StoreError::Other(format!("pay_run lacks {batch}")))?;
    let own = own_terms(&*tx, &run).await?;
    posts::post(tx, &run, &own, event, part, parts).await
}

/// What stands on an account of a batch, by purse: credits less debits.
pub async fn standing(
    reads: &impl Reads,
    batch: &str,
    kind: ledger::Kind,
) -> StoreResult<[i64; 4]> {
    let sql = "SELECT level, CAST(sum(CASE WHEN credit = $2 THEN amount ELSE -amount END) AS BIGINT) AS fen FROM pay_posting \
         WHERE run = $1 AND (debit = $2 OR credit = $2) GROUP BY level";
    let rows = reads.all(sql, values![batch, kind.key()]).await?;
    let sums: BTreeMap<String, i64> = rows
        .iter()
        .map(|row: &Row| Ok((row.text("level")?, row.int("fen")?)))
        .collect::<StoreResult<_>>()?;
    Ok(Level::ALL.map(|level| sums.get(level.key()).copied().unwrap_or(0)))
}

/// What stands on an account of an office: credits less debits.
pub async fn owed_on(reads: &impl Reads, office: &str, kind: ledger::Kind) -> StoreResult<i64> {
    let sql = "SELECT CAST(coalesce(sum(CASE WHEN credit = $2 THEN amount ELSE -amount END), 0) AS BIGINT) AS n FROM pay_posting \
         WHERE office = $1 AND (debit = $2 OR credit = $2)";
    reads.number(sql, values![office, kind.key()]).await
}

/// What the terms in force pay in vouchers, by programme.
pub async fn in_force(reads: &impl Reads) -> StoreResult<Vec<(String, ledger::VoucherTerms)>> {
    let loaded = crate::terms::in_force(reads).await?;
    Ok(loaded.map_or_else(Vec::new, |loaded| {
        let all = loaded.terms.programmes.iter();
        all.filter_map(|own| Some((own.id.clone(), own.voucher.clone()?)))
            .collect()
    }))
}

/// Whether a programme is paid in vouchers.
pub(crate) fn by_terms(own: &ProgrammeTerms) -> bool {
    own.voucher.is_some()
}
