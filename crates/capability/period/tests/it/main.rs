//! Month-ends, the nightly check and its alarm on every database, with the real plan of 随州.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use area::api::{AreaBook, Tree, install};
use authz::Actor;
use kernel::{AreaCode, Clock, Day, Instant, SeededIds};
use people::api::{NewPerson, PersonKey, Record, RollBook, Set, register_many};
use period::api::{
    Kind, Night, PeriodSettings, freeze, freeze_past, open_alarms, rollups, run_night, snapshots,
    verify,
};
use plan::api::PlanBook;
use rules::facts::find;
use rules::{Files, Value};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use store::testing::{TEST_KEYS, TestDb, databases, test_now};
use store::{Audit, Keys, Reads, Store, values};

/// A clock that a test moves.
struct Moved(AtomicI64);

impl Clock for Moved {
    fn now(&self) -> Instant {
        Instant::from_micros(self.0.load(Ordering::SeqCst))
    }
}

struct Place {
    db: TestDb,
    store: Store,
    clock: Arc<Moved>,
    areas: AreaBook,
    plans: PlanBook,
    tables: Vec<host::SnapshotTable>,
    settings: PeriodSettings,
    dir: PathBuf,
}

impl Place {
    fn night(&self) -> Night<'_> {
        Night {
            store: &self.store,
            tables: &self.tables,
            settings: &self.settings,
            areas: &self.areas,
            plans: &self.plans,
        }
    }

    async fn close(self) {
        std::fs::remove_dir_all(&self.dir).unwrap();
        self.store.close().await;
        self.db.close().await.unwrap();
    }
}

