//! Everyone in the order of birth: names one after another in one text, ids and columns beside them.

use super::areas::Areas;
use super::query::{Query, Reach};
use crate::columns::{GONE, Match, Pick, Row, Rows, arrange, grow};

/// The text of all names grows by this part of itself, never by half.
const PART: usize = 16;
const AT_LEAST: usize = 1_024;

/// People who are counted at once when a list is looked at.
const BLOCK: usize = 128;

/// The columns. One place is one person in all of them.
#[derive(Debug, Default)]
pub(crate) struct Packed {
    pub(super) areas: Areas,
    ids: Vec<u128>,
    pub(super) rows: Rows,
    /// Where each name ends in `pool`; it begins where the one before ends.
    ends: Vec<u32>,
    pool: String,
    /// All places in the order of ids.
    by_id: Vec<u32>,
    gone: usize,
}

impl Packed {
    pub(super) fn len(&self) -> usize {
        self.ids.len()
    }

    pub(super) fn id(&self, place: u32) -> u128 {
        self.ids.get(place as usize).copied().unwrap_or(u128::MAX)
    }

    /// Where someone stands.
    pub(super) fn place(&self, id: u128) -> Option<usize> {
        let at = self
            .by_id
            .binary_search_by(|place| self.id(*place).cmp(&id));
        self.standing(at.ok()?)
    }

    /// Where someone stands, looked for at `hint` first and found behind it: for walks in the order of ids.
    pub(super) fn place_after(&self, id: u128, hint: &mut usize) -> Option<usize> {
        let at = match self.by_id.get(*hint) {
            Some(place) if self.id(*place) == id => *hint,
            _ => self
                .by_id
                .binary_search_by(|place| self.id(*place).cmp(&id))
                .ok()?,
        };
        *hint = at + 1;
        self.standing(at)
    }

    fn standing(&self, at: usize) -> Option<usize> {
        let place = *self.by_id.get(at)? as usize;
        (self.rows.hukou.get(place) != Some(&GONE)).then_some(place)
    }

    pub(super) fn name(&self, place: usize) -> &str {
        let end = |place: usize| self.ends.get(place).map_or(0, |end| *end as usize);
        let from = place.checked_sub(1).map_or(0, end);
        self.pool.get(from..end(place)).unwrap_or("")
    }

    /// Puts someone who is not here behind all others, until [`Self::arrange`]; false where four bytes cannot
    /// say where a name ends.
    pub(super) fn push(&mut self, id: u128, name: &str, row: Row) -> bool {
        let Ok(end) = u32::try_from(self.pool.len() + name.len()) else {
            return false;
        };
        if self.pool.capacity() - self.pool.len() < name.len() {
            let more = (self.pool.len() / PART).max(AT_LEAST) + name.len();
            self.pool.reserve_exact(more);
        }
        self.pool.push_str(name);
        grow(&mut self.ids, id);
        grow(&mut self.ends, end);
        self.rows.push(row);
        true
    }

    /// Nobody finds this place any more; [`Self::arrange`] gives its memory back.
    pub(super) fn remove(&mut self, place: usize) {
        if let (Some(hukou), Some(residence)) = (
            self.rows.hukou.get_mut(place),
            self.rows.residence.get_mut(place),
        ) {
            (*hukou, *residence) = (GONE, GONE);
            self.gone += 1;
        }
    }

    /// Brings those from `from` on, who were pushed, among the others, and closes the gaps. Each column is
    /// copied once, one after the other.
    pub(super) fn arrange(&mut self, from: usize) {
        let new = self.tail(from);
        let order = self.order(from, &new);
        let by_id = self.order_of_ids(&new);
        let mut now = vec![GONE; self.len()];
        for (place, old) in order.iter().enumerate() {
            if let Some(slot) = now.get_mut(*old as usize) {
                *slot = place as u32;
            }
        }
        self.by_id = by_id
            .iter()
            .filter_map(|old| now.get(*old as usize).copied())
            .filter(|place| *place != GONE)
            .collect();
        drop((now, by_id, new));
        let mut pool = String::with_capacity(self.pool.len());
        let mut ends = Vec::with_capacity(order.len());
        for old in &order {
            pool.push_str(self.name(*old as usize));
            // Not longer than the pool before, whose ends were numbers of four bytes.
            ends.push(pool.len() as u32);
        }
        (self.pool, self.ends) = (pool, ends);
        arrange(&mut self.ids, &order);
        self.rows.arrange(&order);
        self.gone = 0;
    }

