//! 能力评估: from a request to a level that everybody recognises.
//!
//! Rows B10–B13, C11; invariants 3, 5, 8, 10, 11. A request is dispatched to a commissioned body and two of its assessors
//! without a tie; what they answer is added and never changed; the level follows by the scale (`assess`) and is told with
//! every step. Whoever wishes to enter a public home is assessed before, which gives class, order and care grade
//! (`admission`). Tables `assessment_*`.

mod acts;
mod admission;
pub mod api;
mod background;
mod book;
mod demo;
mod erase;
mod facts;
mod fit;
mod handover;
pub mod late;
mod look;
mod model;
mod pages;
mod panel;
mod settle;
mod sheet;
mod terms;
mod whose;

pub use admission::follow::on_facts_changed;

use authz::{Action, Role};
use host::{
    Access, Capability, Counted, Ctx, DeskCounter, JobSpec, NavEntry, PanelPlace, PersonPanel,
    Routes,
};
use model::State;
use std::sync::Arc;
use store::StoreResult;

/// What was asked and assessed follows where two files become one person.
const JOINED: &[host::Matters] = &[
    host::Matters {
        table: "assessment_request",
        key: "request",
        person: "id",
        which: "1 = 1",
        once: Some(host::Once {
            same: &["scheme"],
            open: "state IN ('asked', 'sent', 'signing', 'review') AND kind <> 'recheck'",
            ended: "withdrawn",
        }),
    },
    host::Matters {
        table: "assessment_admission",
        key: "admission",
        person: "id",
        which: "1 = 1",
        once: Some(host::Once {
            same: &[],
            open: "state IN ('asked', 'assessed')",
            ended: "withdrawn",
        }),
    },
];

/// Tables, pages, menu, panel, counters and schema of this capability.
pub fn capability() -> Capability {
    Capability {
        name: "assessment",
        tables: &[
            "assessment_agency",
            "assessment_assessor",
            "assessment_tie",
            "assessment_request",
            "assessment_words",
            "assessment_draft",
            "assessment_answers",
            "assessment_result",
            "assessment_proposal",
            "assessment_objection",
            "assessment_settlement",
            "assessment_late",
            "assessment_admission",
            "assessment_admission_words",
        ],
        routes: routes(),
        nav: vec![NavEntry {
            group: "评估办件",
            title: "能力评估",
            href: "/assessments",
            action: None,
            roles: LISTS,
        }],
        migrations: vec![
            ::store::Migration {
                id: "0001_assessment",
                owner: "assessment",
                sql: include_str!("../migrations/0001_assessment.sql"),
            },
            ::store::Migration {
                id: "0002_assessment_late",
                owner: "assessment",
                sql: include_str!("../migrations/0002_late.sql"),
            },
            ::store::Migration {
                id: "0003_assessment_admission",
                owner: "assessment",
                sql: include_str!("../migrations/0003_admission.sql"),
            },
        ],
        jobs: vec![JobSpec {
            kind: late::JOB,
            run: Arc::new(|app, _job| Box::pin(late::run(app))),
        }],
        panels: vec![PersonPanel {
            key: "assessment",
            title: "能力评估",
            place: PanelPlace::Tab,
            render: Arc::new(|ctx, view| Box::pin(panel::render(ctx, view))),
        }],
        counters: vec![
            counter("评估待派单", "派单", "asked", COUNTY),
            counter("评估待复核", "复核", "review", COUNTY),
            counter("评估异议", "答复", "objected", COUNTY),
            counter(
                "评估将到期",
                "申请复评",
                "due",
                &[Role::CountyCivil, Role::CountyHealth, Role::TownWorker],
            ),
        ],
        handovers: vec![handover::handover()],
        erasures: vec![erase::erasure()],
        joinings: vec![host::Joining::of("assessment", "能力评估", JOINED)],
        ..Capability::default()
    }
}

/// Roles with the list in their menu.
const LISTS: &[Role] = &[
    Role::CityCivil,
    Role::CountyCivil,
    Role::CityHealth,
    Role::CountyHealth,
    Role::TownWorker,
    Role::Visitor,
    Role::Assessor,
    Role::AssessmentBody,
];

/// Roles that dispatch and confirm, each by its own scales.
const COUNTY: &[Role] = &[Role::CountyCivil, Role::CountyHealth];

/// A counter of a tab.
fn counter(
    title: &'static str,
    note: &'static str,
    tab: &'static str,
    roles: &'static [Role],
) -> DeskCounter {
    DeskCounter {
        title,
        unit: "件",
        tone: "warn",
        roles,
        count: Arc::new(move |ctx| Box::pin(counted(ctx, note, tab))),
    }
}

