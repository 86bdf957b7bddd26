//! 改动: the working draft against the published plan of its place — rows, findings, who edited, what
//! the check says — and the second person's approval (rows A01, A21; invariants 2 and 4).

mod publishing;
pub(crate) mod shown;

use super::edit::may_edit;
use super::names::{approvers, is_editor};
use super::reading::Reading;
use askama::Template;
use authz::Action;
use axum::extract::RawQuery;
use figures::Finding;
use figures::diff::Became::{Added, Changed, Removed};
use figures::diff::findings_diff;
use host::{Ctx, Failure, Page};
use org::api::Names;
use plan::api::{Check, Version, check, export, history, lay_acknowledgements};
pub(crate) use publishing::{discard, publish};
use shown::{ShownRow, shown};
use ui::{ListQuery, ListSpec, PageError, Pill, Shell, Timeline, pill};

const PATH: &str = "/plan/changes";
pub(super) const SPEC: ListSpec = ListSpec {
    filters: &["place", "draft"],
    sorts: &[],
    default_sort: "",
    default_desc: false,
};

#[derive(Template)]
#[template(path = "pages/changes.html")]
struct ChangesPage {
    shell: Shell,
    reading: Reading,
    may_edit: bool,
    /// `None` where nothing is changed.
    draft: Option<Draft>,
}

struct Draft {
    /// When it was edited last, by whom, and on which publication it stands.
    lead: String,
    rows: Vec<Line>,
    counts: [usize; 3],
    findings: Vec<FindingGroup>,
    history: Timeline,
    check: Check,
    state: Pill,
    step: Step,
}

struct Line {
    row: ShownRow,
    href: String,
}

struct FindingGroup {
    title: &'static str,
    note: &'static str,
    lines: Vec<FindingLine>,
}

struct FindingLine {
    pill: Pill,
    known: bool,
    says: String,
    href: String,
}

/// What the reader can do with the draft.
enum Step {
    /// It is not clean.
    Not,
    /// Press the button; the words of the question.
    Approve(String),
    /// Somebody else must; who, in words.
    Others(String),
}

/// `GET /plan/changes`
pub(crate) async fn get(ctx: Ctx, RawQuery(raw): RawQuery) -> Page {
    let query = ListQuery::parse(raw.as_deref(), &SPEC).map_err(PageError::from)?;
    let reading = Reading::of(&ctx, query.filter("place"), true).await?;
    let draft = if reading.draft {
        Some(draft(&ctx, &reading).await?)
    } else {
        None
    };
    Ok(ui::page(ChangesPage {
        shell: reading.shell(&ctx, "改动"),
        may_edit: may_edit(&ctx),
        draft,
        reading,
    }))
}

async fn draft(ctx: &Ctx, reading: &Reading) -> Result<Draft, Failure> {
    let store = &ctx.app.store;
    let published = Reading::of(ctx, Some(reading.slug()), false).await?;
    let files = export(store, &reading.version.id)
        .await?
        .unwrap_or_default();
    let mut check = check(&files, None);
    lay_acknowledgements(store, reading.slug(), &mut check.findings).await?;
    let steps = history(store, &reading.version.id).await?;
    let names = Names::of(
        &ctx.app.store,
        steps.iter().map(|step| step.loaded_by.as_str()),
    )
    .await?;
    let rows = shown(&published.book, &reading.book);
    let count = |became| rows.iter().filter(|row| row.became == became).count();
    let on = published
        .version
        .publication
        .as_ref()
        .map(|publication| publication.at.day().zh())
        .unwrap_or_default();
    let at = reading.version.loaded_at.minute();
    Ok(Draft {
        lead: format!(
            "{at} {}存的草稿，与{on}发布的版本对照",
            names.name(&reading.version.loaded_by)
        ),
        counts: [count(Added), count(Changed), count(Removed)],
        findings: findings(&published, reading),
        history: timeline(&steps, &names),
        state: state(&check),
        step: step(ctx, reading, &check, &steps).await?,
        check,
        rows: rows
            .into_iter()
            .map(|row| Line {
                href: reading.row_href(&row.id),
                row,
            })
            .collect(),
    })
}

/// Findings that come, that go on with other values, and that go.
fn findings(published: &Reading, draft: &Reading) -> Vec<FindingGroup> {
    let (come, gone) = findings_diff(&published.findings, &draft.findings);
    let (moved, come): (Vec<&Finding>, Vec<&Finding>) = come
        .into_iter()
        .partition(|finding| gone.iter().any(|old| old.id == finding.id));
    let gone: Vec<&Finding> = gone
        .into_iter()
        .filter(|old| moved.iter().all(|finding| finding.id != old.id))
        .collect();
    let group = |title, note, found: Vec<&Finding>, of: &Reading| FindingGroup {
        title,
        note,
        lines: found.into_iter().map(|finding| line(finding, of)).collect(),
    };
    let groups = [
        group("新出现", "", come, draft),
        group("数值变了", "以前的确认不再算数，要重新看过", moved, draft),
        group("不再有", "", gone, published),
    ];
    groups
        .into_iter()
        .filter(|group| !group.lines.is_empty())
        .collect()
}

fn line(finding: &Finding, of: &Reading) -> FindingLine {
    let kind = match finding.severity {
        figures::Severity::Serious => "danger",
        figures::Severity::Minor => "warn",
        figures::Severity::Note => "plain",
    };
    FindingLine {
        pill: pill(kind, finding.severity.zh()),
        known: finding.acknowledged.is_some(),
        says: finding.says.clone(),
        href: of.finding_href(&finding.id),
    }
}

fn timeline(steps: &[Version], names: &Names) -> Timeline {
    steps.iter().fold(Timeline::default(), |timeline, step| {
        let says = step.says.as_deref().unwrap_or("载入规划文件夹");
        timeline.entry(
            &step.loaded_at.minute(),
            says,
            &names.name(&step.loaded_by),
            "",
            "",
        )
    })
}

fn state(check: &Check) -> Pill {
    let failing = check.failing().len();
    if !check.problems.is_empty() {
        pill("danger", format!("{} 处问题", check.problems.len()))
    } else if failing > 0 {
        pill("danger", format!("{failing} 个样例不通过"))
    } else if !check.open().is_empty() {
        pill(
            "danger",
            format!("{} 处严重口径差异未确认", check.open().len()),
        )
    } else {
        pill("ok", "通过")
    }
}

async fn step(
    ctx: &Ctx,
    reading: &Reading,
    check: &Check,
    steps: &[Version],
) -> Result<Step, Failure> {
    if !check.clean() {
        return Ok(Step::Not);
    }
    let editors: Vec<String> = steps.iter().map(|step| step.loaded_by.clone()).collect();
    let others = approvers(ctx, &editors).await?;
    if is_editor(ctx, steps) {
        return Ok(Step::Others(format!(
            "您改过这份草稿，不能自己批准。请{others}登录后批准发布。"
        )));
    }
    if !Action::PublishPlan.allowed_to(ctx.actor().role) {
        return Ok(Step::Others(format!("请{others}登录后批准发布。")));
    }
    let question = format!(
        "批准发布“{}”的这些改动？发布后不能再改，只能另存新的草稿。",
        reading.place()
    );
    Ok(Step::Approve(question))
}
