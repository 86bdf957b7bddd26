//! Who looks without needing to know who it is: for auditors and inspectors the names of people are veiled.
//!
//! The guard of the routes draws the veil over a whole request, and `people` asks it at the one place where a row
//! becomes a person. So a page, a list, a search or an answer to another system that comes later is veiled too, without
//! a line of its own. Nobody behind the veil writes: the guard lets them send nothing that changes a record.

use authz::Role;

tokio::task_local! {
    static DRAWN: bool;
}

/// Whether this role sees names, numbers and phones masked wherever it looks.
pub const fn veils(role: Role) -> bool {
    matches!(role, Role::InspectorDiscipline)
}

/// Runs `work` behind the veil, if `role` is one that sees masked names.
pub(crate) async fn over<F: Future>(role: Option<Role>, work: F) -> F::Output {
    DRAWN.scope(role.is_some_and(veils), work).await
}

/// Whether the request that runs now is veiled; work outside of a request never is.
pub fn drawn() -> bool {
    DRAWN.try_with(|drawn| *drawn).unwrap_or(false)
}

/// A person's name as this request may show it.
pub fn name(name: String) -> String {
    if drawn() { ui::mask::name(&name) } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Row M03: an inspector's request sees the family name and stars, everybody else's the name; what runs outside of a
    /// request (jobs, loading the index) sees names.
    #[tokio::test]
    async fn only_an_inspectors_request_is_veiled() {
        let seen = async || name("王念慈".to_owned());
        for (role, shown) in [
            (Some(Role::InspectorDiscipline), "王**"),
            (Some(Role::TownWorker), "王念慈"),
            (None, "王念慈"),
        ] {
            assert_eq!(over(role, seen()).await, shown, "{role:?}");
        }
        assert_eq!(name("王念慈".to_owned()), "王念慈");
    }
}
