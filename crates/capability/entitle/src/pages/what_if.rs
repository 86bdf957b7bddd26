//! 政策测算 without a draft: one change of the list in force, picked item by item (rows C02, C03). Nothing of
//! it is stored but the question and counts.

use super::trials::TRIALS;
use super::what_if_typed::{ASK, typed};
use super::{what_if_words, words};
use crate::trial::start::start;
use crate::trial::store as rows;
use crate::trial::what_if::{changed_list, question};
use askama::Template;
use axum::extract::RawQuery;
use host::{Ctx, Page};
use plan::api::Published;
use rules::folder::{AreaBasis, ParamUnit, Service, Unit};
use ui::{Choice, Field, Form, FormData, ListQuery, ListSpec, PageError, Shell};

/// Where a change is asked about.
pub(crate) const WHAT_IF: &str = "/trials/what-if";

/// What may be changed.
pub(crate) const KINDS: &[(&str, &str)] = &[
    ("condition", "改一个条件"),
    ("value", "改一个标准或参数"),
    ("remove", "取消这一项"),
    ("add", "增加一个项目"),
];

const SPEC: ListSpec = ListSpec {
    filters: &["no", "kind"],
    sorts: &[],
    default_sort: "",
    default_desc: false,
};

/// A condition as it is now.
struct Now {
    says: String,
    when: String,
}

#[derive(Template)]
#[template(path = "pages/what_if.html")]
struct WhatIfPage {
    shell: Shell,
    form: Form,
    items: Vec<Choice>,
    no: String,
    kind: String,
    /// What is chosen, in words; nothing yet.
    chosen: Option<String>,
    now: Vec<Now>,
    /// The item's amount as written.
    amount: Option<String>,
    fields: Vec<Field>,
}

impl WhatIfPage {
    fn item(&self) -> Field {
        let items = self.items.clone();
        Field::select("no", "哪一项", items)
            .blank("请选择")
            .value(self.no.clone())
            .hint("增加一个项目的不用选。")
    }

    fn kinds(&self) -> Field {
        let kinds = KINDS.iter().map(|(key, words)| Choice::new(*key, *words));
        Field::radio("kind", "改什么", kinds.collect()).value(self.kind.clone())
    }
}

/// `GET /trials/what-if`
pub(crate) async fn get(ctx: Ctx, RawQuery(raw): RawQuery) -> Page {
    let query = ListQuery::parse(raw.as_deref(), &SPEC)
        .map_err(|error| PageError::bad_request(error.to_string()))?;
    let published = words::in_force(&ctx)?;
    let mut form = Form::default();
    for name in ["no", "kind"] {
        form.data.set(name, query.filter(name).unwrap_or_default());
    }
    Ok(ui::page(page(&ctx, &published, form)?))
}

/// The item that a form speaks of.
pub(crate) fn item_of<'a>(published: &'a Published, data: &FormData) -> Option<&'a Service> {
    let no: u16 = data.get("no").parse().ok()?;
    published.list.item(no)?;
    let place = usize::from(no).checked_sub(1)?;
    published.folder.services.get(place)
}

fn page(ctx: &Ctx, published: &Published, mut form: Form) -> Result<WhatIfPage, PageError> {
    let (no, mut kind) = (
        form.data.get("no").to_owned(),
        form.data.get("kind").to_owned(),
    );
    if !kind.is_empty() && !KINDS.iter().any(|(key, _)| *key == kind) {
        return Err(PageError::bad_request(format!(
            "查询条件「kind」不能是「{kind}」。"
        )));
    }
    let item = item_of(published, &form.data);
    if item.is_none() && !no.is_empty() {
        return Err(PageError::bad_request(format!("清单没有第 {no} 项。")));
    }
    let words = |kind: &str| {
        KINDS
            .iter()
            .find(|(key, _)| *key == kind)
            .map_or("", |(_, words)| words)
    };
    let chosen = match (item, kind.as_str()) {
        (_, "add") => Some(words("add").to_owned()),
        (Some(item), kind) if !kind.is_empty() => {
            Some(format!("第{}项 {}：{}", item.no, item.name, words(kind)))
        }
        _ => None,
    };
    if kind.is_empty() {
        "condition".clone_into(&mut kind);
    }
    if form.data.get("from").is_empty() {
        let next = kernel::Day::from_ymd(ctx.today().year() + 1, 1, 1);
        form.data
            .set("from", next.unwrap_or(ctx.today()).to_string());
    }
    let fields = match (&chosen, item) {
        (None, _) => Vec::new(),
        (Some(_), item) => fields(published, item, &kind),
    };
    let fields = fields.into_iter().map(|field| form.field(field)).collect();
    let services = published.folder.services.iter();
    Ok(WhatIfPage {
        shell: ctx
            .shell("改一处试算")
            .crumb("服务清单", "/list")
            .crumb("政策测算", TRIALS),
        items: services
            .map(|item| Choice::new(item.no.to_string(), format!("{} {}", item.no, item.name)))
            .collect(),
        now: item
            .filter(|_| chosen.is_some() && kind != "add")
            .map(now)
            .unwrap_or_default(),
        amount: item
            .filter(|_| chosen.is_some() && kind != "add")
            .and_then(|item| Some(item.amount.as_ref()?.text.trim().to_owned())),
        form,
        no,
        kind,
        chosen,
        fields,
    })
}

