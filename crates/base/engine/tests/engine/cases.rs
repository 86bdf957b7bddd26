//! Single cases of two sides compared: what changed and who is told of it (rows C02, C03).

use crate::common::{Scratch, day, key, suizhou, suizhou_with, write_keyed};
use crate::differences::{adds_up, compared, written};
use crate::oracle::Pair;
use engine::diff::{Diff, Side, diff};
use rules::Truth;
use rules::facts::{FactId, Facts, Value};
use std::path::Path;

/// Somebody of 本市户籍 in 随县, in a town, born on this day.
fn elder(born: &str) -> Facts {
    let mut facts = Facts::default();
    facts.set(FactId::ALIVE, Some(Value::Bool(true)));
    facts.set(FactId::BIRTH_DATE, Some(Value::Day(day(born))));
    let area = |code: &str| Some(Value::Area(code.parse().unwrap()));
    facts.set(FactId::HUKOU_AREA, area("421321102200"));
    facts.set(FactId::RESIDENCE_AREA, area("421321102200"));
    facts
}

fn of_item(diff: &Diff, no: u16) -> &engine::diff::ItemDiff {
    diff.items.iter().find(|item| item.no == no).unwrap()
}

/// Row C02: a parameter is another: nobody gains or loses, the amount changes for the one it is of,
/// a year is twelve months.
#[test]
fn another_amount_changes_no_answer() {
    let (scratch, as_of) = (Scratch::new("amount"), day("2025-06-30"));
    let path = scratch.path("people.parquet");
    let people = [
        elder("1940-01-01"),
        elder("1930-01-01"),
        elder("1960-01-01"),
    ];
    crate::common::write(&path, as_of, &people);
    let later = suizhou_with(&[], &[("fen = 5000 }", "fen = 6000 }")]);
    let before = suizhou();
    let found = compared((&before, as_of), (&later, as_of), (&path, &path), 1);
    for item in &found.items {
        let all = &item.all;
        assert_eq!(all.changes.all(), 0, "{}", item.no);
        assert_eq!(
            all.amounts_changed(),
            u64::from(item.no == 3),
            "{}",
            item.no
        );
        assert!(item.conditions.iter().all(|c| c.changes.all() == 0));
        assert_eq!(all.changed(), item.no == 3);
    }
    let item = of_item(&found, 3);
    let all = &item.all;
    assert_eq!((all.raised, all.lowered, all.fen_changed), (1, 0, 1_000));
    assert_eq!((all.before.fen, all.after.fen), (15_000, 16_000));
    let years = (all.years.before, all.years.after);
    assert_eq!(years, (Some(180_000), Some(192_000)));
    let county = Some("421321".parse().unwrap());
    assert_eq!(item.counties.keys().collect::<Vec<_>>(), [&county]);
    assert_eq!(item.counties[&county], item.all);
    assert_eq!(found.costs[&county].1.year.fen, 192_000);
}

/// Row C02: 75 instead of 80: who is 75 gains, by that condition and by no other; who is of unknown
/// age stays unknown.
#[test]
fn another_age_is_named_as_the_condition() {
    let (scratch, as_of) = (Scratch::new("age"), day("2025-06-30"));
    let path = scratch.path("people.parquet");
    let mut ageless = elder("1940-01-01");
    ageless.set(FactId::BIRTH_DATE, None);
    let people = [
        elder("1950-06-30"),
        elder("1950-07-01"),
        elder("1945-06-30"),
        elder("1945-07-01"),
        ageless,
    ];
    crate::common::write(&path, as_of, &people);
    let (old, new) = (
        "{ says = \"80周岁及以上\", when = \"age >= 80\" },\n]\namount",
        "{ says = \"75周岁及以上\", when = \"age >= 75\" },\n]\namount",
    );
    let (before, later) = (suizhou(), suizhou_with(&[(old, new)], &[]));
    let found = compared((&before, as_of), (&later, as_of), (&path, &path), 1);
    let item = of_item(&found, 3);
    assert_eq!(item.all.changes.gained(), 2);
    assert_eq!(item.all.changes.of(Truth::False, Truth::True), 2);
    assert_eq!(item.all.changes.all(), 2);
    assert_eq!((item.all.before.yes, item.all.after.yes), (1, 3));
    assert_eq!((item.all.before.unknown, item.all.after.unknown), (1, 1));
    let changed = item.conditions.iter().filter(|c| c.changes.all() > 0);
    let changed: Vec<_> = changed.collect();
    assert_eq!(changed.len(), 1);
    let says = |which: &Option<(String, String)>| which.as_ref().unwrap().0.clone();
    assert_eq!(says(&changed[0].before), "80周岁及以上");
    assert_eq!(says(&changed[0].after), "75周岁及以上");
    assert_eq!(changed[0].changes.gained(), 2);
    assert_eq!(changed[0].alone.gained(), 2);
    // The way back.
    let back = compared((&later, as_of), (&before, as_of), (&path, &path), 1);
    assert_eq!(of_item(&back, 3).all.changes.lost(), 2);
}

