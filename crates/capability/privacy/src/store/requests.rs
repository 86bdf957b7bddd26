//! 个人要求删除: who asked, what the office found and answered. What was said is sealed.

use authz::{Actor, Scope};
use host::{DueAsk, DueRecord, PersonKey};
use kernel::{AreaCode, Instant};
use people::api::Person;
use store::rekey::{Held, KeyColumn, SealedTable};
use store::{Reads, Row, Sealed, Sql, Store, StoreResult, Tx, scope_condition, values};

const FIELD: &str = "erasure.words";

/// What is asked and answered.
pub(crate) static SEALED: SealedTable = SealedTable {
    table: "privacy_request",
    key: &[KeyColumn::Text("request")],
    holds: &[
        Held::Sealed {
            column: "said",
            field: FIELD,
            blinds: &[],
        },
        Held::Sealed {
            column: "answer",
            field: FIELD,
            blinds: &[],
        },
    ],
};

/// A request.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) id: String,
    pub(crate) key: PersonKey,
    /// `open`, `refused`, `granted`, `erased`, `withdrawn`.
    pub(crate) state: String,
    said: Option<String>,
    pub(crate) asked: Instant,
    pub(crate) asked_by: String,
    pub(crate) asked_role: String,
    answer: Option<String>,
    pub(crate) decided: Option<Instant>,
    pub(crate) decided_by: Option<String>,
}

impl Request {
    pub(crate) fn state_zh(&self) -> &'static str {
        match self.state.as_str() {
            "open" => "待答复",
            "refused" => "不能删除",
            "granted" => "同意，待删除",
            "erased" => "已删除",
            _ => "已撤回",
        }
    }

    pub(crate) fn pill(&self) -> &'static str {
        match self.state.as_str() {
            "open" => "warn",
            "granted" => "info",
            "erased" => "ok",
            _ => "plain",
        }
    }

    /// What was asked and answered, opened.
    pub(crate) fn words(&self, store: &Store) -> StoreResult<(Option<String>, Option<String>)> {
        let open = |text: &Option<String>| {
            text.as_ref()
                .map(|text| store.keys().open(FIELD, &Sealed(text.clone())))
                .transpose()
        };
        Ok((open(&self.said)?, open(&self.answer)?))
    }
}

const READ: &str = "SELECT r.request, r.shard, r.id, r.state, r.said, r.asked_at, r.asked_by, r.asked_role, r.answer, r.decided_at, \
     r.decided_by FROM privacy_request r";

fn of_row(row: &Row) -> StoreResult<Request> {
    Ok(Request {
        id: row.text("request")?,
        key: PersonKey {
            shard: row.text("shard")?,
            id: row.text("id")?,
        },
        state: row.text("state")?,
        said: row.opt_text("said")?,
        asked: row.instant("asked_at")?,
        asked_by: row.text("asked_by")?,
        asked_role: row.text("asked_role")?,
        answer: row.opt_text("answer")?,
        decided: row.opt_instant("decided_at")?,
        decided_by: row.opt_text("decided_by")?,
    })
}

/// One request.
pub(crate) async fn find(reads: &impl Reads, id: &str) -> StoreResult<Option<Request>> {
    let sql = format!("{READ} WHERE r.request = $1");
    let row = reads.one(&sql, values![id]).await?;
    row.as_ref().map(of_row).transpose()
}

/// All about a person, latest first.
pub(crate) async fn of(reads: &impl Reads, person: &str) -> StoreResult<Vec<Request>> {
    let sql = format!("{READ} WHERE r.id = $1 ORDER BY r.asked_at DESC, r.request");
    let rows = reads.all(&sql, values![person]).await?;
    rows.iter().map(of_row).collect()
}

/// Files one; [`store::StoreError::Duplicate`] where one waits already. The caller audits.
pub(crate) async fn insert(
    tx: &mut Tx,
    person: &Person,
    said: Option<&str>,
) -> StoreResult<String> {
    let (id, at) = (tx.store().new_id(), tx.at().micros());
    let (by, role) = (tx.actor().id.clone(), tx.actor().role.key());
    let said = said
        .map(|said| tx.store().keys().seal(FIELD, said))
        .transpose()?
        .map(|sealed| sealed.0);
    let subject = person.subject();
    tx.run(
        "INSERT INTO privacy_request (request, shard, id, hukou_area, residence_area, state, said, asked_at, asked_by, asked_role) \
         VALUES ($1, $2, $3, $4, $5, 'open', $6, $7, $8, $9)",
        values![
            id.as_str(),
            person.key.shard.as_str(),
            person.key.id.as_str(),
            subject.hukou.map(|code| code.to_string()),
            subject.residence.map(|code| code.to_string()),
            said,
            at,
            by,
            role,
        ],
    )
    .await?;
    Ok(id)
}

