//! 数据导入: lists that offices have, brought into the register: uploaded, read, checked, previewed, committed, taken
//! back.
//!
//! Rows B01–B09, B14, B17. Tables `intake_*`. Nothing of a list is written to the register before somebody has seen
//! what would change; what is written stands in the history under the list's own label and can be taken back whole.

mod acts;
pub mod api;
mod batch;
mod cells;
mod check;
mod commit;
mod decide;
mod kind;
mod kinds;
mod line;
mod members;
mod pages;
mod report;
mod rest;
mod staged;
mod start;
mod undo;

use authz::Action;
use host::{Access, Capability, JobSpec, NavEntry, Routes};
use std::sync::Arc;
use store::Migration;

/// Tables, pages, menu, jobs and schema of this capability.
pub fn capability() -> Capability {
    Capability {
        name: "intake",
        tables: &[
            "intake_batch",
            "intake_part",
            "intake_undo",
            "intake_mapping",
        ],
        routes: routes(),
        nav: vec![NavEntry {
            group: "人员档案",
            title: "数据导入",
            href: "/intake",
            action: Some(Action::Import),
            roles: &[],
        }],
        migrations: vec![Migration {
            id: "0001_intake",
            owner: "intake",
            sql: include_str!("../migrations/0001_intake.sql"),
        }],
        jobs: vec![
            JobSpec {
                kind: check::KIND,
                run: Arc::new(|app, job| Box::pin(check::run(app, job))),
            },
            JobSpec {
                kind: commit::KIND,
                run: Arc::new(|app, job| Box::pin(commit::run(app, job))),
            },
            JobSpec {
                kind: undo::KIND,
                run: Arc::new(|app, job| Box::pin(undo::run(app, job))),
            },
        ],
        ..Capability::default()
    }
}

fn routes() -> Routes {
    let may = Access::May(Action::Import);
    Routes::new()
        .get("/intake", may, pages::all::get)
        .get("/intake/new", may, pages::new::get)
        .post(api::UPLOAD, may, pages::new::post)
        .get("/intake/templates/{kind}", may, pages::template::get)
        .get("/intake/{id}", may, pages::one::get)
        .post("/intake/{id}/mapping", may, pages::mapping::post)
        .post("/intake/{id}/remapping", may, pages::acts::map_again)
        .post("/intake/{id}/approval", may, pages::acts::approve)
        .post("/intake/{id}/commit", may, pages::acts::commit)
        .post("/intake/{id}/pause", may, pages::acts::pause)
        .post("/intake/{id}/continuation", may, pages::acts::go_on)
        .post("/intake/{id}/cancellation", may, pages::acts::cancel)
        .post("/intake/{id}/withdrawal", may, pages::acts::withdraw)
        .get("/intake/{id}/bad-rows", may, pages::bad::get)
}
