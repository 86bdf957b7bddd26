//! What is blanked here of a person whose time is over: what was said, and what was answered item by item.

use host::{AppState, Erasing, Erasure};
use std::sync::Arc;
use store::{StoreResult, Tx, values};

/// The part of this capability.
pub(crate) fn erasure() -> Erasure {
    Erasure {
        key: "assessment",
        what: "评估申请的说明、逐项评分、异议和答复、入住意愿和撤回原因",
        before: None,
        erase: Arc::new(|app, tx, people| Box::pin(erase(app, tx, people))),
    }
}

const THEIRS: &str = "IN (SELECT q.request FROM assessment_request q WHERE q.id = $1)";

async fn erase(_app: &AppState, tx: &mut Tx, people: &[Erasing]) -> StoreResult<()> {
    for id in people.iter().flat_map(Erasing::ids) {
        for sql in [
            format!("UPDATE assessment_words SET says = NULL WHERE request {THEIRS}"),
            format!("UPDATE assessment_answers SET content = NULL WHERE request {THEIRS}"),
            format!("UPDATE assessment_result SET outcome = NULL WHERE request {THEIRS}"),
            format!(
                "UPDATE assessment_objection SET says = NULL, answer = NULL WHERE request {THEIRS}"
            ),
            format!("DELETE FROM assessment_draft WHERE request {THEIRS}"),
            "UPDATE assessment_admission_words SET wish = NULL, reason = NULL WHERE admission IN \
             (SELECT a.admission FROM assessment_admission a WHERE a.id = $1)"
                .to_owned(),
            "UPDATE assessment_admission SET state = 'withdrawn', version = version + 1 \
             WHERE id = $1 AND state IN ('asked', 'assessed')"
                .to_owned(),
            "DELETE FROM assessment_tie WHERE id = $1".to_owned(),
            "UPDATE assessment_request SET state = 'withdrawn', version = version + 1 \
             WHERE id = $1 AND state IN ('asked', 'sent', 'signing', 'review')"
                .to_owned(),
        ] {
            tx.run(&sql, values![id]).await?;
        }
    }
    host::blank_texts(tx, people, "assessment_words", &["says"]).await?;
    host::blank_texts(tx, people, "assessment_objection", &["says", "answer"]).await?;
    let admission = "assessment_admission_words";
    host::blank_texts(tx, people, admission, &["wish", "reason"]).await?;
    Ok(())
}
