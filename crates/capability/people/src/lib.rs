//! The register: people, households, facts dated twice.
//!
//! Rows B01, B02, B04–B09, B14, M03. Tables `people_*`. One wide row a person holds the current value
//! of every fact; the history of recordings answers for any day as known at any moment.

pub mod api;
mod api_bulk;
mod api_correct;
mod api_fresh;
mod api_identity;
mod api_intake;
mod api_moved;
mod api_ready;
mod api_register;
mod api_walk;
mod columns;
mod erase;
mod exports;
mod hear;
mod model;
mod names;
mod pages;
mod snapshot;
mod store;

use authz::Action;
use host::{Access, Capability, NavEntry, Routes};

/// Tables, pages, menu and schema of this capability.
pub fn capability() -> Capability {
    Capability {
        name: "people",
        tables: &[
            "people_person",
            "people_history",
            "people_origin",
            "people_shard",
            "people_roll",
            "people_event",
            "people_ward",
            "people_remark",
            "people_alias",
        ],
        routes: routes(),
        nav: vec![
            NavEntry {
                group: "人员档案",
                title: "老年人",
                href: "/people",
                action: Some(Action::ReadLists),
                roles: &[],
            },
            NavEntry {
                group: "人员档案",
                title: "婴幼儿",
                href: "/children",
                action: Some(Action::ReadLists),
                roles: &[],
            },
            NavEntry {
                group: "人员档案",
                title: "重点人群",
                href: "/groups",
                action: Some(Action::ReadCounts),
                roles: &[],
            },
            NavEntry {
                group: "我的家人",
                title: "家人",
                href: "/family",
                action: None,
                roles: &[authz::Role::Family],
            },
        ],
        migrations: vec![
            ::store::Migration {
                id: "0001_people",
                owner: "people",
                sql: include_str!("../migrations/0001_people.sql"),
            },
            ::store::Migration {
                id: "0002_compact",
                owner: "people",
                sql: include_str!("../migrations/0002_compact.sql"),
            },
            ::store::Migration {
                id: "0003_people_provisional",
                owner: "people",
                sql: include_str!("../migrations/0003_people_provisional.sql"),
            },
            ::store::Migration {
                id: "0004_people_alias",
                owner: "people",
                sql: include_str!("../migrations/0004_people_alias.sql"),
            },
        ],
        snapshots: vec![host::SnapshotTable {
            name: "people",
            write: std::sync::Arc::new(|store, ask| Box::pin(snapshot::write(store, ask))),
        }],
        exports: exports::exports(),
        sealed: store::own::SEALED
            .iter()
            .map(host::Sealing::Table)
            .collect(),
        erasures: vec![erase::erasure()],
        record_kinds: erase::kinds(),
        ..Capability::default()
    }
}

fn routes() -> Routes {
    let correct = Access::May(Action::ReadPerson);
    Routes::new()
        .get(
            "/people",
            Access::May(Action::ReadLists),
            pages::list::elders,
        )
        .get(
            "/children",
            Access::May(Action::ReadLists),
            pages::list::children,
        )
        .get(
            "/groups",
            Access::May(Action::ReadCounts),
            pages::groups::get,
        )
        .get("/family", Access::SignedIn, pages::family::get)
        .get(
            "/family/{id}/reads",
            Access::May(Action::ReadPerson),
            pages::family_reads::get,
        )
        .get(
            "/family/{id}/questions/new",
            Access::May(Action::ReadPerson),
            pages::family_reads::new,
        )
        .post(
            "/family/{id}/questions",
            Access::May(Action::ReadPerson),
            pages::family_reads::post,
        )
        .post(
            "/people/search",
            Access::May(Action::ReadLists),
            pages::search::post,
        )
        .get(
            "/people/new",
            Access::May(Action::RegisterPerson),
            pages::register::get,
        )
        .post(
            "/people/new",
            Access::May(Action::RegisterPerson),
            pages::register::post,
        )
        .get(
            "/people/{id}",
            Access::May(Action::ReadPerson),
            pages::show::get,
        )
        .post(
            "/people/{id}/unmasking",
            Access::May(Action::Unmask),
            pages::unmask::post,
        )
        .get(
            "/people/{id}/facts/{fact}/correction",
            correct,
            pages::correct::get,
        )
        .post(
            "/people/{id}/facts/{fact}/correction",
            correct,
            pages::correct::post,
        )
        .get(
            "/people/{id}/death",
            Access::May(Action::ReportEvent),
            pages::death::get,
        )
        .post(
            "/people/{id}/death",
            Access::May(Action::ReportEvent),
            pages::death::post,
        )
        .get(
            "/people/{id}/move",
            Access::May(Action::ReportEvent),
            pages::relocate::get,
        )
        .post(
            "/people/{id}/move",
            Access::May(Action::ReportEvent),
            pages::relocate::post,
        )
}
