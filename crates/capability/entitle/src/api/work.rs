//! What desks ask: open findings by the day they were found, counted by the areas below, and the oldest people
//! whose open answers only a visit can settle. Every question takes the asker's scope (invariant 10).

use super::Finding;
use crate::columns;
use crate::standing::facts_of;
use crate::store::findings::{Followed, READ, finding_of};
use authz::Scope;
use host::App;
use kernel::area_code::Level;
use kernel::{AreaCode, Day};
use people::api::{Basis, Look};
use rules::FactId;
use rules::facts::SettledBy;
use std::collections::BTreeMap;
use store::{Reads, Sql, StoreResult, scope_condition};
use ui::Total;

/// Open findings of one kind, by 户籍 (money follows it).
#[derive(Debug, Clone)]
pub struct Open {
    /// `owed` or `undue`.
    pub kind: &'static str,
    /// Only in these areas; empty for no restriction beyond the scope.
    pub areas: Vec<AreaCode>,
    /// First found on this day or later.
    pub found_from: Option<Day>,
    /// First found on this day or earlier.
    pub found_until: Option<Day>,
    /// The day it is asked: what is settled and quiet that day is left out.
    pub today: Day,
}

/// The days that part the findings of a kind.
#[derive(Debug, Clone, Copy)]
pub struct Marks {
    /// Found by this day: the deadline has passed.
    pub late_until: Day,
    /// Found by this day, and not late: the deadline is today.
    pub today_until: Day,
    /// Found from this day: new.
    pub new_from: Day,
}

/// Open findings counted by [`Marks`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// All.
    pub all: i64,
    /// Past their deadline.
    pub late: i64,
    /// Due today.
    pub today: i64,
    /// New.
    pub new: i64,
}

impl Count {
    /// Both together.
    pub const fn and(self, other: Self) -> Self {
        Self {
            all: self.all + other.all,
            late: self.late + other.late,
            today: self.today + other.today,
            new: self.new + other.new,
        }
    }
}

fn conditions(scope: &Scope, open: &Open) -> Sql {
    let mut sql = Sql::new(" WHERE f.closed_on IS NULL AND f.kind = ");
    sql.bind(open.kind)
        .push(" AND ")
        .append(&scope_condition(scope, "f"));
    sql.append(&crate::store::in_areas("f.hukou_area", &open.areas));
    if let Some(day) = open.found_from {
        sql.push(" AND f.first_found >= ").bind(day.number());
    }
    if let Some(day) = open.found_until {
        sql.push(" AND f.first_found <= ").bind(day.number());
    }
    sql.append(&Followed::Working(open.today).condition());
    sql
}

/// How many there are.
pub async fn count(reads: &impl Reads, scope: &Scope, open: &Open) -> StoreResult<i64> {
    let mut sql = Sql::new("SELECT CAST(count(*) AS BIGINT) AS n FROM entitle_finding f");
    sql.append(&conditions(scope, open));
    let (text, values) = sql.parts();
    reads.number(&text, values).await
}

/// One page, the one found first at the top.
pub async fn page(
    reads: &impl Reads,
    scope: &Scope,
    open: &Open,
    skip: i64,
    most: i64,
) -> StoreResult<Vec<Finding>> {
    let mut sql = Sql::new(READ);
    sql.append(&conditions(scope, open))
        .push(" ORDER BY f.first_found, f.since, f.finding LIMIT ")
        .bind(most);
    sql.push(" OFFSET ").bind(skip);
    let (text, values) = sql.parts();
    findings(reads, &text, values).await
}

/// The open findings of these ids within a scope, in the order they were found.
pub async fn of_ids(
    reads: &impl Reads,
    scope: &Scope,
    ids: &[String],
) -> StoreResult<Vec<Finding>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new(READ);
    sql.push(" WHERE f.closed_on IS NULL AND ")
        .append(&scope_condition(scope, "f"));
    sql.push(" AND f.finding IN (");
    for (place, id) in ids.iter().enumerate() {
        sql.push(if place == 0 { "" } else { ", " })
            .bind(id.as_str());
    }
    sql.push(") ORDER BY f.first_found, f.since, f.finding");
    let (text, values) = sql.parts();
    findings(reads, &text, values).await
}

