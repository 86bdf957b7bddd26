//! `laoyou demo`: makes a database with the demo city in it, shows progress, and serves it.

use crate::compose::{self, DEMO_DAY, DEMO_MADE};
use crate::fault::{Fault, Outcome};
use crate::{demo_roles, files, out};
use area::api::{Tree, install};
use authz::Actor;
use demo::{City, Options, Village};
use entitle::api::Receipt;
use host::PersonKey;
use kernel::{AreaCode, Clock, Day, FixedClock, Instant, SeededIds, SystemClock};
use people::api::{Event, NewPerson, Record, Roll, RollBook, Set, leaver, shard_of};
use plan::api::PlanBook;
use rules::facts::{FactId, Value, find};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use store::{Audit, Keys, Store};

/// The files of a plan folder, part of the program.
macro_rules! folder {
    ($place:literal: $($file:literal),+) => {
        &[$(($file, include_str!(concat!("../../../../plans/", $place, "/", $file)))),+]
    };
}
/// A plan folder: names and texts of its files.
type Folder = &'static [(&'static str, &'static str)];
/// The plan of the demo city.
const PLAN: Folder = folder!("suizhou": "plan.toml", "services.toml", "services.cases.toml", "programmes.toml",
    "params.toml", "areas.toml", "indicators.toml", "tasks.toml", "capacity.toml", "standards.toml", "measures.toml");
/// Other places' plans, to read and to compare with.
const OTHER_PLANS: &[Folder] = &[
    folder!("xianning": "plan.toml", "indicators.toml", "tasks.toml", "capacity.toml", "standards.toml", "measures.toml"),
    folder!("chongxin": "plan.toml", "indicators.toml", "tasks.toml", "capacity.toml", "standards.toml", "measures.toml"),
    folder!("shaoyang": "plan.toml", "indicators.toml", "tasks.toml", "capacity.toml", "standards.toml"),
];
const OVERLAY: &str = include_str!("../../demo/overlay/suizhou-params.toml");

/// People in one transaction.
const CHUNK: usize = 2_000;

/// What to make.
#[derive(Debug, Clone)]
pub struct DemoOptions {
    /// Residents.
    pub people: usize,
    /// Seed.
    pub seed: u64,
    /// The demo's day.
    pub today: Day,
    /// Folder of database and key.
    pub data: PathBuf,
    /// Throw away what is there.
    pub reset: bool,
    /// Another database than the SQLite file in `data` (it must be empty).
    pub database: Option<String>,
}

/// Opens the demo database, making it when it is not there yet.
pub async fn prepare(options: &DemoOptions) -> Outcome<(Store, PathBuf, String)> {
    std::fs::create_dir_all(&options.data).map_err(|error| {
        Fault::new(format!(
            "不能建立数据目录 {}：{error}",
            options.data.display()
        ))
    })?;
    let file = options.data.join("laoyou-demo.db");
    let key_file = options.data.join("laoyou-demo.key");
    let done = options.data.join("laoyou-demo.ready");
    if options.reset || !done.exists() {
        // A demo that was killed while it was made is made again.
        for path in [
            &file,
            &with_suffix(&file, "-wal"),
            &with_suffix(&file, "-shm"),
            &done,
        ] {
            if path.exists() {
                std::fs::remove_file(path)?;
            }
        }
    }
    if !key_file.exists() {
        write_private(&key_file, &Keys::generate_file()?)?;
    }
    let keys = crate::serve::keys(&key_file)?;
    let database = options
        .database
        .clone()
        .unwrap_or_else(|| format!("sqlite:{}", file.display()));
    if !done.exists() {
        make(options, &database, keys.clone()).await?;
        std::fs::write(&done, "")?;
    }
    let store = compose::open(&database, keys).await?;
    store.migrate(&compose::migrations()).await?;
    Ok((store, key_file, database))
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    PathBuf::from(format!("{}{suffix}", path.display()))
}

fn write_private(path: &Path, text: &str) -> Outcome<()> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(text.as_bytes())?;
    Ok(())
}

