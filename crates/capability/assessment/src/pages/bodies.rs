//! 评估机构: who is commissioned, until when, at what fee; their assessors with certificates.

use crate::book;
use crate::model::{Assessor, Body};
use crate::terms::{Terms, terms};
use crate::whose;
use area::api::AreaBook;
use askama::Template;
use authz::{Role, Scope};
use host::{Ctx, Failure, Page};
use store::{Audit, values};
use ui::{Choice, Field, Form, FormData, Shell};

/// A body with its assessors: each with whether the certificate has ended.
struct Line {
    body: Body,
    area: String,
    fee: String,
    over: bool,
    assessors: Vec<(Assessor, bool)>,
}

#[derive(Template)]
#[template(path = "pages/bodies.html")]
struct BodiesPage {
    shell: Shell,
    form: Form,
    lines: Vec<Line>,
    areas: Vec<Choice>,
    accounts: Vec<Choice>,
    managers: Vec<Choice>,
    terms: &'static Terms,
}

impl BodiesPage {
    fn field(&self, field: Field) -> Field {
        self.form.field(field.required())
    }

    fn name(&self) -> Field {
        self.field(Field::text("name", "机构名称").maxlength(60))
    }

    fn area(&self) -> Field {
        self.field(Field::select("area", "委托地区", self.areas.clone()).blank("请选择"))
    }

    fn contract(&self) -> Field {
        self.field(Field::text("contract", "委托合同编号").maxlength(60))
    }

    fn from(&self) -> Field {
        self.field(Field::date("from", "委托起"))
    }

    fn until(&self) -> Field {
        self.field(Field::date("until", "委托止（当天仍有效）"))
    }

    fn fee(&self) -> Field {
        self.field(Field::number("fee", "每人次评估费").unit("元"))
    }

    fn manager(&self) -> Field {
        self.form
            .field(Field::select("manager", "机构账号", self.managers.clone()).blank("暂不指定"))
    }

    fn account(&self) -> Field {
        self.field(Field::select("account", "评估员账号", self.accounts.clone()).blank("请选择"))
    }

    fn of(&self) -> Field {
        let choices = self
            .lines
            .iter()
            .map(|line| Choice::new(&line.body.body, &line.body.name))
            .collect();
        self.field(Field::select("of", "所属机构", choices).blank("请选择"))
    }

    fn certificate(&self) -> Field {
        self.field(Field::text("certificate", "证书编号").maxlength(60))
    }

    fn certificate_until(&self) -> Field {
        self.field(Field::date("certificate_until", "证书有效期至"))
    }

    fn medical(&self) -> Field {
        self.form.field(Field::tick("medical", "有医护背景"))
    }
}

/// `GET /assessments/bodies`
pub(crate) async fn get(ctx: Ctx) -> Page {
    whose::keeps_bodies(&ctx)?;
    Ok(ui::page(page(&ctx, Form::default()).await?))
}

/// `POST /assessments/bodies`
pub(crate) async fn add(ctx: Ctx, data: FormData) -> Page {
    whose::keeps_bodies(&ctx)?;
    let mut form = Form::from(data);
    let name = form.required("name", "请填写机构名称");
    let contract = form.required("contract", "请填写合同编号");
    let mine: Vec<String> = areas(&ctx)?.into_iter().map(|one| one.value).collect();
    let mine: Vec<&str> = mine.iter().map(String::as_str).collect();
    let area = form.one_of("area", &mine, "请选择委托地区");
    let (from, until) = (form.day("from"), form.day("until"));
    for (field, day) in [("from", from), ("until", until)] {
        if day.is_none() && form.errors.of(field).is_none() {
            form.errors.add(field, "请填写日期");
        }
    }
    if let (Some(from), Some(until)) = (from, until)
        && until < from
    {
        form.errors.add("until", "委托止不能早于委托起");
    }
    let fee = form.whole("fee", "评估费写整元数，例如 120");
    match fee {
        None if form.errors.of("fee").is_none() => form.errors.add("fee", "请填写每人次评估费"),
        Some(fee) if !(0..=100_000).contains(&fee) => form.errors.add("fee", "评估费不在合理范围"),
        _ => {}
    }
    let (Some(name), Some(contract), Some(area), Some(from), Some(until), Some(fee), false) =
        (name, contract, area, from, until, fee, form.has_errors())
    else {
        return Ok(ui::page_422(page(&ctx, form).await?));
    };
    let mut tx = ctx.begin().await?;
    let id = tx.store().new_id();
    tx.run(
        "INSERT INTO assessment_agency (body, name, account, area, contract, from_day, until_day, fee_fen) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        values![
            id.as_str(),
            name.as_str(),
            form.text("manager"),
            area,
            contract,
            from.number(),
            until.plus_days(1).number(),
            fee * 100
        ],
    )
    .await?;
    tx.audit(Audit::new("assessment.body").subject(&id));
    tx.commit().await?;
    Ok(ctx.saved("/assessments/bodies", &format!("已登记「{name}」。")))
}

