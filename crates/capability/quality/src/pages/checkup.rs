//! 数据体检: what is missing or doubtful in the register, by town, with the change since the check before.

use crate::checkup::{self, Cell, JOB, Kind};
use area::api::AreaBook;
use askama::Template;
use host::{Ctx, Failure, Page};
use kernel::area_code::Level;
use kernel::{AreaCode, Day};
use std::collections::BTreeMap;
use store::Audit;
use ui::Shell;

struct Number {
    title: &'static str,
    people: i64,
    moved: i64,
}

struct Row {
    name: String,
    county: bool,
    numbers: Vec<Number>,
}

#[derive(Template)]
#[template(path = "pages/checkup.html")]
struct CheckupPage {
    shell: Shell,
    day: Option<Day>,
    before: Option<Day>,
    kinds: Vec<Kind>,
    total: Vec<Number>,
    rows: Vec<Row>,
}

/// `GET /checkup`
pub(crate) async fn get(ctx: Ctx) -> Page {
    let store = &ctx.app.store;
    let days = checkup::days(store, 2).await?;
    let (day, before) = (days.first().copied(), days.get(1).copied());
    let cells = in_scope(&ctx, day).await?;
    let earlier = in_scope(&ctx, before).await?;
    ctx.log_reads(&[Audit::new("quality.read").with("count", cells.len() as i64)])
        .await?;
    let book = ctx.app.part::<AreaBook>()?;
    let kinds = Kind::ALL.to_vec();
    let numbers = |area: Option<&AreaCode>| -> Vec<Number> {
        let sum = |cells: &[Cell], kind| -> i64 {
            cells
                .iter()
                .filter(|cell| cell.1 == kind && area.is_none_or(|area| area.contains(&cell.0)))
                .map(|cell| cell.2)
                .sum()
        };
        kinds
            .iter()
            .map(|kind| {
                let people = sum(&cells, *kind);
                Number {
                    title: kind.zh(),
                    people,
                    moved: if before.is_some() {
                        people - sum(&earlier, *kind)
                    } else {
                        0
                    },
                }
            })
            .collect()
    };
    let mut areas: BTreeMap<AreaCode, bool> = BTreeMap::new();
    for (area, _, _) in &cells {
        areas.insert(area.up_to(Level::County), true);
        areas.entry(*area).or_insert(false);
    }
    let rows = areas
        .into_iter()
        .map(|(area, county)| Row {
            name: book
                .name(&area)
                .map_or_else(|| area.to_string(), str::to_owned),
            county,
            numbers: numbers(Some(&area)),
        })
        .collect();
    let total = numbers(None);
    Ok(ui::page_no_store(CheckupPage {
        shell: ctx.shell("数据体检").crumb("人员档案", "/people"),
        day,
        before,
        kinds: kinds.clone(),
        total,
        rows,
    }))
}

/// `POST /checkup`: checks now.
pub(crate) async fn post(ctx: Ctx) -> Page {
    let now = ctx.app.clock().now();
    ctx.app
        .store
        .enqueue(
            &ctx.actor(),
            JOB,
            "{\"now\":true}",
            Some("quality.checkup.now"),
            now,
        )
        .await?;
    Ok(ctx.redirect_with("/checkup", "ok", "已开始体检，全部档案走一遍后更新本页。"))
}

async fn in_scope(ctx: &Ctx, day: Option<Day>) -> Result<Vec<Cell>, Failure> {
    let Some(day) = day else {
        return Ok(Vec::new());
    };
    let scope = ctx.scope();
    let cells = checkup::cells(&ctx.app.store, day).await?;
    Ok(cells
        .into_iter()
        .filter(|cell| scope.admits_area(&cell.0))
        .collect())
}

impl CheckupPage {
    /// «比上次多 3», or nothing to compare with.
    fn moved(&self, number: &Number) -> String {
        match number.moved {
            _ if self.before.is_none() => "首次体检".to_owned(),
            0 => "与上次相同".to_owned(),
            more if more > 0 => format!("比上次多 {more}"),
            less => format!("比上次少 {}", -less),
        }
    }
}
