//! What an admission is.

use crate::model::bad;
use kernel::{Day, Instant};
use people::api::PersonKey;
use store::{Row, StoreResult};

/// Where an admission stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// 待评估: no valid result yet.
    Asked,
    /// 已评估: class, level and grade are known, it waits for a place.
    Assessed,
    /// 已撤回.
    Withdrawn,
    /// 已入住, from 已评估 only.
    Admitted,
}

impl State {
    const ALL: [Self; 4] = [Self::Asked, Self::Assessed, Self::Withdrawn, Self::Admitted];

    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Assessed => "assessed",
            Self::Withdrawn => "withdrawn",
            Self::Admitted => "admitted",
        }
    }

    pub(crate) const fn zh(self) -> &'static str {
        match self {
            Self::Asked => "待评估",
            Self::Assessed => "已评估",
            Self::Withdrawn => "已撤回",
            Self::Admitted => "已入住",
        }
    }

    /// The kind of pill.
    pub(crate) const fn pill(self) -> &'static str {
        match self {
            Self::Asked => "warn",
            Self::Assessed | Self::Admitted => "yes",
            Self::Withdrawn => "no",
        }
    }

    /// It waits: for the result or for a place.
    pub(crate) const fn is_open(self) -> bool {
        matches!(self, Self::Asked | Self::Assessed)
    }

    fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.key() == key)
    }
}

/// An admission: somebody asked to enter a public home.
#[derive(Debug, Clone)]
#[expect(clippy::struct_field_names, reason = "its id")]
pub(crate) struct Admission {
    pub(crate) admission: String,
    pub(crate) key: PersonKey,
    pub(crate) origin: String,
    pub(crate) state: State,
    pub(crate) version: i64,
    pub(crate) asked_at: Instant,
    pub(crate) asked_by: String,
    /// The assessment it waits for, then the one whose result counts.
    pub(crate) assessment: Option<String>,
    /// The class when it was assessed.
    pub(crate) class: Option<String>,
    pub(crate) level: Option<usize>,
    pub(crate) assessed_at: Option<Instant>,
    pub(crate) withdrawn_at: Option<Instant>,
    pub(crate) withdrawn_by: Option<String>,
    /// From this day on the result counts no longer.
    pub(crate) valid_until: Option<Day>,
}

pub(crate) const COLUMNS: &str = "a.admission, a.shard, a.id, a.origin, a.state, a.version, a.asked_at, a.asked_by, \
     a.assessment, a.class, a.level, a.assessed_at, a.withdrawn_at, a.withdrawn_by, r.valid_until \
     FROM assessment_admission a LEFT JOIN assessment_result r ON r.request = a.assessment";

impl Admission {
    pub(crate) fn of_row(row: &Row) -> StoreResult<Self> {
        let state = row.text("state")?;
        Ok(Self {
            admission: row.text("admission")?,
            key: PersonKey {
                shard: row.text("shard")?,
                id: row.text("id")?,
            },
            origin: row.text("origin")?,
            state: State::from_key(&state)
                .ok_or_else(|| bad("assessment_admission.state", &state))?,
            version: row.int("version")?,
            asked_at: row.instant("asked_at")?,
            asked_by: row.text("asked_by")?,
            assessment: row.opt_text("assessment")?,
            class: row.opt_text("class")?,
            level: row
                .opt_int("level")?
                .and_then(|level| usize::try_from(level).ok()),
            assessed_at: row.opt_instant("assessed_at")?,
            withdrawn_at: row.opt_instant("withdrawn_at")?,
            withdrawn_by: row.opt_text("withdrawn_by")?,
            valid_until: row.opt_day("valid_until")?,
        })
    }

    /// The result has ended by this day: it is to be assessed again.
    pub(crate) fn is_over(&self, day: Day) -> bool {
        self.state == State::Assessed && self.valid_until.is_some_and(|until| until <= day)
    }

    pub(crate) fn href(&self) -> String {
        format!("/assessments/admissions/{}", self.admission)
    }
}
