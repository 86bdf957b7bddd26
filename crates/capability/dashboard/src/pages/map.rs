//! Schematic map: `GET /dashboard/map?figure=…`; a tile a town, grouped by county or body, no boundaries.
//!
//! Row A20; engineering.md 24, product.md 42. The table under it says the same.

use super::bits::choices;
use crate::drill::figure;
use crate::drill::guard::Guard;
use crate::drill::numbers::Numbers;
use crate::drill::spot::{self, Spot, Tree};
use crate::rollup;
use crate::suppress;
use area::api::AreaBook;
use askama::Template;
use authz::Action;
use axum::extract::RawQuery;
use host::{Ctx, Page};
use kernel::Day;
use ui::{Choice, ListQuery, ListSpec, PageError, Shell};

const SPEC: ListSpec = ListSpec::filtered(&["figure", "tree"]);

/// Key, name, counted figure, what it is taken of, per how many.
const FIGURES: [(&str, &str, &str, &str, i64, &str); 4] = [
    (
        "share_60",
        "60岁以上占比",
        "elders_60",
        "residents",
        100,
        "%",
    ),
    (
        "share_80",
        "80岁以上占比",
        "elders_80",
        "elders_60",
        100,
        "%",
    ),
    (
        "under_3",
        "3岁以下占比",
        "children_under_3",
        "residents",
        100,
        "%",
    ),
    (
        "owed_rate",
        "每千名老人应享未享",
        "owed",
        "elders_60",
        1_000,
        "人次",
    ),
];
const ACROSS: usize = 3;
const WIDE: usize = 112;
const TALL: usize = 58;

struct Tile {
    x: usize,
    y: usize,
    name: String,
    full: String,
    value: String,
    class: &'static str,
    href: String,
    count: String,
    whole: String,
}

struct Group {
    name: String,
    tall: usize,
    tiles: Vec<Tile>,
}

