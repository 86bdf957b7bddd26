//! Rows of cases: read, listed under a scope, written with the version they were read at.

use crate::delegation::Window;
use crate::machine::{Standing, State};
use authz::Scope;
use host::PersonKey;
use kernel::{AreaCode, Day};
use serde::{Deserialize, Serialize};
use store::{Reads, Row, Sql, StoreError, StoreResult, Tx, scope_condition, values};

/// What the applicant filled in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answers {
    /// Ids of evidence they have at hand.
    #[serde(default)]
    pub have: Vec<String>,
    /// Whoever acts for the person: name and what they are to them.
    #[serde(default)]
    pub proxy: String,
    /// A phone to be reached at.
    #[serde(default)]
    pub phone: String,
    /// Anything else.
    #[serde(default)]
    pub note: String,
    /// How far a draft got.
    #[serde(default)]
    pub step: usize,
}

/// A case.
#[derive(Debug, Clone)]
pub struct Case {
    /// Its code.
    pub code: String,
    /// Whose.
    pub key: PersonKey,
    /// 户籍地.
    pub hukou: Option<AreaCode>,
    /// 常住地.
    pub residence: Option<AreaCode>,
    /// Programme id.
    pub programme: String,
    /// Number of the procedures it runs by.
    pub procedures: i64,
    /// The body with county powers that decides.
    pub office: String,
    /// Where it is accepted and checked.
    pub handled: AreaCode,
    /// `self`, `family`, `village`, `window`, `free`.
    pub applicant: String,
    /// Account that filed it.
    pub filed_by: String,
    /// The officer who follows it.
    pub holder: Option<String>,
    /// Who passed the last check.
    pub checked_by: Option<String>,
    /// Who decided.
    pub decided_by: Option<String>,
    /// Where it stands.
    pub standing: Standing,
    /// When it was handed in.
    pub submitted: Option<Day>,
    /// First day of the right, once approved.
    pub from: Option<Day>,
    /// Fen a cycle, once approved.
    pub fen: Option<i64>,
    /// Number of the grant.
    pub grant: Option<i64>,
    /// Reasons of the decision, as JSON.
    pub reasons: Option<String>,
    /// What was filled in.
    pub answers: Answers,
    /// Grows with every act.
    pub version: i64,
}

const COLUMNS: &str = "c.code, c.shard, c.id, c.hukou_area, c.residence_area, c.programme, c.procedures, c.office, c.handled, \
     c.applicant, c.filed_by, c.holder, c.checked_by, c.decided_by, c.state, c.stage, c.passed, c.due, c.days_left, \
     c.until_day, c.objections, c.submitted, c.decided, c.from_day, c.fen, c.grant_no, c.reasons, c.answers, c.version, c.entered";

fn bad(column: &str, what: &str) -> StoreError {
    StoreError::BadColumn {
        column: column.to_owned(),
        what: what.to_owned(),
    }
}

fn of_row(row: &Row) -> StoreResult<Case> {
    let state = row.text("state")?;
    let passed = row.text("passed")?;
    Ok(Case {
        code: row.text("code")?,
        key: PersonKey {
            shard: row.text("shard")?,
            id: row.text("id")?,
        },
        hukou: row.opt_area("hukou_area")?,
        residence: row.opt_area("residence_area")?,
        programme: row.text("programme")?,
        procedures: row.int("procedures")?,
        office: row.text("office")?,
        handled: row
            .opt_area("handled")?
            .ok_or_else(|| bad("cases_case.handled", "empty"))?,
        applicant: row.text("applicant")?,
        filed_by: row.text("filed_by")?,
        holder: row.opt_text("holder")?,
        checked_by: row.opt_text("checked_by")?,
        decided_by: row.opt_text("decided_by")?,
        standing: Standing {
            state: State::from_key(&state).ok_or_else(|| bad("cases_case.state", &state))?,
            stage: usize::try_from(row.int("stage")?).unwrap_or(0),
            passed: passed
                .split(',')
                .filter(|one| !one.is_empty())
                .map(str::to_owned)
                .collect(),
            due: row.opt_day("due")?,
            left: row
                .opt_int("days_left")?
                .and_then(|left| i32::try_from(left).ok()),
            until: row.opt_day("until_day")?,
            objections: row.int("objections")?,
            decided: row.opt_day("decided")?,
            entered: row.opt_day("entered")?,
        },
        submitted: row.opt_day("submitted")?,
        from: row.opt_day("from_day")?,
        fen: row.opt_int("fen")?,
        grant: row.opt_int("grant_no")?,
        reasons: row.opt_text("reasons")?,
        answers: serde_json::from_str(&row.text("answers")?).unwrap_or_default(),
        version: row.int("version")?,
    })
}

