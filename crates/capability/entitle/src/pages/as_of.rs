//! 历史名单: a list as of a day, as known at a moment, asked for and counted (row C03, invariant 5).

use super::trials::state;
use super::words;
use crate::as_of::{AsOf, Count, Counts, store as rows};
use crate::trial::State;
use area::api::AreaBook;
use askama::Template;
use axum::extract::{Path, RawQuery};
use host::{Ctx, Page};
use kernel::area_code::Level;
use kernel::{AreaCode, Fen, Instant};
use plan::api::PlanBook;
use std::collections::BTreeMap;
use store::{Audit, StoreError};
use ui::{
    Choice, Details, Field, Form, FormData, ListQuery, ListSpec, PageError, Pill, Shell, grouped,
};

/// Where lists of the past are asked for.
const AS_OF: &str = "/list/as-of";
/// How many are listed.
const MOST: i64 = 50;
const SPEC: ListSpec = ListSpec {
    filters: &["no"],
    sorts: &[],
    default_sort: "",
    default_desc: false,
};

struct Row {
    href: String,
    what: String,
    day: String,
    known: String,
    asked: String,
    state: Pill,
}

#[derive(Template)]
#[template(path = "pages/as_of.html")]
struct AsOfPage {
    shell: Shell,
    form: Form,
    items: Vec<Choice>,
    rows: Vec<Row>,
}

impl AsOfPage {
    fn item(&self) -> Field {
        let items = self.items.clone();
        self.form
            .field(Field::select("no", "哪一项", items).blank("全部项目"))
    }

    fn day(&self) -> Field {
        let hint = "那天谁符合：按那天生效的清单和那天的情况。";
        self.form
            .field(Field::date("day", "按哪一天").required().hint(hint))
    }

    fn known(&self) -> Field {
        let hint = "只用到这天为止登记的；不填按现在掌握的。";
        self.form
            .field(Field::date("known", "按什么时候掌握的").hint(hint))
    }
}

/// `GET /list/as-of`
pub(crate) async fn get(ctx: Ctx, RawQuery(raw): RawQuery) -> Page {
    let query = ListQuery::parse(raw.as_deref(), &SPEC)
        .map_err(|error| PageError::bad_request(error.to_string()))?;
    let mut form = Form::default();
    form.data.set("no", query.filter("no").unwrap_or_default());
    Ok(ui::page(page(&ctx, form).await?))
}

async fn page(ctx: &Ctx, form: Form) -> Result<AsOfPage, host::Failure> {
    let published = words::in_force(ctx)?;
    let plans = ctx.app.part::<PlanBook>()?;
    let asked = rows::latest(&ctx.app.store, MOST).await?;
    let items = published.list.items().iter();
    Ok(AsOfPage {
        shell: ctx.shell("历史名单").crumb("服务清单", "/list"),
        form,
        items: items
            .map(|item| {
                let service = &item.service;
                Choice::new(
                    service.no.to_string(),
                    format!("{} {}", service.no, service.name),
                )
            })
            .collect(),
        rows: asked
            .iter()
            .map(|asked| Row {
                href: format!("{AS_OF}/{}", asked.id),
                what: what(&plans, asked),
                day: asked.day.zh(),
                known: asked.known.minute(),
                asked: asked.asked_at.minute(),
                state: state(asked.state),
            })
            .collect(),
    })
}

fn what(plans: &PlanBook, asked: &AsOf) -> String {
    let list = plans.by_digest(&asked.digest);
    match asked.item {
        None => "全部项目".to_owned(),
        Some(no) => {
            let name = list.as_ref().and_then(|list| list.list.item(no));
            format!(
                "{no} {}",
                name.map_or("", |item| item.service.name.as_str())
            )
        }
    }
}

