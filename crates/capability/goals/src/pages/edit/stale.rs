//! Somebody changed the plan while a form was open: who, what, and the form again with everything typed.

use super::Target;
use super::fill::pairs;
use super::merge::merge;
use crate::pages::changes::shown::{ShownField, shown};
use crate::pages::reading::Reading;
use figures::Book;
use host::{Ctx, Failure};
use org::api::Names;
use plan::api::{VersionId, export, history};
use ui::{Form, FormData};

/// What happened meanwhile.
pub(super) struct Stale {
    /// When, who, what.
    pub(super) steps: Vec<(String, String, String)>,
    /// What moved in this row.
    pub(super) fields: Vec<ShownField>,
    /// Whether it is known what stood there when the form was opened.
    pub(super) known: bool,
    /// Somebody took the row out.
    pub(super) gone: bool,
    /// The present state of the row (or the place's list).
    pub(super) fresh: String,
}

/// What happened since `base`, and what was typed laid over the newest.
pub(super) async fn stale(
    ctx: &Ctx,
    now: &Reading,
    target: &Target,
    typed: &FormData,
) -> Result<(Stale, Form), Failure> {
    let base = VersionId(typed.get("base").to_owned());
    let files = export(&ctx.app.store, &base).await?.unwrap_or_default();
    let before: Option<Book> = figures::load(&files).ok();
    let row = now.book.row(&target.id);
    let old = before
        .as_ref()
        .and_then(|book| Some((book, book.row(&target.id)?)));
    let data = match (old, row) {
        (Some((book, old)), Some(row)) => merge(
            &FormData::from_pairs(pairs(book, old)),
            &FormData::from_pairs(pairs(&now.book, row)),
            typed,
        ),
        _ => typed.clone(),
    };
    let moved = before
        .as_ref()
        .map_or_else(Vec::new, |book| shown(book, &now.book));
    let fields = moved
        .into_iter()
        .find(|change| change.id == target.id)
        .map(|change| change.fields);
    let stale = Stale {
        steps: steps(ctx, now, &base).await?,
        fields: fields.filter(|_| row.is_some()).unwrap_or_default(),
        known: before.is_some(),
        gone: old.is_some() && row.is_none(),
        fresh: if row.is_some() {
            now.row_href(&target.id)
        } else {
            now.href("/plan/changes")
        },
    };
    Ok((stale, Form::from(data)))
}

/// Edits after `base`, or the publication that came between.
async fn steps(
    ctx: &Ctx,
    now: &Reading,
    base: &VersionId,
) -> Result<Vec<(String, String, String)>, Failure> {
    let mut steps = history(&ctx.app.store, &now.version.id).await?;
    if let Some(at) = steps.iter().position(|step| step.id == *base) {
        steps.truncate(at);
    }
    let publication = now.version.publication.as_ref();
    let who = steps.iter().map(|step| step.loaded_by.as_str());
    let names = Names::of(
        &ctx.app.store,
        who.chain(publication.map(|p| p.approved_by.as_str())),
    )
    .await?;
    let mut out: Vec<(String, String, String)> = steps
        .iter()
        .map(|step| {
            let says = step
                .says
                .clone()
                .unwrap_or_else(|| "载入了规划文件夹".to_owned());
            (step.loaded_at.minute(), names.name(&step.loaded_by), says)
        })
        .collect();
    if let Some(publication) = publication {
        out.push((
            publication.at.minute(),
            names.name(&publication.approved_by),
            "批准发布了草稿，或草稿已放弃".to_owned(),
        ));
    }
    Ok(out)
}
