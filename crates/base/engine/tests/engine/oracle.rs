//! Two sides compared person by person with the rules crate, without bitmaps, joins or threads.

use engine::diff::{Changes, Diff, ItemDiff, TierState, per_year};
use kernel::{AreaCode, Day, area_code::Level};
use rules::facts::{FactId, Facts, Value};
use rules::folder::AreaBasis;
use rules::{Item, List, Truth};
use std::collections::BTreeMap;

/// Everything that was counted and is not 0, by what it is.
pub(crate) type Measures = BTreeMap<String, i64>;

/// A person on each side, where they are there.
pub(crate) type Pair = (String, Option<Facts>, Option<Facts>);

const TRUTHS: [Truth; 3] = [Truth::False, Truth::Unknown, Truth::True];

fn changes(out: &mut Measures, at: &str, changes: &Changes) {
    for from in TRUTHS {
        for to in TRUTHS {
            let at = format!("{at} {}→{}", from.word(), to.word());
            add(out, &at, changes.of(from, to) as i64);
        }
    }
}

fn add(out: &mut Measures, at: &str, count: i64) {
    *out.entry(at.to_owned()).or_default() += count;
}

fn tally(out: &mut Measures, at: &str, tally: &engine::Tally) {
    add(out, &format!("{at} yes"), tally.yes as i64);
    add(out, &format!("{at} unknown"), tally.unknown as i64);
    add(out, &format!("{at} no"), tally.no as i64);
    add(out, &format!("{at} fen"), tally.fen);
    add(out, &format!("{at} fen_unknown"), tally.fen_unknown as i64);
}

fn county(area: Option<AreaCode>) -> String {
    area.map_or_else(|| "?".into(), |area| area.to_string())
}

/// What a comparison says.
pub(crate) fn measured(diff: &Diff) -> Measures {
    let mut out = Measures::new();
    add(&mut out, "both", diff.both as i64);
    add(&mut out, "arrived", diff.arrived as i64);
    add(&mut out, "left", diff.left as i64);
    add(&mut out, "people gained", diff.people.gained as i64);
    add(&mut out, "people lost", diff.people.lost as i64);
    add(&mut out, "people changed", diff.people.changed as i64);
    for item in &diff.items {
        let name = format!("{} {}", item.no, item.name);
        let all = [("all".to_owned(), &item.all)];
        let areas = item.counties.iter();
        for (area, found) in areas.map(|(area, found)| (county(*area), found)).chain(all) {
            let at = format!("{name} {area}");
            tally(&mut out, &format!("{at} before"), &found.before);
            tally(&mut out, &format!("{at} after"), &found.after);
            tally(&mut out, &format!("{at} arrived"), &found.arrived);
            tally(&mut out, &format!("{at} left"), &found.left);
            changes(&mut out, &at, &found.changes);
            for (what, count) in [
                ("gained fen", found.fen_gained),
                ("lost fen", found.fen_lost),
                ("raised", found.raised as i64),
                ("lowered", found.lowered as i64),
                ("amount known", found.amount_known as i64),
                ("amount unknown", found.amount_unknown as i64),
                ("another tier", found.tier_changed as i64),
                ("changed fen", found.fen_changed),
                ("in", found.moved_in.people as i64),
                ("in fen", found.moved_in.fen),
                ("out", found.moved_out.people as i64),
                ("out fen", found.moved_out.fen),
                ("year before", found.years.before.unwrap_or(0)),
                ("year after", found.years.after.unwrap_or(0)),
            ] {
                add(&mut out, &format!("{at} {what}"), count);
            }
        }
        for tier in &item.tiers {
            let at = format!("{name} tier {:?}→{:?}", tier.before, tier.after);
            add(&mut out, &at, tier.people as i64);
        }
        for condition in &item.conditions {
            let at = format!("{name} {:?}→{:?}", condition.before, condition.after);
            changes(&mut out, &at, &condition.changes);
            changes(&mut out, &format!("{at} alone"), &condition.alone);
        }
    }
    let costs = diff.costs.iter();
    let costs = costs.map(|(area, costs)| (county(*area), costs));
    for (area, (before, after)) in costs.chain([("all".to_owned(), &diff.cost)]) {
        for (side, cost) in [("before", before), ("after", after)] {
            let at = format!("cost {area} {side}");
            add(&mut out, &at, cost.year.fen);
            let at = format!("{at} unknown");
            add(&mut out, &at, cost.year.fen_unknown as i64);
            for (unit, money) in &cost.apart {
                let at = format!("cost {area} {side} {}", unit.key());
                add(&mut out, &at, money.fen);
                let at = format!("{at} unknown");
                add(&mut out, &at, money.fen_unknown as i64);
            }
        }
    }
    out.retain(|_, count| *count != 0);
    out
}

