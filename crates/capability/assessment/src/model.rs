//! What a request, a result and a body are.

use assess::Scheme;
use kernel::{Day, Instant};
use people::api::PersonKey;
use store::{Row, StoreError, StoreResult};

/// Where a request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// 待派单.
    Asked,
    /// 待评估.
    Sent,
    /// One assessor sent the answers; the other has not signed.
    Signing,
    /// 待复核 by the county.
    Review,
    /// 已出结论.
    Done,
    /// 已撤回.
    Withdrawn,
}

impl State {
    pub(crate) const ALL: [Self; 6] = [
        Self::Asked,
        Self::Sent,
        Self::Signing,
        Self::Review,
        Self::Done,
        Self::Withdrawn,
    ];

    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Sent => "sent",
            Self::Signing => "signing",
            Self::Review => "review",
            Self::Done => "done",
            Self::Withdrawn => "withdrawn",
        }
    }

    pub(crate) const fn zh(self) -> &'static str {
        match self {
            Self::Asked => "待派单",
            Self::Sent => "待评估",
            Self::Signing => "待会签",
            Self::Review => "待复核",
            Self::Done => "已出结论",
            Self::Withdrawn => "已撤回",
        }
    }

    /// The kind of pill.
    pub(crate) const fn pill(self) -> &'static str {
        match self {
            Self::Asked | Self::Sent => "warn",
            Self::Signing | Self::Review => "unknown",
            Self::Done => "yes",
            Self::Withdrawn => "no",
        }
    }

    pub(crate) fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.key() == key)
    }
}

/// Why an assessment is made: key, words of annex A.1.
pub(crate) const KINDS: &[(&str, &str)] = &[
    ("first", "首次评估"),
    ("regular", "常规评估（定期）"),
    ("change", "即时评估（状况变化）"),
    ("objection", "因对结果有疑问进行的复评"),
    ("recheck", "抽查复核"),
    ("recognised", "结果互认"),
];

/// Where a request came from.
pub(crate) const ORIGINS: &[(&str, &str)] = &[
    ("self", "本人申请"),
    ("family", "家属申请"),
    ("visit", "探访发现"),
    ("department", "部门转来"),
    ("due", "到期复评"),
    ("objection", "异议"),
    ("sample", "抽查"),
    ("foreign", "其他机构的结论"),
];

/// 利害关系.
pub(crate) const TIES: &[(&str, &str)] = &[
    ("relative", "是评估对象的亲属"),
    ("interest", "与评估对象有利害关系"),
    ("service", "正在为评估对象提供服务"),
];

/// The words of a code.
pub(crate) fn zh(table: &[(&'static str, &'static str)], code: &str) -> &'static str {
    let found = table.iter().find(|(key, _)| *key == code);
    found.map_or("", |(_, words)| words)
}

/// A request.
#[derive(Debug, Clone)]
#[expect(
    clippy::struct_field_names,
    reason = "its id, and the request it objects to"
)]
pub(crate) struct Request {
    pub(crate) request: String,
    pub(crate) key: PersonKey,
    pub(crate) scheme: &'static Scheme,
    pub(crate) kind: String,
    pub(crate) origin: String,
    pub(crate) of_request: Option<String>,
    pub(crate) state: State,
    pub(crate) version: i64,
    pub(crate) asked_at: Instant,
    pub(crate) asked_by: String,
    pub(crate) due: Day,
    pub(crate) body: Option<String>,
    pub(crate) assessor1: Option<String>,
    pub(crate) assessor2: Option<String>,
}

pub(crate) const COLUMNS: &str = "q.request, q.shard, q.id, q.scheme, q.kind, q.origin, q.of_request, q.state, \
     q.version, q.asked_at, q.asked_by, q.due_day, q.body, q.assessor1, q.assessor2";

pub(crate) fn bad(column: &str, what: &str) -> StoreError {
    StoreError::BadColumn {
        column: column.to_owned(),
        what: what.to_owned(),
    }
}