/// Makes the demo city in an empty database, at 08:00 of its day: the same seed gives the same rows.
pub async fn make(options: &DemoOptions, database: &str, keys: Keys) -> Outcome<()> {
    let clock = Arc::new(FixedClock(Instant::at(options.today, 8 * 3600)));
    let ids = Arc::new(SeededIds::new(options.seed));
    let store = compose::open_with(database, keys, clock, ids).await?;
    store.migrate(&compose::migrations()).await?;
    fill(&store, options).await?;
    let mut tx = store.begin(&Actor::system("demo"), None).await?;
    tx.set_setting(DEMO_MADE, &SystemClock.now().to_string())
        .await?;
    tx.audit(Audit::new("demo.made"));
    tx.commit().await?;
    store.close().await;
    Ok(())
}

/// Fills an empty, migrated database with the demo city.
pub async fn fill(store: &Store, options: &DemoOptions) -> Outcome<()> {
    let today = options.today;
    let maker = Actor::system("demo");
    let texts = files_of(PLAN);
    let folder = rules::folder::load(&texts).map_err(|problems| files::problems(&problems))?;
    out::progress(format!(
        "正在生成演示城市：{} 人，种子 {}，日期 {}",
        options.people,
        options.seed,
        today.zh()
    ));
    look_at_conflicts(store).await?;
    let mut tx = store.begin(&maker, None).await?;
    tx.set_setting(DEMO_DAY, &today.to_string()).await?;
    install(
        &mut tx,
        &Tree::of_plan(&folder.plan, &folder.areas),
        folder.list.version,
    )
    .await?;
    plan::api::set_overlay(&mut tx, &folder.plan.slug, OVERLAY)
        .await
        .map_err(|error| Fault::new(error.to_string()))?;
    publish(&mut tx, &texts).await?;
    for other in OTHER_PLANS {
        publish(&mut tx, &files_of(other)).await?;
    }
    tx.audit(Audit::new("demo.begin").with("people", options.people as i64));
    tx.commit().await?;
    let mut city = demo::generate(
        &Options {
            people: options.people,
            seed: options.seed,
            today,
        },
        &villages(&folder),
    );
    heard_until(&mut city, store.clock().now());
    let keys = register(store, &maker, &city).await?;
    pay(store, &maker, &city, &keys).await?;
    demo_roles::create(store, &maker, &city, &keys, today).await?;
    let book = PlanBook::load(store).await?;
    if let Some(published) = book.in_force(today) {
        let total = city.people.len();
        entitle::api::everyone(store, &published, true, |done| {
            if done % 10_000 < 500 || done == total {
                out::progress(format!("  判断资格 {done}/{total} 人"));
            }
        })
        .await?;
    }
    if let Some(own) = book.places().first() {
        let areas = area::api::AreaBook::load(store).await?;
        dashboard::api::demo(store, &own.book, &areas).await?;
    }
    store.seal_audit().await?;
    Ok(())
}

fn files_of(folder: Folder) -> rules::Files {
    folder
        .iter()
        .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
        .collect()
}

/// Somebody looks at what is serious in the plans, before they are published.
async fn look_at_conflicts(store: &Store) -> Outcome<()> {
    let mut reader = Actor::system("demo");
    "李规划（市民政局）".clone_into(&mut reader.name);
    let mut tx = store.begin(&reader, None).await?;
    for plan in std::iter::once(&PLAN).chain(OTHER_PLANS) {
        let texts = files_of(plan);
        let book = figures::load(&texts).map_err(|problems| files::problems(&problems))?;
        for finding in plan::api::check(&texts, None).open() {
            plan::api::acknowledge_finding(
                &mut tx,
                &book.head.slug,
                finding,
                "原文如此，两处并列登记，已请发文单位明确",
            )
            .await?;
        }
    }
    tx.commit().await?;
    Ok(())
}

/// Loads a plan folder and publishes it with a second person.
async fn publish(tx: &mut store::Tx, texts: &rules::Files) -> Outcome<()> {
    let version = plan::api::load(tx, texts, "李规划（市民政局）")
        .await
        .map_err(|error| Fault::new(error.to_string()))?;
    plan::api::publish(tx, &version, "李规划（市民政局）", "陈审定（市民政局）")
        .await
        .map_err(|error| Fault::new(error.to_string()))
}

/// The city is told until the end of its day and loaded in the morning: nothing is recorded later than
/// now, or rows would hold what is not known yet.
fn heard_until(city: &mut City, now: Instant) {
    for person in &mut city.people {
        person.registered = person.registered.min(now);
        for record in &mut person.records {
            record.recorded = record.recorded.min(now);
        }
    }
    for roll in &mut city.rolls {
        roll.recorded = roll.recorded.min(now);
        roll.withdrawn = roll.withdrawn.map(|at| at.min(now));
    }
    for receipt in &mut city.receipts {
        receipt.recorded = receipt.recorded.min(now);
    }
}

