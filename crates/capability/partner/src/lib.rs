//! 接口: other systems read and write by token at `/api/v1`.
//!
//! Rows M01, M04; invariants 4, 5, 10. A token acts as one account: its role, its scope, its log. Numbers and phones
//! leave masked. Unknown parameters are errors by name; lists go by key; a write carries an idempotency key and the
//! version it was decided on. Tables `partner_*`.

mod erase;
mod gate;
mod pages;
mod problem;
mod tokens;
mod v1;
mod writes;

pub use gate::{Gate, token_layer};

use authz::Action;
use host::{Access, Capability, NavEntry, Routes};

/// Tables, routes, menu and schema of this capability.
pub fn capability() -> Capability {
    let admin = Access::May(Action::ManageAccounts);
    Capability {
        name: "partner",
        tables: &["partner_token", "partner_write"],
        routes: Routes::new()
            .get("/api/v1/openapi.json", Access::Public, v1::openapi)
            .get("/api/v1/people", Access::Token, v1::persons::list)
            .post("/api/v1/people", Access::Token, v1::register::post)
            .get("/api/v1/people/{id}", Access::Token, v1::persons::one)
            .get("/api/v1/people/{id}/facts", Access::Token, v1::facts::list)
            .post("/api/v1/people/{id}/facts", Access::Token, v1::facts::post)
            .get(
                "/api/v1/people/{id}/answers",
                Access::Token,
                v1::answers::of_person,
            )
            .get("/api/v1/findings", Access::Token, v1::answers::findings)
            .get("/api/v1/list", Access::Token, v1::lists::list)
            .get("/api/v1/indicators", Access::Token, v1::lists::indicators)
            .get("/system/tokens", admin, pages::tokens::get)
            .post("/system/tokens", admin, pages::tokens::post)
            .post(
                "/system/tokens/{id}/revocation",
                admin,
                pages::tokens::revoke,
            ),
        nav: vec![NavEntry {
            group: "系统管理",
            title: "接口令牌",
            href: "/system/tokens",
            action: Some(Action::ManageAccounts),
            roles: &[],
        }],
        migrations: vec![::store::Migration {
            id: "0001_partner",
            owner: "partner",
            sql: include_str!("../migrations/0001_partner.sql"),
        }],
        erasures: vec![erase::erasure()],
        ..Capability::default()
    }
}
