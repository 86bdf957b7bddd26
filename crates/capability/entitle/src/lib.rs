//! Who is owed what, and why.
//!
//! Rows C01, C03–C09, C11–C27, B14. Tables `entitle_*`. Answers come from the list in force and the
//! register's facts; they are kept with every change of a fact and explained clause by clause.

pub mod api;
mod as_of;
mod bases;
mod columns;
mod connected;
mod exports;
mod first;
mod fold;
mod follow;
mod judged;
mod pages;
mod recompute;
mod settle;
mod standing;
mod store;
mod tally;
mod trial;
pub mod walk;

use authz::{Action, Role};
use host::{Access, Capability, JobSpec, NavEntry, PanelPlace, PersonPanel, Routes};
use std::sync::Arc;

/// Tables, pages, panels, jobs and schema of this capability.
pub fn capability() -> Capability {
    Capability {
        name: "entitle",
        tables: &[
            "entitle_answer",
            "entitle_as_of",
            "entitle_finding",
            "entitle_follow",
            "entitle_follow_words",
            "entitle_list",
            "entitle_paid_here",
            "entitle_payer",
            "entitle_receipt",
            "entitle_roll",
            "entitle_tally",
            "entitle_trial",
        ],
        routes: routes(),
        nav: vec![
            NavEntry {
                group: "服务清单",
                title: "清单管理",
                href: "/list",
                action: Some(Action::ReadCounts),
                roles: &[],
            },
            NavEntry {
                group: "服务清单",
                title: "应享未享",
                href: "/owed",
                action: Some(Action::ReadLists),
                roles: &[],
            },
            NavEntry {
                group: "服务清单",
                title: "待核实",
                href: "/unsettled",
                action: Some(Action::ReadLists),
                roles: &[],
            },
            NavEntry {
                group: "服务清单",
                title: "政策测算",
                href: pages::trials::TRIALS,
                action: None,
                roles: TRIAL_ROLES,
            },
        ],
        migrations: vec![
            ::store::Migration {
                id: "0001_entitle",
                owner: "entitle",
                sql: include_str!("../migrations/0001_entitle.sql"),
            },
            ::store::Migration {
                id: "0002_compact",
                owner: "entitle",
                sql: include_str!("../migrations/0002_compact.sql"),
            },
            ::store::Migration {
                id: "0003_entitle_trial",
                owner: "entitle",
                sql: include_str!("../migrations/0003_entitle_trial.sql"),
            },
            ::store::Migration {
                id: "0004_what_if",
                owner: "entitle",
                sql: include_str!("../migrations/0004_what_if.sql"),
            },
            ::store::Migration {
                id: "0005_as_of",
                owner: "entitle",
                sql: include_str!("../migrations/0005_as_of.sql"),
            },
            ::store::Migration {
                id: "0006_follow",
                owner: "entitle",
                sql: include_str!("../migrations/0006_follow.sql"),
            },
            ::store::Migration {
                id: "0007_paid_here",
                owner: "entitle",
                sql: include_str!("../migrations/0007_paid_here.sql"),
            },
        ],
        panels: vec![
            PersonPanel {
                key: "standing",
                title: "",
                place: PanelPlace::Band,
                render: Arc::new(|ctx, view| Box::pin(pages::band::render(ctx, view))),
            },
            PersonPanel {
                key: "entitlement",
                title: "资格与待遇",
                place: PanelPlace::Tab,
                render: Arc::new(|ctx, view| Box::pin(pages::reasons::render(ctx, view))),
            },
        ],
        exports: exports::exports(),
        handovers: vec![follow::handover()],
        erasures: vec![follow::erasure()],
        snapshots: vec![
            host::SnapshotTable {
                name: "answers",
                write: Arc::new(|store, ask| Box::pin(walk::write_answers(store, ask))),
            },
            host::SnapshotTable {
                name: "receipts",
                write: Arc::new(|store, ask| Box::pin(walk::write_receipts(store, ask))),
            },
        ],
        jobs: vec![
            JobSpec {
                kind: "entitle.due",
                run: Arc::new(|app, job| Box::pin(pages::nightly::run(app, job))),
            },
            JobSpec {
                kind: as_of::KIND,
                run: Arc::new(|app, job| Box::pin(as_of::run(app, job))),
            },
            JobSpec {
                kind: trial::KIND,
                run: Arc::new(|app, job| Box::pin(trial::job::run(app, job))),
            },
            JobSpec {
                kind: "entitle.everyone",
                run: Arc::new(|app, job| Box::pin(pages::nightly::run_everyone(app, job))),
            },
        ],
        ..Capability::default()
    }
}

fn routes() -> Routes {
    let counts = Access::May(Action::ReadCounts);
    let lists = Access::May(Action::ReadLists);
    Routes::new()
        .get("/list", counts, pages::item_list::get)
        .get("/list/as-of", lists, pages::as_of::get)
        .post("/list/as-of", lists, pages::as_of::post)
        .get("/list/as-of/{id}", lists, pages::as_of::one)
        .get("/list/{no}", counts, pages::item::get)
        .get("/list/{no}/people", lists, pages::item_people::get)
        .get("/owed", lists, pages::owed::get)
        .get("/owed/months", lists, pages::months::get)
        .get("/owed/{finding}", lists, pages::follow::get)
        .post(
            "/owed/{finding}",
            Access::May(Action::FollowFinding),
            pages::follow::post,
        )
        .get("/owed/{finding}/papers/{no}", lists, pages::follow::paper)
        .get("/trials", counts, pages::trials::get)
        .get(
            "/trials/new",
            Access::May(Action::DraftList),
            pages::trials::new,
        )
        .post(
            "/trials",
            Access::May(Action::DraftList),
            pages::trials::post,
        )
        .get(
            "/trials/what-if",
            Access::May(Action::EditPlan),
            pages::what_if::get,
        )
        .post(
            "/trials/what-if",
            Access::May(Action::EditPlan),
            pages::what_if::post,
        )
        .get("/trials/{id}", counts, pages::trial::get)
        .get(
            "/trials/{id}/workbook",
            counts,
            pages::what_if_result::workbook,
        )
        .get("/unsettled", lists, pages::unsettled::get)
        .get("/unsettled/{fact}", lists, pages::unsettled_people::get)
}

/// Whose menu has 政策测算: those whose areas are whole counties.
const TRIAL_ROLES: &[Role] = &[
    Role::Leader,
    Role::CityCivil,
    Role::CountyCivil,
    Role::CityHealth,
    Role::CountyHealth,
    Role::Planner,
];

/// Roles that see counts but no names.
pub(crate) fn counts_only(role: Role) -> bool {
    !Action::ReadLists.allowed_to(role)
}
