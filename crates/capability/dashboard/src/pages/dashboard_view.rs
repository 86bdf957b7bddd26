//! What the dashboard shows: tiles, red list, years, comparison; counts only, no names (product.md 42).

use super::{dashboard_compare, dashboard_tiles};
use crate::aim::{Aim, Target};
use crate::board::{Board, Year};
use crate::places::Place;
use crate::show;
use crate::standing::{Light, Point, Standing, quarter_end, risk};
use figures::Num;

/// 一老 or 一小.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Half {
    Old,
    Young,
}

impl Half {
    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::Old => "old",
            Self::Young => "young",
        }
    }

    pub(super) fn holds(self, domain: &str) -> bool {
        match self {
            Self::Old => domain != "托育",
            Self::Young => domain == "托育",
        }
    }

    /// Measures that have a tile (product.md, screen 1 and 8); those a plan lacks give way to its next ones.
    pub(super) const fn tiles(self) -> &'static [&'static str] {
        match self {
            Self::Old => &[
                "elders_60",
                "visit_rate",
                "care_beds",
                "tekun_disabled_rate",
                "places_per_1000",
                "receiving_people",
            ],
            Self::Young => &[
                "children_under_3",
                "childcare_places",
                "places_per_1000",
                "inclusive_place_share",
                "filed_centres",
                "newborn_visit_rate",
            ],
        }
    }
}

/// One of the six.
pub(crate) struct Tile {
    pub(crate) href: String,
    pub(crate) name: String,
    pub(crate) now: String,
    pub(crate) unit: String,
    pub(crate) light: Option<(&'static str, &'static str)>,
    pub(crate) goal: String,
    pub(crate) gap: String,
    pub(crate) change: String,
    pub(crate) meaning: String,
    /// A second figure that belongs to it: 护理型占比 58.2%（目标 ≥60%）.
    pub(crate) second: String,
    /// Badge of where the value comes from: colour and word.
    pub(crate) kind: Option<(&'static str, &'static str)>,
    /// The value's day.
    pub(crate) day: String,
    /// Words instead of a value: 未填报, 未接入.
    pub(crate) lacking: &'static str,
}

/// A target in a table.
pub(crate) struct Line {
    pub(crate) href: String,
    pub(crate) name: String,
    pub(crate) light: &'static str,
    pub(crate) pill: &'static str,
    pub(crate) why: String,
    pub(crate) goal: String,
    pub(crate) when: String,
    pub(crate) now: String,
    pub(crate) day: String,
    pub(crate) gap: String,
    pub(crate) path: String,
    pub(crate) forecast: String,
    pub(crate) due: String,
    pub(crate) who: String,
    /// The first department, and how many more.
    pub(crate) who_short: String,
    /// Whose value is the worst, with it.
    pub(crate) worst: String,
    /// Where a 督办单 to the office that answers for it is issued.
    pub(crate) letter: String,
    rank: (bool, Num),
    colour: Light,
}

/// A target that goes red before the quarter ends.
pub(crate) struct Risky {
    pub(crate) href: String,
    pub(crate) name: String,
    pub(crate) why: String,
    pub(crate) now: String,
    pub(crate) due: String,
    pub(crate) who: String,
}

/// A row of the comparison.
pub(crate) struct Compared {
    pub(crate) href: String,
    pub(crate) name: String,
    pub(crate) unit: String,
    pub(crate) whole: String,
    /// A cell a body.
    pub(crate) cells: Vec<Cell>,
}

/// A body's value in the comparison.
pub(crate) struct Cell {
    /// The body.
    pub(crate) name: String,
    /// Empty where nobody reported.
    pub(crate) value: String,
    /// 第1 …; empty where the figure has no direction.
    pub(crate) rank: String,
    /// Change since the last value of an earlier month: arrow and number.
    pub(crate) change: String,
    /// Colour and word, where there is a goal.
    pub(crate) light: Option<(&'static str, &'static str)>,
}

