//! What the pages read: the own plan's targets, and values as of a day, as known at a moment.

use crate::aim::{Aim, Target, targets};
use crate::places::{self, Place};
use crate::standing::{Light, Point, Standing, stand};
use crate::value::{Series, Value, known};
use area::api::AreaBook;
use figures::Kind;
use host::{Ctx, Failure};
use kernel::{Day, Instant};
use plan::api::{PlanBook, Shelved};
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
        Ok(Self {
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

    /// The end of the plan's last period.
    pub(crate) fn period_end(&self) -> Option<Day> {
        let documents = &self.shelved.book.head.documents;
        documents.iter().filter_map(|document| document.until).max()
    }

    /// Dated tasks by year: how many there are, and in which state.
    pub(crate) fn years(&self) -> Vec<Year> {
        let mut years: Vec<Year> = Vec::new();
        for row in self.shelved.book.of_kind("task") {
            let Kind::Task {
                year: Some(year), ..
            } = row.kind
            else {
                continue;
            };
            let place = years.iter().position(|known| known.year == year);
            let place = place.unwrap_or_else(|| {
                years.push(Year {
                    year,
                    ..Year::default()
                });
                years.len() - 1
            });
            let Some(count) = years.get_mut(place) else {
                continue;
            };
            let due = row
                .due
                .or_else(|| Day::from_ymd(year, 12, 31))
                .is_some_and(|due| due < self.today);
            let lights: Vec<Standing> = self
                .targets
                .iter()
                .flat_map(|target| target.aims.iter().map(move |aim| (target, aim)))
                .filter(|(_, aim)| aim.row == row.id)
                .map(|(target, aim)| self.standing(target, aim, &self.whole.key))
                .collect();
            count.all += 1;
            if lights.is_empty() || lights.iter().any(|s| s.light == Light::Grey) {
                if due {
                    count.silent_over += 1;
                } else {
                    count.silent += 1;
                }
            } else if lights.iter().all(|standing| standing.met) {
                count.met += 1;
            } else if due {
                count.over += 1;
            } else if lights.iter().any(|s| s.light == Light::Red) {
                count.late += 1;
            } else {
                count.on_way += 1;
            }
        }
        years.sort_by_key(|count| count.year);
        years
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
