//! What the pages read: the own plan's targets, and values as of a day, as known at a moment.

use crate::aim::{Aim, Target, targets};
use crate::places::{self, Place};
use crate::standing::{Light, Point, Standing, stand};
use crate::value::{Series, Value, known};
use area::api::AreaBook;
use figures::{Kind, Row};
use host::{Ctx, Failure};
use kernel::{Day, Instant};
use plan::api::{PlanBook, Shelved};
use std::collections::BTreeMap;
use std::sync::Arc;
use ui::{ListQuery, PageError};

/// Filters of as-of pages (invariant 5): the day, and the day as known on.
pub(crate) const DAY: &str = "day";
/// See [`DAY`].
pub(crate) const KNOWN: &str = "known";

/// Targets and values.
pub(crate) struct Board {
    /// The own place's plan.
    pub(crate) shelved: Arc<Shelved>,
    /// Its measures with goals.
    pub(crate) targets: Vec<Target>,
    /// What is known.
    pub(crate) series: Series,
    /// Both trees.
    pub(crate) areas: Arc<AreaBook>,
    /// As of this day.
    pub(crate) today: Day,
    /// The whole place.
    pub(crate) whole: Place,
    /// The bodies that are compared.
    pub(crate) bodies: Vec<Place>,
    /// The last day of the newest month that is frozen (月定版), on or before `today`.
    pub(crate) frozen: Option<Day>,
}

impl Board {
    /// As the address asks; without a published plan a page that says who publishes one.
    pub(crate) async fn of(ctx: &Ctx, query: Option<&ListQuery>) -> Result<Self, Failure> {
        let day = |key: &str| -> Result<Option<Day>, PageError> {
            let Some(text) = query.and_then(|query| query.filter(key)) else {
                return Ok(None);
            };
            text.parse().map(Some).map_err(|_not_a_day| {
                PageError::bad_request(format!("查询条件「{key}」不是日期：「{text}」。"))
            })
        };
        let today = day(DAY)?.unwrap_or_else(|| ctx.today());
        // A whole day is known at its end.
        let moment = day(KNOWN)?.map_or_else(
            || ctx.app.clock().now(),
            |day| Instant::at(day.plus_days(1), 0).plus_seconds(-1),
        );
        let shelved = ctx
            .app
            .part::<PlanBook>()?
            .places()
            .first()
            .cloned()
            .ok_or_else(|| {
                PageError::not_found().text("还没有发布本地的规划，没有指标可看。由市民政局载入规划文件夹并由另一人批准发布。")
            })?;
        let areas = ctx.app.part::<AreaBook>()?;
        let whole = places::whole(&areas).ok_or_else(|| {
            PageError::not_found().text("还没有装入行政区划。由系统管理员运行安装命令。")
        })?;
        let frozen = period::api::latest_month_end(&ctx.app.store, today).await?;
        Ok(Self {
            frozen: frozen.map(|snapshot| snapshot.day),
            targets: targets(&shelved.book),
            series: known(&ctx.app.store, today, moment).await?,
            bodies: places::bodies(&areas),
            shelved,
            areas,
            today,
            whole,
        })
    }

    /// The measure's target.
    pub(crate) fn target(&self, measure: &str) -> Option<&Target> {
        self.targets
            .iter()
            .find(|target| target.measure.id == measure)
    }

    /// Values of a measure for an area, days ascending.
    pub(crate) fn values(&self, measure: &str, area: &str) -> &[Value] {
        self.series
            .get(&(measure.to_owned(), area.to_owned()))
            .map_or(&[], Vec::as_slice)
    }

    /// The last one.
    pub(crate) fn last(&self, measure: &str, area: &str) -> Option<&Value> {
        self.values(measure, area).last()
    }

    /// How a goal stands for an area.
    pub(crate) fn standing(&self, target: &Target, aim: &Aim, area: &str) -> Standing {
        let points: Vec<Point> = self
            .values(&target.measure.id, area)
            .iter()
            .map(|value| Point {
                day: value.day,
                value: value.value,
            })
            .collect();
        stand(&aim.goal, &points, self.today)
    }

    /// Up to which day what is known of a place reaches, and whether that month is frozen: 2025年5月31日（5月定版）.
    pub(crate) fn until(&self, place: &Place) -> Option<String> {
        let day = self
            .series
            .iter()
            .filter(|((_, area), _)| *area == place.key)
            .filter_map(|(_, values)| values.last())
            .map(|value| value.day)
            .max()?;
        let day_zh = day.zh();
        Some(match self.frozen {
            Some(frozen) if frozen == day => format!("{day_zh}（{}月定版）", day.month()),
            Some(frozen) => format!("{day_zh}（最近定版：{}）", frozen.zh()),
            None => format!("{day_zh}（尚无月定版）"),
        })
    }

    /// The end of the plan's last period.
    pub(crate) fn period_end(&self) -> Option<Day> {
        let documents = &self.shelved.book.head.documents;
        documents.iter().filter_map(|document| document.until).max()
    }

