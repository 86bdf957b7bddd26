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
mod erase;
mod factor;
mod grants;
mod handover;
mod layer;
mod names;
mod offices;
mod outside;
mod pace;
mod pages;
mod part;
mod password;
mod pin;
mod questions;
mod regrant;
mod scope;
mod sessions;
mod settings;
mod slow;
mod totp;
mod village;

use authz::{Action, Role};
use host::{Access, Capability, DeskCounter, JobSpec, NavEntry, Routes, Sealing};
use std::sync::Arc;
use store::Migration;
use store::jobs::JobError;

/// Tables, routes, menu entries and schema of this capability.
pub fn capability() -> Capability {
    let admin = Access::May(Action::ManageAccounts);
    let town = Access::May(Action::ManageVillage);
    let granter = Access::May(Action::GrantScope);
    let passing = Access::May(Action::HandOver);
    let auditor = Access::May(Action::ReadAudit);
    Capability {
        name: "org",
        tables: &[
            "org_account",
            "org_grant",
            "org_session",
            "org_attempt",
            "org_question",
            "org_factor",
            "org_recovery",
            "org_village",
            "org_device",
            "org_notice",
            "org_handover",
        ],
        routes: Routes::new()
            .get("/sign-in", Access::Public, pages::sign_in::get)
            .post("/sign-in", Access::Public, pages::sign_in::post)
            .get("/sign-in/code", Access::Public, pages::sign_in_code::get)
            .post("/sign-in/code", Access::Public, pages::sign_in_code::post)
            .get("/sign-in/phone", Access::Public, pages::sign_in_phone::get)
            .post("/sign-in/phone", Access::Public, pages::sign_in_phone::post)
            .get(
                "/sign-in/phone/first",
                Access::Public,
                pages::sign_in_phone::get_first,
            )
            .post(
                "/sign-in/phone/first",
                Access::Public,
                pages::sign_in_phone::post_first,
            )
            .get("/village-accounts", town, pages::village_accounts::get)
            .get("/village-accounts/new", town, pages::village_accounts::new)
            .post("/village-accounts/new", town, pages::village_accounts::post)
            .post(
                "/village-accounts/{id}/code",
                town,
                pages::village_accounts::code,
            )
            .post(
                "/village-accounts/{id}/disable",
                town,
                pages::village_accounts::disable,
            )
            .post(
                "/village-accounts/{id}/enable",
                town,
                pages::village_accounts::enable,
            )
            .post("/sign-out", Access::Public, pages::sign_out::post)
            .post("/demo/sign-in", Access::Demo, pages::demo_door::post)
            .get("/password", Access::SignedIn, pages::change_password::get)
            .post("/password", Access::SignedIn, pages::change_password::post)
            .get("/security", Access::SignedIn, pages::security::get)
            .post(
                "/security/end-others",
                Access::SignedIn,
                pages::security::end_others,
            )
            .get(
                "/security/factor",
                Access::SignedIn,
                pages::security::factor,
            )
            .post(
                "/security/factor",
                Access::SignedIn,
                pages::security::set_up,
            )
            .post(
                "/security/factor/off",
                Access::SignedIn,
                pages::security::off,
            )
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
            .post(
                "/system/accounts/{id}/factor-off",
                admin,
                pages::account_acts::factor_off,
            )
            .get("/system/grants", granter, pages::grants::get)
            .get("/system/grants/{id}", granter, pages::grants::one)
            .post("/system/grants/{id}", granter, pages::grants::post)
            .post("/system/grants/{id}/{no}/end", granter, pages::grants::end)
            .get("/system/handovers", passing, pages::handovers::get)
            .get("/system/handovers/new", admin, pages::handovers::new)
            .post("/system/handovers/new", admin, pages::handovers::post)
            .get("/system/handovers/{id}", passing, pages::handovers::one)
            .post(
                "/system/handovers/{id}/confirm",
                granter,
                pages::handovers::confirm,
            )
            .post(
                "/system/handovers/{id}/cancel",
                passing,
                pages::handovers::cancel,
            )
            .get(
                "/ownerless",
                Access::May(Action::ReadCounts),
                pages::ownerless::get,
            )
            .get("/system/notices", granter, pages::notices::get)
            .post("/system/notices/{id}", granter, pages::notices::seen)
            .get("/system/log", auditor, pages::log::get)
            .post("/system/log/check", auditor, pages::log::check)
            .get("/system/questions", auditor, pages::questions::get)
            .post(
                "/system/questions/{id}/answer",
                auditor,
                pages::questions::answer,
            ),
        nav: vec![
            nav("村级账号", "/village-accounts", Action::ManageVillage),
            nav("账号", "/system/accounts", Action::ManageAccounts),
            nav("权限", "/system/grants", Action::GrantScope),
            nav("工作移交", "/system/handovers", Action::HandOver),
            nav("异常提醒", "/system/notices", Action::GrantScope),
            nav("操作与查阅记录", "/system/log", Action::ReadAudit),
            nav("查阅疑问", "/system/questions", Action::ReadAudit),
        ],
        migrations: vec![
            migration("0001_org", include_str!("../migrations/0001_org.sql")),
            migration(
                "0002_question",
                include_str!("../migrations/0002_question.sql"),
            ),
            migration(
                "0003_second_factor",
                include_str!("../migrations/0003_second_factor.sql"),
            ),
            migration(
                "0004_village",
                include_str!("../migrations/0004_village.sql"),
            ),
            migration(
                "0005_mandate",
                include_str!("../migrations/0005_mandate.sql"),
            ),
            migration("0006_notice", include_str!("../migrations/0006_notice.sql")),
            migration(
                "0007_handover",
                include_str!("../migrations/0007_handover.sql"),
            ),
            migration(
                "0008_question_blank",
                include_str!("../migrations/0008_question_blank.sql"),
            ),
        ],
        jobs: vec![JobSpec {
            kind: handover::HANDOVERS,
            run: Arc::new(|app, _job| {
                Box::pin(async move {
                    let done = handover::due(&app).await;
                    done.map(|_| ())
                        .map_err(|error| JobError::Retry(error.to_string()))
                })
            }),
        }],
        erasures: vec![erase::erasure()],
        record_kinds: erase::kinds(),
        counters: vec![ownerless()],
        sealed: vec![
            Sealing::Table(&accounts::SEALED),
            Sealing::Table(&factor::SEALED),
            Sealing::Table(&village::SEALED),
            Sealing::Table(&questions::SEALED),
            Sealing::Lost {
                zh: "动态码的备用码",
                count: Arc::new(|store, id| Box::pin(factor::codes_under(store, id))),
                forget: Arc::new(|tx, id| Box::pin(factor::forget_codes_under(tx, id))),
            },
        ],
        ..Capability::default()
    }
}

/// 无人负责: open work whose owner can no longer sign in, for those who see to it that somebody takes it.
fn ownerless() -> DeskCounter {
    DeskCounter {
        title: "无人负责",
        unit: "件",
        tone: "danger",
        roles: &[Role::CityCivil, Role::CountyCivil],
        count: Arc::new(|ctx| Box::pin(pages::ownerless::count(ctx))),
    }
}

const fn migration(id: &'static str, sql: &'static str) -> Migration {
    Migration {
        id,
        owner: "org",
        sql,
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
