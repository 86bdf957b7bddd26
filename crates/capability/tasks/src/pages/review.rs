//! `GET /tasks/review`: reports that wait for the reader's office, the oldest first; and the verdict on one.

use super::look::{Look, Tab};
use crate::book;
use crate::model::State;
use crate::month;
use crate::reports::judge;
use askama::Template;
use axum::extract::Path;
use host::{Ctx, Page};
use ui::{FormData, PageError, Shell};

const PATH: &str = "/tasks/review";

struct Row {
    href: String,
    title: String,
    executor: String,
    month: String,
    sent: String,
    by: String,
    late: bool,
    figures: Vec<String>,
    says: String,
    own: bool,
}

#[derive(Template)]
#[template(path = "pages/review.html")]
struct ReviewPage {
    shell: Shell,
    tabs: Vec<Tab>,
    rows: Vec<Row>,
}

/// `GET /tasks/review`
pub(crate) async fn get(ctx: Ctx) -> Page {
    let look = Look::of(&ctx)?;
    let all = look.everything(&ctx).await?;
    let mut rows = Vec::new();
    for item in all
        .items
        .iter()
        .filter(|item| look.seen.leads(item.lead_role))
    {
        for part in all.parts_of(item) {
            for report in all.reports_of(part) {
                if report.state != State::Submitted {
                    continue;
                }
                let figures = item.goals.iter().enumerate().filter_map(|(at, goal)| {
                    let value = report.figures.get(at)?.value?;
                    Some(format!(
                        "{} {}",
                        goal.name,
                        crate::number::with_unit(value, &goal.unit())
                    ))
                });
                rows.push((
                    report.submitted,
                    Row {
                        href: format!(
                            "/tasks/assignments/{}/{}",
                            part.id,
                            month::key(report.month)
                        ),
                        title: item.title.clone(),
                        executor: part.executor_name.clone(),
                        month: month::zh(report.month),
                        sent: report
                            .submitted
                            .map_or_else(String::new, kernel::Instant::minute),
                        by: report.submitted_name.clone().unwrap_or_default(),
                        late: report.late,
                        figures: figures.collect(),
                        says: report.says.clone(),
                        own: report.submitted_by.as_deref() == Some(look.seen.account()),
                    },
                ));
            }
        }
    }
    rows.sort_by_key(|(sent, _)| *sent);
    Ok(ui::page_no_store(ReviewPage {
        shell: look.shell(&ctx, "待核进展"),
        tabs: look.tabs(PATH),
        rows: rows.into_iter().map(|(_, row)| row).collect(),
    }))
}

/// `POST /tasks/progress/{id}/verdict`
pub(crate) async fn post(ctx: Ctx, Path(id): Path<String>, data: FormData) -> Page {
    let look = Look::of(&ctx)?;
    let lacking = || {
        PageError::not_found()
            .text("没有这份进展。")
            .link("待核进展", PATH)
    };
    let report = book::report_by_id(&ctx.app.store, &id)
        .await?
        .ok_or_else(lacking)?;
    let (part, item) = look.part(&ctx, &report.assignment).await?;
    look.must_lead(&item)?;
    let to = format!(
        "/tasks/assignments/{}/{}",
        part.id,
        month::key(report.month)
    );
    if report.submitted_by.as_deref() == Some(look.seen.account()) {
        let text = "自己报送的进展要由另一人核定。";
        return Err(PageError::refused("本单位另一位同事")
            .text(text)
            .link("回到这份进展", &to)
            .into());
    }
    let accept = match data.get("act") {
        "accept" => true,
        "return" => false,
        other => {
            let text = format!("「{other}」不是核定，也不是退回。");
            return Err(PageError::bad_request(text).into());
        }
    };
    let reason = data.get("reason").to_owned();
    if !accept && reason.is_empty() {
        return super::report::again(&ctx, &look, &part, &item, report.month, "请写明退回的原因")
            .await;
    }
    let seen = data.get("seen").parse().unwrap_or(0);
    let mut tx = ctx.begin().await?;
    if !judge(&mut tx, &part, &report, seen, accept, &reason).await? {
        tx.rollback().await?;
        return Err(PageError::stale(&to).into());
    }
    tx.commit().await?;
    let words = if accept {
        "已核定，计入进度。"
    } else {
        "已退回，执行单位会看到原因。"
    };
    Ok(ctx.saved(&to, words))
}
