//! What is blanked here of a person whose time is over: questions about the read log, and who may see them.

use crate::part::Org;
use crate::questions;
use host::{AppState, Blanks, DueAsk, DueRecord, ERASED, Erasing, Erasure, PersonKey, RecordKind};
use kernel::Instant;
use std::sync::Arc;
use store::{Reads, StoreResult, Tx, values};

/// The part of this capability.
pub(crate) fn erasure() -> Erasure {
    Erasure {
        key: "org",
        what: "家属对查阅记录的疑问和答复、家属账号的查看权限",
        before: None,
        erase: Arc::new(|app, tx, people| Box::pin(erase(app, tx, people))),
    }
}

/// Questions are records of their own as well.
pub(crate) fn kinds() -> Vec<RecordKind> {
    vec![RecordKind {
        key: "org.question",
        title: "查阅疑问的文字",
        event: "答复",
        due: Arc::new(|store, ask| Box::pin(due(store, ask))),
        blanks: Blanks::Part(Arc::new(|_app, tx, ids| {
            Box::pin(async move {
                for id in ids {
                    questions::blank(tx, "id", id).await?;
                }
                Ok(())
            })
        })),
    }]
}

async fn erase(app: &AppState, tx: &mut Tx, people: &[Erasing]) -> StoreResult<()> {
    for id in people.iter().flat_map(Erasing::ids) {
        questions::blank(tx, "person", id).await?;
        tx.run(
            "DELETE FROM org_grant WHERE kind = 'person' AND code = $1",
            values![id],
        )
        .await?;
    }
    // Until the commit a session may read the grants once more; its people are looked up by id all the same.
    if let Ok(org) = app.part::<Org>() {
        org.cache().forget_all();
    }
    Ok(())
}

async fn due(reads: &impl Reads, ask: &DueAsk) -> StoreResult<Vec<DueRecord>> {
    let only = if ask.only.is_some() {
        " AND id = $2"
    } else {
        ""
    };
    let sql = format!(
        "SELECT id, shard, person, answered_at FROM org_question \
         WHERE answered_at < $1 AND blanked_at IS NULL{only} ORDER BY id"
    );
    let mut asked = values![Instant::at(ask.before, 0).micros()];
    asked.extend(ask.only.as_deref().map(store::Value::from));
    let rows = reads.all(&sql, asked).await?;
    rows.iter()
        .map(|row| {
            Ok(DueRecord {
                id: row.text("id")?,
                person: Some(PersonKey {
                    shard: row.text("shard")?,
                    id: row.text("person")?,
                }),
                area: None,
                day: row.instant("answered_at")?.day(),
            })
        })
        .collect()
}

/// What stands in the place of an answer that was blanked.
pub(crate) const BLANK: &str = ERASED;
