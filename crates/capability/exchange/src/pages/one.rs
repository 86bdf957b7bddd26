//! One list or file: progress, the way to the file, what came back, taking it back.

use super::open;
use crate::batch::{self, Batch, Purpose, State};
use crate::proposals::{self, Which};
use crate::uploads::{self, Upload};
use crate::{kinds, make, systems};
use askama::Template;
use axum::extract::Path;
use files::Files;
use host::{Ctx, Failure, Page};
use store::Audit;
use ui::{Field, Form, FormData, PageError, Shell};

/// A download in the log.
pub(crate) const DOWNLOAD: &str = "exchange.download";

#[derive(Template)]
#[template(path = "pages/one.html")]
pub(crate) struct OnePage {
    shell: Shell,
    form: Form,
    batch: Batch,
    path: String,
    list: bool,
    state: &'static str,
    pill: &'static str,
    has_file: bool,
    mine: bool,
    reason: String,
    note: Option<String>,
    voided: Option<String>,
    share: i64,
    size: String,
    downloads: usize,
    uploads: Vec<Upload>,
    open: i64,
    /// Who reads: only their own uploads open.
    me: String,
    /// What is to be done now.
    next: Option<String>,
    wants: String,
    template: Option<String>,
    may_return: bool,
    refused: Option<String>,
    most: u64,
}

impl OnePage {
    fn day(&self) -> Field {
        self.form.field(
            Field::date("day", "部门数据日期")
                .required()
                .hint("部门的数据截至哪一天"),
        )
    }

    fn why(&self) -> Field {
        self.form.field(
            Field::lines("why", "作废原因")
                .required()
                .hint("如发错单位、名单外泄。作废后不能再下载，返回的结果也不再登记")
                .maxlength(200),
        )
    }
}

/// `GET /matching/{id}`
pub(crate) async fn list(ctx: Ctx, Path(id): Path<String>) -> Page {
    get(ctx, id).await
}

/// `GET /reporting/files/{id}`
pub(crate) async fn report(ctx: Ctx, Path(id): Path<String>) -> Page {
    get(ctx, id).await
}

async fn get(ctx: Ctx, id: String) -> Page {
    let batch = open(&ctx, &id).await?;
    let form = Form::filled([("day", ctx.today().to_string())]);
    Ok(ui::page_no_store(page(&ctx, batch, form, None).await?))
}

/// The page with what was typed and what is wrong with it.
pub(crate) async fn page(
    ctx: &Ctx,
    batch: Batch,
    form: Form,
    refused: Option<String>,
) -> Result<OnePage, Failure> {
    let (store, today, actor) = (&ctx.app.store, ctx.today(), ctx.actor());
    let list = batch.purpose == Purpose::List;
    let log = store::audit::about(store, &batch.id, 1_000).await?;
    let which = Which {
        state: Some(proposals::State::Open),
        batch: Some(batch.id.clone()),
        ..Which::default()
    };
    let kind = kinds::of(&batch.kind).filter(|_| list);
    let titles = |specs: &[tabular::headers::ColumnSpec]| {
        let titles: Vec<&str> = specs.iter().map(|spec| spec.title).collect();
        titles.join("、")
    };
    let wants = match kind {
        Some(kind) => titles(&kind.specs),
        None => format!(
            "证件号码（或文件中的顺序编号）、姓名、{}",
            titles(&crate::receipts::SPECS)
        ),
    };
    let mut shell = super::under(ctx, batch.purpose, &batch.no);
    if let Some(system) = systems::of(&batch.kind).filter(|_| !list) {
        shell = shell.crumb(
            system.title.clone(),
            format!("/reporting/systems/{}", system.key),
        );
    }
    let downloads = log.iter().filter(|row| row.action == DOWNLOAD).count();
    let uploads = uploads::of_batch(store, &batch.id).await?;
    Ok(OnePage {
        shell,
        form,
        me: actor.id.clone(),
        next: next(&batch, downloads, uploads.is_empty()),
        path: format!("{}/{}", batch.purpose.path(), batch.id),
        list,
        state: batch.state_zh(today),
        pill: batch.pill(today),
        has_file: batch.has_file(today),
        mine: batch.owner.id == actor.id,
        reason: export::api::reason_zh(&batch.reason).to_owned(),
        note: batch::said(store, &batch.id).await?,
        voided: batch::said(store, &voiding(&batch.id)).await?,
        share: if batch.total > 0 {
            ((batch.done + batch.left_out) * 100 / batch.total).clamp(0, 99)
        } else {
            0
        },
        size: ui::text::file_size(batch.size.unwrap_or(0)),
        downloads,
        uploads,
        open: if list {
            proposals::count(store, &actor, &which).await?
        } else {
            0
        },
        wants,
        template: kind.map(|kind| format!("/matching/kinds/{}/template", kind.key)),
        may_return: batch.state == State::Done,
        refused,
        most: ctx.app.part::<Files>()?.most() / 1024 / 1024,
        batch,
    })
}

