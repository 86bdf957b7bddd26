//! What is removed here of a person whose time is over: the raw lists that name them, with all that was made of these.
//!
//! A list is read through row by row, outside any transaction. One row cannot be taken out of a sealed file, so the
//! whole file goes; what the list told stays in the register, and the import says that it can no longer be taken back.

use crate::batch::{self, Batch, State};
use authz::Actor;
use files::{Files, Kept};
use host::{AppState, Erasing, Erasure, blank_texts};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::{Audit, Keys, StoreError, StoreResult};
use tabular::{Detected, Step};

/// The part of this capability.
pub(crate) fn erasure() -> Erasure {
    Erasure {
        key: "intake",
        what: "写有本人的原始导入名单（整份删除，该批不能再整批撤销）",
        before: Some(Arc::new(|app, people| Box::pin(before(app, people)))),
        erase: Arc::new(|_app, tx, people| {
            Box::pin(async move {
                let texts = &["file_name", "source", "error"];
                blank_texts(tx, people, "intake_batch", texts).await?;
                blank_texts(tx, people, "intake_mapping", &["source"]).await?;
                Ok(())
            })
        }),
    }
}

/// Whether an import is over, one way or another.
fn over(state: State) -> bool {
    matches!(
        state,
        State::Done | State::Withdrawn | State::Cancelled | State::Failed
    )
}

/// Removes raw lists that name these people; whoever stands on one that is still under way must wait.
async fn before(app: &AppState, people: &[Erasing]) -> StoreResult<Vec<(String, String)>> {
    let files = app.part::<Files>()?;
    // What a cell may hold, and whose it is.
    let mut called: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for person in people {
        for word in person.words() {
            let whose = called.entry(word.to_uppercase()).or_default();
            whose.insert(person.id().to_owned());
        }
    }
    let called = Arc::new(called);
    let mut waiting = Vec::new();
    for batch in batch::with_raw(&app.store).await? {
        let Some(kept) = files.find(&app.store, &batch.file).await? else {
            continue;
        };
        let on_it = named(app, &files, &batch, kept, &called).await?;
        if on_it.is_empty() {
            continue;
        }
        if over(batch.state) {
            remove(app, &files, &batch).await?;
        } else {
            let why = "一份还没有办完的导入名单上有本人";
            waiting.extend(on_it.into_iter().map(|id| (id, why.to_owned())));
        }
    }
    Ok(waiting)
}

/// Who of them stands on a list. Reading runs beside the runtime, a row in memory at a time.
async fn named(
    app: &AppState,
    files: &Files,
    batch: &Batch,
    kept: Kept,
    called: &Arc<BTreeMap<String, BTreeSet<String>>>,
) -> StoreResult<BTreeSet<String>> {
    let (files, keys, called) = (files.clone(), app.store.keys().clone(), Arc::clone(called));
    let detected = batch.detected.clone();
    tokio::task::spawn_blocking(move || read(&files, &keys, &kept, detected.as_ref(), &called))
        .await
        .map_err(|error| StoreError::Other(error.to_string()))?
}

fn read(
    files: &Files,
    keys: &Keys,
    kept: &Kept,
    detected: Option<&Detected>,
    called: &BTreeMap<String, BTreeSet<String>>,
) -> StoreResult<BTreeSet<String>> {
    // A list that was never understood holds nobody that could be told; it goes with its time.
    let Some(detected) = detected else {
        return Ok(BTreeSet::new());
    };
    let broken =
        |error: tabular::ReadError| StoreError::Other(tabular::Wrong::from(error).to_string());
    let source = Box::new(files.open_anywhere(keys, kept)?);
    let mut rows = tabular::open_in(source, detected, None).map_err(broken)?;
    let mut found = BTreeSet::new();
    while let Some(step) = rows.next().map_err(broken)? {
        let Step::Row(row) = step else { continue };
        for cell in row.cells() {
            if let Some(whose) = called.get(&cell.shown().trim().to_uppercase()) {
                found.extend(whose.iter().cloned());
            }
        }
    }
    Ok(found)
}

/// Removes the list and all that was made of it.
async fn remove(app: &AppState, files: &Files, batch: &Batch) -> StoreResult<()> {
    let mut tx = app.store.begin(&Actor::system("erasure"), None).await?;
    let mut gone = batch::forget_parts(&mut tx, &batch.id).await?;
    gone.extend(batch::forget_undo(&mut tx, &batch.id).await?);
    gone.push(batch.file.clone());
    gone.extend(batch.bad_file.clone());
    gone.extend(batch.members_file.clone());
    let at = tx.at().micros();
    batch::update(
        &mut tx,
        &batch.id,
        vec![
            ("bad_file", None::<String>.into()),
            ("members_file", None::<String>.into()),
            ("report", None::<String>.into()),
            ("raw_gone_at", at.into()),
        ],
    )
    .await?;
    files.remove(&mut tx, &gone).await?;
    tx.audit(
        Audit::new("intake.erase")
            .subject(&batch.id)
            .with("count", gone.len() as i64),
    );
    tx.commit().await
}
