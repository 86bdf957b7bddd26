//! The demo's cases: a few in every state, made through the same acts as everybody's, in the name of officers of their
//! place.

use crate::acts::{self, Books, With};
use crate::machine::{Act, State};
use crate::store::{self as rows, Answers, Case};
use crate::{apply, book};
use area::api::AreaBook;
use authz::{Actor, Role, Scope};
use entitle::api::Finding;
use plan::api::PlanBook;
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
}

/// What is done to each case, from the newest to the oldest.
const WAYS: &[&[Act<'static>]] = &[
    &[],
    &[Act::Submit],
    &[Act::Submit, Act::Ask],
    &[Act::Submit, Act::Accept],
    &[Act::Submit, Act::Accept, Act::Pass("check")],
    &[Act::Submit, Act::Accept, Act::Pass("check"), Act::Approve],
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
    &[
        Act::Submit,
        Act::Accept,
        Act::Pass("check"),
        Act::Pass("verify"),
    ],
];

/// Why, where an act needs words.
const fn why(act: Act<'_>) -> &'static str {
    match act {
        Act::Ask => "请补社会保障卡复印件，或者告诉我们卡号。",
        Act::Reject => "申请的不是本人名下的待遇，请本人另行申请。",
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
    let mut made = 0;
    for (at, procedure) in loaded.procedures.procedures.iter().enumerate() {
        let mut filter = entitle::api::all_findings("owed", &scope);
        filter.programme = Some(procedure.programme.clone());
        filter.most = WAYS.len() as i64;
        // The first of the list stay as they are: they are told of in the first five minutes.
        filter.skip = 3;
        let found = entitle::api::findings(store, &scope, &filter).await?;
        for (which, finding) in found.iter().enumerate() {
            // A refusal by income belongs to programmes that ask for it; an allowance by age has none.
            let way = WAYS.get((which + at) % WAYS.len()).copied().unwrap_or(&[]);
            let places = Places {
                plans,
                areas,
                hands,
                no: loaded.no,
            };
            made += usize::from(places.one(store, procedure, finding, way).await?);
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
        procedure: &crate::procedures::Procedure,
        finding: &Finding,
        way: &[Act<'_>],
    ) -> StoreResult<bool> {
        let Some(person) = people::api::person(store, &finding.key.id).await? else {
            return Ok(false);
        };
        let books = Books {
            plans: self.plans,
            areas: self.areas,
            procedure,
        };
        let mut tx = store.begin(&self.actor(Role::TownWorker), None).await?;
        let made = apply::start(&mut tx, self.areas, self.no, procedure, &person).await?;
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
                reason: why(*act).to_owned(),
                from: None,
            };
            // What cannot be done that day (a decision while it is posted) leaves the case where it is: that is a state too.
            match acts::perform(&mut tx, books, &case, &person, *act, &with).await? {
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
