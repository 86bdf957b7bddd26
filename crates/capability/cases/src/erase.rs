//! What is blanked here of a person whose time is over: what they filled in, what was said, what a decision rested on.

use files::Files;
use host::{AppState, Erasing, Erasure};
use std::sync::Arc;
use store::{Reads, StoreResult, Tx, values};

/// The part of this capability.
pub(crate) fn erasure() -> Erasure {
    Erasure {
        key: "cases",
        what: "申请时填写的内容和上传的材料、办理说明和评价的话",
        before: None,
        erase: Arc::new(|app, tx, people| Box::pin(erase(app, tx, people))),
    }
}

async fn erase(app: &AppState, tx: &mut Tx, people: &[Erasing]) -> StoreResult<()> {
    let at = tx.at().micros();
    let mut brought = Vec::new();
    for id in people.iter().flat_map(Erasing::ids) {
        let held =
            "FROM cases_file WHERE code IN (SELECT c.code FROM cases_case c WHERE c.id = $1)";
        for row in tx.all(&format!("SELECT file {held}"), values![id]).await? {
            brought.push(row.text("file")?);
        }
        tx.run(&format!("DELETE {held}"), values![id]).await?;
        tx.run(
            "UPDATE cases_words SET says = NULL WHERE code IN (SELECT c.code FROM cases_case c WHERE c.id = $1)",
            values![id],
        )
        .await?;
        tx.run(
            "UPDATE cases_rating SET says = NULL WHERE code IN (SELECT c.code FROM cases_case c WHERE c.id = $1)",
            values![id],
        )
        .await?;
        tx.run(
            "UPDATE cases_case SET answers = '{}' WHERE id = $1",
            values![id],
        )
        .await?;
        // Nobody decides about somebody who is no longer in the register.
        tx.run(
            "UPDATE cases_case SET state = 'withdrawn', due = NULL, days_left = NULL, until_day = NULL, objections = 0, \
             version = version + 1, changed_at = $1 WHERE id = $2 AND state IN ('draft', 'submitted', 'supplement', \
             'checking', 'publicity', 'deciding', 'appealing')",
            values![at, id],
        )
        .await?;
    }
    if !brought.is_empty() {
        app.part::<Files>()?.remove(tx, &brought).await?;
    }
    host::blank_texts(tx, people, "cases_words", &["says"]).await?;
    host::blank_texts(tx, people, "cases_rating", &["says"]).await?;
    host::blank_texts(tx, people, "cases_bulk", &["reason"]).await?;
    Ok(())
}
