//! What one change comes to: people and money by year, by county and by body (rows C02, C03). Counts only.

use super::trial::{Cause, causes, more, signed};
use super::trials::{TRIALS, may, state};
use super::what_if::WHAT_IF;
use super::{what_if_book, what_if_words, words};
use crate::trial::outcome::Cell;
use crate::trial::sums::{AreaSum, View};
use crate::trial::what_if::Years;
use crate::trial::{State, Trial, store as rows};
use area::api::AreaBook;
use askama::Template;
use axum::extract::Path;
use axum::response::IntoResponse;
use host::{Ctx, Failure, Page};
use kernel::Fen;
use plan::api::PlanBook;
use rules::WhatIf;
use std::sync::Arc;
use store::{Audit, StoreError};
use ui::{Details, PageError, Pill, Shell, Tile, grouped, tile};

#[derive(Template)]
#[template(path = "pages/what_if_result.html")]
struct ResultPage {
    shell: Shell,
    id: String,
    state: Pill,
    open: bool,
    failed: bool,
    progress: String,
    head: Details,
    again: Option<String>,
    found: Option<Found>,
}

/// What a reader sees of a result.
pub(crate) struct Found {
    tiles: Vec<Tile>,
    pub(crate) years: Vec<YearRow>,
    /// 行政区划 and 管理区划.
    pub(crate) trees: Vec<AreaTree>,
    causes: Vec<Cause>,
    whole: bool,
    pub(crate) limits: Vec<String>,
}

/// A year, all of the reader's areas.
pub(crate) struct YearRow {
    pub(crate) year: i32,
    pub(crate) cell: Cell,
    before: String,
    gained: String,
    lost: String,
    changed: String,
    after: String,
    year_before: String,
    year_after: String,
    more: String,
}

/// Areas by year.
pub(crate) struct AreaTree {
    key: &'static str,
    pub(crate) title: &'static str,
    note: &'static str,
    pub(crate) rows: Vec<AreaRow>,
}

/// An area by year.
pub(crate) struct AreaRow {
    pub(crate) name: String,
    confirm: bool,
    pub(crate) years: Vec<AreaYear>,
}

/// An area in a year.
pub(crate) struct AreaYear {
    pub(crate) cell: Cell,
    people: String,
    more: String,
}

/// The page of a trial that asks about one change.
pub(crate) async fn page(ctx: &Ctx, trial: &Trial, change: &WhatIf) -> Page {
    let book = words::areas(ctx)?;
    let (title, head) = head(ctx, trial, change)?;
    let found = match result(trial)? {
        Some(years) => {
            let found = found(ctx, &book, trial, &years)?;
            ctx.log_reads(&[Audit::new("trial.read").subject(&trial.id)])
                .await?;
            Some(found)
        }
        None => None,
    };
    let again = may(ctx).then(|| match change {
        WhatIf::Condition { no, .. } => format!("{WHAT_IF}?no={no}&kind=condition"),
        WhatIf::Remove { no } => format!("{WHAT_IF}?no={no}&kind=remove"),
        WhatIf::Add { .. } => format!("{WHAT_IF}?kind=add"),
        WhatIf::Value { .. } => WHAT_IF.to_owned(),
    });
    Ok(ui::page(ResultPage {
        shell: ctx
            .shell(title)
            .crumb("服务清单", "/list")
            .crumb("政策测算", TRIALS),
        state: state(trial.state),
        open: trial.state.open(),
        failed: trial.state == State::Failed,
        progress: trial.progress(),
        id: trial.id.clone(),
        head,
        again,
        found,
    }))
}

/// Title and head, in words.
fn head(ctx: &Ctx, trial: &Trial, change: &WhatIf) -> Result<(String, Details), Failure> {
    let plans = ctx.app.part::<PlanBook>()?;
    let published = plans.by_digest(&trial.question.base_digest);
    let folder = published.as_ref().map(|published| &published.folder);
    let title = what_if_words::change_zh(folder, change);
    let against = published.as_ref().map_or_else(String::new, |published| {
        let head = &published.folder.list;
        format!("{} {}版", head.name, head.version.zh())
    });
    let mut head = Details::default().row("改动", &title);
    if let Some(text) = what_if_words::expressions(folder, change) {
        head = head.row("表达式", text);
    }
    let head = head.row("与它比", against).row(
        "测算时间",
        trial.ended_at.unwrap_or(trial.asked_at).minute(),
    );
    Ok((title, head))
}

fn result(trial: &Trial) -> Result<Option<Years>, Failure> {
    let Some(json) = &trial.result else {
        return Ok(None);
    };
    let years = serde_json::from_str(json)
        .map_err(|error| StoreError::Other(format!("entitle_trial {}: {error}", trial.id)))?;
    Ok(Some(years))
}

