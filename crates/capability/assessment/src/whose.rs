//! Whose scale is whose: 民政 has those of elders, 卫健 the one of small children; towns, villages and families ask for
//! either, and assessors fill in what they are sent.

use assess::Scheme;
use authz::{Action, Role};
use host::{Ctx, Failure};
use kernel::Day;
use people::api::Person;
use ui::PageError;

/// Whether a role asks for and handles assessments by this scale: officers of a department by its own, others by any.
pub(crate) fn theirs(role: Role, scheme: &Scheme) -> bool {
    let own = role.offices();
    let departments = || assess::all().iter().map(|one| one.office.as_str());
    own.contains(&scheme.office.as_str())
        || !departments().any(|department| own.contains(&department))
}

/// The scales of a role.
pub(crate) fn schemes(role: Role) -> impl Iterator<Item = &'static Scheme> {
    assess::all()
        .iter()
        .filter(move |scheme| theirs(role, scheme))
}

/// The scale that somebody of this age is assessed by as a rule.
pub(crate) fn usual(person: &Person, today: Day) -> Option<&'static Scheme> {
    let child = person.age_on(today).is_some_and(|age| age < 18);
    assess::by_id(if child {
        "child-need-2025"
    } else {
        "gbt-42195-2022"
    })
}

/// The person, unless neither their record nor the scale for somebody of their age is the asker's.
pub(crate) fn admits(ctx: &Ctx, person: Person) -> Result<Person, Failure> {
    let role = ctx.actor().role;
    match usual(&person, ctx.today()) {
        Some(usual) if !Action::ReadPerson.allowed_to(role) && !theirs(role, usual) => {
            let county = county(usual);
            let text = format!("{}的评估由{county}受理。", usual.audience);
            Err(PageError::refused(&county).text(text).into())
        }
        _ => Ok(person),
    }
}

/// Where a role comes from when it asks: the person's record, or the list where it opens none.
pub(crate) fn back(role: Role, person: &str) -> String {
    if Action::ReadPerson.allowed_to(role) {
        format!("/people/{person}?tab=assessment")
    } else {
        "/assessments".to_owned()
    }
}

/// The county office that handles a scale.
pub(crate) fn county(scheme: &Scheme) -> String {
    format!("县{}", scheme.office)
}

/// Refuses whoever does not keep the bodies, their assessors and what they are paid: 民政 does for every scale.
pub(crate) fn keeps_bodies(ctx: &Ctx) -> Result<(), Failure> {
    if ctx.actor().role == Role::CountyCivil {
        return Ok(());
    }
    let text = "评估机构、评估员和评估费由县民政登记和结算；派单可以选已登记的机构。";
    Err(PageError::refused("县民政").text(text).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Row B11: every role with its scales; nobody is left without one.
    #[test]
    fn each_department_has_its_scales() {
        let elders = ["gbt-42195-2022", "tekun-2021", "ltc-2021", "mzt-039-2013"];
        let has = |role: Role, id: &str| schemes(role).any(|scheme| scheme.id == id);
        for (role, elder, child) in [
            (Role::CityCivil, true, false),
            (Role::CountyCivil, true, false),
            (Role::CityHealth, false, true),
            (Role::CountyHealth, false, true),
            (Role::TownWorker, true, true),
            (Role::Visitor, true, true),
            (Role::Family, true, true),
            (Role::Assessor, true, true),
            (Role::InspectorDiscipline, true, true),
        ] {
            assert_eq!(has(role, "child-need-2025"), child, "{role:?}");
            assert!(elders.iter().all(|id| has(role, id) == elder), "{role:?}");
        }
    }
}
