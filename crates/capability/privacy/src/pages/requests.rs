//! 删除请求: what waits for the reader's office, and what was answered.

use crate::store::requests;
use area::api::AreaBook;
use askama::Template;
use host::{Ctx, Page};
use people::api::words;
use std::collections::BTreeMap;
use store::Audit;
use ui::Shell;

struct Line {
    href: String,
    who: String,
    place: String,
    asked: String,
    by: String,
    state: &'static str,
    pill: &'static str,
    open: bool,
}

#[derive(Template)]
#[template(path = "pages/requests.html")]
struct RequestsPage {
    shell: Shell,
    rows: Vec<Line>,
}

/// `GET /privacy/requests`
pub(crate) async fn get(ctx: Ctx) -> Page {
    let (store, actor) = (&ctx.app.store, ctx.actor());
    let list = requests::list(store, &actor).await?;
    let ids: Vec<String> = list.iter().map(|one| one.key.id.clone()).collect();
    let people: BTreeMap<String, _> = people::api::of_ids(store, &actor.scope, ids.clone())
        .await?
        .into_iter()
        .map(|person| (person.key.id.clone(), person))
        .collect();
    let names = org::api::Names::of(store, list.iter().map(|one| one.asked_by.as_str())).await?;
    ctx.log_reads(&[Audit::new("person.list")
        .with("list", "erasure.requests")
        .with("count", list.len() as i64)
        .with("keys", serde_json::json!(ids))])
        .await?;
    let book = ctx.app.part::<AreaBook>()?;
    let rows = list
        .iter()
        .map(|one| {
            let person = people.get(&one.key.id);
            let role = authz::Role::from_key(&one.asked_role).map_or("", authz::Role::zh);
            Line {
                href: format!("/privacy/requests/{}", one.id),
                who: person.map_or_else(|| "（不在您的范围）".to_owned(), |p| p.name.clone()),
                place: person
                    .map(|p| words::area(&book, p, people::api::Fact::RESIDENCE_AREA))
                    .unwrap_or_default(),
                asked: one.asked.day().to_string(),
                by: format!("{}（{role}）", names.name(&one.asked_by)),
                state: one.state_zh(),
                pill: one.pill(),
                open: one.state == "open",
            }
        })
        .collect();
    Ok(ui::page_no_store(RequestsPage {
        shell: ctx.shell("删除请求").crumb("人员档案", "/people"),
        rows,
    }))
}
