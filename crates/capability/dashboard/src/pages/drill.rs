//! Drill-down of a figure: `GET /dashboard/drill?figure=…&area=…`; the total is the sum of its rows.
//!
//! Rows A20, C01; product.md 42, invariants 8 and 10. Roles without lists stop at village counts, small
//! ones suppressed; others go on to the list of people, each within their scope.

use crate::drill::figure::{self, Figure, Source};
use crate::drill::guard::Guard;
use crate::drill::numbers::elsewhere;
use crate::drill::spot::{self, Depth, Spot, Tree};
use crate::rollup;
use crate::suppress::{self, Cell};
use area::api::AreaBook;
use askama::Template;
use authz::{Action, Scope};
use axum::extract::RawQuery;
use host::{Ctx, Page};
use kernel::Day;
use plan::api::PlanBook;
use store::Audit;
use ui::{ListQuery, ListSpec, PageError, Shell};

const SPEC: ListSpec = ListSpec::filtered(&["figure", "area", "tree"]);

/// A number as the asker sees it, and as it stands on paper.
pub(crate) struct Count {
    pub(crate) text: String,
    pub(crate) print: String,
}

impl Count {
    fn of(n: i64, cell: Cell, lists: bool) -> Self {
        let print = cell.text();
        Self {
            text: if lists {
                ui::grouped(n.unsigned_abs())
            } else {
                print.clone()
            },
            print,
        }
    }
}

struct Row {
    name: String,
    href: String,
    list: String,
    count: Count,
    share: String,
    n: i64,
}

struct Step {
    name: String,
    href: String,
}

#[derive(Template)]
#[template(path = "pages/drill.html")]
struct DrillPage {
    shell: Shell,
    figure: Figure,
    place: Spot,
    trail: Vec<Step>,
    trees: Vec<(&'static str, String, bool)>,
    total: Count,
    rows: Vec<Row>,
    rest: Option<(String, Count, i64)>,
    elsewhere: Option<(Count, Count)>,
    list: String,
    below: &'static str,
    as_of: String,
    closed: bool,
    lists: bool,
    rule: String,
    meaning: Option<&'static str>,
}

/// `GET /dashboard/drill`
pub(crate) async fn get(ctx: Ctx, RawQuery(raw): RawQuery) -> Page {
    let query = ListQuery::of(raw.as_deref(), &SPEC)?;
    query.allowed("tree", |key| Tree::from_key(key).is_some())?;
    let list = ctx.app.part::<PlanBook>()?.in_force(ctx.today());
    let key = query.filter("figure").unwrap_or("elders_60");
    let figure = figure::of(key, list.as_deref()).ok_or_else(|| {
        PageError::bad_request(format!("查询条件「figure」没有「{key}」这个数，没有显示。"))
    })?;
    let book = ctx.app.part::<AreaBook>()?;
    let city = spot::city(&book).ok_or_else(PageError::not_found)?;
    let place = match query.filter("area") {
        None => city.clone(),
        Some(key) => spot::of(&book, key).ok_or_else(|| {
            PageError::bad_request(format!("查询条件「area」不是本地的区划：「{key}」。"))
        })?,
    };
    let scope = ctx.scope();
    if place.depth != Depth::City && !place.within(&scope) {
        let office = place.areas.first().map(|code| book.county_office(code));
        return Err(PageError::refused(&office.unwrap_or_default()).into());
    }
    let lists = Action::ReadLists.allowed_to(ctx.actor().role);
    let store = &ctx.app.store;
    let guard = Guard::of(store, &book, &figure).await?;
    let usual = if figure.money {
        Tree::Bodies
    } else {
        Tree::Counties
    };
    let asked = query.filter("tree").and_then(Tree::from_key);
    let mut tree = spot::tree_of(&place).or(asked).unwrap_or(usual);
    if !lists && !guard.counties && place.depth != Depth::Upper {
        tree = Tree::Bodies;
    }
    let closed = !lists && !guard.opens(&book, &place, tree);
    let opened = crate::drill::open(store, &book, &figure, &place, tree).await?;
    let (cells, rest_cell) = guard.cells(&place, tree, &opened.rows, opened.rest);
    let rows = if closed { Vec::new() } else { opened.rows };
    let rows: Vec<Row> = rows
        .into_iter()
        .zip(cells)
        .map(|((spot, n), cell)| Row {
            href: open_href(&book, &figure, &spot, tree, &scope, lists, cell),
            list: list_href(&figure, &spot, &scope, lists),
            count: Count::of(n, cell, lists),
            share: share(n, opened.total, lists || cell.is_open()),
            name: spot.name,
            n,
        })
        .collect();
    let elsewhere = if place.depth == Depth::City {
        elsewhere(store, &figure, &city).await?
    } else {
        None
    };
    let count = |n: i64| Count::of(n, suppress::one(n), lists);
    let as_of: Option<Day> = match figure.source {
        Source::Rollup(_) => rollup::computed_on(store).await?,
        Source::Tally(..) => Some(ctx.today()),
    };
    ctx.log_reads(&[Audit::new("figure.drill")
        .with("figure", figure.key.as_str())
        .with("area", place.key.as_str())])
        .await?;
    let page = DrillPage {
        shell: ctx
            .shell(format!("{} · {}", figure.name, place.name))
            .crumb("驾驶舱", "/dashboard")
            .path("/dashboard")
            .mark_active()
            .path(ctx.path().to_owned()),
        trail: trail(&book, &figure, &place, tree, &scope),
        trees: trees(&figure, &place, tree, lists || guard.counties),
        total: Count::of(opened.total, guard.cell(&place, opened.total), lists),
        rest: (opened.rest != 0 && !closed).then(|| {
            let words = match place.depth {
                Depth::City => "没有登记到县（市、区）、镇",
                Depth::Upper => "没有登记到镇（街道）",
                Depth::Town | Depth::Village => "没有登记到村（社区）",
            };
            let cell = Count::of(opened.rest, rest_cell, lists);
            (words.to_owned(), cell, opened.rest)
        }),
        elsewhere: elsewhere
            .filter(|(outside, nowhere)| outside + nowhere > 0)
            .map(|(outside, nowhere)| (count(outside), count(nowhere))),
        list: list_href(&figure, &place, &scope, lists),
        below: below(&place, tree),
        as_of: as_of.map_or_else(|| "还没有计算".to_owned(), Day::zh),
        closed,
        lists,
        rule: suppress::rule(),
        meaning: crate::computed::of(&figure.key).map(|computed| computed.formula),
        rows,
        figure,
        place,
    };
    Ok(ui::page_no_store(page))
}

fn share(n: i64, total: i64, shown: bool) -> String {
    if !shown || total <= 0 {
        return String::new();
    }
    let mille = n.saturating_mul(1_000).saturating_add(total / 2) / total;
    format!("{}.{}%", mille / 10, mille % 10)
}

fn below(place: &Spot, tree: Tree) -> &'static str {
    match (place.depth, tree) {
        (Depth::City, Tree::Bodies) => "县（市、区）、管委会",
        (Depth::City, Tree::Counties) => "县（市、区）",
        (Depth::Upper, _) => "镇（街道）",
        (Depth::Town | Depth::Village, _) => "村（社区）",
    }
}

