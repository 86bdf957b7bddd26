//! Reading: requests in scope, results, bodies, ties, objections, proposals.

use crate::model::{Assessor, Body, COLUMNS, OUTCOME, Outcome, Request, State};
use crate::terms::terms;
use crate::whose;
use authz::{Actor, Role};
use kernel::{Day, Instant};
use people::api::PersonKey;
use store::{Reads, Row, Sql, StoreResult, scope_condition, values};

/// Which requests an actor sees, as a condition on `q`: assessors their own, bodies what was dispatched to them, others
/// people of their scope.
pub(crate) fn scoped(actor: &Actor) -> Sql {
    let me = actor.id.as_str();
    match actor.role {
        Role::Assessor => {
            let mut sql = Sql::new("(q.assessor1 = ");
            sql.bind(me).push(" OR q.assessor2 = ").bind(me).push(")");
            sql
        }
        Role::AssessmentBody => {
            let mut sql =
                Sql::new("q.body IN (SELECT b.body FROM assessment_agency b WHERE b.account = ");
            sql.bind(me).push(")");
            sql
        }
        _ => scope_condition(&actor.scope, "q"),
    }
}

/// The same by the scales of the actor's department.
pub(crate) fn seen(actor: &Actor) -> Sql {
    let mut sql = scoped(actor);
    let own: Vec<&str> = whose::schemes(actor.role)
        .map(|scheme| scheme.id.as_str())
        .collect();
    if own.len() < assess::all().len() {
        sql.push(" AND q.scheme IN (''");
        for scheme in own {
            sql.push(", ").bind(scheme);
        }
        sql.push(")");
    }
    sql
}

/// A part of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tab {
    /// Requests in a state.
    In(State),
    /// Results that end soon or have ended, with nothing newer asked for.
    Due(Day),
    /// Results with an objection that waits for an answer.
    Objected,
    /// Everything.
    All,
}

fn which(actor: &Actor, tab: Tab) -> Sql {
    let mut sql = Sql::new(
        " FROM assessment_request q LEFT JOIN assessment_result r ON r.request = q.request WHERE ",
    );
    sql.append(&seen(actor));
    match tab {
        Tab::In(state) => {
            sql.push(" AND q.state = ").bind(state.key());
        }
        Tab::Due(day) => {
            sql.push(" AND q.state = 'done' AND q.kind <> 'recheck' AND r.valid_until <= ")
                .bind(day.plus_days(terms().remind_days).number())
                .push(
                    " AND NOT EXISTS (SELECT 1 FROM assessment_request n WHERE n.shard = q.shard AND n.id = q.id \
                     AND n.scheme = q.scheme AND n.asked_at > q.asked_at AND n.state <> 'withdrawn' AND n.kind <> 'recheck')",
                );
        }
        Tab::Objected => {
            sql.push(
                " AND q.request IN (SELECT o.request FROM assessment_objection o WHERE o.state = 'open')",
            );
        }
        Tab::All => {}
    }
    sql
}

/// A request of a list with its result, where there is one.
#[derive(Debug, Clone)]
pub(crate) struct Listed {
    pub(crate) request: Request,
    pub(crate) level: Option<usize>,
    pub(crate) valid_until: Option<Day>,
}

fn listed(row: &Row) -> StoreResult<Listed> {
    Ok(Listed {
        request: Request::of_row(row)?,
        level: row
            .opt_int("level")?
            .and_then(|level| usize::try_from(level).ok()),
        valid_until: row.opt_day("valid_until")?,
    })
}

/// How many a tab has.
pub(crate) async fn count(reads: &impl Reads, actor: &Actor, tab: Tab) -> StoreResult<i64> {
    let mut sql = Sql::new("SELECT count(*) AS n");
    sql.append(&which(actor, tab));
    let (text, values) = sql.parts();
    let row = reads.one(&text, values).await?;
    row.map_or(Ok(0), |row| row.int("n"))
}

