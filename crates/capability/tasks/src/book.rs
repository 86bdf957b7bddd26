//! All reading of `tasks_*`: items and parts within what somebody sees, reports, 督办单, timelines.

use crate::model::{
    Assignment, Event, Item, ItemKind, Letter, LetterState, Progress, Reply, State, Told,
};
use crate::seen::Seen;
use authz::Role;
use figures::Num;
use kernel::Day;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use store::{Reads, Row, Sql, StoreError, StoreResult, values};

fn bad(column: &str, what: impl ToString) -> StoreError {
    StoreError::BadColumn {
        column: column.to_owned(),
        what: what.to_string(),
    }
}

/// A JSON column.
fn json<T: DeserializeOwned>(row: &Row, column: &str) -> StoreResult<T> {
    serde_json::from_str(&row.text(column)?).map_err(|error| bad(column, error))
}

/// A value as it stands in a JSON column.
pub(crate) fn to_json<T: serde::Serialize>(value: &T) -> StoreResult<String> {
    serde_json::to_string(value).map_err(|error| StoreError::Other(error.to_string()))
}

/// Shares as they stand in their column.
pub(crate) fn shares_json(shares: &[Option<Num>]) -> StoreResult<String> {
    let texts: Vec<Option<String>> = shares
        .iter()
        .map(|share| share.map(|n| n.to_string()))
        .collect();
    to_json(&texts)
}

fn role(row: &Row, column: &str) -> StoreResult<Role> {
    let key = row.text(column)?;
    Role::from_key(&key).ok_or_else(|| bad(column, key))
}

fn year(row: &Row) -> StoreResult<i32> {
    let year = row.int("year")?;
    i32::try_from(year).map_err(|error| bad("year", error))
}

const ITEM: &str = "i.id, i.kind, i.year, i.slug, i.plan_row, i.no, i.title, i.says, i.source, i.departments, \
     i.lead_office, i.lead_role, i.domain, i.start_day, i.due, i.goals, i.taken_from, i.withdrawn, i.version, \
     i.created_at, i.created_name";

fn item_of(row: &Row) -> StoreResult<Item> {
    let kind = row.text("kind")?;
    Ok(Item {
        id: row.text("id")?,
        kind: ItemKind::from_key(&kind).ok_or_else(|| bad("kind", kind))?,
        year: year(row)?,
        slug: row.opt_text("slug")?,
        plan_row: row.opt_text("plan_row")?,
        no: row.text("no")?,
        title: row.text("title")?,
        says: row.text("says")?,
        source: row.text("source")?,
        departments: json(row, "departments")?,
        lead_office: row.text("lead_office")?,
        lead_role: role(row, "lead_role")?,
        domain: row.text("domain")?,
        start: row.day("start_day")?,
        due: row.day("due")?,
        goals: json(row, "goals")?,
        taken_from: row.opt_text("taken_from")?,
        withdrawn: row.flag("withdrawn")?,
        version: row.int("version")?,
        created: row.instant("created_at")?,
        created_name: row.text("created_name")?,
    })
}

/// Items somebody sees, by year, newest first, then as they stand in their list.
pub(crate) async fn items(reads: &impl Reads, seen: &Seen) -> StoreResult<Vec<Item>> {
    let mut sql = Sql::new(&format!("SELECT {ITEM} FROM tasks_item i WHERE "));
    sql.append(&seen.item_in("i.id"))
        .push(" ORDER BY i.year DESC, i.kind, i.id");
    let (text, values) = sql.parts();
    reads
        .all(&text, values)
        .await?
        .iter()
        .map(item_of)
        .collect()
}

/// One item, if it is seen.
pub(crate) async fn item(reads: &impl Reads, seen: &Seen, id: &str) -> StoreResult<Option<Item>> {
    let mut sql = Sql::new(&format!("SELECT {ITEM} FROM tasks_item i WHERE i.id = "));
    sql.bind(id).push(" AND ").append(&seen.item_in("i.id"));
    let (text, values) = sql.parts();
    let row = reads.one(&text, values).await?;
    row.as_ref().map(item_of).transpose()
}

/// Every item of a plan folder and year, also those the plan has dropped.
pub(crate) async fn of_plan(reads: &impl Reads, slug: &str, year: i32) -> StoreResult<Vec<Item>> {
    let sql =
        format!("SELECT {ITEM} FROM tasks_item i WHERE i.slug = $1 AND i.year = $2 ORDER BY i.id");
    let rows = reads.all(&sql, values![slug, i64::from(year)]).await?;
    rows.iter().map(item_of).collect()
}

const PART: &str = "a.id, a.item, a.executor, a.executor_name, a.account, a.person, a.post, a.due, a.shares, \
     a.first_month, a.withdrawn, a.version, a.created_at";

