//! What a confirmed result says of the person: the level becomes a fact, two more are only proposed.

use crate::model::Request;
use crate::terms::terms;
use host::{App, Ctx, Failure};
use kernel::Day;
use people::api::{Correction, Person, claim, correct};
use plan::api::PlanBook;
use rules::facts::{self, Value, parse_value};
use rules::folder::ParamValue;
use store::{StoreResult, Tx};

/// Facts that a level of the national scale may speak for; an officer decides.
pub(crate) const PROPOSES: [&str; 2] = ["cannot_self_care", "needs_long_care"];

/// From which level on the place proposes a fact; none where its plan does not say.
pub(crate) fn from_level(ctx: &Ctx, fact: &str) -> StoreResult<Option<i64>> {
    let name = match fact {
        "cannot_self_care" => &terms().cannot_self_care,
        _ => &terms().needs_long_care,
    };
    let book = ctx.app.part::<PlanBook>()?;
    let Some(list) = book.in_force(ctx.today()) else {
        return Ok(None);
    };
    let table = list.list.params().iter().find(|table| table.name == *name);
    let found = table.and_then(|table| {
        let values = table.in_force(ctx.today());
        values.first().map(|value| value.value.clone())
    });
    Ok(match found {
        Some(ParamValue::Int(level)) => Some(level),
        _ => None,
    })
}

/// The facts that a result proposes: from the place's level on; where the place has none, an officer judges every level
/// but the best.
pub(crate) fn proposes(
    ctx: &Ctx,
    request: &Request,
    level: usize,
) -> StoreResult<Vec<&'static str>> {
    let mut out = Vec::new();
    if request.scheme.fact.as_deref() != Some("ability_level") {
        return Ok(out);
    }
    for fact in PROPOSES {
        let from = from_level(ctx, fact)?.unwrap_or(1);
        if level as i64 >= from {
            out.push(fact);
        }
    }
    Ok(out)
}

/// Writes one fact of a person in the transaction that confirms; `None` where the record was changed a moment ago.
pub(crate) async fn write(
    app: &App,
    tx: &mut Tx,
    person: &Person,
    fact: &str,
    value: &str,
    since: Day,
) -> Result<Option<Person>, Failure> {
    let missing = || store::StoreError::Other(format!("no fact {fact}"));
    let id = facts::find(fact).ok_or_else(missing)?;
    let value: Value = parse_value(id, value).map_err(store::StoreError::Other)?;
    let held = people::api::hold(tx, std::slice::from_ref(person)).await?;
    let now = held.first().ok_or_else(ui::PageError::not_found)?;
    if !claim(tx, &now.key, now.version).await? {
        return Ok(None);
    }
    let correction = Correction {
        fact: id,
        value: Some(value),
        since,
        source: "能力评估报告".to_owned(),
        by: tx.actor().name.clone(),
        reason: "assessment".to_owned(),
        remark: None,
    };
    Ok(Some(correct(app, tx, &now.key, correction).await?))
}
