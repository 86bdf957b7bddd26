//! Two sides of a list compared: days, versions, snapshots (rows C02, C03).

use crate::common::{Scratch, day, key, numbers, person, suizhou, suizhou_with, write_keyed};
use crate::oracle::{Pair, measured, wanted};
use engine::diff::{AreaDiff, Diff, Moved, Side, diff};
use kernel::Day;
use proptest::prelude::*;
use rules::List;
use rules::facts::FactId;
use std::path::{Path, PathBuf};

/// Writes both sides' people; the second in another order.
pub(crate) fn written(scratch: &Scratch, days: (Day, Day), people: &[Pair]) -> (PathBuf, PathBuf) {
    let (a, b) = (scratch.path("a.parquet"), scratch.path("b.parquet"));
    let first = people.iter();
    let first = first.filter_map(|(key, facts, _)| Some((key.clone(), facts.as_ref()?)));
    write_keyed(&a, days.0, first);
    let second = people.iter().rev();
    let second = second.filter_map(|(key, _, facts)| Some((key.clone(), facts.as_ref()?)));
    write_keyed(&b, days.1, second);
    (a, b)
}

pub(crate) fn compared(
    (before, then): (&List, Day),
    (after, now): (&List, Day),
    (a, b): (&Path, &Path),
    threads: usize,
) -> Diff {
    let side = |list, snapshot, as_of| Side {
        list,
        snapshot,
        as_of,
    };
    diff(&side(before, a, then), &side(after, b, now), threads).unwrap()
}

/// In every county what was there and what changed makes what is there.
pub(crate) fn adds_up(diff: &Diff) {
    for item in &diff.items {
        let (Some(before), Some(after)) = (&item.before, &item.after) else {
            continue;
        };
        for area in item.counties.values().chain([&item.all]) {
            let more = area.changes.gained() + area.moved_in.people + area.arrived.yes;
            let less = area.changes.lost() + area.moved_out.people + area.left.yes;
            let yes = area.before.yes + more - less;
            assert_eq!(yes, area.after.yes, "{}", item.no);
            if before.unit == after.unit {
                let more = area.fen_gained + area.moved_in.fen + area.arrived.fen;
                let less = area.fen_lost + area.moved_out.fen + area.left.fen;
                let fen = area.before.fen + more - less + area.fen_changed;
                assert_eq!(fen, area.after.fen, "{}", item.no);
            }
        }
    }
}

/// Somebody on each side: some facts are known anew or not any more, some come, some go.
fn two_sides(days: (Day, Day), seed: u64, count: usize) -> Vec<Pair> {
    let mut next = numbers(seed);
    let each = |at: usize| {
        let before = person(days.0, &mut next);
        let mut after = before.clone();
        let other = person(days.1, &mut next);
        for fact in FactId::all() {
            if next().is_multiple_of(9) {
                after.set(fact, other.get(fact).cloned());
            }
        }
        match next() % 12 {
            0 => (key(at), Some(before), None),
            1 => (key(at), None, Some(after)),
            2 => (key(at), Some(before.clone()), Some(before)),
            _ => (key(at), Some(before), Some(after)),
        }
    };
    (0..count).map(each).collect()
}

/// Another version: a condition, an amount, a name, a unit, an area basis, one more condition, one
/// less.
fn later() -> List {
    suizhou_with(
        &[
            ("age >= 80\" },\n]\namount", "age >= 75\" },\n]\namount"),
            (
                "80周岁及以上\", when = \"age >= 75",
                "75周岁及以上\", when = \"age >= 75",
            ),
            (
                "when = \"age >= 60 and age < 70\", tier = \"门票半价\"",
                "when = \"not urban and age < 68\", tier = \"门票半价\"",
            ),
            (
                "when = \"age >= 70\", tier = \"免票\"",
                "when = \"age >= 66\", tier = \"免票\"",
            ),
            ("name = \"提供社区活动场所\"", "name = \"社区活动场所\""),
            (
                "conditions = [\n  { says = \"本市户籍\", when = \"hukou_local\" },\n  { says = \"75",
                "conditions = [\n  { says = \"城镇\", when = \"urban\" },\n  { says = \"75",
            ),
            (
                "area_basis = \"hukou\"\nbeneficiary = \"self\"\nbenefit = { kind = \"money\", unit = \"month\" }",
                "area_basis = \"residence\"\nbeneficiary = \"self\"\nbenefit = { kind = \"money\", unit = \"month\" }",
            ),
            (
                "benefit = { kind = \"in_kind\", unit = \"month\" }",
                "benefit = { kind = \"in_kind\", unit = \"quarter\" }",
            ),
            (
                "benefit = { kind = \"money\", unit = \"once\" }",
                "benefit = { kind = \"money\", unit = \"year\" }",
            ),
            ("name = \"养老服务补贴\"", "name = \"养老补贴\""),
        ],
        &[
            ("fen = 5000 }", "fen = 6000 }"),
            ("fen = 30000 }", "fen = 20000 }"),
        ],
    )
}

