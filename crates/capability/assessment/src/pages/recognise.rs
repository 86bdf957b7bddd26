//! 结果互认: a result of another body, by the same scale or an old one, is taken as it is and not repeated.

use crate::acts::{self, Foreign, New};
use crate::admission;
use crate::facts;
use crate::model::State;
use crate::whose;
use askama::Template;
use assess::Scheme;
use authz::{Action, Role};
use axum::extract::Path;
use host::{Ctx, Failure, Page};
use people::api::{NameIndex, Person};
use ui::{Choice, Field, Form, FormData, Shell};

#[derive(Template)]
#[template(path = "pages/recognise.html")]
struct RecognisePage {
    shell: Shell,
    form: Form,
    person: Person,
    role: Role,
}

/// A scale of the role and a level of it, as one choice.
fn pick(role: Role, value: &str) -> Option<(&'static Scheme, usize)> {
    let (scheme, level) = value.rsplit_once('/')?;
    let scheme = assess::by_id(scheme).filter(|scheme| whose::theirs(role, scheme))?;
    let level = level.parse().ok()?;
    (level <= scheme.worst()).then_some((scheme, level))
}

impl RecognisePage {
    fn back(&self) -> String {
        whose::back(self.role, &self.person.key.id)
    }

    fn level(&self) -> Field {
        let choices = whose::schemes(self.role)
            .flat_map(|scheme| {
                scheme.bands.iter().map(move |band| {
                    Choice::new(
                        format!("{}/{}", scheme.id, band.level),
                        format!("{}：{}", scheme.name, band.name),
                    )
                })
            })
            .collect();
        self.form.field(
            Field::select("level", "量表和结论", choices)
                .required()
                .blank("请选择")
                .hint("不同量表的等级不换算，按报告上的登记"),
        )
    }

    fn day(&self) -> Field {
        self.form.field(Field::date("day", "评估日期").required())
    }

    fn body(&self) -> Field {
        self.form
            .field(Field::text("body", "评估机构").required().maxlength(60))
    }

    fn number(&self) -> Field {
        self.form
            .field(Field::text("number", "报告编号").required().maxlength(60))
    }
}

/// `GET /people/{id}/assessments/recognition`
pub(crate) async fn get(ctx: Ctx, Path(id): Path<String>) -> Page {
    let person = open(&ctx, &id).await?;
    Ok(ui::page_no_store(page(&ctx, person, Form::default())))
}

/// `POST /people/{id}/assessments/recognition`
pub(crate) async fn post(ctx: Ctx, Path(id): Path<String>, data: FormData) -> Page {
    let person = open(&ctx, &id).await?;
    let mut form = Form::from(data);
    let picked = pick(ctx.actor().role, form.data.get("level"));
    if picked.is_none() {
        form.errors.add("level", "请选择量表和结论");
    }
    let day = form.day("day");
    match day {
        None if form.errors.of("day").is_none() => form.errors.add("day", "请填写评估日期"),
        Some(day) if day > ctx.today() => form.errors.add("day", "评估日期不能晚于今天"),
        _ => {}
    }
    let body = form.required("body", "请填写评估机构");
    let number = form.required("number", "请填写报告编号");
    if let (Some((scheme, _)), Some(day)) = (picked, day) {
        let until = day.plus_months(scheme.valid_months);
        if scheme.is_scored() && until <= ctx.today() {
            let says = format!("这份结论已于 {} 到期，请申请重新评估", until.zh());
            form.errors.add("day", says);
        }
    }
    let (Some((scheme, level)), Some(day), Some(body), Some(number), false) =
        (picked, day, body, number, form.has_errors())
    else {
        return Ok(ui::page_422(page(&ctx, person, form)));
    };
    let until = day.plus_months(scheme.valid_months);
    let mut tx = ctx.begin().await?;
    let new = New {
        person: &person,
        scheme,
        kind: "recognised",
        origin: "foreign",
        of_request: None,
        state: State::Done,
        due: day,
        says: None,
    };
    let foreign = Foreign {
        level,
        day,
        until,
        body: &body,
        number: &number,
    };
    let request = acts::recognise(&mut tx, &ctx.actor(), new, &foreign).await?;
    let mut changed = None;
    if let Some((fact, value)) = scheme.fact_value(level) {
        changed = facts::write(&ctx.app, &mut tx, &person, fact, &value, day).await?;
        if changed.is_none() {
            tx.rollback().await?;
            form.errors.add_form("档案刚被别人改动，请再提交一次");
            return Ok(ui::page_409(page(&ctx, person, form)));
        }
    }
    if let Some(now) = &changed {
        admission::acts::assessed(&mut tx, now, scheme, &request, level).await?;
    }
    tx.commit().await?;
    if let Some(changed) = changed {
        ctx.app
            .part::<NameIndex>()?
            .put(&ctx.app.store, &changed)
            .await?;
    }
    let text = format!("已登记，{}前不用重复评估。", until.zh());
    Ok(ctx.saved(&format!("/assessments/{request}"), &text))
}

async fn open(ctx: &Ctx, id: &str) -> Result<Person, Failure> {
    let person = people::api::open(ctx, id, Action::DispatchAssessment).await?;
    whose::admits(ctx, person)
}

fn page(ctx: &Ctx, person: Person, form: Form) -> RecognisePage {
    let role = ctx.actor().role;
    let back = whose::back(role, &person.key.id);
    RecognisePage {
        shell: ctx
            .shell("登记其他机构的结论")
            .crumb("人员档案", "/people")
            .crumb(person.name.clone(), back),
        form,
        person,
        role,
    }
}
