//! A new case, from the person's page.

use super::{choices, keys};
use crate::book;
use crate::model::{KINDS, STANDS};
use askama::Template;
use authz::Action;
use axum::extract::Path;
use host::{Ctx, Page};
use people::api::Person;
use store::{Audit, values};
use ui::{Field, Form, FormData, Shell};

/// Days until somebody looks again, unless another day is typed.
const LOOK_AGAIN: i32 = 14;

#[derive(Template)]
#[template(path = "pages/new.html")]
struct NewPage {
    shell: Shell,
    form: Form,
    id: String,
    name: String,
    next: String,
    child: bool,
}

impl NewPage {
    fn kind(&self) -> Field {
        let first = if self.child {
            "guardianship"
        } else {
            "support"
        };
        let field = Field::radio("kind", "哪一种责任", choices(KINDS));
        self.form.field(field.chosen(&[first]).required())
    }

    fn says(&self) -> Field {
        let hint = "看到的事实：几个子女、谁在照料、缺什么，不写判断";
        self.form.field(
            Field::lines("says", "情况")
                .rows(3)
                .hint(hint)
                .maxlength(500)
                .required(),
        )
    }

    fn holder(&self) -> Field {
        self.form
            .field(Field::text("name", "责任人姓名").maxlength(40).required())
    }

    fn relation(&self) -> Field {
        let hint = "例如儿子、女儿、父亲、祖母";
        self.form.field(
            Field::text("relation", "与本人关系")
                .hint(hint)
                .maxlength(20)
                .required(),
        )
    }

    fn stands(&self) -> Field {
        self.form
            .field(Field::radio("stands", "现在怎样", choices(STANDS)).required())
    }

    fn phone(&self) -> Field {
        self.form.field(Field::phone("phone", "责任人电话"))
    }

    fn next(&self) -> Field {
        self.form.field(
            Field::date("next", "哪天回访")
                .value(self.next.clone())
                .required(),
        )
    }
}

/// `GET /people/{id}/duties/new`
pub(crate) async fn get(ctx: Ctx, Path(id): Path<String>) -> Page {
    let person = people::api::open(&ctx, &id, Action::ReportEvent).await?;
    Ok(ui::page_no_store(page(&ctx, &person, Form::default())))
}

/// Somebody who owes, as typed; `None` where something is missing, which the form says.
pub(crate) fn holder_typed(form: &mut Form) -> Option<crate::model::Holder> {
    let name = form.required("name", "请填写责任人姓名");
    let relation = form.required("relation", "请填写与本人关系");
    let stands = form.one_of("stands", &keys(STANDS), "请选择现在怎样");
    let phone = form.text("phone").map(|text| text.replace([' ', '-'], ""));
    if let Some(phone) = &phone
        && !((7..=12).contains(&phone.len()) && phone.bytes().all(|byte| byte.is_ascii_digit()))
    {
        form.errors
            .add("phone", "电话写 7 到 12 位数字，不知道的不填");
    }
    if form.has_errors() {
        return None;
    }
    Some(crate::model::Holder {
        name: name?,
        relation: relation?,
        stands: stands?,
        phone,
    })
}

/// `POST /people/{id}/duties`
pub(crate) async fn post(ctx: Ctx, Path(id): Path<String>, data: FormData) -> Page {
    let person = people::api::open(&ctx, &id, Action::ReportEvent).await?;
    let mut form = Form::from(data);
    let kind = form.one_of("kind", &keys(KINDS), "请选择哪一种责任");
    let says = form.required("says", "请写明情况");
    let next = form.day("next");
    if next.is_none() && form.errors.of("next").is_none() {
        form.errors.add("next", "请填写哪天回访");
    }
    if next.is_some_and(|next| next < ctx.today()) {
        form.errors.add("next", "回访的日子不能早于今天");
    }
    let open = book::of_person(&ctx.app.store, &person.key).await?;
    if let Some(kind) = &kind
        && let Some(other) = open.iter().find(|case| case.kind == *kind)
    {
        return Ok(ctx.redirect_with(
            &format!("/duties/{}", other.code),
            "warn",
            "这个人已经有一件在督促，请在这一件里接着记。",
        ));
    }
    let holder = holder_typed(&mut form);
    let (Some(kind), Some(says), Some(next), Some(holder)) = (kind, says, next, holder) else {
        return Ok(ui::page_422(page(&ctx, &person, form)));
    };
    let (actor, subject) = (ctx.actor(), person.subject());
    let mut tx = ctx.begin().await?;
    let (code, at) = (tx.store().new_id(), tx.at().micros());
    tx.run(
        "INSERT INTO duty_case (code, shard, id, hukou_area, residence_area, kind, says, state, next_day, holder, opened_name, \
         opened_at, version) VALUES ($1, $2, $3, $4, $5, $6, $7, 'open', $8, $9, $10, $11, 0)",
        values![
            code.as_str(),
            person.key.shard.as_str(),
            person.key.id.as_str(),
            subject.hukou.map(|code| code.to_string()),
            subject.residence.map(|code| code.to_string()),
            kind,
            says,
            next.number(),
            actor.id.as_str(),
            actor.name.as_str(),
            at,
        ],
    )
    .await?;
    book::add_holder(&mut tx, &code, &holder).await?;
    tx.audit(Audit::new("duty.open").person(&person.key.shard, &person.key.id));
    tx.commit().await?;
    Ok(ctx.saved(&format!("/duties/{code}"), "已登记，做了什么就记一笔。"))
}

fn page(ctx: &Ctx, person: &Person, form: Form) -> NewPage {
    let today = ctx.today();
    NewPage {
        shell: ctx
            .shell("赡养抚养督促")
            .crumb(person.name.clone(), format!("/people/{}", person.key.id)),
        id: person.key.id.clone(),
        name: person.name.clone(),
        next: today.plus_days(LOOK_AGAIN).to_string(),
        child: person.age_on(today).is_some_and(|age| age < 18),
        form,
    }
}
