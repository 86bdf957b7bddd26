//! 测算 before publishing (product.md, screen 4): a draft that changes who gets what is tried on the
//! register before a second person approves it. Who tries stands to the right: the app wires it in.

use crate::version::{Version, VersionId, export, published};
use host::app::Boxed;
use kernel::Day;
use rules::folder::{PARAMS, SERVICES};
use std::sync::Arc;
use store::{Audit, Reads, Store, StoreResult, Tx, values};

/// Whether a draft was tried on the register against the list that it would replace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tried {
    /// Nothing to try; why, in words.
    Needless(&'static str),
    /// Not yet: a form posts `version` here.
    Not {
        /// Where.
        start: String,
    },
    /// A job is at it.
    Running {
        /// Its page.
        href: String,
        /// How far it got, in words.
        progress: String,
    },
    /// The job gave up: a form posts `version` to `start`.
    Failed {
        /// Its page.
        href: String,
        /// Where to start another.
        start: String,
    },
    /// This very draft was tried.
    Done {
        /// The result.
        href: String,
        /// Who gains, who loses, what it costs: one line.
        headline: String,
    },
}

impl Tried {
    /// Whether the draft may be published.
    pub const fn allows(&self) -> bool {
        matches!(self, Self::Needless(_) | Self::Done { .. })
    }

    /// What is to be done first, where it may not.
    pub const fn lacking(&self) -> &'static str {
        match self {
            Self::Running { .. } => "测算还没有完成，请等结果出来再批准。",
            Self::Failed { .. } => "上一次测算没有完成，请再测算一次。",
            _ => "这个草稿还没有测算：先看谁增谁减、全年要多少钱，再批准发布。",
        }
    }
}

/// Tries drafts on the register.
pub trait Trials: Send + Sync {
    /// Whether `draft` was tried against `base`, the list it would replace.
    fn tried<'a>(
        &'a self,
        store: &'a Store,
        draft: &'a Version,
        base: &'a Version,
    ) -> Boxed<'a, StoreResult<Tried>>;
}

/// The hook, as a part of the application (`App::with_part`); without it nothing is tried.
pub struct TrialHook(pub Arc<dyn Trials>);

impl std::fmt::Debug for TrialHook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TrialHook")
    }
}

/// The list a draft would replace: the published one that counts last for its place; for a county's first
/// list the city's, under which its people stand until then.
pub async fn replaced(reads: &impl Reads, draft: &Version) -> StoreResult<Option<Version>> {
    let all = published(reads).await?.into_iter();
    let mut same = all.filter(|(other, _)| other.has_list() && other.slug == draft.slug);
    let same = same.next_back().map(|(version, _)| version);
    if same.is_none() && draft.county.is_some() {
        return crate::county::city_on(reads, draft.list_version).await;
    }
    Ok(same)
}

/// The first day on which a draft would decide, if it were published today.
pub fn trial_day(draft: &Version, today: Day) -> Day {
    draft.list_version.max(today)
}

/// Whether a draft was tried, as far as that is needed.
pub async fn tried(store: &Store, hook: Option<&TrialHook>, draft: &Version) -> StoreResult<Tried> {
    if !draft.has_list() {
        return Ok(Tried::Needless("没有清单的规划不用测算。"));
    }
    let Some(base) = replaced(store, draft).await? else {
        return Ok(Tried::Needless("还没有发布过清单，没有可比的，不用测算。"));
    };
    let Some(hook) = hook else {
        return Ok(Tried::Needless("这里没有启用资格判断，不用测算。"));
    };
    if same_rules(store, &base.id, &draft.id).await? {
        return Ok(Tried::Needless(
            "条件、金额和参数与已发布的清单相同，不用测算。",
        ));
    }
    hook.0.tried(store, draft, &base).await
}

/// Whether what decides about people is the same, letter by letter.
async fn same_rules(reads: &impl Reads, a: &VersionId, b: &VersionId) -> StoreResult<bool> {
    let (a, b) = (export(reads, a).await?, export(reads, b).await?);
    let (a, b) = (a.unwrap_or_default(), b.unwrap_or_default());
    Ok([SERVICES, PARAMS]
        .iter()
        .all(|name| a.get(*name) == b.get(*name)))
}

/// Notes why a draft is published untried; call it in the transaction that publishes it.
pub async fn publish_untried(tx: &mut Tx, id: &VersionId, reason: &str) -> StoreResult<()> {
    tx.run(
        "UPDATE plan_version SET untried = $1 WHERE id = $2 AND status = 'draft'",
        values![reason, id.as_str()],
    )
    .await?;
    tx.audit(Audit::new("plan.untried").subject(id.as_str()));
    Ok(())
}
