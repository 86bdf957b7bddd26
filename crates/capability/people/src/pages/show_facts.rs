//! 事实与来源: every fact with its value, since when, recorded when and by whom, and who settles it.

use super::words;
use crate::api::{Person, Resolved};
use area::api::AreaBook;
use authz::Action;
use host::Ctx;
use kernel::Day;
use rules::facts::{FactId, SettledBy};

pub(super) struct FactRow {
    pub(super) zh: &'static str,
    pub(super) says: &'static str,
    pub(super) value: Option<String>,
    pub(super) since: String,
    pub(super) recorded: String,
    pub(super) source: String,
    pub(super) overdue: bool,
    pub(super) owner: String,
    pub(super) settled_by: &'static str,
    /// Where the owner corrects it.
    pub(super) correct: Option<String>,
    /// Where somebody else asks the owner to.
    pub(super) request: Option<String>,
}

pub(super) struct FactGroup {
    pub(super) title: &'static str,
    pub(super) rows: Vec<FactRow>,
}

/// Which facts stand together on the tab, by their first name.
const FACT_GROUPS: &[(&str, &[&str])] = &[
    (
        "身份与户籍",
        &[
            "alive",
            "dead_on",
            "birth_date",
            "sex",
            "hukou_area",
            "moved_out_on",
            "in_custody",
        ],
    ),
    (
        "居住与家庭",
        &[
            "residence_area",
            "residence_since",
            "urban",
            "living",
            "left_behind",
            "unattended",
            "has_supporter",
            "supporter_refuses",
        ],
    ),
    (
        "社会救助",
        &[
            "tekun",
            "tekun_choice",
            "tekun_mode",
            "tekun_self_care",
            "dibao",
            "dibao_household",
            "dibao_still_hard",
            "low_income",
            "dibao_edge",
            "rigid_spending",
            "homeless",
            "legal_aid_case",
            "serious_illness",
        ],
    ),
    (
        "能力与残疾",
        &[
            "ability_level",
            "cannot_self_care",
            "dementia",
            "wants_assessment",
            "disability_grade",
            "disability_kind",
            "disability_card_until",
            "needs_long_care",
            "carer_trained",
            "carer_of",
        ],
    ),
    (
        "养老与保险",
        &[
            "employee_pension",
            "resident_pension",
            "work_injury_care_pay",
            "ltci_benefit",
        ],
    ),
];

/// A day of death or removal that is not there is not something to find out.
fn is_open(fact: FactId) -> bool {
    !matches!(fact.name(), "dead_on" | "moved_out_on")
}

pub(super) fn fact_groups(
    ctx: &Ctx,
    book: &AreaBook,
    person: &Person,
    resolved: &Resolved,
    on: Day,
) -> Vec<FactGroup> {
    let child = person.age_on(ctx.today()).is_some_and(|age| age < 18);
    let mut groups: Vec<FactGroup> = Vec::new();
    let mut placed: Vec<FactId> = Vec::new();
    for (title, names) in FACT_GROUPS {
        let facts: Vec<FactId> = names
            .iter()
            .filter_map(|name| rules::facts::find(name))
            .collect();
        placed.extend(&facts);
        groups.push(FactGroup {
            title,
            rows: facts
                .into_iter()
                .filter(|fact| is_open(*fact) || resolved.facts.get(*fact).is_some())
                .map(|fact| fact_row(ctx, book, person, resolved, fact, on))
                .collect(),
        });
    }
    let rest: Vec<FactId> = FactId::all()
        .filter(|fact| !placed.contains(fact))
        .collect();
    let is_child_fact = |fact: &FactId| {
        matches!(
            fact.name(),
            "orphan"
                | "unattended_child"
                | "martyr_child"
                | "poor_family_child"
                | "migrant_child"
                | "birth_order"
                | "guardian_ids"
        )
    };
    let (children, others): (Vec<FactId>, Vec<FactId>) = rest.into_iter().partition(is_child_fact);
    let rows = |facts: Vec<FactId>| {
        facts
            .into_iter()
            .map(|fact| fact_row(ctx, book, person, resolved, fact, on))
            .collect()
    };
    if child {
        groups.push(FactGroup {
            title: "儿童",
            rows: rows(children),
        });
    } else {
        groups.push(FactGroup {
            title: "优抚、计生与生育",
            rows: rows(others),
        });
    }
    groups
}

fn fact_row(
    ctx: &Ctx,
    book: &AreaBook,
    person: &Person,
    resolved: &Resolved,
    fact: FactId,
    on: Day,
) -> FactRow {
    let def = fact.def();
    let known = resolved.known(fact);
    let action = Action::CorrectFact { offices: def.owner };
    let may = action.allowed_to(ctx.actor().role);
    FactRow {
        zh: def.zh,
        says: def.says,
        value: resolved
            .facts
            .get(fact)
            .map(|value| words::value(book, fact, value)),
        since: known
            .map(|known| known.since.to_string())
            .unwrap_or_default(),
        recorded: known
            .map(|known| known.recorded.day().to_string())
            .unwrap_or_default(),
        source: known
            .map(|known| {
                let roll = if known.roll.is_some() {
                    "（全量名单，不在册）"
                } else {
                    ""
                };
                format!("{}{roll} · {}", known.source, known.by)
            })
            .unwrap_or_default(),
        overdue: match (def.review_months, known) {
            (Some(months), Some(known)) => known.recorded.day().plus_months(i32::from(months)) < on,
            _ => false,
        },
        owner: def.owner.join("、"),
        settled_by: if def.settled_by == SettledBy::None {
            ""
        } else {
            def.settled_by.zh()
        },
        correct: may.then(|| format!("/people/{}/facts/{}/correction", person.key.id, def.name)),
        request: (!may && !def.owner.is_empty())
            .then(|| format!("/people/{}/facts/{}/request", person.key.id, def.name)),
    }
}
