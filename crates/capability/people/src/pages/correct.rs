//! 更正: a fact gets another value since a day; the answers and lists move in the same transaction.
//!
//! A correction supersedes and never overwrites (invariant 5). Only the fact's owner writes it
//! (product.md 38); two people saving at once: the second is told (409) and loses nothing typed.

use super::{fact_form, one, words};
use crate::api::{self, Correction, NameIndex, Person, correct};
use crate::store::write;
use askama::Template;
use authz::Action;
use axum::extract::Path;
use host::{Ctx, Failure, Page};
use rules::facts::{self, FactId, value_text};
use store::Audit;
use ui::{Choice, Field, Form, FormData, PageError, Shell};

/// Why a fact is corrected: code and words.
const REASONS: &[(&str, &str)] = &[
    ("visit", "入户核实"),
    ("document", "证件、证明材料"),
    ("department", "部门比对结果"),
    ("self_report", "本人或家属反映"),
    ("typo", "录入有误"),
];

#[derive(Template)]
#[template(path = "pages/correct.html")]
struct CorrectPage {
    shell: Shell,
    form: Form,
    action: String,
    back: String,
    fact: FactId,
    who: String,
    present: String,
    present_source: String,
    version: i64,
    stale: bool,
    root: String,
}

impl CorrectPage {
    fn value(&self) -> Field {
        fact_form::value(&self.form, self.fact, &self.root)
    }

    fn since(&self) -> Field {
        fact_form::since(&self.form)
    }

    fn reason(&self) -> Field {
        let choices = REASONS
            .iter()
            .map(|(code, words)| Choice::new(*code, *words))
            .collect();
        self.form.field(
            Field::select("reason", "更正依据", choices)
                .required()
                .blank("请选择"),
        )
    }

    fn remark(&self) -> Field {
        self.form.field(
            Field::lines("remark", "说明")
                .hint("可不填。如核实人、材料名称")
                .maxlength(200),
        )
    }
}

/// `GET /people/{id}/facts/{fact}/correction`
pub(crate) async fn get(ctx: Ctx, Path((id, name)): Path<(String, String)>) -> Page {
    let fact = fact_of(&name)?;
    let person = one::open(
        &ctx,
        &id,
        Action::CorrectFact {
            offices: fact.def().owner,
        },
    )
    .await
    .map_err(|failure| owned(failure, fact))?;
    ctx.log_reads(&[Audit::new("person.read")
        .person(&person.key.shard, &person.key.id)
        .with("fact", name)])
        .await?;
    let present = person.facts.get(fact).map(value_text).unwrap_or_default();
    let form = Form::filled([
        ("value", present),
        ("since", String::new()),
        ("version", person.version.to_string()),
    ]);
    Ok(ui::page_no_store(
        page(&ctx, &person, fact, form, false).await?,
    ))
}

/// `POST /people/{id}/facts/{fact}/correction`
pub(crate) async fn post(
    ctx: Ctx,
    Path((id, name)): Path<(String, String)>,
    data: FormData,
) -> Page {
    let fact = fact_of(&name)?;
    let action = Action::CorrectFact {
        offices: fact.def().owner,
    };
    let mut form = Form::from(data);
    let value = fact_form::value_from(&mut form, fact, ctx.today());
    let since = fact_form::since_from(&mut form, ctx.today());
    let reasons: Vec<&str> = REASONS.iter().map(|(code, _)| *code).collect();
    let reason = form.one_of("reason", &reasons, "请选择更正依据");
    let remark = form.text("remark");
    let version = form.text("version").and_then(|text| text.parse().ok());
    let mut tx = ctx.begin().await?;
    let person = one::open_in(&ctx, &tx, &id, action)
        .await
        .map_err(|failure| owned(failure, fact))?;
    let (Some(value), Some(since), Some(reason), false) = (value, since, reason, form.has_errors())
    else {
        tx.rollback().await?;
        return Ok(ui::page_422(page(&ctx, &person, fact, form, false).await?));
    };
    if !write::claim(&mut tx, &person.key, version.unwrap_or(-1)).await? {
        tx.rollback().await?;
        let page = page(&ctx, &person, fact, form, true).await?;
        return Ok(ui::page_409(page));
    }
    let correction = Correction {
        fact,
        value,
        since,
        source: words_of(&reason).to_owned(),
        by: ctx.actor().name,
        reason,
        remark,
    };
    let changed = correct(&ctx.app, &mut tx, &person.key, correction).await?;
    tx.commit().await?;
    index(&ctx, &changed).await?;
    let text = format!("已更正「{}」，资格和名单已重新计算。", fact.def().zh);
    Ok(ctx.saved(&format!("/people/{}?tab=facts", person.key.id), &text))
}

/// Tells the names and columns in memory about a changed person, after the commit.
pub(crate) async fn index(ctx: &Ctx, person: &Person) -> store::StoreResult<()> {
    let index = ctx.app.part::<NameIndex>()?;
    index.put(&ctx.app.store, person).await
}

fn fact_of(name: &str) -> Result<FactId, Failure> {
    facts::find(name).ok_or_else(|| PageError::not_found().into())
}

fn words_of(reason: &str) -> &'static str {
    REASONS
        .iter()
        .find(|(code, _)| *code == reason)
        .map_or("更正", |(_, words)| words)
}

/// A refusal that says whose record the fact is.
fn owned(failure: Failure, fact: FactId) -> Failure {
    let owners = fact.def().owner.join("、");
    if failure.0.text.contains("这项工作不由") {
        let error = *failure.0;
        return error
            .text(format!(
                "「{}」由{owners}登记和更正，请把情况和材料转给{owners}。",
                fact.def().zh
            ))
            .into();
    }
    failure
}

async fn page(
    ctx: &Ctx,
    person: &Person,
    fact: FactId,
    form: Form,
    stale: bool,
) -> Result<CorrectPage, Failure> {
    let book = one::book(ctx)?;
    let resolved = api::facts_on(
        &ctx.app.store,
        &person.key,
        ctx.today(),
        ctx.app.clock().now(),
    )
    .await?;
    let present = resolved.facts.get(fact).map_or_else(
        || "未知".to_owned(),
        |value| words::value(&book, fact, value),
    );
    let present_source = resolved
        .known(fact)
        .map(|known| {
            format!(
                "{} 起 · {} 登记 · {} · {}",
                known.since,
                known.recorded.day(),
                known.source,
                known.by
            )
        })
        .unwrap_or_default();
    let back = format!("/people/{}?tab=facts", person.key.id);
    Ok(CorrectPage {
        shell: ctx
            .shell(format!("更正{}", fact.def().zh))
            .crumb("人员档案", "/people")
            .crumb(person.name.clone(), back.clone()),
        form,
        action: format!("/people/{}/facts/{}/correction", person.key.id, fact.name()),
        back,
        fact,
        who: person.name.clone(),
        present,
        present_source,
        version: person.version,
        stale,
        root: book
            .root()
            .map(|area| area.code.to_string())
            .unwrap_or_default(),
    })
}
