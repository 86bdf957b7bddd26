//! The part of this capability in erasing: who consented on which paper, and what was said in a request.

use crate::store::{consents, requests};
use files::Files;
use host::{AppState, Blanks, Erasing, Erasure, RecordKind};
use std::sync::Arc;
use store::{StoreResult, Tx};

/// What is blanked here.
pub(crate) fn erasure() -> Erasure {
    Erasure {
        key: "privacy",
        what: "同意人的姓名、同意书和说明，删除请求的文字",
        before: None,
        erase: Arc::new(|app, tx, people| Box::pin(erase(app, tx, people))),
    }
}

/// A request that was granted is erased like any other whose time is over.
pub(crate) fn kinds() -> Vec<RecordKind> {
    vec![RecordKind {
        key: "privacy.request",
        title: "本人要求删除、已经同意的档案",
        event: "同意删除",
        due: Arc::new(|store, ask| Box::pin(requests::due(store, ask))),
        blanks: Blanks::Person,
    }]
}

async fn erase(app: &AppState, tx: &mut Tx, people: &[Erasing]) -> StoreResult<()> {
    let mut papers = Vec::new();
    for id in people.iter().flat_map(Erasing::ids) {
        papers.extend(consents::blank(tx, id).await?);
        requests::blank(tx, id).await?;
    }
    host::blank_texts(tx, people, "privacy_consent", &["by_name", "note"]).await?;
    host::blank_texts(tx, people, "privacy_hold", &["paper"]).await?;
    if papers.is_empty() {
        return Ok(());
    }
    app.part::<Files>()?.remove(tx, &papers).await
}
