//! 督办单: `GET /dashboard/{measure}/letter?area=…`, a letter to print. Nothing is stored.
//!
//! Rows A03, A07; product.md 27 and 40: what is red by which rule, to whom, until when, places for sign and
//! seal. The loop of reply and closing comes with 督办通报.

use super::bits::{read, spec};
use super::dashboard_view::{Line, line};
use crate::board::{Board, DAY, KNOWN};
use crate::standing::{Light, rule};
use askama::Template;
use axum::extract::{Path, RawQuery};
use host::{Ctx, Page};
use ui::{ListSpec, PageError, Shell};

const SPEC: ListSpec = spec(&["area", DAY, KNOWN]);

#[derive(Template)]
#[template(path = "pages/letter.html")]
struct LetterPage {
    shell: Shell,
    line: Line,
    back: String,
    red: bool,
    area: String,
    stands: String,
    quote: String,
    to: String,
    year: i32,
    day: String,
    rules: Vec<String>,
    issuer: String,
}

/// `GET /dashboard/{measure}/letter`
pub(crate) async fn get(ctx: Ctx, Path(id): Path<String>, RawQuery(raw): RawQuery) -> Page {
    let query = read(raw.as_deref(), &SPEC)?;
    let board = Board::of(&ctx, Some(&query)).await?;
    let place = board.place(query.filter("area"))?;
    let target = board.target(&id).ok_or_else(|| {
        PageError::not_found()
            .text("本地规划没有这个指标的目标。")
            .link("回到驾驶舱", "/dashboard")
    })?;
    let whole = place.key == board.whole.key;
    let aim = target
        .leading()
        .filter(|_| whole || target.comparable())
        .ok_or_else(|| PageError::bad_request("这个目标只定到全市，没有分到县（市、区）。"))?;
    let standing = board.standing(target, aim, &place.key);
    let who = aim.departments.join("、");
    // A body answers for its own area; the city's departments for the whole.
    let to = if whole {
        if who.is_empty() {
            "（责任单位）".to_owned()
        } else {
            who
        }
    } else {
        place.name.clone()
    };
    let back = if whole {
        format!("/dashboard/{id}")
    } else {
        format!("/dashboard/{id}?area={}", ui::query_encode(&place.key))
    };
    Ok(ui::page_no_store(LetterPage {
        shell: ctx
            .shell("督办单")
            .crumb("驾驶舱", "/dashboard")
            .crumb(target.name(), back.clone())
            .path("/dashboard")
            .mark_active()
            .path(ctx.path().to_owned()),
        red: standing.light == Light::Red,
        line: line(target, aim, &standing),
        stands: aim.stands.clone(),
        quote: aim.quote.clone(),
        year: board.today.year(),
        day: board.today.zh(),
        rules: rule(),
        issuer: board.whole.name.clone(),
        area: place.name,
        to,
        back,
    }))
}
