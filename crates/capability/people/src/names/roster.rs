//! Everybody, or those born on some days, copied out of the columns: for work that compares people with one another
//! and must not hold the index meanwhile.

use super::{Inner, NameIndex};
use crate::columns::{GONE, Row, sex_of};
use kernel::AreaCode;
use std::collections::BTreeMap;

/// Somebody of a [`Roster`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen<'a> {
    /// Name.
    pub name: &'a str,
    /// Day of birth as `yyyymmdd`, where it is known.
    pub birth: Option<u32>,
    /// Whether they are male, where it is known.
    pub male: Option<bool>,
    /// 户籍地.
    pub hukou: Option<AreaCode>,
    /// 常住地.
    pub residence: Option<AreaCode>,
    /// Number of the household, 0 for none; only good for comparing within one roster.
    pub household: u32,
}

/// People copied out of the columns.
#[derive(Debug, Default)]
pub struct Roster {
    ids: Vec<u128>,
    /// Ids that are no UUIDs, by place.
    odd: BTreeMap<usize, String>,
    names: String,
    ends: Vec<u32>,
    rows: Vec<(u32, u32, u32, u32, u32)>,
    areas: Vec<Option<AreaCode>>,
}

impl Roster {
    fn of(inner: &Inner) -> Self {
        Self {
            areas: inner.packed.areas.iter().collect(),
            ..Self::default()
        }
    }

    fn push(&mut self, id: u128, name: &str, row: Row) {
        // Whoever was erased is like nobody.
        if row.hukou == GONE || name == host::ERASED {
            return;
        }
        self.ids.push(id);
        self.names.push_str(name);
        self.ends.push(self.names.len() as u32);
        self.rows.push((
            row.birth,
            row.flags,
            row.hukou,
            row.residence,
            row.household,
        ));
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Nobody.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// The person at a place below [`Self::len`].
    pub fn seen(&self, place: usize) -> Option<Seen<'_>> {
        let (birth, flags, hukou, residence, household) = *self.rows.get(place)?;
        let from = place
            .checked_sub(1)
            .and_then(|before| self.ends.get(before))
            .map_or(0, |end| *end as usize);
        let until = *self.ends.get(place)? as usize;
        let area = |number: u32| self.areas.get(number as usize).copied().flatten();
        Some(Seen {
            name: self.names.get(from..until)?,
            birth: (birth != u32::MAX).then_some(birth),
            male: sex_of(flags),
            hukou: area(hukou),
            residence: area(residence),
            household,
        })
    }

    /// Their id.
    pub fn id(&self, place: usize) -> String {
        match (self.odd.get(&place), self.ids.get(place)) {
            (Some(odd), _) => odd.clone(),
            (None, Some(id)) => kernel::text_of_uuid(*id),
            (None, None) => String::new(),
        }
    }
}

impl NameIndex {
    /// Everybody.
    pub fn roster(&self) -> Roster {
        let inner = self.read();
        let mut out = Roster::of(&inner);
        let packed = inner.packed.everyone().count();
        out.ids.reserve_exact(packed + inner.late.len());
        out.rows.reserve_exact(packed + inner.late.len());
        out.ends.reserve_exact(packed + inner.late.len());
        for (id, name, row) in inner.packed.everyone() {
            out.push(id, name, row);
        }
        inner.aside_into(&mut out, |_| true);
        out
    }

    /// Those born on one of these days (`yyyymmdd`, `u32::MAX` for not known), given in rising order.
    pub fn born_on(&self, days: &[u32]) -> Roster {
        let inner = self.read();
        let mut out = Roster::of(&inner);
        for day in days {
            let births = &inner.packed.rows.birth;
            let from = births.partition_point(|birth| birth < day);
            let until = births.partition_point(|birth| birth <= day);
            for place in from..until {
                if let Some(row) = inner.packed.rows.get(place) {
                    out.push(inner.packed.id(place as u32), inner.packed.name(place), row);
                }
            }
        }
        inner.aside_into(&mut out, |birth| days.binary_search(&birth).is_ok());
        out
    }

    /// Nobody finds this person any more: after the commit that set their file aside.
    pub fn forget(&self, id: &str) {
        self.write().forget(id);
    }
}

impl Inner {
    fn aside_into(&self, out: &mut Roster, wanted: impl Fn(u32) -> bool) {
        for (id, entry) in self
            .late
            .iter()
            .filter(|(_, entry)| wanted(entry.row.birth))
        {
            out.push(*id, &entry.name, entry.row);
        }
        for (id, entry) in self.odd.iter().filter(|(_, entry)| wanted(entry.row.birth)) {
            out.odd.insert(out.ids.len(), id.clone());
            out.push(0, &entry.name, entry.row);
        }
    }

    fn forget(&mut self, id: &str) {
        let Some(uuid) = super::uuid_of(id) else {
            self.odd.remove(id);
            return;
        };
        match self.packed.place(uuid) {
            Some(place) => self.packed.remove(place),
            None => {
                self.late.remove(&uuid);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::columns::Traits;

    fn traits(birth: u32) -> Traits {
        Traits {
            hukou: "421303001001".parse().ok(),
            residence: None,
            birth,
            flags: 1 << 1,
        }
    }

    /// Rows B01, B02: those born on some days are found wherever they stand, who was set aside is not, and comes back.
    #[test]
    fn who_is_set_aside_is_found_nowhere_until_they_come_back() {
        let index = NameIndex::default();
        let id = |n: u128| kernel::text_of_uuid(n << 64 | 7 << 76 | 1 << 63);
        index.put_traits(&id(1), "王秀兰", traits(19400101));
        index.put_traits(&id(2), "王秀英", traits(19400102));
        index.fold_now();
        index.put_traits(&id(3), "李明", traits(19400102));
        index.put_traits("person-1", "张三", traits(19400102));
        assert_eq!(index.roster().len(), 4);
        let born = index.born_on(&[19400102]);
        let names: Vec<String> = (0..born.len())
            .map(|place| born.seen(place).unwrap().name.to_owned())
            .collect();
        assert_eq!(names, ["王秀英", "李明", "张三"]);
        assert_eq!(born.id(2), "person-1");
        assert_eq!(born.seen(0).unwrap().male, Some(true));
        for gone in [id(2), id(3), "person-1".to_owned()] {
            index.forget(&gone);
        }
        assert!(index.born_on(&[19400102]).is_empty());
        index.put_traits(&id(2), "王秀英", traits(19400102));
        index.fold_now();
        assert_eq!(index.born_on(&[19400102]).len(), 1);
        assert_eq!(index.roster().len(), 2);
    }
}