fn days() -> impl Strategy<Value = (Day, Day)> {
    let days = [
        "2025-06-30",
        "2025-02-28",
        "2024-02-29",
        "2024-12-31",
        "2025-01-01",
        "2026-06-30",
    ];
    (0..days.len(), 0..days.len()).prop_map(move |(a, b)| (day(days[a]), day(days[b])))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    /// Rows C02, C03; invariant 3: two versions, two days, two snapshots: every count is what the
    /// rules say of the people one by one, and it adds up.
    #[test]
    fn the_comparison_says_what_the_rules_say(days in days(), seed in any::<u64>(), count in 0..400usize) {
        let people = two_sides(days, seed, count);
        let scratch = Scratch::new("differences");
        let (a, b) = written(&scratch, days, &people);
        let (before, after) = (suizhou(), later());
        let sides = ((&before, days.0), (&after, days.1));
        let found = compared(sides.0, sides.1, (&a, &b), 2);
        prop_assert_eq!(measured(&found), wanted(sides.0, sides.1, &people, &found));
        adds_up(&found);
        // One file on both sides, and the same people in another file, are the same.
        let stayed: Vec<Pair> = people
            .iter()
            .filter_map(|(key, facts, _)| Some((key.clone(), facts.clone(), Some(facts.clone()?))))
            .collect();
        let one = compared(sides.0, sides.1, (&a, &a), 2);
        prop_assert_eq!(measured(&one), wanted(sides.0, sides.1, &stayed, &one));
        let copy = scratch.path("copy.parquet");
        std::fs::copy(&a, &copy).unwrap();
        prop_assert_eq!(compared(sides.0, sides.1, (&a, &copy), 1), one);
    }
}

/// Invariant 12: threads and the order of the rows change nothing, over several row groups.
#[test]
fn threads_and_order_change_nothing() {
    let days = (day("2025-06-30"), day("2026-01-01"));
    let people = two_sides(days, 5, engine::snapshot::ROW_GROUP + 40_000);
    let scratch = Scratch::new("order");
    let (a, b) = written(&scratch, days, &people);
    let (before, after) = (suizhou(), later());
    let sides = ((&before, days.0), (&after, days.1));
    let one = compared(sides.0, sides.1, (&a, &b), 1);
    assert_eq!(compared(sides.0, sides.1, (&a, &b), 3), one);
    adds_up(&one);
    // All that is compared happens among these people.
    let met = measured(&one);
    for what in [
        "raised",
        "lowered",
        "another tier",
        "tier Tier(\"门票半价\")→Tier(\"免票\")",
        "tier Tier(\"门票半价\")→Unknown",
        "tier Tier(\"门票半价\")→None",
        "amount known",
        "amount unknown",
        "in fen",
        "out fen",
        "left fen",
        "arrived fen",
        "gained fen",
        "lost fen",
        "false→true",
        "true→unknown",
        "unknown→false",
    ] {
        assert!(
            met.keys().any(|key| key.ends_with(&format!("all {what}"))
                || key.ends_with(&format!("景点 {what}"))),
            "{what}"
        );
    }
    assert!(met.keys().any(|key| key.contains("→None alone")));
    assert!(
        met.keys()
            .any(|key| key.contains("None→Some") && key.contains("alone"))
    );
    let same = compared(sides.0, sides.1, (&a, &a), 1);
    assert_eq!(compared(sides.0, sides.1, (&a, &a), 3), same);
    let copy = scratch.path("copy.parquet");
    std::fs::copy(&a, &copy).unwrap();
    assert_eq!(compared(sides.0, sides.1, (&a, &copy), 2), same);
    // What each side says is what a run says.
    let run = engine::run(&before, &a, days.0, 2).unwrap();
    for (item, totals) in one
        .items
        .iter()
        .filter(|i| i.before.is_some())
        .zip(&run.items)
    {
        assert_eq!(item.all.before, totals.all, "{}", item.no);
    }
}

