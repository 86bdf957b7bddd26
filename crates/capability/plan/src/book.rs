//! The book of published versions, compiled once and shared: what every answer comes from.

use crate::overlay::overlay_of;
use crate::version::{Publication, Version, VersionId, broken, export, published};
use figures::{Book, Finding};
use kernel::{Day, Instant};
use rules::folder::{Folder, Overlay};
use rules::{List, compile, folder};
use std::collections::BTreeMap;
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
    /// Demo values lie over its parameters: pages say 演示值.
    pub overlay: bool,
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
    // The one that counts last stands at the end.
    versions: RwLock<Arc<Vec<Arc<Published>>>>,
    // The one that counts for each place, by slug.
    shelf: RwLock<Arc<Vec<Arc<Shelved>>>>,
}

impl PlanBook {
    /// Reads and compiles all published versions. A version whose files no longer have its digest, or
    /// that does not compile, is an error: the server does not answer from something else (invariant 4).
    pub async fn load(reads: &impl Reads) -> StoreResult<Self> {
        Ok(Self {
            versions: RwLock::new(Arc::new(compiled(reads, &[]).await?)),
            shelf: RwLock::new(Arc::new(shelved(reads, &[]).await?)),
        })
    }

    /// Reads again what was published meanwhile.
    pub async fn reload(&self, reads: &impl Reads) -> StoreResult<()> {
        let fresh = Arc::new(compiled(reads, &self.all()).await?);
        let books = Arc::new(shelved(reads, &self.shelf()).await?);
        *self.shelf.write().unwrap_or_else(PoisonError::into_inner) = books;
        *self
            .versions
            .write()
            .unwrap_or_else(PoisonError::into_inner) = fresh;
        Ok(())
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

    /// All versions by the day they are in force from.
    pub fn all(&self) -> Arc<Vec<Arc<Published>>> {
        Arc::clone(&self.versions.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The version in force on a day: the latest whose list is of that day or before.
    pub fn in_force(&self, day: Day) -> Option<Arc<Published>> {
        self.all()
            .iter()
            .rev()
            .find(|version| version.in_force_from <= day)
            .cloned()
    }

    /// The version that an answer names.
    pub fn by_digest(&self, digest: &str) -> Option<Arc<Published>> {
        self.all()
            .iter()
            .find(|version| version.digest == digest)
            .cloned()
    }

    /// The version of this id.
    pub fn by_id(&self, id: &VersionId) -> Option<Arc<Published>> {
        self.all().iter().find(|version| version.id == *id).cloned()
    }
}

async fn compiled(
    reads: &impl Reads,
    known: &[Arc<Published>],
) -> StoreResult<Vec<Arc<Published>>> {
    let mut overlays: BTreeMap<String, Option<Overlay>> = BTreeMap::new();
    let mut out = Vec::new();
    for (version, publication) in published(reads).await? {
        if !version.has_list() {
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
        latest.insert(version.slug.clone(), (version, publication));
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
        overlay: overlay.is_some_and(|overlay| !overlay.values.is_empty()),
    })
}
