//! Panels: what a capability shows on a page that belongs to another one below it.
//!
//! The person page stands in `people` and knows nothing of entitlement; `entitle` offers panels.

use crate::app::{Boxed, PersonKey};
use crate::ctx::Ctx;
use kernel::{Day, Instant};
use std::sync::Arc;
use store::StoreResult;

/// Where a panel stands on the person page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PanelPlace {
    /// Above the tabs, always there.
    Band,
    /// A tab of its own.
    Tab,
}

/// Which person, and on which day as known when.
#[derive(Debug, Clone)]
pub struct PersonView {
    /// The person.
    pub key: PersonKey,
    /// 按某日.
    pub on: Day,
    /// 按当时掌握.
    pub known: Instant,
    /// Neither was asked: today as known now.
    pub now: bool,
}

/// Renders a panel's HTML.
pub type PanelRender =
    Arc<dyn for<'a> Fn(&'a Ctx, &'a PersonView) -> Boxed<'a, StoreResult<String>> + Send + Sync>;

/// One panel.
#[derive(Clone)]
pub struct PersonPanel {
    /// Key in addresses (`?tab=`).
    pub key: &'static str,
    /// Title of the tab.
    pub title: &'static str,
    /// Where it stands.
    pub place: PanelPlace,
    /// What draws it.
    pub render: PanelRender,
}
