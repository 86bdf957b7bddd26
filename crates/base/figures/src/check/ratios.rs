//! Ratios against their own counts.

use super::{Fact, Facts, about};
use crate::finding::{Finding, FindingKind, Severity};
use crate::measure::Measure;
use crate::model::{Figure, Op, Role};
use crate::num::places;
use crate::{Num, Unit};

fn plain(figure: &Figure) -> bool {
    figure.per.is_none() && !figure.each_year && figure.upto.is_none()
}

/// Whether two figures belong to the same moment.
fn together(one: &Figure, other: &Figure) -> bool {
    let state = |figure: &Figure| figure.role.is_state();
    let years = match (one.last_year(), other.last_year()) {
        (Some(one), Some(other)) => one == other,
        _ => true,
    };
    state(one) == state(other) && one.flow == other.flow && years
}

/// A count beside a ratio in the same document and moment, as exact as it gets.
fn beside<'a>(facts: &Facts<'a>, ratio: &Fact<'a>, id: &str) -> Option<Fact<'a>> {
    let found: Vec<Fact<'a>> = facts
        .of_measure(id, ratio.figure.area)
        .filter(|fact| {
            fact.document() == ratio.document()
                && plain(fact.figure)
                && fact.figure.op == Op::Equal
                && !fact.measure.is_percent()
                && (fact.figure.role != Role::Part || fact.figure.class.is_some())
                && together(fact.figure, ratio.figure)
        })
        .collect();
    // A total speaks for its parts; years of a period must not.
    found
        .iter()
        .copied()
        .find(|fact| fact.figure.years().is_none_or(|years| years > 1) || !fact.figure.flow)
}

/// Half of the last printed decimal, in base units.
fn half_step(figure: &Figure) -> Num {
    let times = figure
        .unit
        .as_ref()
        .map_or(Num::whole(1), |unit: &Unit| unit.times);
    let step = Num::whole(1)
        .over(Num::whole(2 * 10_i64.pow(places(&figure.printed))))
        .unwrap_or_default();
    step * times
}

/// Stated ratios that do not follow from the counts of the same document.
pub(super) fn ratios(facts: &Facts<'_>) -> Vec<Finding> {
    let mut out: Vec<Finding> = Vec::new();
    for stated in &facts.all {
        let Some(ratio) = &stated.measure.ratio else {
            continue;
        };
        if !plain(stated.figure) {
            continue;
        }
        let (Some(above), Some(below)) = (
            beside(facts, stated, &ratio.numerator),
            beside(facts, stated, &ratio.denominator),
        ) else {
            continue;
        };
        let of = |above: Num, below: Num| above.over(below).map(|part| part * ratio.scale);
        let (n, d) = (above.figure.amount(), below.figure.amount());
        let (dn, dd) = (half_step(above.figure), half_step(below.figure));
        // Counts without decimals are exact; 8.2万 is anything from 8.15 to 8.25.
        let exact = |figure: &Figure| {
            figure
                .unit
                .as_ref()
                .is_none_or(|unit| unit.times == Num::whole(1))
        };
        let (dn, dd) = (
            if exact(above.figure) { Num::ZERO } else { dn },
            if exact(below.figure) { Num::ZERO } else { dd },
        );
        let (Some(computed), Some(least), Some(most)) =
            (of(n, d), of(n - dn, d + dd), of(n + dn, d - dd))
        else {
            continue;
        };
        let step = half_step(stated.figure);
        let said = stated.figure.amount();
        let too_low = said + step < least;
        let too_high = said - step > most;
        let wrong = match stated.figure.op {
            Op::Equal => too_low || too_high,
            Op::AtLeast | Op::Above => too_high,
            Op::AtMost | Op::Below => too_low,
        };
        if !wrong {
            continue;
        }
        let off = computed.distance(said).over(computed).unwrap_or_default();
        let large = off > Num::parse("0.02").unwrap_or_default();
        let severity = match (large, stated.figure.role.is_state()) {
            (true, true) => Severity::Serious,
            (true, false) => Severity::Minor,
            (false, _) => Severity::Note,
        };
        let says = format!(
            "{}写 {}，按同一文件的 {} ÷ {} 算是 {}",
            stated.measure.name,
            stated.figure.zh(),
            above.figure.zh(),
            below.figure.zh(),
            computed.round(places(&stated.figure.printed).max(1))
        );
        let when = stated
            .figure
            .last_year()
            .map_or_else(|| "undated".to_owned(), |year| year.to_string());
        let id = format!("{}:{when}", about(stated.measure, stated.figure.area));
        if out.iter().any(|other| other.id == format!("ratio:{id}")) {
            continue;
        }
        out.push(
            Finding::new(
                FindingKind::Ratio,
                &id,
                severity,
                says,
                "核对分子分母的时点和口径；口径不同的，写明分母是哪一类人口、哪一年",
                vec![stated.place(), above.place(), below.place()],
            )
            .of_measure(&stated.measure.id, &stated.measure.domain),
        );
    }
    out
}

