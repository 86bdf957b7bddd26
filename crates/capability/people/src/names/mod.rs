//! Finding people by name: a compact column in memory (engineering.md 16, ADR 0004).
//!
//! Two-character names rule out trigram indexes, extensions are not allowed, and a row per character
//! pair would triple the bulk path. Names are scanned in memory, initials worked out on the way, a few
//! tens of milliseconds for two million people (ADR 0004). Beside the names stand the columns lists are
//! counted from ([`crate::columns`], ADR 0010). Every write that changes a fact tells the index.

mod areas;
mod check;
mod letters;
#[cfg(test)]
mod measure;
#[cfg(test)]
mod oracle;
mod packed;
mod query;
mod roster;
#[cfg(test)]
mod tests;

use crate::api::Person;
use crate::columns::{self, Key, Line, Loader, Look, Looked, Match, More, Pick, Row, Traits};
pub(crate) use areas::Areas;
use authz::Scope;
use host::PersonKey;
use kernel::{text_of_uuid as text_of, uuid_of_text as uuid_of};
use packed::Packed;
use query::{Query, Reach};
pub use roster::{Roster, Seen};
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use store::{Reads, StoreResult};

/// Rows read at once when the index is filled.
const CHUNK: i64 = 10_000;

/// So many renamed people wait at least, and one in so many of all, until they are packed.
const WAITING: usize = 1_024;
const ONE_IN: usize = 256;

/// Someone who is not packed.
#[derive(Debug, Clone)]
struct Entry {
    name: String,
    row: Row,
}

/// The names of everyone in the register, and the columns lists are counted from.
#[derive(Debug, Default)]
pub struct NameIndex(RwLock<Inner>);

/// A person stands in exactly one of the three.
#[derive(Debug, Default)]
pub(crate) struct Inner {
    packed: Packed,
    /// New, renamed or of another birth, until [`Inner::fold`].
    late: BTreeMap<u128, Entry>,
    /// Under ids that are not UUIDs; the product makes none.
    odd: BTreeMap<String, Entry>,
    /// Households have the numbers from 1 to this one.
    pub(crate) households: u32,
}

impl NameIndex {
    /// Reads everyone, a chunk at a time.
    pub async fn load(reads: &impl Reads) -> StoreResult<Self> {
        Self::load_by(reads, CHUNK).await
    }

    async fn load_by(reads: &impl Reads, chunk: i64) -> StoreResult<Self> {
        let inner = Loader::new().run(reads, chunk).await?;
        Ok(Self(RwLock::new(inner)))
    }

    fn read(&self) -> RwLockReadGuard<'_, Inner> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Inner> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds or replaces one person; what stands beside them as a mark stays. Call it after the commit that
    /// changed any fact of theirs.
    pub async fn put(&self, reads: &impl Reads, person: &Person) -> StoreResult<()> {
        let id = &person.key.id;
        {
            let mut inner = self.write();
            let household = inner.row(id).map_or(0, |row| row.household);
            inner.put(id, &person.name, &Traits::of(&person.facts), household);
        }
        self.house(reads, vec![(id.clone(), person.household.clone())])
            .await
    }

    /// Reads these people anew: for work that changed many of them.
    pub async fn reread(&self, reads: &impl Reads, ids: &[String]) -> StoreResult<()> {
        let mut open = Vec::new();
        columns::rows_of(reads, ids, |line| self.reput(line, &mut open)).await?;
        self.house(reads, open).await
    }

    /// The same, where their keys are known.
    pub async fn reread_keys(&self, reads: &impl Reads, keys: &[PersonKey]) -> StoreResult<()> {
        let mut open = Vec::new();
        columns::rows_of_keys(reads, keys, |line| self.reput(line, &mut open)).await?;
        self.house(reads, open).await
    }

    /// Puts a line in the place of what was known; notes whose household must be looked for.
    fn reput(&self, line: &Line<'_>, open: &mut Vec<(String, Option<String>)>) {
        let mut inner = self.write();
        let household = inner.row(line.id).map_or(0, |row| row.household);
        if line.household.is_some() != (household != 0) {
            open.push((line.id.to_owned(), line.household.map(str::to_owned)));
        }
        inner.put(line.id, line.name, &line.traits, household);
    }

    /// Gives people the numbers of their households: that of the others in it, else their own. All are looked for at
    /// once.
    async fn house(
        &self,
        reads: &impl Reads,
        open: Vec<(String, Option<String>)>,
    ) -> StoreResult<()> {
        let wanted: BTreeSet<&str> = open
            .iter()
            .filter_map(|(_, household)| household.as_deref())
            .collect();
        let members = columns::members_of(reads, &wanted).await?;
        let mut inner = self.write();
        for (id, household) in &open {
            let others = household.as_ref().map(|household| {
                let all = members.get(household).map_or(&[][..], Vec::as_slice);
                all.iter().filter(|other| *other != id)
            });
            let number = match others {
                None => 0,
                Some(others) => inner.number(id, others),
            };
            inner.change(id, |row| row.household = number);
        }
        Ok(())
    }

