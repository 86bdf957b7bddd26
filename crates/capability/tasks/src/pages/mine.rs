//! `GET /tasks/mine`: what the reader's own executors have to report and answer now.

use super::look::{Look, Tab};
use crate::book;
use crate::colour::Colour;
use crate::model::{Assignment, Item, Progress, State};
use crate::month::{self, REPORT_DAYS};
use crate::number::{shown, with_unit};
use crate::status::Status;
use askama::Template;
use host::{Ctx, Page};
use kernel::Day;
use ui::Shell;

const PATH: &str = "/tasks/mine";

struct Row {
    item: String,
    title: String,
    kind: &'static str,
    executor: String,
    person: String,
    share: Vec<String>,
    pill: &'static str,
    zh: &'static str,
    why: String,
    due: String,
    month_pill: &'static str,
    month_zh: String,
    href: String,
    act: String,
    urgent: bool,
}

struct LetterLine {
    href: String,
    number: String,
    title: String,
    due: String,
    overdue: bool,
}

#[derive(Template)]
#[template(path = "pages/mine.html")]
struct MinePage {
    shell: Shell,
    tabs: Vec<Tab>,
    rows: Vec<Row>,
    done: usize,
    letters: Vec<LetterLine>,
    month: String,
    deadline: String,
    days: i32,
}

/// `GET /tasks/mine`
pub(crate) async fn get(ctx: Ctx) -> Page {
    let look = Look::of(&ctx)?;
    let all = look.everything(&ctx).await?;
    let month = look.today.first_of_month();
    let (mut rows, mut done) = (Vec::new(), 0);
    for item in all.items.iter().filter(|item| !item.withdrawn) {
        for part in all.parts_of(item) {
            if !look.seen.acts_for(&part.executor, item.lead_role) {
                continue;
            }
            let status = all.status(item, part, look.today);
            if status.colour == Colour::Done {
                done += 1;
                continue;
            }
            rows.push(row(item, part, all.reports_of(part), &status, look.today));
        }
    }
    rows.sort_by_key(|row| !row.urgent);
    let letters = book::letters(&ctx.app.store, &look.seen, None).await?;
    let mine = |letter: &&crate::model::Letter| {
        letter.state.waits_for_reply() && look.seen.acts_for(&letter.executor, letter.issuer_role)
    };
    Ok(ui::page_no_store(MinePage {
        shell: look.shell(&ctx, "我的进展"),
        tabs: look.tabs(PATH),
        letters: letters
            .iter()
            .filter(mine)
            .map(|letter| LetterLine {
                href: format!("/tasks/letters/{}", letter.id),
                number: letter.number(),
                title: letter.title.clone(),
                due: letter.due.zh(),
                overdue: letter.overdue(look.today),
            })
            .collect(),
        rows,
        done,
        month: month::zh(month),
        deadline: month::deadline(month).zh(),
        days: REPORT_DAYS,
    }))
}

fn row(item: &Item, part: &Assignment, reports: &[Progress], status: &Status, today: Day) -> Row {
    let this = today.first_of_month();
    let months = month::reportable(part, today);
    // What is missing comes first, then what was sent back, then this month.
    let returned = reports
        .iter()
        .find(|report| report.state == State::Returned)
        .map(|report| report.month);
    let missing = status.missing.first().copied();
    let wanted = returned
        .or(missing)
        .or_else(|| months.last().copied())
        .unwrap_or(this);
    let report = reports.iter().find(|report| report.month == wanted);
    let (month_pill, month_zh) = match report {
        Some(report) => (
            report.state.pill(),
            format!("{}{}", month::zh(wanted), report.state.zh()),
        ),
        None => ("no", format!("{}未报", month::zh(wanted))),
    };
    let sent = report.is_some_and(|report| report.state.sent());
    Row {
        item: format!("/tasks/items/{}", item.id),
        title: item.title.clone(),
        kind: item.kind.zh(),
        executor: part.executor_name.clone(),
        person: format!("{} {}", part.post, part.person),
        share: shares(item, part, status),
        pill: status.colour.pill(),
        zh: status.colour.zh(),
        why: status.why.clone(),
        due: part.due.to_string(),
        month_pill,
        month_zh,
        href: format!("/tasks/assignments/{}/{}", part.id, month::key(wanted)),
        act: if sent {
            "看报送".to_owned()
        } else {
            format!("报{}月", wanted.month())
        },
        urgent: !sent,
    }
}

/// `居家适老化改造 120 / 961户` for each goal that a part has a share of.
pub(crate) fn shares(item: &Item, part: &Assignment, status: &Status) -> Vec<String> {
    item.goals
        .iter()
        .enumerate()
        .filter_map(|(at, goal)| {
            let share = part.shares.get(at).copied().flatten()?;
            let unit = goal.unit();
            let now = status.now.get(at).copied().flatten();
            let now = now.map_or_else(|| "—".to_owned(), |(_, value)| shown(value, &unit));
            Some(format!("{} {now} / {}", goal.name, with_unit(share, &unit)))
        })
        .collect()
}
