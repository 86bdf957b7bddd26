//! One merge: what came together, what was recorded since, and taking it back.

use super::decide::refused_zh;
use super::pair::who;
use crate::merge::{self, Refused, Since};
use crate::store::merges::{self, Merge};
use area::api::AreaBook;
use askama::Template;
use authz::Action;
use axum::extract::Path;
use host::{Ctx, Failure, Page};
use people::api::{OwnField, Person, words};
use store::{Audit, Reads};
use ui::{Field, Form, FormData, PageError, Shell};

#[derive(Template)]
#[template(path = "pages/merged.html")]
struct MergedPage {
    shell: Shell,
    form: Form,
    merge: Merge,
    who: String,
    href: String,
    alias: String,
    version: i64,
    facts: Vec<&'static str>,
    fields: Vec<&'static str>,
    receipts: usize,
    twice: Vec<String>,
    /// What other capabilities led on, with how many.
    followed: Vec<(&'static str, usize)>,
    since: Vec<(String, String)>,
    since_fields: Vec<&'static str>,
    trouble: Option<&'static str>,
}

impl MergedPage {
    fn reason(&self) -> Field {
        self.form.field(
            Field::text("reason", "撤销原因")
                .required()
                .hint("如：核实为两个人")
                .maxlength(60),
        )
    }
}

async fn open(ctx: &Ctx, reads: &impl Reads, id: &str) -> Result<(Merge, Person), Failure> {
    let missing = || PageError::not_found().link("疑似重复", "/duplicates");
    let merge = merges::find(reads, id).await?.ok_or_else(missing)?;
    // The file that stayed may have given way since: then its survivor decides who may look.
    let at = people::api::survivor_of(reads, &merge.survivor.id)
        .await?
        .unwrap_or_else(|| merge.survivor.id.clone());
    let person = people::api::person(reads, &at).await?.ok_or_else(missing)?;
    let ask = ctx.app.part::<AreaBook>()?.office_to_ask(&person.subject());
    ctx.decide(Action::RegisterPerson, &person.subject(), &ask)?;
    Ok((merge, person))
}

/// `GET /merges/{id}`
pub(crate) async fn get(ctx: Ctx, Path(id): Path<String>) -> Page {
    let (merge, person) = open(&ctx, &ctx.app.store, &id).await?;
    ctx.log_reads(&[Audit::new("person.read")
        .person(&person.key.shard, &person.key.id)
        .with("merge", id)])
        .await?;
    Ok(ui::page_no_store(
        page(&ctx, merge, person, Form::default(), None).await?,
    ))
}

/// `POST /merges/{id}/undo`
pub(crate) async fn undo(ctx: Ctx, Path(id): Path<String>, data: FormData) -> Page {
    let mut form = Form::from(data);
    let reason = form.required("reason", "请写明为什么撤销");
    let version: i64 = form
        .text("version")
        .and_then(|text| text.parse().ok())
        .unwrap_or(-1);
    let mut tx = ctx.begin().await?;
    let (merge, person) = open(&ctx, &tx, &id).await?;
    let Some(reason) = reason else {
        tx.rollback().await?;
        return Ok(ui::page_422(page(&ctx, merge, person, form, None).await?));
    };
    let note = merge.pair.clone();
    match merge::undo(&ctx.app, &mut tx, &merge, version, "undo").await? {
        Ok(()) => {}
        Err(refused) => {
            tx.rollback().await?;
            let (merge, person) = open(&ctx, &ctx.app.store, &id).await?;
            let page = page(&ctx, merge, person, form, Some(refused)).await?;
            return Ok(ui::page_409(page));
        }
    }
    crate::store::pairs::note(&mut tx, &note, &format!("撤销合并：{reason}")).await?;
    tx.commit().await?;
    merge::told(&ctx.app, &[&merge.survivor.id, &merge.alias.id], None).await?;
    let text = "已撤销合并，两份档案恢复原样，资格和名单已重新计算。";
    Ok(ctx.redirect_with(&format!("/duplicates/{}", merge.pair), "ok", text))
}

async fn page(
    ctx: &Ctx,
    merge: Merge,
    person: Person,
    form: Form,
    refused: Option<Refused>,
) -> Result<MergedPage, Failure> {
    let (store, book) = (&ctx.app.store, ctx.app.part::<AreaBook>()?);
    let stands = merge.undone.is_none() && person.key == merge.survivor;
    let since = if stands {
        merge::since(store, store.keys(), &merge, &person).await?
    } else {
        Since::default()
    };
    let alias = people::api::alias(store, &merge.alias.id).await?;
    let own = |key: &str| {
        let field = OwnField::ALL.iter().find(|field| field.key() == key);
        field.map(|field| field.zh())
    };
    Ok(MergedPage {
        shell: ctx
            .shell("合并的档案")
            .crumb("人员档案", "/people")
            .crumb("疑似重复", "/duplicates"),
        who: who(&person, ctx.today()),
        href: format!("/people/{}", person.key.id),
        alias: alias.map_or_else(String::new, |alias| {
            let number = alias
                .provisional
                .map_or_else(String::new, |number| format!("（{number}）"));
            format!("{}{number}", alias.name)
        }),
        version: person.version,
        facts: merge
            .journal
            .facts
            .iter()
            .filter_map(|name| rules::facts::find(name))
            .map(|fact| fact.def().zh)
            .collect(),
        fields: merge
            .journal
            .own
            .iter()
            .filter_map(|change| own(&change.field))
            .collect(),
        receipts: merge.journal.folded.receipts.len(),
        twice: merge.journal.folded.twice.clone(),
        followed: ctx
            .app
            .joinings
            .iter()
            .filter_map(|room| {
                Some((
                    room.title,
                    (room.count)(merge.journal.rooms.get(room.name)?),
                ))
            })
            .filter(|(_, count)| *count > 0)
            .collect(),
        since: since
            .records
            .iter()
            .map(|record| {
                let facts: Vec<String> = record
                    .sets
                    .iter()
                    .map(|set| {
                        let value = set.value.as_ref().map_or_else(
                            || "未知".to_owned(),
                            |value| words::value(&book, set.fact, value),
                        );
                        format!("{}：{value}", set.fact.def().zh)
                    })
                    .collect();
                let when = format!("{} · {}", record.recorded.minute(), record.by);
                (when, facts.join("；"))
            })
            .collect(),
        since_fields: since.own.iter().map(|field| field.zh()).collect(),
        trouble: refused
            .or((merge.undone.is_none() && !stands).then_some(Refused::Later))
            .map(refused_zh),
        merge,
        form,
    })
}