impl Request {
    pub(crate) fn of_row(row: &Row) -> StoreResult<Self> {
        let (scheme, state) = (row.text("scheme")?, row.text("state")?);
        Ok(Self {
            request: row.text("request")?,
            key: PersonKey {
                shard: row.text("shard")?,
                id: row.text("id")?,
            },
            scheme: assess::by_id(&scheme)
                .ok_or_else(|| bad("assessment_request.scheme", &scheme))?,
            kind: row.text("kind")?,
            origin: row.text("origin")?,
            of_request: row.opt_text("of_request")?,
            state: State::from_key(&state)
                .ok_or_else(|| bad("assessment_request.state", &state))?,
            version: row.int("version")?,
            asked_at: row.instant("asked_at")?,
            asked_by: row.text("asked_by")?,
            due: row.day("due_day")?,
            body: row.opt_text("body")?,
            assessor1: row.opt_text("assessor1")?,
            assessor2: row.opt_text("assessor2")?,
        })
    }

    /// Whether this account is one of the two assessors.
    pub(crate) fn is_assessed_by(&self, account: &str) -> bool {
        self.assessors().any(|one| one == account)
    }

    /// The assessors it was dispatched to.
    pub(crate) fn assessors(&self) -> impl Iterator<Item = &str> {
        [&self.assessor1, &self.assessor2]
            .into_iter()
            .filter_map(|one| one.as_deref())
    }

    pub(crate) fn href(&self) -> String {
        format!("/assessments/{}", self.request)
    }
}

/// A result.
#[derive(Debug, Clone)]
#[expect(
    clippy::struct_field_names,
    reason = "the outcome as the scheme gave it"
)]
pub(crate) struct Outcome {
    pub(crate) level: usize,
    pub(crate) outcome: Option<serde_json::Value>,
    pub(crate) day: Day,
    pub(crate) signed_by: Option<String>,
    pub(crate) confirmed_at: Option<Instant>,
    pub(crate) confirmed_by: Option<String>,
    pub(crate) valid_until: Option<Day>,
    pub(crate) told_at: Option<Instant>,
    pub(crate) told_how: Option<String>,
    pub(crate) foreign_body: Option<String>,
    pub(crate) foreign_number: Option<String>,
}

pub(crate) const OUTCOME: &str = "r.level, r.outcome, r.day, r.signed_by, r.confirmed_at, r.confirmed_by, \
     r.valid_until, r.told_at, r.told_how, r.foreign_body, r.foreign_number";

impl Outcome {
    pub(crate) fn of_row(row: &Row) -> StoreResult<Self> {
        let text = row.opt_text("outcome")?;
        let outcome = text
            .map(|text| serde_json::from_str(&text))
            .transpose()
            .map_err(|error: serde_json::Error| {
                bad("assessment_result.outcome", &error.to_string())
            })?;
        Ok(Self {
            level: usize::try_from(row.int("level")?).unwrap_or(0),
            outcome,
            day: row.day("day")?,
            signed_by: row.opt_text("signed_by")?,
            confirmed_at: row.opt_instant("confirmed_at")?,
            confirmed_by: row.opt_text("confirmed_by")?,
            valid_until: row.opt_day("valid_until")?,
            told_at: row.opt_instant("told_at")?,
            told_how: row.opt_text("told_how")?,
            foreign_body: row.opt_text("foreign_body")?,
            foreign_number: row.opt_text("foreign_number")?,
        })
    }

    /// The reasons, step by step.
    pub(crate) fn reasons(&self) -> Vec<String> {
        let list = self.outcome.as_ref().and_then(|all| all.get("reasons"));
        let list = list.and_then(serde_json::Value::as_array);
        list.into_iter()
            .flatten()
            .filter_map(|one| one.as_str().map(str::to_owned))
            .collect()
    }
}

/// A commissioned body.
#[derive(Debug, Clone)]
#[expect(clippy::struct_field_names, reason = "its id")]
pub(crate) struct Body {
    pub(crate) body: String,
    pub(crate) name: String,
    pub(crate) area: kernel::AreaCode,
    pub(crate) contract: String,
    pub(crate) from: Day,
    pub(crate) until: Day,
    pub(crate) fee_fen: i64,
}

/// An assessor of a body.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_field_names, reason = "their id")]
pub(crate) struct Assessor {
    pub(crate) assessor: String,
    pub(crate) body: String,
    pub(crate) name: String,
    pub(crate) certificate: String,
    pub(crate) certificate_until: Day,
    pub(crate) medical: bool,
    pub(crate) ended: Option<Day>,
}
