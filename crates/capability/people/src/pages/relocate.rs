//! 报迁移: a person lives somewhere else now; both areas see them from then on.

use super::{correct, one, words};
use crate::api::{self, Event, Person, Record, Set};
use crate::store::write;
use askama::Template;
use authz::Action;
use axum::extract::Path;
use host::{Ctx, Failure, Page};
use kernel::AreaCode;
use rules::facts::{FactId, Value, find};
use store::Audit;
use ui::{Field, Form, FormData, Shell};

#[derive(Template)]
#[template(path = "pages/relocate.html")]
struct RelocatePage {
    shell: Shell,
    form: Form,
    id: String,
    who: String,
    present: String,
    version: i64,
    stale: bool,
    root: String,
}

impl RelocatePage {
    fn back(&self) -> String {
        format!("/people/{}", self.id)
    }
    fn to(&self) -> Field {
        self.form.field(
            Field::area("to", "迁往", "/areas/children", &self.root)
                .required()
                .hint("选到村、社区；外地的填 6 位县级区划代码"),
        )
    }
    fn day(&self) -> Field {
        self.form.field(Field::date("day", "哪天起").required())
    }
}

/// `GET /people/{id}/move`
pub(crate) async fn get(ctx: Ctx, Path(id): Path<String>) -> Page {
    let person = one::open(&ctx, &id, Action::ReportEvent).await?;
    Ok(ui::page_no_store(page(
        &ctx,
        &person,
        Form::default(),
        false,
    )?))
}

/// `POST /people/{id}/move`
pub(crate) async fn post(ctx: Ctx, Path(id): Path<String>, data: FormData) -> Page {
    let mut form = Form::from(data);
    let to: Option<AreaCode> = match form.required("to", "请选择迁往哪里") {
        Some(text) => match words::area_from(&text) {
            Ok(code) => Some(code),
            Err(message) => {
                form.errors.add("to", message);
                None
            }
        },
        None => None,
    };
    let day = match form.required("day", "请填写从哪天起") {
        Some(_) => form.day("day"),
        None => None,
    };
    if day.is_some_and(|day| day > ctx.today()) {
        form.errors.add("day", "不能晚于今天");
    }
    let mut tx = ctx.begin().await?;
    let person = one::open_in(&ctx, &tx, &id, Action::ReportEvent).await?;
    let from = person.area(FactId::RESIDENCE_AREA);
    if to.is_some() && to == from {
        form.errors.add("to", "和现在的常住地一样，不用登记");
    }
    let version: i64 = form
        .text("version")
        .and_then(|text| text.parse().ok())
        .unwrap_or(-1);
    let (Some(to), Some(day), false) = (to, day, form.has_errors()) else {
        tx.rollback().await?;
        return Ok(ui::page_422(page(&ctx, &person, form, false)?));
    };
    if !write::claim(&mut tx, &person.key, version).await? {
        tx.rollback().await?;
        return Ok(ui::page_409(page(&ctx, &person, form, true)?));
    }
    let records = api::records(&tx, &person.key).await?;
    let mut sets = vec![Set {
        fact: FactId::RESIDENCE_AREA,
        value: Some(Value::Area(to)),
        since: day,
        until: None,
    }];
    sets.extend(find("residence_since").map(|fact| Set {
        fact,
        value: Some(Value::Day(day)),
        since: day,
        until: None,
    }));
    let record = Record {
        seq: records.last().map_or(1, |record| record.seq + 1),
        recorded: tx.at(),
        source: "迁移登记".to_owned(),
        by: ctx.actor().name,
        sets,
        reason: None,
        withdrawn: None,
    };
    write::add_record(&mut tx, &person.key, &record).await?;
    let event = Event {
        kind: "move".to_owned(),
        day,
        from,
        to: Some(to),
        recorded: tx.at(),
        by: ctx.actor().name,
    };
    write::add_event(&mut tx, &person.key, &event).await?;
    let changed = api::refresh(&mut tx, &person.key.id).await?;
    ctx.app
        .facts_changed(&mut tx, std::slice::from_ref(&person.key))
        .await?;
    tx.audit(
        Audit::new("person.move")
            .person(&person.key.shard, &person.key.id)
            .with("to", to.to_string()),
    );
    tx.commit().await?;
    correct::index(&ctx, &changed).await?;
    // Whoever moved somebody out of their own area can no longer open the page.
    let still_mine = ctx.scope().admits(&changed.subject());
    let to_page = if still_mine {
        format!("/people/{id}")
    } else {
        "/people".to_owned()
    };
    let text = "已登记迁移，新的常住地可以看到这份档案。";
    Ok(if still_mine {
        ctx.saved(&to_page, text)
    } else {
        ctx.redirect_with(&to_page, "ok", text)
    })
}

fn page(ctx: &Ctx, person: &Person, form: Form, stale: bool) -> Result<RelocatePage, Failure> {
    let book = one::book(ctx)?;
    let back = format!("/people/{}", person.key.id);
    Ok(RelocatePage {
        shell: ctx
            .shell("报迁移")
            .crumb("人员档案", "/people")
            .crumb(person.name.clone(), back),
        form,
        id: person.key.id.clone(),
        who: person.name.clone(),
        present: words::area(&book, person, FactId::RESIDENCE_AREA),
        version: person.version,
        stale,
        root: book
            .root()
            .map(|area| area.code.to_string())
            .unwrap_or_default(),
    })
}
