//! Drafts of plan and list that wait for a second person: this reader, if they did not work on them.

use authz::Action;
use host::{Ctx, Failure};
use kernel::Day;
use plan::api::{history, versions, working};

/// A draft to approve.
pub(super) struct Approval {
    /// Where it is approved.
    pub(super) href: String,
    /// What it is.
    pub(super) what: String,
    /// What was changed.
    pub(super) says: String,
    /// Since when it waits.
    pub(super) since: Day,
}

/// Those that wait for the reader.
pub(super) async fn waiting(ctx: &Ctx) -> Result<Vec<Approval>, Failure> {
    let actor = ctx.actor();
    if !Action::PublishPlan.allowed_to(actor.role) {
        return Ok(Vec::new());
    }
    let store = &ctx.app.store;
    let mut slugs: Vec<String> = versions(store)
        .await?
        .into_iter()
        .filter(|version| version.publication.is_none() && !version.superseded)
        .map(|version| version.slug)
        .collect();
    slugs.sort_unstable();
    slugs.dedup();
    let mut out = Vec::new();
    for slug in slugs {
        let Some(draft) = working(store, &slug).await? else {
            continue;
        };
        if draft.publication.is_some() {
            continue;
        }
        let steps = history(store, &draft.id).await?;
        if draft.is_by(&actor) || steps.iter().any(|step| step.is_by(&actor)) {
            continue;
        }
        // A county's list waits when the county has asked, and stands among the lists.
        let county = draft.county.is_some();
        if county && draft.asked.is_none() {
            continue;
        }
        let edited = draft.based_on.is_some() && !county;
        out.push(Approval {
            href: if edited {
                format!("/plan/changes?place={}", ui::query_encode(&slug))
            } else {
                format!("/list/versions/{}", draft.id)
            },
            what: if edited {
                "规划改动".to_owned()
            } else if draft.has_list() {
                draft.list_name.clone()
            } else {
                "新载入的规划".to_owned()
            },
            says: draft
                .says
                .clone()
                .unwrap_or_else(|| "载入规划文件夹".to_owned()),
            since: draft
                .asked
                .as_ref()
                .map_or(draft.loaded_at, |asked| asked.at)
                .day(),
        });
    }
    Ok(out)
}
