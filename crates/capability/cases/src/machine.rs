//! What happens to a case: an act on a standing on a day gives the next standing or a reason why not. Pure.
//!
//! Deadlines are working days. While a supplement is awaited the office's clock stands still: the days that were left
//! are kept and run on from the day it comes.

use crate::procedures::{Handed, Kind, Procedure, Step};
use authz::Role;
use desk::api::{plus_workdays, workdays_between};
use kernel::Day;

pub use crate::act::{Act, act_of, act_zh};

/// Where a case stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Kept, not handed in.
    Draft,
    /// 待受理.
    Submitted,
    /// 待补正: the office waits for the applicant.
    Supplement,
    /// 审核中.
    Checking,
    /// 公示中.
    Publicity,
    /// 待决定.
    Deciding,
    /// 申诉中.
    Appealing,
    /// 已批准.
    Approved,
    /// 不予批准.
    Refused,
    /// 不予受理.
    Rejected,
    /// 已撤回.
    Withdrawn,
}

impl State {
    /// All of them, in the order of work.
    pub const ALL: [Self; 11] = [
        Self::Submitted,
        Self::Supplement,
        Self::Checking,
        Self::Publicity,
        Self::Deciding,
        Self::Appealing,
        Self::Approved,
        Self::Refused,
        Self::Rejected,
        Self::Withdrawn,
        Self::Draft,
    ];

    /// Key in rows and addresses.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Submitted => "submitted",
            Self::Supplement => "supplement",
            Self::Checking => "checking",
            Self::Publicity => "publicity",
            Self::Deciding => "deciding",
            Self::Appealing => "appealing",
            Self::Approved => "approved",
            Self::Refused => "refused",
            Self::Rejected => "rejected",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Its name.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Draft => "未提交",
            Self::Submitted => "待受理",
            Self::Supplement => "待补正",
            Self::Checking => "审核中",
            Self::Publicity => "公示中",
            Self::Deciding => "待决定",
            Self::Appealing => "申诉中",
            Self::Approved => "已批准",
            Self::Refused => "不予批准",
            Self::Rejected => "不予受理",
            Self::Withdrawn => "已撤回",
        }
    }

    /// The kind of pill.
    pub const fn pill(self) -> &'static str {
        match self {
            Self::Approved => "yes",
            Self::Refused | Self::Rejected | Self::Withdrawn | Self::Draft => "no",
            Self::Supplement | Self::Appealing => "warn",
            Self::Submitted | Self::Checking | Self::Publicity | Self::Deciding => "info",
        }
    }

    /// The state of this key.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.key() == key)
    }

    /// Whether work is still to be done.
    pub const fn open(self) -> bool {
        !matches!(
            self,
            Self::Approved | Self::Refused | Self::Rejected | Self::Withdrawn
        )
    }
}

/// Where a case stands, with all that the next act asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// State.
    pub state: State,
    /// Which stage of the procedure, from 0.
    pub stage: usize,
    /// Steps that are done.
    pub passed: Vec<String>,
    /// By when the present stage (or the supplement) is due.
    pub due: Option<Day>,
    /// Working days that were left when a supplement was asked for.
    pub left: Option<i32>,
    /// Last day of publicity.
    pub until: Option<Day>,
    /// Objections nobody has settled.
    pub objections: i64,
    /// When it was decided.
    pub decided: Option<Day>,
    /// When the present step began: whoever had it then keeps it.
    pub entered: Option<Day>,
}

impl Standing {
    /// A draft.
    pub const fn draft() -> Self {
        Self {
            state: State::Draft,
            stage: 0,
            passed: Vec::new(),
            due: None,
            left: None,
            until: None,
            objections: 0,
            decided: None,
            entered: None,
        }
    }

    /// As it stands on a day: publicity that ended without an open objection has led on to the next stage by itself.
    pub fn on(&self, procedure: &Procedure, today: Day) -> Self {
        match (self.state, self.until) {
            (State::Publicity, Some(until)) if self.objections == 0 && today > until => {
                let mut next = self.clone();
                next.pass_stage(procedure);
                next.enter(procedure, self.stage + 1, until);
                next
            }
            _ => self.clone(),
        }
    }

