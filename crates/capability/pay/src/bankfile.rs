//! 报盘: the file for the bank, made once and kept; its digest is a file of its own. Killed on the way nothing of it is
//! there, and made again it has the same bytes.

use crate::approve::{never_more_than_due, own_terms};
use crate::pace::Pace;
use crate::runs::{self, Run, State, Step};
use crate::seal::BankSeal;
use crate::steps::{self, Refusal, Taken};
use crate::{posts, terms};
use authz::{Actor, Scope};
use files::{Files, NewFile};
use host::PersonKey;
use kernel::{AreaCode, Day, Fen, Instant};
use ledger::Event;
use ledger::bank::{Head, Line, Maker};
use std::io::Write;
use store::{Reads, Row, Sealed, Store, StoreError, StoreResult, values};

/// Field that account numbers are sealed for.
pub(crate) const ACCOUNT: &str = "account";
/// Days a file of a batch is kept: the retention of accounting vouchers is thirty years.
const DAYS: i32 = 30 * 365;

/// What the office and its programme are called.
#[derive(Debug, Clone)]
pub struct Names {
    /// 代发单位.
    pub payer: String,
    /// 项目名称.
    pub programme: String,
    /// Areas of the office: the scope of the files.
    pub areas: Vec<AreaCode>,
    /// What the files are sealed with.
    pub seal: BankSeal,
}

/// Makes the file of an approved batch and posts that the bank has it. `Ok(Err(..))` names what does not fit.
pub async fn make(
    store: &Store,
    files: &Files,
    who: &Actor,
    run: &str,
    names: &Names,
    pace: &Pace,
) -> StoreResult<Taken<()>> {
    let mut tx = store.begin(who, None).await?;
    let held = runs::held(&tx, run).await?;
    if let Err(refusal) = steps::may(&tx, who, &held, Step::File).await? {
        tx.rollback().await?;
        return Ok(Err(refusal));
    }
    if crate::vouchers::by_terms(&own_terms(&tx, &held).await?) {
        tx.rollback().await?;
        return Ok(Err(Refusal::Waits(
            "这个待遇发消费券，不报盘；请用「发券」".to_owned(),
        )));
    }
    // Whoever has no account waits for the next batch; the day of the file stands before its first byte.
    tx.run(
        "UPDATE pay_attempt SET state = 'held' WHERE run = $1 AND state = 'open' AND NOT EXISTS (SELECT 1 FROM pay_account c \
         WHERE c.shard = pay_attempt.shard AND c.id = pay_attempt.id AND c.live)",
        values![run],
    )
    .await?;
    let today = tx.at().day();
    tx.run(
        "UPDATE pay_run SET filed_on = $1 WHERE run = $2 AND filed_on IS NULL",
        values![today.number(), run],
    )
    .await?;
    tx.audit(store::Audit::new("pay.file_begin").subject(run));
    tx.commit().await?;
    pace.seam("file.begin")?;
    let held = runs::find(store, run)
        .await?
        .ok_or_else(|| StoreError::Other(format!("pay_run lacks {run}")))?;
    let loaded = terms::of(store, held.terms).await?;
    let own = own_terms(store, &held).await?;
    let layout = loaded
        .terms
        .layout(&own.layout)
        .ok_or_else(|| StoreError::Other(format!("the terms have no layout {}", own.layout)))?;
    let (count, total) = totals(store, run).await?;
    if count == 0 {
        return Ok(Err(Refusal::Waits(
            "这个批次没有可以报盘的人：都没有卡号或都暂缓了".to_owned(),
        )));
    }
    let head = Head {
        batch: held.batch.clone(),
        programme: names.programme.clone(),
        month: held.month,
        payer: names.payer.clone(),
        date: held.filed_on.unwrap_or(today),
        count: count.unsigned_abs(),
        total: Fen(total),
    };
    let mut maker = match Maker::new(layout, head) {
        Ok(maker) => maker,
        Err(error) => return Ok(Err(Refusal::Waits(error.to_string()))),
    };
    let mut writer = files.create(store)?;
    let io = |error: std::io::Error| StoreError::Other(format!("bank file: {error}"));
    let mut some = to_send(store, run, 0, pace.chunk).await?;
    while let Some(now) = some {
        // The next payments are read while these are opened and written.
        let next = to_send(store, run, now.last, pace.chunk);
        let (next, lines) = tokio::join!(next, lines(store, &now.sent));
        some = next?;
        for line in lines? {
            if let Err(error) = maker.add(&line) {
                return Ok(Err(Refusal::Waits(error.to_string())));
            }
        }
        writer.write_all(&maker.drain()).map_err(io)?;
        pace.seam("file.chunk")?;
    }
    match maker.finish() {
        Ok(rest) => writer.write_all(&rest).map_err(io)?,
        Err(error) => return Ok(Err(Refusal::Waits(error.to_string()))),
    }
    let body = writer.finish()?;
    let name = format!("{}.{}", held.batch, layout.ending());
    pace.seam("file.made")?;
    keep(store, files, who, &held, names, (body, &name, count), pace).await
}

