//! 申请审批: from an application, or from nobody applying, to a decision that is a grant at once.
//!
//! Rows C05, C17–C19, C27, C33, B16; invariants 8, 10 and 11. Procedures are data; a case moves by a pure machine; what
//! happened to it is only ever added to. Tables `cases_*`.

pub mod acts;
pub mod api;
pub mod apply;
mod book;
pub mod bulk;
pub mod bulk_run;
pub mod events;
pub mod machine;
pub mod procedures;
pub mod store;
pub mod ties;

use ::store::Migration;
use host::Capability;

/// Tables, pages, menu, jobs and schema of this capability.
pub fn capability() -> Capability {
    Capability {
        name: "cases",
        migrations: vec![Migration {
            id: "0001_cases",
            owner: "cases",
            sql: include_str!("../migrations/0001_cases.sql"),
        }],
        ..Capability::default()
    }
}
