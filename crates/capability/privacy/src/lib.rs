//! 个人信息: on what each use of personal data rests, who consented to what, how long which record is kept, and erasing.
//!
//! Rows B03, M03, M05; invariants 4, 10. Tables `privacy_*`. A use that rests on consent asks [`api::may_use`] and stops
//! the day it is withdrawn. Erasing blanks values in every capability (`host::Erasure`) and leaves the log, tallies and
//! published figures as they are.

pub mod api;
mod data;
mod due;
mod duty;
mod erase;
mod handover;
mod job;
mod pages;
mod panel;
mod store;

use ::store::Migration;
use authz::{Action, Role};
use host::{
    Access, Capability, Counted, DeskCounter, JobSpec, NavEntry, PanelPlace, PersonPanel, Routes,
    Sealing,
};
use std::sync::Arc;

/// Consents and requests follow where two files become one person.
const JOINED: &[host::Matters] = &[
    host::Matters {
        table: "privacy_consent",
        key: "id",
        person: "person",
        which: "1 = 1",
        once: None,
    },
    host::Matters {
        table: "privacy_request",
        key: "request",
        person: "id",
        which: "state IN ('open', 'granted')",
        once: Some(host::Once {
            same: &[],
            open: "state IN ('open', 'granted')",
            ended: "withdrawn",
        }),
    },
];

/// Tables, pages, menu, panel, counters, job and schema of this capability.
pub fn capability() -> Capability {
    Capability {
        name: "privacy",
        tables: &[
            "privacy_purpose",
            "privacy_rule",
            "privacy_consent",
            "privacy_request",
            "privacy_hold",
            "privacy_run",
            "privacy_item",
        ],
        routes: routes(),
        nav: vec![
            NavEntry {
                group: "系统管理",
                title: "个人信息处理",
                href: "/privacy",
                action: None,
                roles: &[
                    Role::CityCivil,
                    Role::CountyCivil,
                    Role::TownWorker,
                    Role::CityHealth,
                    Role::CountyHealth,
                    Role::InspectorDiscipline,
                    Role::SystemAdmin,
                    Role::SecurityAdmin,
                    Role::AuditAdmin,
                ],
            },
            NavEntry {
                group: "系统管理",
                title: "保存期限与删除",
                href: "/retention",
                action: Some(Action::Erase),
                roles: &[],
            },
            NavEntry {
                group: "人员档案",
                title: "删除请求",
                href: "/privacy/requests",
                action: Some(Action::RegisterPerson),
                roles: &[],
            },
            NavEntry {
                group: "我的家人",
                title: "个人信息授权",
                href: "/family/consents",
                action: None,
                roles: &[Role::Family],
            },
        ],
        migrations: vec![
            Migration {
                id: "0001_privacy",
                owner: "privacy",
                sql: include_str!("../migrations/0001_privacy.sql"),
            },
            Migration {
                id: "0002_purpose_facts",
                owner: "privacy",
                sql: include_str!("../migrations/0002_purpose_facts.sql"),
            },
        ],
        panels: vec![PersonPanel {
            key: "privacy",
            title: "个人信息",
            place: PanelPlace::Tab,
            render: Arc::new(|ctx, view| Box::pin(panel::render(ctx, view))),
        }],
        jobs: vec![JobSpec {
            kind: job::KIND,
            run: Arc::new(|app, job| Box::pin(job::run(app, job))),
        }],
        counters: counters(),
        handovers: vec![handover::handover()],
        erasures: vec![erase::erasure()],
        joinings: vec![host::Joining::of("privacy", "个人信息授权", JOINED)],
        record_kinds: erase::kinds(),
        sealed: vec![Sealing::Table(&store::requests::SEALED)],
        ..Capability::default()
    }
}

fn counters() -> Vec<DeskCounter> {
    vec![
        DeskCounter {
            title: "删除请求",
            unit: "件",
            tone: "warn",
            roles: &[Role::CountyCivil, Role::TownWorker],
            count: Arc::new(|ctx| {
                Box::pin(async move {
                    let scope = ctx.scope();
                    Ok(Counted {
                        number: store::requests::waiting(&ctx.app.store, &scope).await?,
                        note: "核对答复".to_owned(),
                        href: "/privacy/requests".to_owned(),
                    })
                })
            }),
        },
        DeskCounter {
            title: "待批准的删除清单",
            unit: "份",
            tone: "warn",
            roles: &[Role::CityCivil],
            count: Arc::new(|ctx| {
                Box::pin(async move {
                    let open = store::runs::open(&ctx.app.store).await?;
                    let mine = ctx.actor().id;
                    let waits = open.filter(|run| run.state == "ready" && run.made_by != mine);
                    Ok(Counted {
                        number: i64::from(waits.is_some()),
                        note: "核对批准".to_owned(),
                        href: waits.map_or_else(
                            || "/retention".to_owned(),
                            |run| format!("/retention/{}", run.id),
                        ),
                    })
                })
            }),
        },
    ]
}

fn routes() -> Routes {
    let read = Access::May(Action::ReadPerson);
    let erase = Access::May(Action::Erase);
    let office = Access::May(Action::RegisterPerson);
    Routes::new()
        .get("/privacy", Access::SignedIn, pages::purposes::get)
        .get(
            "/privacy/notice.pdf",
            Access::SignedIn,
            pages::notice::general,
        )
        .post(
            "/privacy/purposes/{id}/confirmation",
            erase,
            pages::purposes::confirm,
        )
        .get("/people/{id}/consents", read, pages::consents::get)
        .post("/people/{id}/consents", read, pages::consents::post)
        .post(
            "/people/{id}/consents/withdrawal",
            read,
            pages::withdraw::post,
        )
        .get("/people/{id}/notice.pdf", read, pages::notice::of_person)
        .get("/consents/{id}/paper", read, pages::paper::get)
        .get("/family/consents", read, pages::family::get)
        .get("/people/{id}/erasure", read, pages::ask::get)
        .post("/people/{id}/erasure", read, pages::ask::post)
        .get("/privacy/requests", office, pages::requests::get)
        .get("/privacy/requests/{id}", read, pages::request::get)
        .post(
            "/privacy/requests/{id}/answer",
            office,
            pages::request::answer,
        )
        .post(
            "/privacy/requests/{id}/withdrawal",
            read,
            pages::request::withdraw,
        )
        .get("/retention", erase, pages::retention::get)
        .post("/retention", erase, pages::retention::post)
        .post(
            "/retention/rules/{id}/confirmation",
            erase,
            pages::retention::confirm,
        )
        .post("/retention/holds", erase, pages::holds::post)
        .post("/retention/holds/{id}/end", erase, pages::holds::end)
        .get("/retention/{id}", erase, pages::run::get)
        .post("/retention/{id}/approval", erase, pages::run::approve)
        .post("/retention/{id}/cancellation", erase, pages::run::cancel)
}
