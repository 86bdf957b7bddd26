//! Several dues of one person and month: what other programmes that are paid here leave of this one, with the reason.
//! The plan settles rights; this settles money: two grants that both run, although only one of them may.
//!
//! Months are compared with months. What is paid by the quarter, half-year or year covers each of its months with the
//! month's share ([`crate::month_shares`]), in the batch of a monthly programme as in its own: a month in which the other
//! one wins is left out of the quarter, and the rest of the quarter is paid. What is paid once counts whole in its month.

use crate::draft::Whole;
use crate::grants::{self, Held};
use crate::judge::{GrantEvent, Granted, Judge, Judged, Life};
use crate::month_shares::Shares;
use kernel::Fen;
use ledger::{Candidate, Due, Month, Stacked, Terms};
use people::api::{Record, RollBook};
use plan::api::Published;
use std::collections::{BTreeMap, BTreeSet};
use store::{Reads, StoreError, StoreResult};

/// How one programme stands to others.
#[derive(Debug, Clone)]
pub(crate) struct Relation {
    /// Place in the list.
    pub(crate) place: usize,
    /// Programme id.
    pub(crate) id: String,
    /// Its name, for reasons.
    name: String,
    /// First and last months.
    rule: ledger::DueRule,
    highest_of: Option<String>,
    excludes: Vec<String>,
    offset: Vec<String>,
}

/// The programmes paid here that decide what is left of `programme`, itself among them, in the order of the list.
/// Whoever is excluded excludes nobody, so those behind a rival count as well.
pub(crate) fn relations(
    published: &Published,
    terms: &Terms,
    programme: &str,
) -> StoreResult<Vec<Relation>> {
    let mut all = Vec::new();
    for (place, row) in published.list.programmes().iter().enumerate() {
        let Some(own) = terms.of(&row.programme.id) else {
            continue;
        };
        let rule = own.rule();
        all.push(Relation {
            place,
            id: row.programme.id.clone(),
            name: row.programme.name.clone(),
            rule: rule.ok_or_else(|| StoreError::Other("the terms have no rule".to_owned()))?,
            highest_of: row.programme.highest_of.clone(),
            excludes: row.programme.excludes.clone(),
            offset: own.offset.clone(),
        });
    }
    let touches = |a: &Relation, b: &Relation| {
        let names = |one: &Relation, other: &Relation| {
            one.excludes.contains(&other.id) || one.offset.contains(&other.id)
        };
        names(a, b) || names(b, a) || (a.highest_of.is_some() && a.highest_of == b.highest_of)
    };
    let mut near: BTreeSet<usize> = all
        .iter()
        .enumerate()
        .filter(|(_, one)| one.id == programme)
        .map(|(at, _)| at)
        .collect();
    loop {
        let more: Vec<usize> = all
            .iter()
            .enumerate()
            .filter(|(at, one)| {
                let known = near.iter().filter_map(|known| all.get(*known));
                !near.contains(at) && known.into_iter().any(|known| touches(known, one))
            })
            .map(|(at, _)| at)
            .collect();
        if more.is_empty() {
            break;
        }
        near.extend(more);
    }
    Ok(all
        .into_iter()
        .enumerate()
        .filter(|(at, _)| near.contains(at))
        .map(|(_, one)| one)
        .collect())
}

/// Grants of the other programmes, by person and then by programme.
pub(crate) type Others = BTreeMap<String, BTreeMap<String, Vec<Held>>>;

/// The grants that the people behind `after` up to `until` have of rival programmes, whichever office pays them.
pub(crate) async fn read(
    reads: &impl Reads,
    whole: &Whole,
    shard: &str,
    after: &str,
    until: Option<&str>,
) -> StoreResult<Others> {
    let mut out = Others::new();
    for relation in &whole.relations {
        if relation.id == whole.run.programme {
            continue;
        }
        let found = grants::between(reads, &relation.id, shard, after, until).await?;
        for (id, held) in found {
            out.entry(id).or_default().insert(relation.id.clone(), held);
        }
    }
    Ok(out)
}

/// The judges of one batch: of its programme and of those that may take from it.
pub(crate) struct Judges<'a> {
    own: Judge<'a>,
    rivals: Vec<(&'a Relation, Judge<'a>)>,
    mine: Option<&'a Relation>,
    rolls: &'a RollBook,
    daily: bool,
}

impl<'a> Judges<'a> {
    /// One person as these judges see them.
    pub(crate) fn life<'b>(&'b self, records: &'b [Record]) -> Life<'b> {
        Life::new(
            self.own.list,
            self.rolls,
            self.own.known,
            self.daily,
            records,
        )
    }

    /// Over the facts as known at the freeze of the batch.
    pub(crate) fn of(whole: &'a Whole) -> StoreResult<Self> {
        let own = whole.judge()?;
        let rivals = whole
            .relations
            .iter()
            .filter(|one| one.id != whole.run.programme)
            .map(|one| (one, judge(&whole.published, one, own.known)))
            .collect();
        let mine = whole
            .relations
            .iter()
            .find(|one| one.id == whole.run.programme);
        Ok(Self {
            daily: own.list.asks_the_day(),
            rolls: &whole.rolls,
            own,
            rivals,
            mine,
        })
    }

