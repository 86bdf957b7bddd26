//! Dated tasks that do not reach what the plan promises.

use super::{Fact, Facts, about};
use crate::finding::{Finding, FindingKind, Severity};
use crate::measure::{Measure, Per};
use crate::model::{Figure, Role};
use crate::{Book, Num};

/// The least a goal asks for, as a number of things, and the words that lead there.
struct Wanted {
    least: Num,
    says: String,
    /// It was computed from a number of areas, or leaves open what already exists.
    soft: bool,
}

/// Tasks by year against the goal of the period.
pub(super) fn tasks(facts: &Facts<'_>) -> Vec<Finding> {
    let mut out: Vec<Finding> = Vec::new();
    for goal in &facts.all {
        let figure = goal.figure;
        if figure.role != Role::Target || figure.each_year {
            continue;
        }
        let Some(end) = figure.last_year() else {
            continue;
        };
        // What the tasks count: the thing itself, or the numerator of a share of areas.
        let counted = match (&goal.measure.ratio, goal.measure.each) {
            (Some(ratio), Some(_)) => ratio.numerator.as_str(),
            _ => goal.measure.id.as_str(),
        };
        let start = figure.from;
        let scheduled: Vec<Fact<'_>> = facts
            .of_measure(counted, figure.area)
            .filter(|fact| {
                let year = fact.figure.year;
                fact.figure.role == Role::Task
                    && fact.figure.flow
                    && fact.document() == goal.document()
                    && year.is_some_and(|year| year <= end && start.is_none_or(|from| year >= from))
            })
            .collect();
        if scheduled.is_empty() {
            continue;
        }
        let Some(sum) = scheduled
            .iter()
            .map(|fact| times(facts.book, fact.figure))
            .sum::<Option<Num>>()
        else {
            continue;
        };
        let Some(wanted) = wanted(facts.book, goal.measure, figure) else {
            continue;
        };
        if sum >= wanted.least {
            continue;
        }
        let years: Vec<String> = scheduled
            .iter()
            .map(|fact| format!("{} {}", fact.figure.when(), fact.figure.zh()))
            .collect();
        let severity = if wanted.soft {
            Severity::Minor
        } else {
            Severity::Serious
        };
        let open = if wanted.soft {
            "（现有数未列出）"
        } else {
            ""
        };
        let says = format!(
            "{}：目标 {}{}，年度任务只安排了 {}，合计 {sum}{open}",
            goal.measure.name,
            figure.zh(),
            wanted.says,
            years.join("、"),
        );
        let mut places = vec![goal.place()];
        places.extend(scheduled.iter().map(Fact::place));
        let id = format!("{}:{end}", about(goal.measure, figure.area));
        if out
            .iter()
            .any(|other| other.id == format!("shortfall:{id}"))
        {
            continue;
        }
        out.push(
            Finding::new(
                FindingKind::Shortfall,
                &id,
                severity,
                says,
                "请牵头单位补齐年度任务，或说明其余部分由哪些已建成项目和渠道完成",
                places,
            )
            .of_measure(&goal.measure.id, &goal.measure.domain),
        );
    }
    out
}

/// A task's number, multiplied where it is meant for each county or town.
fn times(book: &Book, figure: &Figure) -> Option<Num> {
    let many = match figure.per {
        None => Num::whole(1),
        Some(per) => Num::whole(*book.units.get(&per)?),
    };
    Some(figure.amount_upto() * many)
}

fn wanted(book: &Book, measure: &Measure, figure: &Figure) -> Option<Wanted> {
    let low = figure.low()?;
    let units = |per: Per| book.units.get(&per).copied().map(Num::whole);
    if let (Some(per), Some(ratio)) = (measure.each, &measure.ratio) {
        let many = units(per)?;
        let least = (low * many).over(ratio.scale)?;
        return Some(Wanted {
            least,
            says: format!("（{many} 个中应有 {} 个）", least.round(1)),
            soft: true,
        });
    }
    // A rate cannot be reached by adding things up.
    if measure.is_percent() || measure.ratio.is_some() {
        return None;
    }
    if let Some(per) = figure.per {
        let many = units(per)?;
        let least = low * many;
        return Some(Wanted {
            least,
            says: format!("（{many} 个，共需 {least}）"),
            soft: true,
        });
    }
    Some(Wanted {
        least: low,
        says: String::new(),
        soft: !figure.flow,
    })
}
