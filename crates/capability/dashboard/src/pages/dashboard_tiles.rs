//! The six tiles: value, goal, distance, change, meaning.

use super::dashboard_view::{Half, Tile};
use crate::aim::{Aim, Target};
use crate::board::Board;
use crate::computed;
use crate::places::Place;
use crate::show;
use figures::Unit;

pub(super) fn tiles(board: &Board, half: Half, place: &Place, mine: &[&Target]) -> Vec<Tile> {
    let wanted = half.tiles();
    let mut out: Vec<Tile> = wanted
        .iter()
        .filter_map(|id| {
            if let Some(figure) = computed::of(id) {
                return Some(computed_tile(board, figure, place));
            }
            let target = mine.iter().find(|target| target.measure.id == *id)?;
            target_tile(board, target, place)
        })
        .collect();
    let next = mine
        .iter()
        .filter(|target| !wanted.contains(&target.measure.id.as_str()))
        .filter_map(|target| target_tile(board, target, place));
    let lacking = wanted.len().saturating_sub(out.len());
    out.extend(next.take(lacking));
    out
}

fn target_tile(board: &Board, target: &Target, place: &Place) -> Option<Tile> {
    let aim = target.leading()?;
    let standing = board.standing(target, aim, &place.key);
    let kind = board
        .last(&target.measure.id, &place.key)
        .map(|value| value.kind.zh());
    Some(Tile {
        href: href(&target.measure.id, board, place),
        name: target.name().to_owned(),
        now: standing
            .now
            .map_or_else(String::new, |point| show::number(point.value, &target.unit)),
        unit: target.unit.printed.clone(),
        light: Some((standing.light.pill(), standing.light.zh())),
        goal: format!("{} {}", aim.when, aim.says),
        gap: match standing.gap {
            Some(_) if standing.met => "已达到".to_owned(),
            Some(gap) => format!("还差 {}", show::with_unit(gap, &target.unit)),
            None => format!("由{}填报", who(aim)),
        },
        change: standing.change.map_or_else(String::new, |(by, since)| {
            format!("较{}月末 {}", since.month(), show::change(by, &target.unit))
        }),
        meaning: [
            kind.unwrap_or_default(),
            if target.flow { "累计" } else { "" },
            target.per,
        ]
        .iter()
        .filter(|words| !words.is_empty())
        .copied()
        .collect::<Vec<_>>()
        .join(" · "),
    })
}

fn who(aim: &Aim) -> String {
    aim.departments
        .first()
        .cloned()
        .unwrap_or_else(|| "牵头单位".to_owned())
}

fn href(measure: &str, board: &Board, place: &Place) -> String {
    if place.key == board.whole.key {
        format!("/dashboard/{measure}")
    } else {
        format!("/dashboard/{measure}?area={}", ui::query_encode(&place.key))
    }
}

fn computed_tile(board: &Board, figure: &computed::Computed, place: &Place) -> Tile {
    let unit = Unit::parse(figure.unit);
    let values = board.values(figure.id, &place.key);
    let last = values.last();
    let share = board
        .last(&format!("{}_share", figure.id), &place.key)
        .map(|value| format!("占 {}%", show::number(value.value, &Unit::parse("%"))));
    let change = last.and_then(|last| {
        let month = last.day.first_of_month();
        let before = values.iter().rev().find(|value| value.day < month)?;
        let by = show::change(last.value - before.value, &unit);
        Some(format!("较{}月末 {by}", before.day.month()))
    });
    Tile {
        href: href(figure.id, board, place),
        name: figure.name.to_owned(),
        now: last.map_or_else(String::new, |value| show::number(value.value, &unit)),
        unit: figure.unit.to_owned(),
        light: None,
        goal: share.unwrap_or_default(),
        gap: if last.is_none() {
            "还没有计算，在填报页点“现在重算”".to_owned()
        } else {
            String::new()
        },
        change: change.unwrap_or_default(),
        meaning: "计算 · 按常住地".to_owned(),
    }
}
