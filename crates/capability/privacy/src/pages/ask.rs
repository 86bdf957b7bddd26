//! 要求删除: what the law says about this person's data now, in words, before anybody asks; then the request.

use super::consents::{back, open};
use crate::duty::{Ground, grounds};
use crate::store::requests;
use askama::Template;
use axum::extract::Path;
use host::{Ctx, Failure, Page};
use people::api::Person;
use store::{Audit, StoreError};
use ui::{Field, Form, FormData, Shell};

struct Earlier {
    href: String,
    asked: String,
    state: &'static str,
    pill: &'static str,
}

#[derive(Template)]
#[template(path = "pages/ask.html")]
struct AskPage {
    shell: Shell,
    form: Form,
    id: String,
    name: String,
    back: String,
    grounds: Vec<Ground>,
    earlier: Vec<Earlier>,
    waits: bool,
}

impl AskPage {
    fn said(&self) -> Field {
        self.form.field(
            Field::lines("said", "想说明的")
                .hint("可不填。如：已经搬走、哪些信息不想再保存")
                .maxlength(300),
        )
    }
}

/// `GET /people/{id}/erasure`
pub(crate) async fn get(ctx: Ctx, Path(id): Path<String>) -> Page {
    let person = open(&ctx, &id).await?;
    ctx.log_reads(&[Audit::new("person.read")
        .person(&person.key.shard, &person.key.id)
        .with("tab", "privacy")])
        .await?;
    Ok(ui::page_no_store(
        page(&ctx, &person, Form::default()).await?,
    ))
}

/// `POST /people/{id}/erasure`
pub(crate) async fn post(ctx: Ctx, Path(id): Path<String>, data: FormData) -> Page {
    let person = open(&ctx, &id).await?;
    let mut form = Form::from(data);
    let said = form.text("said");
    if said.as_ref().is_some_and(|said| said.chars().count() > 300) {
        form.errors.add("said", "最多 300 个字");
        return Ok(ui::page_422(page(&ctx, &person, form).await?));
    }
    let mut tx = ctx.begin().await?;
    let filed = requests::insert(&mut tx, &person, said.as_deref()).await;
    if matches!(filed, Err(StoreError::Duplicate(_))) {
        tx.rollback().await?;
        form.errors.add_form("已经有一件删除请求在办，不用重复提出");
        return Ok(ui::page_409(page(&ctx, &person, form).await?));
    }
    filed?;
    tx.audit(Audit::new("erasure.ask").person(&person.key.shard, &person.key.id));
    tx.commit().await?;
    Ok(ctx.saved(
        &back(&ctx, &person),
        "已收到删除请求，经办单位核对后会答复。",
    ))
}

async fn page(ctx: &Ctx, person: &Person, form: Form) -> Result<AskPage, Failure> {
    let requests = requests::of(&ctx.app.store, &person.key.id).await?;
    let back = back(ctx, person);
    Ok(AskPage {
        shell: ctx
            .shell("要求删除个人信息")
            .crumb(format!("{}的档案", person.name), back.clone()),
        id: person.key.id.clone(),
        name: person.name.clone(),
        grounds: grounds(ctx, person).await?,
        waits: requests
            .iter()
            .any(|one| matches!(one.state.as_str(), "open" | "granted")),
        earlier: requests
            .iter()
            .map(|one| Earlier {
                href: format!("/privacy/requests/{}", one.id),
                asked: one.asked.day().zh(),
                state: one.state_zh(),
                pill: one.pill(),
            })
            .collect(),
        back,
        form,
    })
}