/// Everything the page draws.
pub(crate) struct View {
    pub(crate) tiles: Vec<Tile>,
    pub(crate) red: Vec<Line>,
    /// Not red today, red by [`View::quarter`].
    pub(crate) risks: Vec<Risky>,
    /// The end of the quarter the risks look at.
    pub(crate) quarter: String,
    /// How many there are; the list shows ten.
    pub(crate) reds: usize,
    pub(crate) lights: Vec<(&'static str, &'static str, usize)>,
    pub(crate) lines: Vec<Line>,
    pub(crate) years: Vec<Year>,
    pub(crate) compared: Vec<Compared>,
    pub(crate) bodies: Vec<String>,
    /// Names of bodies whose towns are to be confirmed.
    pub(crate) confirm: String,
    /// The last day anybody reported something for the whole place.
    pub(crate) until: String,
}

const MOST_RED: usize = 10;
const MOST_COMPARED: usize = 8;
/// Rows of both on a wall, that it fits without scrolling.
const ON_SCREEN: usize = 7;

/// Builds it for a half and a place; targets are the whole place's, so a body shows only what can be
/// compared with them.
pub(crate) fn view(board: &Board, half: Half, place: &Place, screen: bool) -> View {
    let whole = place.key == board.whole.key;
    let mine: Vec<&Target> = board
        .targets
        .iter()
        .filter(|target| half.holds(&target.measure.domain))
        .filter(|target| whole || target.comparable())
        .collect();
    let lines: Vec<Line> = mine
        .iter()
        .filter_map(|target| {
            let aim = target.leading()?;
            let mut line = line(target, aim, &board.standing(target, aim, &place.key));
            let area = ui::query_encode(&place.key);
            line.letter = format!("/tasks/letters/new?measure={}", target.measure.id);
            if !whole {
                line.letter.push_str(&format!("&area={area}"));
                line.href.push_str(&format!("?area={area}"));
            }
            if whole {
                line.worst = worst(board, target, aim.goal.down);
            }
            Some(line)
        })
        .collect();
    let count = |light: Light| lines.iter().filter(|line| line.colour == light).count();
    let lights = Light::ALL
        .iter()
        .map(|light| (light.zh(), light.pill(), count(*light)))
        .collect();
    let reds = count(Light::Red);
    let (mut red, rest): (Vec<Line>, Vec<Line>) = lines
        .into_iter()
        .partition(|line| line.colour == Light::Red);
    red.sort_by_key(|line| std::cmp::Reverse(line.rank));
    let mut lines: Vec<Line> = Vec::new();
    // The whole table holds the red ones too, worst first.
    lines.extend(red.iter().map(Line::copy));
    lines.extend(rest);
    lines.sort_by_key(|line| line.colour);
    red.truncate(if screen { ON_SCREEN } else { MOST_RED });
    View {
        tiles: dashboard_tiles::tiles(board, half, place, &mine),
        red,
        risks: risks(board, &mine, place),
        quarter: quarter_end(board.today).zh(),
        reds,
        lights,
        lines,
        years: if half == Half::Old {
            board.years()
        } else {
            Vec::new()
        },
        compared: dashboard_compare::compared(
            board,
            half,
            if screen { ON_SCREEN - 2 } else { MOST_COMPARED },
        ),
        bodies: board.bodies.iter().map(|body| body.name.clone()).collect(),
        confirm: board
            .bodies
            .iter()
            .filter(|body| body.confirm)
            .map(|body| body.name.as_str())
            .collect::<Vec<_>>()
            .join("、"),
        until: board
            .until(place)
            .unwrap_or_else(|| "还没有数据".to_owned()),
    }
}

