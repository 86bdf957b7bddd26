//! 有异议 on a person's page: what is disputed, since when, who settles it.

use crate::requests;
use area::api::AreaBook;
use askama::Template;
use host::{Ctx, PersonView};
use people::api::words;
use store::StoreResult;

struct Line {
    href: String,
    fact: &'static str,
    proposed: String,
    owner: String,
    since: String,
}

#[derive(Template)]
#[template(path = "panel.html")]
struct Band {
    lines: Vec<Line>,
}

pub(crate) async fn render(ctx: &Ctx, view: &PersonView) -> StoreResult<String> {
    let open = requests::open_of(&ctx.app.store, &view.key).await?;
    if open.is_empty() {
        return Ok(String::new());
    }
    let book = ctx.app.part::<AreaBook>()?;
    let lines = open
        .iter()
        .map(|request| Line {
            href: format!("/corrections/{}", request.code),
            fact: request.fact.def().zh,
            proposed: request.value.as_ref().map_or_else(
                || "不清楚".to_owned(),
                |value| words::value(&book, request.fact, value),
            ),
            owner: request.fact.def().owner.join("、"),
            since: request.asked_at.day().zh(),
        })
        .collect();
    Band { lines }
        .render()
        .map_err(|error| store::StoreError::Other(error.to_string()))
}
