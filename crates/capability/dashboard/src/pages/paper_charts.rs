//! The charts of the page: bodies by rank, dated tasks by year.

use super::dashboard_view::Half;
use super::paper_content::Stood;
use crate::aim::Target;
use crate::board::{Board, Year};
use crate::places::Place;
use crate::show;
use crate::standing::Light;
use docs::Block;
use docs::chart::{Bar, BarGroup, Segment, Stack, bars, stacks};
use figures::Num;

/// Widths of the pictures in points: 64 and 36 of a hundred of the type area.
const RANKING: u32 = 322;
const YEARS: u32 = 176;
const MEASURES: usize = 2;

fn down(target: &Target) -> bool {
    target.leading().is_some_and(|aim| aim.goal.down)
}

/// Bodies with what they reported, the best first; without a value last.
fn ranked<'a>(board: &'a Board, target: &Target) -> Vec<(&'a Place, Option<Num>)> {
    let mut out: Vec<(&Place, Option<Num>)> = board
        .bodies
        .iter()
        .map(|body| {
            let last = board.last(&target.measure.id, &body.key);
            (body, last.map(|value| value.value))
        })
        .collect();
    if down(target) {
        out.sort_by_key(|(_, value)| (value.is_none(), *value));
    } else {
        out.sort_by_key(|(_, value)| (value.is_none(), std::cmp::Reverse(*value)));
    }
    out
}

/// The body that is alone at the end, where at least two reported.
pub(super) fn worst(board: &Board, target: &Target) -> Option<String> {
    if !target.comparable() {
        return None;
    }
    let values: Vec<(&Place, Num)> = ranked(board, target)
        .into_iter()
        .filter_map(|(body, value)| Some((body, value?)))
        .collect();
    match values.as_slice() {
        [.., (_, before), (last, value)] if before != value => Some(last.name.clone()),
        _ => None,
    }
}

/// The measures that most bodies reported, red ones first, one of each half where both have one.
pub(super) fn ranking(board: &Board, all: &[Stood<'_>], red: &[&Stood<'_>]) -> Vec<Block> {
    let heading = Block::Heading {
        text: "三、属地对比".to_owned(),
        aside: "按管理区划，由好到差".to_owned(),
    };
    let reported = |one: &Stood<'_>| {
        let values = board.bodies.iter();
        values
            .filter(|body| board.last(&one.target.measure.id, &body.key).is_some())
            .count()
    };
    let mut fit: Vec<&Stood<'_>> = red
        .iter()
        .copied()
        .chain(all.iter().filter(|one| one.standing.light != Light::Red))
        .filter(|one| one.target.comparable() && reported(one) > 1)
        .collect();
    // Where nobody is last there is nothing to compare.
    fit.sort_by_key(|one| worst(board, one.target).is_none());
    // The first of each half, then whatever comes.
    if let Some(first) = fit.first() {
        let young = Half::Young.holds(&first.target.measure.domain);
        let other = fit
            .iter()
            .position(|one| Half::Young.holds(&one.target.measure.domain) != young);
        if let Some(other) = other {
            let one = fit.remove(other);
            fit.insert(1, one);
        }
    }
    fit.truncate(MEASURES);
    let groups: Vec<BarGroup> = fit.iter().map(|one| group(board, one)).collect();
    if groups.is_empty() {
        let text = "还没有两个以上属地的数，由县（市、区）和管委会填报。".to_owned();
        return vec![heading, Block::Text { text }];
    }
    vec![heading, Block::Figure(bars(&groups, RANKING))]
}

fn group(board: &Board, one: &Stood<'_>) -> BarGroup {
    let target = one.target;
    let last = worst(board, target);
    let shown = |value: Num| value.over(target.unit.times).unwrap_or(value).to_f64();
    let bars = ranked(board, target)
        .into_iter()
        .map(|(body, value)| Bar {
            name: body.name.clone(),
            value: value.map(shown),
            says: value.map_or_else(
                || "未填报".to_owned(),
                |value| show::number(value, &target.unit),
            ),
            last: last.as_deref() == Some(body.name.as_str()),
        })
        .collect();
    BarGroup {
        title: format!("{}（{}）", target.name(), target.unit.printed),
        bars,
        goal: Some((
            shown(one.aim.goal.need),
            format!("目标 {}", show::number(one.aim.goal.need, &target.unit)),
        )),
    }
}

const STATES: [(&str, &str, &str); 5] = [
    ("完成", "#146C43", "#FFFFFF"),
    ("正常", "#BFE3CD", "#1F2933"),
    ("滞后", "#FFD98A", "#1F2933"),
    ("逾期", "#B42318", "#FFFFFF"),
    ("没有数", "#FFFFFF", "#1F2933"),
];

/// Dated tasks by year; they are the whole place's and 一老's.
pub(super) fn years(board: &Board, whole: bool, halves: &[Half]) -> Vec<Block> {
    let heading = |aside: String| Block::Heading {
        text: "四、年度任务".to_owned(),
        aside,
    };
    let years = board.years();
    if !whole || !halves.contains(&Half::Old) || years.is_empty() {
        let text = match whole {
            _ if !halves.contains(&Half::Old) => "年度任务列在“一老”的页里。",
            true => "规划没有列年度任务。",
            false => "年度任务只定到全域，不分属地。",
        };
        let text = text.to_owned();
        return vec![heading(String::new()), Block::Text { text }];
    }
    let segments: Vec<Segment> = STATES
        .map(|(name, fill, ink)| Segment {
            name: name.to_owned(),
            fill,
            ink,
        })
        .to_vec();
    let rows: Vec<Stack> = years.iter().map(stack).collect();
    let due: usize = years.iter().map(|year| year.silent_over).sum();
    let aside = if due > 0 {
        format!("没有数的 {due} 项已到期")
    } else {
        String::new()
    };
    vec![
        heading(aside),
        Block::Figure(stacks(&segments, &rows, YEARS)),
    ]
}

fn stack(year: &Year) -> Stack {
    Stack {
        name: format!("{}年", year.year),
        counts: vec![
            year.met,
            year.on_way,
            year.late,
            year.over,
            year.silent + year.silent_over,
        ],
    }
}
