//! 回盘: the bank's answer, laid beside what was sent. A file that does not agree is refused as a whole; the same file
//! again changes nothing.

use crate::approve::own_terms;
use crate::bankfile::{self, ACCOUNT};
use crate::runs::{self, Run, State, Step};
use crate::steps::{self, Refusal, Taken};
use crate::{grants, posts, terms, told};
use area::api::AreaBook;
use authz::{Actor, Scope};
use entitle::api::Receipt;
use files::{Files, NewFile};
use host::{App, PersonKey};
use kernel::{AreaCode, Fen};
use ledger::Event;
use ledger::bank::{AnswerRow, SentRow, match_answer, read_answer};
use std::collections::BTreeMap;
use std::io::Write;
use store::{Reads, Sql, StoreError, StoreResult, Tx, values};

/// What came of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    /// Paid.
    pub paid: usize,
    /// Came back.
    pub failed: usize,
    /// Still with the bank.
    pub open: usize,
    /// The very same file was taken over before.
    pub again: bool,
}

/// An answer that is not taken over, and everything that is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// As any step.
    Step(Refusal),
    /// The file, line by line.
    File(Vec<String>),
}

/// What a file is called and whose data it holds.
#[derive(Debug, Clone)]
pub struct Upload {
    /// Its name.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Areas of the office.
    pub areas: Vec<AreaCode>,
    /// 代发单位, for receipts.
    pub payer: String,
}

/// Most that is told of a bad file.
const MOST_TOLD: usize = 50;
/// Payments read at once.
const AT_ONCE: i64 = 2_000;

/// Takes an answer over.
pub async fn take(
    app: &App,
    files: &Files,
    who: &Actor,
    run: &str,
    upload: Upload,
) -> StoreResult<Result<Outcome, Refused>> {
    let store = &app.store;
    let Some(found) = runs::find(store, run).await? else {
        return Ok(Err(Refused::Step(Refusal::Stale)));
    };
    let loaded = terms::of(store, found.terms).await?;
    let own = own_terms(store, &found).await?;
    let layout = loaded
        .terms
        .layout(&own.layout)
        .ok_or_else(|| StoreError::Other(format!("the terms have no layout {}", own.layout)))?;
    let told = |troubles: Vec<ledger::bank::Trouble>| {
        let mut words: Vec<String> = troubles
            .iter()
            .take(MOST_TOLD)
            .map(ToString::to_string)
            .collect();
        if troubles.len() > MOST_TOLD {
            words.push(format!("还有 {} 处同样的问题", troubles.len() - MOST_TOLD));
        }
        Refused::File(words)
    };
    let answer = match read_answer(layout, &upload.bytes) {
        Ok(answer) => answer,
        Err(troubles) => return Ok(Err(told(troubles))),
    };
    let mut sent = Vec::new();
    let mut after = 0;
    loop {
        let stretch = bankfile::with_bank(store, run, after, AT_ONCE).await?;
        let Some(stretch) = stretch else { break };
        after = stretch.last;
        for row in stretch.sent {
            sent.push(SentRow {
                no: row.seq.unsigned_abs(),
                fen: Fen(row.fen),
                account: store.keys().open(ACCOUNT, &row.number)?,
            });
        }
    }
    let matched = match match_answer(&found.batch, &sent, &answer) {
        Ok(matched) => matched,
        Err(troubles) => return Ok(Err(told(troubles))),
    };
    let mut writer = files.create(store)?;
    writer
        .write_all(&upload.bytes)
        .map_err(|error| StoreError::Other(format!("answer: {error}")))?;
    let sealed = writer.finish()?;
    let mut tx = store.begin(who, None).await?;
    let held = runs::held(&tx, run).await?;
    if !Step::Answer.roles().contains(&who.role) && who.role != authz::Role::System {
        return Ok(Err(Refused::Step(Refusal::NotYourWork)));
    }
    let digest = store::secret::sm3_hex(&upload.bytes);
    let known = "SELECT CAST(count(*) AS BIGINT) AS n FROM pay_file WHERE run = $1 AND kind = 'answer' AND digest = $2";
    if tx.number(known, values![run, digest.as_str()]).await? > 0 {
        tx.rollback().await?;
        return Ok(Ok(Outcome {
            paid: matched.paid.len(),
            failed: matched.failed.len(),
            open: matched.open.len(),
            again: true,
        }));
    }
    if held.state != State::Filed {
        return Ok(Err(Refused::Step(Refusal::Stale)));
    }
    let scope = Scope::Areas(upload.areas.clone());
    let new = NewFile {
        name: upload.name.clone(),
        owner: who.id.clone(),
        scope,
        days: 30 * 365,
    };
    let kept = files.keep(&mut tx, sealed, new).await?;
    let sql = "SELECT max(no) + 1 AS n FROM pay_file WHERE run = $1 AND kind = 'answer'";
    let (no, at) = (tx.number(sql, values![run]).await?.max(1), tx.at().micros());
    tx.run(
        "INSERT INTO pay_file (run, kind, no, file, name, digest, size, rows, made_by, made_at) \
         VALUES ($1, 'answer', $2, $3, $4, $5, $6, $7, $8, $9)",
        values![
            run,
            no,
            kept.id.as_str(),
            kept.name.as_str(),
            kept.digest.as_str(),
            kept.size as i64,
            answer.rows.len() as i64,
            who.id.as_str(),
            at,
        ],
    )
    .await?;
    let paid = mark(&mut tx, run, no, "paid", &matched.paid).await?;
    let failed = mark(&mut tx, run, no, "failed", &matched.failed).await?;
    for (event, state) in [(Event::Paid, "paid"), (Event::Failed, "failed")] {
        let from = format!(
            "(SELECT fen FROM pay_attempt WHERE run = $1 AND answer = $2 AND state = '{state}') x"
        );
        let part = posts::Part {
            from: &from,
            values: values![run, no],
        };
        let parts = posts::split(&tx, own.shares(), &part).await?;
        posts::post(&mut tx, &held, &own, event, &no.to_string(), parts).await?;
    }
    let open =
        "SELECT CAST(count(*) AS BIGINT) AS n FROM pay_attempt WHERE run = $1 AND state = 'open'";
    let open = tx.number(open, values![run]).await?;
    if open == 0 {
        let note = format!("到账 {paid} 笔，退回 {failed} 笔");
        steps::take(&mut tx, who, &held, Step::Answer, &note).await?;
    }
    receipts(app, &mut tx, &held, &upload.payer).await?;
    if paid > 0 {
        // From its first paid month a programme is connected where it is paid. Vouchers do not connect: their places
        // are limited, and who did not ask for one is owed nothing.
        let areas = app.part::<AreaBook>()?.executor_scope(&held.office);
        entitle::api::paid_here(&mut tx, &held.programme, &areas, held.month.first()).await?;
    }
    told::of_answer(app, &mut tx, &held, no).await?;
    tx.audit(
        store::Audit::new("pay.answer")
            .subject(run)
            .with("paid", paid as i64)
            .with("failed", failed as i64),
    );
    tx.commit().await?;
    Ok(Ok(Outcome {
        paid,
        failed,
        open: usize::try_from(open).unwrap_or(0),
        again: false,
    }))
}

