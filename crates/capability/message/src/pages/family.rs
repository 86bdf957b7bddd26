//! 消息 of a family: what was told about each of their people, and what they do not want to be told of.

use crate::book::{self, Asked};
use crate::kinds::Kind;
use askama::Template;
use authz::{Action, Scope};
use axum::extract::Path;
use host::{Ctx, Page};
use store::Audit;
use ui::{Choice, Field, Form, FormData, PageError, Shell};

/// Messages shown of one person.
const MOST: i64 = 50;

struct Line {
    kind: &'static str,
    said: String,
    when: String,
    href: Option<String>,
}

struct One {
    id: String,
    name: String,
    lines: Vec<Line>,
    form: Form,
}

impl One {
    fn off(&self) -> Field {
        let choices = Kind::ALL
            .iter()
            .filter(|kind| !kind.statutory())
            .map(|kind| Choice::new(kind.key(), kind.zh()))
            .collect();
        self.form.field(
            Field::checks("off", "不用告诉我的", choices)
                .hint("补材料、决定、没有到账、停发前告知和资格认证不能退订"),
        )
    }
}

#[derive(Template)]
#[template(path = "pages/family.html")]
struct FamilyPage {
    shell: Shell,
    people: Vec<One>,
}

/// `GET /family/messages`
pub(crate) async fn get(ctx: Ctx) -> Page {
    let (store, scope) = (&ctx.app.store, ctx.scope());
    let mut people = Vec::new();
    let mut read = Vec::new();
    if let Scope::People(ids) = &scope {
        for person in people::api::of_ids(store, &scope, ids.clone()).await? {
            if !people::api::may_see_child(&ctx, &person).await? {
                continue;
            }
            let asked = Asked {
                person: Some(person.key.id.clone()),
                ..Asked::default()
            };
            let told = book::page(store, &scope, &asked, 0, MOST).await?;
            read.push(
                Audit::new("person.read")
                    .person(&person.key.shard, &person.key.id)
                    .with("tab", "messages"),
            );
            let off = book::off(store, &person.key).await?;
            people.push(One {
                id: person.key.id.clone(),
                name: person.name,
                lines: told
                    .into_iter()
                    .map(|one| Line {
                        kind: one.kind_zh(),
                        said: one.said,
                        when: one.made.minute(),
                        href: one.href,
                    })
                    .collect(),
                form: Form::filled(off.into_iter().map(|kind| ("off".to_owned(), kind))),
            });
        }
    }
    ctx.log_reads(&read).await?;
    Ok(ui::page_no_store(FamilyPage {
        shell: ctx.shell("消息").crumb("我的家人", "/family"),
        people,
    }))
}

/// `POST /family/messages/{id}`
pub(crate) async fn post(ctx: Ctx, Path(id): Path<String>, data: FormData) -> Page {
    if ctx.actor().role != authz::Role::Family {
        return Err(PageError::refused("本人或家属").into());
    }
    let person = people::api::open(&ctx, &id, Action::ReadPerson).await?;
    let kinds: Vec<Kind> = data
        .all("off")
        .filter_map(Kind::of)
        .filter(|kind| !kind.statutory())
        .collect();
    let mut tx = ctx.begin().await?;
    book::set_off(&mut tx, &person.key, &kinds).await?;
    tx.commit().await?;
    Ok(ctx.saved("/family/messages", "已保存。"))
}
