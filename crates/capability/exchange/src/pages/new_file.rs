//! 生成上报文件: the records that wait, in the system's template; whoever lacks a required value is left out and named.

use super::{area_from, format_field, note_field, reason_field, reason_from, system};
use crate::batch::{self, Ask, New, Purpose};
use crate::make::{self, MOST_REPORTED};
use crate::records::{self, State, Which};
use crate::systems::System;
use area::api::AreaBook;
use askama::Template;
use axum::extract::Path;
use host::{Ctx, Failure, Page};
use people::api::area_choices;
use store::Audit;
use ui::{Choice, Field, Form, FormData, Shell};

#[derive(Template)]
#[template(path = "pages/new_file.html")]
struct NewPage {
    shell: Shell,
    form: Form,
    path: String,
    system: &'static System,
    areas: Vec<Choice>,
    waiting: i64,
    lacking: i64,
    most: String,
}

impl NewPage {
    fn area(&self) -> Field {
        self.form
            .field(Field::select("area", "地区", self.areas.clone()).blank("管辖范围内全部"))
    }

    fn format(&self) -> Field {
        format_field(&self.form)
    }

    fn reason(&self) -> Field {
        reason_field(&self.form)
    }

    fn note(&self) -> Field {
        note_field(&self.form)
    }
}

async fn page(ctx: &Ctx, system: &'static System, form: Form) -> Result<NewPage, Failure> {
    let (store, scope) = (&ctx.app.store, ctx.scope());
    let book = ctx.app.part::<AreaBook>()?;
    let chosen = form.text("area");
    let path = format!("/reporting/systems/{}", system.key);
    let waits = |missing| Which {
        state: Some(State::Waiting),
        missing: Some(missing),
        area: None,
    };
    Ok(NewPage {
        shell: ctx
            .shell("生成上报文件")
            .crumb("上报", "/reporting")
            .crumb(system.title.clone(), path.clone()),
        areas: area_choices(ctx, &book, chosen.as_deref()),
        waiting: records::count(store, system, &scope, &waits(false)).await?,
        lacking: records::count(store, system, &scope, &waits(true)).await?,
        most: ui::grouped(MOST_REPORTED.unsigned_abs()),
        path,
        system,
        form,
    })
}

/// `GET /reporting/systems/{system}/new`
pub(crate) async fn get(ctx: Ctx, Path(key): Path<String>) -> Page {
    let system = system(&ctx, &key)?;
    let form = Form::filled([
        ("format", system.file.clone()),
        ("reason", "inspection".to_owned()),
    ]);
    Ok(ui::page_no_store(page(&ctx, system, form).await?))
}

/// `POST /reporting/systems/{system}/files`
pub(crate) async fn post(ctx: Ctx, Path(key): Path<String>, data: FormData) -> Page {
    let system = system(&ctx, &key)?;
    let mut form = Form::from(data);
    let area = area_from(&ctx, &mut form);
    let format = form.one_of("format", &["xlsx", "csv"], "请选择文件格式");
    let (reason, note) = reason_from(&mut form);
    let actor = ctx.actor();
    let scope = batch::scope_of(&actor, area);
    let ready = Which {
        state: Some(State::Waiting),
        missing: Some(false),
        area: None,
    };
    let total = records::count(&ctx.app.store, system, &scope, &ready).await?;
    if !form.has_errors() && total == 0 {
        form.errors
            .add_form("没有可以上报的记录。缺必填项的先补登；还没有记录的，先点“核对对象”。");
    }
    let (Some(format), Some(reason), false) = (format, reason, form.has_errors()) else {
        return Ok(ui::page_422(page(&ctx, system, form).await?));
    };
    let book = ctx.app.part::<AreaBook>()?;
    let says = match &area {
        Some(area) => book.full_name(area),
        None => actor.scope_name.clone(),
    };
    let mut tx = ctx.begin().await?;
    let new = New {
        purpose: Purpose::Report,
        kind: system.key.clone(),
        owner: authz::Actor { scope, ..actor },
        reason: reason.clone(),
        note,
        says,
        ask: Ask {
            area,
            ..Ask::default()
        },
        format,
        total: total.min(MOST_REPORTED),
    };
    let (id, no) = batch::insert(&mut tx, new).await?;
    make::enqueue(&mut tx, &id).await?;
    tx.audit(
        Audit::new("reporting.ask")
            .subject(&id)
            .with("kind", system.key.as_str())
            .with("reason", reason)
            .with("count", total),
    );
    tx.commit().await?;
    let text = format!("{no} 已开始生成，可以离开本页。");
    Ok(ctx.redirect_with(&format!("/reporting/files/{id}"), "ok", &text))
}
