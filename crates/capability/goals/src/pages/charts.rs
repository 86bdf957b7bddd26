//! Charts the server draws: pure SVG whose label is the sentence it tells.
//!
//! The same figures always stand in a table beside a chart, so nothing is told by colour alone:
//! series differ in stripes too. 360 units wide, so that the words stay readable on a phone.

use askama::filters::HtmlSafe;
use std::fmt;

const WIDTH: f64 = 360.0;
/// Looks of a series: colour (a class) and stripes.
const LOOKS: usize = 5;

/// A drawn chart; everything in it is escaped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Chart(String);

impl fmt::Display for Chart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl HtmlSafe for Chart {}

/// One value: how long its bar is, and its words.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Datum {
    pub(crate) amount: f64,
    pub(crate) words: String,
}

impl Datum {
    pub(crate) fn new(amount: f64, words: impl Into<String>) -> Self {
        Self {
            amount,
            words: words.into(),
        }
    }
}

/// The bars of a year: one value a series.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Year {
    pub(crate) label: String,
    pub(crate) values: Vec<Option<Datum>>,
}

/// A place of a comparison.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Line {
    pub(crate) label: String,
    pub(crate) now: Option<Datum>,
    pub(crate) goals: Vec<Datum>,
}

/// Bars by year, series beside each other or on top of each other.
pub(crate) fn by_year(says: &str, series: &[&str], years: &[Year], stacked: bool) -> Chart {
    let amounts = |year: &Year| -> Vec<f64> {
        year.values
            .iter()
            .map(|v| v.as_ref().map_or(0.0, |v| v.amount))
            .collect()
    };
    let tops = years.iter().map(|year| {
        let all = amounts(year);
        if stacked {
            all.iter().sum()
        } else {
            all.into_iter().fold(0.0, f64::max)
        }
    });
    let top = tops.fold(0.0, f64::max);
    if years.is_empty() || !drawable(top) {
        return nothing(says);
    }
    let (base, high) = (196.0, 172.0);
    let slot = WIDTH / years.len() as f64;
    let bars = if stacked { 1 } else { series.len().max(1) };
    let wide = ((slot - 12.0) / bars as f64).clamp(3.0, 44.0);
    let mut body = format!("<path class=\"axis\" d=\"M0 {base}h{WIDTH}\"/>");
    for (index, year) in years.iter().enumerate() {
        let middle = slot * (index as f64 + 0.5);
        let mut floor = base;
        for (at, value) in year.values.iter().enumerate() {
            let Some(value) = value else { continue };
            let tall = high * share(value.amount, top);
            let left = if stacked {
                middle - wide / 2.0
            } else {
                middle - wide * bars as f64 / 2.0 + wide * at as f64
            };
            let from = if stacked { floor } else { base };
            body.push_str(&bar(at, left, from - tall, (wide - 2.0).max(1.0), tall));
            let words = left + (wide - 2.0) / 2.0;
            let last = at + 1 == year.values.len();
            if !stacked || last {
                body.push_str(&text(
                    "t-mid t-small",
                    words,
                    from - tall - 4.0,
                    &value.words,
                ));
            }
            floor = from - tall;
        }
        body.push_str(&text("t-mid t-soft", middle, base + 16.0, &year.label));
    }
    let mut high = base + 22.0;
    if series.len() > 1 {
        let step = WIDTH / series.len() as f64;
        for (at, name) in series.iter().enumerate() {
            let left = step * at as f64;
            body.push_str(&bar(at, left, base + 26.0, 12.0, 12.0));
            body.push_str(&text("t-soft", left + 17.0, base + 36.0, name));
        }
        high = base + 42.0;
    }
    svg(says, high, &body)
}

/// One bar cut into the shares of a whole, with a key below.
pub(crate) fn structure(says: &str, parts: &[(String, Datum)]) -> Chart {
    let whole: f64 = parts.iter().map(|(_, value)| value.amount.max(0.0)).sum();
    if !drawable(whole) {
        return nothing(says);
    }
    let (mut left, mut body) = (0.0, String::new());
    for (at, (label, value)) in parts.iter().enumerate() {
        let wide = WIDTH * share(value.amount, whole);
        body.push_str(&bar(at, left, 0.0, (wide - 2.0).max(0.5), 30.0));
        left += wide;
        let top = 42.0 + 20.0 * at as f64;
        body.push_str(&bar(at, 0.0, top, 12.0, 12.0));
        body.push_str(&text("", 18.0, top + 10.5, label));
        body.push_str(&text("t-end t-soft", WIDTH, top + 10.5, &value.words));
    }
    svg(says, 42.0 + 20.0 * parts.len() as f64, &body)
}

