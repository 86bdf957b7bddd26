//! The job that reads what came back: each row is matched to the number it went out under, hits become proposals,
//! receipts move records. Every row that is not taken is named with its reason.
//!
//! Reading again, after a kill or because the file came twice, changes nothing: an answer about a number is kept once.

use crate::batch::{self, Batch, Purpose};
use crate::kinds::{self, Kind};
use crate::lines;
use crate::proposals::{self, New, Said};
use crate::rows::{self, Answered, Row};
use crate::uploads::{self, Counts, Refused, State, Upload};
use crate::{receipts, rows::Who};
use authz::Actor;
use host::AppState;
use kernel::Day;
use people::api::{self as register, Person, PersonKey};
use rules::facts::value_text;
use std::collections::{BTreeMap, HashMap};
use store::jobs::{Job, JobError};
use store::{Audit, StoreError, StoreResult};

/// The job's kind.
pub(crate) const KIND: &str = "exchange.read";
/// Rows written in one transaction.
const CHUNK: usize = 400;
/// Most rows of a file that comes back: a list has not got more people.
pub(crate) const MOST_ROWS: usize = 300_000;

/// Runs `exchange.read`.
pub(crate) async fn run(app: AppState, job: Job) -> Result<(), JobError> {
    let payload: serde_json::Value = serde_json::from_str(&job.payload).unwrap_or_default();
    let id = payload.get("upload").and_then(|id| id.as_str());
    let id = id.unwrap_or_default().to_owned();
    match read(&app, &job, &id).await {
        Ok(()) => Ok(()),
        Err(error) if error.is_retryable() => Err(JobError::Retry(error.to_string())),
        Err(error) => {
            let says = "没有读完。请重新上传；仍不行请联系系统管理员。";
            if let Err(error) = stop(&app, &id, Counts::default(), says).await {
                return Err(JobError::Retry(error.to_string()));
            }
            Err(JobError::Fail(error.to_string()))
        }
    }
}

async fn stop(app: &AppState, id: &str, counts: Counts, says: &str) -> StoreResult<()> {
    let actor = Actor::system("exchange");
    let mut tx = app.store.begin(&actor, None).await?;
    uploads::finish(&mut tx, id, State::Failed, counts, Some(says)).await?;
    tx.audit(Audit::new("exchange.stop").subject(id));
    tx.commit().await
}

async fn read(app: &AppState, job: &Job, id: &str) -> StoreResult<()> {
    let Some(upload) = uploads::find(&app.store, id)
        .await?
        .filter(|upload| upload.state == State::Reading)
    else {
        return Ok(());
    };
    let Some(batch) = batch::find(&app.store, &upload.batch).await? else {
        return Ok(());
    };
    if batch.state == batch::State::Void {
        let says = "名单已作废，返回的结果不登记。";
        return stop(app, id, Counts::default(), says).await;
    }
    let read = match rows::read(app, &batch, &upload).await? {
        Ok(read) => read,
        Err(says) => return stop(app, id, Counts::default(), &says).await,
    };
    let matched = matched(app, &batch, &upload, read).await?;
    match batch.purpose {
        Purpose::List => {
            let missing = || StoreError::Other(format!("no purpose {}", batch.kind));
            let kind = kinds::of(&batch.kind).ok_or_else(missing)?;
            propose(app, job, kind, &batch, &upload, matched).await
        }
        Purpose::Report => receipts::write(app, job, &batch, &upload, matched).await,
    }
}

/// A row that means somebody on the batch.
pub(crate) struct Match {
    pub(crate) n: i64,
    pub(crate) key: PersonKey,
    pub(crate) row: Row,
}

/// What a file says, matched to a batch.
pub(crate) struct Matched {
    pub(crate) matches: Vec<Match>,
    pub(crate) refused: Vec<Refused>,
    pub(crate) total: i64,
    pub(crate) missed: i64,
}

pub(crate) fn refusal(line: u64, who: &Who, says: &str, fix: &str) -> Refused {
    Refused {
        line: line as i64,
        who: who.shown(),
        says: says.to_owned(),
        fix: fix.to_owned(),
    }
}

