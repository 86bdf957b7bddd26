//! 委托乡镇办理: a county hands a step to its towns from a day until a day, by document. Who had a step when it began keeps it,
//! whatever ends meanwhile.

use crate::procedures::{Handed, Kind, Procedure, Procedures};
use crate::store::Case;
use kernel::{Day, Instant};
use store::{Audit, Reads, Row, Sql, StoreResult, Tx, values};

/// A step that was handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delegation {
    /// Its id.
    pub delegation: String,
    /// The body with county powers.
    pub office: String,
    /// Programme.
    pub programme: String,
    /// The step of its procedure.
    pub step: String,
    /// First day.
    pub from: Day,
    /// Last day, as it was entered.
    pub until: Day,
    /// The document it stands on.
    pub document: String,
    /// Who entered it.
    pub made_by: String,
    /// When.
    pub made_at: Instant,
    /// Last day, where it was taken back.
    pub ended: Option<Day>,
    /// Who took it back.
    pub ended_by: Option<String>,
}

impl Delegation {
    /// The last day on which a step that begins goes to the towns.
    pub fn last(&self) -> Day {
        self.ended.map_or(self.until, |ended| ended.min(self.until))
    }

    /// How it stands on a day: its words and tone.
    pub fn state(&self, today: Day) -> (&'static str, &'static str) {
        match self.ended {
            Some(_) if today >= self.last() => ("已收回", "no"),
            _ if today > self.last() => ("已到期", "no"),
            _ if today < self.from => ("未到开始日", "plain"),
            Some(_) => ("今天收回", "warn"),
            None => ("委托中", "yes"),
        }
    }

    /// As the machine reads it.
    fn handed(&self) -> Handed {
        Handed {
            step: self.step.clone(),
            from: self.from,
            until: self.last(),
            document: self.document.clone(),
        }
    }
}

const READ: &str = "SELECT d.delegation, d.office, d.programme, d.step, d.from_day, d.until_day, d.document, d.made_by, \
     d.made_at, d.ended_day, d.ended_by FROM cases_delegation d";

fn of_row(row: &Row) -> StoreResult<Delegation> {
    Ok(Delegation {
        delegation: row.text("delegation")?,
        office: row.text("office")?,
        programme: row.text("programme")?,
        step: row.text("step")?,
        from: row.day("from_day")?,
        until: row.day("until_day")?,
        document: row.text("document")?,
        made_by: row.text("made_by")?,
        made_at: row.instant("made_at")?,
        ended: row.opt_day("ended_day")?,
        ended_by: row.opt_text("ended_by")?,
    })
}

/// All of some offices, the newest first.
pub async fn of_offices(reads: &impl Reads, offices: &[String]) -> StoreResult<Vec<Delegation>> {
    let mut sql = Sql::new(&format!("{READ} WHERE d.office IN (''"));
    for office in offices {
        sql.push(", ").bind(office.as_str());
    }
    sql.push(") ORDER BY d.from_day DESC, d.delegation DESC");
    let (text, values) = sql.parts();
    reads.all(&text, values).await?.iter().map(of_row).collect()
}

/// All of them: a county has a handful.
pub async fn all(reads: &impl Reads) -> StoreResult<Vec<Delegation>> {
    let sql = format!("{READ} ORDER BY d.from_day, d.delegation");
    reads.all(&sql, vec![]).await?.iter().map(of_row).collect()
}

/// One of them.
pub async fn find(reads: &impl Reads, id: &str) -> StoreResult<Option<Delegation>> {
    let sql = format!("{READ} WHERE d.delegation = $1");
    let row = reads.one(&sql, values![id]).await?;
    row.as_ref().map(of_row).transpose()
}

/// The procedure as it runs for a case: with what its office handed to the towns.
pub fn procedure_for(all: &[Delegation], procedure: &Procedure, case: &Case) -> Procedure {
    let own = all
        .iter()
        .filter(|one| one.office == case.office && one.programme == case.programme);
    Procedure {
        handed: own.map(Delegation::handed).collect(),
        ..procedure.clone()
    }
}

