//! A register with the published plan of 随州, and people made of facts.

use authz::Actor;
use kernel::{AreaCode, Day, Instant};
use people::api::{NewPerson, PersonKey, Record, RollBook, Set, register_many};
use plan::api::{PlanBook, Published};
use rules::facts::find;
use rules::{Facts, Files, Value};
use std::path::Path;
use std::sync::Arc;
use store::Store;
use store::testing::{TestDb, databases};

pub(crate) struct Place {
    pub(crate) db: TestDb,
    pub(crate) published: Arc<Published>,
    pub(crate) book: Arc<PlanBook>,
}

pub(crate) fn actor() -> Actor {
    Actor::system("test")
}

pub(crate) fn day(text: &str) -> Day {
    text.parse().unwrap()
}

pub(crate) fn code(text: &str) -> AreaCode {
    text.parse().unwrap()
}

fn folder() -> Files {
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../plans/suizhou");
    let files = std::fs::read_dir(place).unwrap().map(|entry| {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        (name, std::fs::read_to_string(&path).unwrap())
    });
    files.collect()
}

/// The plan published on every database, with these demo values over its parameters.
pub(crate) async fn places(overlay: Option<&str>) -> Vec<Place> {
    let mut migrations = store::migrations();
    for capability in [
        area::capability(),
        people::capability(),
        plan::capability(),
        entitle::capability(),
    ] {
        migrations.extend(capability.migrations);
    }
    let mut out = Vec::new();
    for db in databases(&migrations).await.unwrap() {
        let mut tx = db.store.begin(&actor(), None).await.unwrap();
        if let Some(text) = overlay {
            plan::api::set_overlay(&mut tx, "suizhou", text)
                .await
                .unwrap();
        }
        let id = plan::api::load(&mut tx, &folder(), "zhang").await.unwrap();
        for finding in plan::api::check(&folder(), None).open() {
            plan::api::acknowledge_finding(&mut tx, "suizhou", finding, "原文如此")
                .await
                .unwrap();
        }
        plan::api::publish(&mut tx, &id, "zhang", "li")
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let book = Arc::new(PlanBook::load(&db.store).await.unwrap());
        let published = book.in_force(day("2025-06-30")).unwrap();
        out.push(Place {
            db,
            published,
            book,
        });
    }
    out
}

/// A person's facts from pairs, the other facts unknown.
pub(crate) fn facts(pairs: &[(&str, Value)]) -> Facts {
    let mut facts = Facts::default();
    for (name, value) in pairs {
        facts.set(find(name).unwrap(), Some(value.clone()));
    }
    facts
}

pub(crate) fn key(id: usize) -> PersonKey {
    PersonKey {
        shard: "421303".into(),
        id: format!("person-{id:05}"),
    }
}

/// Somebody whose only record says all of these facts.
pub(crate) fn person(id: usize, facts: &Facts, household: Option<&str>) -> NewPerson {
    let since = day("1900-01-01");
    let sets = rules::FactId::all().filter_map(|fact| {
        facts.get(fact).map(|value| Set {
            fact,
            value: Some(value.clone()),
            since,
            until: None,
        })
    });
    NewPerson {
        key: key(id),
        name: format!("测{id:05}"),
        provisional: None,
        id_number: None,
        phone: None,
        address: None,
        contact_name: None,
        contact_phone: None,
        contact_relation: None,
        household: household.map(str::to_owned),
        relation: None,
        registered: Instant::at(day("2024-01-01"), 0),
        guardians: Vec::new(),
        records: vec![Record {
            seq: 1,
            recorded: Instant::at(day("2024-01-01"), 0),
            source: "测试登记".into(),
            by: "测试员".into(),
            sets: sets.collect(),
            reason: None,
            withdrawn: None,
        }],
    }
}

pub(crate) async fn register(store: &Store, people: Vec<NewPerson>) {
    let mut tx = store.begin(&actor(), None).await.unwrap();
    register_many(&mut tx, people, &RollBook::default(), "test")
        .await
        .unwrap();
    tx.commit().await.unwrap();
}
