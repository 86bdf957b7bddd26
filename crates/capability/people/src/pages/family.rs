//! 我的家人: a family member's own people, with what they are owed on their page.

use super::words;
use crate::api;
use askama::Template;
use host::{Ctx, Page};
use ui::Shell;

struct Card {
    href: String,
    reads: String,
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
        authz::Scope::People(ids) => {
            // Whoever is looked up by id is found, also when they have died.
            let scope = ctx.scope();
            let mut own = Vec::new();
            for person in api::of_ids(&ctx.app.store, &scope, ids).await? {
                if api::may_see_child(&ctx, &person).await? {
                    own.push(person);
                }
            }
            own
        }
        _ => Vec::new(),
    };
    let cards = people
        .iter()
        .map(|person| Card {
            href: format!("/people/{}", person.key.id),
            reads: format!("/family/{}/reads", person.key.id),
            name: person.name.clone(),
            age: words::age(&person.facts, ctx.today()),
            tags: dead(&person.facts)
                .then(|| "已故".to_owned())
                .into_iter()
                .chain(words::tags(&person.facts, ctx.today()))
                .collect(),
        })
        .collect();
    Ok(ui::page_no_store(FamilyPage {
        shell: ctx.shell("我的家人"),
        cards,
    }))
}

fn dead(facts: &rules::Facts) -> bool {
    facts.get(rules::FactId::ALIVE) == Some(&rules::Value::Bool(false))
}
