//! 规划任务: the figures of plans on pages — targets, tasks, capacity, standards, conflicts, places side by
//! side — with editing, comparing, importing and printing.
//!
//! Rows A01–A11, A21–A53, M02; invariants 1 and 2. Reads published versions from the plan capability's
//! book and drafts from its tables; an edit is a new draft there, approved by a second person.

mod pages;

use authz::{Action, Role};
use host::{Access, Capability, NavEntry, Routes};

/// Pages and menu of this capability; it has no tables of its own.
pub fn capability() -> Capability {
    Capability {
        name: "goals",
        routes: routes(),
        nav: [
            ("指标", "/plan/indicators"),
            ("重点任务", "/plan/tasks"),
            ("供给计划", "/plan/capacity"),
            ("标准与政策", "/plan/standards"),
            ("口径差异", "/plan/findings"),
            ("地区比较", "/plan/compare"),
        ]
        .map(|(title, href)| NavEntry {
            group: "规划任务",
            title,
            href,
            action: None,
            roles: READERS,
        })
        .to_vec(),
        ..Capability::default()
    }
}

/// Who has plans in the menu; who may read the list may read them too.
const READERS: &[Role] = &[
    Role::Planner,
    Role::Leader,
    Role::CityCivil,
    Role::CountyCivil,
    Role::CityHealth,
    Role::CountyHealth,
    Role::Finance,
];

fn routes() -> Routes {
    let read = Access::May(Action::ReadPlan);
    let edit = Access::May(Action::EditPlan);
    Routes::new()
        .get("/plan", read, pages::home::get)
        .get("/plan/indicators", read, pages::indicators::get)
        .get("/plan/tasks", read, pages::tasks::get)
        .get("/plan/capacity", read, pages::capacity::get)
        .get("/plan/standards", read, pages::standards::get)
        .get("/plan/documents", read, pages::documents::get)
        .get("/plan/rows/{id}", read, pages::row::get)
        .get("/plan/findings", read, pages::findings::get)
        .get("/plan/findings/{id}", read, pages::finding::get)
        .post(
            "/plan/findings/{id}/acknowledgement",
            edit,
            pages::finding::acknowledge,
        )
        .post(
            "/plan/findings/{id}/withdrawal",
            edit,
            pages::finding::withdraw,
        )
        .get("/plan/compare", read, pages::compare::get)
        .get("/plan/rows/{id}/edit", edit, pages::edit::get)
        .post("/plan/rows/{id}/edit", edit, pages::edit::post)
        .post("/plan/rows/{id}/removal", edit, pages::edit::remove)
        .get("/plan/new", edit, pages::edit::new)
        .post("/plan/new", edit, pages::edit::create)
        .get("/plan/changes", read, pages::changes::get)
        .post(
            "/plan/changes/publication",
            Access::May(Action::PublishPlan),
            pages::changes::publish,
        )
        .post("/plan/changes/discard", edit, pages::changes::discard)
        .get("/plan/print", read, pages::print::get)
        .get("/plan/plan.xlsx", read, pages::workbook::download)
        .get("/plan/import", edit, pages::workbook::form)
        .post("/plan/import", edit, pages::workbook::preview)
        .post("/plan/import/commit", edit, pages::workbook::commit)
}