    /// Those from `from` on, in the order of ids.
    fn tail(&self, from: usize) -> Vec<u32> {
        let mut new: Vec<u32> = (from..self.len()).map(|place| place as u32).collect();
        if !new.is_sorted_by_key(|place| self.id(*place)) {
            // They come shard by shard: a stable sort joins what is sorted already.
            new.sort_by_key(|place| self.id(*place));
        }
        new
    }

    /// All who are here in the order of birth and id; `new` are those who were pushed, in the order of ids.
    fn order(&self, from: usize, new: &[u32]) -> Vec<u32> {
        let birth = |place: u32| self.rows.birth.get(place as usize).copied().unwrap_or(GONE);
        // One number for birth and order of id: two million of them are sorted without a look elsewhere.
        let mut keys: Vec<u64> = (0_u64..)
            .zip(new)
            .map(|(rank, place)| (u64::from(birth(*place)) << 32) | rank)
            .collect();
        keys.sort_unstable();
        let mut sorted = keys
            .into_iter()
            .filter_map(|key| new.get((key & u64::from(u32::MAX)) as usize).copied())
            .peekable();
        let mut order = Vec::with_capacity(self.len() - self.gone);
        for place in 0..from as u32 {
            if self.rows.hukou.get(place as usize) == Some(&GONE) {
                continue;
            }
            let here = (birth(place), self.id(place));
            while let Some(next) = sorted.next_if(|next| (birth(*next), self.id(*next)) < here) {
                order.push(next);
            }
            order.push(place);
        }
        order.extend(sorted);
        order
    }

    /// All who are here in the order of ids, by their places of before.
    fn order_of_ids(&self, new: &[u32]) -> Vec<u32> {
        let mut sorted = new.iter().copied().peekable();
        let mut order = Vec::with_capacity(self.len() - self.gone);
        for place in &self.by_id {
            if self.rows.hukou.get(*place as usize) == Some(&GONE) {
                continue;
            }
            let here = self.id(*place);
            while let Some(next) = sorted.next_if(|next| self.id(*next) < here) {
                order.push(next);
            }
            order.push(*place);
        }
        order.extend(sorted);
        order
    }

