//! Two files become one person: what is in payment under the file that gives way ends with the last month that was drawn,
//! and the file that stays goes on from the month after it; where both were in payment, only one goes on. Dues, payments
//! and postings stay under the key they were made for: nothing paid is rewritten, and an old month is replayed as it was.

use crate::grants::{self, Held};
use crate::{accounts, grant_acts, proofs, terms};
use host::{App, Joining, Matters, PersonKey};
use kernel::{Day, Fen};
use ledger::{DueRule, Month, Span};
use plan::api::PlanBook;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::sync::Arc;
use store::{Reads, StoreError, StoreResult, Tx, values};

/// Why a grant ended, on its page.
const ENDED: &str = "两份档案合并为一人，由保留的档案接着发放";
/// Why it goes on.
const AGAIN: &str = "档案合并已撤销，恢复发放";
/// Why the grant of the file that stayed ended.
const TAKEN_BACK: &str = "档案合并已撤销，由恢复的档案接着发放";

/// Debts follow as they are; one that waits for its batch stays with it.
const DEBTS: &[Matters] = &[Matters {
    table: "pay_recovery",
    key: "recovery",
    person: "id",
    which: "state <> 'proposed'",
    once: None,
}];

/// What was led, so that it can be led back.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Led {
    debts: Json,
    /// Grants that ended: programme and number.
    ended: Vec<(String, i64)>,
    /// Grants of the file that stays which go on with them.
    begun: Vec<(String, i64)>,
    /// The account that the file that stays got, by its number.
    account: Option<i64>,
    /// The proof of life that it got, by its number.
    proof: Option<i64>,
}

/// This capability's part.
pub(crate) fn joining() -> Joining {
    Joining {
        name: "pay",
        title: "在享待遇",
        join: Arc::new(|app, tx, from, to| Box::pin(join(app, tx, from, to))),
        part: Arc::new(|tx, from, to, led| Box::pin(part(tx, from, to, led))),
        count: |led| {
            led.get("ended")
                .and_then(Json::as_array)
                .map_or(0, Vec::len)
        },
    }
}

async fn join(app: &App, tx: &mut Tx, from: &PersonKey, to: &PersonKey) -> StoreResult<Json> {
    let mut led = Led {
        debts: host::joining::lead(tx, DEBTS, from, to).await?,
        account: accounts::give(tx, from, to).await?,
        proof: proofs::give(tx, from, to).await?,
        ..Led::default()
    };
    let mine = grants::of_person(&*tx, to).await?;
    for held in grants::of_person(&*tx, from).await? {
        match held.state.as_str() {
            // The finding of the file that stays proposes it again, where it is still owed.
            "proposed" => refuse(tx, &held).await?,
            "active" => {
                let live = |one: &&Held| one.programme == held.programme && one.state == "active";
                let goes_on = go_on(app, tx, &held, to, mine.iter().any(|one| live(&one))).await?;
                led.begun.extend(goes_on);
                led.ended.push((held.programme.clone(), held.no));
            }
            _ => {}
        }
    }
    serde_json::to_value(led).map_err(|error| StoreError::Other(error.to_string()))
}