/// A page of a tab: what is due first stands first.
pub(crate) async fn list(
    reads: &impl Reads,
    actor: &Actor,
    tab: Tab,
    skip: i64,
    most: i64,
) -> StoreResult<Vec<Listed>> {
    let mut sql = Sql::new(&format!("SELECT {COLUMNS}, r.level, r.valid_until"));
    sql.append(&which(actor, tab));
    sql.push(match tab {
        Tab::Due(_) => " ORDER BY r.valid_until, q.request",
        Tab::All | Tab::In(State::Done) => " ORDER BY q.asked_at DESC, q.request",
        Tab::In(_) | Tab::Objected => " ORDER BY q.due_day, q.request",
    });
    sql.push(" LIMIT ").bind(most).push(" OFFSET ").bind(skip);
    let (text, values) = sql.parts();
    let rows = reads.all(&text, values).await?;
    rows.iter().map(listed).collect()
}

/// A request, whoever may see it.
pub(crate) async fn find(reads: &impl Reads, request: &str) -> StoreResult<Option<Request>> {
    let sql = format!("SELECT {COLUMNS} FROM assessment_request q WHERE q.request = $1");
    let row = reads.one(&sql, values![request]).await?;
    row.as_ref().map(Request::of_row).transpose()
}

/// A request that this actor sees.
pub(crate) async fn find_seen(
    reads: &impl Reads,
    actor: &Actor,
    request: &str,
) -> StoreResult<Option<Request>> {
    let mut sql = Sql::new(&format!(
        "SELECT {COLUMNS} FROM assessment_request q WHERE q.request = "
    ));
    sql.bind(request).push(" AND ").append(&seen(actor));
    let (text, values) = sql.parts();
    let row = reads.one(&text, values).await?;
    row.as_ref().map(Request::of_row).transpose()
}

/// All requests of a person, newest first.
pub(crate) async fn of_person(reads: &impl Reads, key: &PersonKey) -> StoreResult<Vec<Listed>> {
    let sql = format!(
        "SELECT {COLUMNS}, r.level, r.valid_until FROM assessment_request q \
         LEFT JOIN assessment_result r ON r.request = q.request \
         WHERE q.shard = $1 AND q.id = $2 ORDER BY q.asked_at DESC, q.request"
    );
    let rows = reads
        .all(&sql, values![key.shard.as_str(), key.id.as_str()])
        .await?;
    rows.iter().map(listed).collect()
}

/// The newest confirmed result of a scale that is still valid on a day, whoever assessed.
pub(crate) async fn valid(
    reads: &impl Reads,
    key: &PersonKey,
    scheme: &str,
    day: Day,
) -> StoreResult<Option<Listed>> {
    let all = of_person(reads, key).await?;
    Ok(all.into_iter().find(|one| {
        one.request.scheme.id == scheme
            && one.request.state == State::Done
            && one.request.kind != "recheck"
            && one.valid_until.is_some_and(|until| until > day)
    }))
}

/// The result of a request.
pub(crate) async fn outcome(reads: &impl Reads, request: &str) -> StoreResult<Option<Outcome>> {
    let sql = format!("SELECT {OUTCOME} FROM assessment_result r WHERE r.request = $1");
    let row = reads.one(&sql, values![request]).await?;
    row.as_ref().map(Outcome::of_row).transpose()
}

/// What was said with a request.
pub(crate) async fn says(reads: &impl Reads, request: &str) -> StoreResult<Option<String>> {
    let sql = "SELECT says FROM assessment_words WHERE request = $1";
    match reads.one(sql, values![request]).await? {
        Some(row) => row.opt_text("says"),
        None => Ok(None),
    }
}

/// What is filled in so far.
pub(crate) async fn draft(reads: &impl Reads, request: &str) -> StoreResult<Option<String>> {
    let sql = "SELECT answers FROM assessment_draft WHERE request = $1";
    let row = reads.one(sql, values![request]).await?;
    row.map(|row| row.text("answers")).transpose()
}

/// One sending of answers.
#[derive(Debug, Clone)]
#[expect(clippy::struct_field_names, reason = "when and by whom it was sent")]
pub(crate) struct Sent {
    pub(crate) content: Option<String>,
    pub(crate) seq: i64,
    pub(crate) sent_at: Instant,
    pub(crate) sent_by: String,
}

