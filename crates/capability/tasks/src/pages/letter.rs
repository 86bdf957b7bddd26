//! `GET /tasks/letters/{id}`: a 督办单 as a letter, with its replies; replying and the verdict on a reply.

use super::look::{Look, Tab};
use crate::book;
use crate::evidence::{self, About, HINT, Shown};
use crate::letters::{judge, reply};
use crate::model::{Letter, LetterState};
use askama::Template;
use axum::extract::{Path, Request};
use files::Files;
use host::{Ctx, Failure, Page};
use ui::{Field, Form, FormData, PageError, Shell};

struct ReplyLine {
    when: String,
    who: String,
    says: String,
    late: bool,
    file: Option<Shown>,
    verdict: String,
    pill: &'static str,
}

#[derive(Template)]
#[template(path = "pages/letter.html")]
struct LetterPage {
    shell: Shell,
    tabs: Vec<Tab>,
    letter: Letter,
    item_href: String,
    replies: Vec<ReplyLine>,
    /// The reader's office has to answer.
    answers: bool,
    /// The reader's office decides about the reply.
    judges: bool,
    /// The last reply is the reader's own.
    own: bool,
    overdue: bool,
    form: Form,
    file_error: String,
    stale: bool,
    pdf: bool,
    /// What is taken as evidence.
    hint: &'static str,
    /// A reply has no file before it is sent.
    kept: Option<Shown>,
}

impl LetterPage {
    fn says(&self) -> Field {
        let field = Field::lines("says", "答复")
            .required()
            .rows(5)
            .maxlength(2000);
        self.form.field(field.hint("原因、措施、完成时间"))
    }
    fn reason(&self) -> Field {
        let field = Field::lines("reason", "意见")
            .required()
            .rows(2)
            .maxlength(500);
        self.form
            .field(field.hint("销号写办理结果，退回写还要补什么"))
    }
}

#[derive(Default)]
struct With {
    form: Form,
    file_error: String,
    stale: bool,
}

async fn open(ctx: &Ctx, look: &Look, id: &str) -> Result<Letter, Failure> {
    book::letter(&ctx.app.store, &look.seen, id)
        .await?
        .ok_or_else(|| {
            PageError::not_found()
                .text("没有这张督办单，或者它是发给别的单位的。")
                .link("看督办单", "/tasks/letters")
                .into()
        })
}

async fn page(ctx: &Ctx, look: &Look, letter: Letter, with: With) -> Result<LetterPage, Failure> {
    let store = &ctx.app.store;
    let replies = book::replies(store, &letter.id).await?;
    let own = replies
        .last()
        .is_some_and(|reply| reply.replied_by == look.seen.account());
    let mut lines = Vec::new();
    for reply in replies {
        let file = match &reply.evidence {
            Some(file) => evidence::find(store, &look.seen, file).await?,
            None => None,
        };
        let judged = reply
            .judged
            .map_or_else(String::new, kernel::Instant::minute);
        let by = reply.judged_name.unwrap_or_default();
        let reason = reply.reason.unwrap_or_default();
        let (pill, word) = match reply.verdict.as_deref() {
            Some("closed") => ("ok", "销号"),
            Some(_) => ("warn", "退回"),
            None => ("", ""),
        };
        lines.push(ReplyLine {
            when: reply.replied.minute(),
            who: reply.replied_name,
            says: reply.says,
            late: reply.late,
            file,
            verdict: if word.is_empty() {
                String::new()
            } else {
                format!("{word}：{reason}（{by} {judged}）")
            },
            pill,
        });
    }
    Ok(LetterPage {
        shell: look
            .shell(ctx, &letter.number())
            .crumb("督办单", "/tasks/letters"),
        tabs: look.tabs("/tasks/letters"),
        item_href: letter
            .item
            .as_ref()
            .map_or_else(String::new, |item| format!("/tasks/items/{item}")),
        replies: lines,
        answers: letter.state.waits_for_reply()
            && look.seen.acts_for(&letter.executor, letter.issuer_role),
        judges: letter.state == LetterState::Replied && look.seen.leads(letter.issuer_role),
        own,
        overdue: letter.overdue(look.today),
        letter,
        form: with.form,
        file_error: with.file_error,
        stale: with.stale,
        pdf: docs::PDF,
        hint: HINT,
        kept: None,
    })
}

