//! What reading a list takes from the application: areas, programmes, the file.

use crate::batch::Batch;
use crate::decide::{Judge, Rank};
use crate::line::{About, LineReader};
use area::api::AreaBook;
use files::{Files, Seeker};
use host::App;
use kernel::Day;
use plan::api::PlanBook;
use std::sync::Arc;
use store::{StoreError, StoreResult};
use tabular::areas::{AreaEntry, AreaIndex, Ended};
use tabular::{Detected, Source};

/// The areas of the place as lists write them.
pub(crate) fn areas(book: &AreaBook) -> AreaIndex {
    let Some(root) = book.root() else {
        return AreaIndex::new([]);
    };
    let mut all = vec![root];
    all.extend(book.counties());
    all.extend(book.towns(&root.code));
    all.extend(book.villages(&root.code));
    let mut seen = std::collections::BTreeSet::new();
    all.retain(|area| seen.insert(area.code));
    let (mut earlier, gone) = book.earlier();
    let index = AreaIndex::new(all.into_iter().map(|area| {
        let earlier = earlier.remove(&area.code).unwrap_or_default();
        AreaEntry {
            code: area.code,
            name: area.name.clone(),
            parent: None,
            old_codes: earlier.codes,
            old_names: earlier.names,
        }
    }));
    index.with_ended(gone.into_iter().map(|area| Ended {
        code: area.code,
        name: area.name,
        since: area.since.zh(),
    }))
}

/// The programmes of the list in force, by id and name.
pub(crate) fn programmes(app: &App, today: Day) -> StoreResult<Vec<(String, String)>> {
    let book = app.part::<PlanBook>()?;
    Ok(book.in_force(today).map_or_else(Vec::new, |published| {
        published
            .list
            .programmes()
            .iter()
            .map(|row| (row.programme.id.clone(), row.programme.name.clone()))
            .collect()
    }))
}

/// What is missing before a list can be read.
fn unmapped() -> StoreError {
    StoreError::Other("the columns of the list are not said yet".to_owned())
}

/// The file as it was found to be.
pub(crate) fn detected(batch: &Batch) -> StoreResult<&Detected> {
    batch.detected.as_ref().ok_or_else(unmapped)
}

/// The reader of an import's rows.
pub(crate) fn reader(app: &App, batch: &Batch) -> StoreResult<LineReader> {
    let today = app.clock().today();
    let book = app.part::<AreaBook>()?;
    let (mapping, found) = (
        batch.mapping.as_ref().ok_or_else(unmapped)?,
        detected(batch)?,
    );
    Ok(LineReader::new(
        batch.kind.clone(),
        mapping,
        &found.header,
        About {
            areas: Arc::new(areas(&book)),
            root: book.root().map(|area| area.code),
            programmes: programmes(app, today)?,
            day: batch.day.unwrap_or(today),
            today,
        },
    ))
}

/// Who decides about an import's rows.
pub(crate) fn judge(batch: &Batch) -> Judge<'_> {
    Judge {
        kind: &batch.kind,
        actor: &batch.owner,
        areas: batch.areas(),
        complete: batch.complete,
        rank: if batch.owned {
            Rank::Owner
        } else {
            Rank::Office
        },
    }
}

/// The uploaded file, to be read anywhere.
pub(crate) async fn source(app: &App, batch: &Batch) -> StoreResult<Seeker> {
    let files = app.part::<Files>()?;
    let missing = || StoreError::Other(format!("the file {} is gone", batch.file));
    let kept = files
        .find(&app.store, &batch.file)
        .await?
        .ok_or_else(missing)?;
    files.open_anywhere(app.store.keys(), &kept)
}

/// A source for the reader of tables.
pub(crate) fn boxed(source: Seeker) -> Box<dyn Source> {
    Box::new(source)
}
