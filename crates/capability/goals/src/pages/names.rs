//! Who edited and who may approve, and names of measures.

use authz::Action;
use figures::Book;
use host::Ctx;
use plan::api::Version;
use store::StoreResult;

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

/// Whether the asker is among those who edited.
pub(crate) fn is_editor(ctx: &Ctx, steps: &[Version]) -> bool {
    let actor = ctx.actor();
    steps.iter().any(|step| step.is_by(&actor))
}

/// The name of a measure.
pub(crate) fn measure_name(book: &Book, id: &str) -> String {
    book.measures
        .get(id)
        .map_or_else(|| id.to_owned(), |measure| measure.name.clone())
}
