//! Files that prove a report or a reply: taken by their first bytes, capped, sealed, seen by the executor and the
//! city only (invariant 10).

use crate::seen::Seen;
use area::api::AreaBook;
use authz::Scope;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request};
use axum::http::StatusCode;
use files::{Files, NewFile, Sealed};
use host::{Ctx, Failure};
use std::io::Write;
use store::{Reads, Sql, StoreResult, Tx, values};
use ui::FormData;

/// The largest file taken.
pub(crate) const MOST: usize = 10 * 1024 * 1024;
/// Kept as long as files of an office are: ten years.
const DAYS: i32 = 3_653;
/// What is taken, in words.
pub(crate) const HINT: &str = "PDF、JPG、PNG、Excel 或 Word，不超过 10 MB";

/// A file that came with a form.
#[derive(Debug)]
pub(crate) struct Upload {
    sealed: Sealed,
    ending: &'static str,
}

/// A form with a file: what was typed, and the file or why it is not taken.
pub(crate) async fn form(
    ctx: &Ctx,
    mut request: Request,
) -> Result<(FormData, Result<Option<Upload>, String>), Failure> {
    DefaultBodyLimit::max(MOST + 512 * 1024).apply(&mut request);
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
                    if size > MOST || writer.write_all(&bytes).is_err() {
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
                    None => Err(format!("这个文件不能作为佐证。请选 {HINT}。")),
                };
            }
        }
    }
    Ok((FormData::from_pairs(pairs), file))
}

fn too_large() -> String {
    format!(
        "文件超过 {} MB。请压缩或只留有关的几页。",
        MOST / 1024 / 1024
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

/// What a file proves.
pub(crate) struct About<'a> {
    pub(crate) executor: &'a str,
    pub(crate) item: Option<&'a str>,
    /// What a download is called, without its ending.
    pub(crate) name: &'a str,
}

/// Keeps a file in the transaction that speaks of it; returns its id.
pub(crate) async fn keep(
    tx: &mut Tx,
    files: &Files,
    areas: &AreaBook,
    upload: Upload,
    about: &About<'_>,
) -> StoreResult<String> {
    let inside = match about.executor.strip_prefix("E:") {
        Some(key) => areas.executor_scope(key),
        None => areas.root().map(|root| root.code).into_iter().collect(),
    };
    let name = format!("{}.{}", about.name, upload.ending);
    let new = NewFile {
        name: name.clone(),
        owner: tx.actor().id.clone(),
        scope: Scope::Areas(inside),
        days: DAYS,
    };
    let kept = files.keep(tx, upload.sealed, new).await?;
    let (at, by) = (tx.at().micros(), tx.actor().name.clone());
    tx.run(
        "INSERT INTO tasks_evidence (file, executor, item, name, size, added_at, added_name) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        values![
            kept.id.as_str(),
            about.executor,
            about.item,
            name,
            kept.size as i64,
            at,
            by
        ],
    )
    .await?;
    Ok(kept.id)
}

/// A file as pages show it.
#[derive(Debug, Clone)]
pub(crate) struct Shown {
    pub(crate) file: String,
    pub(crate) name: String,
    pub(crate) size: String,
}

/// A file, if its executor is seen.
pub(crate) async fn find(
    reads: &impl Reads,
    seen: &Seen,
    file: &str,
) -> StoreResult<Option<Shown>> {
    let mut sql = Sql::new("SELECT v.file, v.name, v.size FROM tasks_evidence v WHERE v.file = ");
    sql.bind(file)
        .push(" AND ")
        .append(&seen.executor_in("v.executor"));
    let (text, values) = sql.parts();
    let Some(row) = reads.one(&text, values).await? else {
        return Ok(None);
    };
    let bytes = row.int("size")?.max(0);
    Ok(Some(Shown {
        file: row.text("file")?,
        name: row.text("name")?,
        size: if bytes >= 1_000_000 {
            format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000)
        } else {
            format!("{} KB", (bytes + 999) / 1_000)
        },
    }))
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
