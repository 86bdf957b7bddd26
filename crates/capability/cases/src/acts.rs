//! What officers and applicants do to a case, inside one transaction: who may, what follows, what is written. Approval
//! makes the grant at once; who declared a tie to the person decides nothing about them.

use crate::doers;
use crate::events::{self, New as NewEvent};
use crate::machine::{Act, State};
use crate::procedures::Procedure;
use crate::store::{self as rows, Case};
use crate::ties;
use area::api::AreaBook;
use authz::{Actor, Role, Scope};
use entitle::api::FollowState;
use kernel::Day;
use message::api::{Kind, Said};
use pay::api::{Decided, NewGrant};
use people::api::Person;
use plan::api::PlanBook;
use store::{Audit, StoreResult, Tx};

/// Why an act is not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// Not now, or not by these words: in Chinese.
    Not(String),
    /// Somebody was faster.
    Stale,
    /// Another office or role does it.
    Other(String),
}

impl Refusal {
    fn not(text: &str) -> Self {
        Self::Not(text.to_owned())
    }
}

/// What comes with an act.
#[derive(Debug, Clone, Default)]
pub struct With {
    /// Why.
    pub reason: String,
    /// First day of the right where it is granted; the day of the decision when empty.
    pub from: Option<Day>,
}

/// What an act needs to look at.
#[derive(Debug, Clone, Copy)]
pub struct Books<'a> {
    /// Lists in force.
    pub plans: &'a PlanBook,
    /// Areas and who decides for them.
    pub areas: &'a AreaBook,
    /// The procedure of the case.
    pub procedure: &'a Procedure,
}

/// Whether an officer's area covers a case for this role: towns and villages where it is handled, 残联 and 卫健 where
/// the person is, the county whose body decides.
pub fn covers(areas: &AreaBook, actor: &Actor, case: &Case) -> bool {
    if actor.scope == Scope::Everywhere {
        return true;
    }
    match actor.role {
        Role::CountyCivil => areas.executor(&case.office).is_some_and(|office| {
            !office.areas.is_empty()
                && office
                    .areas
                    .iter()
                    .all(|area| actor.scope.admits_area(area))
        }),
        _ => [Some(case.handled), case.hukou, case.residence]
            .into_iter()
            .flatten()
            .take(if actor.role == Role::DepartmentData {
                3
            } else {
                1
            })
            .any(|area| actor.scope.admits_area(&area)),
    }
}

/// Whether this actor does what the applicant does: the family of the person, or an office that files for people.
pub(crate) fn speaks(actor: &Actor, case: &Case) -> bool {
    match actor.role {
        Role::Family => matches!(&actor.scope, Scope::People(ids) if ids.contains(&case.key.id)),
        Role::Visitor | Role::TownWorker | Role::CountyCivil | Role::System => true,
        _ => false,
    }
}

/// Whether the actor may do this act now, whatever their ties.
pub fn may(books: Books<'_>, actor: &Actor, case: &Case, act: Act<'_>, today: Day) -> bool {
    let standing = case.standing.on(books.procedure, today);
    let doers = standing.doers(books.procedure, act);
    let theirs = if doers.is_empty() {
        speaks(actor, case)
    } else {
        actor.role == Role::System
            || (doers.contains(&actor.role) && covers(books.areas, actor, case))
    };
    theirs && standing.can(books.procedure, act, today)
}

