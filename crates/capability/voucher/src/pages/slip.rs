//! The slip of a voucher to print, for whoever has no telephone.

use crate::{code, model};
use askama::Template;
use authz::{Action, Role};
use axum::extract::Path;
use host::{Ctx, Page};
use kernel::Fen;
use store::Audit;
use ui::{PageError, Shell};

#[derive(Template)]
#[template(path = "pages/slip.html")]
struct SlipPage {
    shell: Shell,
    name: String,
    title: String,
    code: String,
    left: String,
    of: String,
    until: String,
    good: bool,
    covers: String,
    scopes: String,
    places: Vec<String>,
}

/// `GET /people/{id}/vouchers/{voucher}`
pub(crate) async fn get(ctx: Ctx, Path((id, voucher)): Path<(String, String)>) -> Page {
    let role = ctx.actor().role;
    if role != Role::Family && !Action::KeepAccount.allowed_to(role) {
        return Err(PageError::refused("乡镇民政办").into());
    }
    let person = people::api::open(&ctx, &id, Action::ReadPerson).await?;
    let store = &ctx.app.store;
    let all = model::of_person(store, &person.key).await?;
    let found = all
        .into_iter()
        .find(|one| one.voucher == voucher)
        .ok_or_else(PageError::not_found)?;
    ctx.log_reads(&[Audit::new("voucher.slip")
        .person(&person.key.shard, &person.key.id)
        .with("voucher", voucher.as_str())])
        .await?;
    let batch = pay::api::voucher_batch(store, &found.run)
        .await?
        .ok_or_else(PageError::not_found)?;
    let names = pay::api::programmes(&ctx)?;
    let today = ctx.today();
    let places = model::places(store, std::slice::from_ref(&found.office))
        .await?
        .into_iter()
        .filter(|place| place.open(today))
        .filter(|place| {
            place
                .scopes
                .iter()
                .any(|(programme, _)| *programme == found.programme)
        })
        .map(|place| place.name)
        .collect();
    let scopes: Vec<&str> = batch
        .terms
        .scopes
        .iter()
        .map(|one| one.name.as_str())
        .collect();
    Ok(ui::page_no_store(SlipPage {
        shell: ctx
            .shell("消费券")
            .crumb(person.name.clone(), format!("/people/{id}")),
        title: format!(
            "{}{}",
            found.month.zh(),
            pay::api::programme_zh(&names, &found.programme)
        ),
        code: code::shown(&found.code),
        left: found.left().to_string(),
        of: Fen(found.fen).to_string(),
        until: found.until.zh(),
        good: found.good(today),
        covers: covers_zh(batch.terms.covers),
        scopes: scopes.join("、"),
        name: person.name,
        places,
    }))
}

/// A share of a bill in words.
pub(crate) fn covers_zh(covers: i64) -> String {
    if covers % 100 == 0 {
        format!("{}%", covers / 100)
    } else {
        format!("{}.{:02}%", covers / 100, covers % 100)
    }
}
