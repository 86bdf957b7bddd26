//! 核销 at an institution: the code and the bill, what the voucher pays and what the person pays, and the yes.

use super::slip::covers_zh;
use crate::model::{self, Place};
use crate::spend::{self, Asked, No, Offer};
use crate::{code, settle};
use askama::Template;
use axum::extract::Path;
use host::{Ctx, Failure, Page};
use kernel::Fen;
use people::api::Person;
use std::collections::BTreeMap;
use store::Audit;
use ui::{Choice, Field, Form, FormData, PageError, Shell};

/// Uses shown.
const MOST: i64 = 50;

struct Done {
    key: String,
    when: String,
    service: String,
    bill: String,
    pays: String,
    own: String,
    undone: bool,
    may_undo: bool,
    settled: bool,
}

/// What is asked before it is done.
struct Confirm {
    who: String,
    code: String,
    service: String,
    bill: String,
    pays: String,
    own: String,
    left: String,
    covers: String,
    until: String,
}

#[derive(Template)]
#[template(path = "pages/take.html")]
struct TakePage {
    shell: Shell,
    form: Form,
    place: Option<Place>,
    open: bool,
    services: Vec<Choice>,
    confirm: Option<Confirm>,
    done: Vec<Done>,
    settlements: Vec<(String, String, bool, String)>,
    key: String,
}

impl TakePage {
    fn code(&self) -> Field {
        let field = Field::text("code", "券号")
            .inputmode("numeric")
            .autocomplete("off");
        self.form
            .field(field.required().hint("16 位数字，可以带空格").maxlength(24))
    }

    fn scope(&self) -> Field {
        self.form
            .field(Field::radio("scope", "服务", self.services.clone()).required())
    }

    fn bill(&self) -> Field {
        let field = Field::text("bill", "账单金额")
            .unit("元")
            .inputmode("decimal");
        self.form.field(field.required().autocomplete("off"))
    }
}

/// `GET /vouchers/take`
pub(crate) async fn get(ctx: Ctx) -> Page {
    Ok(ui::page_no_store(page(&ctx, Form::default(), None).await?))
}

async fn mine(ctx: &Ctx) -> Result<Option<Place>, Failure> {
    Ok(model::place_of_account(&ctx.app.store, &ctx.actor().id, ctx.today()).await?)
}

/// `POST /vouchers/take`: shows what it comes to first, does it with the yes.
pub(crate) async fn post(ctx: Ctx, data: FormData) -> Page {
    let mut form = Form::from(data);
    let today = ctx.today();
    let Some(place) = mine(&ctx).await?.filter(|place| place.open(today)) else {
        return Ok(ui::page_422(page(&ctx, form, None).await?));
    };
    let typed = form.required("code", "请填写券号");
    let scope = form.required("scope", "请选择服务");
    let bill = form
        .required("bill", "请填写账单金额")
        .map(|text| Fen::from_yuan(&text).filter(|fen| fen.0 > 0));
    if bill == Some(None) {
        form.errors
            .add("bill", "金额写成元，最多两位小数，例如 120.50");
    }
    let (Some(code), Some(scope), Some(Some(bill)), false) =
        (typed, scope, bill, form.has_errors())
    else {
        return Ok(ui::page_422(page(&ctx, form, None).await?));
    };
    let asked = Asked {
        code,
        scope,
        bill: bill.0,
        form: form.data.get("form").to_owned(),
    };
    let (store, who) = (&ctx.app.store, ctx.actor());
    if form.data.get("yes") != "1" {
        return match spend::look(store, &place, &asked, today).await? {
            Ok(offer) => {
                let confirm = confirm(&ctx, &offer, &asked).await?;
                Ok(ui::page_no_store(page(&ctx, form, Some(confirm)).await?))
            }
            Err(no) => refuse(&ctx, form, no).await,
        };
    }
    if asked.form.is_empty() {
        return Err(PageError::bad_request("请从核销页面办理").into());
    }
    match spend::take(store, &who, &place, &asked).await? {
        Ok(done) => {
            let words = format!(
                "已核销：券付 {} 元，本人付 {} 元。",
                Fen(done.fen),
                Fen(done.bill - done.fen)
            );
            Ok(ctx.redirect_with("/vouchers/take", "ok", &words))
        }
        Err(no) => refuse(&ctx, form, no).await,
    }
}

