//! Cases in the database: scope is in every statement.

use crate::PHONE;
use crate::model::{Act, Case, Holder};
use authz::Scope;
use host::{Ctx, PersonKey};
use kernel::Day;
use store::{Reads, Row, Sealed, Sql, Store, StoreResult, Tx, scope_condition, values};

const CASE: &str = "q.code, q.shard, q.id, q.kind, q.says, q.state, q.outcome, q.next_day, q.opened_name, q.opened_at, q.version";

fn of_row(row: &Row) -> StoreResult<Case> {
    Ok(Case {
        code: row.text("code")?,
        key: PersonKey {
            shard: row.text("shard")?,
            id: row.text("id")?,
        },
        kind: row.text("kind")?,
        says: row.opt_text("says")?.unwrap_or_default(),
        open: row.text("state")? == "open",
        outcome: row.opt_text("outcome")?,
        next: row.day("next_day")?,
        opened_name: row.text("opened_name")?,
        opened_at: row.instant("opened_at")?,
        version: row.int("version")?,
    })
}

/// Which cases a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tab {
    /// Whose day has come.
    Due(Day),
    /// Open.
    Open,
    /// Closed.
    Closed,
}

fn conditions(scope: &Scope, tab: Tab) -> Sql {
    let mut sql = Sql::new(" FROM duty_case q WHERE ");
    match tab {
        Tab::Due(today) => {
            sql.push("q.state = 'open' AND q.next_day <= ")
                .bind(today.number());
        }
        Tab::Open => {
            sql.push("q.state = 'open'");
        }
        Tab::Closed => {
            sql.push("q.state = 'closed'");
        }
    }
    sql.push(" AND ").append(&scope_condition(scope, "q"));
    sql
}

/// How many.
pub(crate) async fn count(reads: &impl Reads, scope: &Scope, tab: Tab) -> StoreResult<i64> {
    let mut sql = Sql::new("SELECT CAST(count(*) AS BIGINT) AS n");
    sql.append(&conditions(scope, tab));
    let (text, values) = sql.parts();
    reads.number(&text, values).await
}

/// How many wait for somebody to look again.
pub(crate) async fn due(ctx: &Ctx) -> StoreResult<i64> {
    count(&ctx.app.store, &ctx.scope(), Tab::Due(ctx.today())).await
}

/// A page, the earliest day first.
pub(crate) async fn page(
    reads: &impl Reads,
    scope: &Scope,
    tab: Tab,
    (skip, most): (i64, i64),
) -> StoreResult<Vec<Case>> {
    let mut sql = Sql::new(&format!("SELECT {CASE}"));
    sql.append(&conditions(scope, tab))
        .push(" ORDER BY q.next_day, q.code LIMIT ")
        .bind(most)
        .push(" OFFSET ")
        .bind(skip);
    let (text, values) = sql.parts();
    let rows = reads.all(&text, values).await?;
    rows.iter().map(of_row).collect()
}

/// The case of this code, whoever may see its person.
pub(crate) async fn find(reads: &impl Reads, code: &str) -> StoreResult<Option<Case>> {
    let sql = format!("SELECT {CASE} FROM duty_case q WHERE q.code = $1");
    let row = reads.one(&sql, values![code]).await?;
    row.as_ref().map(of_row).transpose()
}

/// The open cases of a person.
pub(crate) async fn of_person(reads: &impl Reads, key: &PersonKey) -> StoreResult<Vec<Case>> {
    let sql = format!(
        "SELECT {CASE} FROM duty_case q WHERE q.shard = $1 AND q.id = $2 AND q.state = 'open' ORDER BY q.opened_at"
    );
    let rows = reads
        .all(&sql, values![key.shard.as_str(), key.id.as_str()])
        .await?;
    rows.iter().map(of_row).collect()
}

/// Who owes in a case.
pub(crate) async fn holders(store: &Store, code: &str) -> StoreResult<Vec<Holder>> {
    let sql = "SELECT name, relation, stands, phone FROM duty_holder WHERE code = $1 ORDER BY no";
    let rows = store.all(sql, values![code]).await?;
    rows.iter()
        .map(|row| {
            let phone = row.opt_text("phone")?;
            Ok(Holder {
                name: row.text("name")?,
                relation: row.text("relation")?,
                stands: row.text("stands")?,
                phone: phone
                    .map(|sealed| store.keys().open(PHONE, &Sealed(sealed)))
                    .transpose()?,
            })
        })
        .collect()
}

/// What was done in a case, the latest first.
pub(crate) async fn acts(reads: &impl Reads, code: &str) -> StoreResult<Vec<Act>> {
    let sql =
        "SELECT way, day, result, says, by_name FROM duty_act WHERE code = $1 ORDER BY no DESC";
    let rows = reads.all(sql, values![code]).await?;
    rows.iter()
        .map(|row| {
            Ok(Act {
                way: row.text("way")?,
                day: row.day("day")?,
                result: row.text("result")?,
                says: row.opt_text("says")?.unwrap_or_default(),
                by: row.text("by_name")?,
            })
        })
        .collect()
}

/// Writes somebody who owes.
pub(crate) async fn add_holder(tx: &mut Tx, code: &str, new: &Holder) -> StoreResult<()> {
    let sql = "SELECT max(no) + 1 AS n FROM duty_holder WHERE code = $1";
    let no = tx.number(sql, values![code]).await?.max(1);
    let phone = match &new.phone {
        Some(phone) => Some(tx.store().keys().seal(PHONE, phone)?.0),
        None => None,
    };
    tx.run(
        "INSERT INTO duty_holder (code, no, name, relation, stands, phone) VALUES ($1, $2, $3, $4, $5, $6)",
        values![
            code,
            no,
            new.name.as_str(),
            new.relation.as_str(),
            new.stands.as_str(),
            phone
        ],
    )
    .await?;
    Ok(())
}

/// Moves a case on: when somebody looks again, whether it is closed. `false` where somebody was faster.
pub(crate) async fn step(
    tx: &mut Tx,
    case: &Case,
    next: Option<Day>,
    outcome: Option<&str>,
) -> StoreResult<bool> {
    let at = tx.at().micros();
    let state = if outcome.is_some() { "closed" } else { "open" };
    let closed = outcome.is_some().then_some(at);
    let done = tx
        .run(
            "UPDATE duty_case SET next_day = $1, state = $2, outcome = $3, closed_at = $4, version = version + 1 \
             WHERE code = $5 AND version = $6 AND state = 'open'",
            values![
                next.unwrap_or(case.next).number(),
                state,
                outcome,
                closed,
                case.code.as_str(),
                case.version
            ],
        )
        .await?;
    Ok(done == 1)
}