/// A step that may be handed over: programme, step, title.
pub fn steps(procedures: &Procedures) -> Vec<(String, String, String)> {
    procedures
        .procedures
        .iter()
        .flat_map(|procedure| {
            procedure
                .steps
                .iter()
                .filter(|step| {
                    matches!(step.kind, Kind::Check | Kind::Decide)
                        && step.by.as_deref() == Some("county")
                })
                .map(|step| {
                    (
                        procedure.programme.clone(),
                        step.id.clone(),
                        step.title.clone(),
                    )
                })
        })
        .collect()
}

/// Where a list looks for what was handed over: one step of one office, begun within some days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// Deciding body.
    pub office: String,
    /// Programme.
    pub programme: String,
    /// Step.
    pub step: String,
    /// Whether the step decides.
    pub decides: bool,
    /// First day.
    pub from: Day,
    /// Last day.
    pub until: Day,
}

/// The windows of all that was ever in force.
pub async fn windows(reads: &impl Reads, procedures: &Procedures) -> StoreResult<Vec<Window>> {
    let all = all(reads).await?;
    Ok(all
        .into_iter()
        .filter(|one| one.from <= one.last())
        .filter_map(|one| {
            let step = procedures.of(&one.programme)?.step(&one.step)?;
            Some(Window {
                decides: step.kind == Kind::Decide,
                from: one.from,
                until: one.last(),
                office: one.office,
                programme: one.programme,
                step: one.step,
            })
        })
        .collect())
}

/// A delegation to be entered.
#[derive(Debug, Clone, Copy)]
pub struct New<'a> {
    /// The body with county powers.
    pub office: &'a str,
    /// Programme.
    pub programme: &'a str,
    /// Step.
    pub step: &'a str,
    /// First day.
    pub from: Day,
    /// Last day.
    pub until: Day,
    /// The document.
    pub document: &'a str,
}

/// Enters a delegation; `false` where one for the step has days in common with it.
pub async fn enter(tx: &mut Tx, new: New<'_>) -> StoreResult<bool> {
    // Of two who enter at once the second sees what the first entered.
    let lock = tx.for_update_of("p");
    let sql = format!("SELECT p.no FROM cases_procedures p ORDER BY p.no DESC LIMIT 1{lock}");
    tx.all(&sql, vec![]).await?;
    let office = [new.office.to_owned()];
    let taken = of_offices(&*tx, &office).await?.into_iter().any(|one| {
        one.programme == new.programme
            && one.step == new.step
            && one.from <= new.until
            && one.last() >= new.from
            && one.from <= one.last()
    });
    if taken {
        return Ok(false);
    }
    let (id, by, at) = (tx.store().new_id(), tx.actor().id.clone(), tx.at().micros());
    tx.run(
        "INSERT INTO cases_delegation (delegation, office, programme, step, from_day, until_day, document, made_by, made_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        values![
            id.as_str(),
            new.office,
            new.programme,
            new.step,
            new.from.number(),
            new.until.number(),
            new.document,
            by,
            at
        ],
    )
    .await?;
    tx.audit(
        Audit::new("case.delegate")
            .subject(&id)
            .with("office", new.office)
            .with("programme", new.programme)
            .with("step", new.step)
            .with("from", new.from.to_string())
            .with("until", new.until.to_string()),
    );
    Ok(true)
}

/// Takes one back: what begins from tomorrow on is the county's again. `false` where it has ended already.
pub async fn take_back(tx: &mut Tx, one: &Delegation) -> StoreResult<bool> {
    let (by, at, today) = (
        tx.actor().id.clone(),
        tx.at().micros(),
        tx.at().day().number(),
    );
    let done = tx
        .run(
            "UPDATE cases_delegation SET ended_day = $1, ended_by = $2, ended_at = $3 WHERE delegation = $4 \
             AND ended_day IS NULL AND until_day > $1",
            values![today, by, at, one.delegation.as_str()],
        )
        .await?;
    tx.audit(
        Audit::new("case.delegation_end")
            .subject(&one.delegation)
            .with("office", one.office.as_str()),
    );
    Ok(done == 1)
}
