//! County versions of the list: read, compared with the city's, laid over it (rows C01, C02; invariants 1, 4).
//!
//! Answers come from one list, the city's with its counties' laid over it. Where no county has published
//! one, that list is the city's own, and nothing more is read or compiled.

use crate::overlay::overlay_of;
use crate::version::{Publication, Version, VersionId, broken, export, published, version};
use kernel::Day;
use rules::county::{self, CountyReport, Territory};
use rules::folder::{self, Folder};
use rules::{Files, List, Problem, compile};
use std::sync::Arc;
use store::{Reads, StoreError, StoreResult};

/// A published county list.
#[derive(Debug)]
pub struct CountyVersion {
    /// The version.
    pub version: Version,
    /// Its publication.
    pub publication: Publication,
    /// The folder as written.
    pub folder: Folder,
}

impl CountyVersion {
    /// The key of its county.
    pub fn key(&self) -> &str {
        self.version.county.as_deref().unwrap_or_default()
    }
}

/// All published county lists, the one that counts last at the end; `known` are taken over.
pub(crate) async fn county_versions(
    reads: &impl Reads,
    known: &[Arc<CountyVersion>],
) -> StoreResult<Vec<Arc<CountyVersion>>> {
    let mut out = Vec::new();
    for (version, publication) in published(reads).await? {
        if version.county.is_none() {
            continue;
        }
        let same = known.iter().find(|known| known.version.id == version.id);
        out.push(match same {
            Some(known) => Arc::clone(known),
            None => Arc::new(CountyVersion {
                folder: folder_of(reads, &version).await?,
                version,
                publication,
            }),
        });
    }
    Ok(out)
}

/// The folder of a version, whose bytes are what its digest says.
async fn folder_of(reads: &impl Reads, version: &Version) -> StoreResult<Folder> {
    let what = format!("plan_version {}", version.id);
    let files = export(reads, &version.id).await?.unwrap_or_default();
    let folder = folder::load(&files).map_err(|problems| broken(&what, &problems))?;
    if folder.digest != version.digest {
        return Err(StoreError::Other(format!(
            "{what}: its files do not have its digest"
        )));
    }
    Ok(folder)
}

/// The county lists in force on a day, one a county, by key.
pub(crate) fn in_force(counties: &[Arc<CountyVersion>], day: Day) -> Vec<Arc<CountyVersion>> {
    let mut found: Vec<Arc<CountyVersion>> = Vec::new();
    let begun = |one: &&Arc<CountyVersion>| one.publication.in_force_from <= day;
    for county in counties.iter().rev().filter(begun) {
        if !found.iter().any(|other| other.key() == county.key()) {
            found.push(Arc::clone(county));
        }
    }
    found.sort_by(|a, b| a.key().cmp(b.key()));
    found
}

/// The city list that a county list stands under on a day: the one in force then, or the first to come.
pub(crate) async fn city_on(reads: &impl Reads, day: Day) -> StoreResult<Option<Version>> {
    let cities = published(reads).await?.into_iter();
    let cities: Vec<_> = cities
        .filter(|(version, _)| version.has_list() && version.county.is_none())
        .collect();
    let now = cities.iter().rev().find(|(_, p)| p.in_force_from <= day);
    let found = now.or_else(|| cities.first());
    Ok(found.map(|(version, _)| version.clone()))
}

/// A county folder against the city's list on the day it is to be in force from, and against every later
/// one that is published already. `None` where no city list is published.
pub async fn county_report(
    reads: &impl Reads,
    county: &Folder,
) -> StoreResult<Option<Result<CountyReport, Vec<Problem>>>> {
    let day = county.list.version;
    let Some(now) = city_on(reads, day).await? else {
        return Ok(None);
    };
    let mut report = county::compare(&folder_of(reads, &now).await?, county);
    for (later, publication) in published(reads).await? {
        let another = later.has_list() && later.county.is_none() && later.id != now.id;
        if !another || publication.in_force_from <= day {
            continue;
        }
        let Ok(report) = &mut report else { break };
        if let Ok(more) = county::compare(&folder_of(reads, &later).await?, county) {
            let mut differences = more.differences;
            differences.retain(|one| one.kind.is_fault() && !report.differences.contains(one));
            report.differences.extend(differences);
        }
    }
    Ok(Some(report))
}

