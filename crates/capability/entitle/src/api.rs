//! The only door of entitlement for other capabilities: recomputation, receipts, counts.

mod received;
pub mod work;

pub use received::*;

pub use crate::columns::{
    AnswerColumns, after_commit, on_facts_changed as on_answers_changed, reread,
};
pub use crate::connected::{Connected, PaidHere};
pub use crate::first::{AnswersReady, FirstAnswers, LARGE, connect, insert_answers};
pub use crate::fold::{Folded, fold, unfold};
pub use crate::follow::{FollowState, follow_owed};
pub use crate::recompute::{differences, due, everyone, explain, is_outdated};
pub use crate::standing::Receipt;
pub use crate::store::findings::{Finding, FindingFilter, Followed};
pub use crate::walk;

pub use crate::trial::people_file::{SnapshotOf, TrialPeople};

use crate::store as sql;
use authz::Scope;
use host::{FactsChanged, PersonKey};
use kernel::AreaCode;
use plan::api::PlanBook;
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{Audit, Reads, StoreResult, Tx};

/// The hook that keeps answers true when facts change (engineering.md 7); the app wires it.
pub fn on_facts_changed(book: Arc<PlanBook>) -> FactsChanged {
    Arc::new(move |tx, keys| {
        let book = Arc::clone(&book);
        Box::pin(async move {
            match book.in_force(tx.at().day()) {
                Some(published) => crate::recompute::people(tx, keys, &published).await,
                None => Ok(()),
            }
        })
    })
}

pub use crate::judged::Judged;

/// Judges people before the transaction that writes them: as they will be, by the list in force. Kept beside that
/// transaction ([`Tx::keep`]), the hook writes it and does not judge again, where it holds still.
pub async fn judge_ahead(
    reads: &impl Reads,
    book: &PlanBook,
    people: &[people::api::Fresh],
    rolls: &people::api::RollBook,
    at: kernel::Instant,
) -> StoreResult<Option<Judged>> {
    let Some(published) = book.in_force(at.day()) else {
        return Ok(None);
    };
    let why = crate::judged::For::Change;
    let judged = crate::judged::judge(reads, people, &published, rolls, at, why).await?;
    Ok(Some(judged))
}

/// Puts the columns of answers into the application, and the hook that keeps them true (ADR 0010). The hook
/// that recomputes must be there already.
pub fn plug(mut app: host::App, columns: AnswerColumns) -> host::App {
    let columns = Arc::new(columns);
    app.facts_changed
        .push(on_answers_changed(Arc::clone(&columns)));
    app.with_part(columns)
}

/// The hook that tells publishing whether a draft was tried on the register; the app wires it.
pub fn trials() -> plan::api::TrialHook {
    plan::api::TrialHook(Arc::new(crate::trial::gate::Register))
}

/// Loads a roll of what is in payment and connects its programme.
pub async fn load_receipts(
    tx: &mut Tx,
    programme: &str,
    source: &str,
    rows: &[(PersonKey, Receipt)],
) -> StoreResult<()> {
    sql::receipts::insert(tx, rows).await?;
    sql::receipts::connect(tx, programme, source, rows.len() as i64).await?;
    tx.audit(
        Audit::new("receipt.load")
            .subject(programme)
            .with("people", rows.len() as i64),
    );
    Ok(())
}

/// Counts of some areas: item (0 for people) and state → people.
pub async fn counts(
    reads: &impl Reads,
    areas: &[AreaCode],
) -> StoreResult<BTreeMap<(u16, String), i64>> {
    sql::tallies::of(reads, areas).await
}

/// Counts of people by area: `owed`, `undue`, `unknown`, for each of these areas.
pub async fn people_by_area(
    reads: &impl Reads,
    areas: &[AreaCode],
) -> StoreResult<BTreeMap<(String, String), i64>> {
    let counts = sql::tallies::by_area(reads, 0, areas).await?;
    Ok(counts
        .into_iter()
        .map(|((area, _, state), n)| ((area, state), n))
        .collect())
}

/// Open findings within a scope: how many, and what they come to a month in fen.
pub async fn finding_sum(
    reads: &impl Reads,
    scope: &Scope,
    filter: &FindingFilter,
) -> StoreResult<(i64, i64)> {
    sql::findings::sum(reads, scope, filter).await
}

/// Open findings within a scope.
pub async fn findings(
    reads: &impl Reads,
    scope: &Scope,
    filter: &FindingFilter,
) -> StoreResult<Vec<Finding>> {
    sql::findings::page(reads, scope, filter).await
}

/// Open findings of one person, whoever may see them.
pub async fn open_findings(reads: &impl Reads, key: &PersonKey) -> StoreResult<Vec<Finding>> {
    sql::findings::open_of(reads, key).await
}

/// The areas whose own work a scope is: what follows 户籍 is counted there and nowhere else.
pub fn scope_areas(scope: &Scope) -> Vec<AreaCode> {
    match scope {
        Scope::Areas(areas) => areas.clone(),
        Scope::Everywhere | Scope::Nowhere | Scope::People(_) => Vec::new(),
    }
}

/// A filter that asks for everything of a kind in the areas of a scope.
pub fn all_findings(kind: &'static str, scope: &Scope) -> FindingFilter {
    FindingFilter {
        kind,
        programme: None,
        areas: scope_areas(scope),
        born_until: None,
        found_from: None,
        followed: Followed::All,
        newest_first: true,
        skip: 0,
        most: 20,
    }
}

/// What a cause code says.
pub fn cause_zh(cause: &str) -> &'static str {
    match cause {
        "dead" => "去世后仍在发放",
        "changed" => "情况变化后仍在发放",
        "stopped" => "曾经享受，后来停了",
        "new" => "新近符合，可能还没申请",
        "late_fact" => "事实补登或更正后才符合",
        "apart" => "人户分离，可能没在户籍地申请",
        _ => "没有申请记录",
    }
}

/// Counts of one item by area and state, for each of these areas (row C01; drill-down of figures).
pub async fn item_by_area(
    reads: &impl Reads,
    item: u16,
    areas: &[AreaCode],
) -> StoreResult<BTreeMap<(String, String), i64>> {
    let counts = sql::tallies::by_area(reads, item, areas).await?;
    Ok(counts
        .into_iter()
        .map(|((area, _, state), n)| ((area, state), n))
        .collect())
}

/// Programmes whose roll was ever loaded or that are paid here; every other one shows 未接入 (invariant 9).
pub async fn connected(reads: &impl Reads) -> StoreResult<Connected> {
    sql::receipts::connected(reads).await
}

/// What a programme comes to in one place of 户籍, for figures: counts and fen, nobody's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sum {
    /// `receiving`, `owed` or `undue`.
    pub state: String,
    /// Programme id.
    pub programme: String,
    /// 户籍地 as the register has it; `None` where none is known.
    pub area: Option<AreaCode>,
    /// People (在享) or findings.
    pub people: i64,
    /// Fen a cycle.
    pub fen: i64,
    /// Of these, without an amount.
    pub unpriced: i64,
}

/// Who receives on a day, and what is open, by programme and 户籍地 of the whole register.
pub async fn sums(reads: &impl Reads, day: kernel::Day) -> StoreResult<Vec<Sum>> {
    sql::sums::all(reads, day).await
}