/// `POST /list/as-of`
pub(crate) async fn post(ctx: Ctx, data: FormData) -> Page {
    let mut form = Form::from(data);
    let (today, now) = (ctx.today(), ctx.app.clock().now());
    let day = form.day("day");
    match day {
        None if form.errors.of("day").is_none() => form.errors.add("day", "请写按哪一天"),
        Some(day) if day > today => form.errors.add("day", "还没有到这一天"),
        _ => {}
    }
    let known = match form.day("known") {
        Some(known) if known > today => {
            form.errors.add("known", "还没有到这一天");
            now
        }
        // Everything recorded on that day counts.
        Some(known) => Instant::at(known.plus_days(1), 0).plus_seconds(-1).min(now),
        None => now,
    };
    let plans = ctx.app.part::<PlanBook>()?;
    let published = day.and_then(|day| plans.in_force(day));
    if day.is_some() && published.is_none() {
        form.errors.add("day", "那天还没有生效的清单");
    }
    let item = match form.text("no") {
        None => None,
        Some(text) => {
            let no: Option<u16> = text.parse().ok();
            let there = no.filter(|no| {
                published
                    .as_ref()
                    .is_none_or(|published| published.list.item(*no).is_some())
            });
            if there.is_none() {
                form.errors.add("no", "那天的清单没有这一项");
            }
            there
        }
    };
    let (Some(day), Some(published), false) = (day, published, form.has_errors()) else {
        return Ok(ui::page_422(page(&ctx, form).await?));
    };
    let mut tx = ctx.begin().await?;
    let id = rows::start(&mut tx, item, day, known, &published.digest).await?;
    tx.commit().await?;
    let text = "已开始，全市大约几分钟。可以离开这个页面，结果会留着。";
    Ok(ctx.redirect_with(&format!("{AS_OF}/{id}"), "ok", text))
}

struct ItemRow {
    no: u16,
    name: String,
    basis: &'static str,
    yes: String,
    unknown: String,
    money: String,
    unit: &'static str,
}

struct AreaRow {
    name: String,
    yes: String,
    unknown: String,
    money: String,
}

#[derive(Template)]
#[template(path = "pages/as_of_one.html")]
struct OnePage {
    shell: Shell,
    id: String,
    state: Pill,
    open: bool,
    failed: bool,
    progress: String,
    head: Details,
    people: Option<String>,
    items: Vec<ItemRow>,
    /// By county, where one item was asked for.
    areas: Vec<AreaRow>,
    export: Option<String>,
}

/// `GET /list/as-of/{id}`
pub(crate) async fn one(ctx: Ctx, Path(id): Path<String>) -> Page {
    let asked = rows::get(&ctx.app.store, &id).await?;
    let asked = asked.ok_or_else(PageError::not_found)?;
    let (plans, book) = (ctx.app.part::<PlanBook>()?, words::areas(&ctx)?);
    let published = plans
        .by_digest(&asked.digest)
        .ok_or_else(PageError::not_found)?;
    let head = Details::default()
        .row("项目", what(&plans, &asked))
        .row("按哪一天", asked.day.zh())
        .row("当时掌握到", asked.known.minute())
        .row(
            "那天的清单",
            format!(
                "{} {}版",
                published.folder.list.name,
                published.folder.list.version.zh()
            ),
        );
    let counts: Option<Counts> = match &asked.result {
        Some(json) => Some(
            serde_json::from_str(json)
                .map_err(|error| StoreError::Other(format!("entitle_as_of {id}: {error}")))?,
        ),
        None => None,
    };
    let mine = counts
        .as_ref()
        .map(|counts| inside(&ctx, counts))
        .unwrap_or_default();
    if counts.is_some() {
        ctx.log_reads(&[Audit::new("as_of.read").subject(&asked.id)])
            .await?;
    }
    let areas = match asked.item.and_then(|no| mine.get(&no)) {
        Some(towns) => counties(&book, towns),
        None => Vec::new(),
    };
    let items = published
        .list
        .items()
        .iter()
        .filter(|item| counts.is_some() && asked.item.is_none_or(|no| no == item.service.no));
    let href = |no: Option<u16>| export(&ctx, &asked, no);
    Ok(ui::page(OnePage {
        shell: ctx
            .shell(format!("{}：按{}", what(&plans, &asked), asked.day.zh()))
            .crumb("服务清单", "/list")
            .crumb("历史名单", AS_OF),
        state: state(asked.state),
        open: asked.state.open(),
        failed: asked.state == State::Failed,
        progress: progress(&asked),
        head,
        people: counts.as_ref().map(|counts| grouped(counts.people)),
        items: items
            .map(|item| {
                let mut sum = Count::default();
                for count in mine
                    .get(&item.service.no)
                    .into_iter()
                    .flat_map(BTreeMap::values)
                {
                    sum.plus(count);
                }
                ItemRow {
                    no: item.service.no,
                    name: item.service.name.clone(),
                    basis: words::basis_zh(item.service.area_basis),
                    yes: grouped(sum.yes),
                    unknown: grouped(sum.unknown),
                    money: money(item.amount.is_some(), &sum),
                    unit: words::unit_zh(item.service.benefit.unit),
                }
            })
            .collect(),
        areas,
        export: counts.is_some().then(|| href(asked.item)).flatten(),
        id,
    }))
}

