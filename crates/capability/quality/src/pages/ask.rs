//! 申请更正: who does not own a fact says what it should be, since when, on what it rests.

use super::BASES;
use crate::requests::{self, New};
use area::api::AreaBook;
use askama::Template;
use authz::Action;
use axum::extract::Path;
use host::{Ctx, Failure, Page};
use people::api::{Person, fact_form, words};
use rules::facts::{self, FactId, value_text};
use store::{Audit, StoreError};
use ui::{Choice, Field, Form, FormData, PageError, Shell};

#[derive(Template)]
#[template(path = "pages/ask.html")]
struct AskPage {
    shell: Shell,
    form: Form,
    action: String,
    back: String,
    fact: FactId,
    owner: String,
    who: String,
    present: String,
    root: String,
    open: Option<String>,
}

impl AskPage {
    fn value(&self) -> Field {
        fact_form::value(&self.form, self.fact, &self.root)
    }

    fn since(&self) -> Field {
        fact_form::since(&self.form)
    }

    fn basis(&self) -> Field {
        let choices = BASES
            .iter()
            .map(|(code, words)| Choice::new(*code, *words))
            .collect();
        self.form.field(
            Field::select("basis", "依据", choices)
                .required()
                .blank("请选择"),
        )
    }

    fn says(&self) -> Field {
        self.form.field(
            Field::lines("says", "说明")
                .hint("可不填。如材料名称、在哪里查到的、联系谁核实")
                .maxlength(200),
        )
    }
}

/// `GET /people/{id}/facts/{fact}/request`
pub(crate) async fn get(ctx: Ctx, Path((id, name)): Path<(String, String)>) -> Page {
    let (person, fact) = open(&ctx, &id, &name).await?;
    ctx.log_reads(&[Audit::new("person.read")
        .person(&person.key.shard, &person.key.id)
        .with("fact", name)])
        .await?;
    let present = person.facts.get(fact).map(value_text).unwrap_or_default();
    let form = Form::filled([("value", present), ("since", String::new())]);
    Ok(ui::page_no_store(page(&ctx, &person, fact, form).await?))
}

/// `POST /people/{id}/facts/{fact}/request`
pub(crate) async fn post(
    ctx: Ctx,
    Path((id, name)): Path<(String, String)>,
    data: FormData,
) -> Page {
    let (person, fact) = open(&ctx, &id, &name).await?;
    let mut form = Form::from(data);
    let value = fact_form::value_from(&mut form, fact, ctx.today());
    let since = fact_form::since_from(&mut form, ctx.today());
    let codes: Vec<&str> = BASES.iter().map(|(code, _)| *code).collect();
    let basis = form.one_of("basis", &codes, "请选择依据");
    let says = form.text("says");
    if let Some(value) = &value
        && person.facts.get(fact) == value.as_ref()
    {
        form.errors.add(
            "value",
            "与现在登记的相同，不用申请；如果是开始日期不对，请在说明里写清并选另一项",
        );
    }
    let (Some(value), Some(since), Some(basis), false) = (value, since, basis, form.has_errors())
    else {
        return Ok(ui::page_422(page(&ctx, &person, fact, form).await?));
    };
    let mut tx = ctx.begin().await?;
    let new = New {
        person: &person,
        fact,
        value,
        since,
        basis: &basis,
        says: says.as_deref(),
    };
    let filed = requests::file(&mut tx, &ctx.actor(), new).await;
    if matches!(filed, Err(StoreError::Duplicate { .. })) {
        tx.rollback().await?;
        form.errors.add(
            "value",
            format!(
                "「{}」已经有一件更正申请在等答复，不用重复提出",
                fact.def().zh
            ),
        );
        return Ok(ui::page_409(page(&ctx, &person, fact, form).await?));
    }
    filed?;
    tx.audit(
        Audit::new("correction.ask")
            .person(&person.key.shard, &person.key.id)
            .with("fact", fact.name())
            .with("reason", basis),
    );
    tx.commit().await?;
    let owner = fact.def().owner.join("、");
    let text = format!("已转{owner}核对；答复以前档案上显示「有异议」。");
    Ok(ctx.saved(&back(&ctx, &person), &text))
}

/// Where the asker came from: a family has its own page of a person.
fn back(ctx: &Ctx, person: &Person) -> String {
    if ctx.actor().role == authz::Role::Family {
        return format!("/people/{}", person.key.id);
    }
    format!("/people/{}?tab=facts", person.key.id)
}

/// The person and the fact, for somebody who may read the one and does not own the other.
async fn open(ctx: &Ctx, id: &str, name: &str) -> Result<(Person, FactId), Failure> {
    let fact = facts::find(name).ok_or_else(PageError::not_found)?;
    let person = people::api::open(ctx, id, Action::ReadPerson).await?;
    let offices = fact.def().owner;
    if (Action::CorrectFact { offices }).allowed_to(ctx.actor().role) {
        let text = format!("「{}」由您的单位登记，可以直接更正。", fact.def().zh);
        return Err(PageError::bad_request(text)
            .title("不用申请")
            .link(
                "去更正",
                &format!("/people/{}/facts/{}/correction", person.key.id, fact.name()),
            )
            .into());
    }
    Ok((person, fact))
}

async fn page(ctx: &Ctx, person: &Person, fact: FactId, form: Form) -> Result<AskPage, Failure> {
    let book = ctx.app.part::<AreaBook>()?;
    let open = requests::open_of(&ctx.app.store, &person.key).await?;
    let back = back(ctx, person);
    Ok(AskPage {
        shell: ctx
            .shell(format!("申请更正{}", fact.def().zh))
            .crumb("人员档案", "/people")
            .crumb(person.name.clone(), back.clone()),
        form,
        action: format!("/people/{}/facts/{}/request", person.key.id, fact.name()),
        back,
        fact,
        owner: fact.def().owner.join("、"),
        who: person.name.clone(),
        present: person.facts.get(fact).map_or_else(
            || "未知".to_owned(),
            |value| words::value(&book, fact, value),
        ),
        root: book
            .root()
            .map(|area| area.code.to_string())
            .unwrap_or_default(),
        open: open
            .into_iter()
            .find(|request| request.fact == fact)
            .map(|request| format!("/corrections/{}", request.code)),
    })
}