fn trees(
    figure: &Figure,
    place: &Spot,
    tree: Tree,
    both: bool,
) -> Vec<(&'static str, String, bool)> {
    if place.depth != Depth::City || !both {
        return Vec::new();
    }
    [(Tree::Counties, "按行政区划"), (Tree::Bodies, "按管理区划")]
        .into_iter()
        .map(|(other, words)| {
            let href = figure::href(&figure.key, "", other.key());
            (words, href, other == tree)
        })
        .collect()
}

fn trail(book: &AreaBook, figure: &Figure, place: &Spot, tree: Tree, scope: &Scope) -> Vec<Step> {
    spot::above(book, place, tree)
        .into_iter()
        .map(|spot| Step {
            href: if spot.depth == Depth::City {
                figure::href(&figure.key, "", tree.key())
            } else if spot.within(scope) {
                figure::href(&figure.key, &spot.key, tree.key())
            } else {
                String::new()
            },
            name: spot.name,
        })
        .collect()
}

/// Where a row leads: further down, or to the asker's own part of it.
fn open_href(
    book: &AreaBook,
    figure: &Figure,
    spot: &Spot,
    tree: Tree,
    scope: &Scope,
    lists: bool,
    cell: Cell,
) -> String {
    if spot.depth == Depth::Village || !(lists || cell.is_open()) {
        return String::new();
    }
    if spot.within(scope) {
        return figure::href(&figure.key, &spot.key, tree.key());
    }
    let Scope::Areas(mine) = scope else {
        return String::new();
    };
    mine.iter()
        .find(|own| spot.areas.iter().any(|area| area.contains(own)))
        .and_then(|own| spot::of(book, own.as_str()))
        .map_or_else(String::new, |own| {
            figure::href(&figure.key, &own.key, tree.key())
        })
}

/// The list of people of a place, for those who may read lists there; lists know areas, not bodies.
fn list_href(figure: &Figure, spot: &Spot, scope: &Scope, lists: bool) -> String {
    match spot.areas.as_slice() {
        [only] if lists && spot.depth != Depth::City && spot.within(scope) => figure.list(only),
        _ => String::new(),
    }
}
