//! 我的家人: a family member's own people, with what they are owed on their page.

use super::words;
use crate::api::{self, Filter};
use askama::Template;
use host::{Ctx, Page};
use ui::Shell;

struct Card {
    href: String,
    name: String,
    age: String,
    tags: Vec<String>,
}

#[derive(Template)]
#[template(path = "pages/family.html")]
struct FamilyPage {
    shell: Shell,
    cards: Vec<Card>,
}

/// `GET /family`
pub(crate) async fn get(ctx: Ctx) -> Page {
    let people = match ctx.scope() {
        scope @ authz::Scope::People(_) => {
            api::list(
                &ctx.app.store,
                &scope,
                &Filter {
                    most: 20,
                    ..Filter::default()
                },
            )
            .await?
        }
        _ => Vec::new(),
    };
    let cards = people
        .iter()
        .map(|person| Card {
            href: format!("/people/{}", person.key.id),
            name: person.name.clone(),
            age: words::age(&person.facts, ctx.today()),
            tags: words::tags(&person.facts, ctx.today()),
        })
        .collect();
    Ok(ui::page_no_store(FamilyPage {
        shell: ctx.shell("我的家人"),
        cards,
    }))
}
