//! Reading: admissions in scope, of a person, with what was said.

use super::model::{Admission, COLUMNS, State};
use authz::Scope;
use people::api::PersonKey;
use store::{Reads, Sql, StoreResult, scope_condition, values};

fn of_state(scope: &Scope, state: State) -> Sql {
    let mut sql = Sql::new(" WHERE a.state = ");
    sql.bind(state.key())
        .push(" AND ")
        .append(&scope_condition(scope, "a"));
    sql
}

/// How many stand in a state within a scope.
pub(crate) async fn count(reads: &impl Reads, scope: &Scope, state: State) -> StoreResult<i64> {
    let mut sql = Sql::new("SELECT count(*) AS n FROM assessment_admission a");
    sql.append(&of_state(scope, state));
    let (text, values) = sql.parts();
    let row = reads.one(&text, values).await?;
    row.map_or(Ok(0), |row| row.int("n"))
}

/// Those in a state within a scope, the newest first: all of them, or a window of so many after so many.
pub(crate) async fn list(
    reads: &impl Reads,
    scope: &Scope,
    state: State,
    window: Option<(i64, i64)>,
) -> StoreResult<Vec<Admission>> {
    let mut sql = Sql::new(&format!("SELECT {COLUMNS}"));
    sql.append(&of_state(scope, state));
    sql.push(" ORDER BY coalesce(a.withdrawn_at, a.asked_at) DESC, a.admission");
    if let Some((skip, most)) = window {
        sql.push(" LIMIT ").bind(most).push(" OFFSET ").bind(skip);
    }
    let (text, values) = sql.parts();
    let rows = reads.all(&text, values).await?;
    rows.iter().map(Admission::of_row).collect()
}

/// An admission, whoever may see it.
pub(crate) async fn find(reads: &impl Reads, admission: &str) -> StoreResult<Option<Admission>> {
    let sql = format!("SELECT {COLUMNS} WHERE a.admission = $1");
    let row = reads.one(&sql, values![admission]).await?;
    row.as_ref().map(Admission::of_row).transpose()
}

/// All admissions of a person, newest first.
pub(crate) async fn of_person(reads: &impl Reads, key: &PersonKey) -> StoreResult<Vec<Admission>> {
    let sql = format!(
        "SELECT {COLUMNS} WHERE a.shard = $1 AND a.id = $2 ORDER BY a.asked_at DESC, a.admission"
    );
    let rows = reads
        .all(&sql, values![key.shard.as_str(), key.id.as_str()])
        .await?;
    rows.iter().map(Admission::of_row).collect()
}

/// What was wished, and why it was taken back.
#[derive(Debug, Clone, Default)]
pub(crate) struct Words {
    pub(crate) wish: Option<String>,
    pub(crate) reason: Option<String>,
}

/// What was said with an admission.
pub(crate) async fn words(reads: &impl Reads, admission: &str) -> StoreResult<Words> {
    let sql = "SELECT wish, reason FROM assessment_admission_words WHERE admission = $1";
    match reads.one(sql, values![admission]).await? {
        Some(row) => Ok(Words {
            wish: row.opt_text("wish")?,
            reason: row.opt_text("reason")?,
        }),
        None => Ok(Words::default()),
    }
}
