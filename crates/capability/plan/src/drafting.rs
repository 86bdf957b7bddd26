//! Who may draft which list: the city's officers any, a county's officers the one of their own county (rows C01, C02,
//! M03). Whose county somebody works for is read from their scope by the trees of the city's folder.

use crate::book::PlanBook;
use crate::county_stand::county_stands;
use crate::edits::working;
use crate::pages::shared::{LIST, VERSIONS, county_name};
use crate::version::{Version, published};
use authz::{Action, Role, Scope};
use host::{Ctx, Failure};
use kernel::AreaCode;
use rules::folder::Areas;
use store::{Reads, StoreResult};
use ui::PageError;

/// The page where a county's list is begun.
const BEGIN: &str = "/list/counties/new";

/// Whether a body with county powers is one that this scope works for. A town that a management area runs is that
/// area's and not its county's (invariant 8).
pub(crate) fn is_own(areas: &Areas, scope: &Scope, key: &str) -> bool {
    let mine = match scope {
        Scope::Areas(mine) => mine,
        Scope::Everywhere => return true,
        Scope::Nowhere | Scope::People(_) => return false,
    };
    let body_of = |area: &AreaCode| {
        let mut bodies = areas.management.iter();
        bodies.find(|body| body.towns.iter().any(|town| town.contains(area)))
    };
    let county: Option<AreaCode> = key.parse().ok();
    mine.iter().any(|area| match body_of(area) {
        Some(body) => body.code == key,
        None => county.is_some_and(|county| county.contains(area) || area.contains(&county)),
    })
}

/// Whether the reader may draft the list of a county, or the city's (`None`), and try it on the register.
pub fn may_draft(ctx: &Ctx, county: Option<&str>) -> StoreResult<bool> {
    let role = ctx.actor().role;
    if !Action::DraftList.allowed_to(role) {
        return Ok(false);
    }
    if role != Role::CountyCivil {
        return Ok(true);
    }
    let book = ctx.app.part::<PlanBook>()?;
    let city = book.city_in_force(ctx.today());
    let nothing = Areas::default();
    let areas = city.as_ref().map_or(&nothing, |city| &city.folder.areas);
    Ok(county.is_some_and(|key| is_own(areas, &ctx.scope(), key)))
}

/// Goes on, or refuses and says whose list it is and whom to ask.
pub(crate) fn only_own(ctx: &Ctx, county: Option<&str>) -> Result<(), Failure> {
    if may_draft(ctx, county)? {
        return Ok(());
    }
    let error = match county {
        None => PageError::refused("市民政")
            .text("市级清单由市里起草。要改市级的条件或标准，请找「市民政」；本县的标准和条件，在本县的清单里改。")
            .link("起草县级清单", BEGIN),
        Some(key) => {
            let book = ctx.app.part::<PlanBook>()?;
            let name = county_name(&book, ctx.today(), key);
            PageError::refused(&name).text(format!(
                "这是{name}的清单，只由{name}的「县民政」和市里起草。需要改动，请找{name}民政部门或「市民政」。"
            ))
        }
    };
    Err(error.title("不能起草").link("回清单管理", LIST).into())
}

/// What a reader may go on with, as the button of the list's page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drafting {
    /// Words of the button.
    pub words: &'static str,
    /// Where it leads.
    pub href: String,
}

/// The drafting of one's own county's list: begin it, or go on; `None` for whoever has no county's list to draft.
pub async fn drafting(ctx: &Ctx) -> StoreResult<Option<Drafting>> {
    if ctx.actor().role != Role::CountyCivil || !Action::DraftList.allowed_to(Role::CountyCivil) {
        return Ok(None);
    }
    let book = ctx.app.part::<PlanBook>()?;
    let Some(city) = book.city_in_force(ctx.today()) else {
        return Ok(None);
    };
    let scope = ctx.scope();
    let stands = county_stands(&book, ctx.today()).into_iter();
    let own: Vec<String> = stands
        .map(|stand| stand.key)
        .filter(|key| is_own(&city.folder.areas, &scope, key))
        .collect();
    if own.is_empty() {
        return Ok(None);
    }
    for key in &own {
        let slug = slug_of(&ctx.app.store, &city.folder.plan.slug, key).await?;
        let now = working(&ctx.app.store, &slug).await?;
        if let Some(draft) = now.filter(|version| version.publication.is_none()) {
            return Ok(Some(Drafting {
                words: "继续起草",
                href: format!("{VERSIONS}/{}", draft.id),
            }));
        }
    }
    Ok(Some(Drafting {
        words: "起草县级清单",
        href: BEGIN.to_owned(),
    }))
}

/// The short name of a county's list: the one it is published under, or the one it is begun with on the web.
pub(crate) async fn slug_of(reads: &impl Reads, city: &str, key: &str) -> StoreResult<String> {
    let all = published(reads).await?.into_iter();
    let mut known = all.filter(|(version, _)| version.county.as_deref() == Some(key));
    Ok(known.next_back().map_or_else(
        || format!("{city}-{}", key.to_lowercase()),
        |(version, _)| version.slug,
    ))
}

/// Whether a version is the one that changes of its list start from.
pub(crate) async fn is_working(ctx: &Ctx, version: &Version) -> StoreResult<bool> {
    let now = working(&ctx.app.store, &version.slug).await?;
    Ok(now.is_some_and(|now| now.id == version.id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rules::folder::{Management, Source};

    fn code(text: &str) -> AreaCode {
        text.parse().unwrap()
    }

    /// Rows C01, M03; invariant 8: an officer's own list is that of the county of their scope; the towns of a management
    /// area are that area's.
    #[test]
    fn a_scope_has_its_own_list() {
        let areas = Areas {
            management: vec![Management {
                code: "M01".to_owned(),
                name: "某管委会".to_owned(),
                towns: vec![code("421321102")],
                confirm: false,
                line: 1,
                source: Source::Basis {
                    basis: "测试".to_owned(),
                },
            }],
            ..Areas::default()
        };
        let own = |scope: &[&str], key| {
            let scope = Scope::Areas(scope.iter().map(|text| code(text)).collect());
            is_own(&areas, &scope, key)
        };
        assert!(own(&["421321"], "421321"));
        assert!(own(&["421321101", "421321103"], "421321"));
        assert!(!own(&["421321"], "M01"));
        assert!(own(&["421321102"], "M01"));
        assert!(!own(&["421321102"], "421321"));
        assert!(!own(&["421303"], "421321"));
        assert!(!own(&[], "421321"));
        assert!(!is_own(&areas, &Scope::Nowhere, "421321"));
    }
}
