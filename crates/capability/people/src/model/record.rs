//! One act of recording: at a moment, by somebody, from a source, some facts since some days.

use kernel::{Day, Instant};
use rules::facts::{self, FactId, Value, parse_value};
use store::{StoreError, StoreResult};

/// One fact's value, true from `since` until before `until`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Set {
    /// Which fact.
    pub fact: FactId,
    /// Its value; `None` says that it became unknown.
    pub value: Option<Value>,
    /// First day it is true.
    pub since: Day,
    /// First day it is no longer true, where that is known.
    pub until: Option<Day>,
}

impl Set {
    /// Whether this speaks about `day`.
    pub fn covers(&self, day: Day) -> bool {
        self.since <= day && self.until.is_none_or(|until| day < until)
    }
}

/// An act of recording as it stands in the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Number within the person, from 1.
    pub seq: i64,
    /// When it was recorded.
    pub recorded: Instant,
    /// Where it comes from: a roll, a department, a visit.
    pub source: String,
    /// Who recorded it.
    pub by: String,
    /// What it says.
    pub sets: Vec<Set>,
    /// Reason code of a correction.
    pub reason: Option<String>,
    /// When it was taken back, if it was.
    pub withdrawn: Option<Instant>,
}

/// Reads the sets of one act as the first version wrote them: `[["dibao","true",20240101,null], …]`.
pub(super) fn decode_json(text: &str) -> StoreResult<Vec<Set>> {
    let bad = |what: &str| StoreError::BadColumn {
        column: "people_record.sets".to_owned(),
        what: what.to_owned(),
    };
    let rows: Vec<(String, Option<String>, i32, Option<i32>)> =
        serde_json::from_str(text).map_err(|error| bad(&error.to_string()))?;
    rows.into_iter()
        .map(|(name, value, since, until)| {
            let fact = facts::find(&name).ok_or_else(|| bad(&format!("unknown fact {name}")))?;
            let value = value
                .map(|text| parse_value(fact, &text))
                .transpose()
                .map_err(|error| bad(&error))?;
            let since = Day::from_number(since).ok_or_else(|| bad("since is not a day"))?;
            let until = until
                .map(|number| Day::from_number(number).ok_or_else(|| bad("until is not a day")))
                .transpose()?;
            Ok(Set {
                fact,
                value,
                since,
                until,
            })
        })
        .collect()
}
