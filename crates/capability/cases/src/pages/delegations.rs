//! 委托办理: which steps the county handed to its towns, until when and by which document; a county enters and takes back its
//! own, and every town reads what it does for the county.

use super::{bodies, loaded};
use crate::delegation::{self, Delegation, New};
use area::api::AreaBook;
use askama::Template;
use authz::Scope;
use axum::extract::Path;
use host::{Ctx, Failure, Page};
use pay::api::{office_zh, programme_zh, programmes};
use ui::{Choice, Field, Form, FormData, PageError, Shell};

/// The longest name of a document.
const LONGEST: u32 = 100;

struct Line {
    id: String,
    programme: String,
    step: String,
    office: String,
    days: String,
    document: String,
    by: String,
    state: &'static str,
    tone: &'static str,
    may_end: bool,
}

#[derive(Template)]
#[template(path = "pages/delegations.html")]
struct DelegationsPage {
    shell: Shell,
    form: Form,
    rows: Vec<Line>,
    steps: Vec<Choice>,
    offices: Vec<Choice>,
    may_enter: bool,
}

impl DelegationsPage {
    /// Whether the asker has to say which body.
    fn several(&self) -> bool {
        self.offices.len() > 1 || self.form.errors.of("office").is_some()
    }

    fn office_field(&self) -> Field {
        let field = bodies::field("哪个单位委托", self.offices.clone());
        self.form.field(field)
    }

    fn step_field(&self) -> Field {
        self.form.field(
            Field::select("step", "哪个环节", self.steps.clone())
                .required()
                .blank("请选择"),
        )
    }

    fn first_field(&self) -> Field {
        self.form.field(
            Field::date("from", "从哪天起")
                .required()
                .hint("从这天起开始的环节由乡镇办理"),
        )
    }

    fn until_field(&self) -> Field {
        self.form.field(
            Field::date("until", "到哪天止")
                .required()
                .hint("含这一天；到期以前开始的，仍由乡镇办完"),
        )
    }

    fn document_field(&self) -> Field {
        self.form.field(
            Field::text("document", "委托文件的文号或名称")
                .required()
                .maxlength(LONGEST),
        )
    }
}

/// Bodies whose delegations the asker reads: those in view, for a town or village that of its county.
fn seen(ctx: &Ctx) -> Result<Vec<String>, Failure> {
    let mut out = super::offices(ctx)?;
    if let (true, Scope::Areas(areas)) = (out.is_empty(), ctx.scope()) {
        let book = ctx.app.part::<AreaBook>()?;
        let own = areas.iter().filter_map(|area| book.executor_of(area));
        out.extend(own.map(|one| one.key.clone()));
    }
    out.sort();
    out.dedup();
    Ok(out)
}

/// The bodies the asker hands over for.
fn own_offices(ctx: &Ctx) -> Result<Vec<String>, Failure> {
    bodies::own(ctx, "委托由县级民政部门登记和收回。")
}

/// `GET /cases/delegations`
pub(crate) async fn get(ctx: Ctx) -> Page {
    let form = Form::filled([("from", ctx.today().to_string())]);
    Ok(ui::page(page(&ctx, form).await?))
}

