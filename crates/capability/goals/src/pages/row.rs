//! One row of a plan: its figures with their quotes, who is responsible, and what else is said about it.

use super::reading::Reading;
use super::row_chart::{Chart, charts};
use super::row_figures::{Quoted, quoted};
use super::row_related::{Related, related};
use super::rows_filter::{read, spec};
use super::rows_view::{executors, severity_pill, stands};
use super::tasks::left;
use askama::Template;
use authz::Action;
use axum::extract::{Path, RawQuery};
use figures::{Finding, Kind, Row};
use host::{Ctx, Page};
use kernel::Day;
use ui::{Details, ListSpec, PageError, Shell};

const SPEC: ListSpec = spec(&["place", "draft"]);

struct Conflict {
    pill: &'static str,
    severity: &'static str,
    kind: &'static str,
    says: String,
    href: String,
    acknowledged: Option<String>,
}

#[derive(Template)]
#[template(path = "pages/row.html")]
struct RowPage {
    shell: Shell,
    reading: Reading,
    kind: &'static str,
    /// 约束性, 预期性, 新建, 价格 …
    tag: String,
    domain: String,
    stands: String,
    text: String,
    /// The quote holds the text already.
    text_in_quote: bool,
    document: String,
    title: String,
    section: String,
    draft_document: bool,
    quoted: Vec<Quoted>,
    details: Details,
    executors: &'static str,
    no_baseline: bool,
    charts: Vec<Chart>,
    conflicts: Vec<Conflict>,
    related: Vec<Related>,
    /// The address of the form, where the reader may change the row.
    edit: Option<String>,
}

impl RowPage {
    fn executed(&self) -> String {
        format!("执行到{}", self.executors)
    }
}

/// `GET /plan/rows/{id}`
pub(crate) async fn get(ctx: Ctx, Path(id): Path<String>, RawQuery(raw): RawQuery) -> Page {
    let (_, reading) = read(&ctx, raw.as_deref(), &SPEC).await?;
    let Some(row) = reading.book.row(&id).cloned() else {
        let words = format!(
            "{}的规划里没有这一行。它可能只在草稿里，或者已经删掉。",
            reading.place()
        );
        let back = reading.href("/plan/indicators");
        return Err(PageError::not_found()
            .text(&words)
            .link("看指标", &back)
            .into());
    };
    let related = related(&ctx, &reading, &row).await?;
    let head = reading.book.head.document(&row.source.document);
    let (list, list_title) = list(&row);
    let may = Action::EditPlan.allowed_to(ctx.actor().role) && reading.own();
    let text = row.text.clone().unwrap_or_default();
    Ok(ui::page(RowPage {
        // The menu marks the list the row stands in.
        shell: reading
            .shell(&ctx, &row.name)
            .crumb(list_title, reading.href(list))
            .path(list)
            .mark_active()
            .path(ctx.path()),
        kind: row.kind.zh(),
        tag: tag(&row.kind),
        domain: row.domain.clone(),
        stands: stands(&row),
        text_in_quote: squeezed(&row.source.quote).contains(&squeezed(&text)),
        text,
        document: row.source.document.clone(),
        title: head.map(|d| d.title.clone()).unwrap_or_default(),
        draft_document: head.is_some_and(|d| d.draft),
        section: row.source.section.clone(),
        quoted: quoted(&reading.book, &row),
        details: details(&row, ctx.today()),
        executors: executors(&row),
        no_baseline: matches!(
            row.kind,
            Kind::Indicator {
                no_baseline: true,
                ..
            }
        ),
        charts: charts(&reading, &row),
        conflicts: conflicts(&reading, &row),
        related,
        edit: may.then(|| reading.href(&format!("/plan/rows/{}/edit", row.id))),
        reading,
    }))
}

fn squeezed(text: &str) -> String {
    text.split_whitespace().collect()
}

/// The list the row stands in.
fn list(row: &Row) -> (&'static str, &'static str) {
    match row.kind {
        Kind::Indicator { .. } => ("/plan/indicators", "指标"),
        Kind::Task { .. } => ("/plan/tasks", "重点任务"),
        Kind::Table { .. } | Kind::Project { .. } => ("/plan/capacity", "供给计划"),
        Kind::Standard { .. } => ("/plan/standards", "标准与政策"),
    }
}

fn tag(kind: &Kind) -> String {
    match kind {
        Kind::Indicator { nature, .. } => nature.clone().unwrap_or_default(),
        Kind::Task { year, .. } => year.map(|year| format!("{year}年任务")).unwrap_or_default(),
        Kind::Table { by } => if by == "year" {
            "分年度"
        } else {
            "分类别"
        }
        .to_owned(),
        Kind::Project { what } => what.clone().unwrap_or_default(),
        Kind::Standard { kind } => kind.clone(),
    }
}

/// Who, until when, and how the words are to be read; only what the document says.
fn details(row: &Row, today: Day) -> Details {
    let mut out = Details::default().single();
    let group = match &row.kind {
        Kind::Indicator { group, .. } | Kind::Task { group, .. } => group.as_ref(),
        _ => None,
    };
    if let Some(group) = group {
        out = out.row("归类", group);
    }
    if !row.lead.is_empty() {
        out = out.row("牵头单位", row.lead.join("、"));
    }
    if row.with.is_empty() && row.lead.is_empty() {
        out = out.row("责任单位", "文件没有写");
    } else if !row.with.is_empty() {
        out = out.row("责任单位", row.with.join("、"));
    }
    if let Some(due) = row.due {
        let says = row.due_says.clone().unwrap_or_else(|| due.zh());
        out = out.row_with(
            "完成时限",
            says,
            format!("{}，{}", due.zh(), left(today, due)),
        );
    } else if let Some(says) = &row.due_says {
        out = out.row("完成时限", says);
    }
    if let Some(note) = &row.note {
        out = out.row("口径说明", note);
    }
    out
}

fn conflicts(reading: &Reading, row: &Row) -> Vec<Conflict> {
    let mut found = reading.findings_of(&row.id);
    found.sort_by_key(|finding| (finding.severity, finding.acknowledged.is_some()));
    found
        .into_iter()
        .map(|finding| conflict(reading, finding))
        .collect()
}

fn conflict(reading: &Reading, finding: &Finding) -> Conflict {
    let known = finding.acknowledged.as_ref();
    Conflict {
        pill: severity_pill(finding.severity),
        severity: finding.severity.zh(),
        kind: finding.kind.zh(),
        says: finding.says.clone(),
        href: reading.finding_href(&finding.id),
        acknowledged: known.map(|ack| format!("{} {}确认：{}", ack.on.zh(), ack.by, ack.reason)),
    }
}
