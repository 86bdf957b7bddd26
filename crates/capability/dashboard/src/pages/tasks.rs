//! Dated tasks of a year in one state: `GET /dashboard/tasks?year=…&state=…`.
//!
//! Row A07; product.md screen 1: 完成 正常 滞后 逾期 lead to lists.

use super::bits::choices;
use crate::board::{Board, State};
use crate::show;
use askama::Template;
use axum::extract::RawQuery;
use host::{Ctx, Page};
use ui::{Choice, ListQuery, ListSpec, PageError, Shell};

const SPEC: ListSpec = ListSpec::filtered(&["year", "state"]);

struct Row {
    name: String,
    href: String,
    year: i32,
    words: &'static str,
    pill: &'static str,
    due: String,
    who: String,
    figures: Vec<(String, String, String)>,
}

#[derive(Template)]
#[template(path = "pages/tasks.html")]
struct TasksPage {
    shell: Shell,
    query: ListQuery,
    years: Vec<Choice>,
    states: Vec<Choice>,
    rows: Vec<Row>,
    today: String,
}

/// `GET /dashboard/tasks`
pub(crate) async fn get(ctx: Ctx, RawQuery(raw): RawQuery) -> Page {
    let query = ListQuery::of(raw.as_deref(), &SPEC)?;
    query.allowed("state", |key| State::from_key(key).is_some())?;
    let year: Option<i32> = query
        .filter("year")
        .map(|text| {
            text.parse().map_err(|_no_year| {
                PageError::bad_request(format!("查询条件「year」不是年份：「{text}」。"))
            })
        })
        .transpose()?;
    let state = query.filter("state").and_then(State::from_key);
    let board = Board::of(&ctx, None).await?;
    let tasks = board.tasks();
    let mut years: Vec<i32> = tasks.iter().map(|task| task.year).collect();
    years.sort_unstable();
    years.dedup();
    let rows = tasks
        .iter()
        .filter(|task| year.is_none_or(|wanted| task.year == wanted))
        .filter(|task| {
            state.is_none_or(|wanted| {
                task.state == wanted || (wanted == State::Silent && task.state == State::SilentOver)
            })
        })
        .map(|task| Row {
            name: task.row.name.clone(),
            href: format!("/plan/rows/{}", task.row.id),
            year: task.year,
            words: task.state.zh(),
            pill: task.state.pill(),
            due: task.due.map_or_else(String::new, |due| due.to_string()),
            who: task.row.departments().collect::<Vec<_>>().join("、"),
            figures: task
                .goals
                .iter()
                .map(|(target, aim, standing)| {
                    let now = standing.now.map_or_else(
                        || "未填报".to_owned(),
                        |point| show::with_unit(point.value, &target.unit),
                    );
                    (
                        format!("/dashboard/{}", target.measure.id),
                        target.name().to_owned(),
                        format!("{now} / {}", aim.says),
                    )
                })
                .collect(),
        })
        .collect();
    let pairs: Vec<(&str, &str)> = State::ALL
        .iter()
        .map(|state| (state.key(), state.zh()))
        .collect();
    Ok(ui::page_no_store(TasksPage {
        shell: ctx
            .shell("年度任务")
            .crumb("驾驶舱", "/dashboard")
            .path("/dashboard")
            .mark_active()
            .path(ctx.path().to_owned()),
        years: years
            .iter()
            .map(|year| Choice::new(year.to_string(), format!("{year}年")))
            .collect(),
        states: choices(&pairs),
        rows,
        today: board.today.zh(),
        query,
    }))
}