/// `POST /cases/delegations`
pub(crate) async fn post(ctx: Ctx, data: FormData) -> Page {
    let own = own_offices(&ctx)?;
    let (mut form, today) = (Form::from(data), ctx.today());
    let office = bodies::chosen(&mut form, &own, "请选择是哪个单位委托");
    let known = delegation::steps(&loaded(&ctx).await?.procedures);
    let keys: Vec<String> = known
        .iter()
        .map(|(programme, step, _)| key(programme, step))
        .collect();
    let allowed: Vec<&str> = keys.iter().map(String::as_str).collect();
    let step = form.one_of("step", &allowed, "请选择委托哪个环节");
    let (from, until) = (form.day("from"), form.day("until"));
    for (field, day) in [("from", from), ("until", until)] {
        if day.is_none() && form.errors.of(field).is_none() {
            form.errors.add(field, "请填写日期");
        }
    }
    if from.is_some_and(|from| from < today) {
        form.errors
            .add("from", "不能早于今天：已经开始的不改由谁办");
    }
    if from.zip(until).is_some_and(|(from, until)| until < from) {
        form.errors.add("until", "不能早于开始的那天");
    }
    let document = form.required("document", "请填写委托文件的文号或名称");
    form.within("document", LONGEST);
    let (Some(office), Some(step), Some(from), Some(until), Some(document), false) =
        (office, step, from, until, document, form.has_errors())
    else {
        return Ok(ui::page_422(page(&ctx, form).await?));
    };
    let (programme, step) = step.split_once('/').unwrap_or((&step, ""));
    let new = New {
        office: &office,
        programme,
        step,
        from,
        until,
        document: &document,
    };
    let mut tx = ctx.begin().await?;
    if !delegation::enter(&mut tx, new).await? {
        tx.rollback().await?;
        form.errors.add(
            "from",
            "这个环节在这些天里已经有委托；先收回，或者从它到期的第二天起",
        );
        return Ok(ui::page_422(page(&ctx, form).await?));
    }
    tx.commit().await?;
    Ok(ctx.saved("/cases/delegations", "委托已登记。"))
}

/// `POST /cases/delegations/{delegation}/end`
pub(crate) async fn end(ctx: Ctx, Path(id): Path<String>) -> Page {
    let own = own_offices(&ctx)?;
    let found = delegation::find(&ctx.app.store, &id)
        .await?
        .filter(|one| own.contains(&one.office))
        .ok_or_else(|| PageError::not_found().text("没有这项委托，或者它是别的县的。"))?;
    let mut tx = ctx.begin().await?;
    if !delegation::take_back(&mut tx, &found).await? {
        tx.rollback().await?;
        return Ok(ctx.redirect_with("/cases/delegations", "info", "这项委托已经收回或到期。"));
    }
    tx.commit().await?;
    let told = "已收回：明天起开始的由县里办，已经在乡镇的仍由乡镇办完。";
    Ok(ctx.saved("/cases/delegations", told))
}

fn key(programme: &str, step: &str) -> String {
    format!("{programme}/{step}")
}

async fn page(ctx: &Ctx, form: Form) -> Result<DelegationsPage, Failure> {
    let (known, today) = (programmes(ctx)?, ctx.today());
    let procedures = loaded(ctx).await?.procedures;
    let all = delegation::of_offices(&ctx.app.store, &seen(ctx)?).await?;
    let who = all.iter().map(|one| one.made_by.as_str());
    let names = org::api::Names::of(&ctx.app.store, who).await?;
    let areas = ctx.app.part::<AreaBook>()?;
    let own = own_offices(ctx).unwrap_or_default();
    let line = |one: Delegation| {
        let (state, tone) = one.state(today);
        let step = procedures
            .of(&one.programme)
            .and_then(|procedure| procedure.step(&one.step));
        Line {
            programme: programme_zh(&known, &one.programme),
            step: step.map_or_else(|| one.step.clone(), |step| step.title.clone()),
            office: office_zh(&areas, &one.office),
            days: match one.ended {
                Some(ended) => format!("{} 至 {}（{} 收回）", one.from, one.until, ended),
                None => format!("{} 至 {}", one.from, one.until),
            },
            by: format!("{} {}", names.name(&one.made_by), one.made_at.minute()),
            may_end: own.contains(&one.office) && one.ended.is_none() && today < one.until,
            id: one.delegation,
            document: one.document,
            state,
            tone,
        }
    };
    Ok(DelegationsPage {
        shell: ctx.shell("委托办理").crumb("申请审批", "/cases"),
        form,
        rows: all.into_iter().map(line).collect(),
        steps: delegation::steps(&procedures)
            .into_iter()
            .map(|(programme, step, title)| {
                let words = format!("{} · {title}", programme_zh(&known, &programme));
                Choice::new(key(&programme, &step), words)
            })
            .collect(),
        may_enter: !own.is_empty(),
        offices: bodies::choices(&areas, &own),
    })
}