impl Case {
    /// The short number on papers and lists.
    pub fn number(&self) -> String {
        let tail = self.code.len().saturating_sub(8);
        self.code.get(tail..).unwrap_or(&self.code).to_uppercase()
    }
}

/// A case of this code, whoever may see it.
pub async fn find(reads: &impl Reads, code: &str) -> StoreResult<Option<Case>> {
    let sql = format!("SELECT {COLUMNS} FROM cases_case c WHERE c.code = $1");
    let row = reads.one(&sql, values![code]).await?;
    row.as_ref().map(of_row).transpose()
}

/// Cases of one person, the newest first.
pub async fn of_person(reads: &impl Reads, key: &PersonKey) -> StoreResult<Vec<Case>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM cases_case c WHERE c.shard = $1 AND c.id = $2 ORDER BY c.code DESC"
    );
    let rows = reads
        .all(&sql, values![key.shard.as_str(), key.id.as_str()])
        .await?;
    rows.iter().map(of_row).collect()
}

/// Cases of these codes, kept from everybody else until the transaction ends.
pub(crate) async fn of_codes_locked(tx: &Tx, codes: &[String]) -> StoreResult<Vec<Case>> {
    if codes.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT {COLUMNS} FROM cases_case c WHERE c.code IN ({}) ORDER BY c.code{}",
        store::places(tx.dialect(), codes.len()),
        tx.for_update_of("c")
    );
    let values = codes.iter().map(|code| code.as_str().into()).collect();
    let rows = tx.all(&sql, values).await?;
    rows.iter().map(of_row).collect()
}

/// Which cases a list shows.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// States as they are shown today; empty for all but drafts.
    pub states: Vec<State>,
    /// One programme.
    pub programme: Option<String>,
    /// Only late ones.
    pub late: bool,
    /// Only those this body decides.
    pub office: Option<String>,
    /// Of those that are checked, only where one of these steps is not done: programme and step.
    pub steps: Vec<(String, String)>,
    /// Besides, what was handed over and begun within these.
    pub with: Vec<Window>,
    /// Nothing that was handed over and begun within these.
    pub without: Vec<Window>,
}

/// The condition that a case stands in a state today: publicity that ended leads on to the decision.
fn state_condition(sql: &mut Sql, state: State, today: Day) {
    match state {
        State::Publicity => {
            sql.push("(c.state = 'publicity' AND (c.until_day >= ")
                .bind(today.number())
                .push(" OR c.objections > 0))");
        }
        State::Deciding => {
            sql.push(
                "(c.state = 'deciding' OR (c.state = 'publicity' AND c.objections = 0 AND c.until_day < ",
            )
            .bind(today.number())
            .push("))");
        }
        other => {
            sql.push("c.state = ").bind(other.key());
        }
    }
}

