//! What publishing asks: whether this very draft was tried against the list that it would replace.

use super::outcome::Outcome;
use super::store as rows;
use super::{State, Trial, sums};
use ::store::{Store, StoreResult};
use host::app::Boxed;
use plan::api::{Trials, Tried, Version};

/// Where a trial is started.
pub(crate) const START: &str = "/trials";

/// Trials of this capability.
pub(crate) struct Register;

impl Trials for Register {
    fn tried<'a>(
        &'a self,
        store: &'a Store,
        draft: &'a Version,
        base: &'a Version,
    ) -> Boxed<'a, StoreResult<Tried>> {
        Box::pin(async move {
            if people::api::after(store, None, 1).await?.is_empty() {
                return Ok(Tried::Needless("人员档案里还没有人，不用测算。"));
            }
            let found = rows::of_digests(store, &draft.digest, &base.digest).await?;
            Ok(stands(&found))
        })
    }
}

/// The latest result counts; without one the latest trial.
fn stands(found: &[Trial]) -> Tried {
    let href = |trial: &Trial| format!("{START}/{}", trial.id);
    for trial in found.iter().filter(|trial| trial.state == State::Done) {
        let read = trial.result.as_deref().map(serde_json::from_str::<Outcome>);
        if let Some(Ok(outcome)) = read {
            return Tried::Done {
                href: href(trial),
                headline: sums::headline(&outcome, trial),
            };
        }
    }
    let start = START.to_owned();
    match found.first() {
        Some(trial) if trial.state.open() => Tried::Running {
            href: href(trial),
            progress: trial.progress(),
        },
        Some(trial) => Tried::Failed {
            href: href(trial),
            start,
        },
        None => Tried::Not { start },
    }
}