/// Ends a grant and begins that of the file that stays, unless it has one; which.
async fn go_on(
    app: &App,
    tx: &mut Tx,
    held: &Held,
    to: &PersonKey,
    has: bool,
) -> StoreResult<Option<(String, i64)>> {
    let who = tx.actor().clone();
    let drawn = dues(&*tx, held).await? > 0;
    let plans = app.part::<PlanBook>()?;
    let once = plans.in_force(tx.at().day()).is_some_and(|published| {
        let all = published.list.programmes();
        let row = all.iter().find(|row| row.programme.id == held.programme);
        row.is_some_and(|row| row.programme.cycle.months().is_none())
    });
    let next = next_month(&*tx, held).await?;
    // What was never drawn here, of a right that began here, is owed from its first day.
    let whole = !drawn && held.origin != "roll";
    let end = if whole {
        held.from
    } else {
        last_day(&*tx, held, next).await?
    };
    grant_acts::happen(tx, &who, held, "end", end, ENDED).await?;
    if has || (once && drawn) {
        return Ok(None);
    }
    for other in grants::of_person(&*tx, to).await? {
        if other.programme == held.programme && other.state == "proposed" {
            refuse(tx, &other).await?;
        }
    }
    let first = if whole {
        held.from
    } else {
        first_day(&*tx, held, next).await?
    };
    let no = begin(tx, held, to, first).await?;
    // What rests goes on resting, for the same reason.
    let rests = grants::told(&*tx, held).await?.into_iter().rev().nth(1);
    if let Some((kind, _, reason, _)) = rests
        && kind == "suspend"
        && let Some(new) = grants::find(&*tx, to, &held.programme, no).await?
    {
        grant_acts::happen(tx, &who, &new, "suspend", first, &reason).await?;
    }
    Ok(Some((held.programme.clone(), no)))
}

/// Writes a grant that goes on under another key, decided as the one it goes on with was.
async fn begin(tx: &mut Tx, held: &Held, to: &PersonKey, first: Day) -> StoreResult<i64> {
    let key = || values![to.shard.as_str(), held.programme.as_str(), to.id.as_str()];
    let sql =
        "SELECT max(no) + 1 AS n FROM pay_grant WHERE shard = $1 AND programme = $2 AND id = $3";
    let no = tx.number(sql, key()).await?.max(1);
    // Where the person is stands in their row; the change of facts that follows writes it.
    let mut row = key();
    row.extend(values![
        no,
        held.office.as_str(),
        held.area.clone(),
        held.area.clone(),
        None::<String>,
        first.number(),
        held.fen.0,
        held.payee.as_str(),
        held.origin.as_str(),
        "active",
        held.reasons.as_str(),
        held.digest.as_str(),
        held.proposed_by.as_str(),
        held.decided_by.clone(),
        held.decided_at.map(kernel::Instant::micros),
        tx.at().micros(),
        held.received,
    ]);
    tx.insert_many("pay_grant", &grant_acts::COLUMNS, vec![row])
        .await?;
    Ok(no)
}

async fn refuse(tx: &mut Tx, held: &Held) -> StoreResult<()> {
    let who = tx.actor().clone();
    grant_acts::decide(tx, &who, held, false).await?;
    Ok(())
}

async fn dues(reads: &impl Reads, held: &Held) -> StoreResult<i64> {
    let sql = "SELECT CAST(count(*) AS BIGINT) AS n FROM pay_due WHERE shard = $1 AND programme = $2 AND id = $3";
    let key = values![
        held.key.shard.as_str(),
        held.programme.as_str(),
        held.key.id.as_str()
    ];
    reads.number(sql, key).await
}

/// The month after the last one that a batch of the office was begun for; this month where none ever was.
async fn next_month(tx: &Tx, held: &Held) -> StoreResult<Month> {
    let sql = "SELECT CAST(max(month) AS BIGINT) AS n FROM pay_run WHERE office = $1 AND programme = $2 AND kind = 'month'";
    let last = tx
        .number(sql, values![held.office.as_str(), held.programme.as_str()])
        .await?;
    let last = i32::try_from(last).ok().and_then(Month::from_number);
    Ok(last.map_or_else(|| Month::of(tx.at().day()), |month| month.plus(1)))
}

async fn rule(tx: &Tx, held: &Held) -> StoreResult<Option<DueRule>> {
    let loaded = terms::in_force(tx).await?;
    Ok(loaded.and_then(|loaded| loaded.terms.of(&held.programme)?.rule()))
}

/// From which day a grant is first due for `month`, by the rule of its programme.
async fn first_day(tx: &Tx, held: &Held, month: Month) -> StoreResult<Day> {
    let rule = rule(tx, held).await?;
    Ok(rule.map_or_else(|| month.first(), |rule| begins(&rule, month)))
}