/// The condition that a case stands in a step that began within a window.
fn window_condition(sql: &mut Sql, window: &Window, today: Day) {
    sql.push("(c.office = ")
        .bind(window.office.as_str())
        .push(" AND c.programme = ")
        .bind(window.programme.as_str())
        .push(" AND ");
    if window.decides {
        state_condition(sql, State::Deciding, today);
    } else {
        state_condition(sql, State::Checking, today);
        sql.push(" AND (',' || c.passed || ',') NOT LIKE ")
            .bind(format!("%,{},%", window.step));
    }
    // A decision that publicity led on to began with its last day.
    sql.push(" AND coalesce(CASE WHEN c.state = 'publicity' THEN c.until_day ELSE c.entered END, 0) BETWEEN ")
        .bind(window.from.number())
        .push(" AND ")
        .bind(window.until.number())
        .push(")");
}

fn conditions(scope: &Scope, asked: &Asked, today: Day) -> Sql {
    let mut sql = Sql::new(" FROM cases_case c WHERE ");
    sql.append(&scope_condition(scope, "c")).push(" AND ((");
    if asked.states.is_empty() {
        sql.push("c.state <> 'draft'");
    } else {
        sql.push("(1 = 0");
        for state in &asked.states {
            sql.push(" OR ");
            state_condition(&mut sql, *state, today);
        }
        sql.push(")");
    }
    if !asked.steps.is_empty() {
        sql.push(" AND (c.state <> 'checking'");
        for (programme, step) in &asked.steps {
            sql.push(" OR (c.programme = ").bind(programme.as_str());
            sql.push(" AND (',' || c.passed || ',') NOT LIKE ");
            sql.bind(format!("%,{step},%")).push(")");
        }
        sql.push(")");
    }
    sql.push(")");
    for window in &asked.with {
        sql.push(" OR ");
        window_condition(&mut sql, window, today);
    }
    sql.push(")");
    for window in &asked.without {
        sql.push(" AND NOT ");
        window_condition(&mut sql, window, today);
    }
    if let Some(programme) = &asked.programme {
        sql.push(" AND c.programme = ").bind(programme.as_str());
    }
    if let Some(office) = &asked.office {
        sql.push(" AND c.office = ").bind(office.as_str());
    }
    if asked.late {
        sql.push(" AND c.state IN ('submitted', 'checking', 'deciding', 'appealing') AND c.due < ")
            .bind(today.number());
    }
    sql
}

/// How many.
pub async fn count(
    reads: &impl Reads,
    scope: &Scope,
    asked: &Asked,
    today: Day,
) -> StoreResult<i64> {
    let mut sql = Sql::new("SELECT CAST(count(*) AS BIGINT) AS n");
    sql.append(&conditions(scope, asked, today));
    let (text, values) = sql.parts();
    reads.number(&text, values).await
}

/// How many, counted to `cap` and one more.
pub async fn count_to(
    reads: &impl Reads,
    scope: &Scope,
    asked: &Asked,
    today: Day,
    cap: u64,
) -> StoreResult<u64> {
    let mut sql = Sql::new("SELECT CAST(count(*) AS BIGINT) AS n FROM (SELECT c.code");
    sql.append(&conditions(scope, asked, today))
        .push(" LIMIT ")
        .bind(i64::try_from(cap).unwrap_or(i64::MAX).saturating_add(1))
        .push(") counted");
    let (text, values) = sql.parts();
    Ok(reads.number(&text, values).await?.unsigned_abs())
}

/// A page, what is due first at the top.
pub async fn page(
    reads: &impl Reads,
    scope: &Scope,
    asked: &Asked,
    today: Day,
    skip: i64,
    most: i64,
) -> StoreResult<Vec<Case>> {
    let mut sql = Sql::new(&format!("SELECT {COLUMNS}"));
    sql.append(&conditions(scope, asked, today))
        .push(" ORDER BY coalesce(c.due, 99991231), c.code LIMIT ")
        .bind(most)
        .push(" OFFSET ")
        .bind(skip);
    let (text, values) = sql.parts();
    let rows = reads.all(&text, values).await?;
    rows.iter().map(of_row).collect()
}

