//! How fast one account or address may go: a bucket that fills with the clock handed in, and the people one account
//! opened today. In memory, one for each process: what is slowed is a hand that copies a register, not a crowd.

use kernel::{Day, Instant};
use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

/// Accounts and addresses remembered; beyond it those that have rested are forgotten.
const MOST_KEPT: usize = 20_000;

/// So many at once, and so many again within `seconds`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// How many; 0 sets no limit.
    pub most: i64,
    /// Seconds in which that many come back.
    pub seconds: i64,
}

impl Rate {
    /// No limit.
    pub const NONE: Self = Self {
        most: 0,
        seconds: 1,
    };

    /// So many in so many seconds.
    pub const fn of(most: i64, seconds: i64) -> Self {
        Self { most, seconds }
    }
}

/// One rate for many keys. For each key the moment at which its bucket is full again.
#[derive(Debug, Default)]
pub(crate) struct Buckets(HashMap<String, i64>);

impl Buckets {
    /// Takes one; `Err` says in how many seconds there is one again.
    pub(crate) fn take(&mut self, key: &str, rate: Rate, now: Instant) -> Result<(), i64> {
        if rate.most <= 0 {
            return Ok(());
        }
        let (now, whole) = (now.micros(), rate.seconds.max(1) * 1_000_000);
        let each = (whole / rate.most).max(1);
        if self.0.len() > MOST_KEPT {
            self.0.retain(|_, full| *full > now);
        }
        // A bucket that is full only after longer than it takes to fill: the clock went back (a demo's midnight).
        let full = self
            .0
            .get(key)
            .copied()
            .filter(|full| *full <= now + whole)
            .unwrap_or(now)
            .max(now);
        if full + each > now + whole {
            return Err(((full + each - now - whole) + 999_999) / 1_000_000);
        }
        self.0.insert(key.to_owned(), full + each);
        Ok(())
    }
}

/// The different people that accounts opened on one day.
#[derive(Debug, Default)]
pub(crate) struct People {
    day: Option<Day>,
    seen: HashMap<String, HashSet<u64>>,
}

impl People {
    /// Counts this person for this account; `false` beyond `most` different ones today. Who was opened before today may
    /// be opened again.
    pub(crate) fn count(&mut self, account: &str, person: &str, most: i64, today: Day) -> bool {
        if most <= 0 {
            return true;
        }
        if self.day != Some(today) {
            self.day = Some(today);
            self.seen.clear();
        }
        let mut hasher = DefaultHasher::new();
        person.hash(&mut hasher);
        let person = hasher.finish();
        let seen = self.seen.entry(account.to_owned()).or_default();
        if seen.contains(&person) {
            return true;
        }
        if seen.len() as i64 >= most {
            return false;
        }
        seen.insert(person);
        true
    }
}

/// What all that is counted stands in.
#[derive(Debug, Default)]
pub(crate) struct Pace {
    pub(crate) opens: Buckets,
    pub(crate) searches: Buckets,
    pub(crate) addresses: Buckets,
    pub(crate) people: People,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Instant {
        Instant::from_micros(1_750_000_000_000_000 + seconds * 1_000_000)
    }

    /// Row M05: so many at once, then one for each that came back; others are not slowed by it.
    #[test]
    fn a_bucket_gives_what_it_holds_and_fills_with_the_clock() {
        let (mut buckets, rate) = (Buckets::default(), Rate::of(10, 100));
        for _ in 0..10 {
            assert_eq!(buckets.take("a", rate, at(0)), Ok(()));
        }
        assert_eq!(buckets.take("a", rate, at(0)), Err(10));
        assert_eq!(buckets.take("a", rate, at(4)), Err(6));
        assert_eq!(buckets.take("b", rate, at(4)), Ok(()));
        assert_eq!(buckets.take("a", rate, at(10)), Ok(()));
        assert_eq!(buckets.take("a", rate, at(10)), Err(10));
        for _ in 0..10 {
            assert_eq!(buckets.take("a", rate, at(500)), Ok(()));
        }
        assert_eq!(buckets.take("a", rate, at(500)), Err(10));
        // The clock of a demo goes back at midnight: nobody waits for a day.
        assert_eq!(buckets.take("a", rate, at(-80_000)), Ok(()));
        for _ in 0..1_000 {
            assert_eq!(buckets.take("c", Rate::NONE, at(0)), Ok(()));
        }
    }

    /// Row M05: different people are counted, the same person is not counted twice, and tomorrow begins anew.
    #[test]
    fn different_people_are_counted_by_the_day() {
        let (mut people, today) = (People::default(), at(0).day());
        for person in ["1", "2", "3", "2", "1"] {
            assert!(people.count("a", person, 3, today));
        }
        assert!(!people.count("a", "4", 3, today));
        assert!(people.count("a", "3", 3, today) && people.count("b", "4", 3, today));
        assert!(people.count("a", "4", 3, today.plus_days(1)));
    }
}