/// What somebody gets of an item.
#[derive(Clone)]
struct Told {
    truth: Truth,
    fen: Option<i64>,
    tier: TierState,
    area: String,
    conditions: BTreeMap<(String, String), Truth>,
}

/// By the place of the item.
fn told(list: &List, facts: &Facts, as_of: Day) -> Vec<Told> {
    let explained = list.explain(facts, &|_| None, as_of).answers;
    let answers = list.answer(facts, as_of).into_iter().zip(explained);
    let each = answers
        .zip(list.items())
        .map(|((answer, explained), item)| {
            let fact = match item.service.area_basis {
                AreaBasis::Hukou => FactId::HUKOU_AREA,
                _ => FactId::RESIDENCE_AREA,
            };
            let area = match facts.get(fact) {
                Some(Value::Area(code)) => Some(code.up_to(Level::County)),
                _ => None,
            };
            let conditions = explained.conditions.into_iter();
            Told {
                truth: answer.answer,
                fen: answer.fen,
                // Where the item has steps it has no amount here.
                tier: match answer.tier {
                    Some(tier) => TierState::Tier(tier),
                    None if item.tiers.is_empty() || answer.amount_missing.is_empty() => {
                        TierState::None
                    }
                    None => TierState::Unknown,
                },
                area: county(area),
                conditions: conditions.map(|c| ((c.says, c.when), c.truth)).collect(),
            }
        });
    each.collect()
}

/// What a comparison of these people must say. Which condition stands for which is taken from the
/// comparison (`pairs`' own tests look at that).
pub(crate) fn wanted(
    (before, then): (&List, Day),
    (after, now): (&List, Day),
    people: &[Pair],
    diff: &Diff,
) -> Measures {
    let mut out = Measures::new();
    for (_, first, second) in people {
        let who = match (first, second) {
            (Some(_), Some(_)) => "both",
            (Some(_), None) => "left",
            (None, Some(_)) => "arrived",
            (None, None) => continue,
        };
        add(&mut out, who, 1);
        let first_told = first.as_ref().map(|facts| told(before, facts, then));
        let second_told = second.as_ref().map(|facts| told(after, facts, now));
        let mut seen = Vec::new();
        let (mut gained, mut lost, mut changed) = (false, false, false);
        for item in before.items().iter().chain(after.items()) {
            let named = |list: &List| {
                let same = |other: &&Item| {
                    other.service.no == item.service.no && other.service.name == item.service.name
                };
                list.items().iter().find(same).cloned()
            };
            let name = format!("{} {}", item.service.no, item.service.name);
            if seen.contains(&name) {
                continue;
            }
            seen.push(name.clone());
            let (old, new) = (named(before), named(after));
            let of = |item: Option<&Item>, told: &Option<Vec<Told>>| {
                let place = usize::from(item?.service.no) - 1;
                told.as_ref().map(|told| told[place].clone())
            };
            let a = of(old.as_ref(), &first_told);
            let b = of(new.as_ref(), &second_told);
            side(&mut out, &name, "before", old.as_ref(), a.as_ref());
            side(&mut out, &name, "after", new.as_ref(), b.as_ref());
            match (first.is_some(), second.is_some()) {
                (true, false) => group(&mut out, &name, "left", old.as_ref(), a.as_ref()),
                (false, true) => group(&mut out, &name, "arrived", new.as_ref(), b.as_ref()),
                _ => {
                    let holds = |told: &Option<Told>| {
                        told.as_ref().is_some_and(|told| told.truth == Truth::True)
                    };
                    gained |= holds(&b) && !holds(&a);
                    lost |= holds(&a) && !holds(&b);
                    if let (Some(a), Some(b), Some(old), Some(new)) = (a, b, &old, &new) {
                        let found = diff.items.iter().find(|found| {
                            found.no == item.service.no && found.name == item.service.name
                        });
                        changed |= both(&mut out, &name, (old, new), (&a, &b), found.unwrap());
                    }
                }
            }
        }
        add(&mut out, "people gained", gained.into());
        add(&mut out, "people lost", lost.into());
        add(&mut out, "people changed", changed.into());
    }
    out.retain(|_, count| *count != 0);
    out
}

/// In the county and everywhere.
fn count(out: &mut Measures, name: &str, area: &str, what: &str, count: i64) {
    add(out, &format!("{name} {area} {what}"), count);
    add(out, &format!("{name} all {what}"), count);
}

