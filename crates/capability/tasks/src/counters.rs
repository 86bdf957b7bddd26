//! What executors and lead offices have to do now, for the desk.

use crate::book;
use crate::colour::Colour;
use crate::model::State;
use crate::month;
use crate::seen::Seen;
use crate::status::{Facts, status};
use area::api::AreaBook;
use authz::Role;
use host::Ctx;
use host::counter::{Counted, DeskCounter};
use std::sync::Arc;
use store::{Reads, StoreResult, values};

/// Roles that report and answer.
const EXECUTORS: &[Role] = &[Role::CountyCivil, Role::CountyHealth];
/// Roles that review and close.
const LEADS: &[Role] = &[Role::CityCivil, Role::CityHealth, Role::Planner];

/// All of them.
pub(crate) fn all() -> Vec<DeskCounter> {
    vec![
        DeskCounter {
            title: "督办未回",
            unit: "件",
            tone: "danger",
            roles: EXECUTORS,
            count: Arc::new(|ctx| Box::pin(letters(ctx))),
        },
        DeskCounter {
            title: "本月进展未报",
            unit: "项",
            tone: "warn",
            roles: EXECUTORS,
            count: Arc::new(|ctx| Box::pin(reports(ctx))),
        },
        DeskCounter {
            title: "进展待核",
            unit: "份",
            tone: "warn",
            roles: LEADS,
            count: Arc::new(|ctx| Box::pin(review(ctx))),
        },
        DeskCounter {
            title: "督办待销号",
            unit: "件",
            tone: "warn",
            roles: LEADS,
            count: Arc::new(|ctx| Box::pin(replied(ctx))),
        },
    ]
}

async fn letters(ctx: &Ctx) -> StoreResult<Counted> {
    let seen = Seen::of(&ctx.actor(), &*ctx.app.part::<AreaBook>()?);
    let today = ctx.today();
    let letters = book::letters(&ctx.app.store, &seen, None).await?;
    let open: Vec<_> = letters
        .iter()
        .filter(|letter| {
            letter.state.waits_for_reply() && seen.acts_for(&letter.executor, letter.issuer_role)
        })
        .collect();
    let late = open.iter().filter(|letter| letter.overdue(today)).count();
    Ok(Counted {
        number: open.len() as i64,
        note: if late > 0 {
            format!("{late} 件已逾期")
        } else {
            "答复".to_owned()
        },
        href: match open.as_slice() {
            [only] => format!("/tasks/letters/{}", only.id),
            _ => "/tasks/letters?state=open".to_owned(),
        },
    })
}

async fn reports(ctx: &Ctx) -> StoreResult<Counted> {
    let areas = ctx.app.part::<AreaBook>()?;
    let (seen, today) = (Seen::of(&ctx.actor(), &areas), ctx.today());
    let store = &ctx.app.store;
    let items = book::items(store, &seen).await?;
    let parts = book::parts(store, &seen, None).await?;
    let reports = book::reports(store, &seen, None).await?;
    let root = areas
        .root()
        .map_or_else(String::new, |root| root.code.to_string());
    let facts = Facts::of(store, &items, &root, today).await?;
    let (mut waits, mut returned) = (0, 0);
    for part in &parts {
        let own = reports.get(&part.id).map_or(&[][..], Vec::as_slice);
        let Some(item) = items
            .iter()
            .find(|item| item.id == part.item && !item.withdrawn)
        else {
            continue;
        };
        if !seen.acts_for(&part.executor, item.lead_role) || !month::waits(part, own, today) {
            continue;
        }
        if status(item, part, own, &facts, today).colour != Colour::Done {
            waits += 1;
            returned += i64::from(own.iter().any(|report| report.state == State::Returned));
        }
    }
    Ok(Counted {
        number: waits,
        note: if returned > 0 {
            format!("{returned} 项被退回")
        } else {
            "报进展".to_owned()
        },
        href: "/tasks/mine".to_owned(),
    })
}

async fn review(ctx: &Ctx) -> StoreResult<Counted> {
    let role = ctx.actor().role;
    let sql = "SELECT COUNT(*) AS n FROM tasks_progress p JOIN tasks_assignment a ON a.id = p.assignment \
         JOIN tasks_item i ON i.id = a.item WHERE p.state = 'submitted' AND i.lead_role = $1";
    Ok(Counted {
        number: ctx.app.store.number(sql, values![role.key()]).await?,
        note: "核定".to_owned(),
        href: "/tasks/review".to_owned(),
    })
}

async fn replied(ctx: &Ctx) -> StoreResult<Counted> {
    let role = ctx.actor().role;
    let sql = "SELECT COUNT(*) AS n FROM tasks_letter WHERE state = 'replied' AND issuer_role = $1";
    Ok(Counted {
        number: ctx.app.store.number(sql, values![role.key()]).await?,
        note: "看答复".to_owned(),
        href: "/tasks/letters?state=replied".to_owned(),
    })
}
