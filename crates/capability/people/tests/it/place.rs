//! A register to put people into, and a source of chance that repeats.

use authz::Actor;
use kernel::{AreaCode, Day, Instant};
use people::api::{NewPerson, PersonKey, Record, RollBook, Set, register_many};
use rules::Value;
use rules::facts::find;
use store::Store;
use store::testing::{TestDb, databases};

/// SplitMix64: the same seed gives the same tests.
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    pub(crate) fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((x ^ (x >> 31)) % n as u64).unwrap()
    }

    pub(crate) fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }

    /// True once in `n` times.
    pub(crate) fn once_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }
}

pub(crate) fn day(text: &str) -> Day {
    text.parse().unwrap()
}

pub(crate) fn code(text: &str) -> AreaCode {
    text.parse().unwrap()
}

pub(crate) async fn registers() -> Vec<TestDb> {
    let mut migrations = store::migrations();
    migrations.extend(people::capability().migrations);
    databases(&migrations).await.unwrap()
}

pub(crate) fn actor() -> Actor {
    Actor::system("test")
}

pub(crate) fn set(fact: &str, value: Option<Value>, since: Day) -> Set {
    Set {
        fact: find(fact).unwrap(),
        value,
        since,
        until: None,
    }
}

pub(crate) fn record(seq: i64, recorded: Instant, sets: Vec<Set>) -> Record {
    Record {
        seq,
        recorded,
        source: "测试登记".into(),
        by: "测试员".into(),
        sets,
        reason: None,
        withdrawn: None,
    }
}

pub(crate) fn person(id: usize, records: Vec<Record>) -> NewPerson {
    NewPerson {
        key: PersonKey {
            shard: format!("{:06}", 421_300 + id % 3),
            id: format!("person-{id:05}"),
        },
        name: format!("测{id:05}"),
        provisional: None,
        id_number: None,
        phone: None,
        address: None,
        contact_name: None,
        contact_phone: None,
        contact_relation: None,
        household: None,
        relation: None,
        registered: Instant::at(day("2024-01-01"), 0),
        guardians: Vec::new(),
        records,
    }
}

pub(crate) async fn register(store: &Store, people: Vec<NewPerson>, rolls: &RollBook) {
    let mut tx = store.begin(&actor(), None).await.unwrap();
    register_many(&mut tx, people, rolls, "test").await.unwrap();
    tx.commit().await.unwrap();
}
