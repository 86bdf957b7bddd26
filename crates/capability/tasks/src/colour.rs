//! 红黄绿: done, on the path, behind, late — by rule, never by opinion. Pure; [`RULE`] says the rule in words.
//!
//! Rows A06, A14. Only accepted reports and figures of the data count; nobody can choose a colour.

use figures::Num;
use kernel::Day;

/// Behind by less than this share of the whole way is yellow, by more it is red.
pub(crate) const NEAR_PERCENT: i64 = 10;
/// So many months without a report in time make it red.
pub(crate) const MISSED_MONTHS: u32 = 2;
/// Days before the deadline from which an unfinished part without a figure is yellow.
pub(crate) const NEAR_DAYS: i32 = 30;

/// The rule in words, for the page.
pub(crate) const RULE: [&str; 6] = [
    "完成：每一个目标值都已达到（以牵头单位核定的数或数据计算的数为准）；没有数值目标的，办结并经核定。",
    "红：过了完成时限还没有完成；或者落后应到进度达到全程的 10%；或者连续 2 个月没有按时报送进展。",
    "黄：落后应到进度，不到全程的 10%；或者有 1 个月没有按时报送；或者没有数值目标、离时限不到 30 天还没有办结。",
    "绿：不低于应到进度，进展按时报送。",
    "应到进度：从年初（或下达时）的基数到时限的目标连成直线，取最近一次数的那一天；按个、户计数的只取整数；没有基数的，从第一次核定的数起算。",
    "事项的颜色取各执行单位中最差的一个。颜色由系统计算，任何人不能填。",
];

/// How a part stands; worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Colour {
    /// Late, or far behind.
    Red,
    /// Behind.
    Yellow,
    /// On the path.
    Green,
    /// Reached.
    Done,
}

impl Colour {
    pub(crate) const ALL: [Self; 4] = [Self::Red, Self::Yellow, Self::Green, Self::Done];

    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::Red => "red",
            Self::Yellow => "yellow",
            Self::Green => "green",
            Self::Done => "done",
        }
    }

    pub(crate) const fn zh(self) -> &'static str {
        match self {
            Self::Red => "红",
            Self::Yellow => "黄",
            Self::Green => "绿",
            Self::Done => "完成",
        }
    }

    pub(crate) const fn pill(self) -> &'static str {
        match self {
            Self::Red => "danger",
            Self::Yellow => "warn",
            Self::Green => "info",
            Self::Done => "ok",
        }
    }

    pub(crate) fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|colour| colour.key() == key)
    }
}

/// One goal of a part with what is known of it, days ascending; numbers in base units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Aim {
    pub(crate) need: Num,
    pub(crate) down: bool,
    pub(crate) strict: bool,
    /// What was there when it began; none: the first known figure is the beginning.
    pub(crate) base: Option<Num>,
    /// Counted in whole things: the path never wants a part of one.
    pub(crate) whole: bool,
    pub(crate) points: Vec<(Day, Num)>,
}

/// A part as the rule sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Way {
    pub(crate) start: Day,
    pub(crate) due: Day,
    pub(crate) aims: Vec<Aim>,
    /// An accepted report said 办结.
    pub(crate) finished: bool,
    /// Last months in a row whose report has not come although its deadline has passed.
    pub(crate) missed: u32,
}

/// The colour and why, in words.
pub(crate) fn colour(way: &Way, today: Day) -> (Colour, String) {
    if way.done() {
        let why = if way.aims.is_empty() {
            "已办结"
        } else {
            "目标已达到"
        };
        return (Colour::Done, why.to_owned());
    }
    if today > way.due {
        return (Colour::Red, "过了完成时限还没有完成".to_owned());
    }
    if way.missed >= MISSED_MONTHS {
        let why = format!("连续 {} 个月没有按时报送进展", way.missed);
        return (Colour::Red, why);
    }
    let behind = way.aims.iter().filter_map(|aim| aim.behind(way)).max();
    match behind {
        Some(percent) if percent >= Num::whole(NEAR_PERCENT) => {
            let why = format!("落后应到进度，达到全程的 {}%", percent.round(0));
            return (Colour::Red, why);
        }
        Some(percent) if percent > Num::ZERO => {
            let why = format!("略落后应到进度，不到全程的 {NEAR_PERCENT}%");
            return (Colour::Yellow, why);
        }
        _ => {}
    }
    if way.missed > 0 {
        return (Colour::Yellow, "上个月没有按时报送进展".to_owned());
    }
    if way.aims.is_empty() && today.days_until(way.due) < NEAR_DAYS {
        let why = format!("离时限不到 {NEAR_DAYS} 天，还没有办结");
        return (Colour::Yellow, why);
    }
    let any = way.aims.iter().any(|aim| !aim.points.is_empty());
    let why = if behind.is_some() {
        "不低于应到进度"
    } else if any || way.aims.is_empty() {
        "按时推进"
    } else {
        "还没有到第一次核定"
    };
    (Colour::Green, why.to_owned())
}

