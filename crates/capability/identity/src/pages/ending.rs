//! 快到期的监护和代办材料: what ends within a month, so that nobody loses sight of their mother's file by surprise.

use super::home::word;
use super::tie::PAPERS;
use crate::store::ties::{self, Tie};
use askama::Template;
use host::counter::Counted;
use host::{Ctx, Page};
use people::api::{Person, words};
use std::collections::BTreeMap;
use store::{Audit, StoreResult};
use ui::Shell;

/// Where the list stands.
pub(crate) const PATH: &str = "/ties/ending";
/// Days ahead that an office is told: time for a new paper to be made out.
const AHEAD: i32 = 30;

struct Line {
    who: String,
    place: String,
    holder: String,
    paper: &'static str,
    until: String,
    days: i32,
    href: String,
}

#[derive(Template)]
#[template(path = "pages/ending.html")]
struct EndingPage {
    shell: Shell,
    ahead: i32,
    rows: Vec<Line>,
}

/// Ties of people in the asker's scope that end soon.
async fn found(ctx: &Ctx) -> StoreResult<Vec<(Tie, Person)>> {
    let (store, today) = (&ctx.app.store, ctx.today());
    let all = ties::ending(store, (today, today.plus_days(AHEAD))).await?;
    let mut ids: Vec<String> = all.iter().map(|tie| tie.key.id.clone()).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut people: BTreeMap<String, Person> = BTreeMap::new();
    for part in ids.chunks(500) {
        for person in people::api::of_ids(store, &ctx.scope(), part.to_vec()).await? {
            people.insert(person.key.id.clone(), person);
        }
    }
    Ok(all
        .into_iter()
        .filter_map(|tie| {
            let person = people.get(&tie.key.id)?.clone();
            Some((tie, person))
        })
        .collect())
}

/// The counter of the desk.
pub(crate) async fn count(ctx: &Ctx) -> StoreResult<Counted> {
    Ok(Counted {
        number: found(ctx).await?.len() as i64,
        note: "续办".to_owned(),
        href: PATH.to_owned(),
    })
}

/// `GET /ties/ending`
pub(crate) async fn get(ctx: Ctx) -> Page {
    let found = found(&ctx).await?;
    let ids: Vec<&str> = found.iter().map(|(tie, _)| tie.key.id.as_str()).collect();
    ctx.log_reads(&[Audit::new("person.list")
        .with("list", "ties.ending")
        .with("count", found.len() as i64)
        .with("keys", serde_json::json!(ids))])
        .await?;
    let (book, today) = (ctx.app.part::<area::api::AreaBook>()?, ctx.today());
    let rows = found
        .iter()
        .map(|(tie, person)| Line {
            who: person.name.clone(),
            place: words::area(&book, person, people::api::Fact::RESIDENCE_AREA),
            holder: format!("{}（{}）", tie.holder_name, tie.relation),
            paper: word(PAPERS, &tie.paper),
            until: tie.until.map(|day| day.to_string()).unwrap_or_default(),
            days: tie.until.map_or(0, |day| today.days_until(day)),
            href: format!("/people/{}/home", person.key.id),
        })
        .collect();
    Ok(ui::page_no_store(EndingPage {
        shell: ctx.shell("快到期的监护和代办材料").crumb("工作台", "/"),
        ahead: AHEAD,
        rows,
    }))
}
