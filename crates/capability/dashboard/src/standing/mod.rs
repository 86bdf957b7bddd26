//! How a goal stands: value, distance, what the path wants by today, colour, change, forecast.
//!
//! Rows A03, A04; product.md 27: the colour follows a rule, not an opinion. Pure and exact; [`rule`] says the
//! rule in words, with its parameters from [`PARAMETERS`].

mod path;
mod risk;

pub(crate) use path::nodes;
pub(crate) use risk::{quarter_end, risk};

use figures::Num;
use kernel::Day;

/// The parameters of the rule, in one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Parameters {
    /// Behind by less than this share of the whole way is yellow.
    pub(crate) near_percent: i64,
    /// Without a value for more months than this is yellow.
    pub(crate) stale_months: i32,
    /// How many of the last values a forecast is drawn through.
    pub(crate) forecast_points: usize,
    /// Values nearer than this give no direction.
    pub(crate) forecast_days: i32,
}

/// In force.
pub(crate) const PARAMETERS: Parameters = Parameters {
    near_percent: 10,
    stale_months: 6,
    forecast_points: 6,
    forecast_days: 25,
};

/// The rule as the page says it.
pub(crate) fn rule() -> Vec<String> {
    let Parameters {
        near_percent,
        stale_months,
        forecast_points,
        ..
    } = PARAMETERS;
    vec![
        "应到进度：有年度任务值或分年计划的，按各年年底应达到的数逐年连成进度线；没有的，从规划期初的基数到期末目标连成直线，按今天的日期取数。".to_owned(),
        "绿：已达到目标，或者不低于应到进度。".to_owned(),
        format!("黄：落后应到进度，但不到全程（基数到目标）的 {near_percent}%；或者超过 {stale_months} 个月没有新的数；或者没有基数，算不出应到进度。"),
        format!("红：落后应到进度达到全程的 {near_percent}%；或者过了期限还没有达到目标。"),
        "灰：还没有填报。".to_owned(),
        format!("预计：按最近 {forecast_points} 次数值的平均变化速度推到期限；只有一次数值的不推算。"),
    ]
}

/// A goal as it is computed with; values in base units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Goal {
    /// What shall be reached.
    pub(crate) need: Num,
    /// Reaching it exactly is not enough (超过、低于).
    pub(crate) strict: bool,
    /// Less is better.
    pub(crate) down: bool,
    /// The period begins.
    pub(crate) start: Day,
    /// The deadline.
    pub(crate) due: Day,
    /// What was there when it began.
    pub(crate) baseline: Option<Num>,
    /// What shall be there at days in between, ascending.
    pub(crate) steps: Vec<(Day, Num)>,
    /// Values are counted from 1 January of their year and add up over the years.
    pub(crate) flow: bool,
    /// The goal is for each year alone.
    pub(crate) each_year: bool,
    /// Values above are impossible.
    pub(crate) max: Option<Num>,
}

/// A value on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Point {
    /// The day.
    pub(crate) day: Day,
    /// In base units.
    pub(crate) value: Num,
}

/// The colour of a goal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Light {
    /// 红.
    Red,
    /// 黄.
    Yellow,
    /// 灰: 未填报.
    Grey,
    /// 绿.
    Green,
}

impl Light {
    /// All, worst first.
    pub(crate) const ALL: [Self; 4] = [Self::Red, Self::Yellow, Self::Grey, Self::Green];

    /// Its word.
    pub(crate) const fn zh(self) -> &'static str {
        match self {
            Self::Red => "红",
            Self::Yellow => "黄",
            Self::Grey => "未填报",
            Self::Green => "绿",
        }
    }

    /// Its badge.
    pub(crate) const fn pill(self) -> &'static str {
        match self {
            Self::Red => "danger",
            Self::Yellow => "warn",
            Self::Grey => "no",
            Self::Green => "ok",
        }
    }
}

/// How a goal stands on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Standing {
    /// The colour.
    pub(crate) light: Light,
    /// Why, in words.
    pub(crate) why: String,
    /// The last value, as it counts towards the goal.
    pub(crate) now: Option<Point>,
    /// The goal is met.
    pub(crate) met: bool,
    /// What is missing; none without a value, zero when met.
    pub(crate) gap: Option<Num>,
    /// What the path wants by this day.
    pub(crate) path: Option<Num>,
    /// The change since the last value of an earlier month, and that value's day.
    pub(crate) change: Option<(Num, Day)>,
    /// Where the last values lead by the deadline.
    pub(crate) forecast: Option<Num>,
    /// Whether the forecast meets the goal.
    pub(crate) reaches: Option<bool>,
    /// The deadline that counts (of a yearly goal: this year's end).
    pub(crate) due: Day,
}

