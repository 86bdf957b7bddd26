//! Accounts, sign-in, sessions, roles and their scope.
//!
//! An account has one role and dated grants. A session is a random token in a cookie; only its SM3
//! digest is stored. [`api::session_layer`] turns the cookie into a `host::Session` whose scope is
//! computed from the grants with the book of areas. The app puts one [`api::Org`] and one
//! `area::api::AreaBook` into its parts.
//!
//! A GET writes nothing (engineering.md 14): when a session was last seen is kept in memory and
//! written with the next POST of anybody, at most once a minute. After a restart the idle time of a
//! session that only read counts from its last written moment, so it may end early, never late.

mod accounts;
pub mod api;
mod attempts;
mod audit_words;
mod layer;
mod names;
mod pages;
mod part;
mod password;
mod scope;
mod sessions;
mod settings;

use authz::Action;
use host::{Access, Capability, NavEntry, Routes};
use store::Migration;

/// Tables, routes, menu entries and schema of this capability.
pub fn capability() -> Capability {
    let admin = Access::May(Action::ManageAccounts);
    let auditor = Access::May(Action::ReadAudit);
    Capability {
        name: "org",
        tables: &["org_account", "org_grant", "org_session", "org_attempt"],
        routes: Routes::new()
            .get("/sign-in", Access::Public, pages::sign_in::get)
            .post("/sign-in", Access::Public, pages::sign_in::post)
            .post("/sign-out", Access::Public, pages::sign_out::post)
            .post("/demo/sign-in", Access::Demo, pages::demo_door::post)
            .get("/password", Access::SignedIn, pages::change_password::get)
            .post("/password", Access::SignedIn, pages::change_password::post)
            .get("/big-text", Access::Public, pages::big_text::get)
            .get("/coming", Access::SignedIn, pages::coming::get)
            .get("/system/accounts", admin, pages::account_list::get)
            .get("/system/accounts/new", admin, pages::new_account::get)
            .post("/system/accounts/new", admin, pages::new_account::post)
            .post(
                "/system/accounts/{id}/disable",
                admin,
                pages::account_acts::disable,
            )
            .post(
                "/system/accounts/{id}/enable",
                admin,
                pages::account_acts::enable,
            )
            .post(
                "/system/accounts/{id}/reset",
                admin,
                pages::account_acts::reset,
            )
            .get("/system/log", auditor, pages::log::get)
            .post("/system/log/check", auditor, pages::log::check),
        nav: vec![
            nav("账号", "/system/accounts", Action::ManageAccounts),
            nav("操作与查阅记录", "/system/log", Action::ReadAudit),
        ],
        migrations: vec![Migration {
            id: "0001_org",
            owner: "org",
            sql: include_str!("../migrations/0001_org.sql"),
        }],
        ..Capability::default()
    }
}

const fn nav(title: &'static str, href: &'static str, action: Action) -> NavEntry {
    NavEntry {
        group: "系统管理",
        title,
        href,
        action: Some(action),
        roles: &[],
    }
}
