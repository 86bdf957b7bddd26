//! 督办通报: dated tasks, ten practical matters, decisions and inspection notes driven to an end.
//!
//! Rows A06, A07, A14, A16, A19, M01; invariants 8, 10 and 11. Tables `tasks_*`. Split to executors with a named
//! 责任人, reported monthly, reviewed by the lead office, coloured by rule, pushed by 督办单, told in 通报.

pub mod api;
mod book;
mod bulletins;
mod colour;
mod counters;
mod demo;
mod erase;
mod events;
mod evidence;
mod handover;
mod letters;
mod model;
mod month;
mod number;
mod pages;
mod plan_goals;
mod rank;
mod reports;
mod seen;
mod split;
mod status;
mod take;

use ::store::Migration;
use authz::Action;
use host::{Access, Capability, NavEntry, Routes};

/// Tables, pages, menu, counters and schema of this capability.
pub fn capability() -> Capability {
    Capability {
        name: "tasks",
        tables: &[
            "tasks_item",
            "tasks_take",
            "tasks_assignment",
            "tasks_progress",
            "tasks_evidence",
            "tasks_letter",
            "tasks_reply",
            "tasks_number",
            "tasks_bulletin",
            "tasks_event",
        ],
        routes: routes(),
        nav: vec![NavEntry {
            group: "规划任务",
            title: "督办通报",
            href: "/tasks",
            action: Some(Action::ReadTask),
            roles: &[],
        }],
        migrations: vec![Migration {
            id: "0001_tasks",
            owner: "tasks",
            sql: include_str!("../migrations/0001_tasks.sql"),
        }],
        counters: counters::all(),
        handovers: vec![handover::handover()],
        erasures: vec![erase::erasure()],
        ..Capability::default()
    }
}

fn routes() -> Routes {
    let read = Access::May(Action::ReadTask);
    let report = Access::May(Action::ReportTask);
    let lead = Access::May(Action::LeadTask);
    Routes::new()
        .get("/tasks", read, pages::list::get)
        .get("/tasks/mine", report, pages::mine::get)
        .get("/tasks/review", lead, pages::review::get)
        .get("/tasks/take", lead, pages::take::get)
        .post("/tasks/take", lead, pages::take::post)
        .get("/tasks/items/new", lead, pages::new_item::get)
        .post("/tasks/items", lead, pages::new_item::post)
        .get("/tasks/items/{id}", read, pages::item::get)
        .get("/tasks/items/{id}/split", lead, pages::split::get)
        .post("/tasks/items/{id}/split", lead, pages::split::post)
        .get("/tasks/assignments/{id}/{month}", read, pages::report::get)
        .post(
            "/tasks/assignments/{id}/{month}",
            report,
            pages::report::post,
        )
        .post("/tasks/progress/{id}/verdict", lead, pages::review::post)
        .get("/tasks/files/{file}", read, pages::file::get)
        .get("/tasks/letters", read, pages::letters::get)
        .post("/tasks/letters", lead, pages::letter_new::post)
        .get("/tasks/letters/new", read, pages::letter_new::get)
        .get("/tasks/letters/{id}", read, pages::letter::get)
        .post("/tasks/letters/{id}/reply", report, pages::letter::answer)
        .post("/tasks/letters/{id}/verdict", lead, pages::letter::verdict)
        .get(
            "/tasks/letters/{id}/letter.pdf",
            read,
            pages::letter_paper::pdf,
        )
        .get(
            "/tasks/letters/{id}/letter.docx",
            read,
            pages::letter_paper::docx,
        )
        .get("/tasks/bulletins", read, pages::bulletins::get)
        .get("/tasks/bulletins/{month}", read, pages::bulletin::get)
        .post("/tasks/bulletins/{month}", lead, pages::bulletin::post)
        .post(
            "/tasks/bulletins/{month}/publication",
            lead,
            pages::bulletin::publication,
        )
}
