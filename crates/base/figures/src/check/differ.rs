//! Different values for one thing: in text and table, in two sections, in two documents of one place.

use super::{Fact, Facts, about};
use crate::Num;
use crate::finding::{Finding, FindingKind, Severity};
use crate::measure::Per;
use crate::model::Role;
use crate::num::places;
use crate::unit::is_percent;
use std::collections::BTreeMap;

/// What must be the same for two figures to speak of one thing.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Thing {
    state: bool,
    year: Option<i32>,
    flow: bool,
    /// A period of several years, not one year.
    period: bool,
    each_year: bool,
    per: Option<Per>,
    class: Option<String>,
}

fn thing(facts: &Facts<'_>, fact: &Fact<'_>) -> Option<Thing> {
    let figure = fact.figure;
    let state = match figure.role {
        Role::Baseline | Role::Status => true,
        Role::Target | Role::Task | Role::Total | Role::Standard | Role::Limit | Role::Amount => {
            false
        }
        Role::Part | Role::Forecast => return None,
    };
    Some(Thing {
        state,
        year: figure.last_year().or_else(|| period_end(facts, fact)),
        flow: figure.flow,
        period: figure.flow && figure.years().is_none_or(|years| years > 1) && !figure.each_year,
        each_year: figure.each_year,
        per: figure.per,
        class: figure.class.clone(),
    })
}

/// A target without a year is meant for the end of its document's period.
fn period_end(facts: &Facts<'_>, fact: &Fact<'_>) -> Option<i32> {
    let document = facts.book.head.document(fact.document())?;
    (fact.figure.role == Role::Target).then_some(document.until?.year())
}

/// Groups of figures of one thing with more than one value.
pub(super) fn differ(facts: &Facts<'_>) -> Vec<Finding> {
    let mut out = Vec::new();
    for (measure, area) in facts.things() {
        let mut groups: BTreeMap<Thing, Vec<Fact<'_>>> = BTreeMap::new();
        for fact in facts.of_measure(&measure.id, area) {
            if let Some(thing) = thing(facts, &fact) {
                groups.entry(thing).or_default().push(fact);
            }
        }
        for (thing, group) in groups {
            // Projects, subsidies and the like are many things of one measure.
            let named = |fact: &Fact<'_>| matches!(fact.row.kind, crate::Kind::Project { .. });
            let group: Vec<Fact<'_>> = group.into_iter().filter(|fact| !named(fact)).collect();
            if let Some(finding) = compare(&group, &thing, &about(measure, area)) {
                out.push(finding.of_measure(&measure.id, &measure.domain));
            }
        }
    }
    out.extend(converted(facts));
    out
}

fn compare(group: &[Fact<'_>], thing: &Thing, about: &str) -> Option<Finding> {
    let first = group.first()?;
    let value = |fact: &Fact<'_>| (fact.figure.amount(), fact.figure.amount_upto());
    if group.iter().all(|fact| value(fact) == value(first)) {
        return None;
    }
    let severity = severity(group);
    let one = |fact: &Fact<'_>| {
        let words = fact
            .note()
            .map(|note| format!("（{note}）"))
            .unwrap_or_default();
        format!(
            "{}「{}」写 {}{words}",
            fact.document(),
            fact.row.source.section,
            fact.figure.zh()
        )
    };
    let mut said: Vec<String> = Vec::new();
    for fact in group {
        let words = one(fact);
        if !said.contains(&words) {
            said.push(words);
        }
    }
    let what = if thing.state { "现状" } else { "目标" };
    let when = thing
        .year
        .map(|year| format!("{year}年"))
        .unwrap_or_default();
    let says = format!(
        "{}{when}{what}有不同的数：{}",
        first.measure.name,
        said.join("；")
    );
    let kind = if thing.state { "state" } else { "goal" };
    let year = thing
        .year
        .map_or_else(|| "undated".to_owned(), |year| year.to_string());
    let flow = match (thing.each_year, thing.flow) {
        (true, _) => ":yearly",
        (false, true) if thing.period => ":period",
        (false, true) => ":added",
        (false, false) => "",
    };
    let per = thing
        .per
        .map(|per| format!(":{}", per.key()))
        .unwrap_or_default();
    let class = thing
        .class
        .as_deref()
        .map(|class| format!(":{class}"))
        .unwrap_or_default();
    let settle = if group.iter().any(|a| group.iter().any(|b| rounds(a, b))) {
        "数值相差很小或互不矛盾，统一写法即可"
    } else if one_document(group) {
        "同一份文件前后不一，请发文单位明确以哪一处为准"
    } else {
        "请后发文件的制定单位说明是否替代前一份，口径不同的写明口径"
    };
    Some(Finding::new(
        FindingKind::Differ,
        &format!("{about}:{kind}:{year}{flow}{per}{class}"),
        severity,
        says,
        settle,
        group.iter().map(Fact::place).collect(),
    ))
}

