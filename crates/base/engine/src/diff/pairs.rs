//! Which item, and which condition of it, stands for which on the other side (row C02).

use rules::{FactId, Item, List};

/// An item on both sides or on one.
pub(super) struct ItemPair {
    /// Its place in the first list.
    pub(super) before: Option<usize>,
    /// Its place in the second.
    pub(super) after: Option<usize>,
    /// Its conditions, where it is on both sides.
    pub(super) conditions: Vec<Pair>,
}

/// The places of a condition among those of the item on each side.
pub(super) type Pair = (Option<usize>, Option<usize>);

/// The items by number; they are the same where number and name are.
pub(super) fn items(before: &List, after: &List) -> Vec<ItemPair> {
    let same =
        |a: &Item, b: &Item| a.service.no == b.service.no && a.service.name == b.service.name;
    let mut pairs = Vec::new();
    for (place, item) in before.items().iter().enumerate() {
        let other = after.items().iter().position(|other| same(item, other));
        let found = other.and_then(|other| after.items().get(other));
        let conditions = found.map(|other| conditions(&rows(before, item), &rows(after, other)));
        let pair = ItemPair {
            before: Some(place),
            after: other,
            conditions: conditions.unwrap_or_default(),
        };
        pairs.push((item.service.no, false, pair));
    }
    for (place, item) in after.items().iter().enumerate() {
        if !before.items().iter().any(|other| same(other, item)) {
            let pair = ItemPair {
                before: None,
                after: Some(place),
                conditions: Vec::new(),
            };
            pairs.push((item.service.no, true, pair));
        }
    }
    // One that was dropped stands before the one that took its number.
    pairs.sort_by_key(|(no, added, _)| (*no, *added));
    pairs.into_iter().map(|(_, _, pair)| pair).collect()
}

/// A condition of an item.
#[derive(PartialEq, Eq)]
struct Row<'a> {
    says: &'a str,
    text: &'a str,
    reads: &'a [FactId],
}

fn rows<'a>(list: &'a List, item: &'a Item) -> Vec<Row<'a>> {
    let each = item.says.iter().zip(&item.conditions);
    each.map(|(says, id)| {
        let condition = list.condition(*id);
        Row {
            says,
            text: condition.map_or("", |condition| &condition.text),
            reads: condition.map_or(&[], |condition| &condition.reads),
        }
    })
    .collect()
}

/// The conditions of an item on both sides: first those that are the same, then those with the same
/// text, then those that say the same, then those that ask the same facts («80周岁及以上» and
/// «75周岁及以上»), then those that share one. One that finds no other was added or dropped.
fn conditions(before: &[Row<'_>], after: &[Row<'_>]) -> Vec<Pair> {
    let rounds: [fn(&Row<'_>, &Row<'_>) -> bool; 5] = [
        |a, b| a == b,
        |a, b| a.text == b.text,
        |a, b| a.says == b.says,
        |a, b| !a.reads.is_empty() && a.reads == b.reads,
        |a, b| a.reads.iter().any(|fact| b.reads.contains(fact)),
    ];
    let mut found: Vec<Option<usize>> = vec![None; after.len()];
    for alike in rounds {
        for (at, row) in after.iter().enumerate() {
            if found.get(at) != Some(&None) {
                continue;
            }
            let other = before
                .iter()
                .enumerate()
                .position(|(place, other)| !found.contains(&Some(place)) && alike(other, row));
            if let Some(slot) = found.get_mut(at) {
                *slot = other;
            }
        }
    }
    let dropped: Vec<Pair> = (0..before.len())
        .filter(|place| !found.contains(&Some(*place)))
        .map(|place| (Some(place), None))
        .collect();
    let kept = found.iter().enumerate();
    kept.map(|(at, place)| (*place, Some(at)))
        .chain(dropped)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row<'a>(says: &'a str, text: &'a str, reads: &'a [FactId]) -> Row<'a> {
        Row { says, text, reads }
    }

    /// Row C02: what was written anew is compared with what it replaced, the rest was added or dropped.
    #[test]
    fn conditions_find_what_they_replace() {
        let (birth, hukou) = ([FactId::BIRTH_DATE], [FactId::HUKOU_AREA]);
        let alive = [FactId::ALIVE];
        let before = [
            row("健在", "alive", &alive),
            row("80周岁及以上", "age >= 80", &birth),
            row("本市户籍", "hukou_local", &hukou),
        ];
        let after = [
            row("本市户籍", "hukou_local", &hukou),
            row("75周岁及以上", "age >= 75", &birth),
            row("某县", "inside(hukou_area, '421321')", &hukou),
        ];
        assert_eq!(
            conditions(&before, &after),
            [
                (Some(2), Some(0)),
                (Some(1), Some(1)),
                (None, Some(2)),
                (Some(0), None)
            ]
        );
    }
}
