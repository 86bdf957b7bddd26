//! Who is compared with whom: people who share a key, so that the cost stays linear in a city of two million.
//!
//! Every pair worth listing shares at least one kind of key. A block that many share is not compared all with all:
//! its members are sorted and each is compared with so many neighbours.

use crate::like::{Evidence, Folded, Score, likeness};
use people::api::{Roster, Seen};
use std::hash::{DefaultHasher, Hash, Hasher};

/// A kind of key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Day of birth and the letter of the surname: one day holds few people.
    DaySurname,
    /// Day of birth and all first letters in any order.
    DayLetters,
    /// The sound of the name and the year of birth.
    SoundYear,
    /// The sound of the name, month and day of birth.
    SoundDay,
    /// The sound of the name and a town, for births that differ more or are not known.
    SoundTown,
}

impl Kind {
    /// All kinds; a search goes through one after the other.
    pub(crate) const ALL: &'static [Self] = &[
        Self::DaySurname,
        Self::DayLetters,
        Self::SoundYear,
        Self::SoundDay,
        Self::SoundTown,
    ];

    fn keys(self, person: &Seen<'_>, name: &Folded, mut each: impl FnMut(u64)) {
        let key = |parts: &dyn Fn(&mut DefaultHasher)| {
            let mut hasher = DefaultHasher::new();
            parts(&mut hasher);
            hasher.finish()
        };
        match (self, person.birth) {
            (Self::DaySurname, Some(birth)) => {
                each(key(&|h| (birth, name.surname_letter()).hash(h)));
            }
            (Self::DayLetters, Some(birth)) => each(key(&|h| (birth, name.letters()).hash(h))),
            (Self::SoundYear, Some(birth)) => {
                each(key(&|h| (birth / 10_000, name.sounds()).hash(h)));
            }
            (Self::SoundDay, Some(birth)) => {
                each(key(&|h| (birth % 10_000, name.sounds()).hash(h)));
            }
            (Self::SoundTown, _) => {
                let town = |area: Option<kernel::AreaCode>| {
                    area.map(|area| area.up_to(kernel::area_code::Level::Town))
                };
                let (hukou, residence) = (town(person.hukou), town(person.residence));
                for area in [hukou, residence.filter(|area| Some(*area) != hukou)]
                    .into_iter()
                    .flatten()
                {
                    each(key(&|h| (area, name.sounds()).hash(h)));
                }
            }
            (_, None) => {}
        }
    }
}

/// Members of a block that are all compared with one another.
const WHOLE: usize = 160;
/// Neighbours each member of a larger block is compared with.
const NEIGHBOURS: usize = 24;

/// Points without numbers and phones from which a pair is looked at closely: a phone and four digits add 24.
const CLOSE_EXACT: i64 = 50;
/// The same where the births differ: somebody of one name and one town at least.
const CLOSE: i64 = 64;

/// Whether a pair is worth the look at its numbers.
pub(crate) fn close(score: &Score) -> bool {
    let exact = score.evidence.contains(&Evidence::BirthSame);
    score.points >= if exact { CLOSE_EXACT } else { CLOSE }
}

/// What a kind of key found, and what it cost.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Places of the roster, the smaller id first, without repetition.
    pub(crate) pairs: Vec<(u32, u32)>,
    /// Pairs that were compared.
    pub(crate) compared: u64,
    /// Members of the largest block.
    pub(crate) largest: usize,
}

/// Two people of a roster by what stands in the columns.
pub(crate) fn compare(a: &Seen<'_>, b: &Seen<'_>, names: (&Folded, &Folded)) -> Score {
    likeness(
        names.0.like(a.name, names.1, b.name),
        (a.birth, b.birth),
        (a.male, b.male),
        [a.hukou, a.residence, b.hukou, b.residence],
        a.household != 0 && a.household == b.household,
    )
}

/// All pairs that share a key of this kind and come close.
pub(crate) fn pairs(roster: &Roster, kind: Kind) -> Found {
    let mut keys: Vec<(u64, u32)> = Vec::with_capacity(roster.len());
    for place in 0..roster.len() {
        if let Some(person) = roster.seen(place) {
            let name = Folded::of(person.name);
            kind.keys(&person, &name, |key| keys.push((key, place as u32)));
        }
    }
    keys.sort_unstable();
    let mut out = Found::default();
    for block in keys.chunk_by(|a, b| a.0 == b.0) {
        out.largest = out.largest.max(block.len());
        if block.len() > 1 {
            within(roster, block, &mut out);
        }
    }
    out.pairs.sort_unstable();
    out.pairs.dedup();
    out
}

fn within(roster: &Roster, block: &[(u64, u32)], out: &mut Found) {
    let mut members: Vec<(u32, Seen<'_>, Folded)> = block
        .iter()
        .filter_map(|(_, place)| {
            let seen = roster.seen(*place as usize)?;
            Some((*place, seen, Folded::of(seen.name)))
        })
        .collect();
    let reach = if members.len() > WHOLE {
        members.sort_by(|a, b| {
            let key = |seen: &Seen<'_>| (seen.residence.or(seen.hukou), seen.birth);
            a.1.name
                .cmp(b.1.name)
                .then_with(|| key(&a.1).cmp(&key(&b.1)))
                .then(a.0.cmp(&b.0))
        });
        NEIGHBOURS
    } else {
        members.len()
    };
    for (at, (place, person, name)) in members.iter().enumerate() {
        for (other_place, other, other_name) in members.iter().skip(at + 1).take(reach) {
            out.compared += 1;
            // A man and a woman are no pair whatever else they share.
            if matches!((person.male, other.male), (Some(a), Some(b)) if a != b) {
                continue;
            }
            if close(&compare(person, other, (name, other_name))) {
                out.pairs
                    .push((*place.min(other_place), *place.max(other_place)));
            }
        }
    }
}
