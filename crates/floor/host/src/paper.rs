//! A paper as a file that is sent: PDF or DOCX, set one at a time.

use crate::ctx::Ctx;
use crate::failure::Failure;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use docs::{DocError, FontFolder, Fonts, Paper};
use std::path::PathBuf;
use store::StoreError;
use tokio::sync::Semaphore;
use ui::PageError;

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

/// What a paper of the demo says where nobody overlooks it; nothing elsewhere.
pub fn demo_notice(ctx: &Ctx) -> String {
    if ctx.app.demo.is_some() {
        "演示数据".to_owned()
    } else {
        String::new()
    }
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

/// A set paper to be saved under `name`; `plain` is what a browser that reads no Chinese calls it. Neither has an
/// ending, and `name` is no person's.
pub fn paper_file(bytes: Vec<u8>, format: Format, name: &str, plain: &str) -> Response {
    let disposition = format!(
        "attachment; filename=\"{plain}.{end}\"; filename*=UTF-8''{}.{end}",
        ui::query_encode(name),
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
    (head, bytes).into_response()
}