/// Answers one; false where somebody did already. The caller audits.
pub(crate) async fn answer(
    tx: &mut Tx,
    id: &str,
    granted: bool,
    answer: &str,
    grounds: &[&str],
) -> StoreResult<bool> {
    let sealed = tx.store().keys().seal(FIELD, answer)?.0;
    let (at, by) = (tx.at().micros(), tx.actor().id.clone());
    let state = if granted { "granted" } else { "refused" };
    let grounds = serde_json::to_string(grounds)
        .map_err(|error| store::StoreError::Other(error.to_string()))?;
    let sql = "UPDATE privacy_request SET state = $1, answer = $2, grounds = $3, decided_at = $4, decided_by = $5 \
         WHERE request = $6 AND state = 'open'";
    Ok(tx
        .run(sql, values![state, sealed, grounds, at, by, id])
        .await?
        == 1)
}

/// Takes one back; false where it is decided.
pub(crate) async fn withdraw(tx: &mut Tx, id: &str) -> StoreResult<bool> {
    let at = tx.at().micros();
    let by = tx.actor().id.clone();
    let sql = "UPDATE privacy_request SET state = 'withdrawn', decided_at = $1, decided_by = $2 \
         WHERE request = $3 AND state IN ('open', 'granted')";
    Ok(tx.run(sql, values![at, by, id]).await? == 1)
}

/// These people were erased: what they asked for is done, and what was said is gone.
pub(crate) async fn blank(tx: &mut Tx, person: &str) -> StoreResult<()> {
    tx.run(
        "UPDATE privacy_request SET said = NULL, answer = NULL, \
         state = CASE WHEN state IN ('open', 'granted') THEN 'erased' ELSE state END WHERE id = $1",
        values![person],
    )
    .await?;
    Ok(())
}

/// Requests in scope, those that wait longest first, then the latest.
pub(crate) async fn list(reads: &impl Reads, actor: &Actor) -> StoreResult<Vec<Request>> {
    let mut sql = Sql::new(READ);
    sql.push(" WHERE ")
        .append(&scope_condition(&actor.scope, "r"))
        .push(" ORDER BY CASE WHEN r.state = 'open' THEN 0 ELSE 1 END, r.asked_at DESC, r.request LIMIT 200");
    let (text, values) = sql.parts();
    let rows = reads.all(&text, values).await?;
    rows.iter().map(of_row).collect()
}

/// How many wait for an answer in scope.
pub(crate) async fn waiting(reads: &impl Reads, scope: &Scope) -> StoreResult<i64> {
    let mut sql =
        Sql::new("SELECT count(*) AS n FROM privacy_request r WHERE r.state = 'open' AND ");
    sql.append(&scope_condition(scope, "r"));
    let (text, values) = sql.parts();
    reads.number(&text, values).await
}

/// Requests that were granted before a day.
pub(crate) async fn due(reads: &impl Reads, ask: &DueAsk) -> StoreResult<Vec<DueRecord>> {
    let only = if ask.only.is_some() {
        " AND request = $2"
    } else {
        ""
    };
    let sql = format!(
        "SELECT request, shard, id, hukou_area, residence_area, decided_at FROM privacy_request \
         WHERE state = 'granted' AND decided_at < $1{only} ORDER BY request"
    );
    let mut asked = values![Instant::at(ask.before, 0).micros()];
    asked.extend(ask.only.as_deref().map(store::Value::from));
    let rows = reads.all(&sql, asked).await?;
    rows.iter()
        .map(|row| {
            let area: Option<AreaCode> = match row.opt_area("residence_area")? {
                Some(area) => Some(area),
                None => row.opt_area("hukou_area")?,
            };
            Ok(DueRecord {
                id: row.text("request")?,
                person: Some(PersonKey {
                    shard: row.text("shard")?,
                    id: row.text("id")?,
                }),
                area,
                day: row.instant("decided_at")?.day(),
            })
        })
        .collect()
}
