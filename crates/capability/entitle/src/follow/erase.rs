//! What is taken out here of a person whose time is over: the words of steps about them and of texts that call them by
//! name, and signed papers.

use files::Files;
use host::{AppState, Erasing, Erasure, blank_texts};
use std::sync::Arc;
use store::{Reads, StoreResult, Tx, values};

/// The part of this capability.
pub(crate) fn erasure() -> Erasure {
    Erasure {
        key: "entitle",
        what: "应享未享、不应享仍享跟进时写的话",
        before: None,
        erase: Arc::new(|app, tx, people| Box::pin(erase(app, tx, people))),
    }
}

async fn erase(app: &AppState, tx: &mut Tx, people: &[Erasing]) -> StoreResult<()> {
    let mut papers = Vec::new();
    for id in people.iter().flat_map(Erasing::ids) {
        let held = "entitle_follow WHERE paper IS NOT NULL AND finding IN \
             (SELECT f.finding FROM entitle_finding f WHERE f.id = $1)";
        for row in tx
            .all(&format!("SELECT paper FROM {held}"), values![id])
            .await?
        {
            papers.push(row.text("paper")?);
        }
        tx.run(
            "UPDATE entitle_follow SET paper = NULL WHERE finding IN \
             (SELECT f.finding FROM entitle_finding f WHERE f.id = $1)",
            values![id],
        )
        .await?;
        tx.run(
            "UPDATE entitle_follow_words SET says = '' WHERE finding IN \
             (SELECT f.finding FROM entitle_finding f WHERE f.id = $1)",
            values![id],
        )
        .await?;
    }
    if !papers.is_empty() {
        app.part::<Files>()?.remove(tx, &papers).await?;
    }
    blank_texts(tx, people, "entitle_follow_words", &["says"]).await?;
    Ok(())
}