/// The codes of a list within an office: what a bulk decision is made over.
pub async fn codes(
    reads: &impl Reads,
    scope: &Scope,
    asked: &Asked,
    today: Day,
) -> StoreResult<Vec<String>> {
    let mut sql = Sql::new("SELECT c.code");
    sql.append(&conditions(scope, asked, today))
        .push(" ORDER BY c.code");
    let (text, values) = sql.parts();
    let rows = reads.all(&text, values).await?;
    rows.iter().map(|row| row.text("code")).collect()
}

/// Columns of an inserted case.
pub(crate) const INSERT: [&str; 31] = [
    "code",
    "shard",
    "id",
    "hukou_area",
    "residence_area",
    "programme",
    "procedures",
    "office",
    "handled",
    "applicant",
    "filed_by",
    "holder",
    "checked_by",
    "decided_by",
    "state",
    "stage",
    "passed",
    "due",
    "days_left",
    "until_day",
    "objections",
    "submitted",
    "decided",
    "from_day",
    "fen",
    "grant_no",
    "reasons",
    "answers",
    "version",
    "changed_at",
    "entered",
];

/// A case as a row.
pub(crate) fn row_of(case: &Case, at: i64) -> Vec<store::Value> {
    let area = |code: Option<AreaCode>| code.map(|code| code.to_string());
    let day = |day: Option<Day>| day.map(Day::number);
    values![
        case.code.as_str(),
        case.key.shard.as_str(),
        case.key.id.as_str(),
        area(case.hukou),
        area(case.residence),
        case.programme.as_str(),
        case.procedures,
        case.office.as_str(),
        case.handled.to_string(),
        case.applicant.as_str(),
        case.filed_by.as_str(),
        case.holder.clone(),
        case.checked_by.clone(),
        case.decided_by.clone(),
        case.standing.state.key(),
        case.standing.stage as i64,
        case.standing.passed.join(","),
        day(case.standing.due),
        case.standing.left.map(i64::from),
        day(case.standing.until),
        case.standing.objections,
        day(case.submitted),
        day(case.standing.decided),
        day(case.from),
        case.fen,
        case.grant,
        case.reasons.clone(),
        serde_json::to_string(&case.answers).unwrap_or_default(),
        case.version,
        at,
        day(case.standing.entered)
    ]
}

/// Writes a new case; [`StoreError::Duplicate`] where one for the programme is open.
pub async fn insert(tx: &mut Tx, case: &Case) -> StoreResult<()> {
    let row = row_of(case, tx.at().micros());
    tx.insert_many("cases_case", &INSERT, vec![row]).await
}

/// Writes a case back if nobody was faster; `false` where somebody was.
pub async fn save(tx: &mut Tx, case: &Case) -> StoreResult<bool> {
    let at = tx.at().micros();
    let day = |day: Option<Day>| day.map(Day::number);
    let done = tx
        .run(
            "UPDATE cases_case SET handled = $1, holder = $2, checked_by = $3, decided_by = $4, state = $5, stage = $6, \
             passed = $7, due = $8, days_left = $9, until_day = $10, objections = $11, submitted = $12, decided = $13, \
             from_day = $14, fen = $15, grant_no = $16, reasons = $17, answers = $18, applicant = $19, \
             version = version + 1, changed_at = $20, entered = $21 WHERE code = $22 AND version = $23",
            values![
                case.handled.to_string(),
                case.holder.clone(),
                case.checked_by.clone(),
                case.decided_by.clone(),
                case.standing.state.key(),
                case.standing.stage as i64,
                case.standing.passed.join(","),
                day(case.standing.due),
                case.standing.left.map(i64::from),
                day(case.standing.until),
                case.standing.objections,
                day(case.submitted),
                day(case.standing.decided),
                day(case.from),
                case.fen,
                case.grant,
                case.reasons.clone(),
                serde_json::to_string(&case.answers).unwrap_or_default(),
                case.applicant.as_str(),
                at,
                day(case.standing.entered),
                case.code.as_str(),
                case.version,
            ],
        )
        .await?;
    Ok(done == 1)
}