fn villages(folder: &rules::folder::Folder) -> Vec<Village> {
    let mut out = Vec::new();
    for town in folder
        .areas
        .counties
        .iter()
        .flat_map(|county| &county.towns)
    {
        out.push(Village {
            code: town.code,
            name: town.name.clone(),
        });
        out.extend(town.villages.iter().map(|village| Village {
            code: village.code,
            name: village.name.clone(),
        }));
    }
    out
}

async fn register(store: &Store, maker: &Actor, city: &City) -> Outcome<Vec<PersonKey>> {
    let keys: Vec<PersonKey> = city
        .people
        .iter()
        .map(|person| PersonKey {
            shard: shard_of(first_area(person)),
            id: store.new_id(),
        })
        .collect();
    let mut rolls = Vec::with_capacity(city.rolls.len());
    let mut tx = store.begin(maker, None).await?;
    for made in &city.rolls {
        let fact = find(made.fact)
            .ok_or_else(|| Fault::new(format!("演示名册用了未知事实 {}", made.fact)))?;
        let roll = Roll {
            id: store.new_id(),
            fact,
            area: made.area,
            day: made.date,
            recorded: made.recorded,
            source: made.source.to_owned(),
            by: made.by.to_owned(),
            listed: made.listed.len() as i64,
            withdrawn: made.withdrawn,
        };
        let listed: Vec<&str> = made
            .listed
            .iter()
            .filter_map(|at| keys.get(*at))
            .map(|key| key.id.as_str())
            .collect();
        people::api::record_roll(&mut tx, &roll, &listed).await?;
        rolls.push(roll);
    }
    tx.commit().await?;
    let mut people = Vec::with_capacity(city.people.len());
    for (person, key) in city.people.iter().zip(&keys) {
        people.push(new_person(person, key, &keys)?);
    }
    end_leavers(&mut people, city, &rolls);
    let rolls = RollBook::new(rolls);
    let total = people.len();
    let mut done = 0;
    let mut people = people.into_iter().peekable();
    while people.peek().is_some() {
        let chunk: Vec<NewPerson> = people.by_ref().take(CHUNK).collect();
        done += chunk.len();
        let mut tx = store.begin(maker, None).await?;
        let events: Vec<(PersonKey, Event)> = chunk
            .iter()
            .flat_map(|person| {
                events_of(person)
                    .into_iter()
                    .map(|event| (person.key.clone(), event))
            })
            .collect();
        people::api::register_many(&mut tx, chunk, &rolls, "demo").await?;
        for (key, event) in events {
            people::api::record_event(&mut tx, &key, &event).await?;
        }
        tx.commit().await?;
        if done % 10_000 == 0 || done == total {
            out::progress(format!("  登记 {done}/{total} 人"));
        }
    }
    Ok(keys)
}

/// Who was on a roll and is missing from the next one gets an explicit end, as loading a roll does.
fn end_leavers(people: &mut [NewPerson], city: &City, rolls: &[Roll]) {
    let mut with_fact: BTreeMap<FactId, Vec<usize>> = BTreeMap::new();
    for (at, person) in people.iter().enumerate() {
        for set in person.records.iter().flat_map(|record| &record.sets) {
            let holders = with_fact.entry(set.fact).or_default();
            if set.fact.def().roll && holders.last() != Some(&at) {
                holders.push(at);
            }
        }
    }
    let mut order: Vec<(&Roll, &[usize])> = rolls
        .iter()
        .zip(city.rolls.iter().map(|made| made.listed.as_slice()))
        .collect();
    order.sort_by_key(|(roll, _)| roll.recorded);
    for (roll, listed) in order {
        for at in with_fact.get(&roll.fact).into_iter().flatten() {
            if listed.binary_search(at).is_ok() {
                continue;
            }
            if let Some(person) = people.get_mut(*at)
                && let Some(end) = leaver(&person.records, roll)
            {
                person.records.push(end);
            }
        }
    }
    for person in people {
        person
            .records
            .sort_by_key(|record| (record.recorded, record.seq));
        for (place, record) in person.records.iter_mut().enumerate() {
            record.seq = place as i64 + 1;
        }
    }
}

