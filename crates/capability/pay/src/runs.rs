//! Batches (发放批次): rows, states, who did which step. A state follows from one other, once, and by another person.

use crate::months::month_of;
use authz::{Actor, Role};
use kernel::{Day, Instant};
use ledger::Month;
use store::{Audit, Reads, Row, Sql, StoreError, StoreResult, Tx, values};

/// Where a batch stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// 生成中.
    Drawing,
    /// 比对中: doubts are being settled.
    Drawn,
    /// 待复核.
    Checked,
    /// 待分管领导.
    Reviewed,
    /// 待财政审核.
    Led,
    /// 待报盘: owed.
    Approved,
    /// 待回盘: the bank has it.
    Filed,
    /// 退回重发中: every row is answered.
    Answered,
    /// 已结账.
    Closed,
}

impl State {
    /// In order.
    pub const ALL: [Self; 9] = [
        Self::Drawing,
        Self::Drawn,
        Self::Checked,
        Self::Reviewed,
        Self::Led,
        Self::Approved,
        Self::Filed,
        Self::Answered,
        Self::Closed,
    ];

    /// Key in tables.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Drawing => "drawing",
            Self::Drawn => "drawn",
            Self::Checked => "checked",
            Self::Reviewed => "reviewed",
            Self::Led => "led",
            Self::Approved => "approved",
            Self::Filed => "filed",
            Self::Answered => "answered",
            Self::Closed => "closed",
        }
    }

    /// The state of this key.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.key() == key)
    }

    /// On pages.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Drawing => "生成中",
            Self::Drawn => "比对中",
            Self::Checked => "待复核",
            Self::Reviewed => "待分管领导审批",
            Self::Led => "待财政审核",
            Self::Approved => "待报盘",
            Self::Filed => "待回盘",
            Self::Answered => "待结账",
            Self::Closed => "已结账",
        }
    }

    /// The kind of pill.
    pub const fn pill(self) -> &'static str {
        match self {
            Self::Closed => "yes",
            Self::Drawing | Self::Filed => "info",
            _ => "warn",
        }
    }
}

/// A step of a batch, as it is logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// 生成.
    Draw,
    /// 比对.
    Check,
    /// 复核.
    Review,
    /// 分管领导.
    Lead,
    /// 财政审核.
    Approve,
    /// 报盘.
    File,
    /// 回盘.
    Answer,
    /// 结账.
    Close,
    /// 退回经办.
    Back,
}

impl Step {
    /// The steps in order.
    pub const ALL: [Self; 9] = [
        Self::Draw,
        Self::Check,
        Self::Review,
        Self::Lead,
        Self::Approve,
        Self::File,
        Self::Answer,
        Self::Close,
        Self::Back,
    ];

    /// Key in tables.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Draw => "draw",
            Self::Check => "check",
            Self::Review => "review",
            Self::Lead => "lead",
            Self::Approve => "approve",
            Self::File => "file",
            Self::Answer => "answer",
            Self::Close => "close",
            Self::Back => "back",
        }
    }

    /// The step of this key.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.key() == key)
    }

    /// On pages.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Draw => "生成",
            Self::Check => "比对",
            Self::Review => "复核",
            Self::Lead => "分管领导审批",
            Self::Approve => "财政审核",
            Self::File => "报盘",
            Self::Answer => "回盘",
            Self::Close => "结账",
            Self::Back => "退回经办",
        }
    }

    /// From which state it leads to which.
    pub const fn between(self) -> (State, State) {
        match self {
            Self::Draw => (State::Drawing, State::Drawn),
            Self::Check => (State::Drawn, State::Checked),
            Self::Review => (State::Checked, State::Reviewed),
            Self::Lead => (State::Reviewed, State::Led),
            Self::Approve => (State::Led, State::Approved),
            Self::File => (State::Approved, State::Filed),
            Self::Answer => (State::Filed, State::Answered),
            Self::Close => (State::Answered, State::Closed),
            Self::Back => (State::Checked, State::Drawn),
        }
    }

    /// Who does it.
    pub const fn roles(self) -> &'static [Role] {
        match self {
            Self::Draw | Self::Check | Self::Review | Self::Close => &[Role::CountyCivil],
            Self::Lead => &[Role::Leader],
            Self::Approve | Self::File => &[Role::Finance],
            Self::Answer => &[Role::Bank, Role::CountyCivil],
            Self::Back => &[Role::CountyCivil, Role::Leader, Role::Finance],
        }
    }

    /// Steps whose person may not do this one: who made or checked does not approve.
    pub(crate) const fn apart_from(self) -> &'static [Self] {
        match self {
            Self::Review => &[Self::Draw, Self::Check],
            Self::Lead => &[Self::Draw, Self::Check, Self::Review],
            Self::Approve => &[Self::Draw, Self::Check, Self::Review, Self::Lead],
            _ => &[],
        }
    }
}

