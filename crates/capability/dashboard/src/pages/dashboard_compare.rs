//! 属地对比: the bodies of the 管理区划 side by side, ranked where the figure has a direction.

use super::dashboard_view::{Compared, Half};
use crate::board::Board;
use crate::computed;
use crate::show;
use figures::{Num, Unit};

pub(super) fn compared(board: &Board, half: Half, most: usize) -> Vec<Compared> {
    let figures = computed::ALL
        .iter()
        .filter(|figure| half.holds(figure.domain))
        .filter(|figure| {
            matches!(
                figure.id,
                "elders_60" | "elders_60_share" | "children_under_3"
            )
        })
        .map(|figure| (figure.id, figure.name, Unit::parse(figure.unit), None));
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
    let cells = board
        .bodies
        .iter()
        .zip(&values)
        .map(|(body, value)| match value {
            Some(value) => (
                body.name.clone(),
                show::number(*value, unit),
                ranked.map_or_else(String::new, |_| format!("第{}", rank(*value))),
            ),
            None => (body.name.clone(), String::new(), String::new()),
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
