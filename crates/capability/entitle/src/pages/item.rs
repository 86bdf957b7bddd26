//! One item: its clause, its conditions in words, parameters, examples, programmes, history, and its counts by the
//! areas below.

mod parts;

use super::{reasons, words};
use askama::Template;
use axum::extract::Path;
use host::{Ctx, Page};
use kernel::AreaCode;
use parts::{Case, Change, Param, Programme};
use plan::api::PlanBook;
use store::Audit;
use ui::{PageError, Shell};

struct Clause {
    says: String,
    when: String,
    facts: String,
}

/// One count of an area in a state.
struct Cell {
    state: &'static str,
    title: &'static str,
    n: i64,
    /// Money that nobody told us about is not 0 (invariant 9).
    known: bool,
}

struct AreaRow {
    name: String,
    key: String,
    counts: Vec<Cell>,
}

/// States of the counts by area, in the order of their columns.
const STATES: [(&str, &str); 5] = [
    ("yes", "符合"),
    ("receiving", "在享"),
    ("owed", "应享未享"),
    ("unknown", "待核实"),
    ("ask", "可申请"),
];

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
    params: Vec<Param>,
    cases: Vec<Case>,
    programmes: Vec<Programme>,
    history: Vec<Change>,
    rows: Vec<AreaRow>,
    totals: Vec<Cell>,
    household: bool,
    names: bool,
    today: String,
}

impl ItemPage {
    fn passed(&self) -> usize {
        self.cases.iter().filter(|case| case.pass).count()
    }
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
    let programmes = parts::programmes(&published, no, (&connected, &below));
    // Where no programme of it is connected, nobody is known to receive it (invariant 9).
    let told = |areas: &[AreaCode]| {
        let mut paying = published.list.programmes().iter();
        paying.any(|row| {
            row.programme.fulfils.contains(&no) && connected.within(&row.programme.id, areas)
        })
    };
    let cells = |told: bool, count: &dyn Fn(&str) -> i64| {
        STATES
            .iter()
            .map(|(state, title)| Cell {
                state,
                title,
                n: count(state),
                known: told || !matches!(*state, "receiving" | "owed"),
            })
            .collect::<Vec<_>>()
    };
    let of = |code: &AreaCode, state: &str| {
        let key = (code.to_string(), no, state.to_owned());
        counts.get(&key).copied().unwrap_or(0)
    };
    let rows: Vec<AreaRow> = below
        .iter()
        .map(|code| AreaRow {
            name: book.full_name(code),
            key: code.to_string(),
            counts: cells(told(&[*code]), &|state| of(code, state)),
        })
        .collect();
    let totals = cells(told(&below), &|state| {
        below.iter().map(|code| of(code, state)).sum()
    });
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
    let (document, section, quote) = reasons::source_of(&service.source);
    let today = ctx.today();
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
        params: parts::params(&published, no, today),
        cases: parts::cases(published.of_city(), no)?,
        programmes,
        history: parts::history(ctx.app.part::<PlanBook>()?.as_ref(), no),
        rows,
        totals,
        household: service.beneficiary == rules::folder::Beneficiary::Household,
        names: !crate::counts_only(ctx.actor().role),
        today: today.zh(),
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