    /// Marks all steps of the present stage as done.
    fn pass_stage(&mut self, procedure: &Procedure) {
        let stages = procedure.stages();
        for step in stages.get(self.stage).map_or(&[][..], Vec::as_slice) {
            if !self.passed.contains(&step.id) {
                self.passed.push(step.id.clone());
            }
        }
    }

    /// Begins a stage on a day.
    fn enter(&mut self, procedure: &Procedure, stage: usize, day: Day) {
        let kind = procedure
            .stages()
            .get(stage)
            .and_then(|steps| steps.first().map(|step| step.kind));
        self.stage = stage;
        self.entered = Some(day);
        self.left = None;
        self.until = None;
        self.due = Some(plus_workdays(day, procedure.days_of(stage)));
        self.state = match kind {
            Some(Kind::Accept) => State::Submitted,
            Some(Kind::Check) => State::Checking,
            Some(Kind::Publicity) => {
                let days = procedure.publicity.as_ref().map_or(0, |one| one.days);
                self.until = Some(day.plus_days(days));
                self.due = self.until;
                State::Publicity
            }
            Some(Kind::Decide) | None => State::Deciding,
        };
    }

    /// Steps of the present stage that are not done.
    pub fn waiting<'p>(&self, procedure: &'p Procedure) -> Vec<&'p Step> {
        if self.state != State::Checking {
            return Vec::new();
        }
        let stages = procedure.stages();
        let steps = stages.get(self.stage).cloned().unwrap_or_default();
        steps
            .into_iter()
            .filter(|step| !self.passed.contains(&step.id))
            .collect()
    }

    /// What was handed over of a step when the present one began.
    pub fn handed<'p>(&self, procedure: &'p Procedure, step: &Step) -> Option<&'p Handed> {
        let entered = self.entered?;
        procedure
            .handed
            .iter()
            .find(|one| one.step == step.id && one.from <= entered && entered <= one.until)
    }

    /// Who does a step that stands now: the towns where it was handed to them, and whoever handed it over still may.
    fn hands(&self, procedure: &Procedure, step: &Step) -> Vec<Role> {
        let town = self.handed(procedure, step).map(|_handed| Role::TownWorker);
        town.into_iter().chain(step.role()).collect()
    }

    /// Roles that do this act now; empty where it is the applicant's.
    pub fn doers(&self, procedure: &Procedure, act: Act<'_>) -> Vec<Role> {
        let of = |kind: Kind| {
            let steps = procedure.steps.iter().filter(move |step| step.kind == kind);
            steps.filter_map(Step::role)
        };
        match act {
            Act::Submit | Act::Supplement | Act::Withdraw | Act::Appeal => Vec::new(),
            Act::Accept | Act::Reject => of(Kind::Accept).collect(),
            Act::Ask if self.state == State::Submitted => of(Kind::Accept).collect(),
            Act::Ask => self
                .waiting(procedure)
                .into_iter()
                .flat_map(|step| self.hands(procedure, step))
                .collect(),
            Act::Pass(id) => procedure
                .step(id)
                .map_or_else(Vec::new, |step| self.hands(procedure, step)),
            Act::Approve | Act::Refuse => procedure
                .steps
                .iter()
                .filter(|step| step.kind == Kind::Decide)
                .flat_map(|step| self.hands(procedure, step))
                .collect(),
            Act::Object | Act::Transfer | Act::Lapse => {
                of(Kind::Accept).chain(of(Kind::Decide)).collect()
            }
            // Objections and appeals against a town are the county's.
            Act::Dismiss | Act::Uphold | Act::Overturn => of(Kind::Decide).collect(),
        }
    }

    /// Whether an act is possible now, whoever does it.
    pub fn can(&self, procedure: &Procedure, act: Act<'_>, today: Day) -> bool {
        self.after(procedure, act, today).is_ok()
    }

    /// The standing after an act; `Err` says why it cannot be, in Chinese.
    pub fn after(
        &self,
        procedure: &Procedure,
        act: Act<'_>,
        today: Day,
    ) -> Result<Self, &'static str> {
        let mut next = self.on(procedure, today);
        match (act, next.state) {
            (Act::Submit, State::Draft) => next.enter(procedure, 0, today),
            (Act::Accept, State::Submitted) => {
                next.pass_stage(procedure);
                next.enter(procedure, 1, today);
            }
            (Act::Reject, State::Submitted) => next.close(State::Rejected, today),
            (Act::Ask, State::Submitted | State::Checking) => {
                next.left = next.due.map(|due| workdays_between(today, due));
                next.due = Some(plus_workdays(today, procedure.supplement_days));
                next.state = State::Supplement;
            }
            (Act::Supplement, State::Supplement) => {
                next.due = next.left.map(|left| running_on(today, left));
                next.left = None;
                next.state = if next.stage == 0 {
                    State::Submitted
                } else {
                    State::Checking
                };
            }
            (Act::Lapse, State::Supplement) if next.due.is_some_and(|due| due < today) => {
                next.close(State::Withdrawn, today);
            }
            (Act::Lapse, State::Supplement) => return Err("补正期限还没有到，不能按撤回办结。"),
            (Act::Withdraw, state) if state.open() && state != State::Appealing => {
                next.close(State::Withdrawn, today);
            }
            (Act::Pass(id), State::Checking) => {
                let waiting: Vec<String> = next
                    .waiting(procedure)
                    .into_iter()
                    .map(|step| step.id.clone())
                    .collect();
                if !waiting.iter().any(|step| step == id) {
                    return Err("这个环节已经办过，或者还没有轮到。");
                }
                next.passed.push(id.to_owned());
                if waiting.len() == 1 {
                    next.enter(procedure, next.stage + 1, today);
                }
            }
            (Act::Object, State::Publicity) if next.until.is_some_and(|until| today <= until) => {
                next.objections += 1;
            }
            (Act::Object, _) => return Err("不在公示期内，请按投诉举报办理。"),
            (Act::Dismiss, State::Publicity) if next.objections > 0 => next.objections -= 1,
            (Act::Approve | Act::Refuse, State::Publicity) => {
                return Err("还在公示期内，或者有异议没有办结，暂时不能决定。");
            }
            (Act::Appeal, State::Refused) => {
                let last = next
                    .decided
                    .map(|day| day.plus_days(procedure.appeal_days))
                    .ok_or("这件没有决定日期。")?;
                if today > last {
                    return Err("已经过了申诉期限，可以依法申请行政复议或提起诉讼。");
                }
                next.state = State::Appealing;
                let stage = procedure.stages().len() - 1;
                next.due = Some(plus_workdays(today, procedure.days_of(stage)));
            }
            (Act::Refuse, State::Deciding) | (Act::Uphold, State::Appealing) => {
                next.close(State::Refused, today);
            }
            (Act::Approve, State::Deciding) | (Act::Overturn, State::Appealing) => {
                next.close(State::Approved, today);
            }
            (Act::Transfer, State::Submitted | State::Checking) => {}
            _ => return Err("这件现在不能这样办，请看最新情况。"),
        }
        Ok(next)
    }

    fn close(&mut self, state: State, today: Day) {
        // An appeal that changes nothing does not open a second one: the day of the first decision stays.
        let decided = matches!(state, State::Approved | State::Refused);
        if decided && self.decided.is_none() {
            self.decided = Some(today);
        }
        self.state = state;
        self.due = None;
        self.left = None;
        self.until = None;
        self.objections = 0;
    }

    /// Working days that are left: negative when late, `None` when no clock runs for the office.
    pub fn days_left(&self, today: Day) -> Option<i32> {
        self.due.map(|due| workdays_between(today, due))
    }

    /// Whether the office is late; who waits for the applicant or for publicity is not.
    pub fn late(&self, today: Day) -> bool {
        let office = matches!(
            self.state,
            State::Submitted | State::Checking | State::Deciding | State::Appealing
        );
        office && self.due.is_some_and(|due| due < today)
    }
}

/// The day until which `left` working days run from `today`; one that lies behind where the office was late already.
fn running_on(today: Day, left: i32) -> Day {
    if left >= 0 {
        return plus_workdays(today, left);
    }
    let mut day = today;
    while workdays_between(today, day) > left {
        day = day.plus_days(-1);
    }
    day
}

#[cfg(test)]
#[path = "machine_tests.rs"]
mod tests;
