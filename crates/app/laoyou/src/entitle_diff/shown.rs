//! The comparison as JSON: every item and every county, changed or not.

use super::Folders;
use engine::Tally;
use engine::diff::{
    AreaDiff, Changes, ConditionDiff, Cost, Diff, DiffItem, DiffSide, ItemDiff, Moved, TierChange,
    TierState,
};
use rules::Truth;
use rules::folder::Folder;
use serde_json::{Map, Value, json};

/// All of it.
pub(super) fn shown(folders: &Folders, diff: &Diff) -> Value {
    let areas = diff.costs.iter().map(|(area, cost)| {
        json!({ "area": area.map(|area| area.to_string()), "name": folders.area(*area),
            "cost": both_costs(cost) })
    });
    json!({
        "before": side(&folders.before, &diff.before),
        "after": side(&folders.after, &diff.after),
        "people": { "both": diff.both, "arrived": diff.arrived, "left": diff.left,
            "gained": diff.people.gained, "lost": diff.people.lost, "changed": diff.people.changed },
        "items": diff.items.iter().map(|one| item(folders, one)).collect::<Vec<_>>(),
        "cost": both_costs(&diff.cost),
        "areas": areas.collect::<Vec<_>>(),
    })
}

fn side(folder: &Folder, side: &DiffSide) -> Value {
    json!({
        "as_of": side.as_of,
        "list": folder.list.name,
        "list_version": folder.list.version,
        "plan_digest": side.plan_digest,
        "overlay_digest": side.overlay_digest,
        "people": side.people,
        "snapshot": {
            "as_of": side.meta.as_of,
            "known_at": side.meta.known_at.to_string(),
            "register_digest": side.meta.register_digest,
            "place": side.meta.place,
        },
    })
}

fn item(folders: &Folders, item: &ItemDiff) -> Value {
    let of = |side: Option<DiffItem>| {
        side.map(|side| {
            json!({ "area_basis": side.area_basis.zh(), "unit": side.unit, "amount": side.amount,
                "household": side.household, "counted": "person" })
        })
    };
    let status = match (item.before, item.after) {
        (None, _) => "added",
        (_, None) => "dropped",
        _ => "both",
    };
    let areas = item.counties.iter().map(|(code, found)| {
        json!({ "area": code.map(|code| code.to_string()), "name": folders.area(*code),
            "totals": area(found) })
    });
    json!({
        "no": item.no,
        "name": item.name,
        "status": status,
        "before": of(item.before),
        "after": of(item.after),
        "all": area(&item.all),
        "areas": areas.collect::<Vec<_>>(),
        "conditions": item.conditions.iter().map(condition).collect::<Vec<_>>(),
        "tiers": item.tiers.iter().map(tier).collect::<Vec<_>>(),
    })
}

fn area(area: &AreaDiff) -> Value {
    json!({
        "before": tally(&area.before),
        "after": tally(&area.after),
        "fen_per_year": { "before": area.years.before, "after": area.years.after },
        "gained": area.changes.gained(),
        "lost": area.changes.lost(),
        "became_unknown": area.changes.unsettled(),
        "settled": area.changes.settled(),
        "changes": changes(&area.changes),
        "fen_gained": area.fen_gained,
        "fen_lost": area.fen_lost,
        "amounts": { "raised": area.raised, "lowered": area.lowered,
            "became_known": area.amount_known, "became_unknown": area.amount_unknown,
            "fen": area.fen_changed },
        "tier_changed": area.tier_changed,
        "moved_in": moved(area.moved_in),
        "moved_out": moved(area.moved_out),
        "arrived": tally(&area.arrived),
        "left": tally(&area.left),
    })
}

fn tally(tally: &Tally) -> Value {
    json!({ "yes": tally.yes, "unknown": tally.unknown, "no": tally.no, "fen": tally.fen,
        "fen_unknown": tally.fen_unknown })
}

fn moved(moved: Moved) -> Value {
    json!({ "people": moved.people, "fen": moved.fen })
}

/// `no_to_yes` and the other five, those that are 0 too.
fn changes(changes: &Changes) -> Value {
    let words = [
        (Truth::False, "no"),
        (Truth::Unknown, "unknown"),
        (Truth::True, "yes"),
    ];
    let mut out = Map::new();
    for (from, before) in words {
        for (to, after) in words {
            if from != to {
                let count = changes.of(from, to);
                out.insert(format!("{before}_to_{after}"), count.into());
            }
        }
    }
    Value::Object(out)
}

fn condition(condition: &ConditionDiff) -> Value {
    let words = |side: &Option<(String, String)>| {
        side.as_ref()
            .map(|(says, when)| json!({ "says": says, "when": when }))
    };
    json!({
        "before": words(&condition.before),
        "after": words(&condition.after),
        "people": condition.changes.all(),
        "alone": condition.alone.all(),
        "changes": changes(&condition.changes),
        "changes_alone": changes(&condition.alone),
    })
}

fn tier(change: &TierChange) -> Value {
    let state = |state: &TierState| match state {
        TierState::Tier(name) => json!({ "state": "tier", "tier": name }),
        TierState::None => json!({ "state": "none" }),
        TierState::Unknown => json!({ "state": "unknown" }),
    };
    json!({ "before": state(&change.before), "after": state(&change.after), "people": change.people })
}

fn both_costs((before, after): &(Cost, Cost)) -> Value {
    json!({ "before": cost(before), "after": cost(after) })
}

fn cost(cost: &Cost) -> Value {
    let apart = cost.apart.iter().map(|(unit, money)| {
        let money = json!({ "fen": money.fen, "fen_unknown": money.fen_unknown });
        (unit.key().to_owned(), money)
    });
    json!({
        "fen_per_year": cost.year.fen,
        "fen_unknown": cost.year.fen_unknown,
        "apart": apart.collect::<Map<_, _>>(),
    })
}
