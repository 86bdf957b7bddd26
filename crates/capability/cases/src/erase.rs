//! What is blanked here of a person whose time is over: what they filled in, what was said, what a decision rested on.

use host::{Erasing, Erasure};
use std::sync::Arc;
use store::{StoreResult, Tx, values};

/// The part of this capability.
pub(crate) fn erasure() -> Erasure {
    Erasure {
        key: "cases",
        what: "申请时填写的内容、办理说明和评价的话",
        before: None,
        erase: Arc::new(|_app, tx, people| Box::pin(erase(tx, people))),
    }
}

async fn erase(tx: &mut Tx, people: &[Erasing]) -> StoreResult<()> {
    let at = tx.at().micros();
    for id in people.iter().flat_map(Erasing::ids) {
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
    host::blank_texts(tx, people, "cases_words", &["says"]).await?;
    host::blank_texts(tx, people, "cases_rating", &["says"]).await?;
    host::blank_texts(tx, people, "cases_bulk", &["reason"]).await?;
    Ok(())
}
