//! What is done to a batch: steps, doubts, the file, the answer, sending again, downloads.

use super::{areas_of, open, payer, programme_zh, programmes, run as page};
use crate::answers::{self, Refused, Upload};
use crate::pace::Pace;
use crate::runs::{Run, Step};
use crate::seal::BankSeal;
use crate::steps::{Refusal, Taken};
use crate::{again, approve, bankfile, doubts, draft, steps};
use area::api::AreaBook;
use authz::Role;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Path, Request};
use files::Files;
use host::{Ctx, Failure, Page};
use plan::api::PlanBook;
use ui::{Form, FormData, PageError};

/// The largest answer that is taken: a hundred bytes a row and a million rows.
const MOST_BYTES: usize = 100 * 1024 * 1024;

/// A refusal in words, and whether somebody else was faster.
pub fn words(refusal: Refusal) -> (String, bool) {
    match refusal {
        Refusal::Stale => (
            "批次刚被别人办理过，已是新的状态；请看最新情况再办。".to_owned(),
            true,
        ),
        Refusal::NotYourWork => ("这一步不由您的角色办理。".to_owned(), false),
        Refusal::SamePerson(step) => (
            format!("您已经办过「{step}」，经办、复核和审批不能是同一人，请另一位同事办理。"),
            false,
        ),
        Refusal::Waits(words) => (words, false),
    }
}

async fn answer_of(ctx: &Ctx, run: &Run, form: Form, taken: Taken<()>, done: &str) -> Page {
    match taken {
        Ok(()) => Ok(ctx.redirect_with(&format!("/payments/{}", run.run), "ok", done)),
        Err(refusal) => {
            let (words, stale) = words(refusal);
            page::refuse(ctx, run, form, words, stale).await
        }
    }
}

/// `POST /payments/{run}/step`
pub(crate) async fn step(ctx: Ctx, Path(run): Path<String>, data: FormData) -> Page {
    let run = open(&ctx, &run).await?;
    let mut form = Form::from(data);
    let keys = ["check", "review", "lead", "approve", "close", "back"];
    let step = form.one_of("step", &keys, "请从按钮办理");
    let note = form.text("note").unwrap_or_default();
    let Some(step) = step.as_deref().and_then(Step::from_key) else {
        return page::refuse(&ctx, &run, form, "请从按钮办理。".to_owned(), false).await;
    };
    if step == Step::Back && note.is_empty() {
        form.errors.add("note", "退回经办要写原因");
        return page::refuse(&ctx, &run, form, "退回经办要写原因。".to_owned(), false).await;
    }
    let opened: i64 = form.data.get("version").parse().unwrap_or(-1);
    if opened != run.version {
        let (words, _) = words(Refusal::Stale);
        return page::refuse(&ctx, &run, form, words, true).await;
    }
    let actor = ctx.actor();
    if step == Step::Close {
        let taken = answers::close(&ctx.app, &actor, &run.run, &note).await?;
        return answer_of(&ctx, &run, form, taken, "已结账。").await;
    }
    let mut tx = ctx.begin().await?;
    let taken = match step {
        Step::Approve => approve::approve(&mut tx, &actor, &run.run, &note).await?,
        Step::Back => approve::give_back(&mut tx, &actor, &run.run, &note).await?,
        _ => steps::sign(&mut tx, &actor, &run.run, step, &note).await?,
    };
    if taken.is_ok() {
        tx.commit().await?;
    } else {
        tx.rollback().await?;
    }
    let done = match step {
        Step::Back => "已退回经办。",
        Step::Approve => "已审核，可以报盘。",
        _ => "已办理，转下一步。",
    };
    answer_of(&ctx, &run, form, taken, done).await
}

