//! 待办工作台, first form: counters that lead to lists, the newest findings, who is last below.

use area::api::AreaBook;
use askama::Template;
use authz::{Home, Scope};
use host::{Ctx, Failure, Page};
use kernel::{AreaCode, Fen};
use people::api::Filter;
use plan::api::{PlanBook, Published};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::Audit;
use ui::{Shell, Tile};

struct Item {
    href: String,
    who: String,
    village: String,
    kind: &'static str,
    word: &'static str,
    what: String,
    since: String,
    next: &'static str,
}

struct AreaRow {
    name: String,
    href: String,
    owed: i64,
    undue: i64,
    unknown: i64,
}

#[derive(Template)]
#[template(path = "pages/desk.html")]
struct DeskPage {
    shell: Shell,
    today: String,
    scope: String,
    list: Option<String>,
    tiles: Vec<Tile>,
    items: Vec<Item>,
    below: Vec<AreaRow>,
}

/// `GET /`
pub(crate) async fn get(ctx: Ctx) -> Page {
    match ctx.actor().role.home() {
        Home::Desk => desk(ctx).await,
        Home::OwnPeople => Ok(ui::redirect("/family")),
        Home::Administration if authz::Action::ManageAccounts.allowed_to(ctx.actor().role) => {
            Ok(ui::redirect("/system/accounts"))
        }
        Home::Administration if authz::Action::ReadAudit.allowed_to(ctx.actor().role) => {
            Ok(ui::redirect("/system/log"))
        }
        Home::Administration | Home::Coming => Ok(ui::redirect("/coming")),
    }
}

async fn desk(ctx: Ctx) -> Page {
    let published = ctx.app.part::<PlanBook>()?.in_force(ctx.today());
    let book = ctx.app.part::<AreaBook>()?;
    let areas = match ctx.scope() {
        Scope::Areas(areas) => areas,
        _ => Vec::new(),
    };
    let counts = entitle::api::counts(&ctx.app.store, &areas).await?;
    let tiles = tiles(&ctx, &counts).await?;
    let items = match &published {
        Some(published) => items(&ctx, published, &book).await?,
        None => Vec::new(),
    };
    let below = below(&ctx, &book, &areas).await?;
    Ok(ui::page_no_store(DeskPage {
        shell: ctx.shell("工作台"),
        today: ctx.today().zh(),
        scope: ctx.actor().scope_name,
        list: published.map(|published| published.list.head().name.clone()),
        tiles,
        items,
        below,
    }))
}

async fn tiles(ctx: &Ctx, counts: &BTreeMap<(u16, String), i64>) -> Result<Vec<Tile>, Failure> {
    let (scope, today, store) = (ctx.scope(), ctx.today(), &ctx.app.store);
    let (owed, owed_fen) =
        entitle::api::finding_sum(store, &scope, &entitle::api::all_findings("owed", &scope))
            .await?;
    let (undue, undue_fen) =
        entitle::api::finding_sum(store, &scope, &entitle::api::all_findings("undue", &scope))
            .await?;
    let unknown = counts.get(&(0, "unknown".to_owned())).copied().unwrap_or(0);
    let elders = Filter {
        born_until: Some(today.plus_years(-60)),
        ..Filter::default()
    };
    let children = Filter {
        born_after: Some(today.plus_years(-3)),
        ..Filter::default()
    };
    let elders = people::api::count(store, &scope, &elders).await?;
    let children = people::api::count(store, &scope, &children).await?;
    let capped = |n: i64| {
        if n > 10_000 {
            "超过 10,000".to_owned()
        } else {
            ui::grouped(n as u64)
        }
    };
    Ok(vec![
        ui::tile("应享未享", ui::grouped(owed as u64))
            .unit("人次")
            .note(format!("预计 {} 元/期", Fen(owed_fen)))
            .href("/owed")
            .tone("danger"),
        ui::tile("不应享仍享", ui::grouped(undue as u64))
            .unit("人次")
            .note(format!("涉及 {} 元/期", Fen(undue_fen)))
            .href("/owed?kind=undue")
            .tone("warn"),
        ui::tile("待核实", ui::grouped(unknown as u64))
            .unit("人")
            .note("缺一项以上事实")
            .href("/unsettled"),
        ui::tile("60周岁及以上", capped(elders))
            .unit("人")
            .note("户籍或常住在辖区")
            .href("/people"),
        ui::tile("3周岁以下", capped(children))
            .unit("人")
            .note("户籍或常住在辖区")
            .href("/children"),
    ])
}