/// Keeps body and digest, marks what was sent, posts it, moves the batch on: one transaction.
async fn keep(
    store: &Store,
    files: &Files,
    who: &Actor,
    run: &Run,
    names: &Names,
    (body, name, count): (files::Sealed, &str, i64),
    pace: &Pace,
) -> StoreResult<Taken<()>> {
    let mut tx = store.begin(who, None).await?;
    let held = runs::held(&tx, &run.run).await?;
    if held.state != State::Approved {
        tx.rollback().await?;
        return Ok(Err(Refusal::Stale));
    }
    let own = own_terms(&tx, &held).await?;
    let new = |name: String| NewFile {
        name,
        owner: who.id.clone(),
        scope: Scope::Areas(names.areas.clone()),
        days: DAYS,
    };
    let kept = files.keep(&mut tx, body, new(name.to_owned())).await?;
    let mut digest = files.create(store)?;
    let text = format!("SM3 {}  {name}\r\n", kept.digest);
    digest
        .write_all(text.as_bytes())
        .map_err(|error| StoreError::Other(format!("digest file: {error}")))?;
    let digest = files
        .keep(&mut tx, digest.finish()?, new(format!("{name}.sm3")))
        .await?;
    let mut made = vec![("body", kept, count), ("digest", digest, 1)];
    if let Some(seal) = names.seal.sign(text.as_bytes()) {
        let mut file = files.create(store)?;
        file.write_all(format!("SM2 {seal}  {name}.sm3\r\n").as_bytes())
            .map_err(|error| StoreError::Other(format!("seal file: {error}")))?;
        let file = files
            .keep(&mut tx, file.finish()?, new(format!("{name}.sm2")))
            .await?;
        made.push(("seal", file, 1));
    }
    let at = tx.at().micros();
    for (kind, kept, rows) in made {
        tx.run(
            "INSERT INTO pay_file (run, kind, no, file, name, digest, size, rows, made_by, made_at) \
             VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $8, $9)",
            values![
                held.run.as_str(),
                kind,
                kept.id.as_str(),
                kept.name.as_str(),
                kept.digest.as_str(),
                kept.size as i64,
                rows,
                who.id.as_str(),
                at,
            ],
        )
        .await?;
    }
    never_more_than_due(&tx, &held).await?;
    tx.run(
        "UPDATE pay_attempt SET account = (SELECT c.no FROM pay_account c WHERE c.shard = pay_attempt.shard \
         AND c.id = pay_attempt.id AND c.live) WHERE run = $1 AND state = 'open'",
        values![held.run.as_str()],
    )
    .await?;
    let sent = posts::Part {
        from: "(SELECT fen FROM pay_attempt WHERE run = $1 AND state = 'open') x",
        values: values![held.run.as_str()],
    };
    let parts = posts::split(&tx, own.shares(), &sent).await?;
    posts::post(&mut tx, &held, &own, Event::Sent, "", parts).await?;
    steps::take(&mut tx, who, &held, Step::File, &format!("{count} 笔")).await?;
    pace.seam("file.commit")?;
    tx.commit().await?;
    pace.seam("file.committed")?;
    Ok(Ok(()))
}

