//! 派单: a body and two of its assessors, none with a tie to the person.

use crate::fit::Dispatch;
use crate::look::{self, not_now, too_late};
use crate::model::{Assessor, Body, Request, State};
use crate::{acts, book};
use askama::Template;
use axum::extract::Path;
use host::{Ctx, Failure, Page};
use message::api::{Kind, Said};
use people::api::Person;
use ui::{Choice, Field, Form, FormData, Shell};

#[derive(Template)]
#[template(path = "pages/dispatch.html")]
struct DispatchPage {
    shell: Shell,
    form: Form,
    request: Request,
    person: Person,
    bodies: Vec<Body>,
    assessors: Vec<(Assessor, String)>,
}

impl DispatchPage {
    fn body(&self) -> Field {
        let choices = self
            .bodies
            .iter()
            .map(|body| {
                let until = body.until.plus_days(-1);
                Choice::new(&body.body, format!("{}（委托至 {until}）", body.name))
            })
            .collect();
        self.form.field(
            Field::select("body", "评估机构", choices)
                .required()
                .blank("请选择"),
        )
    }

    fn assessor(&self, name: &str, label: &str) -> Field {
        let choices = self
            .assessors
            .iter()
            .map(|(one, note)| {
                let body = self.bodies.iter().find(|body| body.body == one.body);
                let body = body.map_or("", |body| body.name.as_str());
                Choice::new(&one.assessor, format!("{} · {body}{note}", one.name))
            })
            .collect();
        self.form.field(
            Field::select(name, label, choices)
                .required()
                .blank("请选择"),
        )
    }
}

/// `GET /assessments/{request}/dispatch`
pub(crate) async fn get(ctx: Ctx, Path(id): Path<String>) -> Page {
    let (request, person) = open(&ctx, &id).await?;
    look::log(&ctx, &request).await?;
    let form = Form::filled([
        ("body", request.body.clone().unwrap_or_default()),
        ("assessor1", request.assessor1.clone().unwrap_or_default()),
        ("assessor2", request.assessor2.clone().unwrap_or_default()),
        ("version", request.version.to_string()),
    ]);
    Ok(ui::page_no_store(page(&ctx, request, person, form).await?))
}

/// `POST /assessments/{request}/dispatch`
pub(crate) async fn post(ctx: Ctx, Path(id): Path<String>, data: FormData) -> Page {
    let (request, person) = open(&ctx, &id).await?;
    let mut form = Form::from(data);
    let store = &ctx.app.store;
    let (bodies, all) = (book::bodies(store).await?, book::assessors(store).await?);
    let body = form.required("body", "请选择评估机构");
    let body = body.and_then(|id| bodies.iter().find(|body| body.body == id));
    let one = form.required("assessor1", "请选择第一名评估员");
    let two = form.required("assessor2", "请选择第二名评估员");
    let of = |id: Option<String>| id.and_then(|id| all.iter().find(|one| one.assessor == id));
    let (one, two) = (of(one), of(two));
    let version = form.whole("version", "页面已过期，请重新打开");
    if let (Some(body), Some(one), Some(two)) = (body, one, two) {
        let subject = person.subject();
        let areas: Vec<_> = [subject.hukou, subject.residence]
            .into_iter()
            .flatten()
            .collect();
        let dispatch = Dispatch {
            day: ctx.today(),
            areas: &areas,
            body,
            two: [one, two],
            tied: &book::tied(store, &person.key.id).await?,
            before: &before(&ctx, &request).await?,
        };
        for (field, says) in dispatch.problems() {
            form.errors.add(field, says);
        }
    }
    let (Some(body), Some(one), Some(two), false) = (body, one, two, form.has_errors()) else {
        return Ok(ui::page_422(page(&ctx, request, person, form).await?));
    };
    let mut tx = ctx.begin().await?;
    let seen = Request {
        version: version.unwrap_or(0),
        ..request
    };
    let sent = acts::dispatch(&mut tx, &seen, &body.body, [&one.assessor, &two.assessor]).await?;
    if !sent {
        tx.rollback().await?;
        return Err(too_late(&id));
    }
    let told = Said::new(
        &person,
        Kind::Assessment,
        "能力评估",
        &format!("评估机构：{}。", body.name),
        Some(seen.href()),
    );
    message::api::say(&mut tx, vec![told]).await?;
    tx.commit().await?;
    let text = format!("已派给「{}」的{}、{}。", body.name, one.name, two.name);
    Ok(ctx.saved(&seen.href(), &text))
}

/// Who assessed before, where it has to be somebody else: an objection or a re-check.
async fn before(ctx: &Ctx, request: &Request) -> Result<Vec<String>, Failure> {
    let Some(of) = &request.of_request else {
        return Ok(Vec::new());
    };
    let earlier = book::find(&ctx.app.store, of).await?;
    let names = earlier.iter().flat_map(Request::assessors);
    Ok(names.map(str::to_owned).collect())
}

async fn open(ctx: &Ctx, id: &str) -> Result<(Request, Person), Failure> {
    let (request, person) = look::open_to_handle(ctx, id).await?;
    if matches!(request.state, State::Asked | State::Sent) {
        Ok((request, person))
    } else {
        Err(not_now(&request, "派单"))
    }
}

async fn page(
    ctx: &Ctx,
    request: Request,
    person: Person,
    form: Form,
) -> Result<DispatchPage, Failure> {
    let (store, today) = (&ctx.app.store, ctx.today());
    let (tied, before) = (
        book::tied(store, &person.key.id).await?,
        before(ctx, &request).await?,
    );
    let bodies: Vec<Body> = book::bodies(store).await?;
    let bodies = bodies
        .into_iter()
        .filter(|body| body.until > today)
        .collect();
    let assessors = book::assessors(store).await?;
    let assessors = assessors
        .into_iter()
        .filter(|one| one.ended.is_none_or(|day| day > today))
        .map(|one| {
            let mut note = String::new();
            if one.medical {
                note.push_str("（医护）");
            }
            if one.certificate_until < today {
                note.push_str("（证书到期）");
            }
            if tied.contains(&one.assessor) {
                note.push_str("（有利害关系）");
            }
            if before.contains(&one.assessor) {
                note.push_str("（做过上一次）");
            }
            (one, note)
        })
        .collect();
    Ok(DispatchPage {
        shell: ctx
            .shell("派单")
            .crumb("能力评估", "/assessments")
            .crumb(person.name.clone(), request.href()),
        form,
        request,
        person,
        bodies,
        assessors,
    })
}
