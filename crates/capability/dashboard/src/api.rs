//! The only door for other capabilities and the app.

pub use crate::demo::demo;
pub use crate::known::{Formula, Known, KnownKind, formula, formulas, values};
pub use crate::light::{LightSays, light};
pub use crate::show::{number, with_unit};
pub use host::{Format, set_paper};

use area::api::AreaBook;
use authz::Actor;
use store::{Store, StoreResult};

/// Kind of the nightly job that computes figures from the register.
pub const NIGHTLY: &str = "dashboard.compute";

/// Computes the register's figures for today; returns how many values are new.
pub async fn compute(store: &Store, book: &AreaBook, actor: &Actor) -> StoreResult<usize> {
    let plans = plan::api::PlanBook::load(store).await?;
    let list = plans.in_force(store.clock().today());
    crate::computed::refresh(store, book, list.as_deref(), actor).await
}