/// Counts of one kind in the parts of `level` that lie in some areas; the areas' own counts are their sum.
pub async fn count_by(
    reads: &impl Reads,
    scope: &Scope,
    open: &Open,
    marks: Marks,
    level: Level,
) -> StoreResult<BTreeMap<AreaCode, Count>> {
    let digits = match level {
        Level::Village => 12,
        Level::Town => 9,
        Level::County => 6,
        Level::City | Level::Province => 4,
    };
    let mut sql = Sql::new(&format!(
        "SELECT substr(f.hukou_area, 1, {digits}) AS part, CAST(count(*) AS BIGINT) AS n, "
    ));
    sql.push("CAST(sum(CASE WHEN f.first_found <= ")
        .bind(marks.late_until.number());
    sql.push(" THEN 1 ELSE 0 END) AS BIGINT) AS late, CAST(sum(CASE WHEN f.first_found > ")
        .bind(marks.late_until.number());
    sql.push(" AND f.first_found <= ")
        .bind(marks.today_until.number());
    sql.push(" THEN 1 ELSE 0 END) AS BIGINT) AS today, CAST(sum(CASE WHEN f.first_found >= ")
        .bind(marks.new_from.number());
    sql.push(" THEN 1 ELSE 0 END) AS BIGINT) AS fresh FROM entitle_finding f")
        .append(&conditions(scope, open));
    sql.push(&format!(
        " AND f.hukou_area IS NOT NULL GROUP BY substr(f.hukou_area, 1, {digits})"
    ));
    let (text, values) = sql.parts();
    let mut out = BTreeMap::new();
    for row in reads.all(&text, values).await? {
        let Some(code) = row.opt_area("part")? else {
            continue;
        };
        out.insert(
            code,
            Count {
                all: row.int("n")?,
                late: row.int("late")?,
                today: row.int("today")?,
                new: row.int("fresh")?,
            },
        );
    }
    Ok(out)
}

async fn findings(
    reads: &impl Reads,
    text: &str,
    values: Vec<store::Value>,
) -> StoreResult<Vec<Finding>> {
    let rows = reads.all(text, values).await?;
    rows.iter().map(finding_of).collect()
}

/// People with an open answer that only a visit can settle.
#[derive(Debug, Clone)]
pub struct ToVisit {
    /// Where they live; empty for no restriction beyond the scope.
    pub areas: Vec<AreaCode>,
    /// Born on this day or earlier.
    pub born_until: Day,
}

/// One of them: person id, and what is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsettled {
    /// Person id.
    pub id: String,
    /// The facts a visit would settle, in dictionary order.
    pub missing: Vec<FactId>,
}

/// Facts that somebody must go and see.
fn seen_on_a_visit() -> u128 {
    FactId::all()
        .filter(|fact| fact.def().settled_by == SettledBy::Visit)
        .fold(0, |mask, fact| mask | 1 << fact.index())
}

/// How many there are, and one page of them, the eldest first.
pub async fn to_visit(
    app: &App,
    scope: &Scope,
    asked: &ToVisit,
    skip: i64,
    most: i64,
) -> StoreResult<(i64, Vec<Unsettled>)> {
    let facts = seen_on_a_visit();
    let look = Look {
        areas: &asked.areas,
        // A visit goes where the person lives; where that is not known, where they are registered.
        basis: Basis::Home,
        born_until: Some(asked.born_until),
        skip: usize::try_from(skip).unwrap_or(0),
        most: usize::try_from(most).unwrap_or(0),
        ..Look::within(scope)
    };
    let listed = columns::missing_any(app, &look, facts).await?;
    let (Total::Exact(total) | Total::Over(total)) = listed.total;
    let people = listed.page.into_iter().map(|(id, answered)| Unsettled {
        id,
        missing: facts_of(answered.standing.missing & facts).collect(),
    });
    Ok((total as i64, people.collect()))
}