impl Way {
    fn done(&self) -> bool {
        if self.aims.is_empty() {
            self.finished
        } else {
            self.aims.iter().all(Aim::met)
        }
    }
}

impl Aim {
    /// The last known figure reaches it.
    pub(crate) fn met(&self) -> bool {
        self.points
            .last()
            .is_some_and(|(_, value)| match (self.down, self.strict) {
                (false, false) => *value >= self.need,
                (false, true) => *value > self.need,
                (true, false) => *value <= self.need,
                (true, true) => *value < self.need,
            })
    }

    /// Where the path begins, and with what.
    fn beginning(&self, start: Day) -> Option<(Day, Num)> {
        match self.base {
            Some(base) => Some((start, base)),
            None => self.points.first().copied(),
        }
    }

    /// What the path wants on a day.
    pub(crate) fn path(&self, start: Day, due: Day, day: Day) -> Option<Num> {
        let (from, low) = self.beginning(start)?;
        if day >= due || from >= due {
            return Some(self.need);
        }
        let gone = i64::from(from.days_until(day).max(0));
        let all = i64::from(from.days_until(due));
        let part = (self.need - low) * Num::whole(gone);
        let wants = low + part.over(Num::whole(all))?;
        Some(if self.whole && !self.down {
            floor(wants)
        } else {
            wants
        })
    }

    /// Behind the path on the day of the last figure, in percent of the whole way; none where there is nothing to
    /// compare or the goal is met.
    fn behind(&self, way: &Way) -> Option<Num> {
        let (day, value) = *self.points.last()?;
        if self.met() {
            return Some(Num::ZERO);
        }
        let (from, low) = self.beginning(way.start)?;
        if self.base.is_none() && day == from {
            return None;
        }
        let path = self.path(way.start, way.due, day)?;
        let late = if self.down {
            value > path
        } else {
            value < path
        };
        if !late {
            return Some(Num::ZERO);
        }
        let all = low.distance(self.need);
        (value.distance(path) * Num::whole(100)).over(all)
    }
}