/// One line a place: a bar up to what is, a mark at what shall be. `full`: the end of the scale, where
/// the measure has one (100 for per cent).
pub(crate) fn comparison(says: &str, lines: &[Line], full: Option<f64>) -> Chart {
    let all = lines
        .iter()
        .flat_map(|line| line.now.iter().chain(&line.goals));
    let most = all.map(|value| value.amount).fold(0.0, f64::max);
    let most = full.filter(|full| *full >= most).unwrap_or(most);
    if !drawable(most) {
        return nothing(says);
    }
    // Room for half a mark at the end.
    let (step, wide) = (40.0, WIDTH - 8.0);
    let mut body = String::new();
    let mut goals = false;
    for (index, item) in lines.iter().enumerate() {
        let top = step * index as f64;
        let wanted: Vec<&str> = item.goals.iter().map(|goal| goal.words.as_str()).collect();
        let wanted = Some(wanted.join("、")).filter(|words| !words.is_empty());
        let now = item.now.as_ref().map(|now| now.words.clone());
        let words: Vec<String> = now.into_iter().chain(wanted).collect();
        body.push_str(&text("", 0.0, top + 12.0, &item.label));
        body.push_str(&format!(
            "<rect class=\"track\" x=\"0\" y=\"{}\" width=\"{WIDTH}\" height=\"12\"/>",
            num(top + 18.0)
        ));
        if let Some(now) = &item.now {
            body.push_str(&bar(
                0,
                0.0,
                top + 18.0,
                wide * share(now.amount, most),
                12.0,
            ));
        }
        for goal in &item.goals {
            body.push_str(&mark(wide * share(goal.amount, most), top + 24.0));
            goals = true;
        }
        let said = if words.is_empty() {
            "未列".to_owned()
        } else {
            words.join(" → ")
        };
        body.push_str(&text("t-end", WIDTH, top + 12.0, &said));
    }
    let top = step * lines.len() as f64 + 4.0;
    body.push_str(&bar(0, 0.0, top, 12.0, 12.0));
    body.push_str(&text("t-soft", 18.0, top + 10.5, "现有"));
    if goals {
        body.push_str(&mark(66.0, top + 6.0));
        body.push_str(&text("t-soft", 78.0, top + 10.5, "目标"));
    }
    svg(says, top + 16.0, &body)
}

fn svg(says: &str, high: f64, body: &str) -> Chart {
    Chart(format!(
        "<svg class=\"plan-chart\" role=\"img\" aria-label=\"{}\" viewBox=\"0 0 {WIDTH} {}\">{body}</svg>",
        safe(says),
        num(high)
    ))
}

fn nothing(says: &str) -> Chart {
    svg(says, 24.0, &text("t-soft", 0.0, 16.0, "没有可以画的数"))
}

/// A rectangle of a series: its colour, and stripes that tell it from its neighbours without colour.
fn bar(series: usize, left: f64, top: f64, wide: f64, tall: f64) -> String {
    let look = series % LOOKS;
    let mut out = format!(
        "<rect class=\"s{look}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/>",
        num(left),
        num(top),
        num(wide.max(0.0)),
        num(tall.max(0.0))
    );
    let mut stripes = String::new();
    if matches!(look, 1 | 3) {
        let mut at = left + 4.0;
        while at < left + wide {
            stripes.push_str(&format!("M{} {}v{}", num(at), num(top), num(tall.max(0.0))));
            at += 5.0;
        }
    }
    if matches!(look, 2 | 3) {
        let mut at = top + 4.0;
        while at < top + tall {
            stripes.push_str(&format!(
                "M{} {}h{}",
                num(left),
                num(at),
                num(wide.max(0.0))
            ));
            at += 5.0;
        }
    }
    if !stripes.is_empty() {
        out.push_str(&format!("<path class=\"stripe\" d=\"{stripes}\"/>"));
    }
    out
}

/// Where a goal lies: a line through the bar with a diamond on it.
fn mark(at: f64, middle: f64) -> String {
    let x = num(at);
    format!(
        "<path class=\"goal\" d=\"M{x} {}v18\"/><path class=\"goal-mark\" d=\"M{x} {}l5 5l-5 5l-5 -5z\"/>",
        num(middle - 9.0),
        num(middle - 5.0)
    )
}

fn text(class: &str, x: f64, y: f64, words: &str) -> String {
    format!(
        "<text class=\"{class}\" x=\"{}\" y=\"{}\">{}</text>",
        num(x),
        num(y),
        safe(words)
    )
}

/// `part` of `whole`, from 0 to 1; 0 where it cannot be said.
fn share(part: f64, whole: f64) -> f64 {
    let share = part / whole;
    if share.is_finite() {
        share.clamp(0.0, 1.0)
    } else {
        0.0
    }
}

fn drawable(most: f64) -> bool {
    most.is_finite() && most > 0.0
}

/// A coordinate with one decimal; never NaN.
fn num(value: f64) -> String {
    let value = if value.is_finite() { value } else { 0.0 };
    let out = format!("{value:.1}");
    out.strip_suffix(".0").map_or(out.clone(), str::to_owned)
}

fn safe(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    for c in words.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests;
