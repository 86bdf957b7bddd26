//! One item: its clause, its conditions in words, its programme, its counts by the areas below.

use super::{reasons, words};
use askama::Template;
use axum::extract::Path;
use host::{Ctx, Page};
use kernel::AreaCode;
use store::Audit;
use ui::{PageError, Shell};

struct Clause {
    says: String,
    when: String,
    facts: String,
}

struct Programme {
    name: String,
    decides: String,
    pays: String,
    cycle: &'static str,
    publicity: String,
    system: String,
    connected: bool,
    stacking: String,
    confirm: bool,
}

struct AreaRow {
    name: String,
    key: String,
    counts: Vec<i64>,
}

#[derive(Template)]
#[template(path = "pages/item.html")]
struct ItemPage {
    shell: Shell,
    no: u16,
    content: String,
    audience: String,
    service_type: String,
    lead: String,
    access: String,
    basis: &'static str,
    document: String,
    section: String,
    quote: String,
    note: String,
    clauses: Vec<Clause>,
    tiers: Vec<String>,
    programmes: Vec<Programme>,
    rows: Vec<AreaRow>,
    names: bool,
    cases: usize,
}

/// `GET /list/{no}`
pub(crate) async fn get(ctx: Ctx, Path(no): Path<u16>) -> Page {
    let published = words::in_force(&ctx)?;
    let item = published.list.item(no).ok_or_else(PageError::not_found)?;
    let service = &item.service;
    let book = words::areas(&ctx)?;
    let store = &ctx.app.store;
    let connected = crate::store::receipts::connected(store).await?;
    ctx.log_reads(&[Audit::new("list.item").with("no", i64::from(no))])
        .await?;
    let below = below(&ctx, &published, &book)?;
    let counts = crate::store::tallies::by_area(store, no, &below).await?;
    let rows = below
        .iter()
        .map(|code| AreaRow {
            name: book.full_name(code),
            key: code.to_string(),
            counts: ["yes", "receiving", "owed", "unknown", "ask"]
                .iter()
                .map(|state| {
                    counts
                        .get(&(code.to_string(), no, (*state).to_owned()))
                        .copied()
                        .unwrap_or(0)
                })
                .collect(),
        })
        .collect();
    let clauses = item
        .conditions
        .iter()
        .zip(&item.says)
        .filter_map(|(id, says)| {
            let condition = published.list.condition(*id)?;
            let facts = condition
                .reads
                .iter()
                .map(|fact| fact.def().zh)
                .collect::<Vec<_>>()
                .join("、");
            Some(Clause {
                says: says.clone(),
                when: condition.text.clone(),
                facts,
            })
        })
        .collect();
    let programmes = published
        .list
        .programmes()
        .iter()
        .filter(|row| row.programme.fulfils.contains(&no))
        .map(|row| {
            let programme = &row.programme;
            let mut stacking = Vec::new();
            if programme.highest_of.is_some() {
                let others: Vec<&str> = published
                    .list
                    .programmes()
                    .iter()
                    .filter(|other| {
                        other.programme.highest_of == programme.highest_of
                            && other.programme.id != programme.id
                    })
                    .map(|other| other.programme.name.as_str())
                    .collect();
                stacking.push(format!("与{}择高发放", others.join("、")));
            }
            if !programme.excludes.is_empty() {
                let others: Vec<&str> = programme
                    .excludes
                    .iter()
                    .map(|id| words::programme(&published, id).0)
                    .collect();
                stacking.push(format!("不与{}同时享受", others.join("、")));
            }
            Programme {
                name: programme.name.clone(),
                decides: programme.decides.clone(),
                pays: programme.pays.clone(),
                cycle: words::cycle_zh(programme.cycle),
                publicity: programme.publicity.clone(),
                system: programme.system.clone(),
                connected: connected.contains(&programme.id),
                stacking: stacking.join("；"),
                confirm: programme.confirm,
            }
        })
        .collect();
    let (document, section, quote) = reasons::source_of(&service.source);
    Ok(ui::page(ItemPage {
        shell: ctx
            .shell(format!("{no} {}", service.name))
            .crumb("服务清单", "/list")
            .crumb("清单管理", "/list"),
        no,
        content: service.content.clone(),
        audience: service.audience.clone(),
        service_type: service.service_type.clone(),
        lead: service.lead.join("、"),
        access: service.access.clone(),
        basis: words::basis_zh(service.area_basis),
        document,
        section,
        quote,
        note: service.note.clone().unwrap_or_default(),
        clauses,
        tiers: item.tiers.iter().map(|tier| tier.tier.clone()).collect(),
        programmes,
        rows,
        names: !crate::counts_only(ctx.actor().role),
        cases: published
            .folder
            .cases
            .iter()
            .filter(|case| case.service == no)
            .count(),
    }))
}

/// The areas directly below the scope: counties for the city, towns for a county, villages for a town.
fn below(
    ctx: &Ctx,
    published: &plan::api::Published,
    book: &area::api::AreaBook,
) -> Result<Vec<AreaCode>, host::Failure> {
    let tops = words::counted_areas(ctx, published, None)?;
    if let [only] = tops.as_slice() {
        let children: Vec<AreaCode> = book.children(only).iter().map(|area| area.code).collect();
        return Ok(if children.is_empty() { tops } else { children });
    }
    Ok(tops)
}