fn part_of(row: &Row) -> StoreResult<Assignment> {
    let texts: Vec<Option<String>> = json(row, "shares")?;
    let shares = texts.into_iter().map(|text| {
        text.map(|text| Num::parse(&text).ok_or_else(|| bad("shares", text)))
            .transpose()
    });
    Ok(Assignment {
        id: row.text("id")?,
        item: row.text("item")?,
        executor: row.text("executor")?,
        executor_name: row.text("executor_name")?,
        account: row.opt_text("account")?,
        person: row.text("person")?,
        post: row.text("post")?,
        due: row.day("due")?,
        shares: shares.collect::<StoreResult<_>>()?,
        first_month: row.day("first_month")?,
        withdrawn: row.flag("withdrawn")?,
        version: row.int("version")?,
        created: row.instant("created_at")?,
    })
}

/// Parts somebody sees, of one item or of all, those taken back left out.
pub(crate) async fn parts(
    reads: &impl Reads,
    seen: &Seen,
    item: Option<&str>,
) -> StoreResult<Vec<Assignment>> {
    let mut sql = Sql::new(&format!(
        "SELECT {PART} FROM tasks_assignment a WHERE a.withdrawn = "
    ));
    sql.bind(false)
        .push(" AND ")
        .append(&seen.executor_in("a.executor"));
    if let Some(item) = item {
        sql.push(" AND a.item = ").bind(item);
    }
    sql.push(" ORDER BY a.item, a.executor");
    let (text, values) = sql.parts();
    reads
        .all(&text, values)
        .await?
        .iter()
        .map(part_of)
        .collect()
}

/// Every part of an item, also those taken back: for whoever splits it.
pub(crate) async fn all_parts(reads: &impl Reads, item: &str) -> StoreResult<Vec<Assignment>> {
    let sql =
        format!("SELECT {PART} FROM tasks_assignment a WHERE a.item = $1 ORDER BY a.executor");
    let rows = reads.all(&sql, values![item]).await?;
    rows.iter().map(part_of).collect()
}

/// One part, if it is seen.
pub(crate) async fn part(
    reads: &impl Reads,
    seen: &Seen,
    id: &str,
) -> StoreResult<Option<Assignment>> {
    let mut sql = Sql::new(&format!(
        "SELECT {PART} FROM tasks_assignment a WHERE a.id = "
    ));
    sql.bind(id)
        .push(" AND ")
        .append(&seen.executor_in("a.executor"));
    let (text, values) = sql.parts();
    let row = reads.one(&text, values).await?;
    row.as_ref().map(part_of).transpose()
}

const REPORT: &str = "p.id, p.assignment, p.month, p.figures, p.says, p.finished, p.evidence, p.state, \
     p.submitted_at, p.submitted_by, p.submitted_name, p.late, p.judged_at, p.judged_name, p.reason, p.version";

fn report_of(row: &Row) -> StoreResult<Progress> {
    let state = row.text("state")?;
    let figures: Vec<Told> = json(row, "figures")?;
    Ok(Progress {
        id: row.text("id")?,
        assignment: row.text("assignment")?,
        month: row.day("month")?,
        figures,
        says: row.text("says")?,
        finished: row.flag("finished")?,
        evidence: row.opt_text("evidence")?,
        state: State::from_key(&state).ok_or_else(|| bad("state", state))?,
        submitted: row.opt_instant("submitted_at")?,
        submitted_by: row.opt_text("submitted_by")?,
        submitted_name: row.opt_text("submitted_name")?,
        late: row.flag("late")?,
        judged: row.opt_instant("judged_at")?,
        judged_name: row.opt_text("judged_name")?,
        reason: row.opt_text("reason")?,
        version: row.int("version")?,
    })
}

/// Reports by part, oldest month first, of all parts that are seen or of one item's.
pub(crate) async fn reports(
    reads: &impl Reads,
    seen: &Seen,
    item: Option<&str>,
) -> StoreResult<BTreeMap<String, Vec<Progress>>> {
    let mut sql = Sql::new(&format!(
        "SELECT {REPORT} FROM tasks_progress p JOIN tasks_assignment a ON a.id = p.assignment WHERE "
    ));
    sql.append(&seen.executor_in("a.executor"));
    if let Some(item) = item {
        sql.push(" AND a.item = ").bind(item);
    }
    sql.push(" ORDER BY p.assignment, p.month");
    let (text, values) = sql.parts();
    let mut out: BTreeMap<String, Vec<Progress>> = BTreeMap::new();
    for row in &reads.all(&text, values).await? {
        let report = report_of(row)?;
        out.entry(report.assignment.clone())
            .or_default()
            .push(report);
    }
    Ok(out)
}

/// The report of a part's month.
pub(crate) async fn report(
    reads: &impl Reads,
    assignment: &str,
    month: Day,
) -> StoreResult<Option<Progress>> {
    let sql =
        format!("SELECT {REPORT} FROM tasks_progress p WHERE p.assignment = $1 AND p.month = $2");
    let row = reads.one(&sql, values![assignment, month.number()]).await?;
    row.as_ref().map(report_of).transpose()
}

