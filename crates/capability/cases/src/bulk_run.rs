//! The job of a bulk decision: it goes on where it was. Each piece is one transaction that writes decisions, reasons,
//! events, audit rows and grants of some hundred cases set-wise, and marks them as done.

use crate::acts::{self, Books};
use crate::bulk::{Bulk, find};
use crate::machine::{Act, Standing, State};
use crate::procedures::{Kind, Procedures};
use crate::store::{self as rows, Answers, Case};
use crate::{book, events, ties};
use area::api::AreaBook;
use authz::{Actor, Scope};
use entitle::api::Finding;
use host::{AppState, PersonKey};
use kernel::Day;
use message::api::Said;
use pay::api::{Decided, NewGrant};
use people::api::Person;
use plan::api::PlanBook;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use store::jobs::{Job, JobError};
use store::{Audit, Reads, Store, StoreResult, Tx, values};

/// Cases in one transaction: it lasts some tens of milliseconds, so that pages wait for nobody.
const AT_ONCE: i64 = 80;

/// Runs the bulk decision of a job; begun again it goes on where it was.
pub async fn run(app: AppState, job: Job) -> Result<(), JobError> {
    let failed = |error: store::StoreError| {
        if error.is_retryable() {
            JobError::Retry(error.to_string())
        } else {
            JobError::Fail(error.to_string())
        }
    };
    let (bulk, who): (String, Actor) =
        serde_json::from_str(&job.payload).map_err(|error| JobError::Fail(error.to_string()))?;
    let plans = app.part::<PlanBook>().map_err(failed)?;
    let areas = app.part::<AreaBook>().map_err(failed)?;
    let store = app.store.clone();
    loop {
        let more = piece(&store, &plans, &areas, &who, &bulk)
            .await
            .map_err(failed)?;
        let Some((done, total)) = more else {
            return Ok(());
        };
        store
            .job_progress(&job, done, total)
            .await
            .map_err(failed)?;
    }
}

/// Decides the next piece; how far it is, or nothing when all is done.
pub async fn piece(
    store: &Store,
    plans: &PlanBook,
    areas: &AreaBook,
    who: &Actor,
    bulk: &str,
) -> StoreResult<Option<(i64, i64)>> {
    let mut tx = store.begin(who, None).await?;
    let Some(bulk) = find(&tx, bulk).await?.filter(|one| one.state == "running") else {
        tx.rollback().await?;
        return Ok(None);
    };
    let sql =
        "SELECT item FROM cases_bulk_item WHERE bulk = $1 AND result = '' ORDER BY item LIMIT $2";
    let rows = tx.all(sql, values![bulk.bulk.as_str(), AT_ONCE]).await?;
    let items: Vec<String> = rows
        .iter()
        .map(|row| row.text("item"))
        .collect::<StoreResult<_>>()?;
    if items.is_empty() {
        tx.run(
            "UPDATE cases_bulk SET state = 'done' WHERE bulk = $1",
            values![bulk.bulk.as_str()],
        )
        .await?;
        tx.audit(Audit::new("case.bulk_done").subject(&bulk.bulk));
        tx.commit().await?;
        return Ok(None);
    }
    let mut piece = Piece {
        plans,
        areas,
        bulk: &bulk,
        ties: ties::all_of(&tx, &who.id).await?,
        results: items
            .iter()
            .map(|item| (item.clone(), "已经不在名单里".to_owned()))
            .collect(),
    };
    if bulk.act == "free" {
        piece.free(&mut tx, &items).await?;
    } else {
        piece.cases(&mut tx, &items).await?;
    }
    let (done, failed) = mark(&mut tx, &bulk, piece.results).await?;
    tx.commit().await?;
    Ok(Some((bulk.done + bulk.failed + done + failed, bulk.total)))
}

