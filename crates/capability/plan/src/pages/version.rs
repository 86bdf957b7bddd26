//! `GET /list/versions/{id}`: one version with its documents, items, and what keeps it from being
//! published (rows C01, C02, A01; invariant 4).

use crate::book::PlanBook;
use crate::changed::{Changed, changed};
use crate::check::Check;
use crate::county::county_report;
use crate::pages::shared::{VERSIONS, publishers, shell, state};
use crate::pages::trial::{self, Card};
use crate::pages::version_draft::{Drafting, drafting};
use crate::pages::versions::{laid, verdict, who};
use crate::trial::Tried;
use crate::version::{Version, VersionId, before, export, version};
use askama::Template;
use authz::Action;
use axum::extract::Path;
use host::{Ctx, Page};
use org::api::Names;
use rules::CaseResult;
use rules::county::Difference;
use rules::folder::{self, Document, Service};
use store::StoreResult;
use ui::{Details, PageError, Pill, Shell};

#[derive(Template)]
#[template(path = "pages/version.html")]
struct VersionPage {
    shell: Shell,
    id: VersionId,
    day: String,
    state: Pill,
    verdict: Pill,
    draft: bool,
    /// In force today: items link to their pages.
    now: bool,
    head: Details,
    digest: String,
    check: Check,
    failing: Vec<CaseResult>,
    step: Step,
    /// What the reader may do to it.
    drafting: Drafting,
    /// 测算, for a draft that is clean.
    trial: Option<Card>,
    /// Against the city's list, for a county's.
    county: Option<Against>,
    /// What it changes of the version before it.
    changed: Option<(String, Vec<Changed>)>,
    documents: Vec<Document>,
    classes: Vec<ClassRows>,
    items: usize,
}

