//! 一页纸: `GET /dashboard/paper.pdf` and `GET /dashboard/paper.docx`, the dashboard for tomorrow's meeting.
//!
//! Row A03, product.md 43. Same filters as the dashboard; without `half` both halves. Counts only, no names of
//! people; every export is logged.

use super::dashboard_view::Half;
use super::paper_content::{Asked, content};
use super::paper_money::Money;
use crate::board::{Board, DAY, KNOWN};
use axum::extract::RawQuery;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::IntoResponse;
use docs::{DocError, FontFolder, Fonts, Paper};
use host::{Ctx, Failure, Page};
use std::path::PathBuf;
use store::{Audit, StoreError};
use tokio::sync::Semaphore;
use ui::{ListQuery, ListSpec, PageError};

const SPEC: ListSpec = ListSpec::filtered(&["half", "area", DAY, KNOWN]);

/// One at a time: setting a page takes a second and the fonts 60 MB of memory while it lasts.
static TURN: Semaphore = Semaphore::const_new(1);

/// PDF or DOCX.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Portable document.
    Pdf,
    /// Word and WPS.
    Docx,
}

impl Format {
    /// The ending of a file's name.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Docx => "docx",
        }
    }

    /// The content type.
    pub const fn mime(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        }
    }
}

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
    let disposition = format!(
        "attachment; filename=\"one-page.{end}\"; filename*=UTF-8''{}.{end}",
        ui::query_encode(&name),
        end = format.ending()
    );
    let disposition =
        HeaderValue::from_str(&disposition).unwrap_or(HeaderValue::from_static("attachment"));
    let head = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static(format.mime()),
        ),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((head, bytes).into_response())
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

/// Sets a paper as a file, one at a time; what an administrator can mend is said on the page.
pub async fn set_paper(ctx: &Ctx, paper: Paper, format: Format) -> Result<Vec<u8>, Failure> {
    let folder: Option<PathBuf> = ctx
        .app
        .part::<FontFolder>()
        .map_or_else(|_none| None, |folder| folder.0.clone());
    let broken = |error: String| StoreError::Other(format!("one page: {error}"));
    let turn = TURN
        .acquire()
        .await
        .map_err(|error| broken(error.to_string()))?;
    let set = tokio::task::spawn_blocking(move || {
        let fonts = Fonts::find(folder.as_deref())?;
        match format {
            Format::Pdf => docs::to_pdf(&paper, &fonts),
            Format::Docx => docs::to_docx(&paper, &fonts),
        }
    })
    .await
    .map_err(|error| broken(error.to_string()))?;
    drop(turn);
    match set {
        Ok(bytes) => Ok(bytes),
        // What an administrator can mend is said as it is.
        Err(error @ (DocError::NoFont(_) | DocError::BadFont { .. } | DocError::WithoutPdf)) => {
            let page = PageError::internal("fonts").with_status(StatusCode::SERVICE_UNAVAILABLE);
            Err(page.title("没有生成").text(error.to_string()).into())
        }
        Err(error) => Err(broken(error.to_string()).into()),
    }
}
