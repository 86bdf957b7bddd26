//! What is blanked here of a person whose time is over: what was said when a correction was asked for and answered.

use crate::requests::State;
use host::{AppState, Blanks, DueAsk, DueRecord, Erasing, Erasure, PersonKey, RecordKind};
use kernel::{AreaCode, Instant};
use std::sync::Arc;
use store::{Reads, StoreResult, Tx, values};

/// The part of this capability.
pub(crate) fn erasure() -> Erasure {
    Erasure {
        key: "quality",
        what: "更正申请的说明和答复",
        before: None,
        erase: Arc::new(|app, tx, people| Box::pin(erase(app, tx, people))),
    }
}

/// The words of a settled request have an end of their own.
pub(crate) fn kinds() -> Vec<RecordKind> {
    vec![RecordKind {
        key: "quality.words",
        title: "更正申请的文字",
        event: "答复",
        due: Arc::new(|store, ask| Box::pin(due(store, ask))),
        blanks: Blanks::Part(Arc::new(|_app, tx, ids| {
            Box::pin(async move {
                for id in ids {
                    blank(tx, "= $1", id).await?;
                }
                Ok(())
            })
        })),
    }]
}

/// The row stays, so that a request still has its words, even if there are none.
async fn blank(tx: &mut Tx, which: &str, id: &str) -> StoreResult<()> {
    let sql = format!("UPDATE quality_words SET says = NULL, answer = NULL WHERE request {which}");
    tx.run(&sql, values![id]).await?;
    Ok(())
}

async fn erase(_app: &AppState, tx: &mut Tx, people: &[Erasing]) -> StoreResult<()> {
    let at = tx.at().micros();
    for id in people.iter().flat_map(Erasing::ids) {
        let theirs = "IN (SELECT q.request FROM quality_request q WHERE q.id = $1)";
        blank(tx, theirs, id).await?;
        tx.run(
            "UPDATE quality_request SET state = $1, decided_at = $2, decided_by = 'system' WHERE id = $3 AND state = 'open'",
            values![State::Withdrawn.key(), at, id],
        )
        .await?;
    }
    host::blank_texts(tx, people, "quality_words", &["says", "answer"]).await?;
    Ok(())
}

async fn due(reads: &impl Reads, ask: &DueAsk) -> StoreResult<Vec<DueRecord>> {
    let only = if ask.only.is_some() {
        " AND q.request = $2"
    } else {
        ""
    };
    let sql = format!(
        "SELECT q.request, q.shard, q.id, q.residence_area, q.hukou_area, q.decided_at FROM quality_request q \
         JOIN quality_words w ON w.request = q.request \
         WHERE q.decided_at < $1 AND (w.says IS NOT NULL OR w.answer IS NOT NULL){only} ORDER BY q.request"
    );
    let mut asked = values![Instant::at(ask.before, 0).micros()];
    asked.extend(ask.only.as_deref().map(store::Value::from));
    let rows = reads.all(&sql, asked).await?;
    rows.iter()
        .map(|row| {
            let area: Option<AreaCode> = match row.opt_area("residence_area")? {
                Some(area) => Some(area),
                None => row.opt_area("hukou_area")?,
            };
            Ok(DueRecord {
                id: row.text("request")?,
                person: Some(PersonKey {
                    shard: row.text("shard")?,
                    id: row.text("id")?,
                }),
                area,
                day: row.instant("decided_at")?.day(),
            })
        })
        .collect()
}
