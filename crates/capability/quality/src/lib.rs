//! 数据质量: requests to correct what another office owns (更正申请), and the check-up of the register by town
//! (数据体检).
//!
//! Rows B01, B02, B06; invariants 5, 8, 10. A fact has an owner; whoever else knows better files a request, and
//! until it is settled the person's page says 有异议. Tables `quality_*`.

pub mod api;
mod checkup;
mod erase;
mod handover;
mod hook;
mod pages;
mod panel;
mod requests;

pub use checkup::JOB as CHECKUP;
pub use hook::on_facts_changed;

use authz::{Action, Role};
use host::{
    Access, Capability, Counted, DeskCounter, JobSpec, NavEntry, PanelPlace, PersonPanel, Routes,
};
use std::sync::Arc;

/// Requests follow where two files become one person.
const JOINED: &[host::Matters] = &[host::Matters {
    table: "quality_request",
    key: "request",
    person: "id",
    which: "1 = 1",
    once: Some(host::Once {
        same: &["fact"],
        open: "state = 'open'",
        ended: "withdrawn",
    }),
}];

/// Tables, pages, menu, panel, counter, job and schema of this capability.
pub fn capability() -> Capability {
    Capability {
        name: "quality",
        tables: &["quality_request", "quality_words", "quality_checkup"],
        routes: routes(),
        nav: vec![
            NavEntry {
                group: "人员档案",
                title: "更正申请",
                href: "/corrections",
                action: None,
                roles: OFFICES,
            },
            NavEntry {
                group: "人员档案",
                title: "数据体检",
                href: "/checkup",
                action: Some(Action::ReadLists),
                roles: &[Role::CityCivil, Role::CountyCivil, Role::TownWorker],
            },
        ],
        migrations: vec![
            ::store::Migration {
                id: "0001_quality",
                owner: "quality",
                sql: include_str!("../migrations/0001_quality.sql"),
            },
            ::store::Migration {
                id: "0002_quality_holder",
                owner: "quality",
                sql: include_str!("../migrations/0002_quality_holder.sql"),
            },
        ],
        panels: vec![PersonPanel {
            key: "disputed",
            title: "有异议",
            place: PanelPlace::Band,
            render: Arc::new(|ctx, view| Box::pin(panel::render(ctx, view))),
        }],
        jobs: vec![JobSpec {
            kind: checkup::JOB,
            run: Arc::new(|app, job| Box::pin(checkup::run(app, job))),
        }],
        counters: vec![DeskCounter {
            title: "更正申请",
            unit: "件",
            tone: "warn",
            roles: OFFICES,
            count: Arc::new(|ctx| {
                Box::pin(async move {
                    Ok(Counted {
                        number: requests::waiting(ctx).await?,
                        note: "核对答复".to_owned(),
                        href: "/corrections".to_owned(),
                    })
                })
            }),
        }],
        handovers: vec![handover::handover()],
        erasures: vec![erase::erasure()],
        joinings: vec![host::Joining::of("quality", "更正申请", JOINED)],
        record_kinds: erase::kinds(),
        ..Capability::default()
    }
}

/// Roles that file or settle requests and have a menu.
const OFFICES: &[Role] = &[
    Role::CityCivil,
    Role::CountyCivil,
    Role::TownWorker,
    Role::Visitor,
    Role::DepartmentData,
];

fn routes() -> Routes {
    let read = Access::May(Action::ReadPerson);
    let lists = Access::May(Action::ReadLists);
    Routes::new()
        .get("/people/{id}/facts/{fact}/request", read, pages::ask::get)
        .post("/people/{id}/facts/{fact}/request", read, pages::ask::post)
        .get("/corrections", read, pages::all::get)
        .get("/corrections/{request}", read, pages::one::get)
        .post(
            "/corrections/{request}/acceptance",
            read,
            pages::decide::accept,
        )
        .post(
            "/corrections/{request}/refusal",
            read,
            pages::decide::refuse,
        )
        .post(
            "/corrections/{request}/withdrawal",
            read,
            pages::decide::withdraw,
        )
        .get("/checkup", lists, pages::checkup::get)
        .post("/checkup", lists, pages::checkup::post)
}
