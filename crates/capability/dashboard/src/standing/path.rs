//! The path of a goal, and values as they count towards it.

use super::{Goal, Point};
use figures::Num;
use kernel::Day;

/// A yearly goal as it is for the year of `today` (or its first, or its last).
pub(super) fn in_year(goal: &Goal, today: Day) -> Goal {
    let mut out = goal.clone();
    if goal.each_year {
        let year = today.year().clamp(goal.start.year(), goal.due.year());
        out.start = Day::from_ymd(year, 1, 1).unwrap_or(goal.start);
        out.due = Day::from_ymd(year, 12, 31).map_or(goal.due, |end| end.min(goal.due));
    }
    out
}

/// Values until `today` as they count: those of a flow add up over the years of the period.
pub(super) fn counting(goal: &Goal, values: &[Point], today: Day) -> Vec<Point> {
    let known = values.iter().filter(|point| point.day <= today);
    if !goal.flow {
        return known.copied().collect();
    }
    let (mut closed, mut year, mut last) = (Num::ZERO, 0, Num::ZERO);
    let mut out = Vec::new();
    for point in known.filter(|p| p.day >= goal.start && p.day.year() <= goal.due.year()) {
        if point.day.year() != year {
            closed = closed + last;
            year = point.day.year();
        }
        last = point.value;
        out.push(Point {
            day: point.day,
            value: closed + last,
        });
    }
    out
}

/// The days at which the goal wants something, ascending, the goal last.
pub(crate) fn nodes(goal: &Goal) -> Vec<(Day, Num)> {
    let mut nodes: Vec<(Day, Num)> = goal
        .baseline
        .map(|base| (goal.start, base))
        .into_iter()
        .chain(goal.steps.iter().copied())
        .collect();
    nodes.push((goal.due, goal.need));
    nodes
}

/// What the path wants on a day: linear between two nodes; none before the first.
pub(super) fn at(goal: &Goal, day: Day) -> Option<Num> {
    let nodes = nodes(goal);
    let next = nodes.iter().position(|(node, _)| *node > day);
    let wants = match next {
        None => return Some(goal.need),
        Some(0) => {
            // Before the period its baseline counts.
            return goal.baseline;
        }
        Some(next) => {
            let (from, low) = nodes.get(next - 1)?;
            let (until, high) = nodes.get(next)?;
            let (gone, all) = (from.days_until(day), from.days_until(*until));
            let part = (*high - *low) * Num::whole(i64::from(gone));
            *low + part.over(Num::whole(i64::from(all)))?
        }
    };
    // Nobody has to be better than the goal on the way to it.
    Some(if goal.down {
        wants.max(goal.need)
    } else {
        wants.min(goal.need)
    })
}

/// The whole way from the first node to the goal.
pub(super) fn whole_way(goal: &Goal) -> Num {
    nodes(goal)
        .first()
        .map_or(Num::ZERO, |(_, first)| first.distance(goal.need))
}