async fn items(
    ctx: &Ctx,
    published: &Arc<Published>,
    book: &AreaBook,
) -> Result<Vec<Item>, Failure> {
    let (scope, store) = (ctx.scope(), &ctx.app.store);
    let mut filter = entitle::api::all_findings("undue", &scope);
    filter.most = 5;
    let mut findings = entitle::api::findings(store, &scope, &filter).await?;
    let mut owed = entitle::api::all_findings("owed", &scope);
    owed.most = 10;
    owed.newest_first = false;
    findings.extend(entitle::api::findings(store, &scope, &owed).await?);
    let ids: Vec<String> = findings
        .iter()
        .map(|finding| finding.key.id.clone())
        .collect();
    ctx.log_reads(&[Audit::new("desk.read").with("keys", ids.join(","))])
        .await?;
    let persons = people::api::of_ids(store, &scope, ids).await?;
    let name = |id: &str| {
        published
            .list
            .programmes()
            .iter()
            .find(|row| row.programme.id == id)
            .map_or("", |row| row.programme.name.as_str())
    };
    Ok(findings
        .iter()
        .filter_map(|finding| {
            let person = persons
                .iter()
                .find(|person| person.key.id == finding.key.id)?;
            let owed = finding.kind == "owed";
            Some(Item {
                href: format!(
                    "/people/{}?tab=entitlement#item-{}",
                    person.key.id, finding.item
                ),
                who: format!(
                    "{}，{}",
                    person.name,
                    people::api::words::age(&person.facts, ctx.today())
                ),
                village: person
                    .area(rules_hukou())
                    .map(|code| book.short_name(&code))
                    .unwrap_or_default(),
                kind: if owed { "owed" } else { "warn" },
                word: if owed {
                    "应享未享"
                } else {
                    "不应享仍享"
                },
                what: name(&finding.programme).to_owned(),
                since: finding.since.to_string(),
                next: if owed {
                    "联系本人或家属，核对后代为申请"
                } else {
                    "核对死亡、迁出等情况，报县民政停发"
                },
            })
        })
        .collect())
}

const fn rules_hukou() -> people::api::Fact {
    people::api::Fact::HUKOU_AREA
}

async fn below(ctx: &Ctx, book: &AreaBook, areas: &[AreaCode]) -> Result<Vec<AreaRow>, Failure> {
    let children: Vec<AreaCode> = match areas {
        [only] => book.children(only).iter().map(|area| area.code).collect(),
        many => many.to_vec(),
    };
    let counts = entitle::api::people_by_area(&ctx.app.store, &children).await?;
    let mut rows = Vec::new();
    for code in children {
        let n = |state: &str| {
            counts
                .get(&(code.to_string(), state.to_owned()))
                .copied()
                .unwrap_or(0)
        };
        rows.push(AreaRow {
            name: book
                .name(&code)
                .map_or_else(|| code.to_string(), area::api::plain),
            href: format!("/owed?area={code}"),
            owed: n("owed"),
            undue: n("undue"),
            unknown: n("unknown"),
        });
    }
    rows.sort_by(|a, b| {
        (b.owed + b.undue)
            .cmp(&(a.owed + a.undue))
            .then_with(|| a.name.cmp(&b.name))
    });
    rows.truncate(12);
    Ok(rows)
}
