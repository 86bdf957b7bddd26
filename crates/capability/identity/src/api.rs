//! The only door of this capability for others: who may be the same person, and what the app plugs in.

pub use crate::look::{Candidate, candidates_for, on_facts_changed};

use host::App;
use std::sync::Arc;

/// From so many points on two files are put before somebody.
pub const LISTED: i64 = crate::like::LISTED;

/// Kind of the job that compares everybody.
pub const SEARCH: &str = crate::look::KIND;

/// Puts the look before saving into the application, and the hook that keeps pairs true. After the hooks that
/// recompute.
pub fn plug(mut app: App) -> App {
    app.facts_changed.push(on_facts_changed());
    app.with_part(Arc::new(people::api::AlikeHook(Arc::new(
        crate::look::Looks,
    ))))
    .with_part(Arc::new(people::api::GuardHook(Arc::new(|ctx, person| {
        Box::pin(async move {
            let (account, today) = (ctx.actor().id, ctx.today());
            crate::store::ties::guards(&ctx.app.store, &account, &person.key.id, today).await
        })
    }))))
}
