//! 改条件: the conditions of an item with their words side by side, read as typed, laid against the city's standard and
//! its examples before they are saved (rows C01, C02; invariants 1 and 4).

use super::item_check::{Checked, check};
use super::item_rows::{self, MOST};
use super::list_edit::{Opened, Working, opened, refused, save, told_stale, working_of};
use super::tier_rows;
use crate::book::PlanBook;
use crate::pages::shared::{VERSIONS, shell};
use crate::version::export;
use askama::Template;
use axum::extract::RawQuery;
use figures::list_edit::edit_item;
use host::{Ctx, Failure, Page};
use rules::condition_typed;
use rules::facts::FactDef;
use rules::folder::{self, BenefitKind, Clause, Service};
use store::StoreResult;
use ui::{Field, Form, FormData, ListQuery, ListSpec, PageError, Shell};

const SPEC: ListSpec = ListSpec {
    filters: &["version", "no"],
    sorts: &[],
    default_sort: "",
    default_desc: false,
};

#[derive(Template)]
#[template(path = "pages/item_edit.html")]
struct ItemEditPage {
    shell: Shell,
    form: Form,
    version: String,
    title: String,
    item: Service,
    rows: Vec<RowFields>,
    steps: Vec<StepFields>,
    /// Whether the item has steps, or some are being typed.
    stepped: bool,
    /// The same item of the city's list, for a county's.
    city: Option<Service>,
    checked: Option<Checked>,
    facts: &'static [FactDef],
}

struct RowFields {
    says: Field,
    when: Field,
    /// The facts it asks, in words.
    asks: String,
}

/// A step: what it is called, for whom, and its amount where the item gives money.
struct StepFields {
    name: Field,
    when: Field,
    fen: Option<Field>,
}

impl ItemEditPage {
    fn audience(&self) -> Field {
        let field = Field::lines("audience", "服务对象（公布页照它写）");
        self.form.field(field.required().rows(2).maxlength(300))
    }

    fn amount(&self) -> Option<Field> {
        let label = if self
            .steps
            .iter()
            .any(|step| step.fen.as_ref().is_some_and(|fen| !fen.value.is_empty()))
        {
            "不在各档里的人，金额的算法（单位：分）"
        } else {
            "金额的算法（单位：分）"
        };
        let field = Field::lines("amount", label).rows(2).hint(
            "写 param('参数名') 的，金额在参数表里改；写成整数就是这么多分，例如 20000 是 200 元。",
        );
        (self.item.benefit.kind == BenefitKind::Money).then(|| self.form.field(field))
    }
}

/// What conditions say, one after the other.
fn says(clauses: &[Clause]) -> String {
    let says = clauses.iter().map(|clause| clause.says.as_str());
    says.collect::<Vec<_>>().join("；")
}

fn page(
    ctx: &Ctx,
    working: &Working,
    item: &Service,
    form: Form,
    checked: Option<Checked>,
) -> StoreResult<ItemEditPage> {
    let mut typed = item_rows::typed(&form.data);
    if typed.len() < MOST
        && typed
            .last()
            .is_none_or(|(says, when)| !(says.is_empty() && when.is_empty()))
    {
        typed.push(Default::default());
    }
    let rows = typed.iter().enumerate().map(|(at, (_, when))| {
        let last = at + 1 == typed.len();
        let hint = if last {
            "要加一个条件就填这一行。"
        } else {
            ""
        };
        let says = Field::text(
            &format!("says_{at}"),
            &format!("第 {} 个条件怎么说", at + 1),
        );
        let text = Field::lines(&format!("when_{at}"), &format!("第 {} 个条件", at + 1));
        RowFields {
            says: form.field(says.hint(hint).maxlength(120)),
            when: form.field(text.rows(2).maxlength(4000)),
            asks: asks(working, item.no, when),
        }
    });
    let rows = rows.collect();
    let steps = tier_rows::typed(&form.data);
    let stepped = steps.iter().any(|row| !row.is_empty());
    let shown = tier_rows::shown(&steps);
    let money = item.benefit.kind == BenefitKind::Money;
    let steps = (0..shown).map(|at| step(&form, at, money));
    let steps = steps.collect();
    let city = if working.version.county.is_some() {
        let city = ctx.app.part::<PlanBook>()?.city_in_force(ctx.today());
        city.and_then(|city| named(&city.folder.services, &item.name))
    } else {
        None
    };
    Ok(ItemEditPage {
        shell: shell(ctx, &format!("改条件：{}", item.name)).crumb("清单版本", VERSIONS),
        version: working.version.id.to_string(),
        title: working.title(),
        item: item.clone(),
        rows,
        steps,
        stepped,
        city,
        checked,
        facts: rules::facts::dictionary(),
        form,
    })
}

/// The fields of a step.
fn step(form: &Form, at: usize, money: bool) -> StepFields {
    let [name, when, fen] = tier_rows::fields(at);
    let n = at + 1;
    let called = Field::text(&name, &format!("第 {n} 档叫什么"));
    let whom = Field::lines(&when, &format!("第 {n} 档给谁"));
    let gives = Field::text(&fen, &format!("第 {n} 档给多少"));
    let gives = gives.unit("元").width("12rem").maxlength(60);
    StepFields {
        name: form.field(called.maxlength(40)),
        when: form.field(whom.rows(2).maxlength(4000)),
        fen: (money || !form.data.get(&fen).is_empty()).then(|| form.field(gives)),
    }
}

fn named(services: &[Service], name: &str) -> Option<Service> {
    let mut all = services.iter();
    all.find(|one| one.name.trim() == name.trim()).cloned()
}

