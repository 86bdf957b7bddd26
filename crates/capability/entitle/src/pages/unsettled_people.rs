//! The people for whom one fact is missing, and what it would decide.

use super::words;
use crate::columns::Listed;
use crate::standing::bit;
use crate::store::answers::Wanted;
use askama::Template;
use axum::extract::{Path, RawQuery};
use host::{Ctx, Page};
use rules::FactId;
use rules::folder::AreaBasis;
use serde_json::json;
use store::Audit;
use ui::{Choice, Column, ListQuery, ListSpec, PageError, Pager, Shell, Table};

const SPEC: ListSpec = ListSpec {
    filters: &["area"],
    sorts: &[],
    default_sort: "",
    default_desc: false,
};

struct Row {
    href: String,
    name: String,
    age: String,
    area: String,
    items: String,
    missing: String,
    settle: Option<String>,
}

#[derive(Template)]
#[template(path = "pages/unsettled_people.html")]
struct UnsettledPeoplePage {
    shell: Shell,
    query: ListQuery,
    path: String,
    export: Option<String>,
    areas: Vec<Choice>,
    table: Table,
    rows: Vec<Row>,
    pager: Pager,
    says: &'static str,
    settled_by: &'static str,
}

/// `GET /unsettled/{fact}`
pub(crate) async fn get(ctx: Ctx, Path(name): Path<String>, RawQuery(raw): RawQuery) -> Page {
    let query = ListQuery::parse(raw.as_deref(), &SPEC)
        .map_err(|error| PageError::bad_request(error.to_string()))?;
    let fact: FactId = rules::facts::find(&name).ok_or_else(PageError::not_found)?;
    let published = words::in_force(&ctx)?;
    let (book, scope, today, store) = (
        words::areas(&ctx)?,
        ctx.scope(),
        ctx.today(),
        &ctx.app.store,
    );
    let areas = words::counted_areas(&ctx, &published, query.filter("area"))?;
    let (high, place) = if fact.index() >= 64 {
        (true, fact.index() - 64)
    } else {
        (false, fact.index())
    };
    let wanted = Wanted {
        state: "missing",
        bit: 1 << place,
        high,
        basis: AreaBasis::Residence,
        areas,
        skip: query.offset() as i64,
        most: i64::from(query.size),
    };
    let Listed { total, page } = crate::columns::look(&ctx.app, &scope, &wanted).await?;
    let ids: Vec<String> = page.iter().map(|(id, _)| id.clone()).collect();
    ctx.log_reads(&[Audit::new("list.unsettled_people")
        .with("fact", name.clone())
        .with("count", super::item_people::counted(total))
        .with("keys", json!(ids))])
        .await?;
    let persons = people::api::of_ids(store, &scope, ids).await?;
    let may_settle = authz::Action::CorrectFact {
        offices: fact.def().owner,
    }
    .allowed_to(ctx.actor().role);
    let rows = page
        .iter()
        .filter_map(|(id, answered)| {
            Some((
                persons.iter().find(|person| person.key.id == *id)?,
                answered,
            ))
        })
        .map(|(person, answered)| {
            let items: Vec<String> = published
                .list
                .items()
                .iter()
                .filter(|item| answered.standing.unknown & bit(item.service.no) != 0)
                .map(|item| item.service.name.clone())
                .collect();
            Row {
                href: format!("/people/{}?tab=entitlement", person.key.id),
                name: person.name.clone(),
                age: people::api::words::age(&person.facts, today),
                area: people::api::words::area(&book, person, FactId::RESIDENCE_AREA),
                items: items.join("、"),
                missing: super::unsettled::missing_words(
                    answered.standing.missing & !(1 << fact.index()),
                ),
                settle: may_settle
                    .then(|| format!("/people/{}/facts/{}/correction", person.key.id, fact.name())),
            }
        })
        .collect();
    let path = format!("/unsettled/{name}");
    let columns = [
        Column::new("姓名"),
        Column::number("年龄"),
        Column::new("常住地"),
        Column::new("等着判断的项目"),
        Column::new("还缺别的"),
        Column::new("办理"),
    ];
    Ok(ui::page_no_store(UnsettledPeoplePage {
        shell: ctx
            .shell(format!("缺「{}」的人员", fact.def().zh))
            .crumb("服务清单", "/list")
            .crumb("待核实", "/unsettled"),
        export: host::export_href(
            &ctx.actor(),
            "entitle.unsettled",
            &query,
            &[("fact", &name)],
        ),
        areas: people::api::area_choices(&ctx, &book, query.filter("area")),
        table: Table::new("待核实人员", &columns, &path, &query),
        pager: Pager::new(&path, &query, total, None, None),
        rows,
        says: fact.def().says,
        settled_by: fact.def().settled_by.zh(),
        path,
        query,
    }))
}
