//! Who does what to a case, in words.

use crate::acts::Books;
use crate::machine::{Act, State};
use crate::store::Case;
use authz::Role;
use kernel::Day;

/// Who does an act, in words.
pub fn who_does(books: Books<'_>, case: &Case, act: Act<'_>, today: Day) -> String {
    let standing = case.standing.on(books.procedure, today);
    let roles = standing.doers(books.procedure, act);
    if roles.is_empty() {
        return "申请人或代办人".to_owned();
    }
    let place = books.areas.short_name(&case.handled);
    let office = books
        .areas
        .executor(&case.office)
        .map_or_else(String::new, |office| office.name.clone());
    let mut names: Vec<String> = roles
        .iter()
        .map(|role| match role {
            Role::CountyCivil => format!("{office}民政局"),
            Role::DepartmentData => format!("{office}残联"),
            Role::CountyHealth => format!("{office}卫健局"),
            other => format!("{place}{}", other.zh()),
        })
        .collect();
    names.dedup();
    names.join("或")
}

/// Who a case waits for today, in words; empty once it is closed.
pub fn waits_for(books: Books<'_>, case: &Case, today: Day) -> String {
    let standing = case.standing.on(books.procedure, today);
    let who = |act| who_does(books, case, act, today);
    match standing.state {
        State::Submitted => who(Act::Accept),
        State::Checking => standing
            .waiting(books.procedure)
            .first()
            .map_or_else(String::new, |step| who(Act::Pass(&step.id))),
        State::Deciding | State::Publicity => who(Act::Approve),
        State::Appealing => who(Act::Uphold),
        State::Supplement | State::Draft => "申请人或代办人".to_owned(),
        _ => String::new(),
    }
}
