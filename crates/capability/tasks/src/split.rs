//! Splitting an item to its executors, each with a share, a named 责任人 and a deadline.

use crate::book::{self, shares_json};
use crate::events::{self, Line};
use crate::model::{Goal, Item, Spread};
use crate::number::with_unit;
use figures::Num;
use kernel::Day;
use std::cmp::Ordering;
use store::{Audit, StoreResult, Tx, values};

/// A part as it shall be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) executor: String,
    pub(crate) executor_name: String,
    pub(crate) account: Option<String>,
    pub(crate) person: String,
    pub(crate) post: String,
    pub(crate) due: Day,
    pub(crate) shares: Vec<Option<Num>>,
}

/// What the shares of one goal come to, in words: `合计 961户，与目标相符`, `合计 900户，比目标少 61户`.
pub(crate) fn sum_words(goal: &Goal, shares: impl Iterator<Item = Option<Num>>) -> String {
    let unit = goal.unit();
    let (mut sum, mut any) = (Num::ZERO, false);
    for share in shares.flatten() {
        sum = sum + share;
        any = true;
    }
    if goal.spread == Spread::Same {
        return "比率，各执行单位同一目标，不相加".to_owned();
    }
    if !any {
        return format!("还没有分解，目标 {}", with_unit(goal.need, &unit));
    }
    let distance = with_unit(sum.distance(goal.need), &unit);
    let said = with_unit(sum, &unit);
    match sum.cmp(&goal.need) {
        Ordering::Equal => format!("合计 {said}，与目标相符"),
        Ordering::Less => format!("合计 {said}，比目标少 {distance}"),
        Ordering::Greater => format!("合计 {said}，比目标多 {distance}"),
    }
}

/// Saves who does what; `seen` is the item's version that was looked at. `false` when somebody else changed it.
pub(crate) async fn save(
    tx: &mut Tx,
    item: &Item,
    seen: i64,
    parts: &[Part],
    first_month: Day,
) -> StoreResult<bool> {
    let mine = tx
        .run(
            "UPDATE tasks_item SET version = version + 1 WHERE id = $1 AND version = $2",
            values![item.id.as_str(), seen],
        )
        .await?;
    if mine == 0 {
        return Ok(false);
    }
    let known = book::all_parts(tx, &item.id).await?;
    let at = tx.at().micros();
    for part in parts {
        let shares = shares_json(&part.shares)?;
        let before = known.iter().find(|known| known.executor == part.executor);
        let same = before.is_some_and(|known| {
            !known.withdrawn
                && (&known.person, &known.post, known.due, &known.shares)
                    == (&part.person, &part.post, part.due, &part.shares)
        });
        if same {
            continue;
        }
        if let Some(known) = before {
            tx.run(
                "UPDATE tasks_assignment SET account = $1, person = $2, post = $3, due = $4, shares = $5, \
                 withdrawn = $6, version = version + 1 WHERE id = $7",
                values![
                    part.account.as_deref(),
                    part.person.as_str(),
                    part.post.as_str(),
                    part.due.number(),
                    shares,
                    false,
                    known.id.as_str()
                ],
            )
            .await?;
        } else {
            let id = tx.store().new_id();
            tx.run(
                "INSERT INTO tasks_assignment (id, item, executor, executor_name, account, person, post, due, shares, \
                 first_month, withdrawn, version, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 1, \
                 $12)",
                values![
                    id,
                    item.id.as_str(),
                    part.executor.as_str(),
                    part.executor_name.as_str(),
                    part.account.as_deref(),
                    part.person.as_str(),
                    part.post.as_str(),
                    part.due.number(),
                    shares,
                    first_month.number(),
                    false,
                    at
                ],
            )
            .await?;
        }
        let says = format!("{} {}，{} 前", part.post, part.person, part.due.zh());
        let act = if before.is_some() {
            format!("调整{}的分工", part.executor_name)
        } else {
            format!("分解到{}", part.executor_name)
        };
        let line = Line {
            item: &item.id,
            executor: &part.executor,
            act: &act,
            says: &says,
            tone: "",
        };
        events::add(tx, &line).await?;
    }
    for gone in known
        .iter()
        .filter(|known| !known.withdrawn && !parts.iter().any(|p| p.executor == known.executor))
    {
        tx.run(
            "UPDATE tasks_assignment SET withdrawn = $1, version = version + 1 WHERE id = $2",
            values![true, gone.id.as_str()],
        )
        .await?;
        let act = format!("撤回{}的分工", gone.executor_name);
        let line = Line {
            item: &item.id,
            executor: &gone.executor,
            act: &act,
            says: "",
            tone: "warn",
        };
        events::add(tx, &line).await?;
    }
    tx.audit(
        Audit::new("task.split")
            .subject(&item.id)
            .with("parts", parts.len() as i64),
    );
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Row A06: the sum of shares is laid against the goal and the difference named; rates do not add up.
    #[test]
    fn shares_are_laid_against_the_goal() {
        let goal = |spread| Goal {
            measure: "home_adaptation".into(),
            name: "居家适老化改造".into(),
            says: "≥900户".into(),
            need: Num::whole(900),
            strict: false,
            down: false,
            unit: "户".into(),
            spread,
            each: None,
            flow: true,
        };
        let of = |shares: &[i64]| {
            let shares = shares.iter().map(|n| Some(Num::whole(*n)));
            sum_words(&goal(Spread::Sum), shares)
        };
        assert_eq!(of(&[400, 500]), "合计 900户，与目标相符");
        assert_eq!(of(&[400, 439]), "合计 839户，比目标少 61户");
        assert_eq!(of(&[400, 600]), "合计 1,000户，比目标多 100户");
        assert_eq!(of(&[]), "还没有分解，目标 900户");
        let rate = sum_words(&goal(Spread::Same), std::iter::empty());
        assert!(rate.contains("不相加"));
    }
}
