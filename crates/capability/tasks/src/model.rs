//! What the loop is about: items, parts of executors, monthly progress, 督办单.

use crate::number;
use authz::Role;
use figures::{Num, Unit};
use kernel::{Day, Instant};
use serde::{Deserialize, Serialize};

/// Which list an item comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ItemKind {
    /// A dated task of the published plan.
    Plan,
    /// 十件实事.
    Matter,
    /// 领导小组议定事项.
    Decision,
    /// 检查意见.
    Inspection,
}

impl ItemKind {
    /// All of them.
    pub(crate) const ALL: [Self; 4] = [Self::Plan, Self::Matter, Self::Decision, Self::Inspection];

    /// In the table and in addresses.
    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::Plan => "plan",
            Self::Matter => "matter",
            Self::Decision => "decision",
            Self::Inspection => "inspection",
        }
    }

    /// On screens.
    pub(crate) const fn zh(self) -> &'static str {
        match self {
            Self::Plan => "规划任务",
            Self::Matter => "十件实事",
            Self::Decision => "议定事项",
            Self::Inspection => "检查意见",
        }
    }

    /// Of its key.
    pub(crate) fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.key() == key)
    }
}

/// How a goal falls to executors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Spread {
    /// A rate: everybody has the same goal, nothing adds up.
    Same,
    /// So much for each county or town: multiplied out.
    Each,
    /// Shares add up to it.
    Sum,
}

/// What shall be reached; numbers in base units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Goal {
    /// The measure of the plan, or a figure computed from the register.
    pub(crate) measure: String,
    /// Its name.
    pub(crate) name: String,
    /// As printed: `≥95%`.
    pub(crate) says: String,
    /// For all executors together (of a rate: for each).
    #[serde(with = "number")]
    pub(crate) need: Num,
    /// Reaching it exactly is not enough.
    pub(crate) strict: bool,
    /// Less is better.
    pub(crate) down: bool,
    /// The unit figures are typed in.
    pub(crate) unit: String,
    /// How it falls to executors.
    pub(crate) spread: Spread,
    /// Of a goal for each county or town: the value for one of them and which.
    pub(crate) each: Option<(String, String)>,
    /// Counted from 1 January.
    pub(crate) flow: bool,
}

impl Goal {
    /// The unit with its multiple.
    pub(crate) fn unit(&self) -> Unit {
        Unit::parse(&self.unit)
    }
}

/// An item of the loop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Item {
    pub(crate) id: String,
    pub(crate) kind: ItemKind,
    pub(crate) year: i32,
    /// Folder and row of the plan it comes from.
    pub(crate) slug: Option<String>,
    pub(crate) plan_row: Option<String>,
    /// Its number in its list.
    pub(crate) no: String,
    pub(crate) title: String,
    /// The decisive sentence.
    pub(crate) says: String,
    /// Document and section, meeting, inspection.
    pub(crate) source: String,
    /// 责任单位, verbatim.
    pub(crate) departments: Vec<String>,
    /// 牵头单位.
    pub(crate) lead_office: String,
    /// The role that reviews.
    pub(crate) lead_role: Role,
    /// 养老, 托育 or 综合.
    pub(crate) domain: String,
    /// Its path begins here.
    pub(crate) start: Day,
    pub(crate) due: Day,
    pub(crate) goals: Vec<Goal>,
    /// The version it was last taken from.
    pub(crate) taken_from: Option<String>,
    /// No longer in the plan.
    pub(crate) withdrawn: bool,
    /// Raised by every write.
    pub(crate) version: i64,
    pub(crate) created: Instant,
    pub(crate) created_name: String,
}

/// One executor's part of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Assignment {
    pub(crate) id: String,
    pub(crate) item: String,
    /// `E:421303000000`, `D:市民政局`.
    pub(crate) executor: String,
    pub(crate) executor_name: String,
    /// The account of the 责任人, where there is one.
    pub(crate) account: Option<String>,
    /// 责任人 and their post.
    pub(crate) person: String,
    pub(crate) post: String,
    pub(crate) due: Day,
    /// In the order of the item's goals; none where it has no share of that goal.
    pub(crate) shares: Vec<Option<Num>>,
    /// First day of the first month that is reported.
    pub(crate) first_month: Day,
    pub(crate) withdrawn: bool,
    pub(crate) version: i64,
    pub(crate) created: Instant,
}

/// Where a report stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// Being written.
    Draft,
    /// Waits for the lead office.
    Submitted,
    /// Counts.
    Accepted,
    /// Sent back with a reason.
    Returned,
}

impl State {
    pub(crate) const ALL: [Self; 4] =
        [Self::Draft, Self::Submitted, Self::Accepted, Self::Returned];

    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Submitted => "submitted",
            Self::Accepted => "accepted",
            Self::Returned => "returned",
        }
    }

    pub(crate) const fn zh(self) -> &'static str {
        match self {
            Self::Draft => "草稿",
            Self::Submitted => "待核",
            Self::Accepted => "已核",
            Self::Returned => "已退回",
        }
    }

    pub(crate) const fn pill(self) -> &'static str {
        match self {
            Self::Draft => "plain",
            Self::Submitted => "info",
            Self::Accepted => "ok",
            Self::Returned => "warn",
        }
    }

    pub(crate) fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.key() == key)
    }

    /// The report has been sent in time for its month.
    pub(crate) const fn sent(self) -> bool {
        matches!(self, Self::Submitted | Self::Accepted)
    }
}

