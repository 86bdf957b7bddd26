//! 消息: what people are told, once, in plain words, by a way that reaches them (product rule 39).
//!
//! Row C33; invariants 8, 9 and 10. Tables `message_*`. A message is made in the transaction of what it tells of; it goes
//! out by text message, inside, or on paper.

pub mod api;
mod book;
mod erase;
mod gateway;
mod joined;
mod kinds;
mod pages;
mod quiet;
mod say;
mod send;

use ::store::Migration;
use authz::{Action, Role};
use host::{Access, Capability, JobSpec, NavEntry, Routes};
use std::sync::Arc;

/// Tables, pages, menu, jobs and schema of this capability.
pub fn capability() -> Capability {
    let lists = Access::May(Action::ReadLists);
    let family = Access::May(Action::ReadPerson);
    Capability {
        name: "message",
        tables: &["message_message", "message_off"],
        routes: Routes::new()
            .get("/messages", lists, pages::list::get)
            .post("/messages/papers", lists, pages::papers::post)
            .get("/messages/{code}/paper.pdf", lists, pages::papers::pdf)
            .get("/messages/{code}/paper.docx", lists, pages::papers::docx)
            .get("/family/messages", family, pages::family::get)
            .post("/family/messages/{id}", family, pages::family::post),
        nav: vec![
            NavEntry {
                group: "评估办件",
                title: "消息记录",
                href: "/messages",
                action: Some(Action::ReadLists),
                roles: &[],
            },
            NavEntry {
                group: "我的家人",
                title: "消息",
                href: "/family/messages",
                action: None,
                roles: &[Role::Family],
            },
        ],
        migrations: vec![
            Migration {
                id: "0001_message",
                owner: "message",
                sql: include_str!("../migrations/0001_message.sql"),
            },
            Migration {
                id: "0002_message_result",
                owner: "message",
                sql: include_str!("../migrations/0002_result.sql"),
            },
        ],
        jobs: vec![JobSpec {
            kind: say::JOB,
            run: Arc::new(|app, _job| Box::pin(send::run(app))),
        }],
        erasures: vec![erase::erasure()],
        joinings: vec![joined::joining()],
        ..Capability::default()
    }
}
