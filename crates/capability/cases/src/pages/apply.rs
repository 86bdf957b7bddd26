//! 办件: what may be applied for, for the people of a family or for somebody an office acts for.

use super::{loaded, yuan};
use crate::apply::{self, Offer, Offered};
use crate::machine::State;
use crate::store as rows;
use area::api::AreaBook;
use askama::Template;
use authz::{Action, Scope};
use axum::extract::Path;
use host::{Ctx, Page};
use kernel::Day;
use people::api::Person;
use plan::api::PlanBook;
use store::{Audit, StoreError};
use ui::{FormData, PageError, Shell};

struct Who {
    name: String,
    href: String,
    age: String,
    running: usize,
}

#[derive(Template)]
#[template(path = "pages/apply.html")]
struct ApplyPage {
    shell: Shell,
    people: Vec<Who>,
    family: bool,
}

/// `GET /apply`
pub(crate) async fn get(ctx: Ctx) -> Page {
    let Scope::People(ids) = ctx.scope() else {
        return Ok(ui::page_no_store(ApplyPage {
            shell: ctx.shell("代为申请"),
            people: Vec::new(),
            family: false,
        }));
    };
    let people = people::api::of_ids(&ctx.app.store, &ctx.scope(), ids).await?;
    if let [only] = people.as_slice() {
        return Ok(ui::redirect(&format!("/apply/{}", only.key.id)));
    }
    ctx.log_reads(&[Audit::new("person.list")
        .with("list", "apply")
        .with("count", people.len() as i64)])
        .await?;
    let mut out = Vec::new();
    for person in people {
        let cases = rows::of_person(&ctx.app.store, &person.key).await?;
        out.push(Who {
            href: format!("/apply/{}", person.key.id),
            age: person
                .age_on(ctx.today())
                .map_or_else(String::new, |age| format!("{age} 周岁")),
            running: cases
                .iter()
                .filter(|case| case.standing.state.open())
                .count(),
            name: person.name,
        });
    }
    Ok(ui::page_no_store(ApplyPage {
        shell: ctx.shell("办件"),
        people: out,
        family: true,
    }))
}

struct Card {
    name: String,
    money: String,
    offer: Offer,
    start: String,
    guide: String,
}

impl Card {
    fn running(&self) -> Option<(&str, State)> {
        match &self.offer {
            Offer::Running(code, state) => Some((code, *state)),
            _ => None,
        }
    }

    fn because(&self) -> &str {
        match &self.offer {
            Offer::No(because) if !because.is_empty() => because,
            _ => "按现在掌握的情况不符合；情况有变的，先到村（社区）更正登记",
        }
    }

    const fn is(&self, what: &str) -> bool {
        matches!(
            (&self.offer, what.as_bytes()),
            (Offer::Free, b"free")
                | (Offer::Entitled, b"entitled")
                | (Offer::Unknown, b"unknown")
                | (Offer::Receiving, b"receiving")
                | (Offer::No(_), b"no")
        )
    }
}

struct Past {
    href: String,
    title: String,
    state: State,
    day: String,
}

#[derive(Template)]
#[template(path = "pages/offers.html")]
struct OffersPage {
    shell: Shell,
    cards: Vec<Card>,
    no: Vec<Card>,
    past: Vec<Past>,
    away: bool,
}

/// `GET /apply/{person}`
pub(crate) async fn person(ctx: Ctx, Path(id): Path<String>) -> Page {
    let person = people::api::open(&ctx, &id, Action::ReadPerson).await?;
    ctx.log_reads(&[Audit::new("person.read")
        .person(&person.key.shard, &person.key.id)
        .with("page", "apply")])
        .await?;
    Ok(ui::page_no_store(offers_page(&ctx, &person).await?))
}

async fn offers_page(ctx: &Ctx, person: &Person) -> Result<OffersPage, host::Failure> {
    let (plans, areas) = (ctx.app.part::<PlanBook>()?, ctx.app.part::<AreaBook>()?);
    let loaded = loaded(ctx).await?;
    let store = &ctx.app.store;
    let offered = apply::offers(store, &plans, &loaded.procedures, person, ctx.today()).await?;
    let card = |one: Offered| Card {
        money: one
            .fen
            .map_or_else(String::new, |fen| format!("每月 {} 元", yuan(fen))),
        start: format!("/apply/{}/{}", person.key.id, one.programme),
        guide: format!("/guides/{}", one.programme),
        name: one.name,
        offer: one.offer,
    };
    let (no, cards): (Vec<Offered>, Vec<Offered>) = offered
        .into_iter()
        .partition(|one| matches!(one.offer, Offer::No(_)));
    let past = rows::of_person(store, &person.key)
        .await?
        .into_iter()
        .filter(|case| !case.standing.state.open())
        .map(|case| Past {
            href: format!("/cases/{}", case.code),
            title: loaded
                .procedures
                .of(&case.programme)
                .map_or_else(|| case.programme.clone(), |one| one.title.clone()),
            state: case.standing.state,
            day: case
                .standing
                .decided
                .or(case.submitted)
                .map(Day::zh)
                .unwrap_or_default(),
        })
        .collect();
    let here = person
        .subject()
        .hukou
        .is_some_and(|code| areas.executor_of(&code).is_some());
    Ok(OffersPage {
        shell: ctx
            .shell(format!("{}能办什么", person.name))
            .crumb("办件", "/apply"),
        cards: cards.into_iter().map(card).collect(),
        no: no.into_iter().map(card).collect(),
        past,
        away: !here,
    })
}

/// `POST /apply/{person}/{programme}`: a draft begins, or the one that is kept goes on.
pub(crate) async fn start(
    ctx: Ctx,
    Path((id, programme)): Path<(String, String)>,
    _data: FormData,
) -> Page {
    let person = people::api::open(&ctx, &id, Action::ReadPerson).await?;
    let areas = ctx.app.part::<AreaBook>()?;
    let loaded = loaded(&ctx).await?;
    let procedure = loaded
        .procedures
        .of(&programme)
        .ok_or_else(|| PageError::not_found().text("这个待遇不在这里申请。"))?;
    let open = rows::of_person(&ctx.app.store, &person.key)
        .await?
        .into_iter()
        .find(|case| case.programme == programme && case.standing.state.open());
    if let Some(case) = open {
        let to = if case.standing.state == State::Draft {
            format!("/applications/{}/{}", case.code, case.answers.step.max(1))
        } else {
            format!("/cases/{}", case.code)
        };
        return Ok(ui::redirect(&to));
    }
    let mut tx = ctx.begin().await?;
    let made = apply::start(&mut tx, &areas, loaded.no, procedure, &person).await;
    match made {
        Ok(Ok(case)) => {
            tx.commit().await?;
            Ok(ui::redirect(&format!("/applications/{}/1", case.code)))
        }
        Ok(Err(text)) => {
            tx.rollback().await?;
            Err(PageError::bad_request(text).into())
        }
        Err(StoreError::Duplicate(_)) => {
            tx.rollback().await?;
            let back = format!("/apply/{id}");
            Ok(ctx.redirect_with(&back, "warn", "刚刚已经有人为他申请，请看进度。"))
        }
        Err(error) => Err(error.into()),
    }
}
