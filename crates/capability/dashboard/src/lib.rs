//! 领导驾驶舱 and 填报: where every target of the plan stands, computed from the register or reported.
//!
//! Rows A03–A05, A07–A10, A18, A20, A22–A52; product.md 7, 8, 27, 42, 43. The plan says what shall be
//! ([`aim`]), [`value`] keeps what is, dated twice, and [`standing`] says how far apart they are.

mod aim;
pub mod api;
mod board;
mod computed;
mod demo;
mod drill;
mod known;
mod light;
mod nightly;
mod pages;
mod places;
mod rollup;
mod show;
mod standing;
mod suppress;
mod trend;
mod value;

use ::store::Migration;
use authz::{Action, Role};
use host::{Access, Capability, JobSpec, NavEntry, Routes};
use std::sync::Arc;

/// Table, pages, menu and job of this capability.
pub fn capability() -> Capability {
    Capability {
        name: "dashboard",
        tables: &["dashboard_rollup", "dashboard_value"],
        routes: routes(),
        nav: vec![
            NavEntry {
                group: "",
                title: "驾驶舱",
                href: "/dashboard",
                action: None,
                roles: VIEWERS,
            },
            NavEntry {
                group: "统计报表",
                title: "填报",
                href: "/reports",
                action: Some(Action::ReportValue),
                roles: &[],
            },
        ],
        migrations: vec![
            Migration {
                id: "0001_dashboard",
                owner: "dashboard",
                sql: include_str!("../migrations/0001_dashboard.sql"),
            },
            Migration {
                id: "0002_rollup",
                owner: "dashboard",
                sql: include_str!("../migrations/0002_rollup.sql"),
            },
        ],
        jobs: vec![JobSpec {
            kind: api::NIGHTLY,
            run: Arc::new(|app, job| Box::pin(nightly::run(app, job))),
        }],
        ..Capability::default()
    }
}

/// Who has the dashboard in the menu.
const VIEWERS: &[Role] = &[
    Role::Leader,
    Role::CityCivil,
    Role::CountyCivil,
    Role::CityHealth,
    Role::CountyHealth,
    Role::Planner,
];

fn routes() -> Routes {
    let read = Access::May(Action::ReadCounts);
    let report = Access::May(Action::ReportValue);
    Routes::new()
        .get("/dashboard", read, pages::dashboard::get)
        .get("/dashboard/paper.pdf", read, pages::paper::pdf)
        .get("/dashboard/paper.docx", read, pages::paper::docx)
        .get("/dashboard/drill", read, pages::drill::get)
        .get("/dashboard/map", read, pages::map::get)
        .get("/dashboard/money", read, pages::money::get)
        .get("/dashboard/safety", read, pages::money::safety)
        .get("/dashboard/tasks", read, pages::tasks::get)
        .get("/dashboard/{measure}", read, pages::figure::get)
        .get("/reports", report, pages::reports::get)
        .post("/reports/computation", report, pages::reports::compute)
        .get("/reports/{measure}", report, pages::report::get)
        .post("/reports/{measure}", report, pages::report::post)
}
