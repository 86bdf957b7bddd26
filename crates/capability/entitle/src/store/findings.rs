//! Findings: opened when they appear, closed when they are gone, never deleted.

use crate::follow::{self, FollowState};
use crate::standing::Kind;
use authz::Scope;
use host::PersonKey;
use kernel::{AreaCode, Day};
use store::{Reads, Row, Sql, StoreResult, Tx, scope_condition, values};

/// An open finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Its id.
    pub finding: String,
    /// Whom it is about.
    pub key: PersonKey,
    /// `owed` or `undue`.
    pub kind: String,
    /// Programme id.
    pub programme: String,
    /// Listed item, 0 for none.
    pub item: u16,
    /// Since when it holds (自何时符合).
    pub since: Day,
    /// The day it was first found.
    pub first_found: Day,
    /// Fen per cycle.
    pub fen: Option<i64>,
    /// A likely cause, as a code.
    pub cause: String,
    /// What was done about it last.
    pub state: FollowState,
    /// Not spoken of before this day.
    pub quiet_until: Option<Day>,
    /// The account that follows it.
    pub holder: Option<String>,
}

impl Finding {
    /// How it stands on a day: open again once the day of its rest has come.
    pub fn state_on(&self, today: Day) -> FollowState {
        follow::on(self.state, self.quiet_until, today)
    }
}

/// What [`finding_of`] reads, over alias `f`.
pub(crate) const READ: &str = "SELECT f.finding, f.shard, f.id, f.kind, f.programme, f.item, f.since, f.first_found, f.fen, f.cause, f.state, f.quiet_until, f.holder FROM entitle_finding f";

pub(crate) fn finding_of(row: &Row) -> StoreResult<Finding> {
    Ok(Finding {
        finding: row.text("finding")?,
        key: PersonKey {
            shard: row.text("shard")?,
            id: row.text("id")?,
        },
        kind: row.text("kind")?,
        programme: row.text("programme")?,
        item: row.int("item")? as u16,
        since: row.day("since")?,
        first_found: row.day("first_found")?,
        fen: row.opt_int("fen")?,
        cause: row.text("cause")?,
        state: FollowState::of(&row.text("state")?).unwrap_or(FollowState::Open),
        quiet_until: row.opt_day("quiet_until")?,
        holder: row.opt_text("holder")?,
    })
}

/// Open findings of one person.
pub(crate) async fn open_of(reads: &impl Reads, key: &PersonKey) -> StoreResult<Vec<Finding>> {
    let rows = reads
        .all(
            &format!("{READ} WHERE f.shard = $1 AND f.id = $2 AND f.closed_on IS NULL ORDER BY f.item, f.programme"),
            values![key.shard.as_str(), key.id.as_str()],
        )
        .await?;
    rows.iter().map(finding_of).collect()
}

/// Open findings of these people, by person id.
pub(crate) async fn open_of_many(
    reads: &impl Reads,
    keys: &[PersonKey],
) -> StoreResult<std::collections::BTreeMap<String, Vec<Finding>>> {
    let mut sql = Sql::new(&format!("{READ} WHERE f.closed_on IS NULL AND "));
    sql.append(&super::of_keys("f.", keys))
        .push(" ORDER BY f.item, f.programme");
    let (text, values) = sql.parts();
    let mut out = std::collections::BTreeMap::<String, Vec<Finding>>::new();
    for row in reads.all(&text, values).await? {
        let finding = finding_of(&row)?;
        out.entry(finding.key.id.clone()).or_default().push(finding);
    }
    Ok(out)
}

/// A finding to open.
#[derive(Debug)]
pub(crate) struct NewFinding {
    pub(crate) key: PersonKey,
    pub(crate) kind: Kind,
    pub(crate) programme: String,
    pub(crate) item: u16,
    pub(crate) hukou: Option<AreaCode>,
    pub(crate) residence: Option<AreaCode>,
    pub(crate) birth: Option<Day>,
    pub(crate) since: Day,
    pub(crate) fen: Option<i64>,
    pub(crate) cause: &'static str,
    pub(crate) first_found: Day,
}

