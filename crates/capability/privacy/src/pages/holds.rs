//! 法律保全: begun with the paper's number, ended by hand.

use super::retention;
use crate::store::holds::{self, NewHold, REASONS};
use authz::Action;
use axum::extract::Path;
use host::{Ctx, Page};
use kernel::AreaCode;
use store::Audit;
use ui::{Form, FormData, PageError};

/// `POST /retention/holds`
pub(crate) async fn post(ctx: Ctx, data: FormData) -> Page {
    let mut form = Form::from(data);
    let kind = form.one_of("kind", &["all", "area", "person"], "请选择保全什么");
    let reasons: Vec<&str> = REASONS.iter().map(|(key, _)| *key).collect();
    let reason = form.one_of("reason", &reasons, "请选择原因");
    let paper = form.required("paper", "请填写文号");
    let typed = form.text("code").unwrap_or_default();
    let mut audit = Audit::new("hold.begin");
    let (kind, code, to) = match kind.as_deref() {
        Some("person") => {
            let person = people::api::open(&ctx, &typed, Action::ReadPerson).await?;
            audit = audit.person(&person.key.shard, &person.key.id);
            let to = format!("/people/{}?tab=privacy", person.key.id);
            if paper.is_none() || reason.is_none() {
                return Ok(ctx.redirect_with(&to, "warn", "请填写文号，再保全。"));
            }
            ("person", person.key.id, to)
        }
        Some("area") => {
            let code = typed.parse::<AreaCode>();
            if code.is_err() {
                form.errors.add("code", "请选择地区");
            }
            let code = code.map_or_else(|_bad| String::new(), |code| code.to_string());
            ("area", code, "/retention".to_owned())
        }
        _ => ("all", String::new(), "/retention".to_owned()),
    };
    let (Some(reason), Some(paper), false) = (reason, paper, form.has_errors()) else {
        return Ok(ui::page_422(retention::page(&ctx, form).await?));
    };
    let mut tx = ctx.begin().await?;
    let new = NewHold {
        kind,
        code: &code,
        reason: &reason,
        paper: &paper,
    };
    let id = holds::insert(&mut tx, &new).await?;
    tx.audit(
        audit
            .with("hold", id)
            .with("kind", kind)
            .with("reason", reason),
    );
    tx.commit().await?;
    Ok(ctx.saved(&to, "已保全，范围内的到期也不删除。"))
}

/// `POST /retention/holds/{id}/end`
pub(crate) async fn end(ctx: Ctx, Path(id): Path<String>) -> Page {
    let mut tx = ctx.begin().await?;
    if !holds::end(&mut tx, &id).await? {
        tx.rollback().await?;
        return Err(PageError::not_found()
            .text("没有这项保全，或者已经解除。")
            .link("回保存期限与删除", "/retention")
            .into());
    }
    tx.audit(Audit::new("hold.end").subject(&id));
    tx.commit().await?;
    Ok(ctx.saved("/retention", "已解除保全。"))
}