/// `POST /assessments/assessors`
pub(crate) async fn add_assessor(ctx: Ctx, data: FormData) -> Page {
    whose::keeps_bodies(&ctx)?;
    let mut form = Form::from(data);
    let accounts = accounts(&ctx, Role::Assessor).await?;
    let known: Vec<&str> = accounts.iter().map(|one| one.value.as_str()).collect();
    let account = form.one_of("account", &known, "请选择评估员账号");
    let bodies = book::bodies(&ctx.app.store).await?;
    let mine: Vec<&str> = bodies
        .iter()
        .filter(|body| ctx.scope().admits_area(&body.area))
        .map(|body| body.body.as_str())
        .collect();
    let of = form.one_of("of", &mine, "请选择所属机构");
    let certificate = form.required("certificate", "请填写证书编号");
    let until = form.day("certificate_until");
    if until.is_none() && form.errors.of("certificate_until").is_none() {
        form.errors.add("certificate_until", "请填写证书有效期");
    }
    let (Some(account), Some(of), Some(certificate), Some(until), false) =
        (account, of, certificate, until, form.has_errors())
    else {
        return Ok(ui::page_422(page(&ctx, form).await?));
    };
    let name = accounts.iter().find(|one| one.value == account);
    let name = name.map_or_else(String::new, |one| one.label.clone());
    let mut tx = ctx.begin().await?;
    tx.run(
        "INSERT INTO assessment_assessor (assessor, body, name, certificate, certificate_until, medical) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (assessor) DO UPDATE SET body = excluded.body, \
         name = excluded.name, certificate = excluded.certificate, certificate_until = excluded.certificate_until, \
         medical = excluded.medical, ended_day = NULL",
        values![
            account.as_str(),
            of.as_str(),
            name.as_str(),
            certificate,
            until.number(),
            i64::from(form.ticked("medical"))
        ],
    )
    .await?;
    tx.audit(
        Audit::new("assessment.assessor")
            .subject(&account)
            .with("body", of),
    );
    tx.commit().await?;
    Ok(ctx.saved("/assessments/bodies", &format!("已登记评估员{name}。")))
}

/// The places of the reader's scope.
fn areas(ctx: &Ctx) -> Result<Vec<Choice>, Failure> {
    let book = ctx.app.part::<AreaBook>()?;
    Ok(match ctx.scope() {
        Scope::Areas(mine) => mine
            .iter()
            .map(|code| Choice::new(code.to_string(), book.full_name(code)))
            .collect(),
        _ => Vec::new(),
    })
}

/// Accounts of a role whose places meet the reader's.
async fn accounts(ctx: &Ctx, role: Role) -> Result<Vec<Choice>, Failure> {
    let book = ctx.app.part::<AreaBook>()?;
    let today = ctx.today();
    let all = org::api::accounts(&ctx.app.store).await?;
    let scope = ctx.scope();
    Ok(all
        .into_iter()
        .filter(|account| account.role == role && !account.disabled)
        .filter(|account| match account.actor(&book, today).scope {
            Scope::Areas(areas) => areas.iter().any(|area| {
                scope.admits_area(area)
                    || matches!(&scope, Scope::Areas(mine) if mine.iter().any(|m| area.contains(m)))
            }),
            _ => false,
        })
        .map(|account| Choice::new(account.id, account.name))
        .collect())
}

async fn page(ctx: &Ctx, form: Form) -> Result<BodiesPage, Failure> {
    let (store, today) = (&ctx.app.store, ctx.today());
    let areas_book = ctx.app.part::<AreaBook>()?;
    let assessors = book::assessors(store).await?;
    let scope = ctx.scope();
    let lines = book::bodies(store)
        .await?
        .into_iter()
        .filter(|body| scope.admits_area(&body.area))
        .map(|body| Line {
            area: areas_book.full_name(&body.area),
            fee: kernel::Fen(body.fee_fen).to_string(),
            over: body.until <= today,
            assessors: assessors
                .iter()
                .filter(|one| one.body == body.body)
                .map(|one| (one.clone(), one.certificate_until < today))
                .collect(),
            body,
        })
        .collect();
    Ok(BodiesPage {
        shell: ctx.shell("评估机构").crumb("能力评估", "/assessments"),
        form,
        lines,
        areas: areas(ctx)?,
        accounts: accounts(ctx, Role::Assessor).await?,
        managers: accounts(ctx, Role::AssessmentBody).await?,
        terms: terms(),
    })
}
