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
mod erase;
mod handover;
mod kind;
mod kinds;
mod line;
mod members;
mod pages;
mod report;
mod rest;
mod staged;
mod start;
mod stopped;
mod undo;

use authz::Action;
use host::{Access, Capability, FailedWork, JobSpec, NavEntry, Routes, Sealing};
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
        migrations: vec![
            Migration {
                id: "0001_intake",
                owner: "intake",
                sql: include_str!("../migrations/0001_intake.sql"),
            },
            Migration {
                id: "0002_intake_raw",
                owner: "intake",
                sql: include_str!("../migrations/0002_intake_raw.sql"),
            },
        ],
        failed: vec![
            FailedWork {
                kind: check::KIND,
                title: "校验导入的名单",
                advice: "打开这次导入，点“改列和来源”重新校验；还是不行，请核对文件能不能用 Excel 打开。",
                href,
            },
            FailedWork {
                kind: commit::KIND,
                title: "提交导入的名单",
                advice: "打开这次导入，点“继续”，从停下的地方接着提交；也可以撤销整批。",
                href,
            },
            FailedWork {
                kind: undo::KIND,
                title: "撤销导入的名单",
                advice: "打开这次导入，再点“撤销整批”，从停下的地方接着撤销。",
                href,
            },
        ],
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
        sealed: vec![Sealing::Table(&report::SEALED)],
        handovers: vec![handover::handover()],
        erasures: vec![erase::erasure()],
        ..Capability::default()
    }
}

/// The page of the import that a job is for.
fn href(payload: &str) -> String {
    format!("/intake/{}", check::batch_of(payload))
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
        .post("/intake/{id}/reading", may, pages::reading::post)
        .post("/intake/{id}/remapping", may, pages::acts::map_again)
        .post("/intake/{id}/approval", may, pages::acts::approve)
        .post("/intake/{id}/commit", may, pages::acts::commit)
        .post("/intake/{id}/pause", may, pages::acts::pause)
        .post("/intake/{id}/continuation", may, pages::acts::go_on)
        .post("/intake/{id}/cancellation", may, pages::acts::cancel)
        .post("/intake/{id}/withdrawal", may, pages::acts::withdraw)
        .get("/intake/{id}/bad-rows", may, pages::bad::get)
}
