//! Money to people: 在享台账, 发放批次, 退回重发, 补发追缴, 资金账.
//!
//! Rows C03, C17–C20, B10; invariants 3, 5, 6, 8, 9, 11. A due exists once; what is paid for it are attempts, of which at
//! most one is under way or paid; a posting moves one amount between two accounts. Tables `pay_*`.

pub mod accounts;
pub mod adopt;
pub mod again;
pub mod answers;
pub mod api;
pub mod approve;
pub mod bankfile;
pub mod budgets;
pub mod dates;
mod decided;
pub mod demo;
pub mod doubts;
pub mod draft;
mod drawn;
mod grant_acts;
pub mod grants;
mod history;
mod joined;
mod judge;
mod judge_reasons;
mod late;
pub mod leave;
mod month_shares;
mod months;
pub mod pace;
mod pages;
mod panel;
pub mod periods;
pub mod posts;
pub mod proofs;
pub mod recoveries;
pub mod remind;
pub mod replay;
mod rivals;
pub mod runs;
pub mod seal;
pub mod steps;
pub mod terms;
mod told;
pub mod vouchers;

use ::store::jobs::{Job, JobError};
use area::api::AreaBook;
use authz::{Action, Role};
use host::{
    Access, AppState, Capability, Counted, Ctx, DeskCounter, FactsChanged, JobSpec, NavEntry,
    PanelPlace, PersonPanel, Routes, Sealing,
};
use std::sync::Arc;

/// Job that draws a batch.
pub const DRAW: &str = "pay.draw";

/// Tables, pages, menu, panel, counters, jobs and schema of this capability.
pub fn capability() -> Capability {
    Capability {
        name: "pay",
        tables: &[
            "pay_terms",
            "pay_grant",
            "pay_event",
            "pay_account",
            "pay_run",
            "pay_step",
            "pay_due",
            "pay_attempt",
            "pay_change",
            "pay_doubt",
            "pay_posting",
            "pay_file",
            "pay_download",
            "pay_appropriation",
            "pay_period",
            "pay_proof",
            "pay_life",
            "pay_life_since",
            "pay_contact",
            "pay_asked",
            "pay_recovery",
            "pay_recovery_act",
            "pay_offset",
        ],
        routes: routes(),
        nav: vec![
            nav("在享台账", "/grants", GRANT_READERS),
            nav("资格认证", "/proofs", GRANT_READERS),
            nav("发放批次", "/payments", MONEY),
            nav(
                "退回重发",
                "/payments/returned",
                &[Role::CountyCivil, Role::Finance],
            ),
            nav(
                "补发追缴",
                "/recoveries",
                &[Role::CityCivil, Role::CountyCivil, Role::Finance],
            ),
            nav("资金账", "/ledger", MONEY),
            nav("资金预算", "/payments/budgets", MONEY),
            nav("发放规则", "/payments/terms", MONEY),
            nav(
                "育儿假计算",
                "/leave",
                &[
                    Role::TownWorker,
                    Role::CountyHealth,
                    Role::CityHealth,
                    Role::Family,
                ],
            ),
        ],
        migrations: vec![
            ::store::Migration {
                id: "0001_pay",
                owner: "pay",
                sql: include_str!("../migrations/0001_pay.sql"),
            },
            ::store::Migration {
                id: "0002_pay_budgets",
                owner: "pay",
                sql: include_str!("../migrations/0002_budgets_periods_proofs.sql"),
            },
            ::store::Migration {
                id: "0003_pay_asked",
                owner: "pay",
                sql: include_str!("../migrations/0003_asked.sql"),
            },
        ],
        panels: vec![
            PersonPanel {
                key: "payments-owed",
                title: "确认发放",
                place: PanelPlace::Band,
                render: Arc::new(|ctx, view| Box::pin(panel::owed(ctx, view))),
            },
            PersonPanel {
                key: "payments",
                title: "发放记录",
                place: PanelPlace::Tab,
                render: Arc::new(|ctx, view| Box::pin(panel::render(ctx, view))),
            },
        ],
        counters: vec![
            counter("发放批次", "批", "warn", MONEY, |ctx| {
                Box::pin(batches(ctx))
            }),
            counter(
                "待确认发放",
                "人",
                "warn",
                &[Role::CountyCivil],
                |ctx| Box::pin(proposed(ctx)),
            ),
            counter(
                "退回重发",
                "笔",
                "danger",
                &[Role::CountyCivil],
                |ctx| Box::pin(returned(ctx)),
            ),
            counter(
                "认证已超期",
                "人",
                "warn",
                &[Role::CountyCivil, Role::TownWorker],
                |ctx| Box::pin(overdue(ctx)),
            ),
        ],
        jobs: vec![
            JobSpec {
                kind: DRAW,
                run: Arc::new(|app, job| Box::pin(draw(app, job))),
            },
            JobSpec {
                kind: remind::JOB,
                run: Arc::new(|app, _job| Box::pin(remind::run(app))),
            },
        ],
        sealed: vec![Sealing::Table(&accounts::SEALED)],
        joinings: vec![joined::joining()],
        ..Capability::default()
    }
}