/// How `goal` stands on `today` with these values, days ascending.
pub(crate) fn stand(goal: &Goal, values: &[Point], today: Day) -> Standing {
    let goal = &path::in_year(goal, today);
    let points = path::counting(goal, values, today);
    let path = path::at(goal, today);
    let mut out = Standing {
        light: Light::Grey,
        why: "还没有填报".to_owned(),
        now: points.last().copied(),
        met: false,
        gap: None,
        path,
        change: change(&points),
        forecast: None,
        reaches: None,
        due: goal.due,
    };
    let Some(now) = out.now else {
        return out;
    };
    out.met = met(goal, now.value);
    out.gap = Some(if out.met {
        Num::ZERO
    } else {
        now.value.distance(goal.need)
    });
    out.forecast = forecast(goal, &points, today);
    out.reaches = out.forecast.map(|value| met(goal, value));
    (out.light, out.why) = light(goal, now, out.met, path, today);
    out
}

/// Values until `today` as they count towards the goal.
pub(crate) fn counted(goal: &Goal, values: &[Point], today: Day) -> Vec<Point> {
    path::counting(&path::in_year(goal, today), values, today)
}

fn met(goal: &Goal, value: Num) -> bool {
    match (goal.down, goal.strict) {
        (false, false) => value >= goal.need,
        (false, true) => value > goal.need,
        (true, false) => value <= goal.need,
        (true, true) => value < goal.need,
    }
}

fn light(goal: &Goal, now: Point, met: bool, path: Option<Num>, today: Day) -> (Light, String) {
    let say = |light, why: &str| (light, why.to_owned());
    if !met && today > goal.due {
        return say(Light::Red, "已过期限，还没有达到目标");
    }
    let behind = path.map(|path| {
        let late = if goal.down {
            now.value > path
        } else {
            now.value < path
        };
        if late {
            now.value.distance(path)
        } else {
            Num::ZERO
        }
    });
    let near = Num::whole(PARAMETERS.near_percent)
        * path::whole_way(goal)
            .over(Num::whole(100))
            .unwrap_or_default();
    match behind {
        Some(behind) if !met && behind > Num::ZERO && behind >= near => {
            return say(Light::Red, "落后应到进度");
        }
        _ => {}
    }
    let stale = now.day.plus_months(PARAMETERS.stale_months) < today;
    if stale && !(met && today > goal.due) {
        let months = PARAMETERS.stale_months;
        return (Light::Yellow, format!("超过 {months} 个月没有新的数"));
    }
    match behind {
        _ if met => say(Light::Green, "已达到目标"),
        None => say(Light::Yellow, "没有基数，算不出应到进度"),
        Some(behind) if behind > Num::ZERO => (
            Light::Yellow,
            format!("略落后应到进度，不到全程的 {}%", PARAMETERS.near_percent),
        ),
        Some(_) => say(Light::Green, "不低于应到进度"),
    }
}

/// Since the last value of an earlier month than the newest one's.
fn change(points: &[Point]) -> Option<(Num, Day)> {
    let now = points.last()?;
    let month = now.day.first_of_month();
    let before = points.iter().rev().find(|point| point.day < month)?;
    Some((now.value - before.value, before.day))
}

fn forecast(goal: &Goal, points: &[Point], today: Day) -> Option<Num> {
    if today >= goal.due {
        return None;
    }
    let last = points.last()?;
    let from = points.len().saturating_sub(PARAMETERS.forecast_points);
    let first = points.get(from)?;
    let span = first.day.days_until(last.day);
    if span < PARAMETERS.forecast_days {
        return None;
    }
    let ahead = last.day.days_until(goal.due).max(0);
    let moved = (last.value - first.value) * Num::whole(i64::from(ahead));
    let value = last.value + moved.over(Num::whole(i64::from(span)))?;
    let value = value.max(Num::ZERO);
    Some(goal.max.map_or(value, |max| value.min(max)))
}

#[cfg(test)]
mod tests;