fn one_document(group: &[Fact<'_>]) -> bool {
    group
        .windows(2)
        .all(|pair| matches!(pair, [a, b] if a.document() == b.document()))
}

/// The most serious pair decides.
fn severity(group: &[Fact<'_>]) -> Severity {
    let mut worst = Severity::Note;
    for (index, a) in group.iter().enumerate() {
        for b in group.iter().skip(index + 1) {
            worst = worst.min(pair(a, b));
        }
    }
    worst
}

fn pair(a: &Fact<'_>, b: &Fact<'_>) -> Severity {
    let (one, other) = (a.figure, b.figure);
    if (one.amount(), one.amount_upto()) == (other.amount(), other.amount_upto()) {
        return Severity::Note;
    }
    // "1–2 for each county" and "at least 1 for each county" ask for the same.
    if one.low().is_some() && one.low() == other.low() {
        return Severity::Note;
    }
    if rounds(a, b) || rounds(b, a) {
        return Severity::Minor;
    }
    let apart =
        |low: Option<Num>, high: Option<Num>| low.zip(high).is_some_and(|(low, high)| low > high);
    let disjoint = apart(one.low(), other.high()) || apart(other.low(), one.high());
    let different_words =
        a.note().is_some() && b.note() != a.note() || b.note().is_some() && a.note() != b.note();
    if a.document() == b.document() {
        // Within one document even "≥1" beside "2" leaves open what counts.
        return Severity::Serious;
    }
    if different_words {
        Severity::Minor
    } else if disjoint || !one.flow || other.flow {
        Severity::Serious
    } else {
        Severity::Minor
    }
}

/// Whether `fine` rounds to `coarse` at the coarse one's decimals.
fn rounds(fine: &Fact<'_>, coarse: &Fact<'_>) -> bool {
    let (fine, coarse) = (fine.figure, coarse.figure);
    let decimals = places(&coarse.printed);
    decimals > 0
        && fine.upto.is_none()
        && coarse.upto.is_none()
        && places(&fine.printed) > decimals
        && fine.value.round(decimals) == coarse.value
}

/// A number of things and a share of areas that have one, both promised for the same year.
fn converted(facts: &Facts<'_>) -> Vec<Finding> {
    let mut out = Vec::new();
    for share in &facts.all {
        let (Some(ratio), Some(per)) = (&share.measure.ratio, share.measure.each) else {
            continue;
        };
        let Some(many) = facts.book.units.get(&per).copied().map(Num::whole) else {
            continue;
        };
        if !share.figure.role.is_goal() || !is_percent(&share.measure.unit) {
            continue;
        }
        let counts = facts
            .of_measure(&ratio.numerator, share.figure.area)
            .filter(|fact| {
                fact.figure.role != Role::Task
                    && (fact.figure.role.is_goal() || fact.figure.role == Role::Standard)
                    && fact.figure.per.is_none()
                    && fact.figure.last_year() == share.figure.last_year()
                    && fact.document() != share.document()
            });
        for count in counts {
            let Some(percent) = (count.figure.amount() * ratio.scale).over(many) else {
                continue;
            };
            let distance = percent.distance(share.figure.amount());
            if distance <= Num::whole(5) {
                continue;
            }
            let says = format!(
                "{}：{}写 {}（{many} 个中约占 {}%），{}写 {}",
                share.measure.name,
                count.document(),
                count.figure.zh(),
                percent.round(1),
                share.document(),
                share.figure.zh()
            );
            let year = share.figure.last_year().unwrap_or_default();
            out.push(
                Finding::new(
                    FindingKind::Differ,
                    &format!("{}:as_count:{year}", share.measure.id),
                    Severity::Minor,
                    says,
                    "请后发文件的制定单位说明是否替代前一份，以及两处设施是否同一类",
                    vec![count.place(), share.place()],
                )
                .of_measure(&share.measure.id, &share.measure.domain),
            );
        }
    }
    out.dedup_by(|a, b| a.id == b.id);
    out
}