/// `GET /tasks/letters/{id}`
pub(crate) async fn get(ctx: Ctx, Path(id): Path<String>) -> Page {
    let look = Look::of(&ctx)?;
    let letter = open(&ctx, &look, &id).await?;
    Ok(ui::page_no_store(
        page(&ctx, &look, letter, With::default()).await?,
    ))
}

/// `POST /tasks/letters/{id}/reply`
pub(crate) async fn answer(ctx: Ctx, Path(id): Path<String>, request: Request) -> Page {
    let look = Look::of(&ctx)?;
    let letter = open(&ctx, &look, &id).await?;
    if !look.seen.acts_for(&letter.executor, letter.issuer_role) {
        return Err(PageError::refused(&letter.office)
            .text(format!("这张督办单由{}答复。", letter.office))
            .into());
    }
    let (data, file) = evidence::form(&ctx, request).await?;
    let mut form = Form::from(data);
    let seen: i64 = form.data.get("seen").parse().unwrap_or(0);
    let says = form.required("says", "请写答复");
    let mut file_error = String::new();
    let file = match file {
        Ok(file) => file,
        Err(why) => {
            form.errors.add("file", why.clone());
            file_error = why;
            None
        }
    };
    let with = |form: Form, file_error: String, stale: bool| With {
        form,
        file_error,
        stale,
    };
    let Some(says) = says.filter(|_| !form.has_errors()) else {
        let page = page(&ctx, &look, letter, with(form, file_error, false)).await?;
        return Ok(ui::page_422(page));
    };
    let files = ctx.app.part::<Files>()?;
    let mut tx = ctx.begin().await?;
    let kept = match file {
        Some(upload) => {
            let name = format!("答复-{}-督{}", letter.year, letter.no);
            let about = About {
                executor: &letter.executor,
                item: letter.item.as_deref(),
                name: &name,
            };
            Some(evidence::keep(&mut tx, &files, &look.areas, upload, &about).await?)
        }
        None => None,
    };
    if !reply(&mut tx, &letter, seen, &says, kept.as_deref()).await? {
        tx.rollback().await?;
        let fresh = open(&ctx, &look, &id).await?;
        let page = page(&ctx, &look, fresh, with(form, String::new(), true)).await?;
        return Ok(ui::page_409(page));
    }
    tx.commit().await?;
    Ok(ctx.saved(&format!("/tasks/letters/{id}"), "已答复，等签发单位销号。"))
}

/// `POST /tasks/letters/{id}/verdict`
pub(crate) async fn verdict(ctx: Ctx, Path(id): Path<String>, data: FormData) -> Page {
    let look = Look::of(&ctx)?;
    let letter = open(&ctx, &look, &id).await?;
    if !look.seen.leads(letter.issuer_role) {
        return Err(PageError::refused(&letter.issuer_office)
            .text(format!("这张督办单由{}销号。", letter.issuer_office))
            .into());
    }
    let to = format!("/tasks/letters/{id}");
    let replies = book::replies(&ctx.app.store, &id).await?;
    if replies
        .last()
        .is_some_and(|reply| reply.replied_by == look.seen.account())
    {
        return Err(PageError::refused("本单位另一位同事")
            .text("自己写的答复要由另一人销号。")
            .into());
    }
    let close = match data.get("act") {
        "close" => true,
        "return" => false,
        other => {
            let text = format!("「{other}」不是销号，也不是退回。");
            return Err(PageError::bad_request(text).into());
        }
    };
    let mut form = Form::from(data);
    let seen: i64 = form.data.get("seen").parse().unwrap_or(0);
    let Some(reason) = form.required("reason", "请写销号或退回的理由") else {
        let with = With {
            form,
            ..With::default()
        };
        return Ok(ui::page_422(page(&ctx, &look, letter, with).await?));
    };
    let mut tx = ctx.begin().await?;
    if !judge(&mut tx, &letter, seen, close, &reason).await? {
        tx.rollback().await?;
        return Err(PageError::stale(&to).into());
    }
    tx.commit().await?;
    let words = if close {
        "已销号。"
    } else {
        "已退回，答复期限重新计算。"
    };
    Ok(ctx.saved(&to, words))
}
