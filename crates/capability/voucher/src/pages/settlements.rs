//! 机构结算: what waits, what was drawn up, what was paid.

use super::month_typed;
use crate::{model, settle};
use area::api::AreaBook;
use askama::Template;
use authz::Role;
use axum::extract::Path;
use host::{Ctx, Failure, Page};
use kernel::Fen;
use ledger::Month;
use pay::api::office_zh;
use std::collections::BTreeMap;
use ui::{Form, FormData, PageError, Shell};

/// Settlements shown.
const MOST: i64 = 100;

struct Waiting {
    place: String,
    name: String,
    office: String,
    uses: String,
    money: String,
}

struct Line {
    key: String,
    name: String,
    account: String,
    office: String,
    month: String,
    uses: String,
    money: String,
    paid: bool,
    drawn: String,
    paid_by: String,
    document: String,
    /// What was typed and refused.
    typed: String,
}

#[derive(Template)]
#[template(path = "pages/settlements.html")]
struct SettlementsPage {
    shell: Shell,
    waiting: Vec<Waiting>,
    lines: Vec<Line>,
    months: Vec<(String, String)>,
    county: bool,
    finance: bool,
    refused: Option<String>,
}

/// `GET /vouchers/settlements`
pub(crate) async fn get(ctx: Ctx) -> Page {
    Ok(ui::page_no_store(page(&ctx, Form::default(), None).await?))
}

/// `POST /vouchers/settlements`: one institution, or all that wait.
pub(crate) async fn draw(ctx: Ctx, data: FormData) -> Page {
    if ctx.actor().role != Role::CountyCivil {
        return Err(PageError::refused("县民政局").into());
    }
    let month = month_typed(data.get("month"))?;
    let one = data.get("place").to_owned();
    let (store, who) = (&ctx.app.store, ctx.actor());
    let offices = pay::api::offices_of(&ctx)?;
    let waiting = settle::waiting(store, month.last()).await?;
    let mut drawn = 0;
    for place in model::places(store, &offices).await? {
        let mine = waiting.contains_key(&place.place) && (one.is_empty() || one == place.place);
        if mine && settle::draw(store, &who, &place, month).await?.is_some() {
            drawn += 1;
        }
    }
    let (kind, words) = if drawn == 0 {
        ("warn", format!("到 {}为止没有要结算的用券。", month.zh()))
    } else {
        ("ok", format!("已制单 {drawn} 张，等财政付款。"))
    };
    Ok(ctx.redirect_with("/vouchers/settlements", kind, &words))
}

/// `POST /vouchers/settlements/{settlement}`
pub(crate) async fn pay(ctx: Ctx, Path(key): Path<String>, data: FormData) -> Page {
    let store = &ctx.app.store;
    let found = settle::find(store, &key)
        .await?
        .ok_or_else(PageError::not_found)?;
    if !pay::api::offices_of(&ctx)?.contains(&found.office) {
        return Err(PageError::not_found().into());
    }
    let mut form = Form::from(data);
    let field = format!("document-{key}");
    let Some(document) = form.required(&field, "请填写付款凭证号") else {
        let words = "付款要写凭证号，以后查得到。".to_owned();
        return Ok(ui::page_422(page(&ctx, form, Some(words)).await?));
    };
    match settle::pay(store, &ctx.actor(), &key, &document).await? {
        Ok(()) => Ok(ctx.redirect_with("/vouchers/settlements", "ok", "已登记付款，记入资金账。")),
        Err(words) => Ok(ui::page_409(
            page(&ctx, form, Some(format!("{words}。"))).await?,
        )),
    }
}

async fn page(ctx: &Ctx, form: Form, refused: Option<String>) -> Result<SettlementsPage, Failure> {
    let store = &ctx.app.store;
    let (book, offices) = (ctx.app.part::<AreaBook>()?, pay::api::offices_of(ctx)?);
    let places = model::places(store, &offices).await?;
    let by_key: BTreeMap<&str, &model::Place> =
        places.iter().map(|one| (one.place.as_str(), one)).collect();
    let sums = settle::waiting(store, ctx.today()).await?;
    let waiting = places
        .iter()
        .filter_map(|place| {
            let (uses, fen) = sums.get(&place.place)?;
            Some(Waiting {
                place: place.place.clone(),
                name: place.name.clone(),
                office: office_zh(&book, &place.office),
                uses: ui::text::grouped(uses.unsigned_abs()),
                money: Fen(*fen).to_string(),
            })
        })
        .collect();
    let lines = settle::list(store, &offices, MOST)
        .await?
        .into_iter()
        .map(|one| {
            let place = by_key.get(one.place.as_str());
            Line {
                name: place.map_or_else(String::new, |place| place.name.clone()),
                account: place.map_or_else(String::new, |place| {
                    format!("{} {}", place.bank, place.bank_account)
                }),
                office: office_zh(&book, &one.office),
                month: if one.no == 1 {
                    one.month.zh()
                } else {
                    format!("{}第 {} 张", one.month.zh(), one.no)
                },
                uses: ui::text::grouped(one.uses.unsigned_abs()),
                money: Fen(one.fen).to_string(),
                paid: one.paid,
                drawn: one.drawn_name,
                paid_by: match (one.paid_name, one.paid_at) {
                    (Some(name), Some(at)) => format!("{name} {}", at.day().zh()),
                    _ => String::new(),
                },
                document: one.document.unwrap_or_default(),
                typed: form
                    .data
                    .get(&format!("document-{}", one.settlement))
                    .to_owned(),
                key: one.settlement,
            }
        })
        .collect();
    let this = Month::of(ctx.today());
    // The month before, unless nothing of it waits.
    let mut months = [this.plus(-1), this];
    if settle::waiting(store, this.plus(-1).last())
        .await?
        .is_empty()
    {
        months.reverse();
    }
    let role = ctx.actor().role;
    Ok(SettlementsPage {
        shell: ctx.shell("机构结算").crumb("消费券", "/vouchers"),
        waiting,
        lines,
        months: months
            .into_iter()
            .map(|one| (one.to_string(), one.zh()))
            .collect(),
        county: role == Role::CountyCivil,
        finance: role == Role::Finance,
        refused,
    })
}
