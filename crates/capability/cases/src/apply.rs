//! What somebody may apply for, and drafts that are kept until they are handed in.

use crate::machine::{Standing, State};
use crate::procedures::{Evidence, Procedure, Procedures};
use crate::store::{self as rows, Answers, Case};
use area::api::AreaBook;
use authz::Role;
use kernel::Day;
use people::api::Person;
use plan::api::PlanBook;
use rules::Truth;
use store::{Audit, Store, StoreResult, Tx};

/// How a person stands to a programme that is applied for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Offer {
    /// In payment.
    Receiving,
    /// A case is under way, or a draft is kept: its code and where it stands.
    Running(String, State),
    /// 免申即享: entitled, nobody need apply.
    Free,
    /// Entitled: may apply.
    Entitled,
    /// Not known yet; may apply, the office finds out.
    Unknown,
    /// Not entitled as things are known; says which condition fails.
    No(String),
}

/// A programme and how the person stands to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offered {
    /// Programme id.
    pub programme: String,
    /// 高龄津贴.
    pub name: String,
    /// Fen a cycle where it is known.
    pub fen: Option<i64>,
    /// How they stand.
    pub offer: Offer,
}

/// Everything a person might apply for, as things are known today.
pub async fn offers(
    store: &Store,
    plans: &PlanBook,
    procedures: &Procedures,
    person: &Person,
    today: Day,
) -> StoreResult<Vec<Offered>> {
    let Some(published) = plans.in_force(today) else {
        return Ok(Vec::new());
    };
    let list = &published.list;
    let answers = list.answer_programmes(&person.facts, today);
    let grants = pay::api::grants_of_person(store, &person.key).await?;
    let keys = [person.key.clone()];
    let receipts = entitle::api::receipts_of(store, &keys)
        .await?
        .remove(&person.key.id)
        .unwrap_or_default();
    let cases = rows::of_person(store, &person.key).await?;
    let mut out = Vec::new();
    for procedure in &procedures.procedures {
        let programme = &procedure.programme;
        let Some(row) = list
            .programmes()
            .iter()
            .find(|row| row.programme.id == *programme)
        else {
            continue;
        };
        let answer = answers.iter().find(|answer| answer.id == *programme);
        let running = cases
            .iter()
            .find(|case| case.programme == *programme && case.standing.state.open());
        let paid = grants
            .iter()
            .any(|grant| grant.programme == *programme && grant.state == "active")
            || receipts.iter().any(|receipt| {
                receipt.programme == *programme
                    && receipt.from <= today
                    && receipt.until.is_none_or(|until| until > today)
            });
        let offer = match (running, answer.map(|answer| answer.answer)) {
            _ if paid => Offer::Receiving,
            (Some(case), _) => {
                Offer::Running(case.code.clone(), case.standing.on(procedure, today).state)
            }
            (None, Some(Truth::True)) => match answer.and_then(|answer| answer.because.clone()) {
                Some(because) => Offer::No(because),
                None if procedure.free => Offer::Free,
                None => Offer::Entitled,
            },
            (None, Some(Truth::False)) => Offer::No(String::new()),
            (None, _) => Offer::Unknown,
        };
        out.push(Offered {
            programme: programme.clone(),
            name: row.programme.name.clone(),
            fen: answer.and_then(|answer| answer.fen),
            offer,
        });
    }
    out.sort_by_key(|one| match one.offer {
        Offer::Running(..) => 0,
        Offer::Free => 1,
        Offer::Entitled => 2,
        Offer::Unknown => 3,
        Offer::Receiving => 4,
        Offer::No(_) => 5,
    });
    Ok(out)
}

/// How somebody of this role applies unless they say otherwise.
pub fn applicant_of(role: Role) -> &'static str {
    match role {
        Role::Family => "family",
        Role::Visitor => "village",
        _ => "window",
    }
}

/// Ways to apply that somebody of this role may choose from.
pub fn ways(role: Role, procedure: &Procedure) -> Vec<(&'static str, &'static str)> {
    let own: &[(&'static str, &'static str)] = match role {
        Role::Family => &[("family", "我替家人办"), ("self", "本人自己办，我帮着操作")],
        Role::Visitor => &[("village", "村（社区）代办"), ("self", "本人在场")],
        _ => &[
            ("self", "本人到窗口"),
            ("family", "家属代办"),
            ("window", "窗口代录"),
        ],
    };
    own.iter()
        .copied()
        .filter(|(key, _)| procedure.takes(key))
        .collect()
}

/// Why a person has no office here that decides, in Chinese.
pub const AWAY: &str = "户籍地不在本市，请向户籍地的民政部门申请。";

/// A new draft. `Err` says why there is none. A duplicate is [`store::StoreError::Duplicate`].
pub async fn start(
    tx: &mut Tx,
    areas: &AreaBook,
    procedures: i64,
    procedure: &Procedure,
    person: &Person,
) -> StoreResult<Result<Case, &'static str>> {
    let subject = person.subject();
    let office = subject
        .hukou
        .and_then(|code| areas.executor_of(&code).map(|office| (code, office)));
    let Some((hukou, office)) = office else {
        return Ok(Err(AWAY));
    };
    let actor = tx.actor().clone();
    let case = Case {
        code: tx.store().new_id(),
        key: person.key.clone(),
        hukou: subject.hukou,
        residence: subject.residence,
        programme: procedure.programme.clone(),
        procedures,
        office: office.key.clone(),
        handled: hukou,
        applicant: applicant_of(actor.role).to_owned(),
        filed_by: actor.id,
        holder: None,
        checked_by: None,
        decided_by: None,
        standing: Standing::draft(),
        submitted: None,
        from: None,
        fen: None,
        grant: None,
        reasons: None,
        answers: Answers::default(),
        version: 1,
    };
    rows::insert(tx, &case).await?;
    tx.audit(
        Audit::new("case.draft")
            .person(&case.key.shard, &case.key.id)
            .with("case", case.code.as_str())
            .with("programme", case.programme.as_str()),
    );
    Ok(Ok(case))
}

/// Keeps what was filled in; `false` where somebody was faster.
pub async fn keep(tx: &mut Tx, case: &Case) -> StoreResult<bool> {
    let done = rows::save(tx, case).await?;
    tx.audit(
        Audit::new("case.keep")
            .person(&case.key.shard, &case.key.id)
            .with("case", case.code.as_str()),
    );
    Ok(done)
}

/// Evidence of a case: what the register knows, and what has to be brought.
pub fn evidence<'a>(
    procedures: &'a Procedures,
    procedure: &'a Procedure,
    applicant: &str,
    person: &Person,
) -> (Vec<&'a Evidence>, Vec<&'a Evidence>) {
    procedures
        .asked(procedure, applicant)
        .into_iter()
        .partition(|one| one.is_known(person))
}
