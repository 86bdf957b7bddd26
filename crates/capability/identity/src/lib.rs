//! Who is who: files of one person found, reviewed, made one and taken apart again.
//!
//! Rows B01–B09, C03. Tables `identity_*`. Nothing is merged by a score: a person decides, and can take it back.

pub mod api;
mod block;
mod erase;
mod files;
mod handover;
mod like;
mod look;
mod merge;
mod pages;
mod profile;
mod store;
mod turn;

use authz::{Action, Role};
use host::{
    Access, Capability, DeskCounter, JobSpec, NavEntry, PanelPlace, PersonPanel, Routes, Sealing,
};
use std::sync::Arc;

/// Who acts for somebody follows where two files become one person.
const JOINED: &[host::Matters] = &[host::Matters {
    table: "identity_tie",
    key: "id",
    person: "person",
    which: "1 = 1",
    once: None,
}];

/// Tables, pages, menu, panel, job and schema of this capability.
pub fn capability() -> Capability {
    Capability {
        name: "identity",
        tables: &[
            "identity_pair",
            "identity_side",
            "identity_note",
            "identity_merge",
            "identity_tie",
            "identity_household",
        ],
        routes: routes(),
        nav: vec![NavEntry {
            group: "人员档案",
            title: "疑似重复",
            href: "/duplicates",
            action: Some(Action::RegisterPerson),
            roles: &[],
        }],
        migrations: vec![
            ::store::Migration {
                id: "0001_identity",
                owner: "identity",
                sql: include_str!("../migrations/0001_identity.sql"),
            },
            ::store::Migration {
                id: "0002_identity_ties",
                owner: "identity",
                sql: include_str!("../migrations/0002_identity_ties.sql"),
            },
            ::store::Migration {
                id: "0003_identity_papers",
                owner: "identity",
                sql: include_str!("../migrations/0003_identity_papers.sql"),
            },
        ],
        panels: vec![PersonPanel {
            key: "identity",
            title: "",
            place: PanelPlace::Band,
            render: Arc::new(|ctx, view| Box::pin(pages::band::render(ctx, view))),
        }],
        jobs: vec![JobSpec {
            kind: look::KIND,
            run: Arc::new(|app, job| Box::pin(look::run(app, job))),
        }],
        sealed: vec![
            Sealing::Table(&turn::SEALED[0]),
            Sealing::Table(&turn::SEALED[1]),
            Sealing::Follows {
                table: "identity_pair",
                turn: Arc::new(|tx, after, most| Box::pin(turn::pairs_follow(tx, after, most))),
            },
        ],
        counters: vec![DeskCounter {
            title: "监护、代办材料快到期",
            unit: "份",
            tone: "warn",
            roles: &[Role::CountyCivil, Role::TownWorker],
            count: Arc::new(|ctx| Box::pin(pages::ending::count(ctx))),
        }],
        handovers: vec![handover::handover()],
        erasures: vec![erase::erasure()],
        joinings: vec![host::Joining::of("identity", "监护和代办", JOINED)],
        record_kinds: erase::kinds(),
        ..Capability::default()
    }
}

fn routes() -> Routes {
    let may = Access::May(Action::RegisterPerson);
    Routes::new()
        .get("/duplicates", may, pages::queue::get)
        .post("/duplicates/search", may, pages::queue::search)
        .get("/duplicates/{id}", may, pages::pair::get)
        .post("/duplicates/{id}/merge", may, pages::decide::merge)
        .post("/duplicates/{id}/decision", may, pages::decide::decide)
        .post("/duplicates/{id}/agreement", may, pages::decide::agree)
        .get("/merges/{id}", may, pages::merged::get)
        .post("/merges/{id}/undo", may, pages::merged::undo)
        .get("/people/{id}/home", may, pages::home::get)
        .post("/people/{id}/household", may, pages::home::join)
        .post("/people/{id}/household/leave", may, pages::home::leave)
        .post("/people/{id}/ties", may, pages::tie::post)
        .get(pages::ending::PATH, may, pages::ending::get)
        .get(
            "/ties/{id}/paper",
            Access::May(Action::ReadPerson),
            pages::tie::paper,
        )
        .post("/ties/{id}/paper", may, pages::tie::add_paper)
        .post("/ties/{id}/end", may, pages::tie::end)
        .get("/people/{id}/number", may, pages::number::get)
        .post("/people/{id}/number", may, pages::number::post)
}
