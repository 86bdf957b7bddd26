//! 赡养抚养督促: who owes an elder support or a child guardianship, how they stand, what was done so that they give it.
//!
//! Row B16; invariants 8, 10, 11. A case belongs to one person, is looked at again by a day, and is closed with its
//! outcome; a reminder can be printed. Tables `duty_*`.

mod book;
mod erase;
mod handover;
mod model;
mod moved;
mod pages;
mod panel;

pub use moved::on_facts_changed;

use ::store::Migration;
use ::store::rekey::{Held, KeyColumn, SealedTable};
use authz::{Action, Role};
use host::{
    Access, Capability, Counted, DeskCounter, NavEntry, PanelPlace, PersonPanel, Routes, Sealing,
};
use std::sync::Arc;

/// The field that telephones are sealed as.
pub(crate) const PHONE: &str = "duty.phone";

/// Where telephones stand, for the turning to another key.
static SEALED: SealedTable = SealedTable {
    table: "duty_holder",
    key: &[KeyColumn::Text("code"), KeyColumn::Number("no")],
    holds: &[Held::Sealed {
        column: "phone",
        field: PHONE,
        blinds: &[],
    }],
};

/// Cases follow where two files become one person.
const JOINED: &[host::Matters] = &[host::Matters {
    table: "duty_case",
    key: "code",
    person: "id",
    which: "1 = 1",
    once: Some(host::Once {
        same: &["kind"],
        open: "state = 'open'",
        ended: "closed",
    }),
}];

/// Tables, pages, menu, panel, counter and schema of this capability.
pub fn capability() -> Capability {
    let read = Access::May(Action::ReadLists);
    let act = Access::May(Action::ReportEvent);
    Capability {
        name: "duty",
        tables: &["duty_case", "duty_holder", "duty_act"],
        routes: Routes::new()
            .get("/duties", read, pages::list::get)
            .get("/people/{id}/duties/new", act, pages::new::get)
            .post("/people/{id}/duties", act, pages::new::post)
            .get("/duties/{code}", read, pages::one::get)
            .get("/duties/{code}/letter", act, pages::letter::get)
            .post("/duties/{code}/holders", act, pages::acts::holder)
            .post("/duties/{code}/acts", act, pages::acts::act)
            .post("/duties/{code}/close", act, pages::acts::close),
        nav: vec![NavEntry {
            group: "人员档案",
            title: "赡养抚养督促",
            href: "/duties",
            action: None,
            roles: OFFICES,
        }],
        migrations: vec![Migration {
            id: "0001_duty",
            owner: "duty",
            sql: include_str!("../migrations/0001_duty.sql"),
        }],
        panels: vec![PersonPanel {
            key: "duties",
            title: "赡养抚养",
            place: PanelPlace::Band,
            render: Arc::new(|ctx, view| Box::pin(panel::render(ctx, view))),
        }],
        counters: vec![DeskCounter {
            title: "赡养督促到期",
            unit: "件",
            tone: "warn",
            roles: &[Role::CountyCivil, Role::TownWorker, Role::Visitor],
            count: Arc::new(|ctx| {
                Box::pin(async move {
                    Ok(Counted {
                        number: book::due(ctx).await?,
                        note: "回访".to_owned(),
                        href: "/duties?tab=due".to_owned(),
                    })
                })
            }),
        }],
        handovers: vec![handover::handover()],
        erasures: vec![erase::erasure()],
        joinings: vec![host::Joining::of("duty", "赡养抚养督促", JOINED)],
        sealed: vec![Sealing::Table(&SEALED)],
        ..Capability::default()
    }
}

/// Who has the list in the menu.
const OFFICES: &[Role] = &[
    Role::CityCivil,
    Role::CountyCivil,
    Role::TownWorker,
    Role::Visitor,
];
