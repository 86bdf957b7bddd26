//! 申请审批: from an application, or from nobody applying, to a decision that is a grant at once.
//!
//! Rows C05, C17–C19, C27, C33; invariants 8, 10 and 11. Procedures are data; a case moves by a pure machine; what
//! happened to it is only ever added to. Tables `cases_*`.

mod act;
pub mod acts;
pub mod api;
pub mod apply;
pub mod book;
pub mod bulk;
pub mod bulk_run;
mod counters;
pub mod delegation;
mod demo;
pub mod doers;
mod erase;
pub mod events;
mod evidence;
mod handover;
pub mod late;
pub mod machine;
mod moved;
mod pages;
mod panel;
pub mod papers;
pub mod procedures;
pub mod store;
pub mod ties;

pub use moved::on_facts_changed;

use ::store::Migration;
use authz::{Action, Role};
use host::{Access, Capability, JobSpec, NavEntry, PanelPlace, PersonPanel, Routes};
use std::sync::Arc;

/// Cases follow where two files become one person; one that was granted stays with its grant.
const JOINED: &[host::Matters] = &[host::Matters {
    table: "cases_case",
    key: "code",
    person: "id",
    which: "grant_no IS NULL",
    once: Some(host::Once {
        same: &["programme"],
        open: "state IN ('draft', 'submitted', 'supplement', 'checking', 'publicity', 'deciding', 'appealing')",
        ended: "withdrawn",
    }),
}];

/// Tables, pages, menu, panel, counters, jobs and schema of this capability.
pub fn capability() -> Capability {
    Capability {
        name: "cases",
        tables: &[
            "cases_procedures",
            "cases_case",
            "cases_event",
            "cases_file",
            "cases_words",
            "cases_tie",
            "cases_rating",
            "cases_bulk",
            "cases_bulk_item",
            "cases_late",
            "cases_delegation",
        ],
        routes: routes(),
        nav: vec![
            nav("评估办件", "申请审批", "/cases", CASES),
            nav("评估办件", "公示", "/publicity", POSTED),
            nav("评估办件", "评价", "/ratings", RATED),
            nav("评估办件", "办事指南", "/guides", POSTED),
            nav("评估办件", "委托办理", "/cases/delegations", DELEGATED),
            nav("我的家人", "办件", "/apply", &[Role::Family]),
        ],
        migrations: vec![
            Migration {
                id: "0001_cases",
                owner: "cases",
                sql: include_str!("../migrations/0001_cases.sql"),
            },
            Migration {
                id: "0002_files",
                owner: "cases",
                sql: include_str!("../migrations/0002_files.sql"),
            },
            Migration {
                id: "0003_late",
                owner: "cases",
                sql: include_str!("../migrations/0003_late.sql"),
            },
            Migration {
                id: "0004_delegation",
                owner: "cases",
                sql: include_str!("../migrations/0004_delegation.sql"),
            },
            Migration {
                id: "0005_list",
                owner: "cases",
                sql: include_str!("../migrations/0005_list.sql"),
            },
        ],
        panels: vec![PersonPanel {
            key: "cases",
            title: "办件",
            place: PanelPlace::Tab,
            render: Arc::new(|ctx, view| Box::pin(panel::render(ctx, view))),
        }],
        jobs: vec![
            JobSpec {
                kind: bulk::JOB,
                run: Arc::new(|app, job| Box::pin(bulk_run::run(app, job))),
            },
            JobSpec {
                kind: late::JOB,
                run: Arc::new(|app, _job| Box::pin(late::run(app))),
            },
        ],
        counters: counters::all(),
        handovers: vec![handover::handover()],
        erasures: vec![erase::erasure()],
        joinings: vec![host::Joining::of("cases", "申请审批", JOINED)],
        ..Capability::default()
    }
}

/// Who has the list of cases in the menu.
const CASES: &[Role] = &[
    Role::CityCivil,
    Role::CountyCivil,
    Role::TownWorker,
    Role::Visitor,
    Role::DepartmentData,
    Role::InspectorDiscipline,
];

/// Who prints and looks at what is posted.
const POSTED: &[Role] = &[
    Role::CityCivil,
    Role::CountyCivil,
    Role::TownWorker,
    Role::Visitor,
];

/// Who reads what a county handed to its towns.
const DELEGATED: &[Role] = &[Role::CityCivil, Role::CountyCivil, Role::TownWorker];

/// Who reads ratings.
const RATED: &[Role] = &[Role::CityCivil, Role::CountyCivil];

const fn nav(
    group: &'static str,
    title: &'static str,
    href: &'static str,
    roles: &'static [Role],
) -> NavEntry {
    NavEntry {
        group,
        title,
        href,
        action: None,
        roles,
    }
}

fn routes() -> Routes {
    let read = Access::May(Action::ReadCase);
    let apply = Access::May(Action::Apply);
    let handle = Access::May(Action::HandleCase);
    let lists = Access::May(Action::ReadLists);
    Routes::new()
        .get("/guides", Access::Public, pages::guides::get)
        .get("/guides/{programme}", Access::Public, pages::guides::one)
        .get(
            "/guides/{programme}/guide.pdf",
            Access::Public,
            pages::guides::pdf,
        )
        .get(
            "/guides/{programme}/guide.docx",
            Access::Public,
            pages::guides::docx,
        )
        .get("/apply", apply, pages::apply::get)
        .get("/apply/{person}", apply, pages::apply::person)
        .post("/apply/{person}/{programme}", apply, pages::apply::start)
        .get("/applications/{code}/{step}", apply, pages::draft::get)
        .post("/applications/{code}/{step}", apply, pages::draft::post)
        .get("/cases", read, pages::list::get)
        .get("/cases/free", handle, pages::free::get)
        .post("/cases/free", handle, pages::free::post)
        .post("/cases/bulk", handle, pages::bulk::post)
        .get("/cases/bulk/{bulk}", handle, pages::bulk_one::get)
        .post("/cases/bulk/{bulk}", handle, pages::bulk_one::settle)
        .get("/cases/delegations", read, pages::delegations::get)
        .post("/cases/delegations", handle, pages::delegations::post)
        .post(
            "/cases/delegations/{delegation}/end",
            handle,
            pages::delegations::end,
        )
        .get("/cases/{code}", read, pages::case::get)
        .post("/cases/{code}", read, pages::case::post)
        .post("/cases/{code}/files", apply, pages::files::post)
        .get("/cases/{code}/files/{no}", read, pages::files::get)
        .post(
            "/cases/{code}/files/{no}/remove",
            apply,
            pages::files::remove,
        )
        .post("/cases/{code}/steps/{step}", handle, pages::case::pass)
        .post("/cases/{code}/tie", handle, pages::case::tie)
        .post("/cases/{code}/rating", apply, pages::ratings::post)
        .get("/cases/{code}/papers/{file}", read, pages::paper::get)
        .get("/publicity", lists, pages::publicity::get)
        .get("/publicity/sheet.pdf", lists, pages::publicity::pdf)
        .get("/publicity/sheet.docx", lists, pages::publicity::docx)
        .get("/ratings", lists, pages::ratings::get)
}
