//! The only door of this capability for others: who may be the same person, and what the app plugs in.

pub use crate::look::{Candidate, candidates_for, on_facts_changed};

use host::{App, PersonKey};
use kernel::Day;
use std::sync::Arc;
use store::{Audit, Reads, StoreResult, Tx};

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

/// Who acts for somebody by a paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acting {
    /// The tie's id.
    pub tie: String,
    /// A guardian; otherwise a proxy.
    pub guardian: bool,
    /// Their name.
    pub name: String,
    /// What they are to the person.
    pub relation: String,
    /// The family account that acts by it.
    pub account: Option<String>,
}

fn acting(tie: crate::store::ties::Tie) -> Acting {
    Acting {
        guardian: tie.kind == "guardian",
        tie: tie.id,
        name: tie.holder_name,
        relation: tie.relation,
        account: tie.account,
    }
}

/// As what this account acts for a person on a day.
pub async fn acts_for(
    reads: &impl Reads,
    account: &str,
    person: &str,
    day: Day,
) -> StoreResult<Option<Acting>> {
    let tie = crate::store::ties::acting(reads, account, person, day).await?;
    Ok(tie.map(acting))
}

/// All who act for a person on a day, by a paper.
pub async fn acting_for(reads: &impl Reads, person: &str, day: Day) -> StoreResult<Vec<Acting>> {
    let ties = crate::store::ties::of(reads, person).await?;
    Ok(ties
        .into_iter()
        .filter(|tie| tie.holds_on(day))
        .map(acting)
        .collect())
}

/// Somebody who is to act for another.
#[derive(Debug, Clone)]
pub struct NewTie<'a> {
    /// For whom.
    pub person: &'a PersonKey,
    /// A guardian; otherwise a proxy.
    pub guardian: bool,
    /// Their name.
    pub name: &'a str,
    /// What they are to the person.
    pub relation: &'a str,
    /// Code of the paper, such as `mandate`.
    pub paper: &'a str,
    /// The first day.
    pub from: Day,
    /// First day on which it no longer holds.
    pub until: Option<Day>,
    /// The family account that acts by it; what it may see is granted by the caller.
    pub account: Option<&'a str>,
}

/// Writes a tie down; its id.
pub async fn record_tie(tx: &mut Tx, new: &NewTie<'_>) -> StoreResult<String> {
    let tie = crate::store::ties::Tie {
        id: tx.store().new_id(),
        key: new.person.clone(),
        kind: if new.guardian { "guardian" } else { "proxy" }.to_owned(),
        holder_name: new.name.to_owned(),
        relation: new.relation.to_owned(),
        paper: new.paper.to_owned(),
        paper_number: None,
        from: new.from,
        until: new.until,
        account: new.account.map(str::to_owned),
        grant: None,
        file: None,
        made_name: tx.actor().name.clone(),
        ended: None,
        end_reason: None,
    };
    crate::store::ties::insert(tx, &tie).await?;
    tx.audit(
        Audit::new("proxy.add")
            .person(&tie.key.shard, &tie.key.id)
            .with("tie", tie.id.as_str())
            .with("kind", tie.kind.as_str())
            .with("paper", tie.paper.as_str()),
    );
    Ok(tie.id)
}
