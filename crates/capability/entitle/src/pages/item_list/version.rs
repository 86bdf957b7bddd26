//! The version bar of the list: which versions count, what their check found, what waits for approval.

use host::{Ctx, Failure};
use plan::api::{CountyStand, PlanBook, Published, county_stands, lay_acknowledgements, working};
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
    /// 县级版, county by county.
    pub(super) counties: Vec<County>,
}

impl Bar {
    /// No county has published a list.
    pub(super) fn all_without(&self) -> bool {
        self.counties.iter().all(|county| county.href.is_none())
    }

    /// A county has less than the city's list.
    pub(super) fn bad(&self) -> bool {
        self.counties.iter().any(|county| county.bad)
    }
}

/// A county's list, or that it has none.
pub(super) struct County {
    pub(super) name: String,
    pub(super) href: Option<String>,
    pub(super) says: String,
    pub(super) bad: bool,
}

impl County {
    fn of(stand: &CountyStand) -> Self {
        let Some(list) = &stand.list else {
            return Self {
                name: stand.name.clone(),
                href: None,
                says: "未发布".to_owned(),
                bad: false,
            };
        };
        let mut says = vec![format!("{}起", list.from)];
        if list.missing > 0 {
            says.push(format!("缺 {} 项", list.missing));
        }
        if list.below > 0 {
            says.push(format!("低于市级标准 {} 项", list.below));
        }
        if list.more > 0 {
            says.push(format!("高于市级 {} 处", list.more));
        }
        Self {
            name: stand.name.clone(),
            href: Some(format!("/list/versions/{}", list.id)),
            says: says.join("，"),
            bad: list.missing + list.below > 0,
        }
    }
}

/// The bar of the version in force.
pub(super) async fn bar(ctx: &Ctx, published: &Published) -> Result<Bar, Failure> {
    let published = published.of_city();
    let (passed, cases) = tried(published)?;
    let store = &ctx.app.store;
    let slug = published.list.plan().slug.clone();
    let book = ctx.app.part::<PlanBook>()?;
    let places = book.places();
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
        counties: county_stands(&book, ctx.today())
            .iter()
            .map(County::of)
            .collect(),
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
