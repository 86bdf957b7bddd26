//! Areas: two trees over the same towns and villages (invariant 8).
//!
//! 行政区划 counts people, 管理区划 says who decides and is ranked: a 管委会 has county powers over towns
//! that lie in another county's code. Both are kept in the tables `area_*`, loaded once at start into
//! an immutable [`api::AreaBook`] and handed to everybody as `app.part::<AreaBook>()`. A changed tree
//! needs a restart: the tree changes once a year and every code that was ever used keeps its name.

pub mod api;
mod book;
mod children;
mod former;
mod install;
mod names;
mod office;

use host::{Access, Capability, Routes};
use store::Migration;

/// Tables, routes and schema of this capability.
pub fn capability() -> Capability {
    Capability {
        name: "area",
        tables: &[
            "area_node",
            "area_management",
            "area_management_member",
            "area_former",
        ],
        routes: Routes::new().get("/areas/children", Access::SignedIn, children::get),
        migrations: vec![
            Migration {
                id: "0001_area",
                owner: "area",
                sql: include_str!("../migrations/0001_area.sql"),
            },
            Migration {
                id: "0002_area_former",
                owner: "area",
                sql: include_str!("../migrations/0002_area_former.sql"),
            },
        ],
        ..Capability::default()
    }
}