fn found(ctx: &Ctx, book: &AreaBook, trial: &Trial, years: &Years) -> Result<Found, Failure> {
    let scope = ctx.scope();
    let views: Vec<(i32, View<'_>)> = years
        .years
        .iter()
        .map(|year| (year.year, View::new(&year.outcome, book, &scope)))
        .collect();
    let Some((_, first)) = views.first() else {
        return Err(PageError::not_found().into());
    };
    if !first.anything() {
        return Err(PageError::refused("市民政局")
            .text("测算结果按县（市、区）看，您的范围里没有可看的数。")
            .into());
    }
    let whole = first.whole;
    let rows: Vec<YearRow> = views
        .iter()
        .map(|(year, view)| year_row(*year, view.all()))
        .collect();
    let trees = vec![
        tree(
            "counties",
            "按行政区划",
            "管委会的乡镇计入所在县（市、区）",
            &views,
            View::counties,
        ),
        tree(
            "bodies",
            "按管理区划",
            "管委会的乡镇单列",
            &views,
            View::bodies,
        ),
    ];
    let causes = match years.years.first() {
        Some(year) if whole => causes(&year.outcome),
        _ => Vec::new(),
    };
    Ok(Found {
        tiles: rows.first().map(tiles).unwrap_or_default(),
        limits: limits(trial, years, &rows),
        years: rows,
        trees,
        causes,
        whole,
    })
}

fn year_row(year: i32, cell: Cell) -> YearRow {
    YearRow {
        year,
        before: grouped(cell.before),
        gained: signed("+", cell.gained),
        lost: signed("−", cell.lost),
        changed: grouped(cell.changed()),
        after: grouped(cell.after),
        year_before: Fen(cell.year_before).to_string(),
        year_after: Fen(cell.year_after).to_string(),
        more: more(cell.year_more()),
        cell,
    }
}

fn tiles(row: &YearRow) -> Vec<Tile> {
    let label = |words: &str| format!("{}年{words}", row.year);
    let money = row.cell.year_more();
    let words = match money.signum() {
        1 => "多花",
        -1 => "少花",
        _ => "资金不变",
    };
    vec![
        tile(label("新增"), grouped(row.cell.gained))
            .unit("人")
            .note("年中（7月1日）"),
        tile(label("减少"), grouped(row.cell.lost))
            .unit("人")
            .note("年中（7月1日）"),
        tile(label("金额或档次有变"), grouped(row.cell.changed())).unit("人"),
        tile(label(words), Fen(money.saturating_abs()))
            .unit("元")
            .note(format!("{} 元 → {} 元", row.year_before, row.year_after)),
    ]
}

fn tree<'a>(
    key: &'static str,
    title: &'static str,
    note: &'static str,
    views: &[(i32, View<'a>)],
    of: impl Fn(&View<'a>) -> Vec<AreaSum>,
) -> AreaTree {
    let mut rows: Vec<AreaRow> = Vec::new();
    for (place, (_, view)) in views.iter().enumerate() {
        for sum in of(view) {
            let at = if let Some(at) = rows.iter().position(|row| row.name == sum.name) {
                at
            } else {
                rows.push(AreaRow {
                    name: sum.name,
                    confirm: sum.confirm,
                    years: Vec::new(),
                });
                rows.len() - 1
            };
            if let Some(row) = rows.get_mut(at) {
                row.years.resize_with(place, || area_year(Cell::default()));
                row.years.push(area_year(sum.cell));
            }
        }
    }
    for row in &mut rows {
        row.years
            .resize_with(views.len(), || area_year(Cell::default()));
    }
    AreaTree {
        key,
        title,
        note,
        rows,
    }
}

fn area_year(cell: Cell) -> AreaYear {
    let mut people = Vec::new();
    for (sign, count) in [("+", cell.gained), ("−", cell.lost)] {
        if count > 0 {
            people.push(signed(sign, count));
        }
    }
    if cell.changed() > 0 {
        people.push(format!("改变 {}", grouped(cell.changed())));
    }
    AreaYear {
        people: if people.is_empty() {
            "0".to_owned()
        } else {
            people.join(" ")
        },
        more: more(cell.year_more()),
        cell,
    }
}

/// What the figures do not know, in words.
fn limits(trial: &Trial, years: &Years, rows: &[YearRow]) -> Vec<String> {
    let Some(outcome) = years.years.first().map(|year| &year.outcome) else {
        return Vec::new();
    };
    let unknown = rows.first().map_or(0, |row| row.cell.unknown_after);
    let mut limits = vec![
        format!(
            "用了 {} 人的档案：{}的情况，按{}为止的登记。以后各年只有年龄往前走；去世、迁移、新登记的人和别的情况没有推算，年份越远越偏。",
            grouped(outcome.people),
            outcome.facts_of.zh(),
            outcome.known().minute()
        ),
        "每年的资金是12个月逐月算出来的，按符合条件的人全部享受计，不是实际发放数；一次性、按餐、按次的不计。".to_owned(),
        "几项不能同时享受的，这里没有扣减；同一个人几项有变，计几人次。".to_owned(),
    ];
    if unknown > 0 {
        limits.push(format!(
            "缺事实、待核实的 {} 人次没有算进符合；补齐以后人数和资金还会变。",
            grouped(unknown)
        ));
    }
    if outcome.overlay {
        limits.push("部分标准是演示值。".to_owned());
    }
    if rows.iter().all(|row| !row.cell.differs()) && trial.state == State::Done {
        limits.push("没有人有变化：看看改动的日期、地区是不是写对了。".to_owned());
    }
    limits
}

/// `GET /trials/{id}/workbook`
pub(crate) async fn workbook(ctx: Ctx, Path(id): Path<String>) -> Page {
    let trial = rows::get(&ctx.app.store, &id).await?;
    let trial = trial.ok_or_else(PageError::not_found)?;
    let (Some(change), Some(years)) = (trial.question.change.clone(), result(&trial)?) else {
        return Err(PageError::not_found().into());
    };
    let book: Arc<AreaBook> = words::areas(&ctx)?;
    let (title, _) = head(&ctx, &trial, &change)?;
    let found = found(&ctx, &book, &trial, &years)?;
    ctx.log_reads(&[Audit::new("trial.workbook").subject(&trial.id)])
        .await?;
    let made = trial.ended_at.unwrap_or(trial.asked_at);
    let bytes = what_if_book::write(&title, made, &found)
        .map_err(|error| StoreError::Other(error.to_string()))?;
    Ok(host::download::attachment(
        bytes,
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        &format!("政策测算-{}.xlsx", made.day()),
        "what-if.xlsx",
    )
    .into_response())
}
