//! 比对 and 上报: lists out to departments and their hits back as proposals; records out to national systems and
//! their receipts back.
//!
//! Rows M04, B14; invariants 4, 8, 10. Nothing that comes back is a fact before somebody has accepted it; nothing is
//! reported whose required columns are not known. What departments are asked and what systems want is data
//! (`data/*.toml`). Tables `exchange_*`.

pub mod api;
mod batch;
mod decide;
mod gather;
mod hook;
mod kinds;
mod lines;
mod make;
mod mapped;
mod pages;
mod proposals;
mod receipts;
mod records;
mod returned;
mod rows;
mod sheet;
mod systems;
mod turn;
mod uploads;

use authz::{Action, Role};
use host::{Access, Capability, Counted, Ctx, DeskCounter, JobSpec, NavEntry, Routes, Sealing};
use std::sync::Arc;
use store::{Migration, StoreResult};

/// Tables, pages, menu, jobs, counters and schema of this capability.
pub fn capability() -> Capability {
    Capability {
        name: "exchange",
        tables: &[
            "exchange_number",
            "exchange_batch",
            "exchange_line",
            "exchange_upload",
            "exchange_refused",
            "exchange_proposal",
            "exchange_record",
            "exchange_kept",
            "exchange_words",
        ],
        routes: routes(),
        nav: vec![
            NavEntry {
                group: "人员档案",
                title: "部门比对",
                href: "/matching",
                action: Some(Action::Match),
                roles: &[],
            },
            NavEntry {
                group: "统计报表",
                title: "上报",
                href: "/reporting",
                action: Some(Action::ReportUp),
                roles: &[],
            },
        ],
        migrations: vec![Migration {
            id: "0001_exchange",
            owner: "exchange",
            sql: include_str!("../migrations/0001_exchange.sql"),
        }],
        jobs: vec![
            JobSpec {
                kind: make::KIND,
                run: Arc::new(|app, job| Box::pin(make::run(app, job))),
            },
            JobSpec {
                kind: returned::KIND,
                run: Arc::new(|app, job| Box::pin(returned::run(app, job))),
            },
            JobSpec {
                kind: gather::KIND,
                run: Arc::new(|app, job| Box::pin(gather::run(app, job))),
            },
            JobSpec {
                kind: gather::NIGHTLY,
                run: Arc::new(|app, job| Box::pin(gather::nightly(app, job))),
            },
        ],
        counters: vec![
            DeskCounter {
                title: "疑似去世",
                unit: "人",
                tone: "danger",
                roles: &[Role::CityCivil, Role::CountyCivil],
                count: Arc::new(|ctx| Box::pin(proposed(ctx, true))),
            },
            DeskCounter {
                title: "比对结果",
                unit: "条",
                tone: "warn",
                roles: &[Role::CityCivil, Role::CountyCivil, Role::DepartmentData],
                count: Arc::new(|ctx| Box::pin(proposed(ctx, false))),
            },
            DeskCounter {
                title: "上报退回",
                unit: "人",
                tone: "warn",
                roles: &[Role::CityCivil, Role::CountyCivil, Role::DepartmentData],
                count: Arc::new(|ctx| Box::pin(returned_records(ctx))),
            },
        ],
        sealed: vec![
            Sealing::Table(&turn::SEALED[0]),
            Sealing::Table(&turn::SEALED[1]),
            Sealing::Follows {
                table: "exchange_record",
                turn: Arc::new(|tx, after, most| Box::pin(turn::records_follow(tx, after, most))),
            },
        ],
        ..Capability::default()
    }
}

/// Open proposals in the asker's scope.
async fn proposed(ctx: &Ctx, suspect: bool) -> StoreResult<Counted> {
    let which = proposals::Which {
        state: Some(proposals::State::Open),
        suspect: Some(suspect),
        ..proposals::Which::default()
    };
    Ok(Counted {
        number: proposals::count(&ctx.app.store, &ctx.actor(), &which).await?,
        note: if suspect {
            "核实登记"
        } else {
            "核对采纳"
        }
        .to_owned(),
        href: format!(
            "/matching/proposals?state=open&suspect={}",
            if suspect { "1" } else { "0" }
        ),
    })
}

/// Records that a national system sent back, in the asker's scope.
async fn returned_records(ctx: &Ctx) -> StoreResult<Counted> {
    let actor = ctx.actor();
    Ok(Counted {
        number: records::returned(&ctx.app.store, actor.role, &actor.scope).await?,
        note: "改好再报".to_owned(),
        href: "/reporting".to_owned(),
    })
}

fn routes() -> Routes {
    let (matches, reports) = (Access::May(Action::Match), Access::May(Action::ReportUp));
    Routes::new()
        .get("/matching", matches, pages::lists::get)
        .post("/matching", matches, pages::new_list::post)
        .get("/matching/new", matches, pages::new_list::get)
        .get(
            "/matching/kinds/{kind}/template",
            matches,
            pages::template::get,
        )
        .get("/matching/proposals", matches, pages::proposals::get)
        .post(
            "/matching/proposals/acceptance",
            matches,
            pages::proposals::accept,
        )
        .get(
            "/matching/proposals/{proposal}",
            matches,
            pages::proposal::get,
        )
        .post(
            "/matching/proposals/{proposal}/acceptance",
            matches,
            pages::proposal::accept,
        )
        .post(
            "/matching/proposals/{proposal}/refusal",
            matches,
            pages::proposal::refuse,
        )
        .post(
            "/matching/proposals/{proposal}/forwarding",
            matches,
            pages::proposal::send,
        )
        .get("/matching/uploads/{upload}", matches, pages::upload::get)
        .get("/matching/{id}", matches, pages::one::list)
        .get("/matching/{id}/file", matches, pages::file::get)
        .post("/matching/{id}/continuation", matches, pages::one::go_on)
        .post("/matching/{id}/voiding", matches, pages::one::void)
        .post("/matching/{id}/uploads", matches, pages::upload::post)
        .get("/reporting", reports, pages::systems::get)
        .get("/reporting/systems/{system}", reports, pages::system::get)
        .get(
            "/reporting/systems/{system}/mapping",
            reports,
            pages::mapping::get,
        )
        .get(
            "/reporting/systems/{system}/new",
            reports,
            pages::new_file::get,
        )
        .post(
            "/reporting/systems/{system}/files",
            reports,
            pages::new_file::post,
        )
        .post(
            "/reporting/systems/{system}/look",
            reports,
            pages::system::look,
        )
        .post(
            "/reporting/systems/{system}/records/{person}/again",
            reports,
            pages::system::again,
        )
        .get("/reporting/uploads/{upload}", reports, pages::upload::get)
        .get("/reporting/files/{id}", reports, pages::one::report)
        .get("/reporting/files/{id}/file", reports, pages::file::get)
        .post(
            "/reporting/files/{id}/continuation",
            reports,
            pages::one::go_on,
        )
        .post("/reporting/files/{id}/voiding", reports, pages::one::void)
        .post(
            "/reporting/files/{id}/uploads",
            reports,
            pages::upload::post,
        )
}