/// How many are to be sent, and what they come to.
async fn totals(reads: &impl Reads, run: &str) -> StoreResult<(i64, i64)> {
    let sql = "SELECT CAST(count(*) AS BIGINT) AS n, CAST(coalesce(sum(fen), 0) AS BIGINT) AS fen FROM pay_attempt \
         WHERE run = $1 AND state = 'open'";
    match reads.one(sql, values![run]).await? {
        Some(row) => Ok((row.int("n")?, row.int("fen")?)),
        None => Ok((0, 0)),
    }
}

/// A payment as it is sent.
pub(crate) struct Sent {
    pub(crate) seq: i64,
    pub(crate) key: PersonKey,
    pub(crate) fen: i64,
    pub(crate) number: Sealed,
    bank: String,
    holder: Option<String>,
}

fn sent_of(row: &Row) -> StoreResult<Sent> {
    Ok(Sent {
        seq: row.int("seq")?,
        key: PersonKey {
            shard: row.text("shard")?,
            id: row.text("id")?,
        },
        fen: row.int("fen")?,
        number: Sealed(row.text("number")?),
        bank: row.text("bank")?,
        holder: row.opt_text("holder")?,
    })
}

/// A stretch of a batch's payments by their number: where it ends, and those of it that are meant.
pub(crate) struct Stretch {
    /// The last number, whatever became of its payment.
    pub(crate) last: i64,
    pub(crate) sent: Vec<Sent>,
}

/// The payments of a stretch that go to the bank, with the account in use; nothing behind the last.
async fn to_send(
    reads: &impl Reads,
    run: &str,
    after: i64,
    most: i64,
) -> StoreResult<Option<Stretch>> {
    stretch(reads, run, after, most, "c.live", &["open"]).await
}

/// The payments of a stretch that the bank has, with the account they were sent to; nothing behind the last.
pub(crate) async fn with_bank(
    reads: &impl Reads,
    run: &str,
    after: i64,
    most: i64,
) -> StoreResult<Option<Stretch>> {
    let states = ["open", "paid", "failed"];
    stretch(reads, run, after, most, "c.no = a.account", &states).await
}

/// A stretch is looked up by its numbers alone: a batch changes its states all at once, and statistics that are an hour
/// old would have the database read all of it for every stretch.
async fn stretch(
    reads: &impl Reads,
    run: &str,
    after: i64,
    most: i64,
    account: &str,
    states: &[&str],
) -> StoreResult<Option<Stretch>> {
    let ends = "SELECT max(seq) AS n FROM (SELECT seq FROM pay_attempt WHERE run = $1 AND seq > $2 ORDER BY seq LIMIT $3) x";
    let last = reads.number(ends, values![run, after, most]).await?;
    if last <= after {
        return Ok(None);
    }
    let sql = format!(
        "SELECT a.seq, a.state, a.shard, a.id, a.fen, c.bank, c.number, c.holder FROM pay_attempt a \
         JOIN pay_account c ON c.shard = a.shard AND c.id = a.id AND {account} \
         WHERE a.run = $1 AND a.seq > $2 AND a.seq <= $3 ORDER BY a.seq"
    );
    let mut sent = Vec::new();
    for row in reads.all(&sql, values![run, after, last]).await? {
        if states.contains(&row.text("state")?.as_str()) {
            sent.push(sent_of(&row)?);
        }
    }
    Ok(Some(Stretch { last, sent }))
}