/// Finds the number of every row. Rows about nobody on the batch, about one number twice, about somebody else than the
/// number says are refused.
async fn matched(
    app: &AppState,
    batch: &Batch,
    upload: &Upload,
    read: rows::Read,
) -> StoreResult<Matched> {
    let listed = lines::listed(&app.store, &batch.id).await?;
    let numbers: Vec<&str> = read
        .rows
        .iter()
        .filter_map(|row| row.who.number.as_deref())
        .collect();
    let mut meant: HashMap<String, String> = HashMap::new();
    for (number, found) in
        register::by_numbers(&app.store, app.store.keys(), &numbers, &[], false).await?
    {
        meant.insert(number, found.key.id);
    }
    let mut out = Matched {
        matches: Vec::new(),
        refused: read.refused,
        total: read.total,
        missed: read.missed,
    };
    let mut by_no: BTreeMap<i64, Vec<Row>> = BTreeMap::new();
    let (unknown, elsewhere) = match batch.purpose {
        Purpose::List => (
            (
                "编号不在发出的名单上",
                "请核对编号和名单，不要增加名单以外的人",
            ),
            (
                "不在发出的名单上",
                "只返回名单上的人；名单以外的请用数据导入",
            ),
        ),
        Purpose::Report => (
            (
                "编号不在这份上报文件里",
                "请核对编号；是别的文件的回执，到那份文件登记",
            ),
            (
                "不在这份上报文件里",
                "是别的文件的回执，到那份文件登记；没有报过的先上报",
            ),
        ),
    };
    for row in read.rows {
        let id = row.who.number.as_ref().and_then(|number| meant.get(number));
        let by_number = id.and_then(|id| listed.no_of.get(id)).copied();
        let n = match (row.who.no, &row.who.number) {
            (Some(no), _) if !listed.by_no.contains_key(&no) => Err(unknown),
            (Some(no), Some(_)) if by_number != Some(no) => {
                Err(("证件号码和编号不是同一个人", "请按发出的名单核对这一行"))
            }
            (Some(no), _) => Ok(no),
            (None, Some(_)) => by_number.ok_or(elsewhere),
            (None, None) => Err(("没有编号，也没有证件号码", "请补填编号或证件号码")),
        };
        match n {
            Ok(n) => by_no.entry(n).or_default().push(row),
            Err((says, fix)) => out.refused.push(refusal(row.line, &row.who, says, fix)),
        }
    }
    for (n, rows) in by_no {
        let Some(key) = listed.by_no.get(&n) else {
            continue;
        };
        let mut rows = rows.into_iter();
        let (first, rest): (Option<Row>, Vec<Row>) = (rows.next(), rows.collect());
        let Some(first) = first else { continue };
        let same = rest.iter().all(|row| row.says_as(&first));
        for row in rest.iter().chain((!same).then_some(&first)) {
            let (says, fix) = if same {
                ("同一个人重复出现", "内容相同，只登记第一行，不用再改")
            } else {
                (
                    "同一个人出现几次，内容不同",
                    "请核对后每人只留一行，再重新上传",
                )
            };
            out.refused.push(refusal(row.line, &row.who, says, fix));
        }
        if same {
            out.matches.push(Match {
                n,
                key: key.clone(),
                row: first,
            });
        }
    }
    who_they_are(app, upload, &mut out).await?;
    Ok(out)
}

/// Refuses rows whose person is out of scope, goes by another name, or is in the register no longer.
async fn who_they_are(app: &AppState, upload: &Upload, out: &mut Matched) -> StoreResult<()> {
    let mut kept = Vec::with_capacity(out.matches.len());
    let mut matches = std::mem::take(&mut out.matches);
    while !matches.is_empty() {
        let rest = matches.split_off(matches.len().min(CHUNK));
        let part = std::mem::replace(&mut matches, rest);
        let people = persons(app, &part).await?;
        for one in part {
            let says = match people.get(&one.key.id) {
                None => Some(("档案已不存在", "请在老年人名单里核对")),
                Some(person) if !upload.owner.scope.admits(&person.subject()) => {
                    Some(("不在您的管辖范围", "请由其户籍地或常住地的单位登记"))
                }
                Some(person)
                    if one.row.who.name.is_some()
                        && one.row.who.name.as_deref() != Some(person.name.as_str()) =>
                {
                    Some(("姓名和名单上的不一致", "请核对是不是同一个人"))
                }
                Some(_) => None,
            };
            match says {
                Some((says, fix)) => {
                    out.refused
                        .push(refusal(one.row.line, &one.row.who, says, fix));
                }
                None => kept.push(one),
            }
        }
    }
    out.matches = kept;
    Ok(())
}

