//! 政策测算: what was tried on the register, and a form for another (rows C02, C03; product.md, screen 4).

use super::what_if_words;
use crate::trial::outcome::Outcome;
use crate::trial::start::{NotAsked, question, start};
use crate::trial::sums::View;
use crate::trial::what_if::Years;
use crate::trial::{State, Trial, store as rows, sums};
use area::api::AreaBook;
use askama::Template;
use authz::Action;
use axum::extract::RawQuery;
use host::{Ctx, Failure, Page};
use plan::api::{PlanBook, Version, VersionId, version, versions};
use std::collections::BTreeMap;
use store::StoreResult;
use ui::{Choice, Field, Form, FormData, ListQuery, ListSpec, PageError, Pill, Shell, pill};

/// The menu's address.
pub(crate) const TRIALS: &str = "/trials";
/// How many are listed.
const MOST: i64 = 100;

const NONE: ListSpec = ListSpec {
    filters: &[],
    sorts: &[],
    default_sort: "",
    default_desc: false,
};
const NEW: ListSpec = ListSpec {
    filters: &["version"],
    sorts: &[],
    default_sort: "",
    default_desc: false,
};

struct Row {
    href: String,
    what: String,
    against: String,
    day: String,
    asked: String,
    state: Pill,
    says: String,
}

#[derive(Template)]
#[template(path = "pages/trials.html")]
struct TrialsPage {
    shell: Shell,
    rows: Vec<Row>,
    /// May try some list, or change one thing of the one in force.
    may: bool,
    may_change: bool,
}

/// `GET /trials`
pub(crate) async fn get(ctx: Ctx, RawQuery(raw): RawQuery) -> Page {
    ListQuery::parse(raw.as_deref(), &NONE)
        .map_err(|error| PageError::bad_request(error.to_string()))?;
    let book = ctx.app.part::<AreaBook>()?;
    let names = named(&ctx).await?;
    let today = ctx.today();
    let mut rows = Vec::new();
    let plans = ctx.app.part::<PlanBook>()?;
    for trial in rows::latest(&ctx.app.store, MOST).await? {
        let asked = &trial.question;
        if let Some(change) = &asked.change {
            let base = plans.by_digest(&asked.base_digest);
            rows.push(Row {
                href: format!("{TRIALS}/{}", trial.id),
                what: what_if_words::change_zh(base.as_ref().map(|base| &base.folder), change),
                against: title(&names, &asked.base),
                day: format!("{}年起三年", asked.day.year()),
                asked: trial.asked_at.minute(),
                state: state(trial.state),
                says: said_of_change(&ctx, &book, &trial).await?,
            });
            continue;
        }
        rows.push(Row {
            href: format!("{TRIALS}/{}", trial.id),
            what: title(&names, &asked.version),
            against: if asked.version == asked.base {
                format!("自身，{}", asked.base_day.zh())
            } else {
                title(&names, &asked.base)
            },
            day: asked.day.zh(),
            asked: trial.asked_at.minute(),
            state: state(trial.state),
            says: said(&ctx, &book, &trial).await?,
        });
    }
    Ok(ui::page(TrialsPage {
        shell: ctx.shell("政策测算").crumb("服务清单", "/list"),
        rows,
        may: Action::DraftList.allowed_to(ctx.actor().role) && plans.in_force(today).is_some(),
        may_change: may(&ctx) && plans.in_force(today).is_some(),
    }))
}

/// One line about a trial, of the reader's own areas.
async fn said(ctx: &Ctx, book: &AreaBook, trial: &Trial) -> StoreResult<String> {
    if trial.state != State::Done {
        return Ok(trial.progress());
    }
    let whole = rows::get(&ctx.app.store, &trial.id).await?;
    let json = whole.and_then(|trial| trial.result).unwrap_or_default();
    let Ok(outcome) = serde_json::from_str::<Outcome>(&json) else {
        return Ok("结果读不出来".to_owned());
    };
    let scope = ctx.scope();
    let view = View::new(&outcome, book, &scope);
    if !view.anything() {
        return Ok("您的范围里没有可看的数".to_owned());
    }
    let all = view.all();
    Ok(format!(
        "新增 {} 人次，减少 {} 人次，全年{}",
        ui::grouped(all.gained),
        ui::grouped(all.lost),
        sums::difference(all.year_more())
    ))
}

/// One line about a change: its first year, of the reader's own areas.
async fn said_of_change(ctx: &Ctx, book: &AreaBook, trial: &Trial) -> StoreResult<String> {
    if trial.state != State::Done {
        return Ok(trial.progress());
    }
    let whole = rows::get(&ctx.app.store, &trial.id).await?;
    let json = whole.and_then(|trial| trial.result).unwrap_or_default();
    let years = serde_json::from_str::<Years>(&json).map(|years| years.years);
    let Some(first) = years.unwrap_or_default().into_iter().next() else {
        return Ok("结果读不出来".to_owned());
    };
    let scope = ctx.scope();
    let view = View::new(&first.outcome, book, &scope);
    if !view.anything() {
        return Ok("您的范围里没有可看的数".to_owned());
    }
    let all = view.all();
    Ok(format!(
        "{}年新增 {} 人次，减少 {} 人次，{}",
        first.year,
        ui::grouped(all.gained),
        ui::grouped(all.lost),
        sums::difference(all.year_more())
    ))
}

/// Who may try a version: whoever may draft it.
pub(crate) fn may_try(ctx: &Ctx, version: &Version) -> bool {
    plan::api::may_draft(ctx, version.county.as_deref()).unwrap_or(false)
}

