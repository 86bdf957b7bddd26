//! Rows that change something, kept sealed in the data directory between preview and commit.

use crate::line::{Line, Paid};
use files::{Files, Kept, NewFile};
use kernel::Day;
use people::api::{Beside, Set};
use rules::facts::{FactId, parse_value, value_text};
use serde::{Deserialize, Serialize};
use std::io::Write;
use store::{Keys, Store, StoreError, StoreResult, Tx};

/// Days that files of an import are kept.
pub(crate) const KEPT_DAYS: i32 = 400;

/// A row to be committed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Staged {
    /// Line in the file.
    #[serde(rename = "l")]
    pub(crate) line: u64,
    /// Shard and id: of the person meant, or of who is to be registered.
    #[serde(rename = "k")]
    pub(crate) key: (String, String),
    /// To be registered.
    #[serde(rename = "n", default, skip_serializing_if = "is_false")]
    pub(crate) new: bool,
    #[serde(rename = "i", default, skip_serializing_if = "Option::is_none")]
    pub(crate) number: Option<String>,
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    pub(crate) provisional: Option<String>,
    #[serde(rename = "a")]
    pub(crate) name: String,
    /// Fact by its place, value, since, until.
    #[serde(rename = "s")]
    sets: Vec<(u8, String, i32)>,
    #[serde(rename = "b", default, skip_serializing_if = "Option::is_none")]
    pub(crate) beside: Option<Beside>,
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    pub(crate) paid: Option<Paid>,
    #[serde(rename = "d", default, skip_serializing_if = "Option::is_none")]
    pub(crate) happened: Option<i32>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
fn is_false(value: &bool) -> bool {
    !value
}

impl Staged {
    /// What a row says of somebody.
    pub(crate) fn of(line: Line, sets: &[Set], key: (String, String), new: bool) -> Self {
        Self {
            line: line.at,
            key,
            new,
            sets: sets
                .iter()
                .map(|set| {
                    let value = set.value.as_ref().map(value_text).unwrap_or_default();
                    (set.fact.index() as u8, value, set.since.number())
                })
                .collect(),
            number: line.number,
            provisional: line.provisional,
            name: line.name,
            beside: (line.beside != Beside::default()).then_some(line.beside),
            paid: line.paid,
            happened: line.happened.map(Day::number),
        }
    }

    /// The facts it tells.
    pub(crate) fn sets(&self) -> StoreResult<Vec<Set>> {
        let bad = |what: String| StoreError::Other(format!("a staged row: {what}"));
        self.sets
            .iter()
            .map(|(place, text, since)| {
                let fact = FactId::from_index(usize::from(*place))
                    .ok_or_else(|| bad(format!("no fact {place}")))?;
                Ok(Set {
                    fact,
                    value: Some(parse_value(fact, text).map_err(bad)?),
                    since: Day::from_number(*since)
                        .ok_or_else(|| bad(format!("no day {since}")))?,
                    until: None,
                })
            })
            .collect()
    }
}

/// Seals something that can be written as JSON.
pub(crate) fn seal(
    files: &Files,
    store: &Store,
    what: &impl Serialize,
) -> StoreResult<files::Sealed> {
    let mut writer = std::io::BufWriter::with_capacity(1 << 16, files.create(store)?);
    let other = |error: String| StoreError::Other(error);
    serde_json::to_writer(&mut writer, what).map_err(|error| other(error.to_string()))?;
    writer.flush().map_err(|error| other(error.to_string()))?;
    writer
        .into_inner()
        .map_err(|error| other(error.to_string()))?
        .finish()
}

/// Keeps a sealed file of an import.
pub(crate) async fn keep(
    files: &Files,
    tx: &mut Tx,
    sealed: files::Sealed,
    name: &str,
    owner: &authz::Actor,
) -> StoreResult<Kept> {
    let new = NewFile {
        name: name.to_owned(),
        owner: owner.id.clone(),
        scope: owner.scope.clone(),
        days: KEPT_DAYS,
    };
    files.keep(tx, sealed, new).await
}

/// Opens what [`seal`] sealed.
pub(crate) async fn open<T: for<'a> Deserialize<'a>>(
    files: &Files,
    store: &Store,
    id: &str,
) -> StoreResult<T> {
    let missing = || StoreError::Other(format!("the file {id} is gone"));
    let kept = files.find(store, id).await?.ok_or_else(missing)?;
    parsed(files, store.keys(), &kept)
}

fn parsed<T: for<'a> Deserialize<'a>>(files: &Files, keys: &Keys, kept: &Kept) -> StoreResult<T> {
    let reader = std::io::BufReader::with_capacity(1 << 16, files.open_anywhere(keys, kept)?);
    serde_json::from_reader(reader).map_err(|error| StoreError::Other(error.to_string()))
}