    /// Writes a mark beside each of these people; quickest in the order of ids. 0 stands beside who never
    /// had one. Who is not in the index has none.
    pub fn mark<'a>(&self, marks: impl IntoIterator<Item = (&'a str, u32)>) {
        let mut inner = self.write();
        let mut hint = 0;
        for (id, mark) in marks {
            match uuid_of(id).and_then(|id| inner.packed.place_after(id, &mut hint)) {
                Some(place) => {
                    if let Some(slot) = inner.packed.rows.mark.get_mut(place) {
                        *slot = mark;
                    }
                }
                None => inner.change(id, |row| row.mark = mark),
            }
        }
    }

    /// How many match, and who stands on the page.
    pub fn look(&self, look: &Look<'_>) -> Looked {
        self.read().look(look)
    }

    /// How many households those who match belong to; who has none is one of their own.
    pub fn households(&self, look: &Look<'_>) -> u64 {
        self.read().count_households(look)
    }

    /// Ids within `scope` whose name contains the text or whose initials begin with it, exact names
    /// first, at most `most`.
    pub fn find(&self, scope: &Scope, text: &str, most: usize) -> Vec<String> {
        let Some(query) = Query::of(text) else {
            return Vec::new();
        };
        self.read().find(scope, &query, most)
    }
}

#[cfg(test)]
impl NameIndex {
    pub(crate) fn fold_now(&self) {
        self.write().fold();
    }

    pub(crate) fn put_traits(&self, id: &str, name: &str, traits: Traits) {
        self.write().put(id, name, &traits, 0);
    }
}

impl Inner {
    /// Appends one person while the index is filled; [`Self::settle`] ends it.
    pub(crate) fn append(&mut self, id: &str, name: &str, traits: &Traits, household: u32) {
        let row = Row {
            household,
            ..self.row_of(traits)
        };
        let packed = uuid_of(id).is_some_and(|id| self.packed.push(id, name, row));
        if !packed {
            let name = name.to_owned();
            self.set_aside(id, Entry { name, row });
        }
    }

    /// Sorts those who were appended.
    pub(crate) fn settle(&mut self) {
        self.packed.arrange(0);
    }

    fn row_of(&mut self, traits: &Traits) -> Row {
        let areas = &mut self.packed.areas;
        Row {
            hukou: areas.number(traits.hukou),
            residence: areas.number(traits.residence),
            birth: traits.birth,
            flags: traits.flags,
            household: 0,
            mark: 0,
        }
    }

    fn set_aside(&mut self, id: &str, entry: Entry) {
        match uuid_of(id) {
            Some(id) => self.late.insert(id, entry),
            None => self.odd.insert(id.to_owned(), entry),
        };
    }

    fn row(&self, id: &str) -> Option<Row> {
        let Some(uuid) = uuid_of(id) else {
            return self.odd.get(id).map(|entry| entry.row);
        };
        match self.packed.place(uuid) {
            Some(place) => self.packed.rows.get(place),
            None => self.late.get(&uuid).map(|entry| entry.row),
        }
    }

    /// Changes what has no part in the order.
    fn change(&mut self, id: &str, change: impl FnOnce(&mut Row)) {
        let Some(uuid) = uuid_of(id) else {
            if let Some(entry) = self.odd.get_mut(id) {
                change(&mut entry.row);
            }
            return;
        };
        if let Some(place) = self.packed.place(uuid) {
            if let Some(mut row) = self.packed.rows.get(place) {
                change(&mut row);
                self.packed.rows.set(place, row);
            }
        } else if let Some(entry) = self.late.get_mut(&uuid) {
            change(&mut entry.row);
        }
    }

    fn put(&mut self, id: &str, name: &str, traits: &Traits, household: u32) {
        let mark = self.row(id).map_or(0, |row| row.mark);
        let row = Row {
            household,
            mark,
            ..self.row_of(traits)
        };
        if let Some(place) = uuid_of(id).and_then(|uuid| self.packed.place(uuid)) {
            let birth = self.packed.rows.birth.get(place);
            if birth == Some(&row.birth) && self.packed.name(place) == name {
                self.packed.rows.set(place, row);
                return;
            }
            self.packed.remove(place);
        }
        let name = name.to_owned();
        self.set_aside(id, Entry { name, row });
        if self.late.len() > WAITING.max(self.packed.len() / ONE_IN) {
            self.fold();
        }
    }