/// Invariant 8: towns counted for themselves and what is left of their counties make the counties again.
#[test]
fn towns_apart_and_the_rest_make_the_counties() {
    let days = (day("2025-06-30"), day("2026-01-01"));
    let people = two_sides(days, 11, 3000);
    let scratch = Scratch::new("apart");
    let (a, _) = written(&scratch, days, &people);
    let (before, after) = (suizhou(), later());
    let whole = compared((&before, days.0), (&after, days.1), (&a, &a), 1);
    let side = |list, as_of| Side {
        list,
        snapshot: a.as_path(),
        as_of,
    };
    let town: kernel::AreaCode = "421303101".parse().unwrap();
    let sides = (side(&before, days.0), side(&after, days.1));
    let apart = engine::diff::diff_apart(&sides.0, &sides.1, 2, &[town]).unwrap();
    assert_eq!((whole.people, &whole.cost), (apart.people, &apart.cost));
    let mut met = 0;
    for (item, split) in whole.items.iter().zip(&apart.items) {
        // Whoever moved between the town and its county has moved.
        let stayed = |area: AreaDiff| AreaDiff {
            moved_in: Moved::default(),
            moved_out: Moved::default(),
            ..area
        };
        assert_eq!(stayed(item.all), stayed(split.all), "{}", item.no);
        let county = Some(town.up_to(kernel::area_code::Level::County));
        let (Some(all), Some(rest)) = (item.counties.get(&county), split.counties.get(&county))
        else {
            continue;
        };
        let own = split.counties.get(&Some(town)).copied().unwrap_or_default();
        assert_eq!(all.after.yes, rest.after.yes + own.after.yes, "{}", item.no);
        let gained = rest.changes.gained() + own.changes.gained();
        assert_eq!(all.changes.gained(), gained, "{}", item.no);
        met += own.after.yes;
    }
    assert!(met > 0);
}

/// Rows C02, C03; invariants 8 and 10: a comparison within a county counts its people and nobody else's, item by item on its basis; a county and the
/// rest make the whole, and whoever is not asked gains and loses nothing.
#[test]
fn within_a_county_its_people_are_compared() {
    let days = (day("2025-06-30"), day("2026-01-01"));
    let people = two_sides(days, 12, 3000);
    let scratch = Scratch::new("within");
    let (a, _) = written(&scratch, days, &people);
    let (before, after) = (suizhou(), later());
    let whole = compared((&before, days.0), (&after, days.1), (&a, &a), 1);
    let side = |list, as_of| Side {
        list,
        snapshot: a.as_path(),
        as_of,
    };
    let town: kernel::AreaCode = "421303101".parse().unwrap();
    let county = town.up_to(kernel::area_code::Level::County);
    let sides = (side(&before, days.0), side(&after, days.1));
    let within = |areas: &[kernel::AreaCode]| {
        let areas = Some(areas);
        engine::diff::diff_within(&sides.0, &sides.1, 2, &[town], areas).unwrap()
    };
    let apart = engine::diff::diff_apart(&sides.0, &sides.1, 2, &[town]).unwrap();
    let (own, both, nobody) = (within(&[town]), within(&[town, county]), within(&[]));
    assert_eq!(nobody.people, engine::diff::People::default());
    assert!(own.people.asked > 0 && own.people.asked < both.people.asked);
    assert_eq!(apart.people.asked, apart.both);
    let mut met = 0;
    for (((all, own), both), nobody) in apart
        .items
        .iter()
        .zip(&own.items)
        .zip(&both.items)
        .zip(&nobody.items)
    {
        assert_eq!(
            nobody.all,
            AreaDiff {
                years: nobody.all.years,
                ..AreaDiff::default()
            },
            "{}",
            all.no
        );
        assert!(
            own.counties.keys().all(|key| *key == Some(town)),
            "{}",
            all.no
        );
        for key in [Some(town), Some(county)] {
            // Whoever is counted elsewhere on the other basis has moved there.
            let here = |item: &engine::diff::ItemDiff| {
                let area = item.counties.get(&key).copied().unwrap_or_default();
                (
                    area.before,
                    area.after,
                    area.changes,
                    area.raised,
                    area.fen_changed,
                )
            };
            assert_eq!(here(both), here(all), "{} {key:?}", all.no);
        }
        let gained = |item: &engine::diff::ItemDiff| {
            let area = item.counties.get(&Some(town));
            area.map_or(0, |area| area.changes.gained())
        };
        assert_eq!(gained(own), gained(all), "{}", all.no);
        assert_eq!(own.all.changes.gained(), gained(all), "{}", all.no);
        met += own.all.before.yes;
    }
    assert!(met > 0);
    assert!(both.people.gained <= whole.people.gained);
}
