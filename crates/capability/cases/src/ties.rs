//! 近亲属备案: an officer declares a tie with a person and decides nothing about their money; who checked a case or refused
//! it does not decide it either.

use crate::machine::Act;
use crate::store::Case;
use authz::Actor;
use store::{Audit, Reads, StoreResult, Tx, values};

/// Ties that are declared: key and name.
pub const RELATIONS: &[(&str, &str)] = &[
    ("spouse", "配偶"),
    ("parent", "父母、配偶父母"),
    ("child", "子女及其配偶"),
    ("sibling", "兄弟姐妹及其配偶"),
    ("self", "本人"),
    ("other", "其他可能影响公正的关系"),
];

/// The tie of an account to a person.
pub async fn of(reads: &impl Reads, account: &str, person: &str) -> StoreResult<Option<String>> {
    let sql = "SELECT relation FROM cases_tie WHERE account = $1 AND id = $2";
    let row = reads.one(sql, values![account, person]).await?;
    row.map(|row| row.text("relation")).transpose()
}

/// Everybody an account has a tie with: these are left out of bulk decisions.
pub async fn all_of(
    reads: &impl Reads,
    account: &str,
) -> StoreResult<std::collections::BTreeSet<String>> {
    let sql = "SELECT id FROM cases_tie WHERE account = $1";
    let rows = reads.all(sql, values![account]).await?;
    rows.iter().map(|row| row.text("id")).collect()
}

/// Declares a tie; once declared it stays.
pub async fn declare(tx: &mut Tx, case: &Case, relation: &str) -> StoreResult<()> {
    let (account, at) = (tx.actor().id.clone(), tx.at().micros());
    tx.run(
        "INSERT INTO cases_tie (account, id, relation, declared_at) VALUES ($1, $2, $3, $4) ON CONFLICT (account, id) DO NOTHING",
        values![account, case.key.id.as_str(), relation, at],
    )
    .await?;
    tx.audit(
        Audit::new("case.tie")
            .person(&case.key.shard, &case.key.id)
            .with("relation", relation),
    );
    Ok(())
}

/// Why this officer does not decide this case, if so.
pub(crate) async fn stops(
    reads: &impl Reads,
    actor: &Actor,
    case: &Case,
    act: Act<'_>,
) -> StoreResult<Option<String>> {
    if of(reads, &actor.id, &case.key.id).await?.is_some() {
        let text = "您备案了与这个人的近亲属关系，请由其他同事决定。";
        return Ok(Some(text.to_owned()));
    }
    if case.checked_by.as_deref() == Some(actor.id.as_str()) || case.filed_by == actor.id {
        let text = "代办、审核和决定不能是同一人，请由其他同事决定。";
        return Ok(Some(text.to_owned()));
    }
    let appeal = matches!(act, Act::Uphold | Act::Overturn);
    if appeal && case.decided_by.as_deref() == Some(actor.id.as_str()) {
        let text = "申诉由作出原决定以外的同事复核。";
        return Ok(Some(text.to_owned()));
    }
    Ok(None)
}
