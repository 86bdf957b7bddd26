//! What is taken out here of a person whose time is over: what a write by another system was answered.

use host::{Erasure, blank_texts};
use std::sync::Arc;

/// The part of this capability.
pub(crate) fn erasure() -> Erasure {
    Erasure {
        key: "partner",
        what: "接口留存的应答里写到本人的文字",
        before: None,
        erase: Arc::new(|_app, tx, people| {
            Box::pin(async move {
                blank_texts(tx, people, "partner_write", &["answer"]).await?;
                Ok(())
            })
        }),
    }
}
