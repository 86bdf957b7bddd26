//! What is blanked here of a person whose time is over: what was said, and who owed.

use host::{AppState, Erasing, Erasure};
use std::sync::Arc;
use store::{StoreResult, Tx, values};

/// The part of this capability.
pub(crate) fn erasure() -> Erasure {
    Erasure {
        key: "duty",
        what: "赡养抚养督促的情况、义务人和经过",
        before: None,
        erase: Arc::new(|app, tx, people| Box::pin(erase(app, tx, people))),
    }
}

async fn erase(_app: &AppState, tx: &mut Tx, people: &[Erasing]) -> StoreResult<()> {
    for id in people.iter().flat_map(Erasing::ids) {
        for sql in [
            "DELETE FROM duty_holder WHERE code IN (SELECT q.code FROM duty_case q WHERE q.id = $1)",
            "UPDATE duty_act SET says = NULL WHERE code IN (SELECT q.code FROM duty_case q WHERE q.id = $1)",
            "UPDATE duty_case SET says = NULL, state = 'closed', outcome = coalesce(outcome, 'gone'), version = version + 1 \
             WHERE id = $1",
        ] {
            tx.run(sql, values![id]).await?;
        }
    }
    host::blank_texts(tx, people, "duty_case", &["says"]).await?;
    host::blank_texts(tx, people, "duty_act", &["says"]).await?;
    host::blank_texts(tx, people, "duty_holder", &["name"]).await?;
    Ok(())
}
