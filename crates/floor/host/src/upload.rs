//! A form that brings a file: taken by its first bytes, capped, sealed as it comes; what was typed is not lost.

use crate::ctx::Ctx;
use crate::failure::Failure;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request};
use axum::http::{StatusCode, header};
use files::{Files, Sealed};
use std::io::Write;
use ui::FormData;

/// The largest file taken, in bytes.
pub const MOST_UPLOADED: usize = 10 * 1024 * 1024;
/// What is taken, in words.
pub const UPLOAD_HINT: &str = "PDF、JPG、PNG、Excel 或 Word，不超过 10 MB";

/// A file that came with a form; nothing of it is found before it is kept.
#[derive(Debug)]
pub struct Upload {
    /// Its sealed bytes.
    pub sealed: Sealed,
    /// The ending of a download, by what it is.
    pub ending: &'static str,
}

/// A form with a file in the field `file`: what was typed, and the file or why it is not taken. A form that was sent
/// without any is read as well.
pub async fn upload_form(
    ctx: &Ctx,
    mut request: Request,
) -> Result<(FormData, Result<Option<Upload>, String>), Failure> {
    let kind = request.headers().get(header::CONTENT_TYPE);
    let with_file = kind
        .and_then(|kind| kind.to_str().ok())
        .is_some_and(|kind| kind.starts_with("multipart/"));
    if !with_file {
        return Ok((FormData::from_request(request, &()).await?, Ok(None)));
    }
    DefaultBodyLimit::max(MOST_UPLOADED + 512 * 1024).apply(&mut request);
    let broken = || {
        ui::PageError::bad_request("表单没有传完整，可能是文件太大或传输中断。请返回重试。")
            .title("表单没有收到")
    };
    let mut parts = Multipart::from_request(request, &())
        .await
        .map_err(|_not_multipart| broken())?;
    let files = ctx.app.part::<Files>()?;
    let (mut pairs, mut file) = (Vec::new(), Ok(None));
    loop {
        let mut part = match parts.next_field().await {
            Ok(Some(part)) => part,
            Ok(None) => break,
            Err(error) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                file = Err(too_large());
                break;
            }
            Err(_broken) => return Err(broken().into()),
        };
        let name = part.name().unwrap_or_default().to_owned();
        if name != "file" {
            let text = part.text().await.map_err(|_broken| broken())?;
            pairs.push((name, text));
            continue;
        }
        let called = part.file_name().unwrap_or_default().to_lowercase();
        let mut writer = files.create(&ctx.app.store)?;
        let mut size = 0;
        let end = loop {
            match part.chunk().await {
                Ok(Some(bytes)) => {
                    size += bytes.len();
                    if size > MOST_UPLOADED || writer.write_all(&bytes).is_err() {
                        break Err(too_large());
                    }
                }
                Ok(None) => break Ok(()),
                Err(error) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                    break Err(too_large());
                }
                Err(_broken) => return Err(broken().into()),
            }
        };
        match end {
            Err(why) => {
                file = Err(why);
                break;
            }
            Ok(()) if size == 0 => {}
            Ok(()) => {
                let sealed = writer.finish()?;
                file = match ending(sealed.kind, &called) {
                    Some(ending) => Ok(Some(Upload { sealed, ending })),
                    None => Err(format!("这个文件不能作为佐证。请选 {UPLOAD_HINT}。")),
                };
            }
        }
    }
    Ok((FormData::from_pairs(pairs), file))
}

fn too_large() -> String {
    format!(
        "文件超过 {} MB。请压缩或只留有关的几页。",
        MOST_UPLOADED / 1024 / 1024
    )
}

/// The ending of a download, by what the file is; none for what is not taken.
fn ending(kind: &str, called: &str) -> Option<&'static str> {
    Some(match kind {
        "application/pdf" => "pdf",
        "image/png" => "png",
        "image/jpeg" => "jpg",
        kind if kind.ends_with("spreadsheetml.sheet") => {
            // The name is in lower case already; Word and Excel begin with the same bytes.
            if called.rsplit('.').next() == Some("docx") {
                "docx"
            } else {
                "xlsx"
            }
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::ending;

    /// Row A06: what a file is decides, not what it is called.
    #[test]
    fn the_content_decides_what_is_taken() {
        let office = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
        for (kind, called, expect) in [
            ("application/pdf", "a.exe", Some("pdf")),
            ("image/jpeg", "a.png", Some("jpg")),
            (office, "a.docx", Some("docx")),
            (office, "a.xlsx", Some("xlsx")),
            ("application/zip", "a.pdf", None),
            ("application/octet-stream", "a.pdf", None),
        ] {
            assert_eq!(ending(kind, called), expect, "{kind} {called}");
        }
    }
}
