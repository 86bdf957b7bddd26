//! Files that look like one person, for the review: planted on top of the city, the same in every one.
//!
//! `docs/demo-city.md` names them. Nobody in them exists.

use crate::fault::Outcome;
use authz::Actor;
use kernel::area_code::Level;
use kernel::id_number::check_digit;
use kernel::{AreaCode, Day, Instant};
use people::api::{NewPerson, PersonKey, Record, RollBook, Set, register_many, shard_of};
use plan::api::PlanBook;
use rules::Value;
use rules::facts::find;
use std::sync::Arc;
use store::{Audit, Store};

/// One file.
struct File {
    name: &'static str,
    birth: (i32, i32, i32),
    male: bool,
    /// County by its code, and which of its villages.
    village: (&'static str, usize),
    numbered: bool,
    phone: Option<&'static str>,
    household: Option<&'static str>,
    relation: Option<&'static str>,
    /// Further facts, and who told them.
    facts: &'static [(&'static str, Value)],
    source: &'static str,
}

const YES: Value = Value::Bool(true);

const fn file(name: &'static str, birth: (i32, i32, i32), village: (&'static str, usize)) -> File {
    File {
        name,
        birth,
        male: false,
        village,
        numbered: false,
        phone: None,
        household: None,
        relation: None,
        facts: &[],
        source: "村级摸排",
    }
}

/// The planted files, two by two. A newborn's year and month are those of the demo.
fn files(today: Day) -> Vec<File> {
    let born = today.plus_days(-15).number();
    let born = (born / 10_000, born / 100 % 100, born % 100);
    let newborn = |name| File {
        household: Some("demo-twins"),
        relation: Some("女"),
        source: "出生医学证明",
        ..file(name, born, ("421321", 40))
    };
    vec![
        File {
            numbered: true,
            phone: Some("16055510001"),
            facts: &[("resident_pension", YES), ("living", Value::Word("alone"))],
            source: "公安人口库",
            ..file("周桂香", (1946, 3, 12), ("421321", 12))
        },
        File {
            phone: Some("16055510001"),
            facts: &[("dibao", YES), ("living", Value::Word("empty_nest"))],
            ..file("周桂香", (1946, 12, 3), ("421321", 12))
        },
        File {
            numbered: true,
            source: "公安人口库",
            ..file("何秀珍", (1951, 9, 27), ("421321", 25))
        },
        File {
            facts: &[("living", Value::Word("alone"))],
            ..file("何秀珍", (1951, 9, 27), ("421303", 8))
        },
        File {
            numbered: true,
            source: "公安人口库",
            ..file("刘玉兰", (1938, 5, 6), ("421381", 15))
        },
        file("劉玉蘭", (1938, 5, 6), ("421381", 15)),
        newborn("陈大双"),
        newborn("陈小双"),
    ]
}

/// Registers them with their answers; the first worker of the day compares everybody.
pub(crate) async fn plant(store: &Store, villages: &[AreaCode], today: Day) -> Outcome<()> {
    let maker = Actor::system("demo");
    let mut tx = store.begin(&maker, None).await?;
    let mut people = Vec::new();
    for (place, file) in files(today).iter().enumerate() {
        let (Some(birth), Some(village)) = (
            Day::from_ymd(file.birth.0, file.birth.1, file.birth.2),
            village_of(villages, file.village),
        ) else {
            continue;
        };
        let id = tx.store().new_id();
        people.push(person(file, place, birth, village, id, today));
    }
    let keys: Vec<PersonKey> = people.iter().map(|person| person.key.clone()).collect();
    let rolls: RollBook = people::api::roll_book(&tx).await?;
    register_many(&mut tx, people, &rolls, "demo").await?;
    let book = Arc::new(PlanBook::load(store).await?);
    entitle::api::on_facts_changed(book)(&mut tx, &keys).await?;
    tx.audit(Audit::new("demo.duplicates").with("people", keys.len() as i64));
    tx.commit().await?;
    Ok(())
}

fn village_of(villages: &[AreaCode], (county, place): (&str, usize)) -> Option<AreaCode> {
    let mut inside = villages
        .iter()
        .filter(|code| code.level() == Level::Village && code.as_str().starts_with(county));
    inside.nth(place).copied()
}

fn person(
    file: &File,
    place: usize,
    birth: Day,
    village: AreaCode,
    id: String,
    today: Day,
) -> NewPerson {
    let key = PersonKey {
        shard: shard_of(Some(village)),
        id,
    };
    let at = Instant::at(today.plus_days(-12), 9 * 3600).plus_seconds(place as i64 * 60);
    let mut pairs = vec![
        ("alive", YES),
        ("birth_date", Value::Day(birth)),
        (
            "sex",
            Value::Word(if file.male { "male" } else { "female" }),
        ),
        ("hukou_area", Value::Area(village)),
        ("residence_area", Value::Area(village)),
    ];
    pairs.extend(file.facts.iter().cloned());
    let sets = pairs
        .into_iter()
        .filter_map(|(fact, value)| {
            Some(Set {
                fact: find(fact)?,
                value: Some(value),
                since: birth,
                until: None,
            })
        })
        .collect();
    NewPerson {
        name: file.name.to_owned(),
        provisional: (!file.numbered).then(|| format!("临{}-DEMO{place:04}", key.shard)),
        id_number: file.numbered.then(|| number(birth, file.male)),
        phone: file.phone.map(ToOwned::to_owned),
        address: None,
        contact_name: None,
        contact_phone: None,
        contact_relation: None,
        household: file.household.map(ToOwned::to_owned),
        relation: file.relation.map(ToOwned::to_owned),
        registered: at,
        guardians: Vec::new(),
        records: vec![Record {
            seq: 1,
            recorded: at,
            source: file.source.to_owned(),
            by: "演示".to_owned(),
            sets,
            reason: None,
            withdrawn: None,
        }],
        key,
    }
}

/// A number of the area code that no county has, from the end of the day's serials.
fn number(birth: Day, male: bool) -> String {
    let serial = if male { 997 } else { 998 };
    let body = format!("429900{}{serial}", birth.number());
    let check = check_digit(&body).unwrap_or('0');
    format!("{body}{check}")
}
