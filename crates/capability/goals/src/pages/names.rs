//! Names of those who loaded, edited and published, and who may approve.

use authz::Action;
use figures::Book;
use host::Ctx;
use plan::api::Version;
use std::collections::BTreeMap;
use store::StoreResult;

/// Names of accounts; other texts stay as they are.
pub(crate) struct Names(BTreeMap<String, String>);

impl Names {
    /// The names of these.
    pub(crate) async fn of(ctx: &Ctx, who: impl IntoIterator<Item = &str>) -> StoreResult<Self> {
        let mut ids: Vec<String> = who.into_iter().map(str::to_owned).collect();
        ids.sort_unstable();
        ids.dedup();
        Ok(Self(org::api::account_names(&ctx.app.store, &ids).await?))
    }

    /// The name of one.
    pub(crate) fn name(&self, who: &str) -> String {
        match self.0.get(who) {
            Some(name) => name.clone(),
            None if who.starts_with("system:") => "系统".to_owned(),
            None => who.to_owned(),
        }
    }
}

/// Accounts named on pages as those who could approve; more would not help.
const MOST_NAMED: usize = 5;

/// Who may approve what these people edited, in words: 「陈审定」, or the role where there is no account.
pub(crate) async fn approvers(ctx: &Ctx, editors: &[String]) -> StoreResult<String> {
    let first = |who: &str| editors.iter().any(|editor| editor == who);
    let accounts = org::api::accounts(&ctx.app.store).await?;
    let names: Vec<String> = accounts
        .iter()
        .filter(|account| !account.disabled && Action::PublishPlan.allowed_to(account.role))
        .filter(|account| !first(&account.id) && !first(&account.name))
        .map(|account| account.name.clone())
        .take(MOST_NAMED)
        .collect();
    if !names.is_empty() {
        return Ok(names.join("、"));
    }
    let roles = authz::Role::people().filter(|role| Action::PublishPlan.allowed_to(*role));
    let roles: Vec<String> = roles.map(|role| format!("「{}」", role.zh())).collect();
    Ok(format!("另一位{}", roles.join("或")))
}

/// Whether the asker is among them; a command may have recorded the name instead of the account.
pub(crate) fn is_editor(ctx: &Ctx, steps: &[Version]) -> bool {
    let actor = ctx.actor();
    steps
        .iter()
        .any(|step| step.loaded_by == actor.id || step.loaded_by == actor.name)
}

/// The name of a measure.
pub(crate) fn measure_name(book: &Book, id: &str) -> String {
    book.measures
        .get(id)
        .map_or_else(|| id.to_owned(), |measure| measure.name.clone())
}