/// Roles of the money menu.
const MONEY: &[Role] = &[
    Role::Leader,
    Role::CityCivil,
    Role::CountyCivil,
    Role::Finance,
    Role::Bank,
    Role::InspectorDiscipline,
];

/// Who reads the list of grants by name.
const GRANT_READERS: &[Role] = &[Role::CityCivil, Role::CountyCivil, Role::TownWorker];

const fn nav(title: &'static str, href: &'static str, roles: &'static [Role]) -> NavEntry {
    NavEntry {
        group: "补贴资金",
        title,
        href,
        action: None,
        roles,
    }
}

type Counting = for<'a> fn(&'a Ctx) -> host::Boxed<'a, ::store::StoreResult<Counted>>;

fn counter(
    title: &'static str,
    unit: &'static str,
    tone: &'static str,
    roles: &'static [Role],
    count: Counting,
) -> DeskCounter {
    DeskCounter {
        title,
        unit,
        tone,
        roles,
        count: Arc::new(count),
    }
}

/// Batches that wait for this role.
async fn batches(ctx: &Ctx) -> ::store::StoreResult<Counted> {
    let role = ctx.actor().role;
    let offices = pages::offices(ctx)?;
    let mut number = 0;
    for step in runs::Step::ALL {
        if step == runs::Step::Back || !step.roles().contains(&role) {
            continue;
        }
        let asked = runs::Asked {
            offices: offices.clone(),
            state: Some(step.between().0),
            ..runs::Asked::default()
        };
        number += runs::count(&ctx.app.store, &asked).await?;
    }
    Ok(Counted {
        number,
        note: "办理".to_owned(),
        href: "/payments".to_owned(),
    })
}

async fn proposed(ctx: &Ctx) -> ::store::StoreResult<Counted> {
    let asked = grants::Asked {
        state: Some("proposed".to_owned()),
        offices: pages::offices(ctx)?,
        ..grants::Asked::default()
    };
    let (number, _) = grants::sum(&ctx.app.store, &ctx.scope(), &asked).await?;
    Ok(Counted {
        number,
        note: "第二人确认".to_owned(),
        href: "/grants?state=proposed".to_owned(),
    })
}

async fn returned(ctx: &Ctx) -> ::store::StoreResult<Counted> {
    let (number, _) = again::sum(&ctx.app.store, &pages::offices(ctx)?, None).await?;
    Ok(Counted {
        number,
        note: "换卡重发".to_owned(),
        href: "/payments/returned".to_owned(),
    })
}

async fn overdue(ctx: &Ctx) -> ::store::StoreResult<Counted> {
    Ok(Counted {
        number: pages::proofs::overdue(ctx).await?,
        note: "联系、认证".to_owned(),
        href: "/proofs?tab=overdue".to_owned(),
    })
}