fn progress(asked: &AsOf) -> String {
    match asked.state {
        State::Waiting => "已排队，几秒内开始。".to_owned(),
        State::Running if asked.total > 0 => format!(
            "已算 {} 人，约 {}%。",
            grouped(asked.done.max(0) as u64),
            (asked.done * 100 / asked.total).clamp(0, 99)
        ),
        State::Running => "正在算。".to_owned(),
        State::Done => String::new(),
        State::Failed => asked.error.clone().unwrap_or_default(),
    }
}

fn money(paid: bool, count: &Count) -> String {
    if !paid {
        return "—".to_owned();
    }
    let known = Fen(count.fen).to_string();
    if count.unpriced > 0 {
        format!("{known}，{} 人标准未定", grouped(count.unpriced))
    } else {
        known
    }
}

/// The towns of the reader's scope.
fn inside(ctx: &Ctx, counts: &Counts) -> BTreeMap<u16, BTreeMap<String, Count>> {
    let scope = ctx.scope();
    let mine = |town: &str| match town.parse() {
        Ok(code) => scope.admits_area(&code),
        Err(_) => scope == authz::Scope::Everywhere,
    };
    let items = counts.items.iter().map(|(no, towns)| {
        let towns = towns.iter().filter(|(town, _)| mine(town));
        (
            *no,
            towns.map(|(town, count)| (town.clone(), *count)).collect(),
        )
    });
    items.collect()
}

fn counties(book: &AreaBook, towns: &BTreeMap<String, Count>) -> Vec<AreaRow> {
    let mut sums: BTreeMap<String, (String, Count)> = BTreeMap::new();
    for (town, count) in towns {
        let code: Option<AreaCode> = town.parse().ok();
        let county = code
            .filter(|code| book.is_local(code))
            .map(|code| code.up_to(Level::County));
        let (key, name) = match county {
            Some(county) => (
                county.to_string(),
                book.name(&county)
                    .map_or_else(|| county.to_string(), str::to_owned),
            ),
            None => ("9".to_owned(), "外地或不明".to_owned()),
        };
        sums.entry(key)
            .or_insert_with(|| (name, Count::default()))
            .1
            .plus(count);
    }
    sums.into_values()
        .map(|(name, count)| AreaRow {
            name,
            yes: grouped(count.yes),
            unknown: grouped(count.unknown),
            money: money(true, &count),
        })
        .collect()
}

/// The form that exports the names, for those who may.
fn export(ctx: &Ctx, asked: &AsOf, no: Option<u16>) -> Option<String> {
    let query = ListQuery::parse(None, &SPEC).ok()?;
    let (day, known) = (asked.day.to_string(), asked.known.micros().to_string());
    let no = no.map(|no| no.to_string());
    let mut more = vec![
        ("as_of", asked.id.as_str()),
        ("day", day.as_str()),
        ("known", known.as_str()),
    ];
    if let Some(no) = &no {
        more.push(("no", no.as_str()));
    }
    host::export_href(&ctx.actor(), "entitle.as_of", &query, &more)
}