    /// The place of a filter: the whole, a body of the 管理区划, or a county of the 行政区划.
    pub(crate) fn place(&self, key: Option<&str>) -> Result<Place, PageError> {
        let Some(key) = key else {
            return Ok(self.whole.clone());
        };
        let known = self.bodies.iter().cloned();
        known
            .chain(places::counties(&self.areas))
            .find(|place| place.key == key)
            .ok_or_else(|| {
                PageError::bad_request("查询条件「area」不是本地的县（市、区）或管委会。")
            })
    }

    /// Dated tasks with their goals and state.
    pub(crate) fn tasks(&self) -> Vec<Dated<'_>> {
        let mut out = Vec::new();
        for row in self.shelved.book.of_kind("task") {
            let Kind::Task {
                year: Some(year), ..
            } = row.kind
            else {
                continue;
            };
            let due = row.due.or_else(|| Day::from_ymd(year, 12, 31));
            let goals: Vec<(&Target, &Aim, Standing)> = self
                .targets
                .iter()
                .flat_map(|target| target.aims.iter().map(move |aim| (target, aim)))
                .filter(|(_, aim)| aim.row == row.id)
                .map(|(target, aim)| (target, aim, self.standing(target, aim, &self.whole.key)))
                .collect();
            out.push(Dated {
                row,
                year,
                due,
                state: state(&goals, due.is_some_and(|due| due < self.today)),
                goals,
            });
        }
        out.sort_by_key(|task| task.year);
        out
    }

    /// Dated tasks by year: how many there are, and in which state.
    pub(crate) fn years(&self) -> Vec<Year> {
        let mut years: BTreeMap<i32, Year> = BTreeMap::new();
        for task in self.tasks() {
            let count = years.entry(task.year).or_default();
            count.year = task.year;
            count.all += 1;
            *match task.state {
                State::Met => &mut count.met,
                State::OnWay => &mut count.on_way,
                State::Late => &mut count.late,
                State::Over => &mut count.over,
                State::Silent => &mut count.silent,
                State::SilentOver => &mut count.silent_over,
            } += 1;
        }
        years.into_values().collect()
    }
}

fn state(goals: &[(&Target, &Aim, Standing)], due: bool) -> State {
    let any = |light: Light| goals.iter().any(|(.., standing)| standing.light == light);
    if goals.is_empty() || any(Light::Grey) {
        if due {
            State::SilentOver
        } else {
            State::Silent
        }
    } else if goals.iter().all(|(.., standing)| standing.met) {
        State::Met
    } else if due {
        State::Over
    } else if any(Light::Red) {
        State::Late
    } else {
        State::OnWay
    }
}

/// A dated task (row A07).
pub(crate) struct Dated<'a> {
    /// Its row of the plan.
    pub(crate) row: &'a Row,
    /// Its year.
    pub(crate) year: i32,
    /// Its deadline.
    pub(crate) due: Option<Day>,
    /// Its goals and how they stand.
    pub(crate) goals: Vec<(&'a Target, &'a Aim, Standing)>,
    /// 完成 正常 滞后 逾期 没有数.
    pub(crate) state: State,
}

/// How a dated task stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// Every value of the task is reached.
    Met,
    /// 正常.
    OnWay,
    /// 滞后.
    Late,
    /// Past its deadline and not reached.
    Over,
    /// No value, or nothing to measure; not due yet.
    Silent,
    /// The same, past its deadline.
    SilentOver,
}

impl State {
    /// Those that can be asked for; the last one holds both kinds without a value.
    pub(crate) const ALL: [Self; 5] =
        [Self::Met, Self::OnWay, Self::Late, Self::Over, Self::Silent];

    /// In addresses.
    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::OnWay => "on_way",
            Self::Late => "late",
            Self::Over => "over",
            Self::Silent | Self::SilentOver => "silent",
        }
    }

    /// On screens.
    pub(crate) const fn zh(self) -> &'static str {
        match self {
            Self::Met => "完成",
            Self::OnWay => "正常",
            Self::Late => "滞后",
            Self::Over => "逾期",
            Self::Silent => "没有数",
            Self::SilentOver => "没有数（已到期）",
        }
    }

    /// Colour of its badge.
    pub(crate) const fn pill(self) -> &'static str {
        match self {
            Self::Met => "ok",
            Self::OnWay => "info",
            Self::Late => "warn",
            Self::Over => "danger",
            Self::Silent | Self::SilentOver => "no",
        }
    }

    /// Of its key.
    pub(crate) fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.key() == key)
    }
}

/// Dated tasks of a year (row A07).
#[expect(clippy::struct_field_names, reason = "the year of a year's counts")]
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Year {
    pub(crate) year: i32,
    pub(crate) all: usize,
    /// 完成: every value of the task is reached.
    pub(crate) met: usize,
    /// 正常.
    pub(crate) on_way: usize,
    /// 滞后.
    pub(crate) late: usize,
    /// 逾期: past its deadline and not reached.
    pub(crate) over: usize,
    /// No value, or nothing to measure; not due yet.
    pub(crate) silent: usize,
    /// The same, past its deadline.
    pub(crate) silent_over: usize,
}
