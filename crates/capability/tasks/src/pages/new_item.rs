//! `GET /tasks/items/new` and `POST /tasks/items`: 十件实事, 议定事项 and 检查意见 enter the same loop.

use super::look::{Look, Tab};
use crate::book::to_json;
use crate::events::{self, Line};
use crate::model::{Goal, ItemKind, Spread};
use crate::number;
use crate::seen::office_of;
use askama::Template;
use figures::{Better, DOMAINS, Unit};
use host::{Ctx, Page};
use plan::api::PlanBook;
use store::{Audit, values};
use ui::{Choice, Field, Form, FormData, PageError, Shell};

#[derive(Template)]
#[template(path = "pages/new_item.html")]
struct NewItemPage {
    shell: Shell,
    tabs: Vec<Tab>,
    form: Form,
    measures: Vec<Choice>,
}

impl NewItemPage {
    fn kind(&self) -> Field {
        let choices = ItemKind::ALL
            .iter()
            .filter(|kind| **kind != ItemKind::Plan)
            .map(|kind| Choice::new(kind.key(), kind.zh()))
            .collect();
        self.form
            .field(Field::radio("kind", "来源", choices).required())
    }
    fn title(&self) -> Field {
        self.form
            .field(Field::text("title", "事项").required().maxlength(100))
    }
    fn says(&self) -> Field {
        self.form.field(
            Field::lines("says", "要求")
                .required()
                .maxlength(1000)
                .hint("做到什么，以什么为准"),
        )
    }
    fn source(&self) -> Field {
        self.form.field(
            Field::text("source", "出处")
                .required()
                .maxlength(120)
                .hint("文号，或哪一天的哪次会议、检查"),
        )
    }
    fn departments(&self) -> Field {
        self.form.field(
            Field::text("departments", "责任单位")
                .required()
                .maxlength(200)
                .hint("用顿号分开；要县级落实的写“各县市区政府及管委会”"),
        )
    }
    fn due(&self) -> Field {
        self.form.field(Field::date("due", "完成时限").required())
    }
    fn domain(&self) -> Field {
        let choices = DOMAINS.iter().map(|domain| Choice::new(*domain, *domain));
        let field = Field::select("domain", "领域", choices.collect()).required();
        self.form.field(field.width("short"))
    }
    fn measure(&self) -> Field {
        self.form.field(
            Field::select("measure", "目标指标", self.measures.clone())
                .blank("没有数值目标")
                .hint("选“数据计算”的指标时，进展里的数由系统取，不用人填"),
        )
    }
    fn need(&self) -> Field {
        self.form.field(
            Field::text("need", "目标值")
                .inputmode("decimal")
                .width("short")
                .hint("按指标后面括号里的单位"),
        )
    }
}

fn measures(ctx: &Ctx) -> Result<Vec<Choice>, host::Failure> {
    let mut out: Vec<Choice> = dashboard::api::formulas()
        .into_iter()
        .map(|f| Choice::new(f.id, format!("{}（{}，数据计算）", f.name, f.unit)))
        .collect();
    if let Some(own) = ctx.app.part::<PlanBook>()?.places().first() {
        let mut ids: Vec<&str> = own
            .book
            .figures()
            .filter(|(_, figure)| figure.role.is_goal())
            .map(|(_, figure)| figure.measure.as_str())
            .collect();
        ids.sort_unstable();
        ids.dedup();
        for measure in ids.into_iter().filter_map(|id| own.book.measures.get(id)) {
            let words = format!("{}（{}）", measure.name, measure.unit);
            out.push(Choice::new(measure.id.clone(), words));
        }
    }
    Ok(out)
}

/// The goal of a chosen measure.
fn goal(ctx: &Ctx, id: &str, text: &str) -> Result<Option<Goal>, host::Failure> {
    let plans = ctx.app.part::<PlanBook>()?.places();
    let own = plans.first().and_then(|own| own.book.measures.get(id));
    let (name, unit, down, rate) = match (dashboard::api::formula(id), own) {
        (Some(formula), _) => (
            formula.name.to_owned(),
            formula.unit.to_owned(),
            formula.down == Some(true),
            true,
        ),
        (None, Some(measure)) => (
            measure.name.clone(),
            measure.unit.clone(),
            measure.better == Better::Down,
            measure.is_percent() || measure.ratio.is_some(),
        ),
        (None, None) => return Ok(None),
    };
    let Some(need) = number::read(text, &Unit::parse(&unit)) else {
        return Ok(None);
    };
    Ok(Some(Goal {
        measure: id.to_owned(),
        says: format!("{}{text}{unit}", if down { "≤" } else { "≥" }),
        name,
        need,
        strict: false,
        down,
        unit,
        spread: if rate { Spread::Same } else { Spread::Sum },
        each: None,
        flow: false,
    }))
}