fn day(text: &str) -> Day {
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

fn record(seq: i64, recorded: Instant, sets: &[(&str, Value, &str)]) -> Record {
    let set = |(fact, value, since): &(&str, Value, &str)| Set {
        fact: find(fact).unwrap(),
        value: Some(value.clone()),
        since: day(since),
        until: None,
    };
    Record {
        seq,
        recorded,
        source: "测试登记".into(),
        by: "测试员".into(),
        sets: sets.iter().map(set).collect(),
        reason: None,
        withdrawn: None,
    }
}

/// People of many ages in two counties; every third has a hukou elsewhere, every seventh moved in April.
fn people(count: usize) -> Vec<NewPerson> {
    let code = |text: &str| Value::Area(text.parse::<AreaCode>().unwrap());
    let person = |n: usize| {
        let birth = format!("{}-{:02}-15", 1930 + n % 95, 1 + n % 12);
        let town = if n.is_multiple_of(2) {
            "421303001001"
        } else {
            "421381001001"
        };
        let hukou = if n.is_multiple_of(3) {
            "421303001001"
        } else {
            town
        };
        let first = Instant::at(day("2024-01-01"), 0);
        let mut records = vec![record(
            1,
            first,
            &[
                ("alive", Value::Bool(true), &birth),
                ("birth_date", Value::Day(day(&birth)), &birth),
                ("hukou_area", code(hukou), &birth),
                ("residence_area", code(town), &birth),
            ],
        )];
        if n.is_multiple_of(7) {
            let moved = [("residence_area", code("421303001002"), "2025-04-10")];
            records.push(record(2, Instant::at(day("2025-05-20"), 0), &moved));
        }
        NewPerson {
            key: PersonKey {
                shard: "421303".into(),
                id: format!("person-{n:05}"),
            },
            name: format!("测{n:05}"),
            provisional: None,
            id_number: None,
            phone: None,
            address: None,
            contact_name: None,
            contact_phone: None,
            contact_relation: None,
            household: None,
            relation: None,
            registered: first,
            guardians: Vec::new(),
            records,
        }
    };
    (0..count).map(person).collect()
}

async fn places(count: usize) -> Vec<Place> {
    let all = [
        area::capability(),
        people::capability(),
        plan::capability(),
        entitle::capability(),
        period::capability(),
    ];
    let mut migrations = store::migrations();
    let mut tables = Vec::new();
    for capability in all {
        migrations.extend(capability.migrations);
        tables.extend(capability.snapshots);
    }
    let (files, mut out) = (folder(), Vec::new());
    let tree = rules::folder::load(&files).unwrap();
    for db in databases(&migrations).await.unwrap() {
        let clock = Arc::new(Moved(AtomicI64::new(test_now().micros())));
        let keys = Keys::from_file(TEST_KEYS).unwrap();
        let store = Store::open(&db.url, keys, clock.clone(), Arc::new(SeededIds::new(7)))
            .await
            .unwrap();
        let mut tx = store.begin(&Actor::system("test"), None).await.unwrap();
        install(
            &mut tx,
            &Tree::of_plan(&tree.plan, &tree.areas),
            tree.list.version,
        )
        .await
        .unwrap();
        let id = plan::api::load(&mut tx, &files, "zhang").await.unwrap();
        for finding in plan::api::check(&files, None).open() {
            plan::api::acknowledge_finding(&mut tx, "suizhou", finding, "原文如此")
                .await
                .unwrap();
        }
        plan::api::publish(&mut tx, &id, "zhang", "li")
            .await
            .unwrap();
        register_many(&mut tx, people(count), &RollBook::default(), "test")
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let plans = PlanBook::load(&store).await.unwrap();
        let published = plans.in_force(store.clock().today()).unwrap();
        entitle::api::everyone(&store, &published, true, |_| {})
            .await
            .unwrap();
        let dir = std::env::temp_dir().join(format!(
            "laoyou-period-test-{}-{}-{count}",
            std::process::id(),
            db.name
        ));
        out.push(Place {
            areas: AreaBook::load(&store).await.unwrap(),
            settings: PeriodSettings {
                directory: Some(dir.clone()),
                nights: 2,
            },
            db,
            store,
            clock,
            plans,
            tables: tables.clone(),
            dir,
        });
    }
    out
}

/// Rows C01, A20; engineering.md 7 and 11: a night finds no difference; a row corrupted behind the
/// program's back is named by key; put right, the alarm closes.
#[tokio::test]
async fn a_corrupted_answer_is_named() {
    for place in places(400).await {
        let (night, store) = (place.night(), &place.store);
        let result = run_night(&night).await.unwrap();
        assert!(result.alarm.is_none(), "{:?}", result.alarm);
        assert_eq!(result.people, 400);
        let again = run_night(&night).await.unwrap();
        assert_eq!(again.snapshot, result.snapshot, "twice changes nothing");
        let change = async |by: i64| {
            let mut tx = store.begin(&Actor::system("test"), None).await.unwrap();
            tx.run(
                "UPDATE entitle_answer SET yes = yes + $1 WHERE id = $2",
                values![by, "person-00005"],
            )
            .await
            .unwrap();
            tx.audit(Audit::new("test"));
            tx.commit().await.unwrap();
        };
        let bit = store
            .number(
                "SELECT unknown AS n FROM entitle_answer WHERE id = $1",
                values!["person-00005"],
            )
            .await
            .unwrap();
        let free = (0..28)
            .map(|at| 1_i64 << at)
            .find(|mask| bit & mask != 0)
            .unwrap();
        change(free).await;
        let alarm = run_night(&night).await.unwrap().alarm.unwrap();
        assert_eq!(alarm.keys, ["person-00005"], "{}", place.db.name);
        assert!(alarm.counts > 0, "its counts too");
        assert_eq!(open_alarms(store).await.unwrap().len(), 1);
        change(-free).await;
        assert!(run_night(&night).await.unwrap().alarm.is_none());
        assert!(open_alarms(store).await.unwrap().is_empty());
        place.close().await;
    }
}

/// engineering.md 7: the check works from records, so that a row of current facts that is not what was recorded is
/// found, and everything stored of somebody is compared.
#[tokio::test]
async fn a_stale_row_and_every_stored_field_are_found() {
    for place in places(120).await {
        let (night, store) = (place.night(), &place.store);
        assert!(run_night(&night).await.unwrap().alarm.is_none());
        let change = async |sql: &str| {
            let mut tx = store.begin(&Actor::system("test"), None).await.unwrap();
            let rows = tx.run(sql, vec![]).await.unwrap();
            assert_eq!(rows, 1, "{sql}");
            tx.audit(Audit::new("test"));
            tx.commit().await.unwrap();
        };
        for column in [
            "ask",
            "receiving",
            "owed",
            "undue",
            "missing_low",
            "missing_high",
        ] {
            let set = |by: &str| {
                format!(
                    "UPDATE entitle_answer SET {column} = {column} {by} WHERE id = 'person-00007'"
                )
            };
            change(&set("+ 1099511627776")).await;
            let alarm = run_night(&night).await.unwrap().alarm;
            let alarm = alarm.unwrap_or_else(|| panic!("{column} on {}", place.db.name));
            assert_eq!(alarm.keys, ["person-00007"], "{column}");
            change(&set("- 1099511627776")).await;
        }
        assert!(run_night(&night).await.unwrap().alarm.is_none());
        // The row of current facts says another birthday than the records, and the answers follow the row.
        change("UPDATE people_person SET birth_date = 20200101 WHERE id = 'person-00003'").await;
        let published = place.plans.in_force(store.clock().today()).unwrap();
        let everyone = entitle::api::everyone(store, &published, false, |_| {}).await;
        assert_eq!(everyone.unwrap(), 120);
        let alarm = run_night(&night).await.unwrap().alarm.unwrap();
        assert_eq!(alarm.keys, ["person-00003"], "{}", place.db.name);
        place.close().await;
    }
}

/// Invariants 5, 8 and 12; engineering.md 11, 31: past month-ends are what was known then, walked at once or one by
/// one; a fact recorded late makes a second version with the difference; changed files are named.
#[tokio::test]
async fn month_ends_stay_and_late_facts_make_a_version() {
    let mut contents = Vec::new();
    for place in places(300).await {
        let (night, store) = (place.night(), &place.store);
        // On one database the stored answers are up to date and used; on the other everything is worked out.
        if !contents.is_empty() {
            let mut tx = store.begin(&Actor::system("test"), None).await.unwrap();
            tx.set_setting("entitle.digest", "another").await.unwrap();
            tx.audit(Audit::new("test"));
            tx.commit().await.unwrap();
        }
        let frozen = freeze_past(&night, 12).await.unwrap();
        assert_eq!(frozen.len(), 12);
        assert!(
            freeze_past(&night, 12).await.unwrap().is_empty(),
            "frozen once"
        );
        let all = snapshots(store).await.unwrap();
        assert_eq!(all.iter().filter(|s| s.kind == Kind::MonthEnd).count(), 12);
        contents.push(all.iter().map(|s| s.content.clone()).collect::<Vec<_>>());
        let village = |rows: Vec<period::api::Rollup>| {
            let row = rows
                .into_iter()
                .find(|row| row.subject == "residents" && row.state == "residence");
            row.map_or(0, |row| row.people)
        };
        let of = async |day: Day| {
            let number = all.iter().find(|s| s.day == day).unwrap().number;
            let everyone = rollups(store, number, None).await.unwrap();
            // Every total is the sum of its parts, in both trees.
            let sum = |wanted: &dyn Fn(&str) -> bool| {
                let rows = everyone.iter().filter(|row| wanted(&row.area));
                rows.filter(|row| row.subject == "residents" && row.state == "residence")
                    .map(|row| row.people)
                    .sum::<i64>()
            };
            assert_eq!(sum(&|area| area == "421300000000"), 300);
            assert_eq!(
                sum(&|area| !area.starts_with('E')
                    && area.ends_with("000000")
                    && area != "421300000000"),
                300
            );
            assert_eq!(sum(&|area| area.starts_with("E:")), 300);
            village(rollups(store, number, Some("421303001002")).await.unwrap())
        };
        // They moved in April, which was recorded in May.
        assert_eq!(of(day("2025-04-30")).await, 0);
        assert_eq!(of(day("2025-05-31")).await, 43);
        // As known today, April was another: a second version beside the first.
        let second = freeze(&night, day("2025-04-30")).await.unwrap().unwrap();
        let all = snapshots(store).await.unwrap();
        let second = all.iter().find(|s| s.number == second).unwrap();
        assert_eq!(second.version, 2);
        let moved = second
            .differs
            .iter()
            .find(|m| m.subject == "residents" && m.area.starts_with("421381001"));
        assert!(
            moved.is_some_and(|m| m.after < m.before),
            "{:?}",
            second.differs
        );
        assert!(
            freeze(&night, day("2025-04-30")).await.unwrap().is_none(),
            "nothing new"
        );
        assert!(
            verify(store)
                .await
                .unwrap()
                .iter()
                .all(|(_, wrong)| wrong.is_empty())
        );
        let dir = PathBuf::from(second.directory.as_ref().unwrap());
        let file = dir.join("receipts.parquet");
        let mut bytes = std::fs::read(&file).unwrap();
        bytes[10] ^= 1;
        std::fs::write(&file, bytes).unwrap();
        let wrong: Vec<String> = verify(store)
            .await
            .unwrap()
            .into_iter()
            .flat_map(|(_, wrong)| wrong)
            .collect();
        assert_eq!(wrong.len(), 1);
        assert!(wrong[0].starts_with("receipts.parquet"));
        place.close().await;
    }
    assert!(
        contents.windows(2).all(|pair| pair[0] == pair[1]),
        "the same on both databases"
    );
}

/// engineering.md 11: person-level files of the last two nights are kept, the first run of a month freezes the one
/// that ended.
#[tokio::test]
async fn nights_are_thinned_and_a_month_is_frozen_when_it_ends() {
    for place in places(60).await {
        let (night, store) = (place.night(), &place.store);
        for _ in 0..4 {
            entitle::api::due(store, &place.plans.in_force(store.clock().today()).unwrap())
                .await
                .unwrap();
            assert!(run_night(&night).await.unwrap().alarm.is_none());
            place.clock.0.fetch_add(86_400_000_000, Ordering::SeqCst);
        }
        let all = snapshots(store).await.unwrap();
        let held = all
            .iter()
            .filter(|s| s.kind == Kind::Nightly && s.directory.is_some());
        assert_eq!(
            held.map(|s| s.day).collect::<Vec<_>>(),
            [day("2025-07-03"), day("2025-07-02")]
        );
        let left: Vec<String> = std::fs::read_dir(&place.dir)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .filter(|name| name.starts_with("nightly-"))
            .collect();
        assert_eq!(left.len(), 2, "{left:?}");
        // Old nights keep the counts of towns, and their digest is still proven.
        let old = all
            .iter()
            .find(|s| s.kind == Kind::Nightly && s.directory.is_none())
            .unwrap();
        let rows = rollups(store, old.number, None).await.unwrap();
        assert!(rows.iter().any(|row| row.area == "421303001000"));
        assert!(rows.iter().all(|row| row.area != "421303001001"));
        assert!(
            verify(store)
                .await
                .unwrap()
                .iter()
                .all(|(_, wrong)| wrong.is_empty())
        );
        let ends: Vec<Day> = all
            .iter()
            .filter(|s| s.kind == Kind::MonthEnd)
            .map(|s| s.day)
            .collect();
        assert_eq!(ends, [day("2025-06-30"), day("2025-05-31")]);
        place.close().await;
    }
}