/// Lines of the file, with names and numbers in full: only the bank's file has them.
async fn lines(store: &Store, rows: &[Sent]) -> StoreResult<Vec<Line>> {
    let keys: Vec<PersonKey> = rows.iter().map(|row| row.key.clone()).collect();
    let people = people::api::called(store, &keys).await?;
    rows.iter()
        .map(|row| {
            let missing = || StoreError::Other(format!("the register lacks {}", row.key.id));
            let (name, number) = people.get(&row.key.id).ok_or_else(missing)?;
            let id_number = people::api::open_secret(store, "id_number", number.as_ref())?;
            Ok(Line {
                no: row.seq.unsigned_abs(),
                name: row.holder.clone().unwrap_or_else(|| name.clone()),
                id_number: id_number.unwrap_or_default(),
                account: store.keys().open(ACCOUNT, &row.number)?,
                bank: row.bank.clone(),
                fen: Fen(row.fen),
                ..Line::default()
            })
        })
        .collect()
}

/// A file of a batch.
#[derive(Debug, Clone)]
pub struct RunFile {
    /// `body`, `digest`, `seal`, `answer`.
    pub kind: String,
    /// Number within its kind.
    pub no: i64,
    /// Key in the files.
    pub file: String,
    /// Its name.
    pub name: String,
    /// SM3.
    pub digest: String,
    /// Bytes.
    pub size: i64,
    /// Rows.
    pub rows: i64,
    /// Account that made it.
    pub by: String,
    /// When.
    pub at: Instant,
}

impl RunFile {
    /// On pages.
    pub fn kind_zh(&self) -> &'static str {
        match self.kind.as_str() {
            "body" => "报盘文件",
            "digest" => "摘要文件",
            "seal" => "签名文件",
            _ => "回盘文件",
        }
    }
}

/// The files of a batch.
pub async fn files_of(reads: &impl Reads, run: &str) -> StoreResult<Vec<RunFile>> {
    let sql = "SELECT kind, no, file, name, digest, size, rows, made_by, made_at FROM pay_file WHERE run = $1 \
         ORDER BY made_at, kind, no";
    let rows = reads.all(sql, values![run]).await?;
    rows.iter()
        .map(|row| {
            Ok(RunFile {
                kind: row.text("kind")?,
                no: row.int("no")?,
                file: row.text("file")?,
                name: row.text("name")?,
                digest: row.text("digest")?,
                size: row.int("size")?,
                rows: row.int("rows")?,
                by: row.text("made_by")?,
                at: row.instant("made_at")?,
            })
        })
        .collect()
}

/// Who took which file, the latest first.
pub async fn downloads(
    reads: &impl Reads,
    run: &str,
) -> StoreResult<Vec<(String, String, Instant)>> {
    let sql = "SELECT kind, by_name, at FROM pay_download WHERE run = $1 ORDER BY at DESC LIMIT 50";
    let rows = reads.all(sql, values![run]).await?;
    rows.iter()
        .map(|row| Ok((row.text("kind")?, row.text("by_name")?, row.instant("at")?)))
        .collect()
}

/// Logs that somebody takes a file.
pub(crate) async fn log_download(
    tx: &mut store::Tx,
    who: &Actor,
    run: &str,
    file: &RunFile,
) -> StoreResult<()> {
    let at = tx.at().micros();
    tx.run(
        "INSERT INTO pay_download (run, kind, no, by_account, by_name, at) VALUES ($1, $2, $3, $4, $5, $6)",
        values![
            run,
            file.kind.as_str(),
            file.no,
            who.id.as_str(),
            who.name.as_str(),
            at
        ],
    )
    .await?;
    tx.audit(
        store::Audit::new("pay.download")
            .subject(run)
            .with("file", file.digest.as_str()),
    );
    Ok(())
}

/// The day a batch should be paid: the pay day of the month after the one it is for.
pub fn pay_day(run: &Run, own: &ledger::ProgrammeTerms) -> Day {
    run.month.plus(1).first().plus_days(own.pay_day - 1)
}