/// Opens findings.
pub(crate) async fn insert(tx: &mut Tx, rows: Vec<NewFinding>) -> StoreResult<()> {
    let mut out = Vec::with_capacity(rows.len());
    for row in rows {
        out.push(values![
            tx.store().new_id(),
            row.key.shard,
            row.key.id,
            row.kind.key(),
            row.programme,
            i64::from(row.item),
            row.hukou.map(|code| code.to_string()),
            row.residence.map(|code| code.to_string()),
            row.birth.map(Day::number),
            row.since.number(),
            row.first_found.number(),
            row.fen,
            row.cause,
            None::<i32>,
        ]);
    }
    tx.insert_many(
        "entitle_finding",
        &[
            "finding",
            "shard",
            "id",
            "kind",
            "programme",
            "item",
            "hukou_area",
            "residence_area",
            "birth_date",
            "since",
            "first_found",
            "fen",
            "cause",
            "closed_on",
        ],
        out,
    )
    .await
}

/// Closes findings that are gone.
pub(crate) async fn close(tx: &mut Tx, gone: &[String], today: Day) -> StoreResult<()> {
    for part in gone.chunks(500) {
        let mut sql = Sql::new("UPDATE entitle_finding SET closed_on = ");
        sql.bind(today.number()).push(" WHERE finding IN (");
        for (place, finding) in part.iter().enumerate() {
            sql.push(if place == 0 { "" } else { ", " })
                .bind(finding.as_str());
        }
        sql.push(")");
        let (text, values) = sql.parts();
        tx.run(&text, values).await?;
    }
    Ok(())
}

/// Opens a finding again that only rested.
pub(crate) async fn reopen(tx: &mut Tx, finding: &str) -> StoreResult<()> {
    tx.run(
        "UPDATE entitle_finding SET closed_on = NULL WHERE finding = $1",
        values![finding],
    )
    .await?;
    Ok(())
}

/// Keeps an open finding, with what may have moved. One that was settled is open again where its day or amount changed.
pub(crate) async fn keep(
    tx: &mut Tx,
    finding: &str,
    since: Day,
    fen: Option<i64>,
    places: &crate::standing::Places,
) -> StoreResult<()> {
    tx.run(
        "UPDATE entitle_finding SET \
         state = CASE WHEN quiet_until IS NOT NULL AND (since <> $1 OR coalesce(fen, -1) <> coalesce($2, -1)) \
           THEN 'open' ELSE state END, \
         quiet_until = CASE WHEN since <> $1 OR coalesce(fen, -1) <> coalesce($2, -1) THEN NULL ELSE quiet_until END, \
         since = $1, fen = $2, hukou_area = $3, residence_area = $4 WHERE finding = $5",
        values![
            since.number(),
            fen,
            places.hukou.map(|code| code.to_string()),
            places.residence.map(|code| code.to_string()),
            finding
        ],
    )
    .await?;
    Ok(())
}

/// What a list of findings asks for.
#[derive(Debug, Clone)]
pub struct FindingFilter {
    /// `owed` or `undue`.
    pub kind: &'static str,
    /// Only this programme.
    pub programme: Option<String>,
    /// Only in these areas, by 户籍 (money follows it); empty for no restriction.
    pub areas: Vec<AreaCode>,
    /// Born on or before.
    pub born_until: Option<Day>,
    /// Found on or after.
    pub found_from: Option<Day>,
    /// Only those that stand so.
    pub followed: Followed,
    /// Newest first found first.
    pub newest_first: bool,
    /// Rows to leave out.
    pub skip: i64,
    /// Rows at the most.
    pub most: i64,
}