fn now(item: &Service) -> Vec<Now> {
    let now = |clause: &rules::folder::Clause| Now {
        says: clause.says.clone(),
        when: clause.when.trim().to_owned(),
    };
    item.conditions.iter().map(now).collect()
}

/// The fields of a kind of change.
fn fields(published: &Published, item: Option<&Service>, kind: &str) -> Vec<Field> {
    let says = || {
        Field::text("says", "条件怎么说")
            .hint("例如：75周岁及以上。")
            .maxlength(200)
    };
    let when = || {
        Field::lines("when", "条件表达式")
            .rows(3)
            .maxlength(2000)
            .hint("例如：age >= 75。写法与清单相同，写错了会说明哪里不对。")
    };
    match (kind, item) {
        ("value", Some(item)) => value_fields(published, item),
        ("condition", Some(item)) => {
            let clauses = item.conditions.iter().enumerate();
            let mut places: Vec<Choice> = clauses
                .map(|(at, clause)| Choice::new(at.to_string(), format!("改“{}”", clause.says)))
                .collect();
            let last = places.len().saturating_sub(1).to_string();
            places.push(Choice::new("new", "增加一个条件"));
            vec![
                Field::radio("place", "哪一个条件", places)
                    .value(last)
                    .required(),
                says(),
                when(),
                Field::tick("drop", "不再要求这个条件"),
            ]
        }
        ("add", _) => {
            let bases = AreaBasis::ALL
                .iter()
                .filter(|basis| **basis != AreaBasis::Facility);
            let bases = bases.map(|basis| Choice::new(basis.key(), basis.zh()));
            let units = Unit::ALL
                .iter()
                .map(|unit| Choice::new(unit.key(), unit.zh()));
            vec![
                Field::text("name", "项目名称").required().maxlength(60),
                says().required(),
                when().required(),
                Field::radio("basis", "按什么地算", bases.collect())
                    .value(AreaBasis::Hukou.key())
                    .required(),
                Field::text("amount", "标准")
                    .unit("元")
                    .inputmode("decimal")
                    .width("8rem")
                    .hint("不是资金的不填。"),
                Field::select("unit", "每多久一次", units.collect()).value(Unit::Month.key()),
            ]
        }
        _ => Vec::new(),
    }
}

fn value_fields(published: &Published, item: &Service) -> Vec<Field> {
    let params = what_if_words::params_of(&published.list, item.no);
    let unit = |unit: ParamUnit| match unit {
        ParamUnit::Fen => "元",
        unit => unit.zh(),
    };
    let choices = params.iter().map(|table| {
        Choice::new(
            table.name.as_str(),
            format!(
                "{}（{}，现为{}）",
                table.name,
                unit(table.unit),
                what_if_words::values_now(published, table)
            ),
        )
    });
    let areas = published.folder.areas.counties.iter();
    let areas = areas.map(|county| Choice::new(county.code.prefix(), county.name.as_str()));
    let kinds = [("true", "城镇"), ("false", "农村")];
    vec![
        Field::select("param", "哪个参数", choices.collect())
            .required()
            .hint("这一项的条件和金额里用到的参数。"),
        Field::text("value", "改为")
            .required()
            .width("10rem")
            .hint("金额以元计，例如 120 或 120.50；年龄、等级、百分比写整数。"),
        Field::date("from", "从哪天起").required(),
        Field::select("area", "只在哪个县（市、区）", areas.collect()).blank("全市"),
        Field::select(
            "urban",
            "只对城镇或农村",
            kinds.map(|(key, words)| Choice::new(key, words)).to_vec(),
        )
        .blank("都算"),
    ]
}

/// `POST /trials/what-if`
pub(crate) async fn post(ctx: Ctx, data: FormData) -> Page {
    if let Some(unknown) = data.unknown(ASK) {
        return Err(PageError::bad_request(format!("表单里没有「{unknown}」这一栏。")).into());
    }
    let published = words::in_force(&ctx)?;
    let mut form = Form::from(data);
    if let Some(change) = typed(&published, &mut form) {
        match changed_list(&ctx.app.store, &published, &change).await? {
            Ok(list) => {
                let question = question(&published, change, &list, ctx.today());
                let known =
                    rows::of_digests(&ctx.app.store, &question.digest, &question.base_digest)
                        .await?;
                let today = ctx.today();
                let fresh = known.iter().find(|trial| {
                    trial.question == question
                        && (trial.state.open()
                            || trial.state == crate::trial::State::Done
                                && trial.asked_at.day() == today)
                });
                if let Some(known) = fresh {
                    return Ok(ui::redirect(&format!("{TRIALS}/{}", known.id)));
                }
                let mut tx = ctx.begin().await?;
                let id = start(&mut tx, &question).await?;
                tx.commit().await?;
                let text = "已开始测算，全市大约一分钟。可以离开这个页面，结果会留着。";
                return Ok(ctx.redirect_with(&format!("{TRIALS}/{id}"), "ok", text));
            }
            Err(problems) => {
                let field = match form.data.get("kind") {
                    "value" => "value",
                    _ => "when",
                };
                for problem in problems {
                    form.errors
                        .add(field, format!("{}。{}。", problem.what, problem.remedy));
                }
            }
        }
    }
    Ok(ui::page_422(page(&ctx, &published, form)?))
}