async fn refuse(ctx: &Ctx, mut form: Form, No(field, words): No) -> Page {
    form.errors.add(field, words);
    Ok(ui::page_422(page(ctx, form, None).await?))
}

/// `POST /vouchers/take/{key}/undo`: by the institution.
pub(crate) async fn undo(ctx: Ctx, Path(key): Path<String>, data: FormData) -> Page {
    let store = &ctx.app.store;
    let place = mine(&ctx).await?.ok_or_else(PageError::not_found)?;
    let found = model::find_use(store, &key)
        .await?
        .filter(|found| found.place == place.place)
        .ok_or_else(PageError::not_found)?;
    let why = data.get("why").trim().to_owned();
    if why.is_empty() {
        let words = "撤销要写原因，例如“金额输错”，没有撤销。";
        return Ok(ctx.redirect_with("/vouchers/take", "warn", words));
    }
    Ok(
        match spend::undo(store, &ctx.actor(), &found, &why).await? {
            Ok(()) => ctx.redirect_with("/vouchers/take", "ok", "已撤销，金额退回券上。"),
            Err(words) => ctx.redirect_with("/vouchers/take", "warn", &format!("{words}。")),
        },
    )
}

async fn confirm(ctx: &Ctx, offer: &Offer, asked: &Asked) -> Result<Confirm, Failure> {
    let voucher = &offer.voucher;
    // The institution sees a surname, so that it serves the right person, and the look is on record.
    ctx.log_reads(&[Audit::new("voucher.look").person(&voucher.key.shard, &voucher.key.id)])
        .await?;
    let people: BTreeMap<String, Person> =
        people::api::of_keys(&ctx.app.store, std::slice::from_ref(&voucher.key))
            .await?
            .into_iter()
            .map(|person| (person.key.id.clone(), person))
            .collect();
    let who = people
        .get(&voucher.key.id)
        .map_or_else(String::new, |person| ui::mask::name(&person.name));
    Ok(Confirm {
        who,
        code: code::shown(&voucher.code),
        service: offer.batch.terms.scope_zh(&asked.scope).to_owned(),
        bill: Fen(asked.bill).to_string(),
        pays: offer.pays.to_string(),
        own: offer.own.to_string(),
        left: voucher.left().to_string(),
        covers: covers_zh(offer.batch.terms.covers),
        until: voucher.until.zh(),
    })
}

async fn page(ctx: &Ctx, form: Form, confirm: Option<Confirm>) -> Result<TakePage, Failure> {
    let (store, today) = (&ctx.app.store, ctx.today());
    let place = mine(ctx).await?;
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    for (_, terms) in pay::api::voucher_terms(store).await? {
        for scope in terms.scopes {
            names.insert(scope.key, scope.name);
        }
    }
    let zh = |key: &str| names.get(key).cloned().unwrap_or_else(|| key.to_owned());
    let mut services: Vec<Choice> = Vec::new();
    let mut done = Vec::new();
    let mut settlements = Vec::new();
    if let Some(place) = &place {
        for (_, scope) in &place.scopes {
            if !services.iter().any(|known| known.value == *scope) {
                services.push(Choice::new(scope.clone(), zh(scope)));
            }
        }
        for one in model::uses_at(store, &place.place, MOST).await? {
            done.push(Done {
                when: one.at.minute(),
                service: zh(&one.scope),
                bill: Fen(one.bill).to_string(),
                pays: Fen(one.fen).to_string(),
                own: Fen(one.bill - one.fen).to_string(),
                undone: one.undone,
                settled: one.settlement.is_some(),
                may_undo: !one.undone && one.settlement.is_none(),
                key: one.key,
            });
        }
        for one in settle::of_place(store, &place.place).await? {
            settlements.push((
                one.month.zh(),
                Fen(one.fen).to_string(),
                one.paid,
                one.paid_at.map_or_else(String::new, |at| at.day().zh()),
            ));
        }
    }
    let key = match form.data.get("form") {
        "" => store.new_id(),
        kept => kept.to_owned(),
    };
    Ok(TakePage {
        shell: ctx.shell("消费券核销"),
        open: place.as_ref().is_some_and(|place| place.open(today)),
        place,
        form,
        services,
        confirm,
        done,
        settlements,
        key,
    })
}
