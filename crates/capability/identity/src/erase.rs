//! What is blanked here of a person whose time is over: notes of a review, what a merge kept, who acted for them and by
//! which paper.

use crate::store::{merges, pairs, ties};
use files::Files;
use host::{AppState, Blanks, DueAsk, DueRecord, ERASED, Erasing, Erasure, PersonKey, RecordKind};
use std::sync::Arc;
use store::{Reads, StoreResult, Tx, values};

/// The part of this capability.
pub(crate) fn erasure() -> Erasure {
    Erasure {
        key: "identity",
        what: "监护人和代办人的姓名、材料和编号，核对重复的说明，合并时留存的原值",
        before: None,
        erase: Arc::new(|app, tx, people| Box::pin(erase(app, tx, people))),
    }
}

/// A paper has an end of its own.
pub(crate) fn kinds() -> Vec<RecordKind> {
    vec![RecordKind {
        key: "identity.paper",
        title: "已终止、到期的监护和代办材料",
        event: "终止或到期",
        due: Arc::new(|store, ask| Box::pin(due(store, ask))),
        blanks: Blanks::Part(Arc::new(|app, tx, ids| {
            Box::pin(async move {
                let mut files = Vec::new();
                for id in ids {
                    files.extend(ties::blank(tx, "id", id).await?);
                }
                remove(app, tx, &files).await
            })
        })),
    }]
}

async fn remove(app: &AppState, tx: &mut Tx, files: &[String]) -> StoreResult<()> {
    if files.is_empty() {
        return Ok(());
    }
    app.part::<Files>()?.remove(tx, files).await
}

async fn erase(app: &AppState, tx: &mut Tx, people: &[Erasing]) -> StoreResult<()> {
    let mut papers = Vec::new();
    for id in people.iter().flat_map(Erasing::ids) {
        papers.extend(ties::blank(tx, "person", id).await?);
        tx.run(
            "UPDATE identity_household SET household = '', relation = NULL WHERE person = $1",
            values![id],
        )
        .await?;
        merges::blank(tx, id).await?;
        pairs::blank(tx, id).await?;
    }
    host::blank_texts(tx, people, "identity_note", &["note"]).await?;
    host::blank_texts(tx, people, "identity_merge", &["reason"]).await?;
    host::blank_texts(tx, people, "identity_tie", &["holder_name", "end_reason"]).await?;
    remove(app, tx, &papers).await
}

async fn due(reads: &impl Reads, ask: &DueAsk) -> StoreResult<Vec<DueRecord>> {
    let only = if ask.only.is_some() {
        " AND id = $3"
    } else {
        ""
    };
    let sql = format!(
        "SELECT id, shard, person, coalesce(ended_on, until_day) AS ended FROM identity_tie \
         WHERE coalesce(ended_on, until_day) < $1 AND holder_name <> $2{only} ORDER BY id"
    );
    let mut asked = values![ask.before.number(), ERASED];
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
                day: row.day("ended")?,
            })
        })
        .collect()
}