/// The facts and parameters that a condition asks, where it reads.
fn asks(working: &Working, no: u16, when: &str) -> String {
    if when.is_empty() {
        return String::new();
    }
    let Ok(typed) = condition_typed(&working.folder, no, when) else {
        return String::new();
    };
    let facts = typed.facts.iter().map(|fact| fact.def().zh.to_owned());
    let params = typed.params.iter().map(|name| format!("参数“{name}”"));
    let items = typed.items.iter().map(|no| format!("第 {no} 项"));
    facts
        .chain(params)
        .chain(items)
        .collect::<Vec<_>>()
        .join("、")
}

fn item<'a>(working: &'a Working, no: &str) -> Result<&'a Service, PageError> {
    let mut services = working.folder.services.iter();
    services
        .find(|service| service.no.to_string() == no)
        .ok_or_else(|| {
            PageError::bad_request(format!("清单没有第 {no} 项。"))
                .title("没有这一项")
                .link("回这个版本", &working.page())
        })
}

/// `GET /list/items/edit`
pub(crate) async fn get(ctx: Ctx, RawQuery(raw): RawQuery) -> Page {
    let query = ListQuery::parse(raw.as_deref(), &SPEC).map_err(PageError::from)?;
    let working = working_of(&ctx, query.filter("version")).await?;
    let item = item(&working, query.filter("no").unwrap_or_default())?;
    let mut form = Form::default();
    item_rows::fill(&mut form.data, item);
    Ok(ui::page(page(&ctx, &working, item, form, None)?))
}

/// `POST /list/items/edit`
pub(crate) async fn post(ctx: Ctx, data: FormData) -> Page {
    let mut form = Form::from(data);
    let version = form.text("version");
    let opened = opened(&ctx, version.as_deref()).await?;
    if opened.stale.is_some() {
        return late(&ctx, &opened, form).await;
    }
    let working = opened.working;
    let item = item(&working, form.data.get("no"))?;
    let Some(text) = item_rows::read(&mut form, &working.folder, item) else {
        return Ok(ui::page_422(page(&ctx, &working, item, form, None)?));
    };
    let files = match edit_item(&working.files, item.no, &text) {
        Ok(files) => files,
        Err(problems) => {
            refused(&mut form, "", &problems);
            return Ok(ui::page_422(page(&ctx, &working, item, form, None)?));
        }
    };
    let checked = check(&ctx.app.store, &files, item.no).await?;
    if form.data.get("act") == "check" {
        return Ok(ui::page(page(&ctx, &working, item, form, Some(checked))?));
    }
    let says: Vec<&str> = text
        .conditions
        .iter()
        .flatten()
        .map(|(says, _)| says.as_str())
        .collect();
    let note = format!("第{}项 {}：{}", item.no, item.name, says.join("；"));
    let Some(id) = save(&ctx, &working, &files, &note).await? else {
        let now = opened_again(&ctx, &form, working).await?;
        return late(&ctx, &now, form).await;
    };
    let to = format!("{VERSIONS}/{id}");
    Ok(if checked.good() {
        ctx.redirect_with(&to, "ok", "已保存到草稿。")
    } else {
        let text = format!("已保存到草稿。{}", checked.trouble());
        ctx.redirect_with(&to, "warn", &text)
    })
}

/// Somebody saved between reading the form and saving it.
async fn opened_again(ctx: &Ctx, form: &Form, seen: Working) -> Result<Opened, Failure> {
    let version = form.text("version");
    let mut now = opened(ctx, version.as_deref()).await?;
    now.stale = Some(seen.version);
    Ok(now)
}

/// 409: what the other one did, with everything typed still there, and what they added behind it.
async fn late(ctx: &Ctx, opened: &Opened, mut form: Form) -> Page {
    let working = &opened.working;
    let Ok(now) = item(working, form.data.get("no")) else {
        return Err(PageError::stale(&working.page()).into());
    };
    let seen = match &opened.stale {
        Some(seen) => export(&ctx.app.store, &seen.id).await?.unwrap_or_default(),
        None => working.files.clone(),
    };
    let seen = folder::load(&seen).ok();
    let seen = seen.and_then(|folder| named(&folder.services, &now.name));
    let seen = seen.unwrap_or_else(|| now.clone());
    late_steps(&mut form, &seen, now);
    let seen = seen.conditions;
    let rows = item_rows::merged(item_rows::typed(&form.data), &seen, &now.conditions);
    item_rows::set(&mut form.data, &rows);
    told_stale(ctx, &working.version, &mut form).await?;
    Ok(ui::page_409(page(ctx, working, now, form, None)?))
}

/// Steps that only the other one changed are theirs; where both did, what is typed stays and theirs is told.
fn late_steps(form: &mut Form, seen: &Service, now: &Service) {
    let (before, after) = (tier_rows::of(seen).0, tier_rows::of(now).0);
    if before == after || tier_rows::typed(&form.data).is_empty() {
        return;
    }
    let mut typed = tier_rows::typed(&form.data);
    typed.retain(|row| !row.is_empty());
    if typed == before {
        tier_rows::set(&mut form.data, &after);
        return;
    }
    let told: Vec<String> = after
        .iter()
        .map(|row| format!("{}{}{}", row.name, row.when, row.fen))
        .collect();
    let told = if told.is_empty() {
        "没有分档".to_owned()
    } else {
        told.join("；")
    };
    form.errors.add_form(format!(
        "对方也改了分档，现在是：{told}。按下面填的保存，会换掉对方的分档。"
    ));
}
