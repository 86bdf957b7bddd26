//! 查看完整证号和电话: with a reason, logged, shown once and kept nowhere.

use super::{one, show};
use authz::Action;
use axum::extract::Path;
use host::{Ctx, Page};
use store::Audit;
use ui::{FormData, ListQuery, ListSpec, PageError};

const REASONS: &[&str] = &["contact", "verify", "apply", "pay"];
const SPEC: ListSpec = ListSpec {
    filters: &["tab"],
    sorts: &[],
    default_sort: "",
    default_desc: false,
};

/// `POST /people/{id}/unmasking`
pub(crate) async fn post(ctx: Ctx, Path(id): Path<String>, data: FormData) -> Page {
    let person = one::open(&ctx, &id, Action::Unmask).await?;
    let reason = data.get("reason").to_owned();
    if !REASONS.contains(&reason.as_str()) {
        return Ok(ctx.redirect_with(&format!("/people/{id}"), "warn", "请先选择查看事由。"));
    }
    ctx.log_reads(&[Audit::new("person.unmask")
        .person(&person.key.shard, &person.key.id)
        .with("reason", reason)])
        .await?;
    let query =
        ListQuery::parse(None, &SPEC).map_err(|error| PageError::bad_request(error.to_string()))?;
    show::page(&ctx, person, &query, Some(())).await
}
