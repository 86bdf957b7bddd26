//! A folder read from disk, people made from a seed, a snapshot in a folder of its own.

use engine::snapshot::{SCHEMA_VERSION, SnapshotMeta, SnapshotPerson, Writer};
use kernel::{Day, Instant};
use rules::facts::{FactId, Facts, Kind, Value};
use rules::folder::{load, overlay};
use rules::{Files, List, compile};
use std::path::{Path, PathBuf};

pub(crate) fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..")
}

pub(crate) fn files() -> Files {
    let mut files = Files::new();
    for entry in std::fs::read_dir(root().join("plans/suizhou")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        files.insert(name, std::fs::read_to_string(&path).unwrap());
    }
    files
}

/// The list of 随州 with the demo values.
pub(crate) fn suizhou() -> List {
    suizhou_with(&[], &[])
}

/// The same with other texts in `services.toml` and in the demo values.
pub(crate) fn suizhou_with(services: &[(&str, &str)], values: &[(&str, &str)]) -> List {
    let replaced = |text: &str, pairs: &[(&str, &str)]| {
        pairs.iter().fold(text.to_owned(), |text, (old, new)| {
            assert!(text.contains(old), "{old}");
            text.replace(old, new)
        })
    };
    let mut files = files();
    let text = replaced(&files["services.toml"], services);
    files.insert("services.toml".into(), text);
    let text = root().join("crates/app/demo/overlay/suizhou-params.toml");
    let text = replaced(&std::fs::read_to_string(text).unwrap(), values);
    compile(&load(&files).unwrap(), Some(&overlay(&text).unwrap())).unwrap()
}

pub(crate) fn meta(as_of: Day) -> SnapshotMeta {
    SnapshotMeta {
        version: SCHEMA_VERSION,
        as_of,
        known_at: Instant::at(as_of, 0),
        register_digest: "7c".repeat(32),
        place: "suizhou".into(),
    }
}

/// A folder that is gone with the test.
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    pub(crate) fn new(name: &str) -> Self {
        let at = std::env::temp_dir().join(format!("laoyou-engine-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&at).unwrap();
        Self(at)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}

pub(crate) fn key(at: usize) -> String {
    format!("p{at:07}")
}

pub(crate) fn write(path: &Path, as_of: Day, people: &[Facts]) {
    let keyed = people.iter().enumerate();
    write_keyed(path, as_of, keyed.map(|(at, facts)| (key(at), facts)));
}

/// Writes people with these keys, in this order.
pub(crate) fn write_keyed<'a>(
    path: &Path,
    as_of: Day,
    people: impl Iterator<Item = (String, &'a Facts)>,
) {
    let mut writer = Writer::create(path, &meta(as_of)).unwrap();
    let mut count = 0;
    for (key, facts) in people {
        writer.push(&SnapshotPerson { key: &key, facts }).unwrap();
        count += 1;
    }
    assert_eq!(writer.finish().unwrap(), count);
}

const AREAS: [&str; 9] = [
    "421303001001",
    "421303001002",
    "421303101205",
    "421321102200",
    "421381001001",
    "421303",
    "4213",
    "420100000000",
    "51",
];

/// A person made from numbers: each fact is unknown where its number says so, dates crowd around
/// the birthdays that rules ask for.
pub(crate) fn person(as_of: Day, mut next: impl FnMut() -> u64) -> Facts {
    let mut facts = Facts::default();
    for fact in FactId::all() {
        let (hole, number) = (next().is_multiple_of(6), next());
        if hole {
            continue;
        }
        let value = match fact.def().kind {
            // Mostly alive, or nothing would be asked.
            Kind::Bool if fact == FactId::ALIVE => Value::Bool(!number.is_multiple_of(16)),
            Kind::Bool => Value::Bool(number.is_multiple_of(2)),
            Kind::Int { min, max } => Value::Int(min + (number % (max - min + 1) as u64) as i64),
            Kind::Word(words) => Value::Word(words[number as usize % words.len()]),
            Kind::Area => Value::Area(AREAS[number as usize % AREAS.len()].parse().unwrap()),
            Kind::Text => Value::Text("u1".into()),
            Kind::Day => Value::Day(date(as_of, fact, number)),
        };
        facts.set(fact, Some(value));
    }
    facts
}

fn date(as_of: Day, fact: FactId, number: u64) -> Day {
    let near = (number / 64 % 3) as i32 - 1;
    if fact != FactId::BIRTH_DATE {
        return as_of.plus_days(near * (number / 256 % 400) as i32);
    }
    let years = [
        0, 3, 18, 49, 59, 60, 61, 65, 70, 79, 80, 89, 90, 99, 100, 101,
    ];
    let years = years[number as usize % years.len()];
    match number / 16 % 4 {
        0 => as_of.plus_years(-years).plus_days(near),
        1 => leap_day(as_of.year() - years),
        _ => as_of.plus_days(-((number / 1024 % 40_000) as i32)),
    }
}

fn leap_day(near: i32) -> Day {
    let leap = (near - 3..=near)
        .rev()
        .find_map(|year| Day::from_ymd(year, 2, 29));
    leap.unwrap_or_else(|| day("1904-02-29"))
}

/// Numbers from a seed (splitmix64).
pub(crate) fn numbers(mut seed: u64) -> impl FnMut() -> u64 {
    move || {
        seed = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = seed;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}
