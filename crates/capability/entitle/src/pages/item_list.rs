//! 清单管理: the list in force with its version and check, its items with counts by area, leading to items and
//! people.

mod version;

use super::words;
use askama::Template;
use axum::extract::RawQuery;
use host::{Ctx, Page};
use kernel::Day;
use store::Audit;
use ui::{Choice, ListQuery, ListSpec, PageError, Shell};

const SPEC: ListSpec = ListSpec {
    filters: &["area", "type", "access", "q"],
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
    cycle: &'static str,
    basis: &'static str,
    household: bool,
    confirm: bool,
    yes: String,
    receiving: Option<String>,
    owed: Option<String>,
    unknown: String,
    ask: i64,
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
    types: Vec<Choice>,
    ways: Vec<Choice>,
    bar: version::Bar,
    /// The list of one's own county: begin it, or go on.
    drafting: Option<plan::api::Drafting>,
    document: String,
    area: String,
    area_key: String,
    overlay: bool,
    past: Option<String>,
    classes: Vec<Class>,
    /// Open 应享未享 of the items shown, and whether any of them is connected.
    owed: Option<String>,
    shown: usize,
    all: usize,
    names: bool,
    today: String,
}

impl ItemListPage {
    fn chosen(&self, key: &str) -> &str {
        self.query.filter(key).unwrap_or_default()
    }
}

/// `GET /list`
pub(crate) async fn get(ctx: Ctx, RawQuery(raw): RawQuery) -> Page {
    let query = ListQuery::parse(raw.as_deref(), &SPEC)
        .map_err(|error| PageError::bad_request(error.to_string()))?;
    known(&query, "type", rules::folder::SERVICE_TYPES)?;
    known(&query, "access", rules::folder::ACCESS)?;
    let published = words::in_force(&ctx)?;
    let book = words::areas(&ctx)?;
    let areas = words::counted_areas(&ctx, &published, query.filter("area"))?;
    let store = &ctx.app.store;
    let counts = crate::api::counts(store, &areas).await?;
    let connected = crate::store::receipts::connected(store).await?;
    ctx.log_reads(&[Audit::new("list.counts").with("area", query.filter("area").unwrap_or(""))])
        .await?;
    let today = ctx.today();
    let (mut rows, mut owed, mut any) = (Vec::new(), 0, false);
    for item in published.list.items() {
        let service = &item.service;
        if !wanted(&query, service) {
            continue;
        }
        let n = |state: &str| {
            counts
                .get(&(service.no, state.to_owned()))
                .copied()
                .unwrap_or(0)
        };
        let household = service.beneficiary == rules::folder::Beneficiary::Household;
        let yes = if household {
            crate::columns::households(
                &ctx.app,
                crate::standing::bit(service.no),
                service.area_basis,
                &areas,
            )
            .await?
        } else {
            n("yes")
        };
        let mut programmes = published
            .list
            .programmes()
            .iter()
            .filter(|row| row.programme.fulfils.contains(&service.no))
            .peekable();
        // Items that no programme pays have nobody in payment: a dash, not 未接入.
        let paid = programmes.peek().is_some();
        let cycle = programmes.peek().map_or("", |row| row.programme.cycle.zh());
        let is_connected = programmes.any(|row| connected.within(&row.programme.id, &areas));
        if is_connected {
            owed += n("owed");
            any = true;
        }
        let money = |state: &str| {
            if paid {
                is_connected.then(|| ui::grouped(n(state) as u64))
            } else {
                Some(String::new())
            }
        };
        rows.push(Row {
            no: service.no,
            name: service.name.clone(),
            audience: service.audience.clone(),
            service_type: service.service_type.clone(),
            lead: service.lead.join("、"),
            access: service.access.clone(),
            standard: standard(&published, item, today),
            cycle,
            basis: words::basis_zh(service.area_basis),
            household,
            confirm: service.confirm,
            yes: ui::grouped(yes as u64),
            receiving: money("receiving"),
            owed: money("owed"),
            unknown: ui::grouped(n("unknown") as u64),
            ask: n("ask"),
        });
    }
    let shown = rows.len();
    let head = published.list.head();
    let mut classes: Vec<Class> = head
        .classes
        .iter()
        .map(|class| Class {
            name: class.name.clone(),
            rows: extract(&mut rows, class.from, class.until),
        })
        .collect();
    classes.push(Class {
        name: "其他项目".to_owned(),
        rows,
    });
    classes.retain(|class| !class.rows.is_empty());
    let chosen = query.filter("area").and_then(|text| text.parse().ok());
    let document = published.list.plan().documents.first();
    let choices = |words: &[&str]| words.iter().map(|word| Choice::new(*word, *word)).collect();
    Ok(ui::page(ItemListPage {
        shell: ctx.shell("清单管理").crumb("服务清单", "/list"),
        areas: people::api::area_choices(&ctx, &book, query.filter("area")),
        types: choices(rules::folder::SERVICE_TYPES),
        ways: choices(rules::folder::ACCESS),
        drafting: plan::api::drafting(&ctx).await?,
        bar: version::bar(&ctx, &published).await?,
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
        owed: any.then(|| ui::grouped(owed as u64)),
        shown,
        all: published.list.items().len(),
        names: !crate::counts_only(ctx.actor().role),
        today: today.zh(),
        query,
    }))
}

/// A filter takes one of these words.
fn known(query: &ListQuery, key: &str, words: &[&str]) -> Result<(), host::Failure> {
    match query.filter(key).filter(|value| !words.contains(value)) {
        Some(value) => {
            let says = format!("查询条件「{key}」不能是「{value}」。");
            Err(PageError::bad_request(says)
                .link("看整份清单", "/list")
                .into())
        }
        None => Ok(()),
    }
}

fn wanted(query: &ListQuery, service: &rules::folder::Service) -> bool {
    let is = |key: &str, value: &str| query.filter(key).is_none_or(|asked| asked == value);
    let text = |asked: &str| {
        service.name.contains(asked)
            || service.audience.contains(asked)
            || service.content.contains(asked)
            || service.lead.iter().any(|lead| lead.contains(asked))
            || service.no.to_string() == asked
    };
    is("type", &service.service_type)
        && is("access", &service.access)
        && query.filter("q").is_none_or(text)
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