/// Writes what became of each item.
async fn mark(
    tx: &mut Tx,
    bulk: &Bulk,
    results: BTreeMap<String, String>,
) -> StoreResult<(i64, i64)> {
    let mut by_result: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (item, result) in results {
        by_result.entry(result).or_default().push(item);
    }
    let (mut done, mut failed) = (0, 0);
    for (result, items) in by_result {
        if result == "done" {
            done += items.len() as i64;
        } else {
            failed += items.len() as i64;
        }
        let mut sql = store::Sql::new("UPDATE cases_bulk_item SET result = ");
        sql.bind(result).push(" WHERE bulk = ");
        sql.bind(bulk.bulk.as_str()).push(" AND item IN (''");
        for item in items {
            sql.push(", ").bind(item);
        }
        sql.push(")");
        let (text, values) = sql.parts();
        tx.run(&text, values).await?;
    }
    tx.run(
        "UPDATE cases_bulk SET done = done + $1, failed = failed + $2 WHERE bulk = $3",
        values![done, failed, bulk.bulk.as_str()],
    )
    .await?;
    tx.audit(
        Audit::new("case.bulk_piece")
            .subject(&bulk.bulk)
            .with("done", done)
            .with("failed", failed),
    );
    Ok((done, failed))
}

struct Piece<'a> {
    plans: &'a PlanBook,
    areas: &'a AreaBook,
    bulk: &'a Bulk,
    ties: BTreeSet<String>,
    results: BTreeMap<String, String>,
}

/// A case that is going to be written, with the item it stands for.
struct Ready {
    item: String,
    case: Case,
    grant: Option<NewGrant>,
    /// What the person is told.
    told: Option<Said>,
}

