//! 撤回: the county or who asked takes an admission back, with the reason.

use crate::admission::model::Admission;
use crate::admission::{acts, look};
use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use host::{Ctx, Failure, Page};
use people::api::Person;
use ui::{Field, Form, FormData, PageError, Shell};

#[derive(Template)]
#[template(path = "pages/admissions/withdraw.html")]
struct WithdrawPage {
    shell: Shell,
    form: Form,
    row: Admission,
    person: Person,
}

impl WithdrawPage {
    fn reason(&self) -> Field {
        self.form.field(
            Field::lines("reason", "为什么撤回")
                .required()
                .hint("如：家里能照顾了、已入住民办机构")
                .maxlength(200),
        )
    }
}

/// `GET /assessments/admissions/{admission}/withdrawal`
pub(crate) async fn get(ctx: Ctx, Path(id): Path<String>) -> Page {
    let (row, person) = open(&ctx, &id).await?;
    look::log(&ctx, &row).await?;
    Ok(ui::page_no_store(page(&ctx, row, person, Form::default())))
}

/// `POST /assessments/admissions/{admission}/withdrawal`
pub(crate) async fn post(ctx: Ctx, Path(id): Path<String>, data: FormData) -> Page {
    let (row, person) = open(&ctx, &id).await?;
    let mut form = Form::from(data);
    let Some(reason) = form.required("reason", "请写明为什么撤回") else {
        return Ok(ui::page_422(page(&ctx, row, person, form)));
    };
    let version = form.data.get("version").parse().unwrap_or(0);
    let mut tx = ctx.begin().await?;
    if !acts::withdraw(&mut tx, &row, version, &reason).await? {
        tx.rollback().await?;
        form.errors
            .add_form("这件申请刚有变化（如出了评估结论）。看过最新情况后，仍要撤回的再提交一次");
        return Ok(ui::page_409(page(&ctx, row, person, form)));
    }
    tx.commit().await?;
    Ok(ctx.saved(
        &row.href(),
        "申请已撤回。能力评估还在办的，不需要时另行撤回。",
    ))
}

async fn open(ctx: &Ctx, id: &str) -> Result<(Admission, Person), Failure> {
    let (row, person) = look::open(ctx, id).await?;
    if !row.state.is_open() {
        return Err(PageError::bad_request(format!(
            "这件申请现在是「{}」，不能撤回。",
            row.state.zh()
        ))
        .title("现在不能办")
        .with_status(StatusCode::CONFLICT)
        .link("看这件申请", &row.href())
        .into());
    }
    if !look::may_withdraw(ctx, &row) {
        let text = "申请由提出人或县民政撤回。";
        return Err(PageError::refused("县民政").text(text).into());
    }
    Ok((row, person))
}

fn page(ctx: &Ctx, row: Admission, person: Person, form: Form) -> WithdrawPage {
    WithdrawPage {
        shell: ctx
            .shell("撤回入住申请")
            .crumb("公办机构入住评估", "/assessments/admissions")
            .crumb(person.name.clone(), row.href()),
        form,
        row,
        person,
    }
}