fn first_area(person: &demo::Person) -> Option<AreaCode> {
    let area = |fact: &str| {
        person
            .records
            .iter()
            .flat_map(|record| &record.sets)
            .find(|set| set.fact == fact)
            .and_then(|set| match set.value {
                Some(demo::Value::Area(code)) => Some(code),
                _ => None,
            })
    };
    area("hukou_area").or_else(|| area("residence_area"))
}

fn new_person(person: &demo::Person, key: &PersonKey, keys: &[PersonKey]) -> Outcome<NewPerson> {
    let mut records = Vec::with_capacity(person.records.len());
    for (place, record) in person.records.iter().enumerate() {
        let mut sets = Vec::with_capacity(record.sets.len());
        for set in &record.sets {
            let fact = find(set.fact)
                .ok_or_else(|| Fault::new(format!("演示数据用了未知事实 {}", set.fact)))?;
            sets.push(Set {
                fact,
                value: set.value.map(value),
                since: set.since,
                until: set.until,
            });
        }
        records.push(Record {
            seq: place as i64 + 1,
            recorded: record.recorded,
            source: record.source.to_owned(),
            by: record.by.to_owned(),
            sets,
            reason: None,
            withdrawn: None,
        });
    }
    let contact = person.contact.as_ref();
    Ok(NewPerson {
        key: key.clone(),
        name: person.name.clone(),
        provisional: person.id_number.is_none().then(|| {
            format!(
                "临{}-{}",
                key.shard,
                key.id.get(18..).unwrap_or("").to_uppercase()
            )
        }),
        id_number: person.id_number.clone(),
        phone: person.phone.clone(),
        address: person.address.clone(),
        contact_name: contact.map(|contact| contact.0.clone()),
        contact_phone: contact.map(|contact| contact.1.clone()),
        contact_relation: contact.map(|contact| contact.2.to_owned()),
        household: Some(format!("H{:07}", person.household)),
        relation: Some(person.relation.to_owned()),
        registered: person.registered,
        guardians: person
            .guardians
            .iter()
            .filter_map(|at| keys.get(*at))
            .map(|guardian| (guardian.id.clone(), "监护人".to_owned()))
            .collect(),
        records,
    })
}

const fn value(value: demo::Value) -> Value {
    match value {
        demo::Value::Bool(flag) => Value::Bool(flag),
        demo::Value::Int(number) => Value::Int(number),
        demo::Value::Day(day) => Value::Day(day),
        demo::Value::Word(word) => Value::Word(word),
        demo::Value::Area(code) => Value::Area(code),
    }
}

/// Deaths and moves among the records, as the events they were.
fn events_of(person: &NewPerson) -> Vec<Event> {
    let mut out = Vec::new();
    let mut home: Option<AreaCode> = None;
    for record in &person.records {
        for set in &record.sets {
            let event = |kind: &str, day: Day, from, to| Event {
                kind: kind.to_owned(),
                day,
                from,
                to,
                recorded: record.recorded,
                by: record.by.clone(),
            };
            match (set.fact.name(), &set.value) {
                ("dead_on", Some(Value::Day(day))) => out.push(event("death", *day, None, None)),
                ("moved_out_on", Some(Value::Day(day))) => {
                    out.push(event("move_out", *day, home, None));
                }
                ("residence_area", Some(Value::Area(code)))
                    if set.fact == FactId::RESIDENCE_AREA =>
                {
                    if home.is_some_and(|home| home != *code) {
                        out.push(event("move", set.since, home, Some(*code)));
                    }
                    home = Some(*code);
                }
                _ => {}
            }
        }
    }
    out
}

async fn pay(store: &Store, maker: &Actor, city: &City, keys: &[PersonKey]) -> Outcome<()> {
    let mut rows: BTreeMap<&str, Vec<(PersonKey, Receipt)>> = BTreeMap::new();
    for made in &city.receipts {
        let Some(key) = keys.get(made.person) else {
            continue;
        };
        let receipt = Receipt {
            programme: made.programme.to_owned(),
            from: made.from,
            until: made.until,
            fen: made.fen,
            payer: made.payer.to_owned(),
            source: made.source.to_owned(),
            recorded: made.recorded,
        };
        rows.entry(made.programme)
            .or_default()
            .push((key.clone(), receipt));
    }
    for (programme, receipts) in rows {
        let mut tx = store.begin(maker, None).await?;
        entitle::api::load_receipts(&mut tx, programme, "在享花名册", &receipts).await?;
        tx.commit().await?;
    }
    Ok(())
}
