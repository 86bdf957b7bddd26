//! `GET /tasks/bulletins`: the months, with what was published.

use super::look::{Look, Tab};
use crate::bulletins::all;
use crate::month;
use askama::Template;
use host::{Ctx, Page};
use ui::Shell;

struct Row {
    href: String,
    month: String,
    pill: &'static str,
    zh: String,
    by: String,
    first: String,
}

#[derive(Template)]
#[template(path = "pages/bulletins.html")]
struct BulletinsPage {
    shell: Shell,
    tabs: Vec<Tab>,
    rows: Vec<Row>,
}

/// Months shown.
const MONTHS: i32 = 13;

/// `GET /tasks/bulletins`
pub(crate) async fn get(ctx: Ctx) -> Page {
    let look = Look::of(&ctx)?;
    let drafts = look.seen.leads_any();
    let known = all(&ctx.app.store, drafts).await?;
    let this = look.today.first_of_month();
    let mut rows = Vec::new();
    for back in 0..MONTHS {
        let of = this.plus_months(-back);
        let latest = known.iter().find(|one| one.month == of);
        let (pill, zh, by, first) = match latest {
            None if !drafts => continue,
            None => ("no", "未出".to_owned(), String::new(), String::new()),
            Some(one) => {
                let first = one
                    .content
                    .lines
                    .iter()
                    .filter(|line| line.rank == 1)
                    .map(|line| line.name.as_str())
                    .collect::<Vec<_>>()
                    .join("、");
                let version = if one.version > 1 {
                    format!("第 {} 版", one.version)
                } else {
                    String::new()
                };
                match (&one.published_name, one.published) {
                    (Some(name), Some(at)) => (
                        "ok",
                        format!("已发布{version}"),
                        format!("{name} {}", at.day()),
                        first,
                    ),
                    _ => (
                        "info",
                        format!("拟稿{version}"),
                        format!("{} {}", one.drawn_name, one.drawn.day()),
                        first,
                    ),
                }
            }
        };
        rows.push(Row {
            href: format!("/tasks/bulletins/{}", month::key(of)),
            month: month::zh(of),
            pill,
            zh,
            by,
            first,
        });
    }
    Ok(ui::page_no_store(BulletinsPage {
        shell: look.shell(&ctx, "通报"),
        tabs: look.tabs("/tasks/bulletins"),
        rows,
    }))
}
