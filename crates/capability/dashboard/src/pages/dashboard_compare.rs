//! 属地对比: the bodies of the 管理区划 side by side, ranked where the figure has a direction.

use super::dashboard_view::{Cell, Compared, Half};
use crate::aim::Target;
use crate::board::Board;
use crate::computed;
use crate::show;
use crate::suppress;
use figures::{Num, Unit};

pub(super) fn compared(board: &Board, half: Half, most: usize) -> Vec<Compared> {
    let figures = computed::ALL
        .iter()
        .filter(|figure| half.holds(figure.domain))
        .filter(|figure| {
            matches!(
                figure.id,
                "elders_60_share" | "children_under_3" | "owed_people"
            )
        })
        .map(|figure| {
            (
                figure.id,
                figure.name,
                Unit::parse(figure.unit),
                figure.down,
            )
        });
    let targets = board
        .targets
        .iter()
        .filter(|target| half.holds(&target.measure.domain) && target.comparable())
        .map(|target| {
            let down = target.leading().is_some_and(|aim| aim.goal.down);
            (
                target.measure.id.as_str(),
                target.name(),
                target.unit.clone(),
                Some(down),
            )
        });
    figures
        .chain(targets)
        .filter_map(|(id, name, unit, ranked)| row(board, id, name, &unit, ranked))
        .take(most)
        .collect()
}

/// `ranked`: in which direction it is ranked (less is better), if at all.
fn row(board: &Board, id: &str, name: &str, unit: &Unit, ranked: Option<bool>) -> Option<Compared> {
    let values: Vec<Option<Num>> = board
        .bodies
        .iter()
        .map(|body| board.last(id, &body.key).map(|value| value.value))
        .collect();
    if values.iter().all(Option::is_none) {
        return None;
    }
    let rank = |value: Num| {
        let better = |other: &Num| match ranked {
            Some(true) => *other < value,
            _ => *other > value,
        };
        1 + values
            .iter()
            .flatten()
            .filter(|other| better(other))
            .count()
    };
    let target = board.target(id);
    // This page is printed and thrown on walls: small counts are kept for everybody.
    let counts = computed::of(id).is_some_and(computed::Computed::counts_people);
    let whole_numbers: Vec<i64> = values
        .iter()
        .map(|value| value.map_or(0, |value| value.to_f64() as i64))
        .collect();
    let kept = suppress::rows(&whole_numbers, &[]);
    let shown = |at: usize| !counts || kept.get(at).is_some_and(|cell| cell.is_open());
    let all = (0..values.len()).all(shown);
    let cells = board
        .bodies
        .iter()
        .zip(&values)
        .enumerate()
        .map(|(at, (body, value))| Cell {
            name: body.name.clone(),
            value: match (value, kept.get(at)) {
                (Some(_), Some(cell)) if !shown(at) => cell.text(),
                (Some(value), _) => show::number(*value, unit),
                (None, _) => String::new(),
            },
            rank: match (value, ranked) {
                (Some(value), Some(_)) if all => format!("第{}", rank(*value)),
                _ => String::new(),
            },
            change: if shown(at) {
                moved(board, id, &body.key, unit)
            } else {
                String::new()
            },
            light: target
                .zip(target.and_then(Target::leading))
                .and_then(|(target, aim)| {
                    let light = board.standing(target, aim, &body.key).light;
                    value.map(|_| (light.pill(), light.zh()))
                }),
        })
        .collect();
    Some(Compared {
        href: format!("/dashboard/{id}"),
        name: name.to_owned(),
        unit: unit.printed.clone(),
        whole: board
            .last(id, &board.whole.key)
            .map_or_else(String::new, |value| show::number(value.value, unit)),
        cells,
    })
}

/// The change since the last value of an earlier month.
fn moved(board: &Board, id: &str, area: &str, unit: &Unit) -> String {
    let values = board.values(id, area);
    let Some(last) = values.last() else {
        return String::new();
    };
    let month = last.day.first_of_month();
    let Some(before) = values.iter().rev().find(|value| value.day < month) else {
        return String::new();
    };
    let by = show::number(last.value.distance(before.value), unit);
    match last.value.cmp(&before.value) {
        std::cmp::Ordering::Greater => format!("↑{by}"),
        std::cmp::Ordering::Less => format!("↓{by}"),
        std::cmp::Ordering::Equal => "→".to_owned(),
    }
}
