//! 申请入住公办机构: for whom, who asks, where to; a valid result is recognised, otherwise an assessment is asked for.

use crate::admission::acts::{self, Made};
use crate::admission::order;
use crate::admission::terms::terms;
use crate::book;
use crate::pages::ask::origin;
use askama::Template;
use authz::{Action, Role};
use axum::extract::Path;
use host::{Ctx, Failure, Page};
use people::api::Person;
use store::{Audit, StoreError};
use ui::{Field, Form, FormData, Shell};

#[derive(Template)]
#[template(path = "pages/admissions/ask.html")]
struct AskPage {
    shell: Shell,
    form: Form,
    person: Person,
    /// The level of a valid result and the last day on which it counts.
    valid: Option<(String, String)>,
    family: bool,
}

/// Who may ask, for offices; a family asks for itself or for the person.
const ASKED: [&str; 4] = ["self", "family", "visit", "department"];

impl AskPage {
    fn back(&self) -> String {
        back(&self.person)
    }

    fn origin(&self) -> Field {
        let from = if self.family { 2 } else { ASKED.len() };
        origin(&self.form, ASKED.get(..from).unwrap_or(&ASKED))
    }

    fn wish(&self) -> Field {
        self.form.field(
            Field::text("wish", "想住哪家或哪一带")
                .required()
                .hint("如：县社会福利院、离儿子家近的敬老院；没有想好的写“都可以”")
                .maxlength(60),
        )
    }
}

fn back(person: &Person) -> String {
    format!("/people/{}?tab=assessment", person.key.id)
}

/// `GET /people/{id}/admissions/new`
pub(crate) async fn get(ctx: Ctx, Path(id): Path<String>) -> Page {
    let person = open(&ctx, &id).await?;
    let origin = match ctx.actor().role {
        Role::Family => "family",
        Role::Visitor => "visit",
        _ => "",
    };
    let form = Form::filled([("origin", origin)]);
    ctx.log_reads(&[Audit::new("person.read").person(&person.key.shard, &person.key.id)])
        .await?;
    Ok(ui::page_no_store(page(&ctx, person, form).await?))
}

/// `POST /people/{id}/admissions`
pub(crate) async fn post(ctx: Ctx, Path(id): Path<String>, data: FormData) -> Page {
    let person = open(&ctx, &id).await?;
    let mut form = Form::from(data);
    let origin = form.one_of("origin", &ASKED, "请选择怎么提出的");
    let wish = form.required("wish", "请填写想住哪家或哪一带，没有想好的写“都可以”");
    if order::is_dead(&person) {
        form.errors
            .add_form("档案登记已去世，不能申请入住；登记有误的，先更正在世情况");
    }
    if !order::is_grown(&person, ctx.today()) {
        form.errors
            .add_form("公办养老机构不接收未成年人；孤儿、困境儿童请找县民政的儿童福利科室");
    }
    let (Some(origin), Some(wish), false) = (origin, wish, form.has_errors()) else {
        return Ok(ui::page_422(page(&ctx, person, form).await?));
    };
    let mut tx = ctx.begin().await?;
    let made = acts::ask(&mut tx, &ctx.actor(), &person, &origin, &wish).await;
    let (id, text) = match made {
        Ok(Made::Assessed(id)) => (id, "已申请；已有有效的能力评估结论，不用再评。"),
        Ok(Made::Waits(id)) => (id, "已申请，同时申请了能力评估，由县民政派单。"),
        Ok(Made::Open(_)) | Err(StoreError::Duplicate { .. }) => {
            tx.rollback().await?;
            form.errors
                .add_form("已经有一件入住申请在办，不用重复申请；要改意愿的，先撤回那一件");
            return Ok(ui::page_409(page(&ctx, person, form).await?));
        }
        Err(error) => return Err(error.into()),
    };
    tx.commit().await?;
    Ok(ctx.saved(&format!("/assessments/admissions/{id}"), text))
}

async fn open(ctx: &Ctx, id: &str) -> Result<Person, Failure> {
    people::api::open(ctx, id, Action::AskAssessment).await
}

async fn page(ctx: &Ctx, person: Person, form: Form) -> Result<AskPage, Failure> {
    let scheme = terms().scheme()?;
    let valid = book::valid(&ctx.app.store, &person.key, &scheme.id, ctx.today()).await?;
    let valid = valid.and_then(|one| {
        let level = scheme.level_name(one.level?).to_owned();
        Some((level, one.valid_until?.plus_days(-1).zh()))
    });
    Ok(AskPage {
        shell: ctx
            .shell("申请入住公办机构")
            .crumb("人员档案", "/people")
            .crumb(person.name.clone(), back(&person)),
        form,
        person,
        valid,
        family: ctx.actor().role == Role::Family,
    })
}
