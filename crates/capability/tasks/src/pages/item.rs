//! `GET /tasks/items/{id}`: one item with its goals, its executors' parts, 督办单 and timeline.

use super::look::{Look, Tab};
use super::mine::shares;
use crate::book;
use crate::colour::{Colour, RULE};
use crate::month;
use crate::split::sum_words;
use crate::status::{Facts, status};
use askama::Template;
use axum::extract::Path;
use host::{Ctx, Page};
use ui::{Details, Shell, Timeline};

struct GoalLine {
    name: String,
    says: String,
    sum: String,
    href: String,
    formula: String,
}

struct PartRow {
    name: String,
    person: String,
    post: String,
    shares: Vec<String>,
    pill: &'static str,
    zh: &'static str,
    why: String,
    path: Vec<String>,
    due: String,
    last: String,
    last_pill: &'static str,
    last_zh: &'static str,
    href: String,
    act: String,
    letter: String,
}

struct LetterLine {
    href: String,
    number: String,
    office: String,
    pill: &'static str,
    zh: &'static str,
    due: String,
}

#[derive(Template)]
#[template(path = "pages/item.html")]
struct ItemPage {
    shell: Shell,
    tabs: Vec<Tab>,
    about: Details,
    says: String,
    source: String,
    plan_href: String,
    withdrawn: bool,
    pill: &'static str,
    zh: &'static str,
    goals: Vec<GoalLine>,
    parts: Vec<PartRow>,
    letters: Vec<LetterLine>,
    timeline: Timeline,
    happened: bool,
    split: String,
    rule: Vec<&'static str>,
}

/// `GET /tasks/items/{id}`
pub(crate) async fn get(ctx: Ctx, Path(id): Path<String>) -> Page {
    let look = Look::of(&ctx)?;
    let item = look.item(&ctx, &id).await?;
    let store = &ctx.app.store;
    let parts = book::parts(store, &look.seen, Some(&id)).await?;
    let reports = book::reports(store, &look.seen, Some(&id)).await?;
    let letters = book::letters(store, &look.seen, Some(&id)).await?;
    let facts = Facts::of(store, std::slice::from_ref(&item), &look.root, look.today).await?;
    let leads = look.seen.leads(item.lead_role);
    let this = look.today.first_of_month();
    let mut worst: Option<Colour> = None;
    let rows: Vec<PartRow> = parts
        .iter()
        .map(|part| {
            let own = reports.get(&part.id).map_or(&[][..], Vec::as_slice);
            let status = status(&item, part, own, &facts, look.today);
            worst = worst.map_or(Some(status.colour), |w| Some(w.min(status.colour)));
            let last = own.last();
            let acts = look.seen.acts_for(&part.executor, item.lead_role) && !item.withdrawn;
            let of = match last {
                Some(report) if !acts || !report.state.sent() || report.month == this => {
                    Some(report.month)
                }
                _ if acts => month::reportable(part, look.today).last().copied(),
                _ => None,
            };
            let path = status
                .path
                .iter()
                .zip(&item.goals)
                .filter_map(|(path, goal)| {
                    let words = crate::number::with_unit((*path)?, &goal.unit());
                    Some(format!("应到 {words}"))
                });
            PartRow {
                name: part.executor_name.clone(),
                person: part.person.clone(),
                post: part.post.clone(),
                shares: shares(&item, part, &status),
                pill: status.colour.pill(),
                zh: status.colour.zh(),
                path: path.collect(),
                why: status.why,
                due: part.due.to_string(),
                last: last.map_or_else(|| "未报".to_owned(), |report| month::zh(report.month)),
                last_pill: last.map_or("", |report| report.state.pill()),
                last_zh: last.map_or("", |report| report.state.zh()),
                href: of.map_or_else(String::new, |of| {
                    format!("/tasks/assignments/{}/{}", part.id, month::key(of))
                }),
                act: match last {
                    Some(report) if leads && report.state == crate::model::State::Submitted => {
                        "核定".to_owned()
                    }
                    _ if acts => "报进展".to_owned(),
                    _ => "看进展".to_owned(),
                },
                letter: if leads && !item.withdrawn && status.colour != Colour::Done {
                    format!("/tasks/letters/new?assignment={}", part.id)
                } else {
                    String::new()
                },
            }
        })
        .collect();
    let (pill, zh) = match worst {
        _ if item.withdrawn => ("no", "规划已撤销"),
        None => ("no", "未分解"),
        Some(colour) => (colour.pill(), colour.zh()),
    };
    let events = book::events(store, &look.seen, &id).await?;
    let happened = !events.is_empty();
    let timeline = events.iter().fold(Timeline::default(), |line, event| {
        line.entry(
            &event.at.minute(),
            &event.act,
            &event.actor_name,
            &event.says,
            &event.tone,
        )
    });
    let goals = item.goals.iter().enumerate().map(|(at, goal)| GoalLine {
        name: goal.name.clone(),
        says: goal.says.clone(),
        sum: if look.seen.whole {
            let shares = parts
                .iter()
                .map(|part| part.shares.get(at).copied().flatten());
            sum_words(goal, shares)
        } else {
            String::new()
        },
        href: format!("/dashboard/{}", goal.measure),
        formula: dashboard::api::formula(&goal.measure)
            .map_or_else(String::new, |formula| formula.words.to_owned()),
    });
    Ok(ui::page_no_store(ItemPage {
        shell: look.shell(&ctx, &item.title),
        tabs: look.tabs("/tasks"),
        about: Details::default()
            .row("来源", format!("{} {}年", item.kind.zh(), item.year))
            .row("牵头单位", &item.lead_office)
            .row("责任单位", item.departments.join("、"))
            .row("完成时限", item.due.zh()),
        says: item.says.clone(),
        source: item.source.clone(),
        plan_href: item
            .plan_row
            .as_ref()
            .filter(|_| !item.withdrawn)
            .map_or_else(String::new, |row| format!("/plan/rows/{row}")),
        withdrawn: item.withdrawn,
        pill,
        zh,
        goals: goals.collect(),
        parts: rows,
        letters: letters
            .iter()
            .map(|letter| LetterLine {
                href: format!("/tasks/letters/{}", letter.id),
                number: letter.number(),
                office: letter.office.clone(),
                pill: letter.state.pill(),
                zh: letter.state.zh(),
                due: letter.due.to_string(),
            })
            .collect(),
        timeline,
        happened,
        split: if leads && !item.withdrawn {
            format!("/tasks/items/{id}/split")
        } else {
            String::new()
        },
        rule: RULE.to_vec(),
    }))
}
