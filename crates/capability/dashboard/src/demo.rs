//! The demo's values: one a month for every target, believable, marked 估计 and 演示数据.
//!
//! Deterministic: everything follows from the plan, the measure's id and the store's clock and ids.

use crate::aim::{Target, targets};
use crate::places::{self, Place};
use crate::standing::Goal;
use crate::value::{self, Kind, New};
use area::api::AreaBook;
use figures::{Better, Book, Num};
use kernel::Day;
use store::{Audit, Store, StoreResult};

/// Where demo values come from.
pub(crate) const SOURCE: &str = "演示数据";
/// Months of values before the demo's day.
const MONTHS: i32 = 13;

/// Reports a value a month for every target of the plan and computes the register's figures; values are
/// marked 估计, their source is 演示数据. One target in twelve stays unreported, so that the page shows that too.
pub async fn demo(store: &Store, book: &Book, areas: &AreaBook) -> StoreResult<()> {
    let actor = authz::Actor {
        name: "演示数据".to_owned(),
        ..authz::Actor::system("demo")
    };
    let today = store.clock().today();
    let plans = plan::api::PlanBook::load(store).await?;
    crate::computed::refresh(store, areas, plans.in_force(today).as_deref(), &actor).await?;
    let mut tx = store.begin(&actor, None).await?;
    let mut all = Vec::new();
    for target in targets(book) {
        let Some(aim) = target.leading() else {
            continue;
        };
        let luck = luck(&target.measure.id);
        if luck % 12 == 5 {
            continue;
        }
        let mut places: Vec<Place> = places::whole(areas).into_iter().collect();
        if target.comparable() && luck % 3 != 2 {
            places.extend(places::bodies(areas));
        }
        for (at, place) in places.iter().enumerate() {
            for day in days(today, &target, &aim.goal) {
                let Some(value) = value_on(&target, &aim.goal, luck, at as i64, day) else {
                    continue;
                };
                all.push(New {
                    measure: target.measure.id.clone(),
                    area: place.key.clone(),
                    day,
                    value,
                    numerator: None,
                    denominator: None,
                    kind: Kind::Estimate,
                    source: SOURCE.to_owned(),
                    note: None,
                });
            }
        }
    }
    value::record_many(&mut tx, &all).await?;
    tx.audit(Audit::new("figure.demo").with("values", all.len() as i64));
    tx.commit().await
}

/// The ends of the last months, the month of `today` at last on `today`.
fn months(today: Day) -> Vec<Day> {
    let first = today.first_of_month();
    let mut days: Vec<Day> = (1..MONTHS)
        .rev()
        .map(|back| first.plus_months(1 - back).plus_days(-1))
        .filter(|day| *day < today)
        .collect();
    days.push(today);
    days
}

/// The months; what adds up over the period also has the ends of its earlier years.
fn days(today: Day, target: &Target, goal: &Goal) -> Vec<Day> {
    let months = months(today);
    let first = months.first().copied().unwrap_or(today);
    let mut days: Vec<Day> = (goal.start.year()..first.year())
        .filter(|_| target.flow)
        .filter_map(|year| Day::from_ymd(year, 12, 31))
        .collect();
    days.extend(months);
    days
}

/// A number that belongs to an id for ever.
fn luck(id: &str) -> u64 {
    id.bytes().fold(1_469_598_103_934_665_603, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(1_099_511_628_211)
    }) >> 7
}

/// Some are ahead of their path, some on it, some behind.
fn value_on(target: &Target, goal: &Goal, luck: u64, place: i64, day: Day) -> Option<Num> {
    let from = goal.baseline.unwrap_or_else(|| {
        let most = (goal.need * Num::whole(7)).over(Num::whole(10));
        most.unwrap_or_default().round(0)
    });
    // In per mille of the whole way.
    let (start, due) = if target.flow {
        (
            Day::from_ymd(day.year(), 1, 1)?,
            Day::from_ymd(day.year(), 12, 31)?,
        )
    } else {
        (goal.start, goal.due)
    };
    let all = i64::from(start.days_until(due)).max(1);
    let gone = i64::from(start.days_until(day)).clamp(0, all);
    let pace = [104_i64, 100, 96, 110, 101, 86, 100, 106][(luck % 8) as usize];
    let shift = place * ((luck / 8 % 9) as i64 - 4);
    let part = (gone * 10 * (pace + shift) / all).clamp(0, 1_180);
    let whole = if target.flow {
        // A year's share of the period, or the year's own goal.
        let years = i64::from(goal.due.year() - goal.start.year() + 1);
        if goal.each_year {
            goal.need
        } else {
            goal.need.over(Num::whole(years))?
        }
    } else {
        goal.need - from
    };
    let base = if target.flow { Num::ZERO } else { from };
    let value = base + (whole * Num::whole(part)).over(Num::whole(1_000))?;
    let value = goal.max.map_or(value, |max| value.min(max)).max(Num::ZERO);
    let whole_number = |number: Num| number.round(0) == number;
    let counted = !target.measure.is_percent()
        && target.measure.ratio.is_none()
        && target.per.is_empty()
        && target.measure.better == Better::Up
        && whole_number(goal.need)
        && whole_number(from)
        && target.unit.base != "岁";
    let places = if counted { 0 } else { 2 };
    Some(if counted && target.unit.times > Num::whole(1) {
        // Money in 亿 or 万: two decimals of that.
        value.over(target.unit.times)?.round(2) * target.unit.times
    } else {
        value.round(places)
    })
}
