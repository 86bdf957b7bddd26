//! The owner takes a request or says why not; who asked may take it back.

use super::one;
use crate::requests::{self, Request, State};
use authz::Action;
use axum::extract::Path;
use host::{Ctx, Failure, Page};
use people::api::{Correction, NameIndex, Person, claim, correct};
use store::{Audit, Tx};
use ui::{Form, FormData, PageError};

/// `POST /corrections/{request}/acceptance`
pub(crate) async fn accept(ctx: Ctx, Path(id): Path<String>, data: FormData) -> Page {
    let (request, person) = owned(&ctx, &id).await?;
    let answer = Form::from(data).text("answer");
    let mut tx = ctx.begin().await?;
    // The row of the request is taken first: two officers settle it once.
    let actor = ctx.actor();
    if !requests::settle(&mut tx, &id, State::Accepted, &actor.id, answer.as_deref()).await? {
        tx.rollback().await?;
        return Err(too_late(&id));
    }
    let held = people::api::hold(&tx, std::slice::from_ref(&person)).await?;
    let now = held.first().ok_or_else(PageError::not_found)?;
    if !claim(&mut tx, &now.key, now.version).await? {
        tx.rollback().await?;
        return Err(too_late(&id));
    }
    let correction = Correction {
        fact: request.fact,
        value: request.value.clone(),
        since: request.since,
        source: format!("更正申请（{}）", super::basis_zh(&request.basis)),
        by: actor.name,
        reason: "request".to_owned(),
        remark: answer,
    };
    let changed = correct(&ctx.app, &mut tx, &person.key, correction).await?;
    audit(&mut tx, &person, &request, "correction.accept");
    tx.commit().await?;
    ctx.app
        .part::<NameIndex>()?
        .put(&ctx.app.store, &changed)
        .await?;
    let text = format!(
        "已采纳，「{}」已更正，资格和名单已重新计算。",
        request.fact.def().zh
    );
    Ok(ctx.saved("/corrections", &text))
}

/// `POST /corrections/{request}/refusal`
pub(crate) async fn refuse(ctx: Ctx, Path(id): Path<String>, data: FormData) -> Page {
    let (request, person) = owned(&ctx, &id).await?;
    let mut form = Form::from(data);
    let Some(answer) = form.required("answer", "不采纳要说明理由") else {
        return Ok(ui::page_422(one::page(&ctx, request, &person, form).await?));
    };
    close(&ctx, &request, &person, State::Refused, Some(&answer)).await?;
    Ok(ctx.saved("/corrections", "已答复：不采纳，理由已告知提出人。"))
}

/// `POST /corrections/{request}/withdrawal`
pub(crate) async fn withdraw(ctx: Ctx, Path(id): Path<String>) -> Page {
    let (request, person) = one::open(&ctx, &id).await?;
    if !request.followed_by(&ctx.actor().id) {
        let text = "申请由提出人自己撤回。";
        return Err(PageError::refused("提出人").text(text).into());
    }
    close(&ctx, &request, &person, State::Withdrawn, None).await?;
    Ok(ctx.saved("/corrections?box=mine", "申请已撤回。"))
}

/// The request and the person, for the owner of the fact in whose scope the person is.
async fn owned(ctx: &Ctx, id: &str) -> Result<(Request, Person), Failure> {
    let (request, person) = one::open(ctx, id).await?;
    let offices = request.fact.def().owner;
    people::api::open(ctx, &person.key.id, Action::CorrectFact { offices }).await?;
    Ok((request, person))
}

async fn close(
    ctx: &Ctx,
    request: &Request,
    person: &Person,
    state: State,
    answer: Option<&str>,
) -> Result<(), Failure> {
    let mut tx = ctx.begin().await?;
    if !requests::settle(&mut tx, &request.code, state, &ctx.actor().id, answer).await? {
        tx.rollback().await?;
        return Err(too_late(&request.code));
    }
    let action = match state {
        State::Withdrawn => "correction.withdraw",
        _ => "correction.refuse",
    };
    audit(&mut tx, person, request, action);
    tx.commit().await?;
    Ok(())
}

fn audit(tx: &mut Tx, person: &Person, request: &Request, action: &'static str) {
    tx.audit(
        Audit::new(action)
            .person(&person.key.shard, &person.key.id)
            .with("fact", request.fact.name()),
    );
}

fn too_late(id: &str) -> Failure {
    PageError::bad_request("这件申请刚刚已有答复，或者档案刚被别人改动。请打开看最新的情况。")
        .title("已有变化")
        .with_status(axum::http::StatusCode::CONFLICT)
        .link("看这件申请", &format!("/corrections/{id}"))
        .into()
}
