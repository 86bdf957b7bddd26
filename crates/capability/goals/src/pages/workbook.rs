//! The plan as an Excel workbook: export, upload, preview of what it changes row by row, draft (rows A01,
//! A02, A06; invariant 2). Nothing is written before the preview; what cannot be used is told with sheet,
//! line and column.

mod base64;

use super::changes::SPEC;
use super::changes::shown::{ShownRow, shown};
use super::reading::Reading;
use askama::Template;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, RawQuery, Request};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::IntoResponse;
use figures::Book;
use figures::diff::Became;
use figures::edit::{Change, apply};
use host::{Ctx, Failure, Page};
use plan::api::{EditError, LoadError, VersionId, edit, export, versions};
use ui::{Field, Form, FormData, ListQuery, PageError, Shell};
use workbook::CellProblem;

/// The largest file taken.
const MOST_BYTES: usize = 8 * 1024 * 1024;
/// The same with the form around it and as text in a hidden field.
const MOST_BODY: usize = MOST_BYTES / 3 * 4 + 256 * 1024;
const TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

#[derive(Template)]
#[template(path = "pages/workbook.html")]
struct ImportPage {
    shell: Shell,
    reading: Reading,
    form: Form,
    /// Why the file itself was not taken.
    refused: String,
    problems: Vec<CellProblem>,
    preview: Option<Preview>,
    stale: bool,
}

/// What a workbook would change.
struct Preview {
    rows: Vec<ShownRow>,
    counts: [usize; 3],
    /// Rows that somebody else has changed since the workbook was exported.
    also: Vec<String>,
    file: String,
    base: String,
}

impl ImportPage {
    fn says(&self) -> Field {
        let field = Field::text("says", "改动说明").required().maxlength(200);
        self.form
            .field(field.hint("一句话，进入修改记录。如“按部门核对意见改”"))
    }
}

/// `GET /plan/plan.xlsx`
pub(crate) async fn download(ctx: Ctx, RawQuery(raw): RawQuery) -> Page {
    let query = ListQuery::parse(raw.as_deref(), &SPEC).map_err(PageError::from)?;
    let reading = Reading::of(&ctx, query.filter("place"), query.filter("draft").is_some()).await?;
    let bytes = workbook::write(&reading.book)
        .map_err(|error| store::StoreError::Other(error.to_string()))?;
    let state = match &reading.version.publication {
        Some(publication) => publication.at.day().to_string(),
        None => "草稿".to_owned(),
    };
    let name = ui::query_encode(&format!("规划-{}-{state}.xlsx", reading.place()));
    let disposition = format!(
        "attachment; filename=\"{}.xlsx\"; filename*=UTF-8''{name}",
        reading.slug()
    );
    let disposition =
        HeaderValue::from_str(&disposition).unwrap_or(HeaderValue::from_static("attachment"));
    let head = [
        (header::CONTENT_TYPE, HeaderValue::from_static(TYPE)),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((head, bytes).into_response())
}

/// `GET /plan/import`
pub(crate) async fn form(ctx: Ctx, RawQuery(raw): RawQuery) -> Page {
    let reading = read(&ctx, raw.as_deref()).await?;
    Ok(ui::page(page(&ctx, reading)))
}

/// `POST /plan/import`
pub(crate) async fn preview(ctx: Ctx, RawQuery(raw): RawQuery, mut request: Request) -> Page {
    DefaultBodyLimit::max(MOST_BODY).apply(&mut request);
    let reading = read(&ctx, raw.as_deref()).await?;
    match upload(request).await {
        Ok(bytes) => show(&ctx, reading, bytes, Form::default(), false).await,
        Err(why) => {
            let mut page = page(&ctx, reading);
            page.refused = why;
            Ok(ui::page_422(page))
        }
    }
}

/// `POST /plan/import/commit`
pub(crate) async fn commit(ctx: Ctx, RawQuery(raw): RawQuery, mut request: Request) -> Page {
    DefaultBodyLimit::max(MOST_BODY).apply(&mut request);
    let mut reading = read(&ctx, raw.as_deref()).await?;
    let mut form = Form::from(FormData::from_request(request, &()).await?);
    let bytes = base64::decode(form.data.get("file"))
        .filter(|bytes| !bytes.is_empty())
        .ok_or_else(|| {
            PageError::bad_request("文件内容没有随表单送到，请重新选择文件。")
                .link("重新导入", &reading.href("/plan/import"))
        })?;
    let Some(says) = form.required("says", "请用一句话说明改了什么、为什么改")
    else {
        return show(&ctx, reading, bytes, form, false).await;
    };
    let base = VersionId(form.data.get("base").to_owned());
    if base != reading.version.id {
        return show(&ctx, reading, bytes, form, true).await;
    }
    let Ok(found) = changes(&ctx, &reading, &bytes).await? else {
        return show(&ctx, reading, bytes, form, false).await;
    };
    let says = format!("导入 Excel：{says}");
    let mut tx = ctx.begin().await?;
    match edit(&mut tx, reading.slug(), &base, &found.changes, &says).await {
        Ok(_) => {
            tx.commit().await?;
            reading.draft = true;
            let text = format!("已存为草稿：{} 行有改动", found.changes.len());
            Ok(ctx.redirect_with(&reading.href("/plan/changes"), "ok", &text))
        }
        Err(EditError::Load(LoadError::Store(error))) => Err(error.into()),
        Err(why) => {
            tx.rollback().await?;
            let slug = reading.slug().to_owned();
            let fresh = Reading::of(&ctx, Some(&slug), true).await?;
            show(&ctx, fresh, bytes, form, matches!(why, EditError::Stale)).await
        }
    }
}

/// The file of an upload, or why there is none, in Chinese.
async fn upload(request: Request) -> Result<Vec<u8>, String> {
    let broken = |_error| "文件没有传完整，请重试。".to_owned();
    let mut parts = Multipart::from_request(request, &())
        .await
        .map_err(|_error| "请从这个页面选择文件。".to_owned())?;
    while let Some(part) = parts.next_field().await.map_err(broken)? {
        if part.name() != Some("file") {
            continue;
        }
        let bytes = part.bytes().await.map_err(|error| {
            if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
                format!(
                    "文件超过 {} MB。请只留规划的各张表，去掉图片和无关的内容。",
                    MOST_BYTES / 1024 / 1024
                )
            } else {
                broken(error)
            }
        })?;
        if bytes.is_empty() {
            break;
        }
        if bytes.len() > MOST_BYTES {
            return Err(format!(
                "文件超过 {} MB。请只留规划的各张表，去掉图片和无关的内容。",
                MOST_BYTES / 1024 / 1024
            ));
        }
        return Ok(bytes.to_vec());
    }
    Err("请选择 Excel 文件。".to_owned())
}

