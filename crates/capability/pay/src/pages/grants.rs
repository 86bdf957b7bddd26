//! 在享台账: who is granted what, within the reader's scope.

use super::{names, office_zh, paid_here, programme_zh, programmes, yuan};
use crate::grants::{self, Asked};
use area::api::AreaBook;
use askama::Template;
use axum::extract::RawQuery;
use host::{Ctx, Page};
use std::collections::BTreeMap;
use store::Audit;
use ui::{Choice, Column, ListQuery, ListSpec, Pager, Shell, Table, Tile, Total};

const SPEC: ListSpec = ListSpec::filtered(&["programme", "state"]);

/// States: key and name.
pub(super) const STATES: &[(&str, &str)] = &[
    ("active", "在享"),
    ("proposed", "待确认"),
    ("ended", "已停止"),
    ("refused", "不予发放"),
];

pub(crate) fn state_zh(state: &str) -> &'static str {
    STATES
        .iter()
        .find(|(key, _)| *key == state)
        .map_or("在享", |(_, name)| *name)
}

pub(crate) fn state_pill(state: &str) -> &'static str {
    match state {
        "active" => "yes",
        "proposed" => "warn",
        _ => "no",
    }
}

struct Line {
    href: String,
    name: String,
    area: String,
    programme: String,
    money: String,
    from: String,
    office: String,
    origin: &'static str,
    state: &'static str,
    pill: &'static str,
}

#[derive(Template)]
#[template(path = "pages/grants.html")]
struct GrantsPage {
    shell: Shell,
    table: Table,
    tiles: Vec<Tile>,
    rows: Vec<Line>,
    pager: Pager,
    query: ListQuery,
    programmes: Vec<Choice>,
    states: Vec<Choice>,
}

/// `GET /grants`
pub(crate) async fn get(ctx: Ctx, RawQuery(raw): RawQuery) -> Page {
    let query = ListQuery::of(raw.as_deref(), &SPEC)?;
    query.allowed("state", |key| STATES.iter().any(|(known, _)| *known == key))?;
    let (store, scope) = (&ctx.app.store, ctx.scope());
    let asked = Asked {
        programme: query.filter("programme").map(str::to_owned),
        state: query.filter("state").map(str::to_owned),
        offices: Vec::new(),
    };
    let (total, fen) = grants::sum(store, &scope, &asked).await?;
    let (skip, most) = (query.offset() as i64, i64::from(query.size));
    let list = grants::page(store, &scope, &asked, skip, most).await?;
    let ids: Vec<String> = list.iter().map(|one| one.key.id.clone()).collect();
    let people: BTreeMap<String, people::api::Person> =
        people::api::of_ids(store, &scope, ids.clone())
            .await?
            .into_iter()
            .map(|person| (person.key.id.clone(), person))
            .collect();
    ctx.log_reads(&[Audit::new("person.list")
        .with("list", "grants")
        .with("count", total)
        .with("keys", serde_json::json!(ids))])
        .await?;
    let (book, known) = (ctx.app.part::<AreaBook>()?, programmes(&ctx)?);
    let full = names(ctx.actor().role);
    let rows = list
        .into_iter()
        .map(|one| Line {
            href: format!("/grants/{}/{}/{}", one.key.id, one.programme, one.no),
            name: people.get(&one.key.id).map_or_else(String::new, |person| {
                if full {
                    person.name.clone()
                } else {
                    ui::mask::name(&person.name)
                }
            }),
            area: one
                .area
                .as_deref()
                .and_then(|code| code.parse().ok())
                .map_or_else(String::new, |code| book.short_name(&code)),
            programme: programme_zh(&known, &one.programme),
            money: yuan(one.fen.0),
            from: one.from.to_string(),
            office: office_zh(&book, &one.office),
            origin: match one.origin.as_str() {
                "roll" => "花名册接入",
                "case" => "申请审批",
                _ => "确认发放",
            },
            state: state_zh(&one.state),
            pill: state_pill(&one.state),
        })
        .collect();
    let columns = [
        Column::new("姓名"),
        Column::new("待遇"),
        Column::number("月额（元）"),
        Column::new("起享日"),
        Column::new("发放单位"),
        Column::new("来源"),
        Column::new("状态"),
    ];
    Ok(ui::page_no_store(GrantsPage {
        shell: ctx.shell("在享台账"),
        table: Table::new("在享台账", &columns, "/grants", &query),
        tiles: vec![
            ui::tile("项次", ui::text::grouped(total.unsigned_abs())).note("一人享两项算两项"),
            ui::tile("月金额", yuan(fen)).unit("元"),
        ],
        rows,
        pager: Pager::new(
            "/grants",
            &query,
            Total::Exact(total.unsigned_abs()),
            None,
            None,
        ),
        programmes: paid_here(&ctx).await?,
        states: STATES
            .iter()
            .map(|(key, name)| Choice::new(*key, *name))
            .collect(),
        query,
    }))
}
