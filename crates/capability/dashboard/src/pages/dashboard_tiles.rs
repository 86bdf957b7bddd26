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
            target_tile(board, board.target(id)?, place)
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
    // What is set for the whole place only is shown as that.
    let only_whole = place.key != board.whole.key && !target.comparable();
    let place = if only_whole { &board.whole } else { place };
    let standing = board.standing(target, aim, &place.key);
    let last = board.last(&target.measure.id, &place.key);
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
            if only_whole { "全市目标" } else { "" },
            if target.flow { "累计" } else { "" },
            target.per,
        ]
        .iter()
        .filter(|words| !words.is_empty())
        .copied()
        .collect::<Vec<_>>()
        .join(" · "),
        second: second(board, &target.measure.id, place),
        kind: last.map(|value| (value.kind.pill(), value.kind.zh())),
        day: last.map_or_else(String::new, |value| value.day.to_string()),
        lacking: "未填报",
    })
}

/// Figures that stand on another one's tile (product.md, screen 1).
const SECOND: [(&str, &str, &str); 2] = [
    ("care_beds", "nursing_bed_share", "护理型"),
    ("places_per_1000", "inclusive_place_share", "普惠"),
];

fn second(board: &Board, id: &str, place: &Place) -> String {
    let Some((_, other, words)) = SECOND.iter().find(|(of, ..)| *of == id) else {
        return String::new();
    };
    let Some((target, aim)) = board
        .target(other)
        .and_then(|target| Some((target, target.leading()?)))
    else {
        return String::new();
    };
    let now = board.last(other, &place.key).map_or_else(
        || "未填报".to_owned(),
        |value| show::with_unit(value.value, &target.unit),
    );
    format!("{words} {now}（目标 {}）", aim.says)
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
    let money = figure.domain == "资金";
    let paid = board.last("receiving_money", &place.key).map(|value| {
        let unit = Unit::parse("万元");
        format!("应发 {}", show::with_unit(value.value, &unit))
    });
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
        goal: if money { paid } else { share }.unwrap_or_default(),
        gap: if last.is_none() && money {
            "载入在享花名册后计算".to_owned()
        } else if last.is_none() {
            "还没有计算，在填报页点“现在重算”".to_owned()
        } else {
            String::new()
        },
        change: change.unwrap_or_default(),
        meaning: if money {
            "按户籍地 · 退回未接入"
        } else {
            "按常住地"
        }
        .to_owned(),
        second: String::new(),
        kind: last.map(|value| (value.kind.pill(), value.kind.zh())),
        day: last.map_or_else(String::new, |value| value.day.to_string()),
        lacking: if money { "未接入" } else { "未计算" },
    }
}
