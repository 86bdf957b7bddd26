//! 待核实: grouped by the fact that is missing — how many people, what it would decide, the cheapest way.

use super::words;
use crate::standing::facts_of;
use askama::Template;
use axum::extract::RawQuery;
use host::{Ctx, Page};
use rules::FactId;
use store::Audit;
use ui::{Choice, ListQuery, ListSpec, PageError, Shell};

const SPEC: ListSpec = ListSpec {
    filters: &["area"],
    sorts: &[],
    default_sort: "",
    default_desc: false,
};

struct Row {
    href: String,
    zh: &'static str,
    says: &'static str,
    owner: String,
    people: String,
    items: String,
    way: &'static str,
    order: u8,
    n: i64,
}

#[derive(Template)]
#[template(path = "pages/unsettled.html")]
struct UnsettledPage {
    shell: Shell,
    query: ListQuery,
    areas: Vec<Choice>,
    people: String,
    rows: Vec<Row>,
    today: String,
}

/// `GET /unsettled`
pub(crate) async fn get(ctx: Ctx, RawQuery(raw): RawQuery) -> Page {
    let query = ListQuery::parse(raw.as_deref(), &SPEC)
        .map_err(|error| PageError::bad_request(error.to_string()))?;
    let published = words::in_force(&ctx)?;
    let book = words::areas(&ctx)?;
    let areas = words::counted_areas(&ctx, &published, query.filter("area"))?;
    let counts = crate::api::counts(&ctx.app.store, &areas).await?;
    ctx.log_reads(&[Audit::new("list.unsettled")]).await?;
    let area_key = query
        .filter("area")
        .map(|area| format!("?area={area}"))
        .unwrap_or_default();
    let mut rows: Vec<Row> = FactId::all()
        .filter_map(|fact| {
            let n = counts
                .get(&(0, format!("missing:{}", fact.name())))
                .copied()
                .filter(|n| *n > 0)?;
            let def = fact.def();
            let (way, order) = way(fact);
            Some(Row {
                href: format!("/unsettled/{}{area_key}", def.name),
                zh: def.zh,
                says: def.says,
                owner: def.owner.join("、"),
                people: ui::grouped(n as u64),
                items: asking(&published, fact),
                way,
                order,
                n,
            })
        })
        .collect();
    // Cheapest first (product.md 2): match with a department, then an assessment, then a door.
    rows.sort_by(|a, b| a.order.cmp(&b.order).then(b.n.cmp(&a.n)));
    let people = counts.get(&(0, "unknown".to_owned())).copied().unwrap_or(0);
    Ok(ui::page(UnsettledPage {
        shell: ctx.shell("待核实").crumb("服务清单", "/list"),
        areas: people::api::area_choices(&ctx, &book, query.filter("area")),
        people: ui::grouped(people as u64),
        rows,
        today: ctx.today().zh(),
        query,
    }))
}

/// The cheapest way to settle a fact, and its place in the order.
fn way(fact: FactId) -> (&'static str, u8) {
    use rules::facts::SettledBy;
    match fact.def().settled_by {
        SettledBy::Roster if fact.def().roll => ("向部门要全量名单，一次补齐，不用入户", 0),
        SettledBy::Roster => ("部门比对，不用入户", 1),
        SettledBy::Assessment => ("评估结果认定；不因此派评估", 2),
        SettledBy::Visit => ("下次走访时顺带问；只对高风险老人专门派", 3),
        SettledBy::Request | SettledBy::None => ("本人提出时再核", 4),
    }
}

/// Items whose conditions ask a fact, by name.
fn asking(published: &plan::api::Published, fact: FactId) -> String {
    let names: Vec<String> = published
        .list
        .items()
        .iter()
        .filter(|item| {
            item.conditions
                .iter()
                .filter_map(|id| published.list.condition(*id))
                .any(|condition| published.list.facts_read(&condition.asks).contains(&fact))
        })
        .map(|item| item.service.name.clone())
        .collect();
    match names.as_slice() {
        [] => String::new(),
        [a] => a.clone(),
        [a, b] => format!("{a}、{b}"),
        [a, b, rest @ ..] => format!("{a}、{b}等 {} 项", rest.len() + 2),
    }
}

/// Facts of a mask, for the list of people.
pub(crate) fn missing_words(mask: u128) -> String {
    facts_of(mask)
        .map(|fact| fact.def().zh)
        .collect::<Vec<_>>()
        .join("、")
}