/// What is to be done with a file that is made, until something came back.
fn next(batch: &Batch, downloads: usize, unanswered: bool) -> Option<String> {
    if batch.state != State::Done || !unanswered {
        return None;
    }
    let department = || kinds::of(&batch.kind).map_or("部门", |kind| kind.department.as_str());
    let system = || systems::of(&batch.kind).map_or("上级系统", |system| system.title.as_str());
    Some(match (batch.purpose, downloads) {
        (Purpose::List, 0) => format!("下载名单，交给{}核对；返回后在下面登记结果。", department()),
        (Purpose::List, _) => format!("等{}返回结果，在下面登记。", department()),
        (Purpose::Report, 0) => format!("下载文件，导入{}；有了回执在下面登记。", system()),
        (Purpose::Report, _) => format!("导入{}以后，把它给的结果在下面登记。", system()),
    })
}

/// Under which the reason of a voiding stands.
fn voiding(batch: &str) -> String {
    format!("{batch}/void")
}

/// A batch of the asker's own.
async fn own(ctx: &Ctx, id: &str) -> Result<Batch, Failure> {
    let batch = open(ctx, id).await?;
    if batch.owner.id != ctx.actor().id {
        let text = "由生成这份名单的人办理。";
        return Err(PageError::refused(&batch.owner.name).text(text).into());
    }
    Ok(batch)
}

/// `POST …/{id}/continuation`
pub(crate) async fn go_on(ctx: Ctx, Path(id): Path<String>) -> Page {
    let batch = own(&ctx, &id).await?;
    let to = format!("{}/{id}", batch.purpose.path());
    let mut tx = ctx.begin().await?;
    let held = batch::hold(&tx, &id).await?;
    let Some(held) = held.filter(|held| held.state == State::Failed) else {
        tx.rollback().await?;
        return Ok(ctx.redirect_with(&to, "warn", "这份名单没有中断。"));
    };
    // All was read where a chunk was kept and no place to go on from is left.
    let state = match (held.goes_on.is_some(), held.done + held.left_out) {
        (false, 1..) => State::Writing,
        _ => State::Waiting,
    };
    batch::set_state(&mut tx, &id, state, None).await?;
    make::enqueue(&mut tx, &id).await?;
    tx.audit(Audit::new("exchange.continue").subject(&id));
    tx.commit().await?;
    Ok(ctx.redirect_with(&to, "ok", "接着生成。"))
}

/// `POST …/{id}/voiding`: the file is gone, nobody can download it again, nothing that comes back is taken.
pub(crate) async fn void(ctx: Ctx, Path(id): Path<String>, data: FormData) -> Page {
    let batch = own(&ctx, &id).await?;
    let to = format!("{}/{id}", batch.purpose.path());
    let mut form = Form::from(data);
    let Some(why) = form.required("why", "请写明作废原因") else {
        form.data.set("day", ctx.today().to_string());
        return Ok(ui::page_422(page(&ctx, batch, form, None).await?));
    };
    let files = ctx.app.part::<Files>()?;
    let mut tx = ctx.begin().await?;
    let held = batch::hold(&tx, &id).await?;
    let Some(held) = held.filter(|held| held.state != State::Void) else {
        tx.rollback().await?;
        return Ok(ctx.redirect_with(&to, "warn", "这份名单已经作废。"));
    };
    if held.purpose == Purpose::Report && held.state == State::Done {
        tx.rollback().await?;
        let text = "已生成的上报文件不能作废；系统没有接收的，登记回执退回后再报。";
        return Ok(ctx.redirect_with(&to, "warn", text));
    }
    batch::void(&mut tx, &id).await?;
    crate::lines::forget(&mut tx, &id).await?;
    if let Some(file) = held.file {
        files.remove(&mut tx, &[file]).await?;
    }
    batch::say(&mut tx, &voiding(&id), &why).await?;
    tx.audit(Audit::new("exchange.void").subject(&id));
    tx.commit().await?;
    Ok(ctx.redirect_with(&to, "ok", "已作废，文件已删除，不能再下载。"))
}