/// The report of this id.
pub(crate) async fn report_by_id(reads: &impl Reads, id: &str) -> StoreResult<Option<Progress>> {
    let sql = format!("SELECT {REPORT} FROM tasks_progress p WHERE p.id = $1");
    let row = reads.one(&sql, values![id]).await?;
    row.as_ref().map(report_of).transpose()
}

const LETTER: &str = "l.id, l.year, l.no, l.item, l.assignment, l.measure, l.executor, l.office, l.person, l.title, \
     l.facts, l.demand, l.days, l.due, l.state, l.issuer_role, l.issuer_office, l.issued_at, l.issued_name, \
     l.closed_at, l.version";

fn letter_of(row: &Row) -> StoreResult<Letter> {
    let state = row.text("state")?;
    Ok(Letter {
        id: row.text("id")?,
        year: year(row)?,
        no: row.int("no")?,
        item: row.opt_text("item")?,
        assignment: row.opt_text("assignment")?,
        measure: row.opt_text("measure")?,
        executor: row.text("executor")?,
        office: row.text("office")?,
        person: row.text("person")?,
        title: row.text("title")?,
        facts: json(row, "facts")?,
        demand: row.text("demand")?,
        days: row.int("days")?,
        due: row.day("due")?,
        state: LetterState::from_key(&state).ok_or_else(|| bad("state", state))?,
        issuer_role: role(row, "issuer_role")?,
        issuer_office: row.text("issuer_office")?,
        issued: row.instant("issued_at")?,
        issued_name: row.text("issued_name")?,
        closed: row.opt_instant("closed_at")?,
        version: row.int("version")?,
    })
}

/// 督办单 somebody sees, newest first; of one item or of all.
pub(crate) async fn letters(
    reads: &impl Reads,
    seen: &Seen,
    item: Option<&str>,
) -> StoreResult<Vec<Letter>> {
    let mut sql = Sql::new(&format!("SELECT {LETTER} FROM tasks_letter l WHERE "));
    sql.append(&seen.executor_in("l.executor"));
    if let Some(item) = item {
        sql.push(" AND l.item = ").bind(item);
    }
    sql.push(" ORDER BY l.year DESC, l.no DESC");
    let (text, values) = sql.parts();
    reads
        .all(&text, values)
        .await?
        .iter()
        .map(letter_of)
        .collect()
}

/// One 督办单, if it is seen.
pub(crate) async fn letter(
    reads: &impl Reads,
    seen: &Seen,
    id: &str,
) -> StoreResult<Option<Letter>> {
    let mut sql = Sql::new(&format!(
        "SELECT {LETTER} FROM tasks_letter l WHERE l.id = "
    ));
    sql.bind(id)
        .push(" AND ")
        .append(&seen.executor_in("l.executor"));
    let (text, values) = sql.parts();
    let row = reads.one(&text, values).await?;
    row.as_ref().map(letter_of).transpose()
}

/// Replies to a 督办单, oldest first.
pub(crate) async fn replies(reads: &impl Reads, letter: &str) -> StoreResult<Vec<Reply>> {
    let sql = "SELECT id, says, evidence, late, replied_at, replied_by, replied_name, verdict, reason, judged_at, \
         judged_name FROM tasks_reply WHERE letter = $1 ORDER BY replied_at, id";
    let one = |row: &Row| {
        Ok(Reply {
            id: row.text("id")?,
            says: row.text("says")?,
            evidence: row.opt_text("evidence")?,
            late: row.flag("late")?,
            replied: row.instant("replied_at")?,
            replied_by: row.text("replied_by")?,
            replied_name: row.text("replied_name")?,
            verdict: row.opt_text("verdict")?,
            reason: row.opt_text("reason")?,
            judged: row.opt_instant("judged_at")?,
            judged_name: row.opt_text("judged_name")?,
        })
    };
    reads
        .all(sql, values![letter])
        .await?
        .iter()
        .map(one)
        .collect()
}

/// The timeline of an item as far as it is seen, newest first.
pub(crate) async fn events(reads: &impl Reads, seen: &Seen, item: &str) -> StoreResult<Vec<Event>> {
    let mut sql = Sql::new(
        "SELECT e.at, e.actor_name, e.act, e.says, e.tone FROM tasks_event e WHERE e.item = ",
    );
    sql.bind(item)
        .push(" AND (e.executor = '' OR ")
        .append(&seen.executor_in("e.executor"));
    sql.push(") ORDER BY e.at DESC, e.id DESC LIMIT 200");
    let (text, values) = sql.parts();
    let one = |row: &Row| {
        Ok(Event {
            at: row.instant("at")?,
            actor_name: row.text("actor_name")?,
            act: row.text("act")?,
            says: row.text("says")?,
            tone: row.text("tone")?,
        })
    };
    reads.all(&text, values).await?.iter().map(one).collect()
}