fn page(ctx: &Ctx, look: &Look, form: Form) -> Result<NewItemPage, host::Failure> {
    Ok(NewItemPage {
        shell: look.shell(ctx, "新增事项"),
        tabs: look.tabs("/tasks"),
        measures: measures(ctx)?,
        form,
    })
}

/// `GET /tasks/items/new`
pub(crate) async fn get(ctx: Ctx) -> Page {
    let look = Look::of(&ctx)?;
    let form = Form::filled([("kind", "matter"), ("domain", "养老")]);
    Ok(ui::page_no_store(page(&ctx, &look, form)?))
}

/// `POST /tasks/items`
pub(crate) async fn post(ctx: Ctx, data: FormData) -> Page {
    let look = Look::of(&ctx)?;
    if !look.seen.leads_any() {
        return Err(PageError::refused(&format!("{}民政局", look.place)).into());
    }
    let mut form = Form::from(data);
    let kinds: Vec<&str> = ItemKind::ALL
        .iter()
        .filter(|kind| **kind != ItemKind::Plan)
        .map(|kind| kind.key())
        .collect();
    let kind = form.one_of("kind", &kinds, "请选来源");
    let domain = form.one_of("domain", DOMAINS, "请选领域");
    let title = form.required("title", "请填写事项");
    let says = form.required("says", "请写要求");
    let source = form.required("source", "请写出处");
    let departments = form.required("departments", "请写责任单位");
    let due = form.day("due");
    if due.is_none() && form.errors.of("due").is_none() {
        form.errors.add("due", "请填写完成时限");
    }
    if due.is_some_and(|due| due < look.today) {
        form.errors.add("due", "完成时限不能早于今天");
    }
    let mut goals = Vec::new();
    if let Some(measure) = form.text("measure") {
        let need = form.data.get("need").to_owned();
        match goal(&ctx, &measure, &need)? {
            Some(goal) => goals.push(goal),
            None if need.is_empty() => form.errors.add("need", "选了指标就要写目标值"),
            None => form
                .errors
                .add("need", format!("「{need}」不是数字，或没有这个指标")),
        }
    }
    let (Some(kind), Some(domain), Some(title), Some(says), Some(source), Some(names), Some(due)) =
        (kind, domain, title, says, source, departments, due)
    else {
        return Ok(ui::page_422(page(&ctx, &look, form)?));
    };
    if form.has_errors() {
        return Ok(ui::page_422(page(&ctx, &look, form)?));
    }
    let departments: Vec<String> = names
        .split(['、', '，', ',', ';', '；'])
        .map(|name| name.trim().to_owned())
        .filter(|name| !name.is_empty())
        .collect();
    let role = look.seen.role();
    let mut tx = ctx.begin().await?;
    let id = tx.store().new_id();
    let (at, by, name) = (
        tx.at().micros(),
        tx.actor().id.clone(),
        tx.actor().name.clone(),
    );
    tx.run(
        "INSERT INTO tasks_item (id, kind, year, no, title, says, source, departments, lead_office, lead_role, domain, \
         start_day, due, goals, withdrawn, version, created_at, created_by, created_name) \
         VALUES ($1, $2, $3, '', $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 1, $15, $16, $17)",
        values![
            id.as_str(),
            kind,
            i64::from(due.year()),
            title,
            says,
            source.as_str(),
            to_json(&departments)?,
            office_of(role, &look.place),
            role.key(),
            domain,
            look.today.number(),
            due.number(),
            to_json(&goals)?,
            false,
            at,
            by,
            name
        ],
    )
    .await?;
    let line = Line {
        item: &id,
        executor: "",
        act: "纳入督办",
        says: &source,
        tone: "",
    };
    events::add(&mut tx, &line).await?;
    tx.audit(Audit::new("task.add").subject(&id));
    tx.commit().await?;
    Ok(ctx.saved(
        &format!("/tasks/items/{id}/split"),
        "已纳入督办，请分解到执行单位。",
    ))
}
