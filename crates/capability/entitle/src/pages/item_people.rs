//! The people of an item in one state: 符合, 在享, 应享未享, 待核实, 可申请, 不符合.

use super::words;
use crate::columns::Listed;
use crate::standing::bit;
use crate::store::answers::Wanted;
use askama::Template;
use axum::extract::{Path, RawQuery};
use host::{Ctx, Page};
use kernel::Fen;
use people::api::Person;
use rules::FactId;
use serde_json::json;
use store::Audit;
use ui::{Choice, Column, ListQuery, ListSpec, PageError, Pager, Shell, Table, Total};

const SPEC: ListSpec = ListSpec {
    filters: &["state", "area"],
    sorts: &[],
    default_sort: "",
    default_desc: false,
};

/// Key, column, words.
pub(crate) const STATES: &[(&str, &str)] = &[
    ("yes", "符合"),
    ("receiving", "在享"),
    ("owed", "应享未享"),
    ("undue", "不应享仍享"),
    ("unknown", "待核实"),
    ("ask", "可申请"),
    ("no", "不符合"),
];

struct Row {
    href: String,
    name: String,
    age: String,
    area: String,
    apart: bool,
    living: String,
    tags: Vec<String>,
    money: String,
}

struct Tab {
    title: &'static str,
    href: String,
    active: bool,
}

#[derive(Template)]
#[template(path = "pages/item_people.html")]
struct ItemPeoplePage {
    shell: Shell,
    query: ListQuery,
    path: String,
    export: Option<String>,
    tabs: Vec<Tab>,
    areas: Vec<Choice>,
    basis: &'static str,
    table: Table,
    rows: Vec<Row>,
    pager: Pager,
    state: &'static str,
    today: String,
}

/// `GET /list/{no}/people`
pub(crate) async fn get(ctx: Ctx, Path(no): Path<u16>, RawQuery(raw): RawQuery) -> Page {
    let query = ListQuery::parse(raw.as_deref(), &SPEC)
        .map_err(|error| PageError::bad_request(error.to_string()))?;
    let published = words::in_force(&ctx)?;
    let item = published.list.item(no).ok_or_else(PageError::not_found)?;
    let (book, scope, today) = (words::areas(&ctx)?, ctx.scope(), ctx.today());
    let asked = query.filter("state").unwrap_or("yes");
    let (state, title) = STATES
        .iter()
        .find(|(key, _)| *key == asked)
        .ok_or_else(|| PageError::bad_request("没有这种状态"))?;
    let areas = words::counted_areas(&ctx, &published, query.filter("area"))?;
    let wanted = Wanted {
        state,
        bit: bit(no),
        high: false,
        basis: item.service.area_basis,
        areas,
        skip: query.offset() as i64,
        most: i64::from(query.size),
    };
    let Listed { total, page } = crate::columns::look(&ctx.app, &scope, &wanted).await?;
    let ids: Vec<String> = page.iter().map(|(id, _)| id.clone()).collect();
    let entry = Audit::new("list.people")
        .with("no", i64::from(no))
        .with("state", *state)
        .with("count", counted(total))
        .with("keys", json!(ids));
    ctx.log_reads(&[entry]).await?;
    let persons = people::api::of_ids(&ctx.app.store, &scope, ids).await?;
    let find = |id: &str| persons.iter().find(|person| person.key.id == id);
    let rows = page
        .iter()
        .filter_map(|(id, answered)| Some((find(id)?, answered)))
        .map(|(person, answered)| Row {
            href: format!("/people/{}?tab=entitlement#item-{no}", person.key.id),
            name: person.name.clone(),
            age: people::api::words::age(&person.facts, today),
            area: people::api::words::area(&book, person, basis_fact(item.service.area_basis)),
            apart: person.lives_apart(),
            living: people::api::words::living(&person.facts),
            tags: tags(person, today),
            money: answered
                .standing
                .amounts
                .get(&no)
                .map(|fen| words::amount(*fen, item.service.benefit.unit))
                .unwrap_or_default(),
        })
        .collect();
    let path = format!("/list/{no}/people");
    let area_key = query
        .filter("area")
        .map(|area| format!("&area={area}"))
        .unwrap_or_default();
    let columns = [
        Column::new("姓名"),
        Column::number("年龄"),
        Column::new(words::basis_zh(item.service.area_basis)),
        Column::new("居住状况"),
        Column::new("类别"),
        Column::number("标准"),
    ];
    Ok(ui::page_no_store(ItemPeoplePage {
        shell: ctx
            .shell(format!("{}：{title}", item.service.name))
            .crumb("服务清单", "/list")
            .crumb(format!("{no} {}", item.service.name), format!("/list/{no}"))
            .path("/list")
            .mark_active()
            .path(ctx.path().to_owned()),
        export: host::export_href(
            &ctx.actor(),
            "entitle.item_people",
            &query,
            &[("no", &no.to_string())],
        ),
        tabs: STATES
            .iter()
            .map(|(key, title)| Tab {
                title,
                href: format!("{path}?state={key}{area_key}"),
                active: key == state,
            })
            .collect(),
        areas: people::api::area_choices(&ctx, &book, query.filter("area")),
        basis: words::basis_zh(item.service.area_basis),
        table: Table::new(title, &columns, &path, &query),
        pager: Pager::new(&path, &query, total, None, None),
        rows,
        state,
        today: today.zh(),
        path,
        query,
    }))
}

/// How many for the log; one more than the cap where counting stopped.
pub(crate) fn counted(total: Total) -> i64 {
    match total {
        Total::Exact(n) => n as i64,
        Total::Over(n) => n as i64 + 1,
    }
}

pub(crate) fn basis_fact(basis: rules::folder::AreaBasis) -> FactId {
    match basis {
        rules::folder::AreaBasis::Hukou => FactId::HUKOU_AREA,
        _ => FactId::RESIDENCE_AREA,
    }
}

pub(crate) fn tags(person: &Person, today: kernel::Day) -> Vec<String> {
    people::api::words::tags(&person.facts, today)
        .into_iter()
        .filter(|tag| !["独居", "空巢", "机构入住"].contains(&tag.as_str()))
        .collect()
}

/// «1,234.00» for templates elsewhere.
pub(crate) fn yuan(fen: i64) -> String {
    Fen(fen).to_string()
}
