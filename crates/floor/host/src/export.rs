//! Lists that can be exported: what a capability declares, so that one job makes every workbook.
//!
//! A source gives its rows in the list's own order, a chunk at a time, within the asker's scope
//! (invariant 10); its cursor says where the next chunk begins, so that a killed job goes on there.

use crate::app::{App, AppState, Boxed, PersonKey};
use authz::{Action, Actor};
use kernel::{Day, Fen};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use store::{StoreError, StoreResult};
use ui::{ListQuery, PageError};

/// Who asked for which part of a list.
#[derive(Debug, Clone)]
pub struct ExportAsk {
    /// The list's own query string.
    pub query: String,
    /// In whose name, role and scope.
    pub who: Actor,
    /// The day the list is of.
    pub today: Day,
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// Words, and numbers nobody adds up.
    Text,
    /// A number.
    Number,
    /// A day.
    Date,
    /// Yuan.
    Money,
}

/// Whether a column is for every role's eyes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Secret {
    /// It is.
    None,
    /// A name: in full only for roles that open people's pages.
    Name,
    /// A number of a person: never in full, whoever asks.
    Number,
}

/// One column.
#[derive(Debug, Clone)]
pub struct ExportColumn {
    /// Its heading, as on the page.
    pub heading: String,
    /// What it holds.
    pub kind: ColumnKind,
    /// Width in characters.
    pub width: u16,
    /// Who sees it in full.
    pub secret: Secret,
}

impl ExportColumn {
    /// A column of words.
    pub fn text(heading: impl Into<String>, width: u16) -> Self {
        Self {
            heading: heading.into(),
            kind: ColumnKind::Text,
            width,
            secret: Secret::None,
        }
    }

    /// A column of another kind.
    pub fn of(heading: impl Into<String>, kind: ColumnKind, width: u16) -> Self {
        Self {
            kind,
            ..Self::text(heading, width)
        }
    }

    /// The same, not for every role's eyes.
    pub fn secret(self, secret: Secret) -> Self {
        Self { secret, ..self }
    }
}

/// One cell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cell {
    /// Nothing known.
    #[serde(rename = "e")]
    Empty,
    /// Words.
    #[serde(rename = "t")]
    Text(String),
    /// A whole number.
    #[serde(rename = "i")]
    Int(i64),
    /// A decimal as written.
    #[serde(rename = "n")]
    Decimal(String),
    /// A day as `yyyymmdd`.
    #[serde(rename = "d")]
    Day(i32),
    /// Fen.
    #[serde(rename = "f")]
    Fen(i64),
}

impl Cell {
    /// Words; nothing where there are none.
    pub fn text(words: impl Into<String>) -> Self {
        let words = words.into();
        if words.is_empty() {
            Self::Empty
        } else {
            Self::Text(words)
        }
    }

    /// A day, where known.
    pub fn day(day: Option<Day>) -> Self {
        day.map_or(Self::Empty, |day| Self::Day(day.number()))
    }

    /// An amount, where known.
    pub fn money(fen: Option<Fen>) -> Self {
        fen.map_or(Self::Empty, |fen| Self::Fen(fen.0))
    }
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportRow {
    /// Whom it is about, for the log; nobody where it is no person.
    pub subject: Option<PersonKey>,
    /// One cell a column.
    pub cells: Vec<Cell>,
}

/// Some rows, and where the next begin.
#[derive(Debug, Clone, Default)]
pub struct ExportChunk {
    /// In the list's order.
    pub rows: Vec<ExportRow>,
    /// Opaque; `None` at the end.
    pub next: Option<String>,
}

/// What is exported, in words and codes.
#[derive(Debug, Clone)]
pub struct ExportHead {
    /// The list's name with what makes it this one: 「高龄津贴：应享未享」.
    pub title: String,
    /// 户籍 or 常住, and as of when (invariant 8).
    pub basis: String,
    /// The list's address, to go back.
    pub back: String,
    /// Its columns.
    pub columns: Vec<ExportColumn>,
    /// Filters that are set: label and words.
    pub filters: Vec<(String, String)>,
    /// The same for the log: key and code, no typed text.
    pub codes: Vec<(String, String)>,
}

/// How many rows there will be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExportCount {
    /// So many.
    pub rows: i64,
    /// Counted to the end; otherwise there are more.
    pub exact: bool,
}

/// Says what an ask means, or what is wrong with it.
pub type HeadOf = Arc<dyn Fn(&App, &ExportAsk) -> Result<ExportHead, PageError> + Send + Sync>;
/// Counts the rows of an ask.
pub type CountOf =
    Arc<dyn Fn(AppState, ExportAsk) -> Boxed<'static, StoreResult<ExportCount>> + Send + Sync>;
/// At most so many rows from a cursor on.
pub type RowsOf = Arc<
    dyn Fn(AppState, ExportAsk, Option<String>, i64) -> Boxed<'static, StoreResult<ExportChunk>>
        + Send
        + Sync,
>;

/// A list that can be exported.
#[derive(Clone)]
pub struct ExportSpec {
    /// Stable key, such as `people.elders`.
    pub key: &'static str,
    /// What files are called: no colon, no slash.
    pub title: &'static str,
    /// Who may read this list at all.
    pub action: Action,
    /// What an ask means.
    pub head: HeadOf,
    /// How many rows.
    pub count: CountOf,
    /// The rows.
    pub rows: RowsOf,
}

impl std::fmt::Debug for ExportSpec {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ExportSpec({})", self.key)
    }
}

