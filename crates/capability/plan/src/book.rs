//! The book of published versions, compiled once and shared: what every answer comes from.

use crate::county::{self, CountyVersion, county_versions};
use crate::overlay::overlay_of;
use crate::version::{Publication, Version, VersionId, broken, export, published};
use figures::{Book, Finding};
use kernel::{Day, Instant};
use rules::folder::{Folder, Overlay};
use rules::{List, compile, folder};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError, RwLock};
use store::{Reads, StoreError, StoreResult};

/// A published version, compiled.
#[derive(Debug)]
pub struct Published {
    /// Its id.
    pub id: VersionId,
    /// SM3 of the folder; every answer keeps it.
    pub digest: String,
    /// The list, ready to be asked; with demo values where [`Published::overlay`] is set.
    pub list: List,
    /// The folder as written.
    pub folder: Folder,
    /// When it was published.
    pub published_at: Instant,
    /// Who handed it in.
    pub published_by: String,
    /// The second person.
    pub approved_by: String,
    /// In force from this day.
    pub in_force_from: Day,
    /// 1, 2, 3 … in the order of publishing.
    pub no: i64,
    /// Demo values lie over its parameters: pages say 演示值.
    pub overlay: bool,
    /// County lists that lie over it; empty where the city's own list answers.
    pub counties: Vec<Arc<CountyVersion>>,
    /// The city's own list under its county lists; `None` where there are none over it.
    pub city: Option<Arc<Published>>,
}

impl Published {
    /// The city's own list, without its counties'.
    pub fn of_city(&self) -> &Self {
        self.city.as_deref().unwrap_or(self)
    }
}

/// The figures of a published version.
#[derive(Debug)]
pub struct Shelved {
    /// The version.
    pub version: Version,
    /// Its publication.
    pub publication: Publication,
    /// Its figures.
    pub book: Arc<Book>,
    /// What they say about each other; acknowledgements of the database are laid over when a page is read.
    pub findings: Vec<Finding>,
}

/// All published versions, in memory; the app holds one and loads it again after a publication.
///
/// Versions never change, so a loaded one stays valid for whoever still holds it.
#[derive(Debug)]
pub struct PlanBook {
    lists: RwLock<Arc<Lists>>,
    // The one that counts for each place, by slug.
    shelf: RwLock<Arc<Vec<Arc<Shelved>>>>,
}

/// Lists of the place; in each the one that counts last stands at the end.
#[derive(Debug, Default)]
struct Lists {
    cities: Arc<Vec<Arc<Published>>>,
    counties: Vec<Arc<CountyVersion>>,
    /// Every city list with county lists over it that ever answered or will, as far as is published.
    effective: Vec<Arc<Published>>,
}

impl PlanBook {
    /// Reads and compiles all published versions. A version whose files no longer have its digest, or
    /// that does not compile, is an error: the server does not answer from something else (invariant 4).
    pub async fn load(reads: &impl Reads) -> StoreResult<Self> {
        Ok(Self {
            lists: RwLock::new(Arc::new(lists(reads, &Lists::default()).await?)),
            shelf: RwLock::new(Arc::new(shelved(reads, &[]).await?)),
        })
    }

    /// Reads again what was published meanwhile.
    pub async fn reload(&self, reads: &impl Reads) -> StoreResult<()> {
        let fresh = Arc::new(lists(reads, &self.lists()).await?);
        let books = Arc::new(shelved(reads, &self.shelf()).await?);
        *self.shelf.write().unwrap_or_else(PoisonError::into_inner) = books;
        *self.lists.write().unwrap_or_else(PoisonError::into_inner) = fresh;
        Ok(())
    }