    /// Everyone the query finds and the reach admits: rank, name, id.
    pub(super) fn search<'a>(
        &'a self,
        query: &Query,
        reach: &Reach,
        mut found: impl FnMut(u8, &'a str, u128),
    ) {
        let mut hit = |rank: u8, place: usize, name: &'a str| {
            if let (Some(id), Some(hukou), Some(residence)) = (
                self.ids.get(place),
                self.rows.hukou.get(place),
                self.rows.residence.get(place),
            ) && *hukou != GONE
                && reach.admits(*id, *hukou, *residence)
            {
                found(rank, name, *id);
            }
        };
        if query.latin {
            let mut from = 0;
            for (place, end) in self.ends.iter().enumerate() {
                let end = *end as usize;
                let name = self.pool.get(from..end).unwrap_or("");
                from = end;
                if let Some(rank) = query.rank(name) {
                    hit(rank, place, name);
                }
            }
        } else {
            self.holding(query, hit);
        }
    }

    /// Every place whose name holds the text, with its rank: one walk through the whole text.
    fn holding<'a>(&'a self, query: &Query, mut hit: impl FnMut(u8, usize, &'a str)) {
        let mut chars = query.text.chars();
        let only = chars.next().filter(|_| chars.next().is_none());
        let (mut from, mut place) = (0, 0);
        while let Some(rest) = self.pool.get(from..) {
            let next = match only {
                Some(only) => rest.find(only),
                None => rest.find(&query.text),
            };
            let Some(at) = next.map(|next| from + next) else {
                return;
            };
            let Some(end) = self.end_behind(&mut place, at) else {
                return;
            };
            let name = self.name(place);
            let begin = end - name.len();
            // Where the text reaches into the next name it is nobody's: go on with that name.
            if at + query.text.len() <= end {
                hit(query.rank_at(name, at - begin), place, name);
            }
            from = end;
        }
    }

    /// Moves on to the place whose name holds this byte of the pool; where that name ends.
    fn end_behind(&self, place: &mut usize, at: usize) -> Option<usize> {
        let ahead = self.ends.get(*place..)?;
        *place += ahead.iter().position(|end| *end as usize > at)?;
        Some(*self.ends.get(*place)? as usize)
    }

    /// Picks a page of those who match here, and of `pick`'s others; `only` are the places of a scope of people.
    pub(super) fn look(
        &self,
        asked: &Match<'_>,
        back: bool,
        only: Option<&[usize]>,
        pick: &mut Pick<'_>,
    ) {
        let birth = |place: usize| self.rows.birth.get(place).copied().unwrap_or(GONE);
        if only.is_some() {
            return self.matching(asked, back, only, |place| {
                pick.offer(|| birth(place), || self.id(place as u32));
            });
        }
        // Block by block: most are only counted.
        let stretch = asked.stretch(&self.rows.birth);
        let blocks = stretch.len().div_ceil(BLOCK);
        for block in 0..blocks {
            let places = if back {
                let until = stretch.end - block * BLOCK;
                until.saturating_sub(BLOCK).max(stretch.start)..until
            } else {
                let from = stretch.start + block * BLOCK;
                from..(from + BLOCK).min(stretch.end)
            };
            let last = if back { places.start } else { places.end - 1 };
            let matching = asked.count(&self.rows, places.clone());
            if !pick.absorb(matching, birth(last)) {
                asked.scan(&self.rows, places, back, |place| {
                    pick.offer(|| birth(place), || self.id(place as u32));
                });
            }
        }
    }

    /// Calls `hit` with every place that matches.
    pub(super) fn matching(
        &self,
        asked: &Match<'_>,
        back: bool,
        only: Option<&[usize]>,
        mut hit: impl FnMut(usize),
    ) {
        let stretch = asked.stretch(&self.rows.birth);
        let Some(only) = only else {
            return asked.scan(&self.rows, stretch, back, hit);
        };
        let mut places: Vec<usize> = only
            .iter()
            .copied()
            .filter(|place| stretch.contains(place))
            .collect();
        places.sort_unstable();
        places.dedup();
        if back {
            places.reverse();
        }
        for place in places {
            asked.scan(&self.rows, place..place + 1, false, &mut hit);
        }
    }

    /// Everyone who stands here: id, name, row.
    pub(super) fn everyone(&self) -> impl Iterator<Item = (u128, &str, Row)> {
        self.ids.iter().enumerate().filter_map(|(place, id)| {
            let row = self.rows.get(place)?;
            (row.hukou != GONE).then(|| (*id, self.name(place), row))
        })
    }

    /// How many are found here.
    #[cfg(test)]
    pub(super) fn living(&self) -> usize {
        self.len() - self.gone
    }

    /// Memory in bytes: everything, and of it what the columns take.
    #[cfg(test)]
    pub(super) fn bytes(&self) -> (usize, usize) {
        let columns = self.rows.bytes() + self.by_id.capacity() * size_of::<u32>();
        let names = self.ids.capacity() * size_of::<u128>()
            + self.ends.capacity() * size_of::<u32>()
            + self.pool.capacity()
            + self.areas.bytes();
        (names + columns, columns)
    }
}
