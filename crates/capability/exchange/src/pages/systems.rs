//! 上报: the national systems of the asker's office, with counts by state and area within their scope.

use crate::batch::{self, Batch, Purpose};
use crate::records::{self, State};
use crate::systems::{System, all};
use area::api::AreaBook;
use askama::Template;
use host::{Ctx, Page};
use std::collections::BTreeMap;
use ui::{Shell, Tile};

/// A line of counts, one for every state.
struct Line {
    name: String,
    counts: Vec<i64>,
}

struct Card {
    system: &'static System,
    who: String,
    sums: Vec<Tile>,
    areas: Vec<Line>,
    files: Vec<Batch>,
}

#[derive(Template)]
#[template(path = "pages/systems.html")]
struct SystemsPage {
    shell: Shell,
    cards: Vec<Card>,
    states: [State; 5],
}

/// `GET /reporting`
pub(crate) async fn get(ctx: Ctx) -> Page {
    let (store, actor) = (&ctx.app.store, ctx.actor());
    let book = ctx.app.part::<AreaBook>()?;
    let mut cards = Vec::new();
    for system in all().iter().filter(|system| system.seen_by(actor.role)) {
        let counted = if system.later.is_some() {
            BTreeMap::new()
        } else {
            records::counts(store, system, &actor.scope).await?
        };
        let mut areas: BTreeMap<String, Vec<i64>> = BTreeMap::new();
        let mut sums = vec![0; State::ALL.len()];
        for ((area, state), n) in counted {
            let place = State::ALL.iter().position(|known| *known == state);
            let line = areas
                .entry(area)
                .or_insert_with(|| vec![0; State::ALL.len()]);
            if let Some(place) = place {
                sums[place] += n;
                line[place] += n;
            }
        }
        let name = |code: &str| {
            let area = code.parse().ok();
            area.map_or_else(|| "地区未知".to_owned(), |area| book.full_name(&area))
        };
        let mut files = batch::seen(store, Purpose::Report, Some(&system.key), &actor).await?;
        files.truncate(5);
        cards.push(Card {
            system,
            who: system.who_zh(),
            sums: tiles(system, &sums),
            areas: areas
                .into_iter()
                .map(|(code, counts)| Line {
                    name: name(&code),
                    counts,
                })
                .collect(),
            files,
        });
    }
    Ok(ui::page_no_store(SystemsPage {
        shell: ctx.shell("上报"),
        cards,
        states: State::ALL,
    }))
}

/// A tile for every state, leading to its records.
fn tiles(system: &System, sums: &[i64]) -> Vec<Tile> {
    State::ALL
        .iter()
        .zip(sums)
        .map(|(state, n)| {
            let to = format!("/reporting/systems/{}?state={}", system.key, state.key());
            ui::tile(state.zh(), ui::grouped(n.unsigned_abs()))
                .unit("人")
                .href(to)
                .tone(super::tone(n, state.tone()))
        })
        .collect()
}