fn group(out: &mut Measures, name: &str, which: &str, item: Option<&Item>, told: Option<&Told>) {
    let (Some(item), Some(told)) = (item, told) else {
        return;
    };
    let word = match told.truth {
        Truth::True => "yes",
        Truth::Unknown => "unknown",
        Truth::False => "no",
    };
    count(out, name, &told.area, &format!("{which} {word}"), 1);
    if told.truth == Truth::True && item.amount.is_some() {
        match told.fen {
            Some(fen) => count(out, name, &told.area, &format!("{which} fen"), fen),
            None => count(out, name, &told.area, &format!("{which} fen_unknown"), 1),
        }
    }
}

fn side(out: &mut Measures, name: &str, which: &str, item: Option<&Item>, told: Option<&Told>) {
    group(out, name, which, item, told);
    let (Some(item), Some(told)) = (item, told) else {
        return;
    };
    if told.truth != Truth::True || item.amount.is_none() {
        return;
    }
    let unit = item.service.benefit.unit;
    let fen = told.fen.unwrap_or(0);
    let unknown = i64::from(told.fen.is_none());
    let (at, fen) = match per_year(unit) {
        Some(times) => {
            let what = format!("year {which}");
            count(out, name, &told.area, &what, fen * times);
            (which.to_owned(), fen * times)
        }
        None => (format!("{which} {}", unit.key()), fen),
    };
    for area in [told.area.as_str(), "all"] {
        add(out, &format!("cost {area} {at}"), fen);
        add(out, &format!("cost {area} {at} unknown"), unknown);
    }
}

/// Whether somebody entitled on both sides gets something else.
fn both(
    out: &mut Measures,
    name: &str,
    (old, new): (&Item, &Item),
    (a, b): (&Told, &Told),
    found: &ItemDiff,
) -> bool {
    let (mut other, mut tier) = (false, None);
    let mut here = |area: &str, what: &str, more: i64| count(out, name, area, what, more);
    if a.truth == Truth::True && a.area != b.area {
        // Once everywhere, in one county each.
        here(&a.area, "out", 1);
        here(&a.area, "out fen", a.fen.unwrap_or(0));
        here(&b.area, "in", 1);
        here(&b.area, "in fen", a.fen.unwrap_or(0));
    }
    let units = (old.service.benefit.unit, new.service.benefit.unit);
    if (a.truth, b.truth) == (Truth::True, Truth::True) {
        let paid = old.amount.is_some() || new.amount.is_some();
        other = a.tier != b.tier || (paid && (a.fen != b.fen || units.0 != units.1));
        if a.tier != b.tier {
            here(&b.area, "another tier", 1);
            tier = Some(format!("{name} tier {:?}→{:?}", a.tier, b.tier));
        }
        let times = if units.0 == units.1 {
            Some((1, 1))
        } else {
            per_year(units.0).zip(per_year(units.1))
        };
        match (a.fen, b.fen, times) {
            (Some(then), Some(now), Some((x, y))) if then * x < now * y => {
                here(&b.area, "raised", 1);
            }
            (Some(then), Some(now), Some((x, y))) if then * x > now * y => {
                here(&b.area, "lowered", 1);
            }
            (None, Some(_), _) => here(&b.area, "amount known", 1),
            (Some(_), None, _) => here(&b.area, "amount unknown", 1),
            _ => {}
        }
        if units.0 == units.1 {
            let more = b.fen.unwrap_or(0) - a.fen.unwrap_or(0);
            here(&b.area, "changed fen", more);
        }
    }
    if a.truth == b.truth {
        if let Some(tier) = tier {
            add(out, &tier, 1);
        }
        return other;
    }
    let change = format!("{}→{}", a.truth.word(), b.truth.word());
    here(&b.area, &change, 1);
    here(&b.area, "gained fen", b.fen.unwrap_or(0));
    here(&b.area, "lost fen", a.fen.unwrap_or(0));
    let mut changed = Vec::new();
    for condition in &found.conditions {
        let of = |told: &Told, which: &Option<(String, String)>| {
            which
                .as_ref()
                .map_or(Truth::True, |which| told.conditions[which])
        };
        if of(a, &condition.before) != of(b, &condition.after) {
            changed.push(format!(
                "{name} {:?}→{:?}",
                condition.before, condition.after
            ));
        }
    }
    assert!(
        !changed.is_empty(),
        "{name}: an answer changes by a condition"
    );
    for at in &changed {
        add(out, &format!("{at} {change}"), 1);
    }
    if let [only] = changed.as_slice() {
        add(out, &format!("{only} alone {change}"), 1);
    }
    other
}
