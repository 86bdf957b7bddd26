//! 个人信息授权: a family's own people, what their data is used for by consent, and taking it back.

use super::state::{self, Stood};
use askama::Template;
use authz::Scope;
use host::{Ctx, Page};
use store::Audit;
use ui::Shell;

struct One {
    id: String,
    name: String,
    asked: Vec<Stood>,
    others: Vec<Stood>,
}

#[derive(Template)]
#[template(path = "pages/family.html")]
struct FamilyPage {
    shell: Shell,
    people: Vec<One>,
}

/// `GET /family/consents`
pub(crate) async fn get(ctx: Ctx) -> Page {
    let (store, today) = (&ctx.app.store, ctx.today());
    let mut people = Vec::new();
    let mut read = Vec::new();
    if let Scope::People(ids) = ctx.scope() {
        for person in people::api::of_ids(store, &ctx.scope(), ids).await? {
            if !people::api::may_see_child(&ctx, &person).await? {
                continue;
            }
            read.push(
                Audit::new("person.read")
                    .person(&person.key.shard, &person.key.id)
                    .with("tab", "privacy"),
            );
            let all = state::all(store, &person.key, today).await?;
            let (asked, others) = all.into_iter().partition(|one| one.asks);
            people.push(One {
                id: person.key.id.clone(),
                name: person.name,
                asked,
                others,
            });
        }
    }
    ctx.log_reads(&read).await?;
    Ok(ui::page_no_store(FamilyPage {
        shell: ctx.shell("个人信息授权").crumb("我的家人", "/family"),
        people,
    }))
}
