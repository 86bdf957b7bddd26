//! The comparison as text: what changed, item by item, then what all of it costs.

use super::Folders;
use engine::diff::{
    AreaDiff, Changes, ConditionDiff, Cost, Diff, ItemDiff, Money, TierChange, TierState,
};
use kernel::Fen;
use rules::Truth;
use rules::folder::{Folder, Unit};

/// All lines.
pub(super) fn lines(folders: &Folders, diff: &Diff) -> Vec<String> {
    let mut lines = vec![
        format!(
            "{}　{}",
            pair(&list(&folders.before), &list(&folders.after)),
            pair(&diff.before.as_of.zh(), &diff.after.as_of.zh())
        ),
        format!(
            "{} 人（快照 {}）　两边都有 {}　新进 {}　离开 {}",
            numbers(diff.before.people, diff.after.people),
            pair(&diff.before.meta.as_of.zh(), &diff.after.meta.as_of.zh()),
            diff.both,
            diff.arrived,
            diff.left
        ),
    ];
    let (changed, same): (Vec<_>, Vec<_>) = diff.items.iter().partition(|item| different(item));
    for item in &changed {
        lines.push(format!(
            "{:>2} {}{}　{}",
            item.no,
            item.name,
            status(item),
            counts(item, &item.all)
        ));
        if household(item) {
            lines.push("   这一项按户享受，快照不含户，这里按人计".to_owned());
        }
        lines.extend(moves(&item.all).map(|moves| format!("   {moves}")));
        lines.extend(
            item.tiers
                .iter()
                .map(|change| format!("   {}", tier(change))),
        );
        lines.extend(
            item.conditions
                .iter()
                .filter(|condition| condition.changes.all() > 0)
                .map(|condition| format!("   因「{}」　{}", says(condition), by(condition))),
        );
        for (area, found) in item.counties.iter().filter(|(_, found)| found.changed()) {
            let name = folders.area(*area);
            lines.push(format!("       {name}　{}", counts(item, found)));
            lines.extend(moves(found).map(|moves| format!("         {moves}")));
        }
    }
    let people = &diff.people;
    if let Some(people) = listed(&[
        ("有新符合的", people.gained),
        ("有不再符合的", people.lost),
        ("金额或档次有变的", people.changed),
    ]) {
        lines.push(format!("两边都有的人里（每人只计一次）　{people}"));
    }
    lines.push(match (changed.len(), same.len()) {
        (0, _) => "没有一项有变化".to_owned(),
        (_, 0) => "每一项都有变化".to_owned(),
        (_, same) => format!("其余 {same} 项没有变化"),
    });
    lines.push(format!("合计　{}", costs(&diff.cost)));
    for (area, cost) in &diff.costs {
        if costly(&cost.0) || costly(&cost.1) {
            lines.push(format!("       {}　{}", folders.area(*area), costs(cost)));
        }
    }
    lines
}

fn list(folder: &Folder) -> String {
    format!("《{}》（{}起）", folder.list.name, folder.list.version.zh())
}

fn costly(cost: &Cost) -> bool {
    let spent = |money: &Money| *money != Money::default();
    spent(&cost.year) || cost.apart.values().any(spent)
}

fn different(item: &ItemDiff) -> bool {
    item.before != item.after || item.all.changed()
}

fn status(item: &ItemDiff) -> &'static str {
    match (item.before, item.after) {
        (None, _) => "（新增）",
        (_, None) => "（取消）",
        _ => "",
    }
}

/// «符合 10 → 12», where both are the same only once.
fn pair(before: &str, after: &str) -> String {
    if before == after {
        after.to_owned()
    } else {
        format!("{before} → {after}")
    }
}

fn numbers(before: u64, after: u64) -> String {
    pair(&before.to_string(), &after.to_string())
}

fn counts(item: &ItemDiff, area: &AreaDiff) -> String {
    let (before, after) = (&area.before, &area.after);
    let mut out = format!(
        "符合 {}　待核实 {}",
        numbers(before.yes, after.yes),
        numbers(before.unknown, after.unknown)
    );
    let paid = |side: Option<engine::diff::DiffItem>| side.filter(|side| side.amount);
    let unit = |side: engine::diff::DiffItem| per(side.unit);
    let nobody = before.yes + after.yes == 0;
    if let Some(side) = paid(item.after)
        .or_else(|| paid(item.before))
        .filter(|_| !nobody)
    {
        let old = paid(item.before).map_or_else(|| unit(side), unit);
        let (then, now) = (
            format!("{} 元{old}", Fen(before.fen)),
            format!("{} 元{}", Fen(after.fen), unit(side)),
        );
        out.push_str(&format!("　金额 {}", pair(&then, &now)));
        let years = (area.years.before, area.years.after);
        if years.0.is_some() || years.1.is_some() {
            let year = |fen: Option<i64>| {
                fen.map_or_else(|| "—".to_owned(), |fen| format!("{} 元", Fen(fen)))
            };
            let years = pair(&year(years.0), &year(years.1));
            out.push_str(&format!("　一年 {years}"));
        }
        if before.fen_unknown + after.fen_unknown > 0 {
            let unknown = numbers(before.fen_unknown, after.fen_unknown);
            out.push_str(&format!("　标准未定 {unknown} 人"));
        }
    }
    out
}

