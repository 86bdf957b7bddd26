//! What came back: the upload, and what became of its rows, the refused ones by name.

use super::{one, open};
use crate::batch::Purpose;
use crate::uploads::{self, Refused, State, Upload};
use askama::Template;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Path, RawQuery, Request};
use axum::http::{StatusCode, header};
use files::{Files, Writer};
use host::{Ctx, Failure, Page};
use std::io::Write;
use store::Audit;
use ui::{Form, ListQuery, ListSpec, PageError, Pager, Shell, Total};

const SPEC: ListSpec = ListSpec::filtered(&[]);

/// A form with a file, as it was sent.
struct Sent {
    form: Form,
    file: Option<(String, Writer)>,
}

fn too_large(most: u64) -> String {
    format!(
        "文件超过 {} MB。请分成几份，或另存为 CSV 后再传。",
        most / 1024 / 1024
    )
}

/// What was typed beside a file that is not taken, and why it is not.
type NotTaken = (Form, String);

/// Takes the parts of the request; the file goes to the disk sealed as it comes.
async fn receive(ctx: &Ctx, mut request: Request) -> Result<Result<Sent, NotTaken>, Failure> {
    let files = ctx.app.part::<Files>()?;
    let most = files.most();
    let announced = request
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.parse::<u64>().ok());
    if announced.is_some_and(|bytes| bytes > most + 65_536) {
        return Ok(Err((Form::default(), too_large(most))));
    }
    DefaultBodyLimit::max(usize::try_from(most + 65_536).unwrap_or(usize::MAX)).apply(&mut request);
    let broken = "文件没有传完整，请重试。".to_owned();
    let Ok(mut parts) = Multipart::from_request(request, &()).await else {
        return Ok(Err((Form::default(), "请从这个页面选择文件。".to_owned())));
    };
    let mut sent = Sent {
        form: Form::default(),
        file: None,
    };
    loop {
        let mut part = match parts.next_field().await {
            Ok(Some(part)) => part,
            Ok(None) => return Ok(Ok(sent)),
            Err(_error) => return Ok(Err((sent.form, broken))),
        };
        let name = part.name().unwrap_or_default().to_owned();
        if name != "file" {
            let text = part.text().await.unwrap_or_default();
            sent.form.data.set(&name, text);
            continue;
        }
        let file_name = part.file_name().unwrap_or("返回结果").to_owned();
        let mut writer = std::io::BufWriter::with_capacity(1 << 16, files.create(&ctx.app.store)?);
        let mut any = false;
        loop {
            match part.chunk().await {
                Ok(Some(bytes)) => {
                    any |= !bytes.is_empty();
                    if writer.write_all(&bytes).is_err() {
                        return Ok(Err((sent.form, too_large(most))));
                    }
                }
                Ok(None) => break,
                Err(error) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                    return Ok(Err((sent.form, too_large(most))));
                }
                Err(_error) => return Ok(Err((sent.form, broken))),
            }
        }
        let Ok(writer) = writer.into_inner() else {
            return Ok(Err((sent.form, too_large(most))));
        };
        if any {
            sent.file = Some((file_name, writer));
        }
    }
}

