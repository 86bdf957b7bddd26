//! Finding people by name: a compact column in memory (engineering.md 16, ADR 0004).
//!
//! Two-character names rule out trigram indexes, extensions are not allowed, and a row per character
//! pair would triple the bulk path. Names are scanned in memory, initials worked out on the way, a few
//! tens of milliseconds for two million people (ADR 0004). Every write that changes a name or an area
//! tells the index.

mod areas;
mod letters;
#[cfg(test)]
mod measure;
#[cfg(test)]
mod oracle;
mod packed;
mod query;
#[cfg(test)]
mod tests;

use authz::{Scope, Subject};
use kernel::AreaCode;
use packed::Packed;
use query::{Query, Reach};
use std::collections::{BTreeMap, BinaryHeap};
use std::sync::{PoisonError, RwLock};
use store::{Reads, StoreResult, Value};
use uuid::Uuid;

/// Rows read at once when the index is filled.
const CHUNK: i64 = 10_000;

/// So many renamed people wait at least, and one in so many of all, until they are packed.
const WAITING: usize = 1_024;
const ONE_IN: usize = 256;

/// Someone who is not packed.
#[derive(Debug, Clone)]
struct Entry {
    name: String,
    hukou: Option<AreaCode>,
    residence: Option<AreaCode>,
}

/// The names of everyone in the register.
#[derive(Debug, Default)]
pub struct NameIndex(RwLock<Inner>);

/// A person stands in exactly one of the three.
#[derive(Debug, Default)]
struct Inner {
    packed: Packed,
    /// Renamed or out of order, until [`Inner::fold`].
    late: BTreeMap<u128, Entry>,
    /// Under ids that are not UUIDs; the product makes none.
    odd: BTreeMap<String, Entry>,
}

/// The number of an id, where the text of the number is the id again.
fn uuid_of(id: &str) -> Option<u128> {
    let uuid = Uuid::try_parse(id).ok()?;
    let same = uuid
        .as_hyphenated()
        .encode_lower(&mut Uuid::encode_buffer())
        == id;
    same.then_some(uuid.as_u128())
}

fn text_of(id: u128) -> String {
    Uuid::from_u128(id).as_hyphenated().to_string()
}

impl NameIndex {
    /// Reads all names, a chunk at a time.
    pub async fn load(reads: &impl Reads) -> StoreResult<Self> {
        Self::load_by(reads, CHUNK).await
    }

    async fn load_by(reads: &impl Reads, chunk: i64) -> StoreResult<Self> {
        let mut inner = Inner::default();
        let mut last = String::new();
        loop {
            let rows = reads
                .all(
                    "SELECT id, name, hukou_area, residence_area FROM people_person \
                     WHERE id > $1 ORDER BY id LIMIT $2",
                    vec![Value::from(last.as_str()), Value::from(chunk)],
                )
                .await?;
            for row in &rows {
                inner.put(
                    &row.text("id")?,
                    &row.text("name")?,
                    row.opt_area("hukou_area")?,
                    row.opt_area("residence_area")?,
                );
            }
            match rows.last() {
                Some(row) if rows.len() as i64 == chunk => last = row.text("id")?,
                _ => break,
            }
        }
        Ok(Self(RwLock::new(inner)))
    }

    /// Adds or replaces one person.
    pub fn put(&self, id: &str, name: &str, hukou: Option<AreaCode>, residence: Option<AreaCode>) {
        let mut inner = self.0.write().unwrap_or_else(PoisonError::into_inner);
        inner.put(id, name, hukou, residence);
    }

    /// Ids within `scope` whose name contains the text or whose initials begin with it, exact names
    /// first, at most `most`.
    pub fn find(&self, scope: &Scope, text: &str, most: usize) -> Vec<String> {
        let Some(query) = Query::of(text) else {
            return Vec::new();
        };
        let inner = self.0.read().unwrap_or_else(PoisonError::into_inner);
        inner.find(scope, &query, most)
    }
}

impl Inner {
    fn put(&mut self, id: &str, name: &str, hukou: Option<AreaCode>, residence: Option<AreaCode>) {
        let entry = || Entry {
            name: name.to_owned(),
            hukou,
            residence,
        };
        let Some(uuid) = uuid_of(id) else {
            self.odd.insert(id.to_owned(), entry());
            return;
        };
        if let Some(place) = self.packed.place(uuid) {
            if self.packed.name(place) == name {
                self.packed.set_areas(place, hukou, residence);
                return;
            }
            self.packed.remove(place);
        }
        // Ids rise with time: nearly everyone new goes straight to the end.
        let new = !self.late.contains_key(&uuid) && self.packed.is_next(uuid);
        if new && self.packed.push(uuid, name, hukou, residence) {
            return;
        }
        self.late.insert(uuid, entry());
        if self.late.len() > WAITING.max(self.packed.len() / ONE_IN) {
            self.fold();
        }
    }

    /// Packs those who wait.
    fn fold(&mut self) {
        self.packed.squeeze();
        let packed = &mut self.packed;
        self.late
            .retain(|id, entry| !packed.push(*id, &entry.name, entry.hukou, entry.residence));
    }

    fn find(&self, scope: &Scope, query: &Query, most: usize) -> Vec<String> {
        let mut best = Best::of(most);
        let reach = Reach::of(scope, &self.packed.areas);
        self.packed
            .search(query, &reach, |rank, name, id| best.offer((rank, name, id)));
        for (id, entry) in &self.late {
            if let Some(rank) = entry.rank(query)
                && scope.admits(&entry.subject(text_of(*id)))
            {
                best.offer((rank, &entry.name, *id));
            }
        }
        let mut best = Best {
            heap: best
                .heap
                .into_iter()
                .map(|(rank, name, id)| (rank, name, text_of(id)))
                .collect(),
            most,
        };
        for (id, entry) in &self.odd {
            if let Some(rank) = entry.rank(query)
                && scope.admits(&entry.subject(id.clone()))
            {
                best.offer((rank, &entry.name, id.clone()));
            }
        }
        let sorted = best.heap.into_sorted_vec();
        sorted.into_iter().map(|(.., id)| id).collect()
    }
}

impl Entry {
    fn rank(&self, query: &Query) -> Option<u8> {
        query.rank(&self.name)
    }

    fn subject(&self, person: String) -> Subject {
        Subject {
            person,
            hukou: self.hukou,
            residence: self.residence,
        }
    }
}

/// The hits that come first, by rank, name and id; the last of them on top.
struct Best<'a, I> {
    heap: BinaryHeap<(u8, &'a str, I)>,
    most: usize,
}

impl<'a, I: Ord> Best<'a, I> {
    fn of(most: usize) -> Self {
        Self {
            heap: BinaryHeap::new(),
            most,
        }
    }

    fn offer(&mut self, hit: (u8, &'a str, I)) {
        if self.heap.len() < self.most {
            self.heap.push(hit);
        } else if let Some(mut last) = self.heap.peek_mut()
            && hit < *last
        {
            *last = hit;
        }
    }
}