/// The address of the form that exports what a list page shows: its filters and order, and what its
/// path says besides. `None` for roles that do not export.
pub fn export_href(
    who: &Actor,
    list: &str,
    query: &ListQuery,
    more: &[(&str, &str)],
) -> Option<String> {
    if !Action::Export.allowed_to(who.role) {
        return None;
    }
    let kept = query.kept();
    let pairs = query
        .filters
        .iter()
        .chain(kept.iter().filter(|(name, _)| name != "size"))
        .map(|(name, value)| (name.as_str(), value.as_str()));
    let mut href = format!("/exports/new?list={list}");
    for (name, value) in more.iter().copied().chain(pairs) {
        href.push_str(&format!(
            "&{}={}",
            ui::query_encode(name),
            ui::query_encode(value)
        ));
    }
    Some(href)
}

/// How many of the last keys a cursor remembers.
const REMEMBERED: usize = 8;
/// How far around a key is looked for when rows came or went meanwhile.
const AROUND: i64 = 2_000;

/// A walk through a list that is read by offset: it goes on behind the last row that was given, also
/// when rows before it came or went meanwhile.
#[derive(Debug, Clone)]
pub struct Walk {
    skip: i64,
    /// The last keys given, latest first.
    last: Vec<String>,
    most: i64,
    wide: bool,
}

impl Walk {
    /// From a cursor of [`Walk::take`], or from the beginning.
    pub fn of(cursor: Option<&str>, most: i64) -> StoreResult<Self> {
        let mut parts = cursor.unwrap_or("0").split('|');
        let skip = parts.next().and_then(|text| text.parse().ok());
        Ok(Self {
            skip: skip.ok_or_else(|| StoreError::Other("not a cursor of an export".to_owned()))?,
            last: parts.map(str::to_owned).collect(),
            most,
            wide: false,
        })
    }

    fn back(&self) -> i64 {
        let remembered = self.last.len() as i64;
        (if self.wide { AROUND } else { remembered }).min(self.skip)
    }

    /// Rows to leave out.
    pub fn skip(&self) -> i64 {
        self.skip - self.back()
    }

    /// Rows to read.
    pub fn most(&self) -> i64 {
        self.back() + self.most + if self.wide { AROUND } else { 0 }
    }

    /// The rows behind the last one given, and the next cursor; `None` when the walk has to look wider:
    /// read again. An error when none of the remembered rows is there any more.
    pub fn take<T>(
        &mut self,
        mut rows: Vec<T>,
        key: impl Fn(&T) -> &str,
    ) -> StoreResult<Option<(Vec<T>, Option<String>)>> {
        let full = rows.len() as i64 == self.most();
        let at = self.skip();
        let mut from = 0;
        if !self.last.is_empty() {
            let found = self
                .last
                .iter()
                .find_map(|last| rows.iter().position(|row| key(row) == last));
            match (found, self.wide) {
                (Some(place), _) => from = place + 1,
                (None, false) => {
                    self.wide = true;
                    return Ok(None);
                }
                (None, true) => {
                    return Err(StoreError::Other(
                        "the list changed too much while it was exported".to_owned(),
                    ));
                }
            }
        }
        let mut out = rows.split_off(from);
        let more = full || out.len() as i64 > self.most;
        out.truncate(self.most as usize);
        let read = at + from as i64 + out.len() as i64;
        let next = (more && !out.is_empty()).then(|| {
            let keys = out.iter().rev().take(REMEMBERED).map(&key);
            keys.fold(read.to_string(), |text, key| text + "|" + key)
        });
        Ok(Some((out, next)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(
        list: &mut Vec<String>,
        most: i64,
        meanwhile: impl Fn(&mut Vec<String>, usize),
    ) -> Vec<String> {
        let (mut cursor, mut out, mut turn): (Option<String>, Vec<String>, _) =
            (None, Vec::new(), 0);
        loop {
            let mut walk = Walk::of(cursor.as_deref(), most).unwrap();
            let (rows, next) = loop {
                let (skip, most) = (walk.skip() as usize, walk.most() as usize);
                let rows = list.iter().skip(skip).take(most).cloned().collect();
                if let Some(found) = walk.take(rows, |row: &String| row).unwrap() {
                    break found;
                }
            };
            out.extend(rows);
            cursor = next;
            if cursor.is_none() {
                return out;
            }
            meanwhile(list, turn);
            turn += 1;
        }
    }

    fn list(size: usize) -> Vec<String> {
        (0..size).map(|n| format!("k{n:05}")).collect()
    }

    /// Row K01: every row once and in order, whatever the size of the chunks.
    #[test]
    fn a_walk_gives_every_row_once_in_order() {
        for size in [0, 1, 9, 10, 11, 20, 57] {
            let mut rows = list(size);
            assert_eq!(walk(&mut rows, 10, |_, _| {}), list(size), "{size}");
        }
    }

    /// Row K01: rows that come and go before the place where the walk is neither double nor skip others.
    #[test]
    fn rows_that_come_and_go_do_not_shift_a_walk() {
        let mut rows = list(60);
        let shrunk = walk(&mut rows, 10, |list, _| {
            list.drain(..3);
        });
        assert_eq!(shrunk, list(60));
        let mut rows = list(60);
        let grown = walk(&mut rows, 10, |list, turn| {
            for n in 0..40 {
                list.insert(0, format!("a{turn}-{n}"));
            }
        });
        assert_eq!(grown, list(60));
        // The very row it stood at is gone.
        let mut rows = list(30);
        let gone = walk(&mut rows, 10, |list, turn| {
            if turn == 0 {
                list.remove(9);
            }
        });
        assert_eq!(gone, list(30));
    }
}
