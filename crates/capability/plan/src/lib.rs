//! Plan folders as drafts and published versions.
//!
//! Rows C01, C02, A01; invariants 1 and 4. A folder (`plans/<place>/`) is loaded as a draft. A draft
//! that is clean and whose examples pass is approved by a second person and becomes an immutable
//! version with a digest; the server answers only from published versions, through
//! [`api::PlanBook`], which the app puts into its parts. Exporting writes the loaded bytes back.

mod ack;
pub mod api;
mod book;
mod changed;
mod check;
mod county;
mod county_stand;
mod drafting;
mod edits;
mod load;
mod overlay;
mod pages;
mod params;
mod publish;
mod show;
mod trial;
mod version;

use authz::Action;
use host::{Access, Capability, Routes};
use store::Migration;

/// Tables, pages and schema of this capability.
pub fn capability() -> Capability {
    Capability {
        name: "plan",
        tables: &["plan_version", "plan_file", "plan_overlay", "plan_ack"],
        routes: routes(),
        migrations: vec![
            Migration {
                id: "0001_plan",
                owner: "plan",
                sql: include_str!("../migrations/0001_plan.sql"),
            },
            Migration {
                id: "0002_plan_edits",
                owner: "plan",
                sql: include_str!("../migrations/0002_plan_edits.sql"),
            },
            Migration {
                id: "0003_plan_untried",
                owner: "plan",
                sql: include_str!("../migrations/0003_plan_untried.sql"),
            },
            Migration {
                id: "0004_plan_county",
                owner: "plan",
                sql: include_str!("../migrations/0004_plan_county.sql"),
            },
            Migration {
                id: "0005_plan_asked",
                owner: "plan",
                sql: include_str!("../migrations/0005_plan_asked.sql"),
            },
        ],
        ..Capability::default()
    }
}

fn routes() -> Routes {
    let read = Access::May(Action::ReadPlan);
    let edit = Access::May(Action::DraftList);
    Routes::new()
        .get("/list/versions", read, pages::versions::get)
        .get("/list/versions/{id}", read, pages::version::get)
        .post(
            "/list/versions/{id}/publication",
            Access::May(Action::PublishPlan),
            pages::publication::post,
        )
        .post("/list/versions/{id}/back", edit, pages::step_back::post)
        .post(
            "/list/versions/{id}/request",
            edit,
            pages::ask_publication::post,
        )
        .get("/list/items/edit", edit, pages::item_edit::get)
        .post("/list/items/edit", edit, pages::item_edit::post)
        .get("/list/items/new", edit, pages::item_new::get)
        .post("/list/items/new", edit, pages::item_new::post)
        .get("/list/params", read, pages::params::get)
        .get("/list/params/value", edit, pages::value_new::get)
        .post("/list/params/value", edit, pages::value_new::post)
        .get("/list/counties/new", edit, pages::county_new::get)
        .post("/list/counties/new", edit, pages::county_new::post)
        .get("/list/cases", read, pages::cases::get)
        .get("/list/cases/new", edit, pages::case_new::get)
        .post("/list/cases/new", edit, pages::case_new::post)
        .get("/list/public", Access::Public, pages::public::get)
        .get(
            "/list/public/history",
            Access::Public,
            pages::public::history,
        )
}