/// What the reader can do with a draft.
enum Step {
    /// It is published, or not clean: nothing.
    Nothing,
    /// Press the button; the words of the question.
    Approve(String),
    /// Somebody else must; who, in words.
    Others(String),
    /// It must be tried on the register first.
    Untried(&'static str),
}

/// A county's list against the city's.
struct Against {
    name: String,
    missing: usize,
    below: usize,
    /// Each with the county's number of the item, where it has one.
    rows: Vec<(Difference, Option<u16>)>,
}

struct ClassRows {
    name: String,
    services: Vec<Service>,
}

pub(crate) async fn get(ctx: Ctx, Path(id): Path<String>) -> Page {
    let id = VersionId(id);
    let found = version(&ctx.app.store, &id)
        .await?
        .ok_or_else(PageError::not_found)?;
    let files = export(&ctx.app.store, &id).await?.unwrap_or_default();
    let check = laid(&ctx, &found, &files).await?;
    let folder = folder::load(&files).ok();
    let names = Names::of(&ctx.app.store, who(&found)).await?;
    let actor = ctx.actor();
    let steps = crate::edits::history(&ctx.app.store, &id).await?;
    let edited = steps.iter().any(|step| step.is_by(&actor));
    let book = ctx.app.part::<PlanBook>()?;
    let city = book.city_in_force(ctx.today());
    let now = city.is_some_and(|now| now.id == id);
    let in_force = now
        || book
            .counties_in_force(ctx.today())
            .iter()
            .any(|now| now.version.id == id);
    let from = found
        .publication
        .as_ref()
        .map(|publication| publication.in_force_from);
    let tried = if found.publication.is_none() && check.clean() {
        Some(trial::state(&ctx, &found).await?)
    } else {
        None
    };
    let drafting = drafting(&ctx, &found, &steps, check.clean()).await?;
    let county = match &folder {
        Some(folder) if found.county.is_some() => against(&ctx, folder).await?,
        _ => None,
    };
    let changed = match &folder {
        Some(folder) => since(&ctx, &found, folder).await?,
        None => None,
    };
    let (documents, classes) = match folder {
        Some(folder) => (folder.plan.documents.clone(), classes(&folder)),
        None => (Vec::new(), Vec::new()),
    };
    Ok(ui::page(VersionPage {
        shell: shell(&ctx, &found.list_name).crumb("清单版本", VERSIONS),
        day: found.list_version.zh(),
        state: state(from, ctx.today(), in_force),
        verdict: verdict(&check),
        draft: found.publication.is_none(),
        now,
        head: head(&found, &names),
        digest: found.digest.clone(),
        step: step(&ctx, &found, edited, tried.as_ref(), &names),
        drafting,
        trial: tried
            .as_ref()
            .map(|tried| trial::card(&ctx, &found, tried))
            .transpose()?,
        failing: check.failing().into_iter().cloned().collect(),
        items: classes.iter().map(|class| class.services.len()).sum(),
        check,
        county,
        changed,
        documents,
        classes,
        id,
    }))
}

async fn against(ctx: &Ctx, folder: &folder::Folder) -> StoreResult<Option<Against>> {
    let report = county_report(&ctx.app.store, folder).await?;
    Ok(report.and_then(Result::ok).map(|report| Against {
        name: report.territory.name.clone(),
        missing: report.missing(),
        below: report.below(),
        rows: report
            .differences
            .into_iter()
            .map(|one| {
                let own = folder
                    .services
                    .iter()
                    .find(|own| own.name.trim() == one.item.trim());
                (one, own.map(|own| own.no))
            })
            .collect(),
    }))
}

/// What a version changes of the one published before it: of the same place, or of the city's list where a
/// county has none yet (that is told by [`against`]).
async fn since(
    ctx: &Ctx,
    version: &Version,
    folder: &folder::Folder,
) -> StoreResult<Option<(String, Vec<Changed>)>> {
    let Some(before) = before(&ctx.app.store, version).await? else {
        return Ok(None);
    };
    let files = export(&ctx.app.store, &before.id)
        .await?
        .unwrap_or_default();
    let Ok(old) = folder::load(&files) else {
        return Ok(None);
    };
    let title = format!("与{}版的差别", before.list_version.zh());
    Ok(Some((title, changed(&old, folder))))
}

fn head(version: &Version, names: &Names) -> Details {
    let loaded = version.loaded_at.minute();
    let details = Details::default().row_with("载入", names.name(&version.loaded_by), loaded);
    match &version.publication {
        Some(publication) => details
            .row("生效起", publication.in_force_from.zh())
            .row_with(
                "提交发布",
                names.name(&publication.by),
                publication.at.minute(),
            )
            .row_with(
                "批准",
                names.name(&publication.approved_by),
                match &version.untried {
                    Some(reason) => format!("未测算即发布：{reason}"),
                    None => String::new(),
                },
            ),
        None => details.row("发布后生效起", version.list_version.zh()),
    }
}

fn step(ctx: &Ctx, version: &Version, edited: bool, tried: Option<&Tried>, names: &Names) -> Step {
    // Published, or not clean.
    let Some(tried) = tried else {
        return Step::Nothing;
    };
    let loader = names.name(&version.loaded_by);
    let actor = ctx.actor();
    if edited || version.is_by(&actor) {
        return Step::Others(format!(
            "您载入或改过这个草稿，须由另一位{}批准发布。",
            publishers()
        ));
    }
    if !Action::PublishPlan.allowed_to(actor.role) {
        return Step::Others(format!(
            "由{}批准发布，批准人不能是载入人（{loader}）。",
            publishers()
        ));
    }
    if version.county.is_some() && version.asked.is_none() {
        let text = "起草的人还没有提请发布；提请以后再批准。";
        return Step::Others(text.to_owned());
    }
    if !tried.allows() {
        return Step::Untried(tried.lacking());
    }
    let from = version.list_version.zh();
    let whom = if version.county.is_some() {
        "本县的人按它判断资格"
    } else {
        "按它判断资格"
    };
    Step::Approve(format!(
        "批准发布“{}”？发布后不能再改，{from}起{whom}。",
        version.list_name
    ))
}

fn classes(folder: &folder::Folder) -> Vec<ClassRows> {
    let inside = |from: u16, until: u16| {
        let services = folder
            .services
            .iter()
            .filter(|service| (from..=until).contains(&service.no));
        services.cloned().collect()
    };
    if folder.list.classes.is_empty() {
        return vec![ClassRows {
            name: String::new(),
            services: folder.services.clone(),
        }];
    }
    let rows = |class: &folder::Class| ClassRows {
        name: class.name.clone(),
        services: inside(class.from, class.until),
    };
    folder.list.classes.iter().map(rows).collect()
}