impl Piece<'_> {
    fn says(&mut self, item: &str, result: impl Into<String>) {
        self.results.insert(item.to_owned(), result.into());
    }

    /// Decides cases that were checked.
    async fn cases(&mut self, tx: &mut Tx, codes: &[String]) -> StoreResult<()> {
        let cases = rows::of_codes_locked(tx, codes).await?;
        let people = people_of(tx, cases.iter().map(|case| case.key.clone()).collect()).await?;
        let mut known: BTreeMap<i64, book::Loaded> = BTreeMap::new();
        for case in &cases {
            if let Entry::Vacant(place) = known.entry(case.procedures) {
                place.insert(book::of(&*tx, case.procedures).await?);
            }
        }
        let (actor, today, at) = (tx.actor().clone(), tx.at().day(), tx.at());
        let act = if self.bulk.act == "approve" {
            Act::Approve
        } else {
            Act::Refuse
        };
        let mut ready = Vec::new();
        for case in cases {
            let item = case.code.clone();
            let procedure = known
                .get(&case.procedures)
                .and_then(|loaded| loaded.procedures.of(&case.programme));
            let (Some(procedure), Some(person)) = (procedure, people.get(&case.key.id)) else {
                continue;
            };
            let books = Books {
                plans: self.plans,
                areas: self.areas,
                procedure,
            };
            if let Some(why) = self.stops(&actor, &case) {
                self.says(&item, why);
                continue;
            }
            if !acts::may(books, &actor, &case, act, today) {
                self.says(&item, "不在待决定环节，或者不由您决定");
                continue;
            }
            let Ok(standing) = case.standing.after(procedure, act, today) else {
                self.says(&item, "现在不能决定");
                continue;
            };
            let mut after = Case {
                standing,
                decided_by: Some(actor.id.clone()),
                holder: Some(actor.id.clone()),
                ..case
            };
            let mut grant = None;
            if act == Act::Approve {
                match acts::new_grant(books, &after, person, None, today, at) {
                    Ok(new) => {
                        after.from = Some(new.from);
                        after.fen = Some(new.fen);
                        after.reasons = Some(new.reasons.clone());
                        grant = Some(new);
                    }
                    Err(why) => {
                        self.says(&item, why);
                        continue;
                    }
                }
            } else {
                let clause = serde_json::json!({ "clause": procedure.clause });
                after.reasons = Some(clause.to_string());
            }
            ready.push(Ready {
                told: acts::told(books, &after, person, act, today),
                item,
                case: after,
                grant,
            });
        }
        self.write(tx, act.key(), ready).await
    }

    fn stops(&self, actor: &Actor, case: &Case) -> Option<&'static str> {
        if self.ties.contains(&case.key.id) {
            Some("您备案了近亲属关系，请由其他同事决定")
        } else if case.checked_by.as_deref() == Some(actor.id.as_str()) || case.filed_by == actor.id
        {
            Some("代办、审核和决定不能是同一人")
        } else {
            None
        }
    }

    /// Grants to whom the list owes a programme that nobody need apply for.
    async fn free(&mut self, tx: &mut Tx, ids: &[String]) -> StoreResult<()> {
        let found = entitle::api::work::of_ids(&*tx, &Scope::Everywhere, ids).await?;
        let people = people_of(tx, found.iter().map(|one| one.key.clone()).collect()).await?;
        let running = running(tx, &self.bulk.programme, &found).await?;
        let loaded = book::in_force(&*tx).await?;
        let (actor, today, at) = (tx.actor().clone(), tx.at().day(), tx.at());
        let Some((no, procedures)) = loaded.map(|loaded| (loaded.no, loaded.procedures)) else {
            return Ok(());
        };
        let Some(procedure) = procedures
            .of(&self.bulk.programme)
            .filter(|procedure| procedure.free)
        else {
            return Ok(());
        };
        let books = Books {
            plans: self.plans,
            areas: self.areas,
            procedure,
        };
        let mut ready = Vec::new();
        for finding in found {
            let item = finding.finding.clone();
            if finding.programme != self.bulk.programme || finding.kind != "owed" {
                continue;
            }
            if running.contains(&finding.key.id) {
                self.says(&item, "已有申请在办，按申请决定");
                continue;
            }
            if self.ties.contains(&finding.key.id) {
                self.says(&item, "您备案了近亲属关系，请由其他同事决定");
                continue;
            }
            let person = people.get(&finding.key.id);
            let Some(person) = person else { continue };
            let Some(mut case) = self.made(tx, &procedures, no, person, today) else {
                self.says(&item, "户籍地不由本单位发放");
                continue;
            };
            let from = self.bulk.since.then_some(finding.since);
            match acts::new_grant(books, &case, person, from, today, at) {
                Ok(new) => {
                    case.from = Some(new.from);
                    case.fen = Some(new.fen);
                    case.reasons = Some(new.reasons.clone());
                    case.decided_by = Some(actor.id.clone());
                    ready.push(Ready {
                        told: acts::told(books, &case, person, Act::Approve, today),
                        item,
                        case,
                        grant: Some(new),
                    });
                }
                Err(why) => self.says(&item, why),
            }
        }
        self.write(tx, "free", ready).await
    }

    /// The case of somebody who never applied: decided on the day it begins.
    fn made(
        &self,
        tx: &Tx,
        procedures: &Procedures,
        no: i64,
        person: &Person,
        today: Day,
    ) -> Option<Case> {
        let subject = person.subject();
        let hukou = subject.hukou?;
        let office = self.areas.executor_of(&hukou)?;
        if office.key != self.bulk.office {
            return None;
        }
        let procedure = procedures.of(&self.bulk.programme)?;
        let done = procedure
            .steps
            .iter()
            .filter(|one| one.kind != Kind::Decide);
        Some(Case {
            code: tx.store().new_id(),
            key: person.key.clone(),
            hukou: subject.hukou,
            residence: subject.residence,
            programme: self.bulk.programme.clone(),
            procedures: no,
            office: office.key.clone(),
            handled: hukou,
            applicant: "free".to_owned(),
            filed_by: self.bulk.made_by.clone(),
            holder: None,
            checked_by: Some(self.bulk.made_by.clone()),
            decided_by: None,
            standing: Standing {
                state: State::Approved,
                stage: procedure.stages().len().saturating_sub(1),
                passed: done.map(|step| step.id.clone()).collect(),
                decided: Some(today),
                ..Standing::draft()
            },
            submitted: Some(today),
            from: None,
            fen: None,
            grant: None,
            reasons: None,
            answers: Answers::default(),
            version: 1,
        })
    }

    /// Writes grants, cases, events, words and audit rows of a piece.
    async fn write(&mut self, tx: &mut Tx, act: &str, ready: Vec<Ready>) -> StoreResult<()> {
        let actor = tx.actor().clone();
        let mut by_programme: BTreeMap<String, Vec<Decided>> = BTreeMap::new();
        for one in &ready {
            if let Some(new) = &one.grant {
                by_programme
                    .entry(one.case.programme.clone())
                    .or_default()
                    .push(Decided {
                        new: new.clone(),
                        proposed_by: one
                            .case
                            .checked_by
                            .clone()
                            .unwrap_or_else(|| one.case.filed_by.clone()),
                    });
            }
        }
        let mut granted: BTreeMap<(String, String), i64> = BTreeMap::new();
        for (programme, rows) in by_programme {
            for (id, no) in pay::api::grant_decided(tx, &actor, &programme, rows).await? {
                granted.insert((programme.clone(), id), no);
            }
        }
        let at = tx.at().micros();
        let (mut cases, mut log, mut words) = (Vec::new(), Vec::new(), Vec::new());
        let mut said = Vec::new();
        for one in ready {
            let mut case = one.case;
            if one.grant.is_some() {
                let no = granted.get(&(case.programme.clone(), case.key.id.clone()));
                let Some(no) = no else {
                    self.says(&one.item, "这项待遇已经在发放或正在确认");
                    continue;
                };
                case.grant = Some(*no);
            }
            let clause = case.reasons.as_deref().map(acts::clause_of);
            let seq = case.version;
            case.version += 1;
            log.push(values![
                case.code.as_str(),
                seq,
                act,
                None::<String>,
                clause,
                actor.id.as_str(),
                actor.role.key(),
                at
            ]);
            if !self.bulk.reason.is_empty() {
                words.push(values![case.code.as_str(), seq, self.bulk.reason.as_str()]);
            }
            tx.audit(
                Audit::new("case.act")
                    .person(&case.key.shard, &case.key.id)
                    .with("case", case.code.as_str())
                    .with("act", act)
                    .with("bulk", self.bulk.bulk.as_str()),
            );
            cases.push(rows::row_of(&case, at));
            said.extend(one.told);
            self.says(&one.item, "done");
        }
        let ending = " ON CONFLICT (code) DO UPDATE SET holder = excluded.holder, decided_by = excluded.decided_by, \
             state = excluded.state, stage = excluded.stage, passed = excluded.passed, due = excluded.due, \
             days_left = excluded.days_left, until_day = excluded.until_day, objections = excluded.objections, \
             decided = excluded.decided, from_day = excluded.from_day, fen = excluded.fen, grant_no = excluded.grant_no, \
             reasons = excluded.reasons, version = excluded.version, changed_at = excluded.changed_at";
        tx.insert_many_ending("cases_case", &rows::INSERT, cases, ending)
            .await?;
        tx.insert_many("cases_event", &events::COLUMNS, log).await?;
        tx.insert_many("cases_words", &["code", "seq", "says"], words)
            .await?;
        message::api::say(tx, said).await
    }
}

async fn people_of(tx: &Tx, keys: Vec<PersonKey>) -> StoreResult<BTreeMap<String, Person>> {
    let people = people::api::of_keys(tx, &keys).await?;
    Ok(people
        .into_iter()
        .map(|person| (person.key.id.clone(), person))
        .collect())
}

/// Of the people of these findings, who has an open application.
async fn running(tx: &Tx, programme: &str, found: &[Finding]) -> StoreResult<BTreeSet<String>> {
    let mut sql = store::Sql::new(
        "SELECT c.id FROM cases_case c WHERE c.state IN ('draft', 'submitted', 'supplement', 'checking', 'publicity', \
         'deciding', 'appealing') AND c.programme = ",
    );
    sql.bind(programme).push(" AND c.id IN (''");
    for one in found {
        sql.push(", ").bind(one.key.id.as_str());
    }
    sql.push(")");
    let (text, values) = sql.parts();
    let rows = tx.all(&text, values).await?;
    rows.iter().map(|row| row.text("id")).collect()
}