async fn counted(ctx: &Ctx, note: &str, tab: &str) -> StoreResult<Counted> {
    let which = match tab {
        "asked" => book::Tab::In(State::Asked),
        "review" => book::Tab::In(State::Review),
        "objected" => book::Tab::Objected,
        _ => book::Tab::Due(ctx.today()),
    };
    Ok(Counted {
        number: book::count(&ctx.app.store, &ctx.actor(), which).await?,
        note: note.to_owned(),
        href: format!("/assessments?tab={tab}"),
    })
}

fn routes() -> Routes {
    use pages::admissions;
    let read = Access::May(Action::ReadAssessment);
    let ask = Access::May(Action::AskAssessment);
    let county = Access::May(Action::DispatchAssessment);
    let assess = Access::May(Action::Assess);
    Routes::new()
        .get("/people/{id}/assessments/new", ask, pages::ask::get)
        .post("/people/{id}/assessments", ask, pages::ask::post)
        .get(
            "/people/{id}/assessments/recognition",
            county,
            pages::recognise::get,
        )
        .post(
            "/people/{id}/assessments/recognition",
            county,
            pages::recognise::post,
        )
        .get("/assessments", read, pages::list::get)
        .get("/assessments/child", county, pages::find::get)
        .post("/assessments/child", county, pages::find::post)
        .get("/assessments/bodies", county, pages::bodies::get)
        .post("/assessments/bodies", county, pages::bodies::add)
        .post(
            "/assessments/assessors",
            county,
            pages::bodies::add_assessor,
        )
        .get("/assessments/settlement", read, pages::settle::get)
        .post(
            "/assessments/settlement",
            county,
            pages::settle::settle_month,
        )
        .post("/assessments/sample", county, pages::settle::draw)
        .get("/people/{id}/admissions/new", ask, admissions::ask::get)
        .post("/people/{id}/admissions", ask, admissions::ask::post)
        .get("/assessments/admissions", read, admissions::list::get)
        .get(
            "/assessments/admissions/order.pdf",
            read,
            admissions::paper::order_pdf,
        )
        .get(
            "/assessments/admissions/order.docx",
            read,
            admissions::paper::order_docx,
        )
        .get(
            "/assessments/admissions/{admission}",
            read,
            admissions::one::get,
        )
        .get(
            "/assessments/admissions/{admission}/conclusion.pdf",
            read,
            admissions::paper::pdf,
        )
        .get(
            "/assessments/admissions/{admission}/conclusion.docx",
            read,
            admissions::paper::docx,
        )
        .post(
            "/assessments/admissions/{admission}/assessment",
            ask,
            admissions::again::post,
        )
        .get(
            "/assessments/admissions/{admission}/withdrawal",
            ask,
            admissions::withdraw::get,
        )
        .post(
            "/assessments/admissions/{admission}/withdrawal",
            ask,
            admissions::withdraw::post,
        )
        .get("/assessments/{request}", read, pages::one::get)
        .get("/assessments/{request}/report.pdf", read, pages::paper::pdf)
        .get(
            "/assessments/{request}/report.docx",
            read,
            pages::paper::docx,
        )
        .get(
            "/assessments/{request}/dispatch",
            county,
            pages::dispatch::get,
        )
        .post(
            "/assessments/{request}/dispatch",
            county,
            pages::dispatch::post,
        )
        .get("/assessments/{request}/form", assess, pages::form::get)
        .post("/assessments/{request}/answers", assess, pages::form::post)
        .post("/assessments/{request}/tie", assess, pages::sign::tie)
        .post(
            "/assessments/{request}/signature",
            assess,
            pages::sign::sign,
        )
        .post(
            "/assessments/{request}/disagreement",
            assess,
            pages::sign::disagree,
        )
        .post(
            "/assessments/{request}/confirmation",
            county,
            pages::confirm::confirm,
        )
        .post(
            "/assessments/{request}/return",
            county,
            pages::confirm::send_back,
        )
        .post(
            "/assessments/{request}/notice",
            county,
            pages::confirm::tell,
        )
        .post(
            "/assessments/{request}/withdrawal",
            ask,
            pages::confirm::withdraw,
        )
        .post(
            "/assessments/{request}/proposals/{fact}",
            county,
            pages::confirm::propose,
        )
        .get("/assessments/{request}/objection", ask, pages::object::get)
        .post("/assessments/{request}/objection", ask, pages::object::post)
        .post(
            "/assessments/{request}/objection/answer",
            county,
            pages::object::answer,
        )
}
