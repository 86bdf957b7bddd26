//! The first page after signing in: what to do now, for the roles whose work has landed.
//!
//! A view: it owns no tables and asks other capabilities through their `api`.

pub mod api;
mod calendar;
mod pages;
mod terms;
mod workdays;

use authz::{Action, Role};
use host::{Access, Capability, DeskCounter, NavEntry, Routes};
use std::sync::Arc;

/// Pages and menu of this capability.
pub fn capability() -> Capability {
    Capability {
        name: "desk",
        routes: Routes::new()
            .get("/", Access::SignedIn, pages::desk::get)
            .get("/desk/jobs", Access::SignedIn, pages::failed::get)
            .post(
                "/desk/jobs/{id}/dismissal",
                Access::SignedIn,
                pages::failed::dismiss,
            )
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
        counters: vec![DeskCounter {
            title: "后台任务没有完成",
            unit: "项",
            tone: "warn",
            roles: Role::ALL,
            count: Arc::new(|ctx| Box::pin(pages::failed::count(ctx))),
        }],
        ..Capability::default()
    }
}
