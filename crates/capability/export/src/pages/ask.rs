//! 导出台账: what is exported, why, and then the job.

use crate::job::{self, KIND};
use crate::run::{self, REASONS, Run, State};
use askama::Template;
use axum::extract::RawQuery;
use host::export::{ExportAsk, ExportCount, ExportHead, ExportSpec, Secret};
use host::{Ctx, Failure, Page};
use serde_json::json;
use std::sync::Arc;
use store::Audit;
use ui::{Choice, Field, Form, FormData, PageError, Shell};

#[derive(Template)]
#[template(path = "pages/ask.html")]
struct AskPage {
    shell: Shell,
    form: Form,
    list: String,
    query: String,
    head: ExportHead,
    count: String,
    masked: Vec<String>,
}

impl AskPage {
    fn reason(&self) -> Field {
        let reasons = REASONS
            .iter()
            .map(|(code, words)| Choice::new(*code, *words));
        self.form.field(
            Field::select("reason", "事由", reasons.collect())
                .blank("请选择")
                .required(),
        )
    }

    fn note(&self) -> Field {
        self.form.field(
            Field::lines("note", "说明")
                .hint("事由选“其他”时必填。不要写姓名、证件号码")
                .maxlength(200),
        )
    }
}

/// `GET /exports/new`
pub(crate) async fn get(ctx: Ctx, RawQuery(raw): RawQuery) -> Page {
    let raw = raw.unwrap_or_default();
    let (list, query) = raw
        .strip_prefix("list=")
        .map(|rest| rest.split_once('&').unwrap_or((rest, "")))
        .ok_or_else(|| PageError::bad_request("没有说明导出哪份名单，请从名单页点“导出台账”。"))?;
    let page = page(&ctx, Form::default(), list, query).await?;
    Ok(ui::page_no_store(page))
}

/// `POST /exports`
pub(crate) async fn post(ctx: Ctx, data: FormData) -> Page {
    let mut form = Form::from(data);
    let (list, query) = (
        form.data.get("list").to_owned(),
        form.data.get("query").to_owned(),
    );
    let codes: Vec<&str> = REASONS.iter().map(|(code, _)| *code).collect();
    let reason = form.one_of("reason", &codes, "请选择事由");
    let note = form.text("note");
    if reason.as_deref() == Some("other") && note.is_none() {
        form.errors.add("note", "请说明事由");
    }
    let (Some(reason), false) = (reason, form.has_errors()) else {
        return Ok(ui::page_422(page(&ctx, form, &list, &query).await?));
    };
    let (spec, ask, head) = read(&ctx, &list, &query)?;
    let count = (spec.count)(Arc::clone(&ctx.app), ask.clone()).await?;
    let mut tx = ctx.begin().await?;
    let run = Run {
        id: tx.store().new_id(),
        list: spec.key.to_owned(),
        title: spec.title.to_owned(),
        filters: words(&head),
        query: ask.query.clone(),
        owner: ask.who.clone(),
        reason,
        day: ask.today,
        asked: tx.at(),
        state: State::Waiting,
        total: count.rows,
        exact: count.exact,
        done: 0,
        goes_on: None,
        read_all: false,
        error: None,
        finished: None,
        file: None,
        digest: None,
        size: None,
        until: None,
    };
    run::insert(&mut tx, &run).await?;
    if let Some(note) = &note {
        run::add_note(&mut tx, &run.id, note).await?;
    }
    let now = tx.at();
    tx.enqueue(KIND, &json!({ "run": run.id }).to_string(), None, now)
        .await?;
    let filters: serde_json::Map<String, serde_json::Value> = head
        .codes
        .iter()
        .map(|(name, code)| (name.clone(), json!(code)))
        .collect();
    tx.audit(
        Audit::new("export.ask")
            .subject(&run.id)
            .with("list", run.list.as_str())
            .with("filters", filters)
            .with("reason", run.reason.as_str())
            .with("count", run.total),
    );
    tx.commit().await?;
    let to = format!("/exports/{}", run.id);
    Ok(ctx.redirect_with(
        &to,
        "ok",
        "已开始导出，可以离开本页，稍后到“导出记录”下载。",
    ))
}

/// The list, what is asked of it and what that means, if the asker may.
fn read(
    ctx: &Ctx,
    list: &str,
    query: &str,
) -> Result<(ExportSpec, ExportAsk, ExportHead), Failure> {
    let spec = job::spec(&ctx.app, list)
        .ok_or_else(|| PageError::bad_request(format!("没有「{list}」这份名单，没有导出。")))?;
    let who = ctx.actor();
    if !spec.action.allowed_to(who.role) {
        let text = format!("「{}」没有这份名单，不能导出。", who.role.zh());
        return Err(PageError::refused("系统管理员").text(text).into());
    }
    let ask = ExportAsk {
        query: query.to_owned(),
        who,
        today: ctx.today(),
    };
    let head = (spec.head)(&ctx.app, &ask)?;
    Ok((spec.clone(), ask, head))
}

/// 「区划：曾都区；年龄：80—89周岁」.
fn words(head: &ExportHead) -> String {
    let pairs: Vec<String> = head
        .filters
        .iter()
        .map(|(label, words)| format!("{label}：{words}"))
        .collect();
    pairs.join("；")
}

/// 「1,234 条」, 「超过 10,000 条」.
pub(crate) fn count_words(count: ExportCount) -> String {
    let number = ui::grouped(count.rows.unsigned_abs());
    if count.exact {
        format!("{number} 条")
    } else {
        format!("超过 {number} 条")
    }
}

async fn page(ctx: &Ctx, form: Form, list: &str, query: &str) -> Result<AskPage, Failure> {
    let (spec, ask, head) = read(ctx, list, query)?;
    let count = (spec.count)(Arc::clone(&ctx.app), ask).await?;
    let full = authz::Action::ReadPerson.allowed_to(ctx.actor().role);
    let hidden = |secret: Secret| match secret {
        Secret::None => false,
        Secret::Name => !full,
        Secret::Number => true,
    };
    Ok(AskPage {
        shell: ctx.shell("导出台账").crumb("导出记录", "/exports"),
        masked: head
            .columns
            .iter()
            .filter(|column| hidden(column.secret))
            .map(|column| column.heading.clone())
            .collect(),
        count: count_words(count),
        form,
        list: list.to_owned(),
        query: query.to_owned(),
        head,
    })
}
