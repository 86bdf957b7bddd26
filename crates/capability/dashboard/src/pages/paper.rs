//! 一页纸: `GET /dashboard/paper.pdf` and `GET /dashboard/paper.docx`, the dashboard for tomorrow's meeting.
//!
//! Row A03, product.md 43. Same filters as the dashboard; without `half` both halves. Counts only, no names of
//! people; every export is logged.

use super::dashboard_view::Half;
use super::paper_content::{Asked, content};
use super::paper_money::Money;
use crate::board::{Board, DAY, KNOWN};
use axum::extract::RawQuery;
use host::{Ctx, Format, Page, set_paper};
use store::Audit;
use ui::{ListQuery, ListSpec, PageError};

const SPEC: ListSpec = ListSpec::filtered(&["half", "area", DAY, KNOWN]);

/// `GET /dashboard/paper.pdf`
pub(crate) async fn pdf(ctx: Ctx, RawQuery(raw): RawQuery) -> Page {
    export(ctx, raw.as_deref(), Format::Pdf).await
}

/// `GET /dashboard/paper.docx`
pub(crate) async fn docx(ctx: Ctx, RawQuery(raw): RawQuery) -> Page {
    export(ctx, raw.as_deref(), Format::Docx).await
}

async fn export(ctx: Ctx, raw: Option<&str>, format: Format) -> Page {
    let query = ListQuery::of(raw, &SPEC)?;
    query.allowed("half", |value| value == "old" || value == "young")?;
    let board = Board::of(&ctx, Some(&query)).await?;
    let asked = asked(&ctx, &board, &query)?;
    let money = Money::of(&ctx, &board.areas, &asked.place).await?;
    let paper = content(&board, &asked, &money);
    let name = format!("{}一老一小一页纸-{}", asked.place.name, board.today.zh());
    let digest = paper.digest();
    let bytes = set_paper(&ctx, paper, format).await?;
    ctx.log_reads(&[Audit::new("dashboard.export")
        .subject(&asked.place.key)
        .with("format", format.ending())
        .with("day", board.today.to_string())
        .with("digest", digest)])
        .await?;
    Ok(host::paper_file(bytes, format, &name, "one-page"))
}

fn asked(ctx: &Ctx, board: &Board, query: &ListQuery) -> Result<Asked, PageError> {
    let place = match query.filter("area") {
        None => Some(&board.whole),
        Some(key) => board.bodies.iter().find(|body| body.key == key),
    }
    .cloned()
    .ok_or_else(|| PageError::bad_request("查询条件「area」不是本地的县（市、区）或管委会。"))?;
    Ok(Asked {
        whole: place.key == board.whole.key,
        place,
        halves: match query.filter("half") {
            Some("old") => vec![Half::Old],
            Some(_) => vec![Half::Young],
            None => vec![Half::Old, Half::Young],
        },
        known: query.filter(KNOWN).map(str::to_owned),
        demo: ctx.app.demo.is_some(),
        made: ctx.today(),
    })
}
