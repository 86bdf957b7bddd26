//! 补发追缴: what was paid too much and is not back yet.

use super::{names, programme_zh, programmes, yuan};
use crate::recoveries;
use area::api::AreaBook;
use askama::Template;
use axum::extract::RawQuery;
use host::{Ctx, Page};
use people::api::Person;
use std::collections::BTreeMap;
use store::Audit;
use ui::{Column, ListQuery, ListSpec, Pager, Shell, Table, Tile, Total};

const SPEC: ListSpec = ListSpec::filtered(&["all"]);

struct Line {
    href: String,
    name: String,
    area: String,
    programme: String,
    money: String,
    left: String,
    months: String,
    why: String,
    state: &'static str,
    pill: &'static str,
}

#[derive(Template)]
#[template(path = "pages/recoveries.html")]
struct RecoveriesPage {
    shell: Shell,
    table: Table,
    tiles: Vec<Tile>,
    rows: Vec<Line>,
    pager: Pager,
    all: bool,
}

/// `GET /recoveries`
pub(crate) async fn get(ctx: Ctx, RawQuery(raw): RawQuery) -> Page {
    let query = ListQuery::of(raw.as_deref(), &SPEC)?;
    query.allowed("all", |value| value == "1")?;
    let all = query.filter("all").is_some();
    let (store, role) = (&ctx.app.store, ctx.actor().role);
    // Leaders and the bank see sums only.
    let scope = ctx.scope();
    let (total, left) = recoveries::sum(store, &scope, !all).await?;
    let (skip, most) = (query.offset() as i64, i64::from(query.size));
    let list = if matches!(role, authz::Role::Leader | authz::Role::Bank) {
        Vec::new()
    } else {
        recoveries::page(store, &scope, !all, skip, most).await?
    };
    let ids: Vec<String> = list.iter().map(|one| one.key.id.clone()).collect();
    let people: BTreeMap<String, Person> = people::api::of_ids(store, &scope, ids.clone())
        .await?
        .into_iter()
        .map(|person| (person.key.id.clone(), person))
        .collect();
    ctx.log_reads(&[Audit::new("person.list")
        .with("list", "recoveries")
        .with("count", total)
        .with("keys", serde_json::json!(ids))])
        .await?;
    let (book, known) = (ctx.app.part::<AreaBook>()?, programmes(&ctx)?);
    let full = names(role);
    let rows = list
        .into_iter()
        .map(|one| {
            let person = people.get(&one.key.id);
            Line {
                href: format!("/recoveries/{}", one.recovery),
                name: person.map_or_else(String::new, |person| {
                    if full {
                        person.name.clone()
                    } else {
                        ui::mask::name(&person.name)
                    }
                }),
                area: person
                    .and_then(|person| person.subject().hukou)
                    .map_or_else(String::new, |code| book.short_name(&code)),
                programme: programme_zh(&known, &one.programme),
                money: yuan(one.fen),
                left: yuan(one.left()),
                state: one.state_zh(),
                pill: one.pill(),
                months: one.months,
                why: one.why,
            }
        })
        .collect();
    let columns = [
        Column::new("姓名"),
        Column::new("待遇"),
        Column::number("多发（元）"),
        Column::number("还差（元）"),
        Column::new("哪几个月"),
        Column::new("原因"),
        Column::new("状态"),
    ];
    Ok(ui::page_no_store(RecoveriesPage {
        shell: ctx.shell("补发追缴"),
        table: Table::new("补发追缴", &columns, "/recoveries", &query),
        tiles: vec![
            ui::tile(
                if all { "全部" } else { "未收回" },
                ui::text::grouped(total.unsigned_abs()),
            )
            .unit("件"),
            ui::tile("还差", yuan(left)).unit("元"),
        ],
        rows,
        pager: Pager::new(
            "/recoveries",
            &query,
            Total::Exact(total.unsigned_abs()),
            None,
            None,
        ),
        all,
    }))
}
