//! The three bands of 一人一档: 在享, 应享未享, 待核实 — and what the person may ask for.

use super::words;
use crate::recompute::{Asked, ask};
use crate::standing::{Kind, bit, home};
use crate::store::findings;
use askama::Template;
use host::{Ctx, PersonView};
use plan::api::PlanBook;
use rules::Answer;
use store::StoreResult;

struct Receiving {
    name: String,
    money: String,
    since: String,
    source: String,
}

struct Owed {
    item: u16,
    name: String,
    money: String,
    since: String,
    cause: &'static str,
}

struct Open {
    item: u16,
    name: String,
    missing: String,
    settle: String,
}

#[derive(Template)]
#[template(path = "pages/band.html")]
struct Band {
    id: String,
    query: String,
    receiving: Vec<Receiving>,
    owed: Vec<Owed>,
    undue: Vec<Owed>,
    open: Vec<Open>,
    ask: Vec<Open>,
    unconnected: Vec<String>,
}

/// Renders the bands.
pub(crate) async fn render(ctx: &Ctx, view: &PersonView) -> StoreResult<String> {
    let Some(published) = ctx.app.part::<PlanBook>()?.in_force(view.on) else {
        return Ok(String::new());
    };
    let store = &ctx.app.store;
    let Asked {
        explanation,
        resolved,
        standing,
        received,
        connected,
    } = ask(store, &view.key, &published, (view.on, view.known)).await?;

    let stored = if view.now {
        findings::open_of(store, &view.key).await?
    } else {
        Vec::new()
    };
    let receiving = received
        .iter()
        .filter(|receipt| receipt.covers(view.on) && receipt.recorded <= view.known)
        .map(|receipt| {
            let (name, cycle) = words::programme(&published, &receipt.programme);
            Receiving {
                name: name.to_owned(),
                money: format!("{} 元/{cycle}", kernel::Fen(receipt.fen)),
                since: receipt.from.to_string(),
                source: receipt.source.clone(),
            }
        })
        .collect();
    let finding = |kind: Kind| -> Vec<Owed> {
        standing
            .found
            .iter()
            .filter(|found| found.kind == kind)
            .map(|found| {
                let (name, cycle) = words::programme(&published, &found.programme);
                let row = stored
                    .iter()
                    .find(|row| row.kind == kind.key() && row.programme == found.programme);
                Owed {
                    item: found.item,
                    name: name.to_owned(),
                    money: found.fen.map_or_else(
                        || "标准待确认".to_owned(),
                        |fen| format!("{} 元/{cycle}", kernel::Fen(fen)),
                    ),
                    since: row.map(|row| row.since.to_string()).unwrap_or_default(),
                    cause: row.map_or("", |row| crate::api::cause_zh(&row.cause)),
                }
            })
            .collect()
    };
    let (owed, undue) = (finding(Kind::Owed), finding(Kind::Undue));
    let unknown = |mask: u64| -> Vec<Open> {
        explanation
            .answers
            .iter()
            .filter(|answer| answer.answer == Answer::Unknown && mask & bit(answer.no) != 0)
            .map(|answer| {
                let mut ways: Vec<&str> = Vec::new();
                for missing in &answer.missing {
                    if let rules::Missing::Fact(fact) = missing
                        && !ways.contains(&fact.def().settled_by.zh())
                    {
                        ways.push(fact.def().settled_by.zh());
                    }
                }
                Open {
                    item: answer.no,
                    name: answer.name.clone(),
                    missing: answer
                        .missing
                        .iter()
                        .map(rules::Missing::zh)
                        .collect::<Vec<_>>()
                        .join("、"),
                    settle: ways.join("、"),
                }
            })
            .collect()
    };
    let (open, ask) = (unknown(standing.unknown), unknown(standing.ask));
    let unconnected = published
        .list
        .programmes()
        .iter()
        .filter(|row| {
            let home = home(&resolved.facts, row.programme.area_basis);
            !connected.covers(&row.programme.id, home)
                && row
                    .programme
                    .fulfils
                    .iter()
                    .any(|no| standing.yes & bit(*no) != 0)
        })
        .map(|row| row.programme.name.clone())
        .collect();
    let mut query = String::new();
    if !view.now {
        query = format!("&on={}&known={}", view.on, view.known.day());
    }
    let band = Band {
        id: view.key.id.clone(),
        query,
        receiving,
        owed,
        undue,
        open,
        ask,
        unconnected,
    };
    band.render()
        .map_err(|error| store::StoreError::Other(error.to_string()))
}
