//! 第一步: which list, and the file; it goes to the disk sealed as it comes, never whole into memory.

use super::words;
use crate::acts;
use crate::kind::Kind;
use askama::Template;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, RawQuery, Request};
use axum::http::{StatusCode, header};
use files::Files;
use host::{Ctx, Failure, Page};
use std::io::Write;
use ui::{ListQuery, ListSpec, PageError, Shell};

const SPEC: ListSpec = ListSpec {
    filters: &["kind"],
    sorts: &[],
    default_sort: "",
    default_desc: false,
};

#[derive(Template)]
#[template(path = "pages/new.html")]
struct NewPage {
    shell: Shell,
    kinds: Vec<Kind>,
    chosen: String,
    most: u64,
    refused: Option<String>,
}

fn page(ctx: &Ctx, chosen: &str, refused: Option<String>) -> Result<NewPage, Failure> {
    let files = ctx.app.part::<Files>()?;
    let kinds = Kind::of_actor(&ctx.actor());
    Ok(NewPage {
        shell: ctx
            .shell("导入名单")
            .crumb("人员档案", "/people")
            .crumb("数据导入", "/intake"),
        chosen: if chosen.is_empty() {
            kinds.first().map_or("", |kind| kind.key).to_owned()
        } else {
            chosen.to_owned()
        },
        kinds,
        most: files.most() / 1024 / 1024,
        refused,
    })
}

/// `GET /intake/new`
pub(crate) async fn get(ctx: Ctx, RawQuery(raw): RawQuery) -> Page {
    let query = ListQuery::parse(raw.as_deref(), &SPEC).map_err(PageError::from)?;
    let chosen = query.filter("kind").unwrap_or_default().to_owned();
    Ok(ui::page(page(&ctx, &chosen, None)?))
}

/// `POST /intake`
pub(crate) async fn post(ctx: Ctx, mut request: Request) -> Page {
    let most = ctx.app.part::<Files>()?.most();
    let announced = request
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.parse::<u64>().ok());
    if announced.is_some_and(|bytes| bytes > most + 65_536) {
        return Ok(ui::page_422(page(&ctx, "", Some(too_large(most)))?));
    }
    let limit = usize::try_from(most + 65_536).unwrap_or(usize::MAX);
    DefaultBodyLimit::max(limit).apply(&mut request);
    let mut chosen = String::new();
    match upload(&ctx, request, &mut chosen).await? {
        Ok(id) => Ok(ctx.redirect_with(&format!("/intake/{id}"), "ok", "文件已收到，请核对列。")),
        Err(why) => Ok(ui::page_422(page(&ctx, &chosen, Some(why))?)),
    }
}

fn too_large(most: u64) -> String {
    format!(
        "文件超过 {} MB。请按县或按月分成几份，或另存为 CSV 后再传。",
        most / 1024 / 1024
    )
}

/// The import that an upload begins, or why there is none.
async fn upload(
    ctx: &Ctx,
    request: Request,
    chosen: &mut String,
) -> Result<Result<String, String>, Failure> {
    let files = ctx.app.part::<Files>()?;
    let broken = "文件没有传完整，请重试。".to_owned();
    let Ok(mut parts) = Multipart::from_request(request, &()).await else {
        return Ok(Err("请从这个页面选择文件。".to_owned()));
    };
    loop {
        let mut part = match parts.next_field().await {
            Ok(Some(part)) => part,
            Ok(None) => return Ok(Err("请选择要导入的文件。".to_owned())),
            Err(_error) => return Ok(Err(broken)),
        };
        if part.name() == Some("kind") {
            *chosen = part.text().await.unwrap_or_default();
            continue;
        }
        if part.name() != Some("file") {
            continue;
        }
        let name = part.file_name().unwrap_or("名单").to_owned();
        let Some(kind) = Kind::of(chosen) else {
            return Ok(Err("请先选择名单种类。".to_owned()));
        };
        let mut writer = std::io::BufWriter::with_capacity(1 << 16, files.create(&ctx.app.store)?);
        let mut any = false;
        loop {
            match part.chunk().await {
                Ok(Some(bytes)) => {
                    any = true;
                    if writer.write_all(&bytes).is_err() {
                        return Ok(Err(too_large(files.most())));
                    }
                }
                Ok(None) => break,
                Err(error) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                    return Ok(Err(too_large(files.most())));
                }
                Err(_error) => return Ok(Err(broken)),
            }
        }
        if !any {
            return Ok(Err("请选择要导入的文件。".to_owned()));
        }
        let Ok(writer) = writer.into_inner() else {
            return Ok(Err(too_large(files.most())));
        };
        let begun = acts::begin(&ctx.app, &ctx.actor(), &kind, &name, writer).await;
        return Ok(match begun {
            Ok(id) => Ok(id),
            Err(refusal) => Err(words(refusal)?),
        });
    }
}