/// A batch.
#[derive(Debug, Clone)]
pub struct Run {
    /// Key.
    pub run: String,
    /// The deciding and paying office.
    pub office: String,
    /// Programme id.
    pub programme: String,
    /// For which month.
    pub month: Month,
    /// 1, and 2 … for what is sent again.
    pub no: i64,
    /// Sent again after it came back.
    pub again: bool,
    /// Where it stands.
    pub state: State,
    /// Number of its terms.
    pub terms: i64,
    /// Digest of its list.
    pub list: String,
    /// Facts as known then.
    pub known: Instant,
    /// 批次号.
    pub batch: String,
    /// How far a step got.
    pub cursor: Option<String>,
    /// Payments drawn so far.
    pub drawn: i64,
    /// Grows with every step.
    pub version: i64,
    /// Who made it.
    pub made_by: String,
    /// When.
    pub made_at: Instant,
    /// The day of its file.
    pub filed_on: Option<Day>,
    /// SM3 over what was drawn.
    pub digest: Option<String>,
}

const COLUMNS: &str = "r.run, r.office, r.programme, CAST(r.month AS BIGINT) AS month, r.no, r.kind, r.state, r.terms, \
     r.list, r.known_at, r.batch, r.cursor, r.drawn, r.version, r.made_by, r.made_at, r.filed_on, r.digest";

fn of_row(row: &Row) -> StoreResult<Run> {
    let state = row.text("state")?;
    Ok(Run {
        run: row.text("run")?,
        office: row.text("office")?,
        programme: row.text("programme")?,
        month: month_of(row, "month")?,
        no: row.int("no")?,
        again: row.text("kind")? == "again",
        state: State::from_key(&state).ok_or_else(|| StoreError::BadColumn {
            column: "pay_run.state".to_owned(),
            what: state,
        })?,
        terms: row.int("terms")?,
        list: row.text("list")?,
        known: row.instant("known_at")?,
        batch: row.text("batch")?,
        cursor: row.opt_text("cursor")?,
        drawn: row.int("drawn")?,
        version: row.int("version")?,
        made_by: row.text("made_by")?,
        made_at: row.instant("made_at")?,
        filed_on: row.opt_day("filed_on")?,
        digest: row.opt_text("digest")?,
    })
}

/// A batch of this key, whoever may see it.
pub async fn find(reads: &impl Reads, run: &str) -> StoreResult<Option<Run>> {
    let sql = format!("SELECT {COLUMNS} FROM pay_run r WHERE r.run = $1");
    let row = reads.one(&sql, values![run]).await?;
    row.as_ref().map(of_row).transpose()
}

/// The batch of this key, which must be there; nobody else changes it until the transaction ends.
pub(crate) async fn held(tx: &Tx, run: &str) -> StoreResult<Run> {
    let lock = tx.for_update_of("r");
    let sql = format!("SELECT {COLUMNS} FROM pay_run r WHERE r.run = $1{lock}");
    let row = tx.one(&sql, values![run]).await?;
    let row = row.ok_or_else(|| StoreError::Other(format!("pay_run lacks {run}")))?;
    of_row(&row)
}

/// Which batches a list shows.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// Offices; nothing for none.
    pub offices: Vec<String>,
    /// One programme.
    pub programme: Option<String>,
    /// One month.
    pub month: Option<Month>,
    /// One state.
    pub state: Option<State>,
    /// Not closed ones only.
    pub open: bool,
}

fn conditions(asked: &Asked) -> Sql {
    let mut sql = Sql::new(" FROM pay_run r WHERE r.office IN (''");
    for office in &asked.offices {
        sql.push(", ").bind(office.as_str());
    }
    sql.push(")");
    if let Some(programme) = &asked.programme {
        sql.push(" AND r.programme = ").bind(programme.as_str());
    }
    if let Some(month) = asked.month {
        sql.push(" AND r.month = ").bind(month.number());
    }
    if let Some(state) = asked.state {
        sql.push(" AND r.state = ").bind(state.key());
    }
    if asked.open {
        sql.push(" AND r.state <> 'closed'");
    }
    sql
}

/// How many.
pub async fn count(reads: &impl Reads, asked: &Asked) -> StoreResult<i64> {
    let mut sql = Sql::new("SELECT CAST(count(*) AS BIGINT) AS n");
    sql.append(&conditions(asked));
    let (text, values) = sql.parts();
    reads.number(&text, values).await
}