/// `POST /payments/{run}/doubts/{no}`
pub(crate) async fn doubt(ctx: Ctx, Path((run, no)): Path<(String, i64)>, data: FormData) -> Page {
    let run = open(&ctx, &run).await?;
    let mut form = Form::from(data);
    let decision = form.one_of("decision", &["pay", "hold"], "请选择照发或本月不发");
    let reason = form.text("reason");
    let back = format!("/payments/{}?tab=doubts", run.run);
    let (Some(decision), Some(reason)) = (decision, reason) else {
        return page::refuse(&ctx, &run, form, "核实疑点要写核实情况。".to_owned(), false).await;
    };
    let actor = ctx.actor();
    if actor.role != Role::CountyCivil {
        return page::refuse(&ctx, &run, form, "疑点由县民政核实。".to_owned(), false).await;
    }
    let mut tx = ctx.begin().await?;
    let held = crate::runs::held(&tx, &run.run).await?;
    let found = doubts::find(&tx, &run.run, no)
        .await?
        .ok_or_else(PageError::not_found)?;
    let own = found.kind == "handler_account" && decision == "pay" && actor.id == run.made_by;
    if own {
        tx.rollback().await?;
        let words = "收款账户与经办人同名，须由另一位同事核实。".to_owned();
        return page::refuse(&ctx, &run, form, words, false).await;
    }
    let open = held.state == crate::runs::State::Drawn;
    if !open || !doubts::settle(&mut tx, &actor, &held, &found, decision == "pay", &reason).await? {
        tx.rollback().await?;
        let (words, _) = words(Refusal::Stale);
        return page::refuse(&ctx, &run, form, words, true).await;
    }
    tx.commit().await?;
    Ok(ctx.redirect_with(&back, "ok", "已记下核实结果。"))
}

/// What files are sealed with here.
fn seal(ctx: &Ctx) -> BankSeal {
    ctx.app
        .part::<BankSeal>()
        .map_or_else(|_none| BankSeal::default(), |seal| (*seal).clone())
}

/// `POST /payments/{run}/file`
pub(crate) async fn file(ctx: Ctx, Path(run): Path<String>, data: FormData) -> Page {
    let run = open(&ctx, &run).await?;
    let (book, files) = (ctx.app.part::<AreaBook>()?, ctx.app.part::<Files>()?);
    let names = bankfile::Names {
        payer: payer(&book, &run.office),
        programme: programme_zh(&programmes(&ctx)?, &run.programme),
        areas: areas_of(&book, &run.office),
        seal: seal(&ctx),
    };
    let taken = bankfile::make(
        &ctx.app.store,
        &files,
        &ctx.actor(),
        &run.run,
        &names,
        &Pace::default(),
    )
    .await?;
    answer_of(
        &ctx,
        &run,
        Form::from(data),
        taken,
        "报盘文件已生成，请下载后交代发银行。",
    )
    .await
}

/// `GET /payments/{run}/files/{kind}/{no}`
pub(crate) async fn download(ctx: Ctx, Path((run, kind, no)): Path<(String, String, i64)>) -> Page {
    let run = open(&ctx, &run).await?;
    let actor = ctx.actor();
    if !matches!(actor.role, Role::Finance | Role::Bank | Role::CountyCivil) {
        let text = "报盘和回盘文件含完整证件号和账号，只由县民政、财政和代发银行下载。";
        return Err(PageError::refused("县财政局").text(text).into());
    }
    let found = bankfile::files_of(&ctx.app.store, &run.run).await?;
    let found = found
        .into_iter()
        .find(|file| file.kind == kind && file.no == no);
    let file = found.ok_or_else(PageError::not_found)?;
    let files = ctx.app.part::<Files>()?;
    let kept = files
        .find(&ctx.app.store, &file.file)
        .await?
        .ok_or_else(PageError::not_found)?;
    let reader = files.open(ctx.app.store.keys(), &kept)?;
    let mut tx = ctx.begin().await?;
    bankfile::log_download(&mut tx, &actor, &run.run, &file).await?;
    tx.commit().await?;
    let plain = file.name.clone();
    Ok(host::download(&kept, reader, &plain))
}

