//! Who matches, how many, and which of them stand on a page.

use super::rows::{Row, Rows};
use super::traits::{UNKNOWN_DAY, number, wanted};
use crate::names::Areas;
use crate::store::list::Filter;
use authz::{Scope, Subject};
use kernel::{AreaCode, Day};
use std::cmp::Ordering;
use std::ops::Range;

/// Which of somebody's areas a list goes by (invariant 8: it says so).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// 户籍 or 常住.
    Either,
    /// 户籍.
    Hukou,
    /// 常住.
    Residence,
    /// 常住, or 户籍 where 常住 is not known.
    Home,
}

/// Which yes and no of somebody's facts a list wants; the default wants none.
#[derive(Debug, Clone, Copy, Default)]
pub struct Flags((u32, u32));

/// What a list asks of the columns.
#[derive(Debug, Clone, Copy)]
pub struct Look<'a> {
    /// Whom the asker may see.
    pub scope: &'a Scope,
    /// Only there; empty for no restriction.
    pub areas: &'a [AreaCode],
    /// By which of their areas.
    pub basis: Basis,
    /// Born on or before this day.
    pub born_until: Option<Day>,
    /// Born after this day.
    pub born_after: Option<Day>,
    /// Only those whose mark is true here.
    pub marks: Option<&'a [bool]>,
    /// Oldest first when false, the exact reverse when true; unknown births count as youngest.
    pub youngest_first: bool,
    /// People to leave out from the beginning.
    pub skip: usize,
    /// People on the page.
    pub most: usize,
    /// Living or dead, sex and group, as a filter has them.
    pub flags: Flags,
    /// Besides, 常住 here.
    pub residence: Option<AreaCode>,
}

impl<'a> Look<'a> {
    /// Everyone of a scope, living or not; nobody on the page.
    pub fn within(scope: &'a Scope) -> Self {
        Self {
            scope,
            areas: &[],
            basis: Basis::Either,
            born_until: None,
            born_after: None,
            marks: None,
            youngest_first: false,
            skip: 0,
            most: 0,
            flags: Flags::default(),
            residence: None,
        }
    }

    /// The people of a filter (its `ids` are the database's business).
    pub(crate) fn of(scope: &'a Scope, filter: &'a Filter) -> Self {
        Self {
            areas: filter.area.as_slice(),
            born_until: filter.born_until,
            born_after: filter.born_after,
            youngest_first: filter.youngest_first,
            skip: usize::try_from(filter.skip).unwrap_or(0),
            most: usize::try_from(filter.most).unwrap_or(0),
            flags: Flags(wanted(filter)),
            residence: filter.residence,
            ..Self::within(scope)
        }
    }
}

/// How many match, and who stands on the page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Looked {
    /// All of them, counted to the end.
    pub total: u64,
    /// Ids of the page, in its order.
    pub ids: Vec<String>,
}

const SEEN: u8 = 1;
const THERE: u8 = 2;
const LIVES: u8 = 4;

/// A [`Look`] worked out for the areas of the index: a person costs a few looks into small tables.
pub(crate) struct Match<'a> {
    areas: Vec<u8>,
    basis: Basis,
    marks: Option<&'a [bool]>,
    mask: u32,
    value: u32,
    after: Option<u32>,
    until: Option<u32>,
}

impl<'a> Match<'a> {
    pub(crate) fn of(look: &Look<'a>, areas: &Areas) -> Self {
        let there = Scope::Areas(look.areas.to_vec());
        let home = look.residence.map(|area| Scope::Areas(vec![area]));
        let inside = |scope: &Scope, area: Option<AreaCode>| {
            scope.admits(&Subject {
                person: String::new(),
                hukou: area,
                residence: None,
            })
        };
        // Whom a scope of people admits is chosen before anybody is matched.
        let open = matches!(look.scope, Scope::Everywhere | Scope::People(_));
        Self {
            areas: areas
                .iter()
                .map(|area| {
                    let seen = open || inside(look.scope, area);
                    let here = look.areas.is_empty() || inside(&there, area);
                    let lives = home.as_ref().is_none_or(|home| inside(home, area));
                    (if seen { SEEN } else { 0 })
                        | (if here { THERE } else { 0 })
                        | (if lives { LIVES } else { 0 })
                })
                .collect(),
            basis: look.basis,
            marks: look.marks,
            mask: look.flags.0.0,
            value: look.flags.0.1,
            after: look.born_after.map(|day| number(Some(day))),
            until: look.born_until.map(|day| number(Some(day))),
        }
    }

    /// Where the births asked for stand among sorted ones.
    pub(crate) fn stretch(&self, births: &[u32]) -> Range<usize> {
        let from = self
            .after
            .map_or(0, |after| births.partition_point(|birth| *birth <= after));
        let until = match (self.until, self.after) {
            (Some(until), _) => births.partition_point(|birth| *birth <= until),
            (None, Some(_)) => births.partition_point(|birth| *birth < UNKNOWN_DAY),
            (None, None) => births.len(),
        };
        from..until.max(from)
    }

    /// Whether somebody who is not in sorted columns matches.
    pub(crate) fn admits(&self, row: &Row) -> bool {
        self.stretch(&[row.birth]) == (0..1)
            && self.passes(row.hukou, row.residence, row.flags, row.mark)
    }

