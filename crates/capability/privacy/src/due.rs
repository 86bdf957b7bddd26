//! A dry run: what is due by which rule, counted and kept as a list of keys; nothing is erased by it.

use crate::store::{purposes, runs};
use host::{Ctx, DueAsk, DueRecord, RecordKind};
use store::{Audit, StoreError, StoreResult};

/// What came of a dry run.
pub(crate) enum Counted {
    /// A list was made.
    List(String),
    /// Nothing is due.
    Nothing,
    /// Another list waits or is worked on.
    Another,
}

/// The kind of records of this key.
pub(crate) fn kind<'a>(app: &'a host::App, key: &str) -> Option<&'a RecordKind> {
    app.record_kinds.iter().find(|kind| kind.key == key)
}

/// Counts what is due today by all rules and makes a list of it.
pub(crate) async fn count(ctx: &Ctx) -> StoreResult<Counted> {
    let today = ctx.today();
    let mut found: Vec<(String, String, Vec<DueRecord>)> = Vec::new();
    for rule in purposes::rules(&ctx.app.store).await? {
        let Some(kind) = kind(&ctx.app, &rule.kind).filter(|_| !rule.auto) else {
            continue;
        };
        let ask = DueAsk {
            before: rule.before(today),
            only: None,
        };
        let records = (kind.due)(&ctx.app.store, &ask).await?;
        if !records.is_empty() {
            found.push((rule.key, rule.kind, records));
        }
    }
    let number: usize = found.iter().map(|(_, _, records)| records.len()).sum();
    if number == 0 {
        return Ok(Counted::Nothing);
    }
    let mut tx = ctx.begin().await?;
    let made = runs::insert(&mut tx, today, &found).await;
    if matches!(made, Err(StoreError::Duplicate(_))) {
        tx.rollback().await?;
        return Ok(Counted::Another);
    }
    let id = made?;
    tx.audit(
        Audit::new("erasure.list")
            .subject(&id)
            .with("count", number as i64),
    );
    tx.commit().await?;
    Ok(Counted::List(id))
}