/// Which findings by what was done about them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Followed {
    /// All that are not gone.
    All,
    /// Those to be worked on that day: not settled, or settled until a day that has come.
    Working(Day),
    /// Settled, and quiet that day.
    Quiet(Day),
    /// In this state that day.
    In(FollowState, Day),
}

impl Followed {
    /// As a condition over alias `f`, with an `AND` before it.
    pub(crate) fn condition(self) -> Sql {
        let mut sql = Sql::new("");
        match self {
            Self::All => {}
            Self::Working(today) => {
                sql.push(" AND (f.quiet_until IS NULL OR f.quiet_until <= ")
                    .bind(today.number())
                    .push(")");
            }
            Self::Quiet(today) => {
                sql.push(" AND f.quiet_until > ").bind(today.number());
            }
            Self::In(FollowState::Open, today) => {
                sql.push(" AND (f.state = 'open' OR f.quiet_until <= ")
                    .bind(today.number())
                    .push(")");
            }
            Self::In(state, today) => {
                sql.push(" AND f.state = ")
                    .bind(state.key())
                    .push(" AND (f.quiet_until IS NULL OR f.quiet_until > ")
                    .bind(today.number())
                    .push(")");
            }
        }
        sql
    }
}

/// An open finding by its id, within a scope.
pub(crate) async fn one(
    reads: &impl Reads,
    scope: &Scope,
    finding: &str,
) -> StoreResult<Option<Finding>> {
    let mut sql = Sql::new(READ);
    sql.push(" WHERE f.closed_on IS NULL AND f.finding = ")
        .bind(finding)
        .push(" AND ")
        .append(&scope_condition(scope, "f"));
    let (text, values) = sql.parts();
    reads
        .one(&text, values)
        .await?
        .as_ref()
        .map(finding_of)
        .transpose()
}

fn conditions(scope: &Scope, filter: &FindingFilter) -> Sql {
    let mut sql = Sql::new(" WHERE f.closed_on IS NULL AND f.kind = ");
    sql.bind(filter.kind)
        .push(" AND ")
        .append(&scope_condition(scope, "f"));
    if let Some(programme) = &filter.programme {
        sql.push(" AND f.programme = ").bind(programme.as_str());
    }
    sql.append(&super::in_areas("f.hukou_area", &filter.areas));
    if let Some(day) = filter.born_until {
        sql.push(" AND f.birth_date <= ").bind(day.number());
    }
    if let Some(day) = filter.found_from {
        sql.push(" AND f.first_found >= ").bind(day.number());
    }
    sql.append(&filter.followed.condition());
    sql
}

/// One page of open findings.
pub(crate) async fn page(
    reads: &impl Reads,
    scope: &Scope,
    filter: &FindingFilter,
) -> StoreResult<Vec<Finding>> {
    let mut sql = Sql::new(READ);
    sql.append(&conditions(scope, filter));
    sql.push(if filter.newest_first {
        " ORDER BY f.first_found DESC, f.since, f.finding"
    } else {
        " ORDER BY f.since, f.finding"
    });
    sql.push(" LIMIT ")
        .bind(filter.most)
        .push(" OFFSET ")
        .bind(filter.skip);
    let (text, values) = sql.parts();
    reads
        .all(&text, values)
        .await?
        .iter()
        .map(finding_of)
        .collect()
}

/// How many there are and what they come to a month.
pub(crate) async fn sum(
    reads: &impl Reads,
    scope: &Scope,
    filter: &FindingFilter,
) -> StoreResult<(i64, i64)> {
    let mut sql = Sql::new(
        "SELECT count(*) AS n, CAST(coalesce(sum(f.fen), 0) AS BIGINT) AS fen FROM entitle_finding f",
    );
    sql.append(&conditions(scope, filter));
    let (text, values) = sql.parts();
    match reads.one(&text, values).await? {
        Some(row) => Ok((row.int("n")?, row.int("fen")?)),
        None => Ok((0, 0)),
    }
}