/// What keeps a county folder from being published.
pub(crate) async fn county_problems(
    reads: &impl Reads,
    county: &Folder,
) -> StoreResult<Vec<Problem>> {
    Ok(match county_report(reads, county).await? {
        Some(Ok(report)) => report.problems(),
        Some(Err(problems)) => problems,
        None => vec![Problem::at(
            folder::PLAN,
            1,
            "还没有发布市级清单",
            "市级清单发布以后，再发布县级清单",
        )],
    })
}

/// The areas of a published county list, by the city's trees.
pub fn territory(city: &Folder, county: &CountyVersion) -> Option<Territory> {
    Territory::of(city, &county.folder).ok()
}

/// The folder that a version makes with the others that count last: a city's with its counties'
/// over it, or the city's with this county's among them. `folder` is the version's own.
async fn with_others(
    reads: &impl Reads,
    version: &Version,
    own: Folder,
) -> StoreResult<Result<Folder, Vec<Problem>>> {
    let all = county_versions(reads, &[]).await?;
    let days = all.iter().map(|county| county.publication.in_force_from);
    let last = days.chain([version.list_version]).max();
    let counties = last.map(|last| in_force(&all, last)).unwrap_or_default();
    let city = if version.county.is_some() {
        match last_city(reads).await? {
            Some(city) => folder_of(reads, &city).await?,
            None => return Ok(Ok(own)),
        }
    } else {
        own.clone()
    };
    let mut folders: Vec<(&str, &Folder)> = counties
        .iter()
        .filter(|county| version.county.as_deref() != Some(county.key()))
        .map(|county| (county.key(), &county.folder))
        .collect();
    if let Some(key) = version.county.as_deref() {
        folders.push((key, &own));
        folders.sort_by(|a, b| a.0.cmp(b.0));
    }
    let folders: Vec<&Folder> = folders.into_iter().map(|(_, folder)| folder).collect();
    Ok(county::effective(&city, &folders))
}

/// The city list that counts last.
async fn last_city(reads: &impl Reads) -> StoreResult<Option<Version>> {
    let cities = published(reads).await?.into_iter();
    let mut cities = cities.filter(|(version, _)| version.has_list() && version.county.is_none());
    Ok(cities.next_back().map(|(version, _)| version))
}

/// What would keep the one list from being compiled if this draft were published.
pub(crate) async fn effective_problems(
    reads: &impl Reads,
    draft: &Version,
    own: Folder,
) -> StoreResult<Vec<Problem>> {
    if draft.county.is_none() && county_versions(reads, &[]).await?.is_empty() {
        return Ok(Vec::new());
    }
    let whole = with_others(reads, draft, own).await?;
    Ok(
        match whole.and_then(|folder| compile(&folder, None).map(|_list| folder)) {
            Err(problems) => problems,
            Ok(folder) => crate::check::too_long(&folder).into_iter().collect(),
        },
    )
}

/// A version's list as it would answer: with the demo values of the city, and with the county lists in
/// force over it; and the city's short name. `None` where there is no such version.
pub async fn answering_list(
    reads: &impl Reads,
    id: &VersionId,
) -> StoreResult<Option<Result<(List, Version, String), Vec<Problem>>>> {
    let Some(found) = version(reads, id).await? else {
        return Ok(None);
    };
    let Some(files) = export(reads, id).await? else {
        return Ok(None);
    };
    let own = match read(&files, &found) {
        Ok(own) => own,
        Err(problems) => return Ok(Some(Err(problems))),
    };
    let slug = match (&found.county, last_city(reads).await?) {
        (Some(_), Some(city)) => city.slug,
        _ => found.slug.clone(),
    };
    let overlay = overlay_of(reads, &slug).await?;
    let whole = with_others(reads, &found, own).await?;
    let list = whole.and_then(|folder| compile(&folder, overlay.as_ref()));
    Ok(Some(list.map(|list| (list, found, slug))))
}

fn read(files: &Files, version: &Version) -> Result<Folder, Vec<Problem>> {
    let folder = folder::load(files)?;
    if folder.digest == version.digest {
        return Ok(folder);
    }
    Err(vec![Problem::at(
        folder::PLAN,
        1,
        "文件与它的摘要值不符",
        "请报告这个错误",
    )])
}
