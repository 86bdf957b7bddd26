//! 清单管理: the list in force with counts by area, leading to items and people.

use super::words;
use askama::Template;
use axum::extract::RawQuery;
use host::{Ctx, Page};
use kernel::Day;
use store::Audit;
use ui::{Choice, ListQuery, ListSpec, PageError, Shell};

const SPEC: ListSpec = ListSpec {
    filters: &["area"],
    sorts: &[],
    default_sort: "",
    default_desc: false,
};

struct Row {
    no: u16,
    name: String,
    audience: String,
    service_type: String,
    lead: String,
    access: String,
    standard: String,
    basis: &'static str,
    household: bool,
    yes: String,
    receiving: Option<String>,
    owed: Option<String>,
    unknown: String,
    ask: String,
}

struct Class {
    name: String,
    rows: Vec<Row>,
}

#[derive(Template)]
#[template(path = "pages/item_list.html")]
struct ItemListPage {
    shell: Shell,
    query: ListQuery,
    areas: Vec<Choice>,
    version: String,
    document: String,
    area: String,
    area_key: String,
    overlay: bool,
    past: Option<String>,
    classes: Vec<Class>,
    names: bool,
    today: String,
}

/// `GET /list`
pub(crate) async fn get(ctx: Ctx, RawQuery(raw): RawQuery) -> Page {
    let query = ListQuery::parse(raw.as_deref(), &SPEC)
        .map_err(|error| PageError::bad_request(error.to_string()))?;
    let published = words::in_force(&ctx)?;
    let book = words::areas(&ctx)?;
    let areas = words::counted_areas(&ctx, &published, query.filter("area"))?;
    let store = &ctx.app.store;
    let counts = crate::api::counts(store, &areas).await?;
    let connected = crate::store::receipts::connected(store).await?;
    ctx.log_reads(&[Audit::new("list.counts").with("area", query.filter("area").unwrap_or(""))])
        .await?;
    let today = ctx.today();
    let mut rows = Vec::new();
    for item in published.list.items() {
        let service = &item.service;
        let n = |state: &str| {
            counts
                .get(&(service.no, state.to_owned()))
                .copied()
                .unwrap_or(0)
        };
        let household = service.beneficiary == rules::folder::Beneficiary::Household;
        let yes = if household {
            crate::store::answers::households(
                store,
                crate::standing::bit(service.no),
                service.area_basis,
                &areas,
            )
            .await?
        } else {
            n("yes")
        };
        let programmes: Vec<&rules::CompiledProgramme> = published
            .list
            .programmes()
            .iter()
            .filter(|row| row.programme.fulfils.contains(&service.no))
            .collect();
        let is_connected = programmes
            .iter()
            .any(|row| connected.contains(&row.programme.id));
        let money = |state: &str| is_connected.then(|| ui::grouped(n(state) as u64));
        rows.push(Row {
            no: service.no,
            name: service.name.clone(),
            audience: service.audience.clone(),
            service_type: service.service_type.clone(),
            lead: service.lead.join("、"),
            access: service.access.clone(),
            standard: standard(&published, item, today),
            basis: words::basis_zh(service.area_basis),
            household,
            yes: ui::grouped(yes as u64),
            receiving: if programmes.is_empty() {
                Some(String::new())
            } else {
                money("receiving")
            },
            owed: if programmes.is_empty() {
                Some(String::new())
            } else {
                money("owed")
            },
            unknown: ui::grouped(n("unknown") as u64),
            ask: ui::grouped(n("ask") as u64),
        });
    }
    let head = published.list.head();
    let classes = head
        .classes
        .iter()
        .map(|class| Class {
            name: class.name.clone(),
            rows: extract(&mut rows, class.from, class.until),
        })
        .chain(std::iter::once_with(Vec::new).map(|rows| Class {
            name: String::new(),
            rows,
        }))
        .filter(|class| !class.rows.is_empty())
        .collect();
    let chosen = query.filter("area").and_then(|text| text.parse().ok());
    let document = published.list.plan().documents.first();
    Ok(ui::page(ItemListPage {
        shell: ctx.shell("清单管理").crumb("服务清单", "/list"),
        areas: people::api::area_choices(&ctx, &book, query.filter("area")),
        version: head.version.zh(),
        document: document
            .map(|document| document.number.clone())
            .unwrap_or_default(),
        area: chosen.map_or_else(
            || ctx.actor().scope_name,
            |code: kernel::AreaCode| book.full_name(&code),
        ),
        area_key: query
            .filter("area")
            .map(|area| format!("&area={area}"))
            .unwrap_or_default(),
        overlay: published.list.overlay_digest().is_some(),
        past: document
            .and_then(|document| document.until)
            .filter(|until| *until < today)
            .map(Day::zh),
        classes,
        names: !crate::counts_only(ctx.actor().role),
        today: today.zh(),
        query,
    }))
}

fn extract(rows: &mut Vec<Row>, from: u16, until: u16) -> Vec<Row> {
    let (inside, outside) = std::mem::take(rows)
        .into_iter()
        .partition(|row: &Row| (from..=until).contains(&row.no));
    *rows = outside;
    inside
}

/// What an item gives, in few words: the amounts its parameters can take today, or its kind.
fn standard(published: &plan::api::Published, item: &rules::Item, today: Day) -> String {
    let Some(amount) = &item.amount else {
        return words::kind_zh(item.service.benefit.kind).to_owned();
    };
    let mut values: Vec<i64> = Vec::new();
    for table in amount
        .asks
        .params
        .iter()
        .filter_map(|id| published.list.param(*id))
    {
        if table.unit != rules::folder::ParamUnit::Fen {
            continue;
        }
        for value in table.in_force(today) {
            if let rules::folder::ParamValue::Int(fen) = value.value {
                values.push(fen);
            }
        }
    }
    let unit = item.service.benefit.unit;
    match (values.iter().min(), values.iter().max()) {
        (Some(low), Some(high)) if low == high => words::amount(*low, unit),
        (Some(_), Some(_)) if amount.text.contains("pct(") => "按比例".to_owned(),
        (Some(low), Some(high)) => format!("{}—{}", kernel::Fen(*low), words::amount(*high, unit)),
        _ => "待当地确认".to_owned(),
    }
}
