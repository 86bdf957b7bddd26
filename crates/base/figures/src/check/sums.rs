//! Parts against totals; baseline and additions against targets.

use super::{Fact, Facts, about, unless_noted};
use crate::finding::{Finding, FindingKind, Place, Severity};
use crate::model::{Kind, Role};
use crate::{Num, Op};

/// A table whose parts do not add up to its total.
pub(super) fn parts(facts: &Facts<'_>) -> Vec<Finding> {
    let mut out = Vec::new();
    for row in facts
        .book
        .rows
        .iter()
        .filter(|row| matches!(row.kind, Kind::Table { .. }))
    {
        let parts: Vec<_> = row.of_role(Role::Part).collect();
        let Some(total) = row.of_role(Role::Total).next() else {
            continue;
        };
        let exact = |figure: &&crate::Figure| figure.op == Op::Equal && figure.upto.is_none();
        if parts.len() < 2 || !parts.iter().all(exact) || !exact(&total) {
            continue;
        }
        let sum: Num = parts.iter().map(|part| part.amount()).sum();
        if sum == total.amount() {
            continue;
        }
        let printed: Vec<String> = parts.iter().map(|part| part.zh()).collect();
        let says = format!(
            "{}：分项 {} 相加为 {sum}，合计写的是 {}",
            row.name,
            printed.join(" + "),
            total.zh()
        );
        let mut places: Vec<Place> = parts.iter().map(|part| Place::figure(row, part)).collect();
        places.push(Place::figure(row, total));
        out.push(
            Finding::new(
                FindingKind::Sum,
                &row.id,
                Severity::Serious,
                says,
                "对照上报底表，确认是哪一年（类）的数写错，由发文单位更正",
                places,
            )
            .of_measure(&total.measure, &row.domain),
        );
    }
    out
}

/// What is promised for each year against what is promised for all of them.
pub(super) fn yearly(facts: &Facts<'_>) -> Vec<Finding> {
    let mut out: Vec<Finding> = Vec::new();
    for (measure, area) in facts.things() {
        let own: Vec<Fact<'_>> = facts
            .of_measure(&measure.id, area)
            .filter(|fact| {
                fact.figure.flow && fact.figure.per.is_none() && fact.figure.role != Role::Part
            })
            .collect();
        let long = |fact: &&Fact<'_>| fact.figure.years().is_some_and(|years| years > 1);
        for each in own.iter().filter(long).filter(|fact| fact.figure.each_year) {
            let whole = own.iter().filter(long).find(|fact| {
                !fact.figure.each_year
                    && !fact.figure.mixed
                    && fact.document() == each.document()
                    && (fact.figure.from, fact.figure.until)
                        == (each.figure.from, each.figure.until)
            });
            let (Some(whole), Some((low, high))) = (whole, added(each)) else {
                continue;
            };
            let below = whole
                .figure
                .low()
                .zip(high)
                .is_some_and(|(whole, high)| whole > high);
            let above = whole
                .figure
                .high()
                .zip(low)
                .is_some_and(|(whole, low)| whole < low);
            if !below && !above {
                continue;
            }
            let years = each.figure.years().unwrap_or_default();
            let says = format!(
                "{}：{} 共 {years} 年为 {}，{} 写的是 {}",
                measure.name,
                each.figure.zh(),
                high.or(low).unwrap_or_default(),
                whole.figure.when(),
                whole.figure.zh()
            );
            out.push(
                Finding::new(
                    FindingKind::Sum,
                    &format!("{}:yearly", about(measure, area)),
                    unless_noted(&[*each, *whole], Severity::Serious),
                    says,
                    "请发文单位明确每年的数与总数哪个为准，统计对象是否相同",
                    vec![each.place(), whole.place()],
                )
                .of_measure(&measure.id, &measure.domain),
            );
        }
    }
    out.dedup_by(|a, b| a.id == b.id);
    out
}

/// Additions of a period, the smallest and the largest they can be.
fn added(fact: &Fact<'_>) -> Option<(Option<Num>, Option<Num>)> {
    let figure = fact.figure;
    if !figure.flow || figure.per.is_some() {
        return None;
    }
    let times = if figure.each_year {
        Num::whole(figure.years()?)
    } else {
        Num::whole(1)
    };
    let low = figure.low().map(|low| low * times);
    let high = figure.high().map(|high| high * times);
    Some((low, high))
}

/// Baseline and planned additions that do not give the target.
pub(super) fn additions(facts: &Facts<'_>) -> Vec<Finding> {
    let mut out = Vec::new();
    for (measure, area) in facts.things() {
        let own: Vec<Fact<'_>> = facts.of_measure(&measure.id, area).collect();
        let level = |fact: &&Fact<'_>| !fact.figure.flow && fact.figure.per.is_none();
        let goals = own
            .iter()
            .filter(level)
            .filter(|fact| fact.figure.role == Role::Target);
        for goal in goals {
            let Some(end) = goal.figure.last_year() else {
                continue;
            };
            let same_row = own
                .iter()
                .filter(level)
                .find(|fact| fact.figure.role == Role::Baseline && fact.row.id == goal.row.id);
            let period = own.iter().filter(|fact| {
                fact.document() == goal.document()
                    && fact.figure.until == Some(end)
                    && fact.figure.years().is_some_and(|years| years > 1)
            });
            // The same addition stands in several places: one is enough.
            let flow = period
                .filter_map(|fact| added(fact).map(|sum| (*fact, sum)))
                .max_by_key(|(fact, _)| fact.figure.role == Role::Total);
            let (Some(base), Some((flow, (low, high)))) = (same_row, flow) else {
                continue;
            };
            let least = if flow.figure.mixed {
                Some(base.figure.amount())
            } else {
                low.map(|low| base.figure.amount() + low)
            };
            let most = high.map(|high| base.figure.amount_upto() + high);
            let below = goal
                .figure
                .low()
                .zip(most)
                .is_some_and(|(goal, most)| goal > most);
            let above = goal
                .figure
                .high()
                .zip(least)
                .is_some_and(|(goal, least)| goal < least);
            if !below && !above {
                continue;
            }
            let reached = if below { most } else { least }.unwrap_or_default();
            let (severity, how) = if flow.figure.mixed {
                (Severity::Minor, "（新建改建合计，按全部新增算）")
            } else {
                (Severity::Serious, "")
            };
            let says = format!(
                "{}：现有 {} 加上计划新增 {}{how}为 {reached}，目标写的是 {}",
                measure.name,
                base.figure.zh(),
                flow.figure.zh(),
                goal.figure.zh()
            );
            out.push(
                Finding::new(
                    FindingKind::Addition,
                    &format!("{}:{end}", about(measure, area)),
                    severity,
                    says,
                    "请发文单位明确：目标数、现有数、新增数以哪两个为准；计划期内有无关停减少",
                    vec![base.place(), flow.place(), goal.place()],
                )
                .of_measure(&measure.id, &measure.domain),
            );
        }
    }
    out.dedup_by(|a, b| a.id == b.id);
    out
}