    /// What is due in a month after the other programmes have been settled.
    pub(crate) fn settled(
        &self,
        held: &[Held],
        others: Option<&BTreeMap<String, Vec<Held>>>,
        life: &Life<'_>,
        month: Month,
    ) -> Judged {
        let alone = best(&self.own, held, life, month);
        let (Some(due), Some(mine), Some(others)) = (&alone.due, self.mine, others) else {
            return alone;
        };
        let left = match shares(&self.own, held, life, month) {
            Some(shares) => self.of_shares(mine, &shares, others, life),
            None => self
                .left(mine, due.fen, others, life, month)
                .and_then(|left| Some((left.fen, left.because?))),
        };
        match left {
            None => alone,
            Some((Fen(0), because)) => Judged {
                due: None,
                why_not: because,
            },
            Some((fen, because)) => Judged {
                due: Some(Due {
                    fen,
                    why: format!("{}；{because}", due.why),
                }),
                why_not: String::new(),
            },
        }
    }

    /// What the others leave of an amount of one month; `None` where there are no others.
    fn left(
        &self,
        mine: &Relation,
        fen: Fen,
        others: &BTreeMap<String, Vec<Held>>,
        life: &Life<'_>,
        month: Month,
    ) -> Option<Stacked> {
        let mut candidates = vec![(mine.place, candidate(mine, fen))];
        for (relation, judge) in &self.rivals {
            let Some(held) = others.get(&relation.id) else {
                continue;
            };
            if let Some(fen) = in_month(judge, held, life, month) {
                candidates.push((relation.place, candidate(relation, fen)));
            }
        }
        if candidates.len() == 1 {
            return None;
        }
        // Of equals the first of the list: every programme's batch comes to the same.
        candidates.sort_by_key(|(place, _)| *place);
        let candidates: Vec<Candidate> = candidates.into_iter().map(|(_, one)| one).collect();
        let stacked = ledger::stack(&candidates);
        stacked.into_iter().find(|one| one.programme == mine.id)
    }

    /// What the others leave of a cycle, month by month, and why; `None` where they leave everything.
    fn of_shares(
        &self,
        mine: &Relation,
        shares: &Shares,
        others: &BTreeMap<String, Vec<Held>>,
        life: &Life<'_>,
    ) -> Option<(Fen, String)> {
        let mut sum = 0;
        let mut reasons: Vec<(String, Vec<String>)> = Vec::new();
        for (month, fen) in shares.due() {
            let left = self.left(mine, fen, others, life, month);
            sum += left.as_ref().map_or(fen.0, |left| left.fen.0);
            let Some(because) = left.and_then(|left| left.because) else {
                continue;
            };
            match reasons.iter_mut().find(|(known, _)| *known == because) {
                Some((_, months)) => months.push(month.zh()),
                None => reasons.push((because, vec![month.zh()])),
            }
        }
        if reasons.is_empty() {
            return None;
        }
        if sum > 0 {
            sum += shares.rest().0;
        }
        let told: Vec<String> = reasons
            .into_iter()
            .map(|(because, months)| format!("{}{because}", months.join("、")))
            .collect();
        Some((Fen(sum), told.join("；")))
    }
}

/// What a programme brings to one month: its share of a longer cycle, otherwise what is due in it.
fn in_month(judge: &Judge<'_>, held: &[Held], life: &Life<'_>, month: Month) -> Option<Fen> {
    match judge.cycle().months() {
        Some(months) if months > 1 => {
            let into = month.month() % months;
            let paying = month.plus(if into == 0 { 0 } else { months - into });
            shares(judge, held, life, paying)?.month(month)
        }
        _ => Some(best(judge, held, life, month).due?.fen),
    }
}

/// The shares of the cycle that is paid in a month, of the grant that is paid; `None` for what is paid by the month or
/// once, and where nothing is due.
fn shares(judge: &Judge<'_>, held: &[Held], life: &Life<'_>, paying: Month) -> Option<Shares> {
    let months = judge.cycle().months().filter(|months| *months > 1)?;
    held.iter().find_map(|grant| {
        let granted = granted(grant);
        let paid = judge.month(&granted, &grant.events, life, paying).due?.fen;
        let whole = (0..months).rev().map(|back| {
            let month = paying.plus(-back);
            let due = judge.monthly(&granted, &grant.events, life, month).due;
            (month, due.map(|due| due.fen))
        });
        Some(Shares::of(whole.collect(), paid))
    })
}

fn granted(held: &Held) -> Granted {
    Granted {
        from: held.from,
        fen: held.fen,
        recorded: held.recorded,
    }
}

fn judge<'a>(published: &'a Published, relation: &Relation, known: kernel::Instant) -> Judge<'a> {
    Judge {
        list: &published.list,
        programme: relation.place,
        rule: relation.rule,
        known,
    }
}

fn candidate(relation: &Relation, fen: Fen) -> Candidate {
    Candidate {
        programme: relation.id.clone(),
        name: relation.name.clone(),
        fen,
        highest_of: relation.highest_of.clone(),
        excludes: relation.excludes.clone(),
        offset: relation.offset.clone(),
    }
}

/// The best of several grants of one person and programme: at most one is paid.
fn best(judge: &Judge<'_>, held: &[Held], life: &Life<'_>, month: Month) -> Judged {
    let mut out: Option<Judged> = None;
    for grant in held {
        let events: &[GrantEvent] = &grant.events;
        let one = judge.month(&granted(grant), events, life, month);
        if one.due.is_some() {
            return one;
        }
        out = Some(one);
    }
    out.unwrap_or(Judged {
        due: None,
        why_not: "没有发放台账".to_owned(),
    })
}

#[cfg(test)]
#[path = "rivals_tests.rs"]
mod tests;
