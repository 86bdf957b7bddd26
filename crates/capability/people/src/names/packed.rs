//! Names one after another in one text, ids as numbers beside them: some forty bytes a person.

use super::areas::Areas;
use super::query::{Query, Reach};
use kernel::AreaCode;

/// The number that stands for the areas of someone who is packed here no longer.
const GONE: u32 = u32::MAX;

/// A column grows by this part of itself, never by half.
const PART: usize = 16;
const AT_LEAST: usize = 1_024;

/// The columns. One place is one person in all of them.
#[derive(Debug, Default)]
pub(super) struct Packed {
    pub(super) areas: Areas,
    ids: Vec<u128>,
    hukou: Vec<u32>,
    residence: Vec<u32>,
    /// Where each name ends in `pool`; it begins where the one before ends.
    ends: Vec<u32>,
    pool: String,
    /// Where ids begin to rise anew. Rows come in the order of ids, so that there are few.
    runs: Vec<usize>,
    gone: usize,
}

impl Packed {
    pub(super) fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether an id sorts after everyone's.
    pub(super) fn is_next(&self, id: u128) -> bool {
        self.runs().all(|(_, run)| run.last() < Some(&id))
    }

    fn runs(&self) -> impl Iterator<Item = (usize, &[u128])> {
        self.runs.iter().enumerate().filter_map(|(n, from)| {
            let until = self.runs.get(n + 1).copied().unwrap_or(self.len());
            Some((*from, self.ids.get(*from..until)?))
        })
    }

    /// Where someone stands.
    pub(super) fn place(&self, id: u128) -> Option<usize> {
        self.runs()
            .filter(|(_, run)| run.last() >= Some(&id))
            .filter_map(|(from, run)| Some(from + run.binary_search(&id).ok()?))
            .find(|place| self.hukou.get(*place) != Some(&GONE))
    }

    pub(super) fn name(&self, place: usize) -> &str {
        let end = |place: usize| self.ends.get(place).map_or(0, |end| *end as usize);
        let from = place.checked_sub(1).map_or(0, end);
        self.pool.get(from..end(place)).unwrap_or("")
    }

    /// Puts someone who is not here behind all others; false where four bytes cannot say where a name ends.
    pub(super) fn push(
        &mut self,
        id: u128,
        name: &str,
        hukou: Option<AreaCode>,
        residence: Option<AreaCode>,
    ) -> bool {
        let Ok(end) = u32::try_from(self.pool.len() + name.len()) else {
            return false;
        };
        if self.ids.last().is_none_or(|last| *last >= id) {
            self.runs.push(self.len());
        }
        if self.pool.capacity() - self.pool.len() < name.len() {
            let more = (self.pool.len() / PART).max(AT_LEAST) + name.len();
            self.pool.reserve_exact(more);
        }
        self.pool.push_str(name);
        grow(&mut self.ids, id);
        grow(&mut self.hukou, self.areas.number(hukou));
        grow(&mut self.residence, self.areas.number(residence));
        grow(&mut self.ends, end);
        true
    }

    /// Gives someone other areas.
    pub(super) fn set_areas(
        &mut self,
        place: usize,
        hukou: Option<AreaCode>,
        residence: Option<AreaCode>,
    ) {
        let numbers = (self.areas.number(hukou), self.areas.number(residence));
        if let (Some(hukou), Some(residence)) =
            (self.hukou.get_mut(place), self.residence.get_mut(place))
        {
            (*hukou, *residence) = numbers;
        }
    }

    /// Nobody finds this place any more; [`Self::squeeze`] gives its memory back.
    pub(super) fn remove(&mut self, place: usize) {
        if let Some(hukou) = self.hukou.get_mut(place) {
            *hukou = GONE;
            self.gone += 1;
        }
    }

    /// Closes the gaps: everything moves where it stands, nothing is copied elsewhere.
    pub(super) fn squeeze(&mut self) {
        if self.gone == 0 {
            return;
        }
        let mut pool = std::mem::take(&mut self.pool).into_bytes();
        let (mut from, mut filled) = (0, 0);
        for (end, hukou) in self.ends.iter_mut().zip(&self.hukou) {
            let name = from..*end as usize;
            from = name.end;
            if *hukou != GONE {
                let length = name.len();
                pool.copy_within(name, filled);
                filled += length;
                *end = filled as u32;
            }
        }
        pool.truncate(filled);
        // Only whole names moved: it is text as before.
        self.pool = String::from_utf8(pool).unwrap_or_default();
        keep(&mut self.ids, &self.hukou);
        keep(&mut self.residence, &self.hukou);
        keep(&mut self.ends, &self.hukou);
        self.hukou.retain(|hukou| *hukou != GONE);
        self.gone = 0;
        self.runs.clear();
        let mut before = None;
        for (place, id) in self.ids.iter().enumerate() {
            if before.is_none_or(|before| before >= *id) {
                self.runs.push(place);
            }
            before = Some(*id);
        }
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
                self.hukou.get(place),
                self.residence.get(place),
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

    /// How many are found here.
    #[cfg(test)]
    pub(super) fn living(&self) -> usize {
        self.len() - self.gone
    }

    /// Memory in bytes.
    #[cfg(test)]
    pub(super) fn bytes(&self) -> usize {
        self.ids.capacity() * size_of::<u128>()
            + (self.hukou.capacity() + self.residence.capacity() + self.ends.capacity())
                * size_of::<u32>()
            + self.pool.capacity()
            + self.runs.capacity() * size_of::<usize>()
            + self.areas.bytes()
    }
}

fn grow<T>(column: &mut Vec<T>, value: T) {
    if column.len() == column.capacity() {
        column.reserve_exact((column.len() / PART).max(AT_LEAST));
    }
    column.push(value);
}

fn keep<T>(column: &mut Vec<T>, hukou: &[u32]) {
    let mut hukou = hukou.iter();
    column.retain(|_| hukou.next() != Some(&GONE));
}
