//! A measure over the years of one place, as a small picture: lines for what exists, bars for what is
//! added each year. Pure; every value is written beside its mark. Bars start at nothing; lines whose values
//! lie close together do not, and say so.

mod labels;

use askama::Template;
use askama::filters::HtmlSafe;
use labels::labels;

const WIDE: f64 = 360.0;
const TALL: f64 = 190.0;
/// Room for half a label at both sides.
const SIDE: f64 = 44.0;
const TOP: f64 = 26.0;
const FLOOR: f64 = 160.0;
/// Between the lines of two labels.
const LINE: f64 = 14.0;
/// Documents drawn with a mark of their own; further ones share the last.
const SERIES: usize = 3;

/// One value to draw.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Point {
    /// The year; none for a baseline without one, drawn before all years.
    pub(crate) year: Option<i32>,
    /// In the unit that all points share.
    pub(crate) value: f64,
    /// As printed.
    pub(crate) label: String,
    /// Shall be, not is.
    pub(crate) goal: bool,
    /// Which document, from 0.
    pub(crate) series: usize,
}

struct Mark {
    class: String,
    path: String,
}

struct Label {
    x: String,
    y: String,
    text: String,
}

/// The picture; an `<svg>` when written out.
#[derive(Template)]
#[template(path = "pages/charts_path.html")]
pub(crate) struct PathChart {
    says: String,
    floor: String,
    lines: Vec<Mark>,
    marks: Vec<Mark>,
    values: Vec<Label>,
    years: Vec<Label>,
    cut: bool,
}

impl PathChart {
    /// The axis does not start at nothing.
    pub(crate) fn cut(&self) -> bool {
        self.cut
    }
}

impl HtmlSafe for PathChart {}

/// Lines from what is to what shall be, one for each document.
pub(crate) fn lines(says: &str, points: &[Point]) -> PathChart {
    let frame = Frame::of(points, true);
    let mut chart = frame.chart(says);
    let mut drawn: Vec<Line> = Vec::new();
    for series in 0..SERIES {
        let mut steps: Vec<&Point> = points.iter().filter(|p| place(p) == series).collect();
        steps.sort_by_key(|p| p.year);
        steps.dedup_by_key(|p| p.year);
        let ends: Line = steps
            .iter()
            .map(|p| (frame.x(p.year), frame.y(p.value)))
            .collect();
        let path: Vec<String> = ends
            .iter()
            .map(|(x, y)| format!("{} {}", num(*x), num(*y)))
            .collect();
        drawn.push(ends);
        if path.len() > 1 {
            chart.lines.push(Mark {
                class: format!("path-line path-{series}"),
                path: format!("M{}", path.join("L")),
            });
        }
    }
    for point in points {
        let kind = if point.goal { "goal" } else { "state" };
        chart.marks.push(Mark {
            class: format!("path-mark path-{} path-{kind}", place(point)),
            path: shape(place(point), frame.x(point.year), frame.y(point.value)),
        });
    }
    let at = |point: &Point| (frame.x(point.year), frame.y(point.value));
    chart.values = labels(points, at, &drawn);
    chart
}

/// Bars: what is added in each year.
pub(crate) fn bars(says: &str, points: &[Point]) -> PathChart {
    let frame = Frame::of(points, false);
    let mut chart = frame.chart(says);
    let series = points.iter().map(place).max().unwrap_or(0) + 1;
    let wide = (frame.step() * 0.62 / series as f64).min(40.0);
    let left =
        |point: &Point| frame.x(point.year) + (place(point) as f64 - series as f64 / 2.0) * wide;
    for point in points {
        let (left, top) = (left(point), frame.y(point.value));
        chart.marks.push(Mark {
            class: format!("path-bar path-{}", place(point)),
            path: format!(
                "M{} {}H{}V{}H{}Z",
                num(left + 1.0),
                num(top),
                num(left + wide - 1.0),
                num(FLOOR),
                num(left + 1.0)
            ),
        });
    }
    chart.values = labels(
        points,
        |point| (left(point) + wide / 2.0, frame.y(point.value)),
        &[],
    );
    chart
}

/// The ends of a line.
type Line = Vec<(f64, f64)>;

/// Where years and values lie.
struct Frame {
    /// Years drawn, the one without first.
    years: Vec<Option<i32>>,
    first: f64,
    span: f64,
    least: f64,
    most: f64,
}

impl Frame {
    fn of(points: &[Point], may_cut: bool) -> Self {
        let mut years: Vec<Option<i32>> = points.iter().map(|point| point.year).collect();
        years.sort_unstable();
        years.dedup();
        let mut places = years.iter().copied().flatten();
        let low = places.next().unwrap_or_default();
        let high = places.next_back().unwrap_or(low);
        let first = if years.contains(&None) { low - 1 } else { low };
        let most = points.iter().map(|point| point.value).fold(0.0, f64::max);
        let low_value = points.iter().map(|point| point.value).fold(most, f64::min);
        let close = may_cut && low_value > most / 2.0 && low_value < most;
        Self {
            years,
            first: f64::from(first),
            span: f64::from(high - first),
            least: if close {
                low_value - (most - low_value)
            } else {
                0.0
            },
            most,
        }
    }

    fn x(&self, year: Option<i32>) -> f64 {
        if self.span <= 0.0 {
            return WIDE / 2.0;
        }
        let place = year.map_or(0.0, |year| f64::from(year) - self.first);
        SIDE + place / self.span * (WIDE - 2.0 * SIDE)
    }

    /// Between two neighbouring years.
    fn step(&self) -> f64 {
        if self.span <= 0.0 {
            WIDE / 4.0
        } else {
            (WIDE - 2.0 * SIDE) / self.span
        }
    }

    fn y(&self, value: f64) -> f64 {
        let range = self.most - self.least;
        if range <= 0.0 {
            return FLOOR;
        }
        FLOOR - (value - self.least) / range * (FLOOR - TOP)
    }

    fn chart(&self, says: &str) -> PathChart {
        let words = |year: Option<i32>| year.map_or_else(|| "现有".to_owned(), |y| y.to_string());
        let label = |year: &Option<i32>| Label {
            x: num(self.x(*year)),
            y: num(TALL - 10.0),
            text: words(*year),
        };
        PathChart {
            says: says.to_owned(),
            floor: num(FLOOR),
            lines: Vec::new(),
            marks: Vec::new(),
            values: Vec::new(),
            years: self.years.iter().map(label).collect(),
            cut: self.least > 0.0,
        }
    }
}

fn place(point: &Point) -> usize {
    point.series.min(SERIES - 1)
}

/// A circle, a square or a diamond.
fn shape(series: usize, x: f64, y: f64) -> String {
    let (left, top) = (num(x - 4.5), num(y - 4.5));
    match series {
        0 => format!("M{} {}a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0 -9 0Z", left, num(y)),
        1 => format!("M{left} {top}h9v9h-9Z"),
        _ => format!("M{} {}l5.5 5.5l-5.5 5.5l-5.5 -5.5Z", num(x), num(y - 5.5)),
    }
}

fn num(value: f64) -> String {
    format!("{value:.1}")
}

#[cfg(test)]
mod tests;