/// From which day a grant is no longer due for `month`, and still for the one before.
async fn last_day(tx: &Tx, held: &Held, month: Month) -> StoreResult<Day> {
    let rule = rule(tx, held).await?;
    Ok(rule.map_or_else(|| month.first(), |rule| ends(&rule, month)))
}

fn is_due(rule: &DueRule, from: Day, until: Option<Day>, month: Month) -> bool {
    let span = Span {
        from,
        until,
        fen: Fen(100),
        why: String::new(),
    };
    ledger::due(&[span], rule, month).is_some()
}

fn begins(rule: &DueRule, month: Month) -> Day {
    let before = month.plus(-1);
    let fits = |day: &Day| is_due(rule, *day, None, month) && !is_due(rule, *day, None, before);
    let days = [month.first(), before.last(), before.first()];
    days.into_iter().find(fits).unwrap_or_else(|| month.first())
}

fn ends(rule: &DueRule, month: Month) -> Day {
    let (long_ago, before) = (month.plus(-24).first(), month.plus(-1));
    let due = |day: Day, month: Month| is_due(rule, long_ago, Some(day), month);
    let fits = |day: &Day| due(*day, before) && !due(*day, month);
    let days = [month.first(), month.first().plus_days(1), month.last()];
    days.into_iter().find(fits).unwrap_or_else(|| month.first())
}

async fn part(tx: &mut Tx, from: &PersonKey, to: &PersonKey, led: Json) -> StoreResult<()> {
    let led: Led =
        serde_json::from_value(led).map_err(|error| StoreError::Other(error.to_string()))?;
    host::joining::lead_back(tx, DEBTS, from, to, led.debts).await?;
    accounts::take_back(tx, to, led.account).await?;
    proofs::take_back(tx, to, led.proof).await?;
    let who = tx.actor().clone();
    for (programme, no) in &led.begun {
        if let Some(held) = grants::find(&*tx, to, programme, *no).await?
            && held.state == "active"
        {
            let next = next_month(&*tx, &held).await?;
            let day = last_day(&*tx, &held, next).await?.max(held.from);
            grant_acts::happen(tx, &who, &held, "end", day, TAKEN_BACK).await?;
        }
    }
    for (programme, no) in &led.ended {
        if let Some(held) = grants::find(&*tx, from, programme, *no).await?
            && held.state == "ended"
        {
            let next = next_month(&*tx, &held).await?;
            let day = first_day(&*tx, &held, next).await?.max(held.from);
            grant_acts::happen(tx, &who, &held, "resume", day, AGAIN).await?;
            grant_acts::live_again(tx, &held).await?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ledger::{First, Last, Round};

    /// Invariant 9: what goes on under another key is due for the next month and not for the one before, and the other
    /// way round under the key that gave way, whatever rule its programme has.
    #[test]
    fn what_goes_on_is_due_from_the_month_after() {
        let month = Month::from_number(202506).unwrap();
        for first in [First::Same, First::Next, First::UpTo(15), First::Days] {
            for last in [Last::Through, Last::Before, Last::Days] {
                let rule = DueRule {
                    first,
                    last,
                    change: First::Same,
                    round: Round::HalfUp,
                };
                let whole = |from, until, month| {
                    let span = Span {
                        from,
                        until,
                        fen: Fen(6_000),
                        why: String::new(),
                    };
                    ledger::due(&[span], &rule, month).map(|due| due.fen)
                };
                let (new, old) = (begins(&rule, month), Some(ends(&rule, month)));
                let long_ago = month.plus(-9).first();
                let all = Some(Fen(6_000));
                assert_eq!(whole(new, None, month.plus(-1)), None, "{rule:?}");
                assert_eq!(whole(new, None, month), all, "{rule:?}");
                assert_eq!(whole(long_ago, old, month.plus(-1)), all, "{rule:?}");
                assert_eq!(whole(long_ago, old, month), None, "{rule:?}");
            }
        }
    }
}
