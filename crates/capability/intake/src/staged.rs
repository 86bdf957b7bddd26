//! Rows that change something, kept sealed in the data directory between preview and commit.

use crate::line::{Line, Paid};
use files::{Files, Kept, NewFile};
use kernel::area_code::Level;
use kernel::{AreaCode, Day};
use people::api::{Beside, Set};
use rules::facts::{FactId, parse_value, value_text};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
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
    /// The complete lists that somebody new will stand on, until they have their id.
    #[serde(skip)]
    pub(crate) lists: Vec<String>,
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
            lists: Vec::new(),
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

/// The first and the last line among rows.
pub(crate) fn lines(rows: &[Staged]) -> (u64, u64) {
    let lines = || rows.iter().map(|row| row.line);
    (lines().min().unwrap_or(0), lines().max().unwrap_or(0))
}

/// Rows of a staged file.
const PART: usize = 2_000;
/// Rows that wait for their part at the most.
const WAITING: usize = 40_000;

/// Rows that wait until a part of one town is full: what is written together lies together, in tables and in counts.
#[derive(Debug, Default)]
pub(crate) struct Shelves {
    towns: BTreeMap<Option<AreaCode>, Vec<(Option<AreaCode>, Staged)>>,
    /// The town (or none) whose part is full.
    full: Vec<Option<AreaCode>>,
    waiting: usize,
}

impl Shelves {
    /// Puts a row to the others of its town.
    pub(crate) fn put(&mut self, area: Option<AreaCode>, row: Staged) {
        let town = area.map(|code| code.up_to(Level::Town));
        let shelf = self.towns.entry(town).or_default();
        shelf.push((area, row));
        self.waiting += 1;
        if shelf.len() >= PART {
            self.full = vec![town];
        }
    }

    /// A part that is full, or the fullest where too many rows wait.
    pub(crate) fn full(&mut self) -> Option<Vec<Staged>> {
        let town = match self.full.pop() {
            Some(town) => town,
            None if self.waiting > WAITING => {
                let fullest = self.towns.iter().max_by_key(|(_, rows)| rows.len());
                *fullest?.0
            }
            None => return None,
        };
        let mut rows = self.towns.remove(&town)?;
        let rest = rows.split_off(PART.min(rows.len()));
        if rest.len() >= PART {
            self.full = vec![town];
        }
        if !rest.is_empty() {
            self.towns.insert(town, rest);
        }
        Some(self.sorted(rows))
    }

    /// The next part of what is left, towns one after the other.
    pub(crate) fn rest(&mut self) -> Option<Vec<Staged>> {
        let mut rows = Vec::new();
        while let Some((town, mut shelf)) = self.towns.pop_first() {
            let rest = shelf.split_off((PART - rows.len()).min(shelf.len()));
            rows.append(&mut shelf);
            if !rest.is_empty() {
                self.towns.insert(town, rest);
                break;
            }
        }
        (!rows.is_empty()).then(|| self.sorted(rows))
    }

    fn sorted(&mut self, mut rows: Vec<(Option<AreaCode>, Staged)>) -> Vec<Staged> {
        self.waiting -= rows.len();
        rows.sort_by(|a, b| (a.0, &a.1.key, a.1.line).cmp(&(b.0, &b.1.key, b.1.line)));
        rows.into_iter().map(|(_, row)| row).collect()
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
