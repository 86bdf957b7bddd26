//! From role and grants to what an account may see, and where its work starts.

use crate::accounts::{Grant, GrantKind};
use area::api::AreaBook;
use authz::{Action, Home, Role, Scope};
use kernel::Day;

/// Scope on `today` and its name on pages. A role that may neither open people nor see lists or counts
/// (三员, and roles whose work is still to come) has [`Scope::Nowhere`] whatever was granted; the name
/// still says where it works.
pub fn resolve_scope(role: Role, grants: &[Grant], book: &AreaBook, today: Day) -> (Scope, String) {
    if matches!(
        role,
        Role::SystemAdmin | Role::SecurityAdmin | Role::AuditAdmin
    ) {
        return (Scope::Nowhere, "不接触个人信息".to_owned());
    }
    let (mut areas, mut people, mut names) = (Vec::new(), Vec::new(), Vec::new());
    for grant in grants.iter().filter(|grant| grant.holds_on(today)) {
        match grant.kind {
            GrantKind::Area => {
                if let Ok(code) = grant.code.parse() {
                    areas.push(code);
                    names.push(book.full_name(&code));
                }
            }
            GrantKind::Management => {
                areas.extend(book.executor_scope(&grant.code));
                names.extend(
                    book.executor(&grant.code)
                        .map(|executor| executor.name.clone()),
                );
            }
            GrantKind::Person => people.push(grant.code.clone()),
        }
    }
    areas.sort_unstable();
    areas.dedup();
    if !people.is_empty() {
        names.push(format!("{} 位家人", people.len()));
    }
    let name = if names.is_empty() {
        "未分配范围".to_owned()
    } else {
        names.join("、")
    };
    let sees_people = [
        Action::ReadPerson,
        Action::ReadLists,
        Action::ReadCounts,
        Action::ReadMoney,
    ]
    .iter()
    .any(|action| action.allowed_to(role));
    let scope = match (sees_people, areas.is_empty(), people.is_empty()) {
        (true, false, _) if role != Role::Family => Scope::Areas(areas),
        (true, _, false) => Scope::People(people),
        _ => Scope::Nowhere,
    };
    (scope, name)
}

/// The first page of a role after signing in.
pub const fn home(role: Role) -> &'static str {
    match (role, role.home()) {
        (Role::SystemAdmin, _) => "/system/accounts",
        (Role::SecurityAdmin, _) => "/system/grants",
        (Role::AuditAdmin, _) => "/system/log",
        (Role::Finance | Role::Bank, _) => "/payments",
        (_, Home::Desk | Home::OwnPeople) => "/",
        (_, Home::Coming | Home::Administration) => "/coming",
    }
}
