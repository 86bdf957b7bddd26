//! Counters of the desk: what a capability has for somebody to do now, without the desk knowing it.

use crate::app::Boxed;
use crate::ctx::Ctx;
use authz::Role;
use std::sync::Arc;
use store::StoreResult;

/// What a counter says now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// How many.
    pub number: i64,
    /// One word for what to do: 「办理」.
    pub note: String,
    /// Where it leads.
    pub href: String,
}

/// Counts within the asker's own scope; reads nothing that the page behind `href` would refuse them.
pub type Count = Arc<dyn for<'a> Fn(&'a Ctx) -> Boxed<'a, StoreResult<Counted>> + Send + Sync>;

/// A counter on the desk of some roles. One that counts nothing is not shown.
#[derive(Clone)]
pub struct DeskCounter {
    /// «督办未回».
    pub title: &'static str,
    /// «件».
    pub unit: &'static str,
    /// `danger` or `warn`.
    pub tone: &'static str,
    /// On whose desk.
    pub roles: &'static [Role],
    /// What counts.
    pub count: Count,
}
