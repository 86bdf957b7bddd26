//! 异议: the family objects within the time; the county has it assessed again by others, or says why not.

use crate::acts::{self, New};
use crate::book;
use crate::look::{self, not_now, too_late};
use crate::model::{Outcome, Request, State};
use crate::terms::terms;
use crate::whose;
use askama::Template;
use authz::Action;
use axum::extract::Path;
use host::{Ctx, Page};
use kernel::Day;
use people::api::Person;
use store::StoreError;
use ui::{Field, Form, FormData, PageError, Shell};

#[derive(Template)]
#[template(path = "pages/object.html")]
struct ObjectPage {
    shell: Shell,
    form: Form,
    request: Request,
    until: Day,
}

impl ObjectPage {
    fn says(&self) -> Field {
        self.form.field(
            Field::lines("says", "为什么有异议")
                .required()
                .hint("写清哪些情况与结论不符")
                .maxlength(500),
        )
    }
}

/// The last day for an objection: counted from when it was told, or from when it was confirmed.
pub(super) fn until(outcome: &Outcome) -> Option<Day> {
    let from = outcome.told_at.or(outcome.confirmed_at)?;
    Some(from.day().plus_days(terms().objection_days))
}

/// Whether somebody may object today.
pub(super) fn may_object(ctx: &Ctx, request: &Request, outcome: Option<&Outcome>) -> bool {
    request.state == State::Done
        && !matches!(request.kind.as_str(), "recheck" | "recognised")
        && Action::AskAssessment.allowed_to(ctx.actor().role)
        && whose::theirs(ctx.actor().role, request.scheme)
        && outcome
            .and_then(until)
            .is_some_and(|last| ctx.today() <= last)
}

/// `GET /assessments/{request}/objection`
pub(crate) async fn get(ctx: Ctx, Path(id): Path<String>) -> Page {
    let (request, person) = look::open(&ctx, &id).await?;
    look::log(&ctx, &request).await?;
    let page = page(&ctx, request, &person, Form::default()).await?;
    Ok(ui::page_no_store(page))
}

/// `POST /assessments/{request}/objection`
pub(crate) async fn post(ctx: Ctx, Path(id): Path<String>, data: FormData) -> Page {
    let (request, person) = look::open(&ctx, &id).await?;
    let mut form = Form::from(data);
    let Some(says) = form.required("says", "请写明为什么有异议") else {
        return Ok(ui::page_422(page(&ctx, request, &person, form).await?));
    };
    let outcome = book::outcome(&ctx.app.store, &id).await?;
    if !may_object(&ctx, &request, outcome.as_ref()) {
        return Err(not_now(&request, "提出异议"));
    }
    let mut tx = ctx.begin().await?;
    let done = acts::object(&mut tx, &request, &says).await;
    if matches!(done, Err(StoreError::Duplicate { .. })) {
        tx.rollback().await?;
        form.errors.add("says", "已经有一件异议在等答复");
        return Ok(ui::page_409(page(&ctx, request, &person, form).await?));
    }
    done?;
    tx.commit().await?;
    let county = whose::county(request.scheme);
    let told = format!("异议已提交，{county}答复；复评由其他评估员做。");
    Ok(ctx.saved(&request.href(), &told))
}

/// `POST /assessments/{request}/objection/answer`
pub(crate) async fn answer(ctx: Ctx, Path(id): Path<String>, data: FormData) -> Page {
    let (request, person) = look::open_to_handle(&ctx, &id).await?;
    let form = Form::from(data);
    let accept = match form.data.get("accept") {
        "yes" => true,
        "no" => false,
        _ => return Err(PageError::bad_request("请选择复评或维持结论").into()),
    };
    let words = form.text("answer");
    if !accept && words.is_none() {
        return Err(PageError::bad_request("维持结论要写明理由，家属会看到。")
            .link("回到评估", &request.href())
            .into());
    }
    let mut tx = ctx.begin().await?;
    if !acts::answer_objection(&mut tx, &request, accept, words.as_deref()).await? {
        tx.rollback().await?;
        return Err(too_late(&id));
    }
    if !accept {
        tx.commit().await?;
        return Ok(ctx.saved(&request.href(), "已答复：维持结论。"));
    }
    let new = New {
        person: &person,
        scheme: request.scheme,
        kind: "objection",
        origin: "objection",
        of_request: Some(&request.request),
        state: State::Asked,
        due: ctx.today().plus_days(terms().due_days),
        says: None,
    };
    let asked = acts::ask(&mut tx, &ctx.actor(), new).await;
    if matches!(asked, Err(StoreError::Duplicate { .. })) {
        tx.rollback().await?;
        return Err(not_now(&request, "复评：这个量表已经有一件评估在办"));
    }
    let again = asked?;
    tx.commit().await?;
    let to = format!("/assessments/{again}/dispatch");
    Ok(ctx.redirect_with(&to, "ok", "同意复评，请派给其他评估员。"))
}

async fn page(
    ctx: &Ctx,
    request: Request,
    person: &Person,
    form: Form,
) -> Result<ObjectPage, host::Failure> {
    let outcome = book::outcome(&ctx.app.store, &request.request).await?;
    if !may_object(ctx, &request, outcome.as_ref()) {
        return Err(not_now(&request, "提出异议（或者已过期限）"));
    }
    Ok(ObjectPage {
        shell: ctx
            .shell("对结论有异议")
            .crumb("能力评估", "/assessments")
            .crumb(person.name.clone(), request.href()),
        until: outcome.as_ref().and_then(until).unwrap_or(ctx.today()),
        form,
        request,
    })
}
