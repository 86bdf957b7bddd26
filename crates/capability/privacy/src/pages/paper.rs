//! `GET /consents/{id}/paper`: the paper of a consent, for whoever may open the person; every download is logged.

use crate::store::consents;
use authz::Action;
use axum::extract::Path;
use files::Files;
use host::{Ctx, Page};
use store::Audit;
use ui::PageError;

/// `GET /consents/{id}/paper`
pub(crate) async fn get(ctx: Ctx, Path(id): Path<String>) -> Page {
    let lacking = || PageError::not_found().text("没有这份同意书，或者已经按规定删除。");
    let store = &ctx.app.store;
    let act = consents::find(store, &id).await?.ok_or_else(lacking)?;
    let person = people::api::open(&ctx, &act.key.id, Action::ReadPerson).await?;
    let files = ctx.app.part::<Files>()?;
    let file = act.file.ok_or_else(lacking)?;
    let kept = files.find(store, &file).await?.ok_or_else(lacking)?;
    let keys = store.keys().clone();
    files.check(&keys, &kept)?;
    let reader = files.open(&keys, &kept)?;
    ctx.log_reads(&[Audit::new("consent.paper")
        .person(&person.key.shard, &person.key.id)
        .with("digest", kept.digest.as_str())])
        .await?;
    let ending = kept.name.rsplit('.').next().unwrap_or("bin").to_owned();
    Ok(host::download(&kept, reader, &format!("consent.{ending}")))
}
