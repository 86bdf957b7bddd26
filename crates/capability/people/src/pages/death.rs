//! 报去世: an event and two dated facts; the answers stop with the day of death.

use super::{correct, one};
use crate::api::{self, Event, Person, Record, Set};
use crate::store::write;
use askama::Template;
use authz::{Action, Role};
use axum::extract::Path;
use host::{Ctx, Page};
use kernel::Day;
use rules::facts::{FactId, Facts, Value, find};
use store::Audit;
use ui::{Field, Form, FormData, Shell};

#[derive(Template)]
#[template(path = "pages/death.html")]
struct DeathPage {
    shell: Shell,
    form: Form,
    id: String,
    who: String,
    version: i64,
    stale: bool,
}

impl DeathPage {
    fn day(&self) -> Field {
        self.form.field(Field::date("day", "去世日期").required())
    }
    fn remark(&self) -> Field {
        self.form.field(
            Field::lines("remark", "说明")
                .hint("可不填。如消息来源、死亡证明编号")
                .maxlength(200),
        )
    }
}

/// The day of death, where one is recorded.
pub(crate) fn dead_on(facts: &Facts) -> Option<Day> {
    match (
        facts.get(FactId::ALIVE),
        find("dead_on").and_then(|fact| facts.get(fact)),
    ) {
        (Some(Value::Bool(false)), Some(Value::Day(day))) => Some(*day),
        _ => None,
    }
}

/// `GET /people/{id}/death`
pub(crate) async fn get(ctx: Ctx, Path(id): Path<String>) -> Page {
    let person = one::open(&ctx, &id, Action::ReportEvent).await?;
    Ok(ui::page_no_store(page(
        &ctx,
        &person,
        Form::default(),
        false,
    )))
}

/// `POST /people/{id}/death`
pub(crate) async fn post(ctx: Ctx, Path(id): Path<String>, data: FormData) -> Page {
    let mut form = Form::from(data);
    let day = match form.required("day", "请填写去世日期") {
        Some(_) => form.day("day"),
        None => None,
    };
    let mut tx = ctx.begin().await?;
    let person = one::open_in(&ctx, &tx, &id, Action::ReportEvent).await?;
    if let Some(day) = day {
        if day > ctx.today() {
            form.errors.add("day", "去世日期不能晚于今天");
        }
        if matches!(person.facts.get(FactId::BIRTH_DATE), Some(Value::Day(birth)) if *birth > day) {
            form.errors.add("day", "去世日期早于出生日期，请核对");
        }
        if dead_on(&person.facts).is_some() {
            form.errors
                .add_form("这位老人的去世日期已经登记。日期有误的，请在「事实与来源」里更正。");
        }
    }
    let version: i64 = form
        .text("version")
        .and_then(|text| text.parse().ok())
        .unwrap_or(-1);
    let (Some(day), false) = (day, form.has_errors()) else {
        tx.rollback().await?;
        return Ok(ui::page_422(page(&ctx, &person, form, false)));
    };
    if !write::claim(&mut tx, &person.key, version).await? {
        tx.rollback().await?;
        return Ok(ui::page_409(page(&ctx, &person, form, true)));
    }
    let records = api::records(&tx, &person.key).await?;
    // A village's word counts from now on and is matched with 公安 and 殡葬 (product.md 38).
    let source = if ctx.actor().role == Role::CountyCivil {
        "县民政登记去世"
    } else {
        "乡村报告去世（待公安、殡葬比对）"
    };
    let mut sets = vec![Set {
        fact: FactId::ALIVE,
        value: Some(Value::Bool(false)),
        since: day,
        until: None,
    }];
    sets.extend(find("dead_on").map(|fact| Set {
        fact,
        value: Some(Value::Day(day)),
        since: day,
        until: None,
    }));
    let record = Record {
        seq: records.last().map_or(1, |record| record.seq + 1),
        recorded: tx.at(),
        source: source.to_owned(),
        by: ctx.actor().name,
        sets,
        reason: None,
        withdrawn: None,
    };
    write::add_record(&mut tx, &person.key, &record).await?;
    if let Some(remark) = form.text("remark") {
        write::add_remark(&mut tx, &person.key, record.seq, &remark).await?;
    }
    let event = Event {
        kind: "death".to_owned(),
        day,
        from: None,
        to: None,
        recorded: tx.at(),
        by: ctx.actor().name,
    };
    write::add_event(&mut tx, &person.key, &event).await?;
    let changed = api::refresh(&mut tx, &person.key.id).await?;
    ctx.app
        .facts_changed(&mut tx, std::slice::from_ref(&person.key))
        .await?;
    tx.audit(
        Audit::new("person.death")
            .person(&person.key.shard, &person.key.id)
            .with("day", day.to_string()),
    );
    tx.commit().await?;
    correct::index(&ctx, &changed).await?;
    Ok(ctx.saved(
        &format!("/people/{id}"),
        "已登记去世，资格和名单已重新计算。",
    ))
}

fn page(ctx: &Ctx, person: &Person, form: Form, stale: bool) -> DeathPage {
    let back = format!("/people/{}", person.key.id);
    DeathPage {
        shell: ctx
            .shell("报去世")
            .crumb("人员档案", "/people")
            .crumb(person.name.clone(), back),
        form,
        id: person.key.id.clone(),
        who: person.name.clone(),
        version: person.version,
        stale,
    }
}