    /// Packs those who wait.
    fn fold(&mut self) {
        let from = self.packed.len();
        let packed = &mut self.packed;
        self.late
            .retain(|id, entry| !packed.push(*id, &entry.name, entry.row));
        packed.arrange(from);
    }

    /// The number of somebody's household, where these others are in it.
    fn number<'a>(&mut self, id: &str, others: impl Iterator<Item = &'a String>) -> u32 {
        let mut others = others
            .filter_map(|other| self.row(other))
            .map(|row| row.household);
        if let Some(number) = others.find(|number| *number != 0) {
            return number;
        }
        let own = self.row(id).map_or(0, |row| row.household);
        if own != 0 && self.members(own) == 1 {
            return own;
        }
        self.households += 1;
        self.households
    }

    fn members(&self, household: u32) -> usize {
        let rows = self.packed.rows.household.iter().copied();
        rows.chain(self.aside().map(|(_, entry)| entry.row.household))
            .filter(|number| *number == household)
            .count()
    }

    fn aside(&self) -> impl Iterator<Item = (Key<'_>, &Entry)> {
        let late = self.late.iter().map(|(id, entry)| (Key::Uuid(*id), entry));
        let odd = self.odd.iter();
        late.chain(odd.map(|(id, entry)| (Key::Odd(id.as_str()), entry)))
    }

    /// Those of a scope of people, by place and by key; `None` for a scope of areas.
    fn only<'a>(&self, scope: &'a Scope) -> Option<(Vec<usize>, BTreeSet<Key<'a>>)> {
        let Scope::People(ids) = scope else {
            return None;
        };
        let keys: BTreeSet<Key<'a>> = ids
            .iter()
            .map(|id| uuid_of(id).map_or(Key::Odd(id.as_str()), Key::Uuid))
            .collect();
        let places = keys.iter().filter_map(|key| match key {
            Key::Uuid(id) => self.packed.place(*id),
            Key::Odd(_) => None,
        });
        Some((places.collect(), keys))
    }

    fn look(&self, look: &Look<'_>) -> Looked {
        let (asked, only) = (Match::of(look, &self.packed.areas), self.only(look.scope));
        let more: More<'_> = self
            .matching_aside(&asked, only.as_ref().map(|(_, keys)| keys))
            .map(|(key, row)| (row.birth, key))
            .collect();
        let mut pick = Pick::of(look, more);
        let places = only.as_ref().map(|(places, _)| places.as_slice());
        self.packed
            .look(&asked, look.youngest_first, places, &mut pick);
        pick.finish()
    }

    fn matching_aside<'a>(
        &'a self,
        asked: &'a Match<'_>,
        only: Option<&'a BTreeSet<Key<'_>>>,
    ) -> impl Iterator<Item = (Key<'a>, Row)> {
        self.aside()
            .filter(move |(key, _)| only.is_none_or(|only| only.contains(key)))
            .map(|(key, entry)| (key, entry.row))
            .filter(|(_, row)| asked.admits(row))
    }

    fn count_households(&self, look: &Look<'_>) -> u64 {
        let (asked, only) = (Match::of(look, &self.packed.areas), self.only(look.scope));
        let mut seen = vec![0_u64; self.households as usize / 64 + 1];
        let mut total = 0;
        let mut count = |household: u32| {
            let slot = seen.get_mut(household as usize / 64);
            match slot.filter(|_| household != 0) {
                Some(slot) => {
                    let bit = 1 << (household % 64);
                    total += u64::from(*slot & bit == 0);
                    *slot |= bit;
                }
                None => total += 1,
            }
        };
        for (_, row) in self.matching_aside(&asked, only.as_ref().map(|(_, keys)| keys)) {
            count(row.household);
        }
        let places = only.as_ref().map(|(places, _)| places.as_slice());
        self.packed.matching(&asked, false, places, |place| {
            count(self.packed.rows.household.get(place).copied().unwrap_or(0));
        });
        total
    }

    fn find(&self, scope: &Scope, query: &Query, most: usize) -> Vec<String> {
        let mut best = Best::of(most);
        let reach = Reach::of(scope, &self.packed.areas);
        self.packed
            .search(query, &reach, |rank, name, id| best.offer((rank, name, id)));
        for (id, entry) in &self.late {
            if let Some(rank) = query.rank(&entry.name)
                && reach.admits(*id, entry.row.hukou, entry.row.residence)
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
            if let Some(rank) = query.rank(&entry.name)
                && reach.admits_odd(scope, id, entry.row.hukou, entry.row.residence)
            {
                best.offer((rank, &entry.name, id.clone()));
            }
        }
        let sorted = best.heap.into_sorted_vec();
        sorted.into_iter().map(|(.., id)| id).collect()
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
