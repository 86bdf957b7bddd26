//! Targets and dated tasks against what already is.

use super::{Fact, Facts, about, unless_noted};
use crate::Num;
use crate::finding::{Finding, FindingKind, Severity};
use crate::measure::Better;
use crate::model::{Figure, Role};

/// A level that holds at the end of a year, for the whole place.
fn is_level(figure: &Figure) -> bool {
    !figure.flow && figure.per.is_none()
}

/// Whether `one` is worse than `other` for this direction.
fn worse(better: Better, one: Num, other: Num) -> bool {
    match better {
        Better::Up => one < other,
        Better::Down => one > other,
        Better::None => false,
    }
}

/// Dated tasks below a baseline of the place, in whichever document it stands.
pub(super) fn below_baseline(facts: &Facts<'_>) -> Vec<Finding> {
    let mut out = Vec::new();
    for (measure, area) in facts.things() {
        let own: Vec<Fact<'_>> = facts
            .of_measure(&measure.id, area)
            .filter(|fact| is_level(fact.figure))
            .collect();
        let states: Vec<&Fact<'_>> = own
            .iter()
            .filter(|fact| fact.figure.role.is_state())
            .collect();
        let best = match measure.better {
            Better::Down => states.iter().min_by_key(|fact| fact.figure.amount()),
            Better::Up | Better::None => states.iter().max_by_key(|fact| fact.figure.amount()),
        };
        let Some(base) = best else { continue };
        let lower: Vec<Fact<'_>> = own
            .iter()
            .filter(|fact| {
                fact.figure.role == Role::Task
                    && fact.figure.year > base.figure.year
                    && worse(measure.better, fact.figure.amount(), base.figure.amount())
            })
            .copied()
            .collect();
        if lower.is_empty() {
            continue;
        }
        let tasks: Vec<String> = lower
            .iter()
            .map(|fact| format!("{} {}", fact.figure.when(), fact.figure.zh()))
            .collect();
        let worse = if measure.better == Better::Down {
            "高"
        } else {
            "低"
        };
        let says = format!(
            "{}：基数已是 {}，任务值 {} 反而更{worse}",
            measure.name,
            base.figure.zh(),
            tasks.join("、")
        );
        let mut all = vec![**base];
        all.extend(&lower);
        out.push(
            Finding::new(
                FindingKind::BelowBaseline,
                &about(measure, area),
                unless_noted(&all, Severity::Serious),
                says,
                "核对两份文件的统计口径（对象、分母、时点）；口径相同的，任务值应不比基数差",
                all.iter().map(Fact::place).collect(),
            )
            .of_measure(&measure.id, &measure.domain),
        );
    }
    out
}

/// Rows whose target is not better than their own baseline.
pub(super) fn no_progress(facts: &Facts<'_>) -> Vec<Finding> {
    let mut out = Vec::new();
    for row in &facts.book.rows {
        let of_row = |role: Role| {
            facts.all.iter().find(move |fact| {
                fact.row.id == row.id && fact.figure.role == role && is_level(fact.figure)
            })
        };
        let (Some(base), Some(target)) = (of_row(Role::Baseline), of_row(Role::Target)) else {
            continue;
        };
        let measure = target.measure;
        let (from, to) = (base.figure.amount(), target.figure.amount_upto());
        let back = worse(measure.better, to, from);
        if measure.better == Better::None
            || base.figure.measure != target.figure.measure
            || (!back && to != from)
        {
            continue;
        }
        let full = measure.max == Some(to) && !back;
        let severity = if back {
            Severity::Serious
        } else if full {
            Severity::Note
        } else {
            Severity::Minor
        };
        let how = if back {
            "不如基数"
        } else {
            "与基数相同"
        };
        let after = if full {
            "，只能保持"
        } else {
            "，没有提高"
        };
        let says = format!(
            "{}：目标 {} {how} {}{after}",
            row.name,
            target.figure.zh(),
            base.figure.zh()
        );
        out.push(
            Finding::new(
                FindingKind::NoProgress,
                &row.id,
                severity,
                says,
                "确认这一项是「保持」还是目标写低了；考核时按哪个数算完成",
                vec![base.place(), target.place()],
            )
            .of_measure(&measure.id, &measure.domain),
        );
    }
    out
}
