//! 部门比对: the lists that went out, and what came back and waits.

use crate::batch::{self, Batch, Purpose};
use crate::proposals::{self, State, Which};
use crate::{kinds, proposals as proposed};
use askama::Template;
use axum::extract::RawQuery;
use host::{Ctx, Page};
use ui::{Choice, Column, ListQuery, ListSpec, PageError, Pager, Shell, Table, Total};

const SPEC: ListSpec = ListSpec::filtered(&["kind"]);

struct Line {
    batch: Batch,
    open: i64,
    state: &'static str,
    pill: &'static str,
}

#[derive(Template)]
#[template(path = "pages/lists.html")]
struct ListsPage {
    shell: Shell,
    query: ListQuery,
    kinds: Vec<Choice>,
    table: Table,
    rows: Vec<Line>,
    pager: Pager,
    may_make: bool,
    suspects: i64,
    others: i64,
}

/// `GET /matching`
pub(crate) async fn get(ctx: Ctx, RawQuery(raw): RawQuery) -> Page {
    let query = ListQuery::of(raw.as_deref(), &SPEC)?;
    let (store, actor, today) = (&ctx.app.store, ctx.actor(), ctx.today());
    let kind = query.filter("kind");
    let seen = |key: &str| kinds::of(key).is_some_and(|kind| kind.seen_by(actor.role));
    if let Some(key) = kind
        && !seen(key)
    {
        return Err(PageError::bad_request(format!("没有「{key}」这种比对")).into());
    }
    let all = batch::seen(store, Purpose::List, kind, &actor).await?;
    let total = all.len() as u64;
    let mut rows = Vec::new();
    for batch in all
        .into_iter()
        .skip(query.offset() as usize)
        .take(query.size as usize)
    {
        let which = Which {
            state: Some(State::Open),
            batch: Some(batch.id.clone()),
            ..Which::default()
        };
        rows.push(Line {
            open: proposals::count(store, &actor, &which).await?,
            state: batch.state_zh(today),
            pill: batch.pill(today),
            batch,
        });
    }
    let waits = async |suspect: bool| {
        let which = Which {
            state: Some(State::Open),
            suspect: Some(suspect),
            ..Which::default()
        };
        proposed::count(store, &actor, &which).await
    };
    let columns = [
        Column::new("名单"),
        Column::new("对象"),
        Column::new("发出"),
        Column::number("人数"),
        Column::new("下载期限"),
        Column::number("待处理结果"),
        Column::new("状态"),
    ];
    Ok(ui::page_no_store(ListsPage {
        shell: ctx.shell("部门比对").crumb("人员档案", "/people"),
        kinds: kinds::all()
            .iter()
            .filter(|kind| kind.seen_by(actor.role))
            .map(|kind| Choice::new(kind.key.as_str(), kind.zh()))
            .collect(),
        table: Table::new("部门比对", &columns, "/matching", &query),
        pager: Pager::new("/matching", &query, Total::Exact(total), None, None),
        may_make: kinds::makes(actor.role),
        suspects: waits(true).await?,
        others: waits(false).await?,
        rows,
        query,
    }))
}