/// What a workbook changes, and rows that others changed since its export.
struct Found {
    changes: Vec<Change>,
    also: Vec<String>,
}

/// Changes against the version that the workbook was exported from, so that it does not undo what others
/// changed since.
async fn changes(
    ctx: &Ctx,
    now: &Reading,
    bytes: &[u8],
) -> Result<Result<Found, Vec<CellProblem>>, Failure> {
    let exported = exported_from(ctx, now, bytes).await?;
    let base = exported.as_ref().unwrap_or(&now.book);
    Ok(workbook::read(bytes, base).map(|changes| {
        let moved = exported
            .as_ref()
            .map_or_else(Vec::new, |base| shown(base, &now.book));
        let id = |change: &Change| match change {
            Change::Put(row) => row.id.clone(),
            Change::Remove(id) => id.clone(),
        };
        let also = moved
            .into_iter()
            .filter(|row| changes.iter().any(|change| id(change) == row.id))
            .map(|row| row.name)
            .collect();
        Found { changes, also }
    }))
}

/// The plan as it was exported; `None` where that is the present one or not known.
async fn exported_from(ctx: &Ctx, now: &Reading, bytes: &[u8]) -> Result<Option<Book>, Failure> {
    let Some(origin) = workbook::origin(bytes).filter(|origin| origin.digest != now.version.digest)
    else {
        return Ok(None);
    };
    let all = versions(&ctx.app.store).await?;
    let of = |version: &&plan::api::Version| {
        version.slug == now.version.slug && version.digest == origin.digest
    };
    let Some(version) = all.iter().find(of) else {
        return Ok(None);
    };
    let files = export(&ctx.app.store, &version.id)
        .await?
        .unwrap_or_default();
    Ok(figures::load(&files).ok())
}

/// The preview, or what is wrong with the file.
async fn show(ctx: &Ctx, reading: Reading, bytes: Vec<u8>, form: Form, stale: bool) -> Page {
    let found = changes(ctx, &reading, &bytes).await?;
    let files = export(&ctx.app.store, &reading.version.id)
        .await?
        .unwrap_or_default();
    let mut page = page(ctx, reading);
    page.stale = stale;
    let wrong = form.has_errors();
    page.form = form;
    let edited = found.and_then(|found| {
        let files = apply(&files, &found.changes).map_err(of_folder)?;
        let book = figures::load(&files).map_err(of_folder)?;
        Ok((found, book))
    });
    match edited {
        Err(problems) => {
            page.problems = problems;
            Ok(ui::page_422(page))
        }
        Ok((found, book)) => {
            let rows = shown(&page.reading.book, &book);
            let count = |became| rows.iter().filter(|row| row.became == became).count();
            page.preview = Some(Preview {
                counts: [
                    count(Became::Added),
                    count(Became::Changed),
                    count(Became::Removed),
                ],
                also: found.also,
                file: base64::encode(&bytes),
                base: page.reading.version.id.to_string(),
                rows,
            });
            Ok(match (stale, wrong) {
                (true, _) => ui::page_409(page),
                (_, true) => ui::page_422(page),
                _ => ui::page_no_store(page),
            })
        }
    }
}

/// Problems of the folder that would come of it.
fn of_folder(problems: Vec<rules::Problem>) -> Vec<CellProblem> {
    let one = |problem: rules::Problem| CellProblem {
        sheet: String::new(),
        row: 0,
        column: String::new(),
        what: problem.what,
        remedy: problem.remedy,
    };
    problems.into_iter().map(one).collect()
}

async fn read(ctx: &Ctx, raw: Option<&str>) -> Result<Reading, Failure> {
    let query = ListQuery::parse(raw, &SPEC).map_err(PageError::from)?;
    // Importing goes on from the draft where there is one.
    Reading::of(ctx, query.filter("place"), true).await
}

fn page(ctx: &Ctx, reading: Reading) -> ImportPage {
    ImportPage {
        shell: reading.shell(ctx, "导入 Excel"),
        reading,
        form: Form::default(),
        refused: String::new(),
        problems: Vec::new(),
        preview: None,
        stale: false,
    }
}
