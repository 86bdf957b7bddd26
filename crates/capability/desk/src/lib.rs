//! The first page after signing in: what to do now, for the roles whose work has landed.
//!
//! A view: it owns no tables and asks other capabilities through their `api`.

pub mod api;
mod calendar;
mod pages;
mod terms;
mod workdays;

use authz::{Action, Role};
use host::{Access, Capability, NavEntry, Routes};

/// Pages and menu of this capability.
pub fn capability() -> Capability {
    Capability {
        name: "desk",
        routes: Routes::new()
            .get("/", Access::SignedIn, pages::desk::get)
            .post(
                "/desk/notices",
                Access::May(Action::ReadLists),
                pages::notices::post,
            ),
        nav: vec![NavEntry {
            group: "",
            title: "工作台",
            href: "/",
            action: None,
            roles: &[
                Role::CityCivil,
                Role::CountyCivil,
                Role::TownWorker,
                Role::Visitor,
            ],
        }],
        ..Capability::default()
    }
}
