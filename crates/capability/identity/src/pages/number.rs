//! 补登证号: somebody registered under a provisional number gets the one of their papers; history and 临时编号 stay.

use crate::look::put_pair;
use askama::Template;
use authz::Action;
use axum::extract::Path;
use host::{Ctx, Page};
use kernel::IdNumber;
use people::api::Person;
use rules::Value;
use rules::facts::{FactId, find};
use store::Audit;
use ui::{Field, Form, FormData, Shell};

#[derive(Template)]
#[template(path = "pages/number.html")]
struct NumberPage {
    shell: Shell,
    form: Form,
    id: String,
    who: String,
    provisional: String,
    version: i64,
    stale: bool,
}

impl NumberPage {
    fn number(&self) -> Field {
        self.form.field(
            Field::text("id_number", "身份证号")
                .required()
                .hint("18 位，照证件或户口簿填")
                .maxlength(18)
                .autocomplete("off"),
        )
    }
}

/// `GET /people/{id}/number`
pub(crate) async fn get(ctx: Ctx, Path(id): Path<String>) -> Page {
    let person = people::api::open(&ctx, &id, Action::RegisterPerson).await?;
    if person.id_number.is_some() {
        let text = "这份档案已经有身份证号。";
        return Ok(ctx.redirect_with(&format!("/people/{id}"), "info", text));
    }
    ctx.log_reads(&[Audit::new("person.read").person(&person.key.shard, &person.key.id)])
        .await?;
    Ok(ui::page_no_store(page(
        &ctx,
        &person,
        Form::default(),
        false,
    )))
}

/// `POST /people/{id}/number`
pub(crate) async fn post(ctx: Ctx, Path(id): Path<String>, data: FormData) -> Page {
    let mut form = Form::from(data);
    let typed = form.required("id_number", "请填写身份证号");
    let number = typed.and_then(|text| match IdNumber::parse(&text, ctx.today()) {
        Ok(number) => Some(number),
        Err(error) => {
            form.errors.add("id_number", error.to_string());
            None
        }
    });
    let version: i64 = form
        .text("version")
        .and_then(|text| text.parse().ok())
        .unwrap_or(-1);
    let mut tx = ctx.begin().await?;
    let person = people::api::open_in(&ctx, &tx, &id, Action::RegisterPerson).await?;
    if person.id_number.is_some() {
        tx.rollback().await?;
        return Ok(ui::page_409(page(&ctx, &person, form, true)));
    }
    if let Some(number) = &number {
        agrees(&mut form, &person, number);
    }
    let Some(number) = number.filter(|_| !form.has_errors()) else {
        tx.rollback().await?;
        return Ok(ui::page_422(page(&ctx, &person, form, false)));
    };
    let keys = ctx.app.store.keys();
    if let Some(known) = people::api::by_number(&tx, keys, number.reveal()).await? {
        tx.rollback().await?;
        return taken(&ctx, &person, &known).await;
    }
    match people::api::set_number(&mut tx, &person.key, version, number.reveal()).await {
        Ok(true) => {}
        Ok(false) => {
            tx.rollback().await?;
            return Ok(ui::page_409(page(&ctx, &person, form, true)));
        }
        // Another office registered the same number a moment ago.
        Err(error) if error.is_duplicate() => {
            tx.rollback().await?;
            let store = &ctx.app.store;
            return match people::api::by_number(store, keys, number.reveal()).await? {
                Some(known) => taken(&ctx, &person, &known).await,
                None => Err(error.into()),
            };
        }
        Err(error) => return Err(error.into()),
    }
    // A file with this number may have been set aside while the statement waited.
    let known = people::api::by_number(&tx, keys, number.reveal()).await?;
    if let Some(known) = known.filter(|known| known.key != person.key) {
        tx.rollback().await?;
        return taken(&ctx, &person, &known).await;
    }
    ctx.app
        .facts_changed(&mut tx, std::slice::from_ref(&person.key))
        .await?;
    tx.audit(Audit::new("person.number").person(&person.key.shard, &person.key.id));
    tx.commit().await?;
    crate::merge::told(&ctx.app, &[&person.key.id], None).await?;
    let text = "已补登身份证号，历史和原临时编号都保留。";
    Ok(ctx.redirect_with(&format!("/people/{id}"), "ok", text))
}

/// What the number says of birth and sex must be what the file says: a slip is far more likely than another person.
fn agrees(form: &mut Form, person: &Person, number: &IdNumber) {
    if let (Some(Value::Day(known)), Some(told)) =
        (person.facts.get(FactId::BIRTH_DATE), number.birth_date())
        && *known != told
    {
        form.errors.add(
            "id_number",
            format!("证号中的出生日期 {told} 和档案中的 {known} 不一样，请核对；档案有误的先更正出生日期"),
        );
    }
    let sex = find("sex").and_then(|sex| person.facts.get(sex));
    let told = if number.is_male() { "male" } else { "female" };
    if matches!(sex, Some(Value::Word(known)) if *known != told) {
        form.errors.add(
            "id_number",
            "证号中的性别和档案不一样，请核对；档案有误的先更正性别",
        );
    }
}

/// The number is another file's: the two are put side by side.
async fn taken(ctx: &Ctx, person: &Person, known: &Person) -> Page {
    let mut tx = ctx.begin().await?;
    let pair = put_pair(&mut tx, person, known, "number").await?;
    tx.audit(
        Audit::new("identity.number")
            .person(&person.key.shard, &person.key.id)
            .with("pair", pair.as_str()),
    );
    tx.commit().await?;
    let text = "这个身份证号已经有档案。请核对是不是同一个人，是的就合并，号码会转过来。";
    Ok(ctx.redirect_with(&format!("/duplicates/{pair}"), "warn", text))
}

fn page(ctx: &Ctx, person: &Person, form: Form, stale: bool) -> NumberPage {
    NumberPage {
        shell: ctx
            .shell("补登证号")
            .crumb("人员档案", "/people")
            .crumb(person.name.clone(), format!("/people/{}", person.key.id)),
        form,
        id: person.key.id.clone(),
        who: person.name.clone(),
        provisional: person.provisional.clone().unwrap_or_default(),
        version: person.version,
        stale,
    }
}