/// A page, the latest month first.
pub async fn list(
    reads: &impl Reads,
    asked: &Asked,
    skip: i64,
    most: i64,
) -> StoreResult<Vec<Run>> {
    let mut sql = Sql::new(&format!("SELECT {COLUMNS}"));
    sql.append(&conditions(asked))
        .push(" ORDER BY r.month DESC, r.office, r.programme, r.no LIMIT ")
        .bind(most)
        .push(" OFFSET ")
        .bind(skip);
    let (text, values) = sql.parts();
    let rows = reads.all(&text, values).await?;
    rows.iter().map(of_row).collect()
}

/// The batch before `run` of the same office and programme: the one whose facts were known last before.
pub(crate) async fn before(reads: &impl Reads, run: &Run) -> StoreResult<Option<Run>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM pay_run r WHERE r.office = $1 AND r.programme = $2 AND r.month < $3 AND r.kind = 'month' \
         ORDER BY r.month DESC LIMIT 1"
    );
    let values = values![
        run.office.as_str(),
        run.programme.as_str(),
        run.month.number()
    ];
    let row = reads.one(&sql, values).await?;
    row.as_ref().map(of_row).transpose()
}

/// The first month that this office ran for a programme.
pub(crate) async fn first_month(reads: &impl Reads, programme: &str) -> StoreResult<Option<Month>> {
    let sql = "SELECT CAST(min(month) AS BIGINT) AS n FROM pay_run WHERE programme = $1 AND kind = 'month'";
    let number = reads.number(sql, values![programme]).await?;
    Ok(i32::try_from(number).ok().and_then(Month::from_number))
}

/// What a new batch says.
#[derive(Debug, Clone)]
pub struct New<'a> {
    /// The office.
    pub office: &'a str,
    /// Programme id.
    pub programme: &'a str,
    /// For which month.
    pub month: Month,
    /// Terms.
    pub terms: i64,
    /// Digest of the list in force.
    pub list: &'a str,
    /// Facts as known then.
    pub known: Instant,
    /// Sent again.
    pub again: bool,
}

/// Begins a batch; [`StoreError::Duplicate`] where the month has its one already.
pub async fn create(tx: &mut Tx, who: &Actor, new: &New<'_>) -> StoreResult<String> {
    let (run, at) = (tx.store().new_id(), tx.at().micros());
    let no = if new.again {
        let sql = "SELECT max(no) + 1 AS n FROM pay_run WHERE office = $1 AND programme = $2 AND month = $3";
        let values = values![new.office, new.programme, new.month.number()];
        tx.number(sql, values).await?.max(2)
    } else {
        1
    };
    let short = new.office.get(..6).filter(|_| !new.office.starts_with('M'));
    let loaded = crate::terms::of(&*tx, new.terms).await?;
    let code = loaded
        .terms
        .of(new.programme)
        .map(ledger::ProgrammeTerms::batch_code);
    // Like GLJT-421321-202506-1: banks allow 32 characters.
    let batch = format!(
        "{}-{}-{}-{no}",
        code.unwrap_or_default(),
        short.unwrap_or(new.office),
        new.month.number()
    );
    let kind = if new.again { "again" } else { "month" };
    tx.run(
        "INSERT INTO pay_run (run, office, programme, month, no, kind, state, terms, list, known_at, batch, drawn, version, \
         made_by, made_at) VALUES ($1, $2, $3, $4, $5, $6, 'drawing', $7, $8, $9, $10, 0, 0, $11, $12)",
        values![
            run.as_str(),
            new.office,
            new.programme,
            new.month.number(),
            no,
            kind,
            new.terms,
            new.list,
            new.known.micros(),
            batch,
            who.id.as_str(),
            at,
        ],
    )
    .await?;
    tx.audit(
        Audit::new("pay.run")
            .subject(&run)
            .with("programme", new.programme)
            .with("month", new.month.number()),
    );
    Ok(run)
}

/// A step as it was logged.
#[derive(Debug, Clone)]
pub struct Logged {
    /// Which.
    pub step: Step,
    /// Account.
    pub by: String,
    /// Their name then.
    pub name: String,
    /// Role key.
    pub role: String,
    /// When.
    pub at: Instant,
    /// What they said.
    pub note: String,
}

/// The steps of a batch, in order.
pub async fn steps(reads: &impl Reads, run: &str) -> StoreResult<Vec<Logged>> {
    let sql =
        "SELECT step, by_account, by_name, role, at, note FROM pay_step WHERE run = $1 ORDER BY no";
    let rows = reads.all(sql, values![run]).await?;
    rows.iter()
        .map(|row| {
            let step = row.text("step")?;
            Ok(Logged {
                step: Step::from_key(&step).ok_or_else(|| StoreError::BadColumn {
                    column: "pay_step.step".to_owned(),
                    what: step,
                })?,
                by: row.text("by_account")?,
                name: row.text("by_name")?,
                role: row.text("role")?,
                at: row.instant("at")?,
                note: row.text("note")?,
            })
        })
        .collect()
}