/// `POST /payments/{run}/answer`
pub(crate) async fn answer(ctx: Ctx, Path(run): Path<String>, mut request: Request) -> Page {
    let run = open(&ctx, &run).await?;
    DefaultBodyLimit::max(MOST_BYTES).apply(&mut request);
    let (name, bytes) = match upload(request).await {
        Ok(upload) => upload,
        Err(words) => return page::refuse(&ctx, &run, Form::default(), words, false).await,
    };
    let (book, files) = (ctx.app.part::<AreaBook>()?, ctx.app.part::<Files>()?);
    let upload = Upload {
        name,
        bytes,
        areas: areas_of(&book, &run.office),
        payer: payer(&book, &run.office),
    };
    let taken = answers::take(&ctx.app, &files, &ctx.actor(), &run.run, upload).await?;
    let back = format!("/payments/{}?tab=roster", run.run);
    match taken {
        Ok(done) if done.again => {
            Ok(ctx.redirect_with(&back, "ok", "这份回盘文件已经处理过，没有重复登记。"))
        }
        Ok(done) => {
            let text = format!(
                "回盘已登记：到账 {} 笔，退回 {} 笔，还有 {} 笔没有结果。",
                done.paid, done.failed, done.open
            );
            Ok(ctx.redirect_with(&back, "ok", &text))
        }
        Err(Refused::Step(refusal)) => {
            let (words, stale) = words(refusal);
            page::refuse(&ctx, &run, Form::default(), words, stale).await
        }
        Err(Refused::File(lines)) => {
            let words = format!(
                "回盘文件与报盘对不上，没有登记任何结果。请让银行更正后再传：\n{}",
                lines.join("\n")
            );
            page::refuse(&ctx, &run, Form::default(), words, false).await
        }
    }
}

/// Name and bytes of the uploaded file.
async fn upload(request: Request) -> Result<(String, Vec<u8>), String> {
    let broken = || "文件没有传完整，请重试。".to_owned();
    let mut parts = Multipart::from_request(request, &())
        .await
        .map_err(|_not_a_form| broken())?;
    while let Some(part) = parts.next_field().await.map_err(|_cut| broken())? {
        if part.name() != Some("file") {
            continue;
        }
        let name = part.file_name().unwrap_or("回盘").to_owned();
        let bytes = part.bytes().await.map_err(|_cut| broken())?;
        if !bytes.is_empty() {
            return Ok((name, bytes.to_vec()));
        }
    }
    Err("请选择银行的回盘文件。".to_owned())
}

/// `POST /payments/{run}/again`
pub(crate) async fn again(ctx: Ctx, Path(run): Path<String>, data: FormData) -> Page {
    let run = open(&ctx, &run).await?;
    let actor = ctx.actor();
    if actor.role != Role::CountyCivil {
        return Err(PageError::refused("县民政局").into());
    }
    let mut tx = ctx.begin().await?;
    let begun = again::begin(&mut tx, &actor, &run).await?;
    let new = match begun {
        Ok(new) => {
            tx.commit().await?;
            new
        }
        Err(refusal) => {
            tx.rollback().await?;
            let (words, stale) = words(refusal);
            return page::refuse(&ctx, &run, Form::from(data), words, stale).await;
        }
    };
    let book = ctx.app.part::<PlanBook>()?;
    draft::draw(&ctx.app.store, &book, &actor, &new, &Pace::default()).await?;
    Ok(ctx.redirect_with(
        &format!("/payments/{new}"),
        "ok",
        "重发批次已生成，与正常批次一样比对、复核和审批。",
    ))
}

/// `POST /payments/{run}/discard`
pub(crate) async fn discard(ctx: Ctx, Path(run): Path<String>, data: FormData) -> Page {
    let run = open(&ctx, &run).await?;
    let mut tx = ctx.begin().await?;
    let taken: Result<Taken<()>, Failure> =
        Ok(approve::discard(&mut tx, &ctx.actor(), &run.run).await?);
    match taken? {
        Ok(()) => {
            tx.commit().await?;
            Ok(ctx.redirect_with("/payments", "ok", "批次已作废，可以重新生成。"))
        }
        Err(refusal) => {
            tx.rollback().await?;
            let (words, stale) = words(refusal);
            page::refuse(&ctx, &run, Form::from(data), words, stale).await
        }
    }
}