/// The hook that keeps the office of a grant with a person who moves; the app wires it.
pub fn on_facts_changed(book: Arc<AreaBook>) -> FactsChanged {
    Arc::new(move |tx, keys| {
        let book = Arc::clone(&book);
        Box::pin(async move { grants::moved(tx, &book, keys).await })
    })
}

/// Draws the batch of a job; begun again it goes on where it was.
async fn draw(app: AppState, job: Job) -> Result<(), JobError> {
    let failed = |error: ::store::StoreError| {
        if error.is_retryable() {
            JobError::Retry(error.to_string())
        } else {
            JobError::Fail(error.to_string())
        }
    };
    let (run, who): (String, authz::Actor) =
        serde_json::from_str(&job.payload).map_err(|error| JobError::Fail(error.to_string()))?;
    let book = app.part::<plan::api::PlanBook>().map_err(failed)?;
    draft::draw(&app.store, &book, &who, &run, &pace::Pace::default())
        .await
        .map_err(failed)
}

fn routes() -> Routes {
    let read = Access::May(Action::ReadMoney);
    let act = Access::May(Action::HandleMoney);
    let grant = Access::May(Action::GrantMoney);
    let account = Access::May(Action::KeepAccount);
    let lists = Access::May(Action::ReadLists);
    Routes::new()
        .get("/grants", lists, pages::grants::get)
        .get("/grants/new/{finding}", grant, pages::grant_new::get)
        .post("/grants/new/{finding}", grant, pages::grant_new::post)
        .get("/grants/{id}/{programme}/{no}", lists, pages::grant::get)
        .post("/grants/{id}/{programme}/{no}", grant, pages::grant::post)
        .get("/people/{id}/account", account, pages::account::get)
        .post("/people/{id}/account", account, pages::account::post)
        .get("/payments", read, pages::runs::get)
        .post("/payments", act, pages::runs::post)
        .get("/payments/returned", read, pages::returned::get)
        .get("/payments/terms", read, pages::terms::get)
        .get("/payments/budgets", read, pages::budgets::get)
        .post("/payments/budgets", act, pages::budgets::post)
        .get("/payments/{run}", read, pages::run::get)
        .post("/payments/{run}/step", act, pages::run_acts::step)
        .post("/payments/{run}/doubts/{no}", act, pages::run_acts::doubt)
        .post("/payments/{run}/file", act, pages::run_acts::file)
        .post("/payments/{run}/answer", act, pages::run_acts::answer)
        .post("/payments/{run}/again", act, pages::run_acts::again)
        .post("/payments/{run}/discard", act, pages::run_acts::discard)
        .get(
            "/payments/{run}/files/{kind}/{no}",
            read,
            pages::run_acts::download,
        )
        .get("/payments/{run}/paper.pdf", read, pages::paper::pdf)
        .get("/payments/{run}/paper.docx", read, pages::paper::docx)
        .get("/payments/{run}/roster.xlsx", read, pages::paper::roster)
        .get(
            "/payments/{run}/publicity.xlsx",
            read,
            pages::publicity::xlsx,
        )
        .get(
            "/payments/{run}/publicity.docx",
            read,
            pages::publicity::docx,
        )
        .get("/proofs", lists, pages::proofs::list)
        .get("/proofs/{id}", account, pages::proofs::one)
        .post("/proofs/{id}", account, pages::proofs::post)
        .post("/proofs/{id}/suspend", grant, pages::proofs::suspend)
        .get("/recoveries", read, pages::recoveries::get)
        .get("/recoveries/{recovery}", read, pages::recovery::get)
        .post("/recoveries/{recovery}", act, pages::recovery::post)
        .get("/recoveries/{recovery}/notice.pdf", act, pages::notice::pdf)
        .get(
            "/recoveries/{recovery}/notice.docx",
            act,
            pages::notice::docx,
        )
        .get("/leave", Access::Public, pages::leave::get)
        .get("/ledger", read, pages::book::get)
        .get("/ledger.xlsx", read, pages::book_sheet::get)
        .post("/ledger/close", act, pages::book::close)
}