/// The whole number below.
fn floor(value: Num) -> Num {
    let near = value.round(0);
    if near > value {
        near - Num::whole(1)
    } else {
        near
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn aim(need: i64, base: Option<i64>, points: &[(&str, i64)]) -> Aim {
        Aim {
            need: Num::whole(need),
            down: false,
            strict: false,
            base: base.map(Num::whole),
            whole: base.is_some(),
            points: points
                .iter()
                .map(|(on, value)| (day(on), Num::whole(*value)))
                .collect(),
        }
    }

    fn way(aims: Vec<Aim>) -> Way {
        Way {
            start: day("2025-01-01"),
            due: day("2025-12-31"),
            aims,
            finished: false,
            missed: 0,
        }
    }

    fn of(way: &Way, today: &str) -> Colour {
        colour(way, day(today)).0
    }

    /// Row A06: the colour follows figure, path, deadline and reports; every edge of the rule.
    #[test]
    fn the_colour_follows_the_rule() {
        use Colour::{Done, Green, Red, Yellow};
        // Half of the year is gone on 2 July: the path wants 182 of 364.
        for (value, today, colour) in [
            (182, "2025-07-15", Green),
            (181, "2025-07-15", Yellow),
            (146, "2025-07-15", Yellow),
            (145, "2025-07-15", Red),
            (364, "2025-07-15", Done),
            (363, "2025-12-31", Green),
            (363, "2026-01-01", Red),
            (400, "2026-01-01", Done),
        ] {
            let way = way(vec![aim(364, Some(0), &[("2025-07-02", value)])]);
            assert_eq!(of(&way, today), colour, "{value} {today}");
        }
    }

    /// Row A06: of several goals the worst counts; all must be met to be done.
    #[test]
    fn all_goals_count() {
        let met = aim(90, None, &[("2025-03-31", 92)]);
        let far = aim(364, Some(0), &[("2025-07-02", 100)]);
        assert_eq!(of(&way(vec![met.clone(), far]), "2025-07-15"), Colour::Red);
        let near = aim(364, Some(0), &[("2025-07-02", 182)]);
        assert_eq!(
            of(&way(vec![met.clone(), near]), "2025-07-15"),
            Colour::Green
        );
        assert_eq!(of(&way(vec![met.clone(), met]), "2025-07-15"), Colour::Done);
    }

    /// Row A06: of one thing nothing is wanted before its deadline; of three, one after a third of the time.
    #[test]
    fn the_path_wants_whole_things() {
        let one = |need, value| way(vec![aim(need, Some(0), &[("2025-11-30", value)])]);
        assert_eq!(of(&one(1, 0), "2025-12-01"), Colour::Green);
        assert_eq!(of(&one(1, 0), "2026-01-01"), Colour::Red);
        assert_eq!(of(&one(3, 1), "2025-12-01"), Colour::Red);
        assert_eq!(of(&one(3, 2), "2025-12-01"), Colour::Green);
    }

    /// Row A06: a rate without a baseline starts from its first accepted figure; less may be better.
    #[test]
    fn a_rate_starts_from_its_first_figure() {
        let first = aim(100, None, &[("2025-03-31", 80)]);
        assert_eq!(
            of(&way(vec![first]), "2025-04-10"),
            Colour::Green,
            "nothing to compare yet"
        );
        let moves = |value| {
            way(vec![aim(
                100,
                None,
                &[("2025-03-31", 80), ("2025-08-15", value)],
            )])
        };
        // Half of the way from 31 March to 31 December is gone: 89.96 are wanted.
        assert_eq!(of(&moves(90), "2025-09-01"), Colour::Green);
        assert_eq!(of(&moves(89), "2025-09-01"), Colour::Yellow);
        assert_eq!(of(&moves(87), "2025-09-01"), Colour::Red);
        let mut down = aim(0, Some(100), &[("2025-07-02", 60)]);
        down.down = true;
        assert_eq!(of(&way(vec![down.clone()]), "2025-07-15"), Colour::Red);
        down.points = vec![(day("2025-07-02"), Num::ZERO)];
        assert_eq!(of(&way(vec![down]), "2025-07-15"), Colour::Done);
    }

    /// Rows A06, A14: without a figure the report and the deadline decide.
    #[test]
    fn without_a_figure_reports_and_the_deadline_decide() {
        let plain = way(Vec::new());
        assert_eq!(of(&plain, "2025-06-30"), Colour::Green);
        assert_eq!(of(&plain, "2025-12-02"), Colour::Yellow);
        assert_eq!(of(&plain, "2026-01-01"), Colour::Red);
        let finished = Way {
            finished: true,
            ..plain.clone()
        };
        assert_eq!(of(&finished, "2026-01-01"), Colour::Done);
        let missed = |missed| Way {
            missed,
            ..plain.clone()
        };
        assert_eq!(of(&missed(1), "2025-06-30"), Colour::Yellow);
        assert_eq!(of(&missed(2), "2025-06-30"), Colour::Red);
        // 办结 is no word for a goal with a number.
        let counted = Way {
            finished: true,
            ..way(vec![aim(10, Some(0), &[("2025-06-30", 5)])])
        };
        assert_eq!(of(&counted, "2025-07-01"), Colour::Green);
        assert_eq!(of(&counted, "2026-01-01"), Colour::Red);
    }

    /// The words on the page say the numbers that are computed with.
    #[test]
    fn the_rule_in_words_has_the_same_numbers() {
        let words = RULE.concat();
        for number in [
            format!("{NEAR_PERCENT}%"),
            format!("连续 {MISSED_MONTHS} 个月"),
            format!("不到 {NEAR_DAYS} 天"),
        ] {
            assert!(words.contains(&number), "{number}");
        }
    }
}
