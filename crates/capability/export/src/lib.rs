//! 导出台账: any list as a workbook, by a job with progress; every export and download is logged.
//!
//! Rows K01, M03; engineering.md 12, 15, 17. Tables `export_*`. Which lists there are is declared by their
//! capabilities (`host::ExportSpec`).

pub mod api;
mod erase;
mod expire;
mod job;
mod mask;
mod pages;
mod run;
mod sheet;

use authz::Action;
use host::{Access, Capability, JobSpec, NavEntry, Routes};
use std::sync::Arc;
use store::Migration;

/// Tables, pages, menu, jobs and schema of this capability.
pub fn capability() -> Capability {
    Capability {
        name: "export",
        tables: &["export_run", "export_part", "export_note"],
        routes: routes(),
        nav: vec![NavEntry {
            group: "统计报表",
            title: "导出记录",
            href: "/exports",
            action: Some(Action::Export),
            roles: &[],
        }],
        migrations: vec![Migration {
            id: "0001_export",
            owner: "export",
            sql: include_str!("../migrations/0001_export.sql"),
        }],
        jobs: vec![
            JobSpec {
                kind: job::KIND,
                run: Arc::new(|app, job| Box::pin(job::run(app, job))),
            },
            JobSpec {
                kind: api::EXPIRE,
                run: Arc::new(|app, job| Box::pin(expire::run(app, job))),
            },
        ],
        erasures: vec![erase::erasure()],
        ..Capability::default()
    }
}

fn routes() -> Routes {
    let may = Access::May(Action::Export);
    Routes::new()
        .get("/exports", may, pages::all::get)
        .post("/exports", may, pages::ask::post)
        .get("/exports/new", may, pages::ask::get)
        .get("/exports/{id}", may, pages::one::get)
        .post("/exports/{id}/cancellation", may, pages::one::cancel)
        .post("/exports/{id}/continuation", may, pages::one::go_on)
        .get("/exports/{id}/file", may, pages::file::get)
}