/// Marks what an answer says of open payments; how many it concerned. Rows answered before stay as they are.
async fn mark(
    tx: &mut Tx,
    run: &str,
    no: i64,
    state: &str,
    rows: &[AnswerRow],
) -> StoreResult<usize> {
    let mut groups: BTreeMap<(&str, &str), Vec<i64>> = BTreeMap::new();
    for row in rows {
        let key = (row.outcome.key(), row.code.as_str());
        groups.entry(key).or_default().push(row.no as i64);
    }
    let (mut done, at) = (0, tx.at().micros());
    for ((outcome, code), numbers) in groups {
        for numbers in numbers.chunks(500) {
            let mut sql = Sql::new("UPDATE pay_attempt SET state = ");
            sql.bind(state).push(", outcome = ").bind(outcome);
            sql.push(", code = ")
                .bind(code)
                .push(", answer = ")
                .bind(no);
            sql.push(", settled_at = ")
                .bind(at)
                .push(" WHERE run = ")
                .bind(run);
            sql.push(" AND state = 'open' AND seq IN (0");
            for number in numbers {
                sql.push(", ").bind(*number);
            }
            sql.push(")");
            let (text, values) = sql.parts();
            done += usize::try_from(tx.run(&text, values).await?).unwrap_or(0);
        }
    }
    Ok(done)
}

/// What is paid for the first time is received from now on: findings close, figures move.
pub(crate) async fn receipts(app: &App, tx: &mut Tx, run: &Run, payer: &str) -> StoreResult<()> {
    let new = grants::unreceived(tx, run).await?;
    if new.is_empty() {
        return Ok(());
    }
    let mut rows: Vec<(PersonKey, Receipt)> = Vec::with_capacity(new.len());
    for held in &new {
        let receipt = Receipt {
            programme: held.programme.clone(),
            from: held.from.max(run.month.plus(-36).first()),
            until: None,
            fen: held.fen.0,
            payer: payer.to_owned(),
            source: entitle::api::PAID_HERE.to_owned(),
            recorded: tx.at(),
        };
        rows.push((held.key.clone(), receipt));
        grants::mark_received(tx, held).await?;
    }
    entitle::api::add_receipts(tx, &rows).await?;
    let keys: Vec<PersonKey> = rows.into_iter().map(|(key, _)| key).collect();
    app.facts_changed(tx, &keys).await
}

/// 结账: what was stopped is received no longer, and the batch is closed.
pub async fn close(app: &App, who: &Actor, run: &str, note: &str) -> StoreResult<Taken<()>> {
    let mut tx = app.store.begin(who, None).await?;
    let held = runs::held(&tx, run).await?;
    let signed = steps::sign(&mut tx, who, run, Step::Close, note).await?;
    if signed.is_err() {
        tx.rollback().await?;
        return Ok(signed);
    }
    let sql = "SELECT DISTINCT shard, id FROM pay_change WHERE run = $1 AND kind = 'stop' ORDER BY shard, id";
    let stopped = tx.all(sql, values![run]).await?;
    let keys: Vec<PersonKey> = stopped
        .iter()
        .map(|row| {
            Ok(PersonKey {
                shard: row.text("shard")?,
                id: row.text("id")?,
            })
        })
        .collect::<StoreResult<_>>()?;
    let day = held.month.first();
    let mut ended = Vec::new();
    for (id, receipts) in entitle::api::receipts_of(&tx, &keys).await? {
        let Some(key) = keys.iter().find(|key| key.id == id) else {
            continue;
        };
        for receipt in receipts {
            if receipt.programme == held.programme && receipt.covers(day) {
                // A receipt that began later in the same roll never covered a day: it ends where it began.
                let until = day.max(receipt.from);
                ended.push((key.clone(), receipt, Some(until)));
            }
        }
    }
    entitle::api::end_receipts(&mut tx, &ended).await?;
    if !ended.is_empty() {
        let keys: Vec<PersonKey> = ended.iter().map(|(key, ..)| key.clone()).collect();
        app.facts_changed(&mut tx, &keys).await?;
    }
    tx.commit().await?;
    Ok(Ok(()))
}
