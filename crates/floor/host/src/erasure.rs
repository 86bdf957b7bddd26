//! Erasure: what each capability keeps of a person is blanked when its time is over, without anybody knowing all of it.
//!
//! Names, numbers, phones, addresses, contacts, free text and papers go; keys, dates and codes stay, and nothing leads
//! from a key back to a person any more. The log is never touched: it holds keys alone.

use crate::app::{AppState, Boxed, PersonKey};
use kernel::{AreaCode, Day};
use std::sync::Arc;
use store::{Reads, Store, StoreResult, Tx, values};

/// What stands where something was erased.
pub const ERASED: &str = "（已按规定删除）";

/// A person who is erased, with what free texts may call them by; lives in memory only.
#[derive(Clone)]
pub struct Erasing {
    /// The person first, then the files that gave way to theirs.
    pub keys: Vec<PersonKey>,
    /// Their names; empty where somebody else bears them too, so that nobody else's name is taken out of a text.
    pub names: Vec<String>,
    /// Identity numbers, 临时编号 and phones.
    pub numbers: Vec<String>,
}

impl std::fmt::Debug for Erasing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Erasing({})", self.id())
    }
}

impl Erasing {
    /// The person's id.
    pub fn id(&self) -> &str {
        self.keys.first().map_or("", |key| key.id.as_str())
    }

    /// Ids of the person and of the files that gave way.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.keys.iter().map(|key| key.id.as_str())
    }

    /// What a text may call them by.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.numbers
            .iter()
            .chain(&self.names)
            .map(String::as_str)
            .filter(|word| !word.is_empty())
    }

    /// A text without them; `None` where they do not stand in it.
    pub fn blank(&self, text: &str) -> Option<String> {
        let mut out = text.to_owned();
        for word in self.words() {
            if out.contains(word) {
                out = out.replace(word, ERASED);
            }
        }
        (out != text).then_some(out)
    }
}

/// What is done before, in transactions of its own: removing files that cannot be looked through while a transaction
/// waits. Doing it twice changes nothing. Gives the people who must wait, by id, and why in words.
pub type Before = Arc<
    dyn for<'a> Fn(&'a AppState, &'a [Erasing]) -> Boxed<'a, StoreResult<Vec<(String, String)>>>
        + Send
        + Sync,
>;

/// Blanks what a capability keeps of these people, in the transaction that erases them. The caller audits.
pub type EraseThem = Arc<
    dyn for<'a> Fn(&'a AppState, &'a mut Tx, &'a [Erasing]) -> Boxed<'a, StoreResult<()>>
        + Send
        + Sync,
>;

/// A capability's part in erasing a person.
#[derive(Clone)]
pub struct Erasure {
    /// The capability's name.
    pub key: &'static str,
    /// What it blanks, in words: 「姓名、证号、电话、住址」.
    pub what: &'static str,
    /// What comes first.
    pub before: Option<Before>,
    /// What blanks.
    pub erase: EraseThem,
}

impl std::fmt::Debug for Erasure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Erasure({})", self.key)
    }
}

/// Which records are due: those whose event lies before a day.
#[derive(Debug, Clone)]
pub struct DueAsk {
    /// The first day whose events are not due yet.
    pub before: Day,
    /// Only this record: asked again just before it is erased.
    pub only: Option<String>,
}

/// A record whose time is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueRecord {
    /// Its key.
    pub id: String,
    /// The person it is about, where there is one.
    pub person: Option<PersonKey>,
    /// Where it belongs.
    pub area: Option<AreaCode>,
    /// The day of the event that its time counts from.
    pub day: Day,
}

/// Finds due records.
pub type FindDue = Arc<
    dyn for<'a> Fn(&'a Store, &'a DueAsk) -> Boxed<'a, StoreResult<Vec<DueRecord>>> + Send + Sync,
>;

/// Blanks records of one kind; the caller audits.
pub type ErasePart = Arc<
    dyn for<'a> Fn(&'a AppState, &'a mut Tx, &'a [String]) -> Boxed<'a, StoreResult<()>>
        + Send
        + Sync,
>;

/// What is erased of a due record.
#[derive(Clone)]
pub enum Blanks {
    /// The person: every capability's part.
    Person,
    /// The record alone.
    Part(ErasePart),
}

/// A kind of record that a rule of retention can speak of.
#[derive(Clone)]
pub struct RecordKind {
    /// Stable key, such as `people.dead`.
    pub key: &'static str,
    /// 「已去世人员的档案」.
    pub title: &'static str,
    /// The event that its time counts from: 「去世」.
    pub event: &'static str,
    /// Finds those whose time is over.
    pub due: FindDue,
    /// What is erased.
    pub blanks: Blanks,
}

impl std::fmt::Debug for RecordKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RecordKind({})", self.key)
    }
}

/// Takes these people out of free texts that belong to nobody in particular: columns of a table of the caller's own.
/// Gives how many texts were changed.
pub async fn blank_texts(
    tx: &mut Tx,
    people: &[Erasing],
    table: &str,
    columns: &[&str],
) -> StoreResult<u64> {
    let mut changed = 0;
    for column in columns {
        let find = format!("SELECT DISTINCT {column} AS told FROM {table} WHERE {column} LIKE $1");
        let write = format!("UPDATE {table} SET {column} = $1 WHERE {column} = $2");
        for person in people {
            for word in person.words() {
                for row in tx.all(&find, values![format!("%{word}%")]).await? {
                    let told = row.text("told")?;
                    if let Some(blank) = person.blank(&told) {
                        changed += tx.run(&write, values![blank, told]).await?;
                    }
                }
            }
        }
    }
    Ok(changed)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Row M05: numbers and a name that is nobody else's are taken out of a text; the rest of it stays.
    #[test]
    fn a_text_keeps_what_is_not_theirs() {
        let person = Erasing {
            keys: vec![],
            names: vec!["王念慈".into()],
            numbers: vec!["421303194103250021".into(), String::new()],
        };
        assert_eq!(
            person
                .blank("已给王念慈（421303194103250021）去电话")
                .as_deref(),
            Some("已给（已按规定删除）（（已按规定删除））去电话")
        );
        assert_eq!(person.blank("已去电话"), None);
        assert!(!format!("{person:?}").contains("王念慈"));
    }
}