/// Does an act. On `Err` nothing is written and the caller rolls back.
pub async fn perform(
    tx: &mut Tx,
    books: Books<'_>,
    case: &Case,
    person: &Person,
    act: Act<'_>,
    with: &With,
) -> StoreResult<Result<Case, Refusal>> {
    let (actor, today) = (tx.actor().clone(), tx.at().day());
    let next = match case.standing.after(books.procedure, act, today) {
        Ok(next) => next,
        Err(text) => return Ok(Err(Refusal::not(text))),
    };
    if !may(books, &actor, case, act, today) {
        let text = format!("这一步由{}办理。", doers::who_does(books, case, act, today));
        return Ok(Err(Refusal::Other(text)));
    }
    if act.needs_reason() && with.reason.trim().is_empty() {
        return Ok(Err(Refusal::not("请写明原因，申请人会看到。")));
    }
    if act.decides()
        && let Some(text) = ties::stops(tx, &actor, case, act).await?
    {
        return Ok(Err(Refusal::Not(text)));
    }
    let mut after = case.clone();
    after.standing = next;
    let mut clause = None;
    match act {
        Act::Submit => after.submitted = Some(today),
        Act::Pass(_) => after.checked_by = Some(actor.id.clone()),
        Act::Transfer => match elsewhere(case) {
            Some(handled) => after.handled = handled,
            None => return Ok(Err(Refusal::not("户籍地和常住地在一处，没有别处可以转。"))),
        },
        Act::Approve | Act::Overturn => {
            after.decided_by = Some(actor.id.clone());
            let granted = grant(tx, books, &mut after, person, with).await?;
            match granted {
                Ok(said) => clause = Some(said),
                Err(refusal) => return Ok(Err(refusal)),
            }
        }
        Act::Refuse | Act::Uphold => {
            after.decided_by = Some(actor.id.clone());
            clause = Some(books.procedure.clause.clone());
            after.reasons = Some(told_now(books, person, case, today));
        }
        _ => {}
    }
    if let (Some(said), Some(by)) = (&clause, delegated(books, case, act, &actor, today)) {
        clause = Some(format!("{said}；{by}"));
    }
    if !matches!(actor.role, Role::Family | Role::System) {
        after.holder = Some(actor.id.clone());
    }
    if !rows::save(tx, &after).await? {
        return Ok(Err(Refusal::Stale));
    }
    let step = match act {
        Act::Pass(step) => Some(step),
        _ => None,
    };
    let event = NewEvent {
        act: act.key(),
        step,
        clause: clause.as_deref(),
        says: Some(with.reason.trim()),
    };
    events::add(tx, case, event).await?;
    // Who is owed and applied is being worked on; who was turned away or took it back is not.
    let followed = match act {
        Act::Submit | Act::Appeal => Some((FollowState::InHand, "已申请")),
        Act::Withdraw => Some((FollowState::Open, "申请已撤回")),
        Act::Reject | Act::Refuse | Act::Uphold => Some((FollowState::Open, "申请没有批准")),
        _ => None,
    };
    if let Some((state, says)) = followed {
        let says = format!("{says}，编号 {}", case.code);
        entitle::api::follow_owed(tx, &case.key, &case.programme, state, &says).await?;
    }
    tx.audit(
        Audit::new("case.act")
            .person(&case.key.shard, &case.key.id)
            .with("case", case.code.as_str())
            .with("act", act.key())
            .with("state", after.standing.state.key()),
    );
    let said = told(books, &after, person, act, today);
    message::api::say(tx, said.into_iter().collect()).await?;
    after.version += 1;
    Ok(Ok(after))
}

/// What a town decides by, where the county handed the decision to it.
fn delegated(
    books: Books<'_>,
    case: &Case,
    act: Act<'_>,
    actor: &Actor,
    today: Day,
) -> Option<String> {
    if actor.role != Role::TownWorker || !matches!(act, Act::Approve | Act::Refuse) {
        return None;
    }
    let standing = case.standing.on(books.procedure, today);
    let decide = books.procedure.steps.last()?;
    let handed = standing.handed(books.procedure, decide)?;
    let office = books.areas.executor(&case.office)?;
    Some(format!(
        "受{}民政局委托办理（{}）",
        office.name, handed.document
    ))
}

/// What the person and the family are told of an act; nothing where it does not concern them.
pub(crate) fn told(
    books: Books<'_>,
    case: &Case,
    person: &Person,
    act: Act<'_>,
    today: Day,
) -> Option<Said> {
    let procedure = books.procedure;
    let number = case.number();
    let (kind, more) = match act {
        Act::Accept => (
            Kind::Accepted,
            format!(
                "编号 {number}，{} 个工作日以内办好，公示和补材料的时间另算。",
                procedure.all_days()
            ),
        ),
        Act::Ask => (
            Kind::Supplement,
            format!(
                "编号 {number}，请在 {} 个工作日内补齐；缺什么在办件里看得到，也可以问乡镇民政办。",
                procedure.supplement_days
            ),
        ),
        Act::Approve | Act::Overturn => (
            Kind::Decided,
            format!(
                "同意。{}编号 {number}。",
                case.fen.map_or_else(String::new, |fen| format!(
                    "每期 {} 元，随最近的批次发放。",
                    kernel::Fen(fen)
                ))
            ),
        ),
        Act::Refuse | Act::Reject => (
            Kind::Decided,
            format!(
                "没有同意，原因在办件里看得到。不同意这个结果的，{} 天内可以申诉。编号 {number}。",
                procedure.appeal_days
            ),
        ),
        Act::Uphold => (
            Kind::Decided,
            format!("申诉后维持原来的结果，可以依法申请复议或者起诉。编号 {number}。"),
        ),
        Act::Pass(_) if case.standing.on(procedure, today).state == State::Publicity => {
            let days = procedure.publicity.as_ref().map_or(0, |one| one.days);
            (
                Kind::Posted,
                format!("公示 {days} 天，期满没有异议就作决定。编号 {number}。"),
            )
        }
        _ => return None,
    };
    Some(Said::new(
        person,
        kind,
        &called(books, &case.programme, today),
        &more,
        Some(format!("/cases/{}", case.code)),
    ))
}