/// Shares that the planned additions do not lead to.
pub(super) fn share_path(facts: &Facts<'_>) -> Vec<Finding> {
    let mut out: Vec<Finding> = Vec::new();
    for goal in facts
        .all
        .iter()
        .filter(|fact| fact.figure.role == Role::Target && !fact.figure.flow)
    {
        let Some(ratio) = &goal.measure.ratio else {
            continue;
        };
        let of_row =
            |fact: &&Fact<'_>| fact.row.id == goal.row.id && fact.figure.role == Role::Baseline;
        let Some(base) = facts.all.iter().find(of_row) else {
            continue;
        };
        let whole = |role: Role| {
            facts
                .of_measure(&ratio.denominator, goal.figure.area)
                .find(|fact| {
                    fact.document() == goal.document()
                        && fact.figure.role == role
                        && !fact.figure.flow
                        && plain(fact.figure)
                })
        };
        let (Some(before), Some(after)) = (whole(Role::Baseline), whole(Role::Target)) else {
            continue;
        };
        let Some(new) = facts
            .of_measure(&ratio.numerator, goal.figure.area)
            .find(|fact| {
                fact.figure.flow
                    && fact.document() == goal.document()
                    && plain(fact.figure)
                    && fact.figure.years().is_some_and(|years| years > 1)
            })
        else {
            continue;
        };
        let had = (base.figure.amount() * before.figure.amount())
            .over(ratio.scale)
            .unwrap_or_default();
        let will = had + new.figure.amount();
        let Some(implied) = will
            .over(after.figure.amount())
            .map(|part| part * ratio.scale)
        else {
            continue;
        };
        if implied.distance(goal.figure.amount()) <= Num::whole(2) {
            continue;
        }
        let says = format!(
            "{}：现有 {} × {} 加新增 {}，到期约 {}，占 {} 的 {}%，目标写的是 {}",
            goal.measure.name,
            before.figure.zh(),
            base.figure.zh(),
            new.figure.zh(),
            will.round(0),
            after.figure.zh(),
            implied.round(1),
            goal.figure.zh()
        );
        out.push(
            Finding::new(
                FindingKind::SharePath,
                &about(goal.measure, goal.figure.area),
                Severity::Minor,
                says,
                "明确占比的口径（各类是否互相包含、存量是否转型），再核对新增结构",
                vec![
                    base.place(),
                    before.place(),
                    new.place(),
                    after.place(),
                    goal.place(),
                ],
            )
            .of_measure(&goal.measure.id, &goal.measure.domain),
        );
    }
    out.dedup_by(|a, b| a.id == b.id);
    out
}

/// A part that is more than its whole.
pub(super) fn part_over_whole(facts: &Facts<'_>) -> Vec<Finding> {
    let mut out = Vec::new();
    for part in &facts.all {
        let Some(whole_id) = &part.measure.part_of else {
            continue;
        };
        let whole = facts.of_measure(whole_id, part.figure.area).find(|fact| {
            fact.document() == part.document()
                && together(fact.figure, part.figure)
                && !fact.figure.flow
        });
        let Some(whole) = whole.filter(|whole| part.figure.amount() > whole.figure.amount()) else {
            continue;
        };
        let name = |measure: &Measure| measure.name.clone();
        let says = format!(
            "{} {} 多于 {} {}",
            name(part.measure),
            part.figure.zh(),
            name(whole.measure),
            whole.figure.zh()
        );
        out.push(
            Finding::new(
                FindingKind::PartOverWhole,
                &format!("{}:{}", part.row.id, part.figure.role.key()),
                Severity::Serious,
                says,
                "核对两个数的统计范围，部分不能大于整体",
                vec![part.place(), whole.place()],
            )
            .of_measure(&part.measure.id, &part.measure.domain),
        );
    }
    out
}
