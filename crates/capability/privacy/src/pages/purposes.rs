//! 个人信息处理: every purpose with its legal basis, as data, for everybody who works with the data.

use crate::store::purposes;
use askama::Template;
use authz::Action;
use axum::extract::Path;
use host::{Ctx, Page};
use store::Audit;
use ui::{PageError, Shell};

struct Line {
    key: String,
    title: String,
    basis: &'static str,
    cites: String,
    says: String,
    what: String,
    receivers: String,
    retention: String,
    asks: bool,
    sensitive: bool,
    to_confirm: bool,
    confirmed: String,
}

#[derive(Template)]
#[template(path = "pages/purposes.html")]
struct PurposesPage {
    shell: Shell,
    rows: Vec<Line>,
    may_confirm: bool,
}

/// `GET /privacy`
pub(crate) async fn get(ctx: Ctx) -> Page {
    let rows = purposes::all(&ctx.app.store)
        .await?
        .into_iter()
        .map(|one| Line {
            basis: one.basis.zh(),
            asks: one.basis.by_consent(),
            cites: one.cites(),
            what: one.categories.join("、"),
            receivers: one.receivers.join("、"),
            confirmed: one
                .confirmed
                .as_ref()
                .map(|(name, at)| format!("{name} {} 确认", at.day()))
                .unwrap_or_default(),
            key: one.key,
            title: one.title,
            says: one.says,
            retention: one.retention,
            sensitive: one.sensitive,
            to_confirm: one.to_confirm,
        })
        .collect();
    Ok(ui::page_no_store(PurposesPage {
        shell: ctx.shell("个人信息处理"),
        rows,
        may_confirm: Action::Erase.allowed_to(ctx.actor().role),
    }))
}

/// `POST /privacy/purposes/{id}/confirmation`
pub(crate) async fn confirm(ctx: Ctx, Path(id): Path<String>) -> Page {
    let mut tx = ctx.begin().await?;
    if !purposes::confirm(&mut tx, false, &id).await? {
        tx.rollback().await?;
        return Err(PageError::not_found().into());
    }
    tx.audit(Audit::new("privacy.confirm").subject(&id));
    tx.commit().await?;
    Ok(ctx.saved("/privacy", "已确认这个目的的依据在本地适用。"))
}