/// What a programme is called in a message: by its name where cases of it are posted.
pub(crate) fn called(books: Books<'_>, programme: &str, today: Day) -> String {
    let published = books.plans.in_force(today);
    let name = published
        .as_ref()
        .and_then(|list| {
            list.list
                .programmes()
                .iter()
                .find(|row| row.programme.id == programme)
        })
        .map_or("待遇", |row| row.programme.name.as_str());
    message::api::programme_words(name, books.procedure.publicity.is_some())
}

/// The other area of the person: where a transfer leads.
fn elsewhere(case: &Case) -> Option<kernel::AreaCode> {
    [case.hukou, case.residence]
        .into_iter()
        .flatten()
        .find(|area| *area != case.handled)
}

/// What the list says of the person today, kept with a refusal.
fn told_now(books: Books<'_>, person: &Person, case: &Case, today: Day) -> String {
    let published = books.plans.in_force(today);
    let told = published
        .and_then(|list| pay::api::reasons(&list, person, &case.programme, today).ok())
        .map(|told| told.json);
    told.unwrap_or_else(|| {
        serde_json::json!({
            "programme": books.procedure.title, "clause": books.procedure.clause, "decides": "",
            "conditions": [], "digest": "", "as_of": today.to_string(),
        })
    })
    .to_string()
}

/// Makes the grant of an approved case; gives the clause it stands on.
async fn grant(
    tx: &mut Tx,
    books: Books<'_>,
    case: &mut Case,
    person: &Person,
    with: &With,
) -> StoreResult<Result<String, Refusal>> {
    let (actor, today) = (tx.actor().clone(), tx.at().day());
    let new = match new_grant(books, case, person, with.from, today, tx.at()) {
        Ok(new) => new,
        Err(text) => return Ok(Err(Refusal::Not(text))),
    };
    let clause = clause_of(&new.reasons);
    case.from = Some(new.from);
    case.fen = Some(new.fen);
    case.reasons = Some(new.reasons.clone());
    let one = Decided {
        new,
        proposed_by: case
            .checked_by
            .clone()
            .unwrap_or_else(|| case.filed_by.clone()),
    };
    let made = pay::api::grant_decided(tx, &actor, &case.programme, vec![one]).await?;
    match made.get(&case.key.id) {
        Some(no) => {
            case.grant = Some(*no);
            Ok(Ok(clause))
        }
        None => Ok(Err(Refusal::not(
            "这个人的这项待遇已经在发放或正在确认，不用再批。可以请申请人撤回，或者不予批准并说明。",
        ))),
    }
}

/// The grant that approving a case would make; `Err` says why there is none.
pub(crate) fn new_grant(
    books: Books<'_>,
    case: &Case,
    person: &Person,
    from: Option<Day>,
    today: Day,
    at: kernel::Instant,
) -> Result<NewGrant, String> {
    let published = books.plans.in_force(today).ok_or("还没有发布清单。")?;
    let told = pay::api::reasons(&published, person, &case.programme, today)?;
    let fen = told
        .fen
        .filter(|fen| *fen > 0)
        .ok_or("标准金额还没有确定，先在清单参数里登记标准，再批准。")?;
    let subject = person.subject();
    Ok(NewGrant {
        key: case.key.clone(),
        programme: case.programme.clone(),
        office: case.office.clone(),
        area: subject.hukou,
        hukou: subject.hukou,
        residence: subject.residence,
        from: from.unwrap_or(today),
        fen,
        origin: "case",
        reasons: told.json.to_string(),
        digest: told.digest,
        recorded: at,
    })
}

/// The clause among kept reasons.
pub(crate) fn clause_of(reasons: &str) -> String {
    let read: serde_json::Value = serde_json::from_str(reasons).unwrap_or_default();
    read.get("clause")
        .and_then(serde_json::Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

/// What has to be done now, for lists and desks.
pub fn next_zh(procedure: &Procedure, case: &Case, today: Day) -> String {
    let standing = case.standing.on(procedure, today);
    match standing.state {
        State::Draft => "填完提交".to_owned(),
        State::Submitted => "受理或要求补正".to_owned(),
        State::Supplement if standing.due.is_some_and(|due| due < today) => {
            "补正超期，办结或再联系".to_owned()
        }
        State::Supplement => "等申请人补正".to_owned(),
        State::Checking => {
            let steps: Vec<&str> = standing
                .waiting(procedure)
                .into_iter()
                .map(|step| step.title.as_str())
                .collect();
            steps.join("、")
        }
        State::Publicity if standing.objections > 0 => "核实异议".to_owned(),
        State::Publicity => "等公示期满".to_owned(),
        State::Deciding => "作出决定".to_owned(),
        State::Appealing => "复核申诉".to_owned(),
        State::Approved => "随最近批次发放".to_owned(),
        State::Refused | State::Rejected | State::Withdrawn => "已办结".to_owned(),
    }
}
