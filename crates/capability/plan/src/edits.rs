//! Edits on the web: each makes a new draft that replaces the draft it was made on (engineering.md 6).

use crate::load::{LoadError, load};
use crate::version::{Version, VersionId, export, of_digest, published, version, versions};
use figures::edit::{Change, apply};
use rules::Files;
use rules::folder::digest_of;
use store::{Audit, Reads, StoreError, StoreResult, Tx, values};

/// Why an edit was not taken.
#[derive(Debug, thiserror::Error)]
pub enum EditError {
    /// Somebody changed the plan meanwhile.
    #[error("规划在您打开之后被改过")]
    Stale,
    /// Nothing differs.
    #[error("没有改动")]
    Nothing,
    /// It does not read, or the database failed.
    #[error(transparent)]
    Load(#[from] LoadError),
}

impl From<StoreError> for EditError {
    fn from(error: StoreError) -> Self {
        Self::Load(error.into())
    }
}

/// The version that edits of a place start from: the latest draft after the last publication, otherwise the
/// published one, otherwise the latest draft.
pub async fn working(reads: &impl Reads, slug: &str) -> StoreResult<Option<Version>> {
    let all = versions(reads).await?;
    let of_place = || {
        all.iter()
            .filter(|version| version.slug == slug && !version.superseded)
    };
    let published = of_place()
        .filter_map(|version| version.publication.as_ref().map(|p| (p.no, p.at)))
        .max();
    let draft = of_place().find(|version| {
        version.publication.is_none() && published.is_none_or(|(_, at)| version.loaded_at >= at)
    });
    let current = of_place().find(|version| {
        version
            .publication
            .as_ref()
            .is_some_and(|p| published.is_some_and(|(no, _)| p.no == no))
    });
    Ok(draft.or(current).cloned())
}

/// Makes the changes on `base` and stores the result as a draft that takes the place of `base` where that is
/// a draft too. `says` is one line for the history.
pub async fn edit(
    tx: &mut Tx,
    slug: &str,
    base: &VersionId,
    changes: &[Change],
    says: &str,
) -> Result<VersionId, EditError> {
    let now = working(tx, slug).await?.ok_or(EditError::Stale)?;
    if now.id != *base {
        return Err(EditError::Stale);
    }
    let files = export(tx, base).await?.unwrap_or_default();
    let edited = apply(&files, changes).map_err(LoadError::from)?;
    store_edit(tx, &now, &files, &edited, says).await
}

/// Stores files made from those of `base` as a draft that takes the place of `base` where that is a draft too.
pub async fn edit_files(
    tx: &mut Tx,
    slug: &str,
    base: &VersionId,
    edited: &Files,
    says: &str,
) -> Result<VersionId, EditError> {
    let now = working(tx, slug).await?.ok_or(EditError::Stale)?;
    if now.id != *base {
        return Err(EditError::Stale);
    }
    let files = export(tx, base).await?.unwrap_or_default();
    store_edit(tx, &now, &files, edited, says).await
}

/// Stores edited files of `base` as a draft that takes its place.
async fn store_edit(
    tx: &mut Tx,
    base: &Version,
    files: &Files,
    edited: &Files,
    says: &str,
) -> Result<VersionId, EditError> {
    if edited == files {
        return Err(EditError::Nothing);
    }
    let mut edited = edited.clone();
    let mut known = of_digest(tx, &digest_of(&edited)).await?;
    // A version is what its bytes are. Back at the published ones: the draft has nothing left. Back at
    // those of an earlier publication: it is a new version all the same, and says so in the folder.
    while let Some(published) = known.take_if(|known| known.publication.is_some()) {
        if counts(tx, &published).await? {
            supersede(tx, base, &published.id).await?;
            tx.audit(
                Audit::new("plan.edit")
                    .subject(published.id.as_str())
                    .with("back", base.id.as_str()),
            );
            return Ok(published.id);
        }
        note_in_folder(&mut edited, files, &format!("{} {says}", tx.at().day()));
        known = of_digest(tx, &digest_of(&edited)).await?;
    }
    let by = tx.actor().id.clone();
    let id = load(tx, &edited, &by).await?;
    if let Some(known) = &known
        && history(tx, &base.id)
            .await?
            .iter()
            .any(|earlier| earlier.id == known.id)
    {
        // Back at an earlier step of this very draft: that step is the draft again, in its editor's name.
        tx.run(
            "UPDATE plan_version SET superseded_by = NULL, asked_at = NULL, asked_by = NULL \
             WHERE id = $1 AND status = 'draft'",
            values![id.as_str()],
        )
        .await?;
    } else {
        tx.run(
            "UPDATE plan_version SET based_on = $1, says = $2, superseded_by = NULL, loaded_by = $3, \
             loaded_at = $4, asked_at = NULL, asked_by = NULL WHERE id = $5 AND status = 'draft'",
            values![base.id.as_str(), says, by, tx.at().micros(), id.as_str()],
        )
        .await?;
    }
    supersede(tx, base, &id).await?;
    tx.audit(
        Audit::new("plan.edit")
            .subject(id.as_str())
            .with("based_on", base.id.as_str()),
    );
    Ok(id)
}

async fn supersede(tx: &mut Tx, base: &Version, by: &VersionId) -> StoreResult<()> {
    tx.run(
        "UPDATE plan_version SET superseded_by = $1 WHERE id = $2 AND status = 'draft'",
        values![by.as_str(), base.id.as_str()],
    )
    .await?;
    Ok(())
}

/// Whether this published version is the one that counts for its place.
async fn counts(reads: &impl Reads, version: &Version) -> StoreResult<bool> {
    let last = published(reads)
        .await?
        .into_iter()
        .rfind(|(other, _)| other.slug == version.slug);
    Ok(last.is_some_and(|(last, _)| last.id == version.id))
}

/// One comment line at the end of the file that was edited.
fn note_in_folder(edited: &mut Files, before: &Files, line: &str) {
    let line: String = line.chars().filter(|c| !c.is_control()).collect();
    if let Some((_, text)) = edited
        .iter_mut()
        .find(|(name, text)| before.get(*name) != Some(*text))
    {
        text.push_str(&format!("\n# {line}\n"));
    }
}

/// What is not published yet: this draft and those it was made from, the latest first; empty for a
/// published version.
pub async fn history(reads: &impl Reads, id: &VersionId) -> StoreResult<Vec<Version>> {
    let mut steps: Vec<Version> = Vec::new();
    let mut next = Some(id.clone());
    while let Some(id) = next.filter(|id| steps.iter().all(|step| step.id != *id)) {
        let Some(step) = version(reads, &id)
            .await?
            .filter(|step| step.publication.is_none())
        else {
            break;
        };
        let based_on = step.based_on.clone();
        steps.push(step);
        next = based_on;
    }
    Ok(steps)
}

/// Takes the last change of a draft back: what it was made from is the working version again. `Nothing` where it was
/// made from nothing.
pub async fn take_back(tx: &mut Tx, id: &VersionId) -> Result<VersionId, EditError> {
    let draft = version(tx, id).await?.ok_or(EditError::Stale)?;
    let before = draft
        .based_on
        .clone()
        .filter(|_| draft.publication.is_none());
    let before = before.ok_or(EditError::Nothing)?;
    let files = export(tx, &before).await?.unwrap_or_default();
    let says = format!("撤回：{}", draft.says.as_deref().unwrap_or_default());
    edit_files(tx, &draft.slug, id, &files, &says).await
}

/// Asks for a draft to be published, in the name of the transaction's actor; false where it is no draft any more, or
/// somebody has asked.
pub async fn ask(tx: &mut Tx, id: &VersionId) -> StoreResult<bool> {
    let by = tx.actor().id.clone();
    let touched = tx
        .run(
            "UPDATE plan_version SET asked_at = $1, asked_by = $2 \
             WHERE id = $3 AND status = 'draft' AND superseded_by IS NULL AND asked_by IS NULL",
            values![tx.at().micros(), by, id.as_str()],
        )
        .await?;
    tx.audit(Audit::new("plan.ask").subject(id.as_str()));
    Ok(touched == 1)
}

/// Throws a draft away: it stays as history and is no longer offered.
pub async fn discard(tx: &mut Tx, id: &VersionId) -> StoreResult<()> {
    tx.run(
        "UPDATE plan_version SET superseded_by = $1 WHERE id = $1 AND status = 'draft'",
        values![id.as_str()],
    )
    .await?;
    tx.audit(Audit::new("plan.discard").subject(id.as_str()));
    Ok(())
}
