//! 消费券: the part of a benefit that is a service and not money.
//!
//! Row C28; invariants 3, 6, 8, 9, 10, 11. A batch of a programme paid in vouchers becomes one voucher a person, good for
//! its month; institutions registered by the county take it for a share of a bill, the person pays the rest; what is not
//! used goes back to the purses, what is used is settled with the institution. Every fen of it stands in the book of
//! `pay`. Tables `voucher_*`.

pub mod api;
mod code;
mod demo;
mod issue;
mod model;
mod pages;
mod panel;
mod settle;
mod spend;

use ::store::Migration;
use authz::{Action, Role};
use host::{Access, Capability, JobSpec, NavEntry, PanelPlace, PersonPanel, Routes};
use std::sync::Arc;

/// The job that takes back what was not used in time.
pub const EXPIRE: &str = "voucher.expire";

/// What can still be used follows where two files become one person.
const JOINED: &[host::Matters] = &[host::Matters {
    table: "voucher_voucher",
    key: "voucher",
    person: "id",
    which: "state = 'live'",
    once: None,
}];

/// Tables, pages, menu, panel, jobs and schema of this capability.
pub fn capability() -> Capability {
    let read = Access::May(Action::ReadMoney);
    let act = Access::May(Action::HandleMoney);
    let take = Access::May(Action::TakeVoucher);
    Capability {
        name: "voucher",
        tables: &[
            "voucher_voucher",
            "voucher_place",
            "voucher_use",
            "voucher_settlement",
        ],
        routes: Routes::new()
            .get("/vouchers", read, pages::month::get)
            .get("/vouchers/uses", read, pages::uses::get)
            .post("/vouchers/issue/{run}", act, pages::give::post)
            .get("/vouchers/places", read, pages::places::get)
            .post("/vouchers/places", act, pages::places::add)
            .post("/vouchers/places/{place}/end", act, pages::places::end)
            .get("/vouchers/settlements", read, pages::settlements::get)
            .post("/vouchers/settlements", act, pages::settlements::draw)
            .post(
                "/vouchers/settlements/{settlement}",
                act,
                pages::settlements::pay,
            )
            .post("/vouchers/uses/{key}/undo", act, pages::uses::undo)
            .get("/vouchers/take", take, pages::take::get)
            .post("/vouchers/take", take, pages::take::post)
            .post("/vouchers/take/{key}/undo", take, pages::take::undo)
            .get(
                "/people/{id}/vouchers/{voucher}",
                Access::May(Action::ReadPerson),
                pages::slip::get,
            ),
        nav: vec![
            NavEntry {
                group: "补贴资金",
                title: "消费券",
                href: "/vouchers",
                action: None,
                roles: &[
                    Role::CityCivil,
                    Role::CountyCivil,
                    Role::Finance,
                    Role::InspectorDiscipline,
                ],
            },
            NavEntry {
                group: "居家服务",
                title: "消费券核销",
                href: "/vouchers/take",
                action: Some(Action::TakeVoucher),
                roles: &[],
            },
        ],
        migrations: vec![Migration {
            id: "0001_voucher",
            owner: "voucher",
            sql: include_str!("../migrations/0001_voucher.sql"),
        }],
        panels: vec![PersonPanel {
            key: "vouchers",
            title: "消费券",
            place: PanelPlace::Band,
            render: Arc::new(|ctx, view| Box::pin(panel::render(ctx, view))),
        }],
        jobs: vec![JobSpec {
            kind: EXPIRE,
            run: Arc::new(|app, _job| {
                Box::pin(async move {
                    let today = app.clock().now().day();
                    issue::expire(&app.store, today)
                        .await
                        .map(|_over| ())
                        .map_err(|error| {
                            if error.is_retryable() {
                                ::store::jobs::JobError::Retry(error.to_string())
                            } else {
                                ::store::jobs::JobError::Fail(error.to_string())
                            }
                        })
                })
            }),
        }],
        joinings: vec![host::Joining::of("voucher", "服务券", JOINED)],
        ..Capability::default()
    }
}