/// `POST …/{id}/uploads`
pub(crate) async fn post(ctx: Ctx, Path(id): Path<String>, request: Request) -> Page {
    let batch = open(&ctx, &id).await?;
    let again = |form: Form, says: String| async {
        let page = one::page(&ctx, batch.clone(), form, Some(says)).await?;
        Ok::<_, Failure>(ui::page_422(page))
    };
    let typed = || Form::filled([("day", ctx.today().to_string())]);
    if batch.state != crate::batch::State::Done {
        let says = match batch.purpose {
            Purpose::List => "这份名单还没有生成，或已作废，不能登记结果。",
            Purpose::Report => {
                "这份上报文件还没有生成，或已作废，没有报出去，不能登记回执。请打开报出去的那份文件登记。"
            }
        };
        return again(typed(), says.to_owned()).await;
    }
    let mut sent = match receive(&ctx, request).await? {
        Ok(sent) => sent,
        Err((mut form, says)) => {
            if form.text("day").is_none() {
                form.data.set("day", ctx.today().to_string());
            }
            return again(form, says).await;
        }
    };
    let list = batch.purpose == Purpose::List;
    let day = if list {
        match sent.form.required("day", "请填写部门数据日期") {
            Some(_) => sent.form.day("day"),
            None => None,
        }
    } else {
        Some(ctx.today())
    };
    if day.is_some_and(|day| day > ctx.today()) {
        sent.form.errors.add("day", "部门数据日期不能晚于今天");
    }
    let (Some(day), false) = (day, sent.form.has_errors()) else {
        return again(sent.form, "请核对部门数据日期，再选一次文件。".to_owned()).await;
    };
    let Some((name, writer)) = sent.file else {
        return again(sent.form, "请选择返回的文件。".to_owned()).await;
    };
    let action = if list {
        "matching.return"
    } else {
        "reporting.return"
    };
    let actor = ctx.actor();
    let begun = uploads::begin(&ctx.app, &actor, (&batch.id, action), &name, day, writer).await?;
    match begun {
        Ok(id) => {
            let to = format!("{}/uploads/{id}", root(batch.purpose));
            Ok(ctx.redirect_with(&to, "ok", "文件已收到，正在核对。"))
        }
        Err(says) => again(sent.form, says).await,
    }
}

const fn root(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::List => "/matching",
        Purpose::Report => "/reporting",
    }
}

#[derive(Template)]
#[template(path = "pages/upload.html")]
struct UploadPage {
    shell: Shell,
    upload: Upload,
    list: bool,
    back: String,
    batch: String,
    path: String,
    /// The purpose or the system.
    kind: String,
    /// When the very same file came before.
    earlier: Option<kernel::Instant>,
    refused: Vec<Refused>,
    pager: Pager,
}

/// `GET …/uploads/{upload}`: for who uploaded it; its refused rows name people.
pub(crate) async fn get(ctx: Ctx, Path(id): Path<String>, RawQuery(raw): RawQuery) -> Page {
    let query = ListQuery::of(raw.as_deref(), &SPEC)?;
    let store = &ctx.app.store;
    let not_found = || PageError::not_found().link("部门比对", "/matching");
    let upload = uploads::find(store, &id).await?.ok_or_else(not_found)?;
    let batch = crate::batch::find(store, &upload.batch)
        .await?
        .filter(|batch| batch.seen_by(&ctx.actor()))
        .filter(|batch| ctx.path().starts_with(root(batch.purpose)))
        .ok_or_else(not_found)?;
    if upload.owner.id != ctx.actor().id {
        let text = "核对结果由上传的人查看。";
        return Err(PageError::refused(&upload.owner.name).text(text).into());
    }
    let page = (query.offset() as i64, i64::from(query.size));
    let refused = uploads::refused(store, store.keys(), &upload.id, page).await?;
    ctx.log_reads(&[Audit::new("exchange.refused")
        .subject(&upload.id)
        .with("count", refused.len() as i64)])
        .await?;
    let path = format!("{}/uploads/{id}", root(batch.purpose));
    let back = format!("{}/{}", batch.purpose.path(), batch.id);
    Ok(ui::page_no_store(UploadPage {
        shell: super::under(&ctx, batch.purpose, &upload.file_name)
            .crumb(batch.no.clone(), back.clone()),
        list: batch.purpose == Purpose::List,
        pager: Pager::new(
            &path,
            &query,
            Total::Exact(upload.counts.refused.unsigned_abs()),
            None,
            None,
        ),
        back,
        batch: batch.id,
        kind: batch.kind,
        earlier: uploads::earlier(store, &upload).await?,
        path,
        refused,
        upload,
    }))
}