    /// Without a branch for any of the conditions: the answer of a row says nothing about the next.
    #[inline]
    #[expect(
        clippy::needless_bitwise_bool,
        reason = "lazy operators are branches, which random rows mispredict"
    )]
    fn passes(&self, hukou: u32, residence: u32, flags: u32, mark: u32) -> bool {
        let at = |area: u32| self.areas.get(area as usize).copied().unwrap_or(0);
        let (at_hukou, at_residence) = (at(hukou), at(residence));
        let by_hukou = match self.basis {
            Basis::Hukou => true,
            Basis::Home => residence == 0,
            Basis::Either | Basis::Residence => false,
        };
        let there = if matches!(self.basis, Basis::Either) {
            at_hukou | at_residence
        } else if by_hukou {
            at_hukou
        } else {
            at_residence
        };
        let marked = self
            .marks
            .is_none_or(|marks| marks.get(mark as usize).copied().unwrap_or(false));
        let seen = (at_hukou | at_residence) & SEEN;
        let all = seen | (there & THERE) | (at_residence & LIVES);
        (flags & self.mask == self.value) & marked & (all == SEEN | THERE | LIVES)
    }

    /// How many of a stretch match.
    pub(crate) fn count(&self, rows: &Rows, stretch: Range<usize>) -> u64 {
        let Some(all) = columns(rows, stretch) else {
            return 0;
        };
        all.map(|(_, row)| u64::from(self.passes(row.0, row.1, row.2, row.3)))
            .sum()
    }

    /// Calls `hit` with every place of the stretch that matches, from the end if `back`.
    pub(crate) fn scan(
        &self,
        rows: &Rows,
        stretch: Range<usize>,
        back: bool,
        mut hit: impl FnMut(usize),
    ) {
        let Some(all) = columns(rows, stretch) else {
            return;
        };
        let look = |(place, row): (usize, Four)| {
            if self.passes(row.0, row.1, row.2, row.3) {
                hit(place);
            }
        };
        if back {
            all.rev().for_each(look);
        } else {
            all.for_each(look);
        }
    }
}

/// 户籍 and 常住 area, flags, mark.
type Four = (u32, u32, u32, u32);

/// The columns a match looks at, place by place.
fn columns(
    rows: &Rows,
    stretch: Range<usize>,
) -> Option<impl DoubleEndedIterator<Item = (usize, Four)> + ExactSizeIterator> {
    let hukou = rows.hukou.get(stretch.clone())?;
    let residence = rows.residence.get(stretch.clone())?;
    let flags = rows.flags.get(stretch.clone())?;
    let mark = rows.mark.get(stretch.clone())?;
    let areas = hukou.iter().zip(residence);
    let facts = flags.iter().zip(mark);
    Some(
        stretch
            .zip(areas.zip(facts))
            .map(|(place, ((hukou, residence), (flags, mark)))| {
                (place, (*hukou, *residence, *flags, *mark))
            }),
    )
}

/// Somebody's id as it is sorted: by number, then those that have none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Key<'a> {
    Uuid(u128),
    Odd(&'a str),
}

impl Key<'_> {
    pub(crate) fn text(self) -> String {
        match self {
            Self::Uuid(id) => kernel::text_of_uuid(id),
            Self::Odd(id) => id.to_owned(),
        }
    }
}

/// Who matches outside the sorted columns, by birth and id.
pub(crate) type More<'a> = Vec<(u32, Key<'a>)>;

/// Picks a page out of those who match as they come by, and counts them all.
pub(crate) struct Pick<'a> {
    more: std::iter::Peekable<std::vec::IntoIter<(u32, Key<'a>)>>,
    back: bool,
    skip: u64,
    most: usize,
    out: Looked,
}

impl<'a> Pick<'a> {
    pub(crate) fn of(look: &Look<'_>, mut more: More<'a>) -> Self {
        more.sort_unstable();
        if look.youngest_first {
            more.reverse();
        }
        Self {
            more: more.into_iter().peekable(),
            back: look.youngest_first,
            skip: look.skip as u64,
            most: look.most,
            out: Looked::default(),
        }
    }

    /// The next one of the sorted columns; those of outside who come before them are picked first.
    #[inline]
    pub(crate) fn offer(&mut self, birth: impl Fn() -> u32, id: impl Fn() -> u128) {
        while let Some((other, key)) = self.more.peek() {
            let order = other.cmp(&birth()).then_with(|| key.cmp(&Key::Uuid(id())));
            let first = if self.back {
                Ordering::Greater
            } else {
                Ordering::Less
            };
            if order != first {
                break;
            }
            let key = *key;
            self.more.next();
            self.take(|| key.text());
        }
        self.take(|| kernel::text_of_uuid(id()));
    }

    /// Takes in so many who follow, the last of them born then, where none of them stands on the page; false
    /// where they must be offered one by one.
    pub(crate) fn absorb(&mut self, matching: u64, last: u32) -> bool {
        let full = self.out.ids.len() >= self.most;
        let before = self.out.total + matching <= self.skip;
        let apart = self.more.peek().is_none_or(|(birth, _)| {
            if self.back {
                *birth < last
            } else {
                *birth > last
            }
        });
        let absorbs = matching == 0 || full || (before && apart);
        if absorbs {
            self.out.total += matching;
        }
        absorbs
    }

    #[inline]
    fn take(&mut self, id: impl FnOnce() -> String) {
        if self.out.total >= self.skip && self.out.ids.len() < self.most {
            self.out.ids.push(id());
        }
        self.out.total += 1;
    }

    pub(crate) fn finish(mut self) -> Looked {
        while let Some((_, key)) = self.more.next() {
            self.take(|| key.text());
        }
        self.out
    }
}