/// Who may ask about a change of the list in force.
pub(crate) fn may(ctx: &Ctx) -> bool {
    Action::EditPlan.allowed_to(ctx.actor().role)
}

/// All versions by id.
pub(crate) async fn named(ctx: &Ctx) -> StoreResult<BTreeMap<String, Version>> {
    let all = versions(&ctx.app.store).await?.into_iter();
    Ok(all
        .map(|version| (version.id.to_string(), version))
        .collect())
}

/// 「随州市基本养老服务清单 2023年6月1日版（草稿）」
pub(crate) fn title(names: &BTreeMap<String, Version>, id: &str) -> String {
    names.get(id).map_or_else(|| id.to_owned(), title_of)
}

fn title_of(version: &Version) -> String {
    let draft = if version.publication.is_none() {
        "（草稿）"
    } else {
        ""
    };
    format!(
        "{} {}版{draft}",
        version.list_name,
        version.list_version.zh()
    )
}

pub(crate) fn state(state: State) -> Pill {
    let kind = match state {
        State::Waiting | State::Running => "info",
        State::Done => "ok",
        State::Failed => "danger",
    };
    pill(kind, state.zh())
}

#[derive(Template)]
#[template(path = "pages/trial_new.html")]
struct NewPage {
    shell: Shell,
    form: Form,
    choices: Vec<Choice>,
    next_year: String,
}

impl NewPage {
    fn version(&self) -> Field {
        self.form.field(
            Field::select("version", "测算哪个清单", self.choices.clone())
                .required()
                .hint("草稿与它要替换的清单比；生效中的清单与今天的自己比。"),
        )
    }
    fn day(&self) -> Field {
        self.form.field(Field::date("day", "按哪一天").hint(format!(
            "不填：草稿按它开始执行的那天（最早今天）。看一年后的变化填{}。",
            self.next_year
        )))
    }
}

/// `GET /trials/new`
pub(crate) async fn new(ctx: Ctx, RawQuery(raw): RawQuery) -> Page {
    let query = ListQuery::parse(raw.as_deref(), &NEW)
        .map_err(|error| PageError::bad_request(error.to_string()))?;
    let mut form = Form::default();
    if let Some(version) = query.filter("version") {
        form.data.set("version", version);
    }
    Ok(ui::page(form_page(&ctx, form).await?))
}

async fn form_page(ctx: &Ctx, form: Form) -> StoreResult<NewPage> {
    let now = ctx.app.part::<PlanBook>()?.in_force(ctx.today());
    let mut choices = Vec::new();
    for version in versions(&ctx.app.store).await? {
        let in_force = now.as_ref().is_some_and(|now| now.id == version.id);
        let place = now
            .as_ref()
            .is_none_or(|now| version.county.is_some() || now.folder.plan.slug == version.slug);
        if version.has_list() && place && !version.superseded && may_try(ctx, &version) {
            let mark = if in_force { "（生效中）" } else { "" };
            let words = format!("{}{mark}", title_of(&version));
            choices.push(Choice::new(version.id.as_str(), words));
        }
    }
    Ok(NewPage {
        shell: ctx
            .shell("新的测算")
            .crumb("服务清单", "/list")
            .crumb("政策测算", TRIALS),
        form,
        choices,
        next_year: ctx.today().plus_years(1).zh(),
    })
}

/// `POST /trials`
pub(crate) async fn post(ctx: Ctx, data: FormData) -> Page {
    let mut form = Form::from(data);
    let version = form.required("version", "请选择清单");
    let day = match form.text("day") {
        Some(_) => form.day("day"),
        None => None,
    };
    let book = ctx.app.part::<PlanBook>()?;
    let store = &ctx.app.store;
    if let Some(id) = &version {
        only_own(&ctx, id).await?;
    }
    if let (Some(version), false) = (&version, form.has_errors()) {
        match question(store, &book, version, day, ctx.today()).await? {
            Ok(question) => {
                let open = rows::of_digests(store, &question.digest, &question.base_digest).await?;
                let open = open
                    .iter()
                    .find(|trial| trial.state.open() && trial.question == question);
                if let Some(open) = open {
                    return Ok(ui::redirect(&format!("{TRIALS}/{}", open.id)));
                }
                let mut tx = ctx.begin().await?;
                let id = start(&mut tx, &question).await?;
                tx.commit().await?;
                let text = "已开始测算，大约一两分钟。可以离开这个页面，结果会留着。";
                return Ok(ctx.redirect_with(&format!("{TRIALS}/{id}"), "ok", text));
            }
            Err(NotAsked::Field(field, text)) => form.errors.add(field, text),
        }
    }
    Ok(ui::page_422(form_page(&ctx, form).await?))
}

/// Refuses a list that is another office's to draft; an unknown one is said at the field.
async fn only_own(ctx: &Ctx, id: &str) -> Result<(), Failure> {
    let found = version(&ctx.app.store, &VersionId(id.to_owned())).await?;
    let Some(found) = found.filter(|found| !may_try(ctx, found)) else {
        return Ok(());
    };
    let office = match &found.county {
        Some(key) => {
            let book = ctx.app.part::<AreaBook>()?;
            let name = book.executor(key).map(|body| body.name.clone());
            format!("{}民政局", name.unwrap_or_default())
        }
        None => "市民政局".to_owned(),
    };
    let text = format!(
        "「{}」由{office}测算；您可以测算本县的清单。",
        found.list_name
    );
    let error = PageError::refused(&office).text(text);
    Err(error.title("不能测算").link("回政策测算", TRIALS).into())
}
