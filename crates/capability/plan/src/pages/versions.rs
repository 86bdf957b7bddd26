//! `GET /list/versions`: 清单版本, each with its state, who acted, and a draft's 校验结果 (rows A01, C02).

use crate::book::PlanBook;
use crate::check::{Check, check};
use crate::county::county_problems;
use crate::pages::shared::{county_name, shell, short, state};
use crate::version::{Version, export, versions};
use askama::Template;
use host::{Ctx, Page};
use kernel::Instant;
use org::api::Names;
use ui::{Pill, Shell, pill};

#[derive(Template)]
#[template(path = "pages/versions.html")]
struct VersionsPage {
    shell: Shell,
    rows: Vec<VersionRow>,
    /// The reader may begin a county's list.
    may: bool,
}

struct VersionRow {
    href: String,
    name: String,
    day: String,
    state: Pill,
    in_force_from: String,
    digest: String,
    loaded: Act,
    published: Option<Act>,
    approved_by: String,
    check: Pill,
    /// Whose own list it is, where it is a county's.
    county: Option<String>,
}

struct Act {
    who: String,
    at: String,
}

pub(crate) async fn get(ctx: Ctx) -> Page {
    let mut found = versions(&ctx.app.store).await?;
    found.retain(|version| version.has_list() && !version.superseded);
    let book = ctx.app.part::<PlanBook>()?;
    let in_force = book.city_in_force(ctx.today());
    let counties = book.counties_in_force(ctx.today());
    let names = Names::of(&ctx.app.store, found.iter().flat_map(who)).await?;
    let mut rows = Vec::new();
    for version in found {
        let checked = if version.publication.is_some() {
            pill("ok", "通过")
        } else {
            let files = export(&ctx.app.store, &version.id)
                .await?
                .unwrap_or_default();
            verdict(&laid(&ctx, &version, &files).await?)
        };
        let publication = version.publication.as_ref();
        let from = publication.map(|publication| publication.in_force_from);
        let act = |who: &str, at: Instant| Act {
            who: names.name(who),
            at: at.minute(),
        };
        rows.push(VersionRow {
            href: format!("/list/versions/{}", version.id),
            day: version.list_version.zh(),
            state: state(
                from,
                ctx.today(),
                in_force.as_ref().is_some_and(|now| now.id == version.id)
                    || counties.iter().any(|now| now.version.id == version.id),
            ),
            in_force_from: from.map(kernel::Day::zh).unwrap_or_default(),
            digest: short(&version.digest).to_owned(),
            loaded: act(&version.loaded_by, version.loaded_at),
            published: publication.map(|publication| act(&publication.by, publication.at)),
            approved_by: publication
                .map(|p| names.name(&p.approved_by))
                .unwrap_or_default(),
            check: checked,
            county: version
                .county
                .as_deref()
                .map(|key| county_name(&book, ctx.today(), key)),
            name: version.list_name,
        });
    }
    Ok(ui::page(VersionsPage {
        shell: shell(&ctx, "清单版本"),
        rows,
        may: authz::Action::DraftList.allowed_to(ctx.actor().role) && in_force.is_some(),
    }))
}

/// A version's check with the acknowledgements of the database; a county's also against the city's list.
pub(crate) async fn laid(
    ctx: &Ctx,
    version: &Version,
    files: &rules::Files,
) -> store::StoreResult<Check> {
    let mut found = check(files, None);
    if version.county.is_some()
        && found.problems.is_empty()
        && let Ok(folder) = rules::folder::load(files)
    {
        found.problems = county_problems(&ctx.app.store, &folder).await?;
    }
    crate::ack::lay(&ctx.app.store, &version.slug, &mut found.findings).await?;
    Ok(found)
}

/// Everybody a version names.
pub(crate) fn who(version: &Version) -> Vec<&str> {
    let mut who = vec![version.loaded_by.as_str()];
    if let Some(publication) = &version.publication {
        who.extend([publication.by.as_str(), publication.approved_by.as_str()]);
    }
    who
}

/// What a check came to.
pub(crate) fn verdict(check: &Check) -> Pill {
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
        pill("ok", format!("通过，{} 个样例", check.cases.len()))
    }
}