/// All sendings of a request, oldest first.
pub(crate) async fn sent(reads: &impl Reads, request: &str) -> StoreResult<Vec<Sent>> {
    let sql = "SELECT content, seq, sent_at, sent_by FROM assessment_answers WHERE request = $1 ORDER BY seq";
    let rows = reads.all(sql, values![request]).await?;
    rows.iter()
        .map(|row| {
            Ok(Sent {
                content: row.opt_text("content")?,
                seq: row.int("seq")?,
                sent_at: row.instant("sent_at")?,
                sent_by: row.text("sent_by")?,
            })
        })
        .collect()
}

/// The request that answers with this key belong to.
pub(crate) async fn sent_with(reads: &impl Reads, key: &str) -> StoreResult<Option<String>> {
    let sql = "SELECT request FROM assessment_answers WHERE sent_key = $1";
    let row = reads.one(sql, values![key]).await?;
    row.map(|row| row.text("request")).transpose()
}

fn body_of(row: &Row) -> StoreResult<Body> {
    let area = row.text("area")?;
    Ok(Body {
        body: row.text("body")?,
        name: row.text("name")?,
        area: area.parse().map_err(|_bad: kernel::area_code::NotAnArea| {
            crate::model::bad("assessment_agency.area", &area)
        })?,
        contract: row.text("contract")?,
        from: row.day("from_day")?,
        until: row.day("until_day")?,
        fee_fen: row.int("fee_fen")?,
    })
}

/// Every body, by name.
pub(crate) async fn bodies(reads: &impl Reads) -> StoreResult<Vec<Body>> {
    let sql = "SELECT body, name, area, contract, from_day, until_day, fee_fen FROM assessment_agency ORDER BY name, body";
    let rows = reads.all(sql, vec![]).await?;
    rows.iter().map(body_of).collect()
}

/// Every assessor, by body and name.
pub(crate) async fn assessors(reads: &impl Reads) -> StoreResult<Vec<Assessor>> {
    let sql = "SELECT assessor, body, name, certificate, certificate_until, medical, ended_day \
               FROM assessment_assessor ORDER BY body, name, assessor";
    let rows = reads.all(sql, vec![]).await?;
    rows.iter()
        .map(|row| {
            Ok(Assessor {
                assessor: row.text("assessor")?,
                body: row.text("body")?,
                name: row.text("name")?,
                certificate: row.text("certificate")?,
                certificate_until: row.day("certificate_until")?,
                medical: row.int("medical")? == 1,
                ended: row.opt_day("ended_day")?,
            })
        })
        .collect()
}

/// Assessors with a tie to a person.
pub(crate) async fn tied(reads: &impl Reads, person: &str) -> StoreResult<Vec<String>> {
    let sql = "SELECT assessor FROM assessment_tie WHERE id = $1 ORDER BY assessor";
    let rows = reads.all(sql, values![person]).await?;
    rows.iter().map(|row| row.text("assessor")).collect()
}

/// An objection.
#[derive(Debug, Clone)]
pub(crate) struct Objection {
    pub(crate) says: Option<String>,
    pub(crate) answer: Option<String>,
    pub(crate) state: String,
    pub(crate) made_at: Instant,
    pub(crate) made_by: String,
}

/// Objections to a result, oldest first.
pub(crate) async fn objections(reads: &impl Reads, request: &str) -> StoreResult<Vec<Objection>> {
    let sql = "SELECT says, answer, state, made_at, made_by FROM assessment_objection WHERE request = $1 ORDER BY made_at";
    let rows = reads.all(sql, values![request]).await?;
    rows.iter()
        .map(|row| {
            Ok(Objection {
                says: row.opt_text("says")?,
                answer: row.opt_text("answer")?,
                state: row.text("state")?,
                made_at: row.instant("made_at")?,
                made_by: row.text("made_by")?,
            })
        })
        .collect()
}

/// What a result proposes: fact and state.
pub(crate) async fn proposals(
    reads: &impl Reads,
    request: &str,
) -> StoreResult<Vec<(String, String)>> {
    let sql = "SELECT fact, state FROM assessment_proposal WHERE request = $1 ORDER BY fact";
    let rows = reads.all(sql, values![request]).await?;
    rows.iter()
        .map(|row| Ok((row.text("fact")?, row.text("state")?)))
        .collect()
}
