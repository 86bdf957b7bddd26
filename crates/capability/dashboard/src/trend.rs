//! The trend of a figure as a small picture: values, the path the plan wants, the goal. Pure.

use crate::show;
use crate::standing::Point;
use askama::Template;
use askama::filters::HtmlSafe;
use figures::{Num, Unit};
use kernel::Day;

const WIDE: f64 = 640.0;
const TALL: f64 = 240.0;
const LEFT: f64 = 34.0;
const RIGHT: f64 = 606.0;
const TOP: f64 = 34.0;
const FLOOR: f64 = 200.0;

struct Label {
    x: String,
    y: String,
    text: String,
    at: &'static str,
}

/// The picture; an `<svg>` when written out.
#[derive(Template)]
#[template(path = "pages/trend.html")]
pub(crate) struct Trend {
    says: String,
    wide: f64,
    tall: f64,
    floor: f64,
    values: String,
    marks: Vec<(String, String)>,
    path: String,
    goal: String,
    labels: Vec<Label>,
}

impl HtmlSafe for Trend {}

/// What is drawn.
pub(crate) struct Drawn<'a> {
    /// What the picture shows, for those who do not see it.
    pub(crate) says: String,
    /// Values, days ascending, at least two.
    pub(crate) points: &'a [Point],
    /// Path: day and value wanted, ascending; the goal last.
    pub(crate) path: &'a [(Day, Num)],
    /// Of labels.
    pub(crate) unit: &'a Unit,
}

/// Draws it; nothing where there are fewer than two values.
pub(crate) fn draw(drawn: &Drawn<'_>) -> Option<Trend> {
    let (first, last) = (drawn.points.first()?, drawn.points.last()?);
    if first.day == last.day {
        return None;
    }
    // Only what lies in the time of the values, with the goal at its deadline when that is near.
    let goal = drawn.path.last();
    let end = goal.map_or(last.day, |(due, _)| {
        if last.day.days_until(*due) < 500 {
            last.day.max(*due)
        } else {
            last.day
        }
    });
    let wanted: Vec<(Day, f64)> = clip(drawn.path, first.day, end);
    let all = drawn
        .points
        .iter()
        .map(|point| point.value.to_f64())
        .chain(wanted.iter().map(|(_, value)| *value));
    let (low, high) = all.fold((f64::MAX, f64::MIN), |(low, high), value| {
        (low.min(value), high.max(value))
    });
    let span = if high > low {
        high - low
    } else {
        high.abs().max(1.0)
    };
    let days = f64::from(first.day.days_until(end)).max(1.0);
    let x = |day: Day| LEFT + f64::from(first.day.days_until(day)) / days * (RIGHT - LEFT);
    let y = |value: f64| FLOOR - 30.0 - (value - low) / span * (FLOOR - 30.0 - TOP);
    // Beside the line, not on it.
    let rises = drawn
        .points
        .get(1)
        .is_some_and(|next| next.value > first.value);
    let line = |ends: &mut dyn Iterator<Item = (f64, f64)>| {
        let ends: Vec<String> = ends.map(|(x, y)| format!("{x:.1} {y:.1}")).collect();
        if ends.len() > 1 {
            format!("M{}", ends.join("L"))
        } else {
            String::new()
        }
    };
    let values = line(&mut drawn.points.iter().map(|p| (x(p.day), y(p.value.to_f64()))));
    let path = line(&mut wanted.iter().map(|(day, value)| (x(*day), y(*value))));
    let marks = drawn
        .points
        .iter()
        .map(|p| {
            (
                format!("{:.1}", x(p.day)),
                format!("{:.1}", y(p.value.to_f64())),
            )
        })
        .collect();
    let label = |x: f64, y: f64, text: String, at| Label {
        x: format!("{x:.1}"),
        y: format!("{y:.1}"),
        text,
        at,
    };
    let place = |x: f64| {
        if x < 70.0 {
            "start"
        } else if x > WIDE - 70.0 {
            "end"
        } else {
            "middle"
        }
    };
    let mut labels = vec![
        label(x(first.day), FLOOR + 20.0, month(first.day), "start"),
        label(
            x(first.day),
            y(first.value.to_f64()) + if rises { 22.0 } else { -10.0 },
            show::with_unit(first.value, drawn.unit),
            "start",
        ),
        label(
            x(last.day),
            y(last.value.to_f64()) - 10.0,
            show::with_unit(last.value, drawn.unit),
            place(x(last.day)),
        ),
    ];
    if x(last.day) - x(first.day) > 90.0 {
        labels.push(label(
            x(last.day),
            FLOOR + 20.0,
            month(last.day),
            place(x(last.day)),
        ));
    }
    let mut mark = String::new();
    if let Some((due, need)) = goal.filter(|(due, _)| *due <= end && *due >= first.day) {
        mark = format!("M{:.1} {:.1}h12", x(*due) - 6.0, y(need.to_f64()));
        if x(*due) - x(last.day) > 90.0 {
            labels.push(label(x(*due), FLOOR + 20.0, month(*due), "end"));
            labels.push(label(
                x(*due),
                y(need.to_f64()) - 10.0,
                format!("目标 {}", show::with_unit(*need, drawn.unit)),
                "end",
            ));
        }
    }
    Some(Trend {
        says: drawn.says.clone(),
        wide: WIDE,
        tall: TALL,
        floor: FLOOR,
        values,
        marks,
        path,
        goal: mark,
        labels,
    })
}

/// The path between two days, cut where it enters and leaves.
fn clip(path: &[(Day, Num)], from: Day, until: Day) -> Vec<(Day, f64)> {
    let at = |day: Day| -> Option<f64> {
        let next = path.iter().position(|(node, _)| *node >= day)?;
        let (high_day, high) = path.get(next)?;
        if *high_day == day {
            return Some(high.to_f64());
        }
        let (low_day, low) = path.get(next.checked_sub(1)?)?;
        let part = f64::from(low_day.days_until(day)) / f64::from(low_day.days_until(*high_day));
        Some(low.to_f64() + (high.to_f64() - low.to_f64()) * part)
    };
    let mut out: Vec<(Day, f64)> = at(from).map(|value| (from, value)).into_iter().collect();
    out.extend(
        path.iter()
            .filter(|(day, _)| *day > from && *day < until)
            .map(|(day, value)| (*day, value.to_f64())),
    );
    out.extend(at(until).map(|value| (until, value)));
    out
}

fn month(day: Day) -> String {
    format!("{}年{}月", day.year(), day.month())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One value is no trend; the picture says its ends and the goal.
    #[test]
    fn ends_and_goal_are_written() {
        let day = |month| Day::from_ymd(2025, month, 28).unwrap_or_else(|| panic!());
        let unit = Unit::parse("%");
        let points = [
            Point {
                day: day(1),
                value: Num::whole(50),
            },
            Point {
                day: day(6),
                value: Num::whole(55),
            },
        ];
        let path = [(day(1), Num::whole(50)), (day(12), Num::whole(60))];
        let drawn = |points| Drawn {
            says: "趋势".to_owned(),
            points,
            path: &path,
            unit: &unit,
        };
        assert!(draw(&drawn(&points[..1])).is_none());
        let svg = draw(&drawn(&points))
            .map(|trend| trend.to_string())
            .unwrap_or_default();
        for words in ["2025年1月", "2025年6月", "50%", "55%", "目标 60%", "趋势"] {
            assert!(svg.contains(words), "{words}: {svg}");
        }
    }
}
