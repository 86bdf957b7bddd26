//! 结算: a month's fees by body; the county settles and draws results to be checked again.

use crate::settle::{self, Fee};
use crate::terms::terms;
use crate::whose;
use askama::Template;
use axum::extract::RawQuery;
use host::{Ctx, Page};
use kernel::{Day, Fen};
use store::StoreError;
use ui::{FormData, ListQuery, ListSpec, PageError, Shell};

const SPEC: ListSpec = ListSpec::filtered(&["month"]);

#[derive(Template)]
#[template(path = "pages/settle.html")]
struct SettlePage {
    shell: Shell,
    month: String,
    months: Vec<String>,
    fees: Vec<Fee>,
    total: String,
    county: bool,
    drawable: usize,
    drawn: usize,
    percent: i64,
}

fn word(month: Day) -> String {
    format!("{}-{:02}", month.year(), month.month())
}

fn month_of(text: &str) -> Result<Day, PageError> {
    format!("{text}-01")
        .parse()
        .map_err(|_no_day: kernel::day::NotADay| {
            PageError::bad_request(format!("月份「{text}」应写成 2025-06"))
        })
}

/// `GET /assessments/settlement`
pub(crate) async fn get(ctx: Ctx, RawQuery(raw): RawQuery) -> Page {
    let query = ListQuery::of(raw.as_deref(), &SPEC)?;
    let today = ctx.today();
    let month = match query.filter("month") {
        Some(text) => month_of(text)?,
        None => today.first_of_month(),
    };
    let (store, actor) = (&ctx.app.store, ctx.actor());
    let fees = settle::fees(store, &actor, month).await?;
    let county = whose::keeps_bodies(&ctx).is_ok();
    let drawable = settle::drawable(store, &actor, month).await?.len();
    Ok(ui::page(SettlePage {
        shell: ctx.shell("评估费结算").crumb("能力评估", "/assessments"),
        month: word(month),
        months: (0..6)
            .map(|back| word(today.first_of_month().plus_months(-back)))
            .collect(),
        total: Fen(fees.iter().map(Fee::fen).sum()).to_string(),
        fees,
        county,
        drawable,
        drawn: settle::share(drawable, terms().recheck_percent),
        percent: terms().recheck_percent,
    }))
}

/// `POST /assessments/settlement`
pub(crate) async fn settle_month(ctx: Ctx, data: FormData) -> Page {
    whose::keeps_bodies(&ctx)?;
    let month = month_of(data.get("month"))?;
    let to = format!("/assessments/settlement?month={}", word(month));
    if month.plus_months(1) > ctx.today() {
        return Err(PageError::bad_request("这个月还没有过完，下月再结算。")
            .title("现在不能办")
            .link("回到结算", &to)
            .into());
    }
    let fees = settle::fees(&ctx.app.store, &ctx.actor(), month).await?;
    let fee = fees.iter().find(|fee| fee.body == data.get("body"));
    let fee = fee.ok_or_else(PageError::not_found)?;
    let mut tx = ctx.begin().await?;
    let done = settle::settle(&mut tx, fee, month).await;
    if matches!(done, Err(StoreError::Duplicate { .. })) {
        tx.rollback().await?;
        return Ok(ctx.redirect_with(&to, "warn", "这个月已经结算过。"));
    }
    done?;
    tx.commit().await?;
    let text = format!(
        "已结算「{}」{} 人次，{} 元。",
        fee.name,
        fee.number,
        Fen(fee.fen())
    );
    Ok(ctx.saved(&to, &text))
}

/// `POST /assessments/sample`
pub(crate) async fn draw(ctx: Ctx, data: FormData) -> Page {
    whose::keeps_bodies(&ctx)?;
    let month = month_of(data.get("month"))?;
    let actor = ctx.actor();
    let from = settle::drawable(&ctx.app.store, &actor, month).await?;
    let seed = store::secure_random::token()?;
    let mut tx = ctx.begin().await?;
    let drawn = settle::draw(&mut tx, &actor, from, &seed).await?;
    tx.commit().await?;
    let text = format!("已抽取 {drawn} 件，请派给其他评估员复核。");
    Ok(ctx.redirect_with("/assessments?tab=asked", "ok", &text))
}