fn household(item: &ItemDiff) -> bool {
    let sides = [item.before, item.after].into_iter().flatten();
    sides.into_iter().any(|side| side.household)
}

/// «门票半价 → 免票　12 人».
fn tier(change: &TierChange) -> String {
    let name = |state: &TierState| match state {
        TierState::Tier(name) => name.clone(),
        TierState::None => "没有档次".to_owned(),
        TierState::Unknown => "档次待核实".to_owned(),
    };
    let (before, after) = (name(&change.before), name(&change.after));
    format!("{before} → {after}　{} 人", change.people)
}

fn per(unit: Unit) -> String {
    match unit {
        Unit::Once => "（一次性）".to_owned(),
        unit => format!("/{}", unit.zh()),
    }
}

/// A list of counts that are not 0.
fn listed(counts: &[(&str, u64)]) -> Option<String> {
    let kept = counts.iter().filter(|(_, count)| *count > 0);
    let kept: Vec<String> = kept
        .map(|(what, count)| format!("{what} {count}"))
        .collect();
    (!kept.is_empty()).then(|| kept.join("　"))
}

fn moves(area: &AreaDiff) -> Option<String> {
    let changes = &area.changes;
    listed(&[
        ("新符合", changes.gained()),
        ("不再符合", changes.lost()),
        ("转待核实", changes.unsettled()),
        ("已核清", changes.settled()),
        ("金额增加", area.raised),
        ("金额减少", area.lowered),
        ("标准已定", area.amount_known),
        ("标准转未定", area.amount_unknown),
        ("档次改变", area.tier_changed),
        ("新进符合", area.arrived.yes),
        ("新进待核实", area.arrived.unknown),
        ("离开前符合", area.left.yes),
        ("离开前待核实", area.left.unknown),
        ("迁入", area.moved_in.people),
        ("迁出", area.moved_out.people),
    ])
}

fn says(condition: &ConditionDiff) -> String {
    let words = |side: &Option<(String, String)>| side.as_ref().map(|(says, _)| says.clone());
    match (words(&condition.before), words(&condition.after)) {
        (Some(before), Some(after)) => pair(&before, &after),
        (Some(before), None) => format!("{before}（取消）"),
        (None, Some(after)) => format!("{after}（新增）"),
        (None, None) => String::new(),
    }
}

fn by(condition: &ConditionDiff) -> String {
    let words = |changes: &Changes| {
        listed(&[
            ("新符合", changes.gained()),
            ("不再符合", changes.lost()),
            ("不符合转待核实", changes.of(Truth::False, Truth::Unknown)),
            ("待核实转不符合", changes.of(Truth::Unknown, Truth::False)),
        ])
        .unwrap_or_default()
    };
    let alone = condition.alone.all();
    format!("{}　其中只因这一条 {alone} 人", words(&condition.changes))
}

fn costs((before, after): &(Cost, Cost)) -> String {
    let yuan = |fen: i64| format!("{} 元", Fen(fen));
    let year = pair(&yuan(before.year.fen), &yuan(after.year.fen));
    let mut out = format!("一年 {year}");
    let unknown = (before.year.fen_unknown, after.year.fen_unknown);
    if unknown != (0, 0) {
        out.push_str(&format!(
            "（标准未定 {} 人次未计）",
            numbers(unknown.0, unknown.1)
        ));
    }
    for unit in Unit::ALL {
        let of = |cost: &Cost| cost.apart.get(unit).copied();
        let money = |cost: &Cost| of(cost).unwrap_or_default();
        if [money(before), money(after)] == [Money::default(); 2] {
            continue;
        }
        let name = match unit {
            Unit::Once => "一次性",
            Unit::Meal => "每人一餐",
            Unit::Visit => "每人一次",
            Unit::Month | Unit::Quarter | Unit::Year => unit.zh(),
        };
        let sums = pair(&yuan(money(before).fen), &yuan(money(after).fen));
        out.push_str(&format!("　{name}合计 {sums}（不计入一年）"));
    }
    out
}
