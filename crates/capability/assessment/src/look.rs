//! Opening one request: whoever may see it, with the person it is about.

use crate::book;
use crate::model::Request;
use crate::whose;
use authz::{Action, Role};
use host::{Ctx, Failure};
use people::api::Person;
use store::Audit;
use ui::PageError;

/// Whether somebody sees requests because they are their work, not because of an area.
pub(crate) fn by_assignment(role: Role) -> bool {
    matches!(role, Role::Assessor | Role::AssessmentBody)
}

/// The request and its person. Assessors and bodies see what was dispatched to them, officers and families whom they may
/// read; a refusal is logged.
pub(crate) async fn open(ctx: &Ctx, id: &str) -> Result<(Request, Person), Failure> {
    let (store, actor) = (&ctx.app.store, ctx.actor());
    if by_assignment(actor.role) {
        let request = book::find_seen(store, &actor, id).await?.ok_or_else(|| {
            PageError::refused("县民政、县卫健")
                .text("这件评估没有派给您，或者已经收回。要接手请向派单的县民政、县卫健申请。")
        })?;
        let found = people::api::of_keys(store, std::slice::from_ref(&request.key)).await?;
        let person = found.into_iter().next().ok_or_else(PageError::not_found)?;
        return Ok((request, person));
    }
    let request = book::find(store, id)
        .await?
        .ok_or_else(PageError::not_found)?;
    // Of another department's scale they read what stands in a record they may open.
    let action = if whose::theirs(actor.role, request.scheme) {
        Action::ReadAssessment
    } else {
        Action::ReadPerson
    };
    let person = people::api::open(ctx, &request.key.id, action).await?;
    Ok((request, person))
}

/// The same for the officers of the county who handle it.
pub(crate) async fn open_to_handle(ctx: &Ctx, id: &str) -> Result<(Request, Person), Failure> {
    let (request, person) = open(ctx, id).await?;
    if !whose::theirs(ctx.actor().role, request.scheme) {
        let county = whose::county(request.scheme);
        let text = format!("「{}」由{county}办理。", request.scheme.name);
        return Err(PageError::refused(&county).text(text).into());
    }
    people::api::open(ctx, &person.key.id, Action::DispatchAssessment).await?;
    Ok((request, person))
}

/// Leaves a row in the log of who opened this person's assessment.
pub(crate) async fn log(ctx: &Ctx, request: &Request) -> Result<(), Failure> {
    let entry = Audit::new("assessment.read")
        .person(&request.key.shard, &request.key.id)
        .with("request", request.request.as_str());
    Ok(ctx.log_reads(&[entry]).await?)
}

/// Somebody else was first.
pub(crate) fn too_late(request: &str) -> Failure {
    PageError::bad_request("这件评估刚刚被别人办过，或者档案刚被改动。请打开看最新的情况。")
        .title("已有变化")
        .with_status(axum::http::StatusCode::CONFLICT)
        .link("看这件评估", &format!("/assessments/{request}"))
        .into()
}

/// What the request's state does not allow.
pub(crate) fn not_now(request: &Request, what: &str) -> Failure {
    PageError::bad_request(format!(
        "这件评估现在是「{}」，不能{what}。",
        request.state.zh()
    ))
    .title("现在不能办")
    .with_status(axum::http::StatusCode::CONFLICT)
    .link("看这件评估", &request.href())
    .into()
}
