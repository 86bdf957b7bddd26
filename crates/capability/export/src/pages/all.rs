//! 导出记录: one's own exports, latest first.

use super::ask::count_words;
use crate::run::{self, State};
use askama::Template;
use axum::extract::RawQuery;
use host::export::ExportCount;
use host::{Ctx, Page};
use ui::{Column, ListQuery, ListSpec, PageError, Pager, Shell, Table, Total};

const SPEC: ListSpec = ListSpec {
    filters: &[],
    sorts: &[],
    default_sort: "",
    default_desc: false,
};

struct Line {
    id: String,
    title: String,
    filters: String,
    asked: String,
    reason: String,
    count: String,
    state: State,
    until: String,
    size: String,
}

#[derive(Template)]
#[template(path = "pages/all.html")]
struct AllPage {
    shell: Shell,
    table: Table,
    rows: Vec<Line>,
    pager: Pager,
}

/// `GET /exports`
pub(crate) async fn get(ctx: Ctx, RawQuery(raw): RawQuery) -> Page {
    let query = ListQuery::parse(raw.as_deref(), &SPEC).map_err(PageError::from)?;
    let (store, me) = (&ctx.app.store, ctx.actor().id);
    let total = run::count(store, &me).await?;
    let (skip, most) = (query.offset() as i64, i64::from(query.size));
    let runs = run::of_owner(store, &me, skip, most).await?;
    let columns = [
        Column::new("名单"),
        Column::new("导出时间"),
        Column::new("事由"),
        Column::number("条数"),
        Column::new("状态"),
        Column::new("保留到"),
        Column::new("文件"),
    ];
    Ok(ui::page_no_store(AllPage {
        shell: ctx.shell("导出记录").crumb("统计报表", "/exports"),
        table: Table::new("导出记录", &columns, "/exports", &query),
        pager: Pager::new(
            "/exports",
            &query,
            Total::Exact(total.unsigned_abs()),
            None,
            None,
        ),
        rows: runs
            .into_iter()
            .map(|run| Line {
                count: count_words(ExportCount {
                    rows: run.total.max(run.done),
                    exact: run.exact || run.read_all,
                }),
                asked: run.asked.minute(),
                reason: run::reason_zh(&run.reason).to_owned(),
                until: run.until.map(|day| day.to_string()).unwrap_or_default(),
                size: ui::text::file_size(run.size.unwrap_or(0)),
                id: run.id,
                title: run.title,
                filters: run.filters,
                state: run.state,
            })
            .collect(),
    }))
}