/// Where a reported figure comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Origin {
    /// Typed in the report.
    #[default]
    Typed,
    /// Computed from the register.
    Computed,
    /// Reported under 统计报表 · 填报.
    Reported,
}

/// A figure of a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub(crate) struct Told {
    /// As typed; kept in a draft even where it is no number.
    pub(crate) typed: String,
    /// In base units; none where nothing usable was told.
    #[serde(with = "number::opt")]
    pub(crate) value: Option<Num>,
    pub(crate) from: Origin,
    /// 口径 of a figure that was taken.
    pub(crate) means: String,
}

/// A month's report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Progress {
    pub(crate) id: String,
    pub(crate) assignment: String,
    /// First day of the month.
    pub(crate) month: Day,
    pub(crate) figures: Vec<Told>,
    pub(crate) says: String,
    /// 办结, for parts without a figure.
    pub(crate) finished: bool,
    /// The file that proves it.
    pub(crate) evidence: Option<String>,
    pub(crate) state: State,
    pub(crate) submitted: Option<Instant>,
    pub(crate) submitted_by: Option<String>,
    pub(crate) submitted_name: Option<String>,
    /// Sent after its deadline.
    pub(crate) late: bool,
    pub(crate) judged: Option<Instant>,
    pub(crate) judged_name: Option<String>,
    pub(crate) reason: Option<String>,
    pub(crate) version: i64,
}

/// Where a 督办单 stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LetterState {
    /// No reply yet.
    Open,
    /// The issuer looks at the reply.
    Replied,
    /// The reply was sent back.
    Returned,
    /// 办结.
    Closed,
}

impl LetterState {
    pub(crate) const ALL: [Self; 4] = [Self::Open, Self::Replied, Self::Returned, Self::Closed];

    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Replied => "replied",
            Self::Returned => "returned",
            Self::Closed => "closed",
        }
    }

    pub(crate) const fn zh(self) -> &'static str {
        match self {
            Self::Open => "未答复",
            Self::Replied => "已答复，待销号",
            Self::Returned => "答复退回",
            Self::Closed => "已销号",
        }
    }

    pub(crate) const fn pill(self) -> &'static str {
        match self {
            Self::Open | Self::Returned => "danger",
            Self::Replied => "info",
            Self::Closed => "ok",
        }
    }

    pub(crate) fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.key() == key)
    }

    /// The executor has to answer.
    pub(crate) const fn waits_for_reply(self) -> bool {
        matches!(self, Self::Open | Self::Returned)
    }
}

/// A 督办单.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Letter {
    pub(crate) id: String,
    pub(crate) year: i32,
    pub(crate) no: i64,
    pub(crate) item: Option<String>,
    pub(crate) assignment: Option<String>,
    pub(crate) measure: Option<String>,
    pub(crate) executor: String,
    /// Whom it is written to.
    pub(crate) office: String,
    /// 责任人 with post; may be empty.
    pub(crate) person: String,
    pub(crate) title: String,
    /// Words and values of the table, frozen when it was issued.
    pub(crate) facts: Vec<(String, String)>,
    /// What is asked for.
    pub(crate) demand: String,
    /// Working days for the reply.
    pub(crate) days: i64,
    pub(crate) due: Day,
    pub(crate) state: LetterState,
    pub(crate) issuer_role: Role,
    pub(crate) issuer_office: String,
    pub(crate) issued: Instant,
    pub(crate) issued_name: String,
    pub(crate) closed: Option<Instant>,
    pub(crate) version: i64,
}

impl Letter {
    /// `〔2025〕督 3 号`.
    pub(crate) fn number(&self) -> String {
        format!("〔{}〕督 {} 号", self.year, self.no)
    }

    /// The reply is overdue.
    pub(crate) fn overdue(&self, today: Day) -> bool {
        self.state.waits_for_reply() && today > self.due
    }
}

/// A reply to a 督办单.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reply {
    pub(crate) id: String,
    pub(crate) says: String,
    pub(crate) evidence: Option<String>,
    pub(crate) late: bool,
    pub(crate) replied: Instant,
    pub(crate) replied_by: String,
    pub(crate) replied_name: String,
    /// `closed` or `returned`.
    pub(crate) verdict: Option<String>,
    pub(crate) reason: Option<String>,
    pub(crate) judged: Option<Instant>,
    pub(crate) judged_name: Option<String>,
}

/// A line of an item's timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Event {
    pub(crate) at: Instant,
    pub(crate) actor_name: String,
    pub(crate) act: String,
    pub(crate) says: String,
    pub(crate) tone: String,
}