/// The people of these rows by the id on the list, also where a file has given way to another.
async fn persons(app: &AppState, part: &[Match]) -> StoreResult<BTreeMap<String, Person>> {
    let keys: Vec<PersonKey> = part.iter().map(|one| one.key.clone()).collect();
    let mut out: BTreeMap<String, Person> = register::of_keys(&app.store, &keys)
        .await?
        .into_iter()
        .map(|person| (person.key.id.clone(), person))
        .collect();
    for key in keys {
        if out.contains_key(&key.id) {
            continue;
        }
        if let Some(id) = register::survivor_of(&app.store, &key.id).await?
            && let Some(person) = register::person(&app.store, &id).await?
        {
            out.insert(key.id, person);
        }
    }
    Ok(out)
}

/// A keyed digest of an answer about a number.
fn answer_digest(app: &AppState, answered: &Answered, day: Day) -> String {
    let mut text = format!("{}\n{}", answered.since.number(), day.number());
    for (fact, value) in &answered.sets {
        text.push_str(&format!("\n{}={}", fact.name(), value_text(value)));
    }
    text.push_str(&format!("\n{}", answered.says.as_deref().unwrap_or("")));
    app.store.keys().blind("exchange_proposal", &text)
}

async fn propose(
    app: &AppState,
    job: &Job,
    kind: &'static Kind,
    batch: &Batch,
    upload: &Upload,
    matched: Matched,
) -> StoreResult<()> {
    let mut counts = Counts {
        total: matched.total,
        missed: matched.missed,
        refused: matched.refused.len() as i64,
        ..Counts::default()
    };
    let (mut done, todo) = (0_i64, matched.matches.len() as i64);
    for part in matched.matches.chunks(CHUNK) {
        let people = persons(app, part).await?;
        let mut tx = app.store.begin(&upload.owner, None).await?;
        if !tx.hold_job(job, done, todo).await? {
            return tx.rollback().await;
        }
        let mut seen: Vec<&str> = Vec::new();
        for one in part {
            let (Some(person), Some(answered)) =
                (people.get(&one.key.id), one.row.answered.as_ref())
            else {
                continue;
            };
            seen.push(person.key.id.as_str());
            let said: Vec<Said> = answered
                .sets
                .iter()
                .filter(|(fact, value)| person.facts.get(*fact) != Some(value))
                .map(|(fact, value)| Said {
                    fact: *fact,
                    value: value.clone(),
                    present: person.facts.get(*fact).cloned(),
                })
                .collect();
            if said.is_empty() && kind.clue.is_none() {
                counts.alike += 1;
                continue;
            }
            let new = New {
                batch: &batch.id,
                n: one.n,
                upload: &upload.id,
                kind,
                person,
                said,
                since: answered.since,
                source_day: upload.day,
                digest: answer_digest(app, answered, upload.day),
            };
            let code = proposals::add(&mut tx, new).await?;
            if let (Some(code), Some(says)) = (code, &answered.says) {
                batch::say(&mut tx, &code, says).await?;
            }
        }
        done += part.len() as i64;
        tx.audit(
            Audit::new("matching.hits")
                .subject(&batch.id)
                .with("kind", kind.key.as_str())
                .with("count", part.len() as i64)
                .with("keys", serde_json::json!(seen)),
        );
        tx.commit().await?;
    }
    over(app, job, upload, matched.refused, counts, "matching.read").await
}

/// Keeps what was refused and says that the file is read. What was kept before a kill counts as new.
pub(crate) async fn over(
    app: &AppState,
    job: &Job,
    upload: &Upload,
    refused: Vec<Refused>,
    mut counts: Counts,
    action: &'static str,
) -> StoreResult<()> {
    let mut tx = app.store.begin(&upload.owner, None).await?;
    if !tx.hold_job(job, counts.total, counts.total).await? {
        return tx.rollback().await;
    }
    if action == "matching.read" {
        let made = proposals::made_by(&tx, &upload.id).await?;
        let decided = counts.total - counts.missed - counts.refused - counts.alike;
        counts.fresh = made.min(decided);
        counts.known = decided - counts.fresh;
    }
    uploads::refuse(&mut tx, app.store.keys(), &upload.id, &refused).await?;
    uploads::finish(&mut tx, &upload.id, State::Done, counts, None).await?;
    tx.audit(
        Audit::new(action)
            .subject(&upload.batch)
            .with("count", counts.fresh)
            .with("rows", counts.total),
    );
    tx.commit().await
}
