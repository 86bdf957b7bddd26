//! `GET /tasks/letters`: all 督办单 that the reader sees.

use super::look::{Look, Tab};
use crate::book;
use crate::model::{Letter, LetterState};
use askama::Template;
use axum::extract::RawQuery;
use host::{Ctx, Page};
use ui::{Choice, ListQuery, ListSpec, Pager, Shell, Total};

const PATH: &str = "/tasks/letters";
const SPEC: ListSpec = ListSpec::filtered(&["state", "year"]);
/// A reply that has not come in time.
const OVERDUE: &str = "overdue";

struct Row {
    href: String,
    number: String,
    title: String,
    office: String,
    person: String,
    pill: &'static str,
    zh: &'static str,
    issued: String,
    due: String,
    overdue: bool,
}

#[derive(Template)]
#[template(path = "pages/letters.html")]
struct LettersPage {
    shell: Shell,
    tabs: Vec<Tab>,
    query: ListQuery,
    states: Vec<Choice>,
    years: Vec<Choice>,
    rows: Vec<Row>,
    pager: Pager,
    any: bool,
}

impl LettersPage {
    fn chosen(&self, key: &str) -> &str {
        self.query.filter(key).unwrap_or_default()
    }
}

/// `GET /tasks/letters`
pub(crate) async fn get(ctx: Ctx, RawQuery(raw): RawQuery) -> Page {
    let query = ListQuery::of(raw.as_deref(), &SPEC)?;
    query.allowed("state", |key| {
        LetterState::from_key(key).is_some() || key == OVERDUE
    })?;
    query.allowed("year", |key| key.parse::<i32>().is_ok())?;
    let look = Look::of(&ctx)?;
    let letters = book::letters(&ctx.app.store, &look.seen, None).await?;
    let keeps = |letter: &&Letter| {
        query
            .filter("year")
            .is_none_or(|year| letter.year.to_string() == year)
            && match query.filter("state") {
                None => true,
                Some(OVERDUE) => letter.overdue(look.today),
                // 未回 holds those that were sent back: the executor has to answer again.
                Some("open") => letter.state.waits_for_reply(),
                Some(key) => letter.state.key() == key,
            }
    };
    let kept: Vec<&Letter> = letters.iter().filter(keeps).collect();
    let total = kept.len() as u64;
    let rows = kept
        .into_iter()
        .skip(query.offset() as usize)
        .take(query.size as usize)
        .map(|letter| Row {
            href: format!("/tasks/letters/{}", letter.id),
            number: letter.number(),
            title: letter.title.clone(),
            office: letter.office.clone(),
            person: letter.person.clone(),
            pill: letter.state.pill(),
            zh: letter.state.zh(),
            issued: letter.issued.day().to_string(),
            due: letter.due.to_string(),
            overdue: letter.overdue(look.today),
        })
        .collect();
    let mut years: Vec<i32> = letters.iter().map(|letter| letter.year).collect();
    years.dedup();
    Ok(ui::page_no_store(LettersPage {
        shell: look.shell(&ctx, "督办单"),
        tabs: look.tabs(PATH),
        states: LetterState::ALL
            .iter()
            .map(|state| Choice::new(state.key(), state.zh()))
            .chain([Choice::new(OVERDUE, "逾期未答复")])
            .collect(),
        years: years
            .iter()
            .map(|year| Choice::new(year.to_string(), format!("{year}年")))
            .collect(),
        rows,
        pager: Pager::new(PATH, &query, Total::Exact(total), None, None),
        any: !letters.is_empty(),
        query,
    }))
}
