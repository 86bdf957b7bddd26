//! `GET /system/log`: 操作与查阅记录, newest first; `POST /system/log/check`: 链校验.

use crate::accounts::account_names;
use crate::audit_words;
use area::api::AreaBook;
use askama::Template;
use authz::Role;
use host::{Ctx, Page};
use kernel::Day;
use std::collections::BTreeMap;
use store::audit_log::{self, AuditRow, CAP, Place, Wanted, key_parts};
use store::{Audit, StoreResult};
use ui::{Choice, Column, ListQuery, ListSpec, PageError, Pager, Shell, Table, Total};

const PATH: &str = "/system/log";

const SPEC: ListSpec = ListSpec {
    filters: &["day", "action", "actor"],
    sorts: &[],
    default_sort: "",
    default_desc: false,
};

#[derive(Template)]
#[template(path = "pages/log.html")]
struct LogPage {
    shell: Shell,
    query: ListQuery,
    actions: Vec<Choice>,
    actor: Option<String>,
    table: Table,
    rows: Vec<LogRow>,
    pager: Pager,
}

struct LogRow {
    at: String,
    actor: String,
    actor_href: String,
    role: String,
    action: String,
    subject: String,
    detail: String,
}

pub(crate) async fn get(ctx: Ctx) -> Page {
    let raw = ctx.path().split_once('?').map(|(_, query)| query);
    let query = ListQuery::parse(raw, &SPEC).map_err(PageError::from)?;
    let wanted = wanted(&query)?;
    let place = match (&query.after, &query.before) {
        (Some(key), _) => Place::After(key),
        (None, Some(key)) => Place::Before(key),
        (None, None) => Place::Offset(query.offset()),
    };
    if let Place::After(key) | Place::Before(key) = place
        && key_parts(key).is_none()
    {
        return Err(PageError::bad_request("翻页的位置不对，请从第一页看起。")
            .link("第一页", PATH)
            .into());
    }
    let store = &ctx.app.store;
    let (rows, more) = audit_log::page(store, &wanted, &place, query.size).await?;
    let total = Total::capped(audit_log::count(store, &wanted).await?, CAP);
    let (first, last) = (
        rows.first().map(AuditRow::key),
        rows.last().map(AuditRow::key),
    );
    let next = last.filter(|_| more || matches!(place, Place::Before(_)));
    let previous = first.filter(|_| more || !matches!(place, Place::Before(_)));
    let pager = Pager::new(PATH, &query, total, next.as_deref(), previous.as_deref());
    let mut ids: Vec<String> = rows.iter().map(|row| row.actor.clone()).collect();
    ids.extend(wanted.actor.map(str::to_owned));
    ids.sort_unstable();
    ids.dedup();
    let names = account_names(store, &ids).await?;
    let mut read = Audit::new("audit.read").with("shown", rows.len());
    for (key, value) in &query.filters {
        read = read.with(key, value.clone());
    }
    ctx.log_reads(&[read]).await?;
    let book = ctx.app.part::<AreaBook>()?;
    let columns = ["时间", "操作人", "操作", "对象编号", "内容"].map(Column::new);
    Ok(ui::page_no_store(LogPage {
        shell: ctx.shell("操作与查阅记录"),
        actions: audit_words::ACTIONS
            .iter()
            .map(|(code, words)| Choice::new(*code, *words))
            .collect(),
        actor: wanted.actor.map(|id| actor_name(id, &names)),
        table: Table::new("操作与查阅记录", &columns, PATH, &query),
        rows: rows
            .iter()
            .map(|row| words_of(row, &names, &book))
            .collect(),
        pager,
        query,
    }))
}

fn wanted(query: &ListQuery) -> Result<Wanted<'_>, PageError> {
    let day = match query.filter("day") {
        Some(text) => Some(ui::day_from_typed(text).ok_or_else(|| {
            PageError::bad_request(format!("日期“{text}”不对，应写成 2025-06-30 的样子。"))
                .link("全部记录", PATH)
        })?),
        None => None,
    };
    Ok(Wanted {
        day,
        action: query.filter("action"),
        actor: query.filter("actor"),
    })
}

fn words_of(row: &AuditRow, names: &BTreeMap<String, String>, book: &AreaBook) -> LogRow {
    let role = Role::from_key(&row.role).filter(|role| *role != Role::System);
    LogRow {
        at: row.at.minute(),
        actor: actor_name(&row.actor, names),
        actor_href: format!("{PATH}?actor={}", ui::query_encode(&row.actor)),
        role: role.map(|role| role.zh().to_owned()).unwrap_or_default(),
        action: audit_words::action(&row.action).to_owned(),
        subject: row.subject.clone().unwrap_or_default(),
        detail: audit_words::detail(&row.detail, book),
    }
}

fn actor_name(id: &str, names: &BTreeMap<String, String>) -> String {
    match (names.get(id), id.strip_prefix("system:")) {
        (Some(name), _) => name.clone(),
        (None, Some(part)) => format!("系统（{part}）"),
        (None, None) if id == "nobody" => "未登录".to_owned(),
        (None, None) => id.to_owned(),
    }
}

/// Seals what is open and walks the whole chain.
pub(crate) async fn check(ctx: Ctx) -> Page {
    let store = &ctx.app.store;
    let sealed = store.seal_audit().await?;
    let result = store.verify_audit().await?;
    note(&ctx, sealed, result.is_ok()).await?;
    Ok(match result {
        Ok(rows) => {
            let rows = ui::grouped(rows.unsigned_abs());
            let text = format!(
                "链校验通过：{rows} 条记录首尾相连，没有改动、没有缺失。校验日期 {}",
                Day::zh(ctx.today())
            );
            ctx.redirect_with(PATH, "ok", &text)
        }
        Err(broken) => {
            let text = format!(
                "链校验未通过：{}。请立即保全数据库并报告安全负责人。",
                audit_words::broken(&broken)
            );
            ctx.redirect_with(PATH, "danger", &text)
        }
    })
}

async fn note(ctx: &Ctx, sealed: u64, whole: bool) -> StoreResult<()> {
    let mut tx = ctx.begin().await?;
    let result = if whole { "whole" } else { "broken" };
    tx.audit(
        Audit::new("audit.verify")
            .with("result", result)
            .with("sealed", sealed),
    );
    tx.commit().await
}