    fn lists(&self) -> Arc<Lists> {
        Arc::clone(&self.lists.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn shelf(&self) -> Arc<Vec<Arc<Shelved>>> {
        Arc::clone(&self.shelf.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The published figures that count for each place: the installation's own place first, then by slug.
    pub fn places(&self) -> Vec<Arc<Shelved>> {
        let mut places = self.shelf().to_vec();
        places.sort_by_key(|shelved| (!shelved.version.has_list(), shelved.version.slug.clone()));
        places
    }

    /// All city versions by the day they are in force from, without their counties'.
    pub fn all(&self) -> Arc<Vec<Arc<Published>>> {
        Arc::clone(&self.lists().cities)
    }

    /// The list that answers on a day: the city's in force then with its counties' laid over it.
    pub fn in_force(&self, day: Day) -> Option<Arc<Published>> {
        let lists = self.lists();
        let city = in_force(&lists.cities, day)?;
        if lists.counties.is_empty() {
            return Some(city);
        }
        let digest = digest(&city, &county::in_force(&lists.counties, day));
        let mut laid = lists.effective.iter();
        laid.find(|laid| laid.digest == digest)
            .cloned()
            .or(Some(city))
    }

    /// The city's own list in force on a day: the latest of that day or before.
    pub fn city_in_force(&self, day: Day) -> Option<Arc<Published>> {
        in_force(&self.lists().cities, day)
    }

    /// The county lists in force on a day, by the county's key.
    pub fn counties_in_force(&self, day: Day) -> Vec<Arc<CountyVersion>> {
        county::in_force(&self.lists().counties, day)
    }

    /// All published county lists, the one that counts last at the end.
    pub fn counties(&self) -> Vec<Arc<CountyVersion>> {
        self.lists().counties.clone()
    }

    /// The version that an answer names.
    pub fn by_digest(&self, digest: &str) -> Option<Arc<Published>> {
        let lists = self.lists();
        let mut all = lists.cities.iter().chain(&lists.effective);
        all.find(|version| version.digest == digest).cloned()
    }

    /// The city version of this id.
    pub fn by_id(&self, id: &VersionId) -> Option<Arc<Published>> {
        self.all().iter().find(|version| version.id == *id).cloned()
    }

    /// The county list of this id.
    pub fn county_by_id(&self, id: &VersionId) -> Option<Arc<CountyVersion>> {
        let lists = self.lists();
        let mut all = lists.counties.iter();
        all.find(|county| county.version.id == *id).cloned()
    }
}

fn in_force(cities: &[Arc<Published>], day: Day) -> Option<Arc<Published>> {
    let mut latest = cities.iter().rev();
    latest.find(|version| version.in_force_from <= day).cloned()
}

fn digest(city: &Published, counties: &[Arc<CountyVersion>]) -> String {
    let digests: Vec<&str> = counties
        .iter()
        .map(|county| county.version.digest.as_str())
        .collect();
    rules::county::effective_digest(&city.digest, &digests)
}

/// Everything published, as far as `known` does not have it.
async fn lists(reads: &impl Reads, known: &Lists) -> StoreResult<Lists> {
    let cities = compiled(reads, &known.cities).await?;
    let counties = county_versions(reads, &known.counties).await?;
    let effective = laid(reads, &cities, &counties, &known.effective).await?;
    Ok(Lists {
        cities: Arc::new(cities),
        counties,
        effective,
    })
}

/// The lists that answered after each publication on each day on which another begins: those of the
/// present, and those that an answer of the past may name.
async fn laid(
    reads: &impl Reads,
    cities: &[Arc<Published>],
    counties: &[Arc<CountyVersion>],
    known: &[Arc<Published>],
) -> StoreResult<Vec<Arc<Published>>> {
    let mut out: Vec<Arc<Published>> = Vec::new();
    let numbers: Vec<i64> = counties
        .iter()
        .map(|county| county.publication.no)
        .chain(cities.iter().map(|city| city.no))
        .collect();
    let days: BTreeSet<Day> = counties
        .iter()
        .map(|county| county.publication.in_force_from)
        .chain(cities.iter().map(|city| city.in_force_from))
        .collect();
    for no in numbers {
        let cities: Vec<_> = cities
            .iter()
            .filter(|city| city.no <= no)
            .cloned()
            .collect();
        let counties = counties.iter().filter(|county| county.publication.no <= no);
        let counties: Vec<_> = counties.cloned().collect();
        for day in &days {
            let over = county::in_force(&counties, *day);
            let Some(city) = in_force(&cities, *day).filter(|_| !over.is_empty()) else {
                continue;
            };
            let digest = digest(&city, &over);
            let same = |one: &&Arc<Published>| {
                one.digest == digest && one.list.overlay_digest() == city.list.overlay_digest()
            };
            if out.iter().any(|one| same(&one)) {
                continue;
            }
            out.push(match known.iter().find(same) {
                Some(known) => Arc::clone(known),
                None => Arc::new(lay(reads, &city, over).await?),
            });
        }
    }
    Ok(out)
}

/// A city's list with these county lists over it.
async fn lay(
    reads: &impl Reads,
    city: &Arc<Published>,
    counties: Vec<Arc<CountyVersion>>,
) -> StoreResult<Published> {
    let what = format!(
        "plan_version {} with {} county lists",
        city.id,
        counties.len()
    );
    let folders: Vec<&Folder> = counties.iter().map(|county| &county.folder).collect();
    let folder = rules::county::effective(&city.folder, &folders)
        .map_err(|problems| broken(&what, &problems))?;
    let overlay = overlay_of(reads, &city.folder.plan.slug).await?;
    let list = compile(&folder, overlay.as_ref()).map_err(|problems| broken(&what, &problems))?;
    let latest = counties.iter().map(|county| &county.publication);
    let latest = latest
        .filter(|publication| publication.at > city.published_at)
        .max_by_key(|p| p.at);
    Ok(Published {
        id: city.id.clone(),
        digest: folder.digest.clone(),
        list,
        folder,
        published_at: latest.map_or(city.published_at, |publication| publication.at),
        published_by: city.published_by.clone(),
        approved_by: city.approved_by.clone(),
        in_force_from: city.in_force_from,
        no: city.no,
        overlay: city.overlay,
        counties,
        city: Some(Arc::clone(city)),
    })
}

async fn compiled(
    reads: &impl Reads,
    known: &[Arc<Published>],
) -> StoreResult<Vec<Arc<Published>>> {
    let mut overlays: BTreeMap<String, Option<Overlay>> = BTreeMap::new();
    let mut out = Vec::new();
    for (version, publication) in published(reads).await? {
        if !version.has_list() || version.county.is_some() {
            continue;
        }
        if !overlays.contains_key(&version.slug) {
            overlays.insert(
                version.slug.clone(),
                overlay_of(reads, &version.slug).await?,
            );
        }
        let overlay = overlays.get(&version.slug).and_then(Option::as_ref);
        let laid = overlay.map(|overlay| overlay.digest.as_str());
        match known
            .iter()
            .find(|known| known.id == version.id && known.list.overlay_digest() == laid)
        {
            Some(known) => out.push(Arc::clone(known)),
            None => out.push(Arc::new(one(reads, version, publication, overlay).await?)),
        }
    }
    Ok(out)
}

async fn shelved(reads: &impl Reads, known: &[Arc<Shelved>]) -> StoreResult<Vec<Arc<Shelved>>> {
    let mut latest = BTreeMap::new();
    for (version, publication) in published(reads).await? {
        // A county's list is no other place: its figures are the city's.
        if version.county.is_none() {
            latest.insert(version.slug.clone(), (version, publication));
        }
    }
    let mut out = Vec::new();
    for (version, publication) in latest.into_values() {
        if let Some(known) = known.iter().find(|known| known.version.id == version.id) {
            out.push(Arc::clone(known));
            continue;
        }
        let files = export(reads, &version.id).await?.unwrap_or_default();
        let what = format!("plan_version {}", version.id);
        let book = figures::load(&files).map_err(|problems| broken(&what, &problems))?;
        out.push(Arc::new(Shelved {
            findings: figures::check(&book, None),
            version,
            publication,
            book: Arc::new(book),
        }));
    }
    Ok(out)
}

async fn one(
    reads: &impl Reads,
    version: Version,
    publication: Publication,
    overlay: Option<&Overlay>,
) -> StoreResult<Published> {
    let what = format!("plan_version {}", version.id);
    let files = export(reads, &version.id).await?.unwrap_or_default();
    let folder = folder::load(&files).map_err(|problems| broken(&what, &problems))?;
    if folder.digest != version.digest {
        return Err(StoreError::Other(format!(
            "{what}: its files do not have its digest"
        )));
    }
    let list = compile(&folder, overlay).map_err(|problems| broken(&what, &problems))?;
    Ok(Published {
        id: version.id,
        digest: version.digest,
        list,
        folder,
        published_at: publication.at,
        published_by: publication.by,
        approved_by: publication.approved_by,
        in_force_from: publication.in_force_from,
        no: publication.no,
        overlay: overlay.is_some_and(|overlay| !overlay.values.is_empty()),
        counties: Vec::new(),
        city: None,
    })
}
