//! 更正申请: what waits for the reader's office, their own, and everything in scope.

use crate::requests::{self, Boxed, State};
use area::api::AreaBook;
use askama::Template;
use axum::extract::RawQuery;
use host::{Ctx, Page};
use people::api::words;
use std::collections::BTreeMap;
use store::Audit;
use ui::{Column, ListQuery, ListSpec, PageError, Pager, Shell, Table, Total};

const SPEC: ListSpec = ListSpec {
    filters: &["box", "state"],
    sorts: &[],
    default_sort: "",
    default_desc: false,
};

struct Line {
    href: String,
    who: String,
    place: String,
    fact: &'static str,
    change: String,
    owner: String,
    asked: String,
    by: String,
    state: State,
}

#[derive(Template)]
#[template(path = "pages/all.html")]
struct AllPage {
    shell: Shell,
    table: Table,
    tabs: Vec<(&'static str, &'static str, i64)>,
    chosen: &'static str,
    rows: Vec<Line>,
    pager: Pager,
}

/// `GET /corrections`
pub(crate) async fn get(ctx: Ctx, RawQuery(raw): RawQuery) -> Page {
    let query = ListQuery::parse(raw.as_deref(), &SPEC).map_err(PageError::from)?;
    let (store, actor) = (&ctx.app.store, ctx.actor());
    let settles = requests::owned_by(actor.role).next().is_some();
    let (chosen, which) = match query.filter("box") {
        None if settles => ("todo", Boxed::Todo),
        None | Some("mine") => ("mine", Boxed::Mine),
        Some("todo") => ("todo", Boxed::Todo),
        Some("all") => ("all", Boxed::All),
        Some(other) => {
            return Err(PageError::bad_request(format!("没有「{other}」这一栏")).into());
        }
    };
    let state = query.filter("state");
    let total = requests::count(store, &actor, which, state).await?;
    let (skip, most) = (query.offset() as i64, i64::from(query.size));
    let list = requests::list(store, &actor, which, state, skip, most).await?;
    let ids: Vec<String> = list.iter().map(|one| one.key.id.clone()).collect();
    let people: BTreeMap<String, _> = people::api::of_ids(store, &actor.scope, ids.clone())
        .await?
        .into_iter()
        .map(|person| (person.key.id.clone(), person))
        .collect();
    let names = org::api::Names::of(store, list.iter().map(|one| one.asked_by.as_str())).await?;
    ctx.log_reads(&[Audit::new("person.list")
        .with("list", "corrections")
        .with("count", total)
        .with("keys", serde_json::json!(ids))])
        .await?;
    let book = ctx.app.part::<AreaBook>()?;
    let rows = list
        .into_iter()
        .map(|one| {
            let person = people.get(&one.key.id);
            let say = |value: Option<&rules::facts::Value>, nothing: &str| {
                value.map_or_else(
                    || nothing.to_owned(),
                    |value| words::value(&book, one.fact, value),
                )
            };
            Line {
                href: format!("/corrections/{}", one.code),
                who: person.map_or_else(|| "（不在您的范围）".to_owned(), |p| p.name.clone()),
                place: person
                    .map(|p| words::area(&book, p, people::api::Fact::RESIDENCE_AREA))
                    .unwrap_or_default(),
                fact: one.fact.def().zh,
                change: format!(
                    "{} → {}",
                    say(one.present.as_ref(), "未知"),
                    say(one.value.as_ref(), "不清楚")
                ),
                owner: one.fact.def().owner.join("、"),
                asked: one.asked_at.day().to_string(),
                by: names.name(&one.asked_by),
                state: one.state,
            }
        })
        .collect();
    let mut tabs = Vec::new();
    for (key, title, which) in [
        ("todo", "待我处理", Boxed::Todo),
        ("mine", "我提出的", Boxed::Mine),
        ("all", "范围内全部", Boxed::All),
    ] {
        if settles || which == Boxed::Mine {
            tabs.push((
                key,
                title,
                requests::count(store, &actor, which, None).await?,
            ));
        }
    }
    let columns = [
        Column::new("对象"),
        Column::new("信息项"),
        Column::new("登记 → 申请"),
        Column::new("登记单位"),
        Column::new("提出"),
        Column::new("状态"),
        Column::new("办理"),
    ];
    Ok(ui::page_no_store(AllPage {
        shell: ctx.shell("更正申请").crumb("人员档案", "/people"),
        table: Table::new("更正申请", &columns, "/corrections", &query),
        tabs,
        chosen,
        rows,
        pager: Pager::new(
            "/corrections",
            &query,
            Total::Exact(total.unsigned_abs()),
            None,
            None,
        ),
    }))
}
