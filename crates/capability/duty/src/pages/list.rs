//! The list: whose day has come first.

use crate::book::{self, Tab};
use crate::model::{KINDS, OUTCOMES, zh};
use area::api::AreaBook;
use askama::Template;
use axum::extract::RawQuery;
use host::{Ctx, Page};
use people::api::Person;
use std::collections::BTreeMap;
use store::Audit;
use ui::{Column, ListQuery, ListSpec, Pager, Shell, Table, Total};

const SPEC: ListSpec = ListSpec::filtered(&["tab"]);

struct Line {
    href: String,
    name: String,
    area: String,
    kind: &'static str,
    says: String,
    next: String,
    due: bool,
    outcome: &'static str,
}

#[derive(Template)]
#[template(path = "pages/list.html")]
struct ListPage {
    shell: Shell,
    tab: String,
    tabs: Vec<(&'static str, String)>,
    table: Table,
    lines: Vec<Line>,
    pager: Pager,
}

/// `GET /duties`
pub(crate) async fn get(ctx: Ctx, RawQuery(raw): RawQuery) -> Page {
    let query = ListQuery::of(raw.as_deref(), &SPEC)?;
    query.allowed("tab", |key| matches!(key, "due" | "open" | "closed"))?;
    let (store, scope, today) = (&ctx.app.store, ctx.scope(), ctx.today());
    let all = [
        ("due", "该回访", Tab::Due(today)),
        ("open", "督促中", Tab::Open),
        ("closed", "已办结", Tab::Closed),
    ];
    let chosen = query.filter("tab").unwrap_or("open").to_owned();
    let (mut tabs, mut tab, mut total) = (Vec::new(), Tab::Open, 0);
    for (key, title, one) in all {
        let number = book::count(store, &scope, one).await?;
        if key == chosen {
            (tab, total) = (one, number);
        }
        tabs.push((key, format!("{title} {number}")));
    }
    let window = (query.offset() as i64, i64::from(query.size));
    let cases = book::page(store, &scope, tab, window).await?;
    let ids: Vec<String> = cases.iter().map(|case| case.key.id.clone()).collect();
    let people: BTreeMap<String, Person> = people::api::of_ids(store, &scope, ids.clone())
        .await?
        .into_iter()
        .map(|person| (person.key.id.clone(), person))
        .collect();
    ctx.log_reads(&[Audit::new("person.list")
        .with("list", "duties")
        .with("count", total)
        .with("keys", serde_json::json!(ids))])
        .await?;
    let areas = ctx.app.part::<AreaBook>()?;
    let lines = cases
        .into_iter()
        .map(|case| {
            let person = people.get(&case.key.id);
            Line {
                href: format!("/duties/{}", case.code),
                name: person.map_or_else(String::new, |person| person.name.clone()),
                area: person
                    .and_then(|person| person.subject().residence)
                    .map_or_else(String::new, |code| areas.short_name(&code)),
                kind: zh(KINDS, &case.kind),
                due: case.open && case.next <= today,
                next: case.next.zh(),
                outcome: case.outcome.as_deref().map_or("", |key| zh(OUTCOMES, key)),
                says: case.says,
            }
        })
        .collect();
    let columns = [
        Column::new("姓名"),
        Column::new("种类"),
        Column::new("情况"),
        Column::new(if chosen == "closed" {
            "结果"
        } else {
            "下次回访"
        }),
    ];
    Ok(ui::page_no_store(ListPage {
        shell: ctx.shell("赡养抚养督促"),
        table: Table::new("赡养抚养督促", &columns, "/duties", &query),
        pager: Pager::new(
            "/duties",
            &query,
            Total::Exact(total.unsigned_abs()),
            None,
            None,
        ),
        tab: chosen,
        tabs,
        lines,
    }))
}