/// Row C03: a birthday between two days, and a birth date that is known only now.
#[test]
fn a_birthday_and_a_date_found_are_told_apart() {
    let (scratch, list) = (Scratch::new("birthday"), suizhou());
    let days = (day("2025-06-29"), day("2025-06-30"));
    let mut ageless = elder("1940-01-01");
    ageless.set(FactId::BIRTH_DATE, None);
    let people: Vec<Pair> = [
        (elder("1945-06-30"), elder("1945-06-30")),
        (elder("1945-07-01"), elder("1945-07-01")),
        (ageless.clone(), elder("1940-01-01")),
        (elder("1940-01-01"), ageless),
    ]
    .into_iter()
    .enumerate()
    .map(|(at, (a, b))| (key(at), Some(a), Some(b)))
    .collect();
    let (a, b) = written(&scratch, days, &people);
    let found = compared((&list, days.0), (&list, days.1), (&a, &b), 2);
    let changes = &of_item(&found, 3).all.changes;
    assert_eq!(changes.of(Truth::False, Truth::True), 1);
    assert_eq!(changes.of(Truth::Unknown, Truth::True), 1);
    assert_eq!(changes.of(Truth::True, Truth::Unknown), 1);
    assert_eq!((changes.gained(), changes.lost()), (2, 1));
    assert_eq!((changes.settled(), changes.unsettled()), (1, 1));
    // The same file two days on: only the birthday.
    let found = compared((&list, days.0), (&list, days.1), (&a, &a), 2);
    assert_eq!(of_item(&found, 3).all.changes.all(), 1);
    let condition = |c: &&engine::diff::ConditionDiff| c.changes.all() > 0;
    let item = of_item(&found, 3);
    let changed: Vec<_> = item.conditions.iter().filter(condition).collect();
    assert_eq!(changed[0].after.as_ref().unwrap().1, "age >= 80");
}

/// Row C03: who left and who came is counted apart and neither loses nor gains; who moved is counted
/// in both counties.
#[test]
fn leaving_is_not_losing() {
    let (scratch, list) = (Scratch::new("left"), suizhou());
    let days = (day("2025-06-30"), day("2025-06-30"));
    let mut moved = elder("1940-01-01");
    moved.set(
        FactId::HUKOU_AREA,
        Some(Value::Area("421303001001".parse().unwrap())),
    );
    let people: Vec<Pair> = vec![
        (key(0), Some(elder("1940-01-01")), None),
        (key(1), None, Some(elder("1930-01-01"))),
        (key(2), None, Some(elder("1960-01-01"))),
        (key(3), Some(elder("1940-01-01")), Some(moved)),
    ];
    let (a, b) = written(&scratch, days, &people);
    let found = compared((&list, days.0), (&list, days.1), (&a, &b), 1);
    assert_eq!((found.both, found.arrived, found.left), (1, 2, 1));
    assert_eq!((found.before.people, found.after.people), (2, 3));
    let item = of_item(&found, 3);
    assert_eq!(item.all.changes.all(), 0);
    assert_eq!((item.all.left.yes, item.all.left.fen), (1, 5_000));
    assert_eq!((item.all.arrived.yes, item.all.arrived.no), (1, 1));
    assert_eq!(item.all.arrived.fen, 10_000);
    let county = |code: &str| &item.counties[&Some(code.parse().unwrap())];
    assert_eq!(county("421321").moved_out.people, 1);
    assert_eq!(county("421303").moved_in.people, 1);
    assert_eq!(county("421303").moved_in.fen, 5_000);
    adds_up(&found);
}

/// Row C02: an item under another name is another item: one was dropped, one was added.
#[test]
fn a_renamed_item_is_another_one() {
    let (scratch, as_of) = (Scratch::new("renamed"), day("2025-06-30"));
    let path = scratch.path("people.parquet");
    crate::common::write(&path, as_of, &[elder("1940-01-01")]);
    let (before, later) = (
        suizhou(),
        suizhou_with(&[("name = \"高龄津贴\"", "name = \"高龄补贴\"")], &[]),
    );
    let found = compared((&before, as_of), (&later, as_of), (&path, &path), 1);
    let items = found.items.iter().filter(|item| item.no == 3);
    let items: Vec<_> = items.collect();
    assert_eq!(found.items.len(), 29);
    assert_eq!(items[0].name, "高龄津贴");
    assert!(items[0].before.is_some() && items[0].after.is_none());
    assert_eq!((items[0].all.before.yes, items[0].all.after.yes), (1, 0));
    assert_eq!(items[1].name, "高龄补贴");
    assert!(items[1].before.is_none() && items[1].after.is_some());
    assert_eq!((items[1].all.before.yes, items[1].all.after.yes), (0, 1));
    assert_eq!(items[1].all.years.before, None);
    assert_eq!(items[1].all.years.after, Some(60_000));
    assert!(items[1].conditions.is_empty());
}

/// Invariant 4: a key that stands twice, or another place, is refused.
#[test]
fn who_is_who_must_be_known() {
    let (scratch, as_of, list) = (Scratch::new("twice"), day("2025-06-30"), suizhou());
    let elder = elder("1940-01-01");
    let file = |name: &str, keys: &[usize]| {
        let path = scratch.path(name);
        write_keyed(&path, as_of, keys.iter().map(|at| (key(*at), &elder)));
        path
    };
    let one = file("one", &[1]);
    let refused = |a: &Path, b: &Path| {
        let side = |snapshot| Side {
            list: &list,
            snapshot,
            as_of,
        };
        diff(&side(a), &side(b), 1).map(drop)
    };
    assert!(refused(&one, &file("other", &[2])).is_ok());
    for (name, keys) in [("again", [1, 1]), ("new", [2, 2])] {
        let two = file(name, &keys);
        let says = refused(&one, &two).unwrap_err().to_string();
        assert!(says.contains("两次") && says.contains(name), "{says}");
        assert!(refused(&two, &one).is_err());
    }
    let other = scratch.path("elsewhere");
    let meta = engine::snapshot::SnapshotMeta {
        place: "xianning".into(),
        ..crate::common::meta(as_of)
    };
    let writer = engine::snapshot::Writer::create(&other, &meta).unwrap();
    writer.finish().unwrap();
    let says = refused(&one, &other).unwrap_err().to_string();
    assert!(says.contains("suizhou"), "{says}");
}
