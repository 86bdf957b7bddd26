//! A register with a few people who have telephones, and a clock that can be pushed.

use authz::Actor;
use kernel::{Clock, Day, Instant, SeededIds};
use message::api::{Kind, Said, say};
use people::api::{NewPerson, PersonKey, Record, RollBook, first_sets, register_many};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use store::testing::{TEST_KEYS, TestDb, databases};
use store::{Audit, Keys, Reads, Store, values};

struct Pushed(AtomicI64);

impl Clock for Pushed {
    fn now(&self) -> Instant {
        Instant::from_micros(self.0.fetch_add(1, Ordering::Relaxed))
    }
}

pub(crate) struct Place {
    pub(crate) store: Store,
    clock: Arc<Pushed>,
    db: TestDb,
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn key(n: usize) -> PersonKey {
    PersonKey {
        shard: "421321".into(),
        id: format!("person-{n:06}"),
    }
}

fn person(n: usize) -> NewPerson {
    let village = "421321109217".parse().unwrap();
    let at = Instant::at(day("2024-01-01"), 0);
    NewPerson {
        key: key(n),
        name: format!("测{n:06}"),
        provisional: None,
        id_number: None,
        phone: Some(format!("138{n:08}")),
        address: None,
        contact_name: None,
        contact_phone: None,
        contact_relation: None,
        household: None,
        relation: None,
        registered: at,
        guardians: Vec::new(),
        records: vec![Record {
            seq: 1,
            recorded: at,
            source: "测试登记".into(),
            by: "测试员".into(),
            sets: first_sets(
                day("1941-03-02"),
                false,
                Some(village),
                village,
                day("2024-01-01"),
            ),
            reason: None,
            withdrawn: None,
        }],
    }
}

/// Places with this many people.
pub(crate) async fn places(people: usize) -> Vec<Place> {
    let mut migrations = store::migrations();
    for capability in [
        area::capability(),
        org::capability(),
        people::capability(),
        message::capability(),
    ] {
        migrations.extend(capability.migrations);
    }
    let mut out = Vec::new();
    for db in databases(&migrations).await.unwrap() {
        let start = Instant::at(day("2025-06-30"), 9 * 3600).micros();
        let clock = Arc::new(Pushed(AtomicI64::new(start)));
        let handed: Arc<dyn Clock> = Arc::<Pushed>::clone(&clock);
        let keys = Keys::from_file(TEST_KEYS).unwrap();
        let ids = Arc::new(SeededIds::new(7));
        let store = Store::open(&db.url, keys, handed, ids).await.unwrap();
        let mut tx = store.begin(&Actor::system("test"), None).await.unwrap();
        let all = (1..=people).map(person).collect();
        register_many(&mut tx, all, &RollBook::default(), "test")
            .await
            .unwrap();
        tx.commit().await.unwrap();
        out.push(Place { store, clock, db });
    }
    out
}

impl Place {
    /// Lets the clock go on.
    pub(crate) fn later(&self, seconds: i64) {
        self.clock
            .0
            .fetch_add(seconds * 1_000_000, Ordering::Relaxed);
    }

    /// Says something to each of these people.
    pub(crate) async fn tell(&self, people: std::ops::RangeInclusive<usize>) {
        let mut tx = self
            .store
            .begin(&Actor::system("test"), None)
            .await
            .unwrap();
        let mut said = Vec::new();
        for n in people {
            let person = people::api::person(&tx, &key(n).id).await.unwrap().unwrap();
            said.push(Said::new(
                &person,
                Kind::Paid,
                "高龄津贴",
                "50.00 元。",
                None,
            ));
        }
        say(&mut tx, said).await.unwrap();
        tx.audit(Audit::new("test"));
        tx.commit().await.unwrap();
    }

    /// How many messages stand in a state.
    pub(crate) async fn number(&self, state: &str) -> i64 {
        let sql = "SELECT CAST(count(*) AS BIGINT) AS n FROM message_message WHERE state = $1";
        self.store.number(sql, values![state]).await.unwrap()
    }

    /// Why the first message of a state stands there.
    pub(crate) async fn why(&self, state: &str) -> Option<String> {
        let sql = "SELECT why FROM message_message WHERE state = $1 ORDER BY code LIMIT 1";
        let row = self.store.one(sql, values![state]).await.unwrap().unwrap();
        row.opt_text("why").unwrap()
    }

    pub(crate) const fn db_name(&self) -> &'static str {
        self.db.name
    }

    pub(crate) async fn close(self) {
        self.store.close().await;
        self.db.close().await.unwrap();
    }
}