/// The body whose value is the worst, where at least two have one.
fn worst(board: &Board, target: &Target, down: bool) -> String {
    let mut known: Vec<(Num, &str)> = board
        .bodies
        .iter()
        .filter_map(|body| {
            let value = board.last(&target.measure.id, &body.key)?.value;
            Some((value, body.name.as_str()))
        })
        .collect();
    known.sort_unstable();
    let last = if down { known.last() } else { known.first() };
    match last {
        Some((value, name)) if target.comparable() && known.len() > 1 => {
            format!("末位 {name} {}", show::with_unit(*value, &target.unit))
        }
        _ => String::new(),
    }
}

fn risks(board: &Board, mine: &[&Target], place: &Place) -> Vec<Risky> {
    mine.iter()
        .filter_map(|target| {
            let aim = target.leading()?;
            let points: Vec<Point> = board
                .values(&target.measure.id, &place.key)
                .iter()
                .map(|value| Point {
                    day: value.day,
                    value: value.value,
                })
                .collect();
            let risk = risk(&aim.goal, &points, board.today)?;
            let standing = board.standing(target, aim, &place.key);
            let line = line(target, aim, &standing);
            let says = |value| show::with_unit(value, &target.unit);
            Some(Risky {
                why: if risk.due {
                    format!(
                        "按近期速度到期约 {}，达不到 {}",
                        says(risk.expected),
                        aim.says
                    )
                } else {
                    format!(
                        "按近期速度约 {}，应到 {}",
                        says(risk.expected),
                        says(risk.wanted)
                    )
                },
                href: line.href,
                name: line.name,
                now: line.now,
                due: line.due,
                who: line.who_short,
            })
        })
        .collect()
}

impl Line {
    fn copy(&self) -> Self {
        Self {
            href: self.href.clone(),
            name: self.name.clone(),
            light: self.light,
            pill: self.pill,
            why: self.why.clone(),
            goal: self.goal.clone(),
            when: self.when.clone(),
            now: self.now.clone(),
            day: self.day.clone(),
            gap: self.gap.clone(),
            path: self.path.clone(),
            forecast: self.forecast.clone(),
            due: self.due.clone(),
            who: self.who.clone(),
            who_short: self.who_short.clone(),
            rank: self.rank,
            worst: self.worst.clone(),
            letter: self.letter.clone(),
            colour: self.colour,
        }
    }
}

/// A goal and how it stands.
pub(crate) fn line(target: &Target, aim: &Aim, standing: &Standing) -> Line {
    let unit = &target.unit;
    let some = |value: Option<Num>| value.map_or_else(String::new, |v| show::with_unit(v, unit));
    let way = aim
        .goal
        .baseline
        .map_or(aim.goal.need, |base| base.distance(aim.goal.need));
    let share = standing
        .gap
        .and_then(|gap| gap.over(way))
        .unwrap_or_default();
    let overdue = standing.why.starts_with("已过期限");
    Line {
        href: format!("/dashboard/{}", target.measure.id),
        name: target.name().to_owned(),
        light: standing.light.zh(),
        pill: standing.light.pill(),
        why: standing.why.clone(),
        goal: aim.says.clone(),
        when: aim.when.clone(),
        now: some(standing.now.map(|point| point.value)),
        day: standing
            .now
            .map_or_else(String::new, |point| point.day.to_string()),
        gap: if standing.met {
            "已达到".to_owned()
        } else {
            some(standing.gap)
        },
        path: some(standing.path),
        forecast: match (standing.forecast, standing.reaches) {
            (Some(value), Some(true)) => format!("{}，能达到", show::with_unit(value, unit)),
            (Some(value), _) => format!("{}，达不到", show::with_unit(value, unit)),
            (None, _) => String::new(),
        },
        due: standing.due.to_string(),
        who: aim.departments.join("、"),
        who_short: match aim.departments.as_slice() {
            [] => String::new(),
            [only] => only.clone(),
            [first, others @ ..] => format!("{first}等{}家", others.len() + 1),
        },
        worst: String::new(),
        letter: String::new(),
        rank: (overdue, share),
        colour: standing.light,
    }
}
