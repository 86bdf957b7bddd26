//! The demo's cases: a few in every state, made through the same acts as everybody's, in the name of officers of their
//! place.

use crate::acts::{self, Books, With};
use crate::machine::{Act, State};
use crate::procedures::Procedure;
use crate::store::{self as rows, Answers, Case};
use crate::{apply, book};
use area::api::AreaBook;
use authz::{Actor, Role, Scope};
use people::api::Person;
use plan::api::PlanBook;
use rules::facts::{FactId, Value};
use store::{Audit, Store, StoreError, StoreResult};

/// Officers in whose names the demo acts: account ids and names of a town worker, a county officer, 残联's.
#[derive(Debug, Clone)]
pub struct Hands {
    /// 乡镇民政办.
    pub town: (String, String),
    /// 县民政.
    pub county: (String, String),
    /// 残联.
    pub disabled: (String, String),
    /// The county's body.
    pub office: String,
    /// A person who is left alone: she is told of in the first five minutes.
    pub spared: String,
}

/// What is done to the cases of those who are owed: the first waits for the decision, then one that is granted.
const OWED: &[&[Act<'static>]] = &[
    &[
        Act::Submit,
        Act::Accept,
        Act::Pass("check"),
        Act::Pass("verify"),
    ],
    &[Act::Submit, Act::Accept, Act::Pass("check"), Act::Approve],
];
/// What is done to the cases of others who ask: nothing of it ends with money.
const ASKING: &[&[Act<'static>]] = &[
    &[Act::Submit],
    &[Act::Submit, Act::Ask],
    &[Act::Submit, Act::Accept],
    &[Act::Submit, Act::Accept, Act::Pass("check")],
    &[Act::Submit, Act::Accept, Act::Pass("check"), Act::Refuse],
    &[
        Act::Submit,
        Act::Accept,
        Act::Pass("check"),
        Act::Refuse,
        Act::Appeal,
    ],
    &[Act::Submit, Act::Reject],
    &[Act::Submit, Act::Withdraw],
];

/// Why, where an act needs words.
fn why(act: Act<'_>, procedure: &Procedure) -> &'static str {
    let by_age = procedure.programme == "senior_allowance";
    match act {
        Act::Ask => "请补社会保障卡复印件，或者告诉我们卡号。",
        Act::Reject => "申请的不是本人名下的待遇，请本人另行申请。",
        Act::Refuse if by_age => "还没有满 80 周岁，到龄后会主动告知，不用再申请。",
        Act::Appeal if by_age => "身份证上的出生年份比实际晚了两年，请按户口簿核对。",
        Act::Refuse => "入户核查时家庭收入高于低收入家庭标准。",
        Act::Appeal => "收入核算把儿子的工资算了进来，儿子已经分户。",
        _ => "",
    }
}

/// Loads procedures and makes the cases; gives how many.
pub async fn demo(
    store: &Store,
    plans: &PlanBook,
    areas: &AreaBook,
    text: &str,
    hands: &Hands,
) -> StoreResult<usize> {
    let maker = Actor::system("demo");
    let mut tx = store.begin(&maker, None).await?;
    book::load(&mut tx, plans, text)
        .await?
        .map_err(|problems| StoreError::Other(problems.join("; ")))?;
    tx.commit().await?;
    let Some(loaded) = book::in_force(store).await? else {
        return Ok(0);
    };
    let scope = Scope::Areas(areas.executor_scope(&hands.office));
    let places = Places {
        plans,
        areas,
        hands,
        no: loaded.no,
    };
    let (mut made, mut asked) = (0, Vec::new());
    for procedure in &loaded.procedures.procedures {
        let mut filter = entitle::api::all_findings("owed", &scope);
        filter.programme = Some(procedure.programme.clone());
        filter.most = OWED.len() as i64 + 1;
        let found = entitle::api::findings(store, &scope, &filter).await?;
        let owed = found
            .into_iter()
            .map(|finding| finding.key.id)
            .filter(|id| *id != hands.spared);
        for (id, way) in owed.zip(OWED) {
            let Some(person) = people::api::person(store, &id).await? else {
                continue;
            };
            asked.push(id);
            made += usize::from(places.one(store, procedure, &person, way).await?);
        }
    }
    // Others of the county who are old enough to ask, each once.
    let today = store.clock().today();
    let everyone = people::api::after(store, None, 2_000).await?;
    let mut others = everyone.iter().filter(|person| {
        let birth = match person.facts.get(FactId::BIRTH_DATE) {
            Some(Value::Day(birth)) => *birth,
            _ => return false,
        };
        let here = person
            .subject()
            .hukou
            .is_some_and(|code| scope.admits_area(&code));
        here && (66..80).contains(&birth.age_on(today))
            && person.facts.get(FactId::ALIVE) != Some(&Value::Bool(false))
            && person.key.id != hands.spared
            && !asked.contains(&person.key.id)
    });
    for way in ASKING {
        for procedure in &loaded.procedures.procedures {
            let Some(person) = others.next() else { break };
            made += usize::from(places.one(store, procedure, person, way).await?);
        }
    }
    Ok(made)
}

struct Places<'a> {
    plans: &'a PlanBook,
    areas: &'a AreaBook,
    hands: &'a Hands,
    no: i64,
}

impl Places<'_> {
    fn actor(&self, role: Role) -> Actor {
        let (id, name) = match role {
            Role::CountyCivil => &self.hands.county,
            Role::DepartmentData => &self.hands.disabled,
            _ => &self.hands.town,
        };
        Actor {
            id: id.clone(),
            name: name.clone(),
            role,
            scope: Scope::Areas(self.areas.executor_scope(&self.hands.office)),
            scope_name: String::new(),
        }
    }

    async fn one(
        &self,
        store: &Store,
        procedure: &Procedure,
        person: &Person,
        way: &[Act<'_>],
    ) -> StoreResult<bool> {
        let books = Books {
            plans: self.plans,
            areas: self.areas,
            procedure,
        };
        let mut tx = store.begin(&self.actor(Role::TownWorker), None).await?;
        let made = apply::start(&mut tx, self.areas, self.no, procedure, person).await?;
        let Ok(mut case) = made else {
            tx.rollback().await?;
            return Ok(false);
        };
        "self".clone_into(&mut case.applicant);
        case.answers = Answers {
            have: procedure.evidence.clone(),
            step: 3,
            ..Answers::default()
        };
        apply::keep(&mut tx, &case).await?;
        case.version += 1;
        tx.audit(Audit::new("case.demo"));
        tx.commit().await?;
        for act in way {
            if matches!(act, Act::Approve | Act::Refuse) {
                past(store, &mut case).await?;
            }
            let standing = case.standing.on(procedure, store.clock().today());
            let role = standing
                .doers(procedure, *act)
                .first()
                .copied()
                .unwrap_or(Role::TownWorker);
            let mut tx = store.begin(&self.actor(role), None).await?;
            let with = With {
                reason: why(*act, procedure).to_owned(),
                from: None,
            };
            // What cannot be done that day (a decision while it is posted) leaves the case where it is: that is a state too.
            match acts::perform(&mut tx, books, &case, person, *act, &with).await? {
                Ok(next) => {
                    case = next;
                    tx.commit().await?;
                }
                Err(_not_now) => {
                    tx.rollback().await?;
                    break;
                }
            }
        }
        // The last way ends with publicity over: it waits for the decision.
        if way.last() == Some(&Act::Pass("verify")) {
            past(store, &mut case).await?;
        }
        Ok(true)
    }
}

/// Lets the publicity of a case have ended yesterday: a demo has one day, and its cases have lived before it.
async fn past(store: &Store, case: &mut Case) -> StoreResult<()> {
    if case.standing.state != State::Publicity {
        return Ok(());
    }
    let yesterday = store.clock().today().plus_days(-1);
    case.standing.until = Some(yesterday);
    case.standing.due = Some(yesterday);
    case.submitted = Some(yesterday.plus_days(-14));
    let mut tx = store.begin(&Actor::system("demo"), None).await?;
    rows::save(&mut tx, case).await?;
    case.version += 1;
    tx.audit(Audit::new("case.demo"));
    tx.commit().await
}
