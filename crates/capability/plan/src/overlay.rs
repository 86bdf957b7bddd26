//! Demo values (演示值) over the parameters of a place: kept apart from the plan, marked on every page.

use crate::load::LoadError;
use crate::version::{broken, export, published};
use rules::folder::{self, Overlay};
use rules::{Problem, compile};
use store::{Audit, Reads, StoreResult, Tx, values};

/// Lays these demo values over the parameters of a place; refused where they do not fit a published
/// version. Load the [`crate::api::PlanBook`] again afterwards.
pub async fn set_overlay(tx: &mut Tx, slug: &str, text: &str) -> Result<(), LoadError> {
    let overlay = folder::overlay(text)?;
    for (version, _) in published(tx)
        .await?
        .iter()
        .filter(|(version, _)| version.slug == slug)
    {
        let files = export(tx, &version.id).await?.unwrap_or_default();
        let folder = folder::load(&files)?;
        compile(&folder, Some(&overlay))?;
    }
    tx.run(
        "INSERT INTO plan_overlay (slug, text, digest, set_at) VALUES ($1, $2, $3, $4) ON CONFLICT (slug) DO \
         UPDATE SET text = excluded.text, digest = excluded.digest, set_at = excluded.set_at",
        values![slug, text, overlay.digest.as_str(), tx.at().micros()],
    )
    .await?;
    tx.audit(
        Audit::new("plan.overlay")
            .with("slug", slug)
            .with("digest", overlay.digest),
    );
    Ok(())
}

/// The demo values of a place, if any.
pub async fn overlay_of(reads: &impl Reads, slug: &str) -> StoreResult<Option<Overlay>> {
    let row = reads
        .one(
            "SELECT text FROM plan_overlay WHERE slug = $1",
            values![slug],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    let read = folder::overlay(&row.text("text")?);
    let read = read.map_err(|problems: Vec<Problem>| broken("plan_overlay", &problems))?;
    Ok(Some(read))
}
