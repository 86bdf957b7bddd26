//! What is taken out here of a person whose time is over: a text of the task loop that calls them by name or number.
//! A published 通报 stays as it was published; it speaks of counts.

use host::{Erasing, Erasure, blank_texts};
use std::sync::Arc;
use store::{StoreResult, Tx};

/// Free texts of this capability. Names of those who act for an office are no texts.
const TEXTS: &[(&str, &[&str])] = &[
    ("tasks_item", &["title", "says"]),
    ("tasks_progress", &["says", "reason"]),
    ("tasks_letter", &["title", "facts", "demand"]),
    ("tasks_reply", &["says", "reason"]),
    ("tasks_event", &["says"]),
];

/// The part of this capability.
pub(crate) fn erasure() -> Erasure {
    Erasure {
        key: "tasks",
        what: "督办进展、答复和督办单里写到本人的文字",
        before: None,
        erase: Arc::new(|_app, tx, people| Box::pin(erase(tx, people))),
    }
}

async fn erase(tx: &mut Tx, people: &[Erasing]) -> StoreResult<()> {
    for (table, columns) in TEXTS {
        blank_texts(tx, people, table, columns).await?;
    }
    Ok(())
}
