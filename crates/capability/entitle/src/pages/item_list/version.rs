//! The version bar of the list: which versions count, what their check found, what waits for approval.

use host::{Ctx, Failure};
use plan::api::{PlanBook, Published, lay_acknowledgements, working};
use std::collections::BTreeMap;
use std::sync::{LazyLock, Mutex, PoisonError};

/// Examples that pass, and all, by digest: a published version never changes, so neither does this.
static TRIED: LazyLock<Mutex<BTreeMap<String, (usize, usize)>>> = LazyLock::new(Mutex::default);

/// A draft that is not published yet.
pub(super) struct Draft {
    pub(super) href: String,
    pub(super) since: String,
}

/// The bar.
pub(super) struct Bar {
    /// 市级版.
    pub(super) from: String,
    pub(super) href: String,
    pub(super) passed: usize,
    pub(super) cases: usize,
    /// Findings of the documents, and the serious ones nobody looked at.
    pub(super) findings: usize,
    pub(super) open: usize,
    pub(super) draft: Option<Draft>,
}

/// The bar of the version in force.
pub(super) async fn bar(ctx: &Ctx, published: &Published) -> Result<Bar, Failure> {
    let (passed, cases) = tried(published)?;
    let store = &ctx.app.store;
    let slug = published.list.plan().slug.clone();
    let places = ctx.app.part::<PlanBook>()?.places();
    let (mut findings, mut open) = (0, 0);
    if let Some(own) = places.iter().find(|place| place.version.slug == slug) {
        let mut found = own.findings.clone();
        lay_acknowledgements(store, &slug, &mut found).await?;
        findings = found.len();
        open = found
            .iter()
            .filter(|one| one.severity.key() == "serious" && one.acknowledged.is_none())
            .count();
    }
    let draft = working(store, &slug)
        .await?
        .filter(|version| version.publication.is_none())
        .map(|version| Draft {
            href: if version.based_on.is_some() {
                "/plan/changes".to_owned()
            } else {
                format!("/list/versions/{}", version.id)
            },
            since: version.loaded_at.day().to_string(),
        });
    Ok(Bar {
        from: published.in_force_from.to_string(),
        href: format!("/list/versions/{}", published.id),
        passed,
        cases,
        findings,
        open,
        draft,
    })
}

/// How many examples of a version pass, and how many it has.
fn tried(published: &Published) -> Result<(usize, usize), Failure> {
    let known = || TRIED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(done) = known().get(&published.digest) {
        return Ok(*done);
    }
    let results = rules::run_cases(&published.folder).map_err(|problems| {
        let what = format!("{} problems in a published list", problems.len());
        store::StoreError::Other(what)
    })?;
    let done = (results.iter().filter(|one| one.pass).count(), results.len());
    known().insert(published.digest.clone(), done);
    Ok(done)
}