#[derive(Template)]
#[template(path = "pages/map.html")]
struct MapPage {
    shell: Shell,
    query: ListQuery,
    figures: Vec<Choice>,
    trees: Vec<Choice>,
    chosen: &'static str,
    tree: &'static str,
    name: &'static str,
    unit: &'static str,
    groups: Vec<Group>,
    legend: Vec<(&'static str, String)>,
    day: String,
    meaning: String,
}

/// `GET /dashboard/map`
pub(crate) async fn get(ctx: Ctx, RawQuery(raw): RawQuery) -> Page {
    let query = ListQuery::of(raw.as_deref(), &SPEC)?;
    query.allowed("tree", |key| Tree::from_key(key).is_some())?;
    query.allowed("figure", |key| FIGURES.iter().any(|one| one.0 == key))?;
    let key = query.filter("figure").unwrap_or("share_60");
    let (id, name, above, below, per, unit) = *FIGURES
        .iter()
        .find(|one| one.0 == key)
        .ok_or_else(PageError::not_found)?;
    let tree = query
        .filter("tree")
        .and_then(Tree::from_key)
        .unwrap_or(Tree::Bodies);
    let book = ctx.app.part::<AreaBook>()?;
    let city = spot::city(&book).ok_or_else(PageError::not_found)?;
    let (count, whole) = figure::of(above, None)
        .zip(figure::of(below, None))
        .ok_or_else(PageError::not_found)?;
    let store = &ctx.app.store;
    let counts = Numbers::load(store, &count, &[&city]).await?;
    let wholes = Numbers::load(store, &whole, &[&city]).await?;
    let guard = Guard::of(store, &book, &count).await?;
    let lists = Action::ReadLists.allowed_to(ctx.actor().role);
    let uppers: Vec<(Spot, Vec<Spot>)> = spot::children(&book, &city, tree)
        .into_iter()
        .map(|upper| {
            let towns = spot::children(&book, &upper, tree);
            (upper, towns)
        })
        .collect();
    // Tenths of the unit; none where it may not be shown or nobody lives there.
    let value = |town: &Spot| -> Option<i64> {
        let (n, of) = (counts.of(town), wholes.of(town));
        let shown = lists || guard.cell(town, n).is_open();
        (shown && of > 0).then(|| (n * per * 10 + of / 2) / of)
    };
    let mut known: Vec<i64> = uppers
        .iter()
        .flat_map(|(_, towns)| towns.iter().filter_map(&value))
        .collect();
    known.sort_unstable();
    let steps = steps(&known);
    let scope = ctx.scope();
    let groups = uppers
        .iter()
        .map(|(upper, towns)| Group {
            name: upper.name.clone(),
            tall: towns.len().div_ceil(ACROSS) * TALL,
            tiles: towns
                .iter()
                .enumerate()
                .map(|(at, town)| {
                    let value = value(town);
                    let (n, of) = (counts.of(town), wholes.of(town));
                    let cell = guard.cell(town, n);
                    Tile {
                        x: at % ACROSS * WIDE,
                        y: at / ACROSS * TALL,
                        name: short(&town.name),
                        full: town.name.clone(),
                        value: match value {
                            Some(tenths) => tenth(tenths),
                            None if of == 0 => "无人".to_owned(),
                            None => cell.text(),
                        },
                        class: value.map_or("map-none", |tenths| class(tenths, &steps)),
                        href: if town.within(&scope) && (lists || cell.is_open()) {
                            figure::href(above, &town.key, tree.key())
                        } else {
                            String::new()
                        },
                        count: if lists {
                            ui::grouped(n.unsigned_abs())
                        } else {
                            cell.text()
                        },
                        whole: if lists {
                            ui::grouped(of.unsigned_abs())
                        } else {
                            suppress::one(of).text()
                        },
                    }
                })
                .collect(),
        })
        .collect();
    let pairs: Vec<(&str, &str)> = FIGURES.iter().map(|one| (one.0, one.1)).collect();
    let day = rollup::computed_on(store).await?;
    Ok(ui::page_no_store(MapPage {
        shell: ctx
            .shell(format!("{}「一老一小」", city.name))
            .path("/dashboard")
            .mark_active()
            .path(ctx.path().to_owned()),
        figures: choices(&pairs),
        trees: choices(&[("bodies", "管理区划"), ("counties", "行政区划")]),
        chosen: id,
        tree: tree.key(),
        name,
        unit,
        groups,
        legend: legend(&steps, &known),
        day: day.map_or_else(|| "还没有计算".to_owned(), Day::zh),
        meaning: format!(
            "{}（{}）÷ {}（{}） × {}。{}",
            count.name,
            count.basis,
            whole.name,
            whole.basis,
            per,
            if lists {
                String::new()
            } else {
                suppress::rule()
            }
        ),
        query,
    }))
}

fn tenth(tenths: i64) -> String {
    format!("{}.{}", tenths / 10, tenths % 10)
}

fn short(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    if letters.len() > 7 {
        letters
            .iter()
            .take(6)
            .chain(std::iter::once(&'…'))
            .collect()
    } else {
        name.to_owned()
    }
}

/// Where the classes begin: five of about the same number of towns.
fn steps(sorted: &[i64]) -> Vec<i64> {
    let mut out: Vec<i64> = (0..5)
        .filter_map(|at| sorted.get(sorted.len() * at / 5).copied())
        .collect();
    out.dedup();
    out
}

const CLASSES: [&str; 5] = ["map-1", "map-2", "map-3", "map-4", "map-5"];

fn class(value: i64, steps: &[i64]) -> &'static str {
    let at = steps.iter().rposition(|step| value >= *step).unwrap_or(0);
    CLASSES.get(at).copied().unwrap_or("map-5")
}

fn legend(steps: &[i64], sorted: &[i64]) -> Vec<(&'static str, String)> {
    steps
        .iter()
        .enumerate()
        .map(|(at, from)| {
            let words = match (steps.get(at + 1), sorted.last()) {
                (Some(next), _) => format!("{}—{}", tenth(*from), tenth(next - 1)),
                (None, Some(last)) if last != from => {
                    format!("{}—{}", tenth(*from), tenth(*last))
                }
                _ => tenth(*from),
            };
            (CLASSES.get(at).copied().unwrap_or("map-5"), words)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Row A20: classes hold about the same number of towns, each value in the class its legend names.
    #[test]
    fn classes_follow_the_values() {
        let sorted = [100, 120, 130, 150, 180, 200, 220, 240, 260, 300];
        let steps = steps(&sorted);
        assert_eq!(steps, [100, 130, 180, 220, 260]);
        assert_eq!(class(179, &steps), "map-2");
        assert_eq!(class(300, &steps), "map-5");
        assert_eq!(legend(&steps, &sorted)[1].1, "13.0—17.9");
        assert_eq!(legend(&steps, &sorted)[4].1, "26.0—30.0");
        assert!(steps_of_nothing().is_empty());
    }

    fn steps_of_nothing() -> Vec<i64> {
        steps(&[])
    }
}
