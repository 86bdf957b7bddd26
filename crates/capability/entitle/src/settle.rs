//! Findings of one person: opened when they appear, kept with their day and cause, closed when they are gone.

use crate::recompute::{Who, day_of, param_days};
use crate::standing::{Found, Kind, Places, Receipt, Standing, birthdays, verdict_since};
use crate::store::findings::{self, Finding, NewFinding};
use kernel::{Day, Instant};
use people::api::{RollBook, resolve};
use plan::api::Published;
use rules::{FactId, Value};
use std::collections::BTreeSet;
use store::{StoreResult, Tx};

/// What becomes of findings that are open.
#[derive(Debug, Default)]
pub(crate) struct Settled {
    gone: Vec<String>,
    moved: Vec<(String, Day, Option<i64>, Places)>,
    today: Option<Day>,
}

impl Settled {
    /// Writes it.
    pub(crate) async fn write(&self, tx: &mut Tx) -> StoreResult<()> {
        if let Some(today) = self.today {
            findings::close(tx, &self.gone, today).await?;
        }
        for (finding, since, fen, places) in &self.moved {
            findings::keep(tx, finding, *since, *fen, places).await?;
        }
        Ok(())
    }
}

/// Opens findings that are new, closes those that are gone, keeps the rest; `stayed` where the areas are those that
/// the answer before was written with. Pure.
#[expect(
    clippy::too_many_arguments,
    reason = "one step of judging, split out for reading; it has no other caller"
)]
pub(crate) fn settle_findings(
    at: Instant,
    person: &Who<'_>,
    published: &Published,
    rolls: &RollBook,
    records: &[people::api::Record],
    standing: &Standing,
    receipts: &[Receipt],
    first: bool,
    stayed: bool,
    open: &[Finding],
    new: &mut Vec<NewFinding>,
    settled: &mut Settled,
) {
    let same = |found: &Found, kind: &str, programme: &str| {
        found.kind.key() == kind && found.programme == programme
    };
    settled.today = Some(at.day());
    settled.gone.extend(
        open.iter()
            .filter(|finding| {
                !standing
                    .found
                    .iter()
                    .any(|found| same(found, &finding.kind, &finding.programme))
            })
            .map(|finding| finding.finding.clone()),
    );
    for found in &standing.found {
        match open
            .iter()
            .find(|finding| same(found, &finding.kind, &finding.programme))
        {
            Some(finding) => {
                let since = since(at, person, published, rolls, records, found);
                if stayed && (since, found.fen) == (finding.since, finding.fen) {
                    continue;
                }
                let moved = (finding.finding.clone(), since, found.fen, person.places());
                settled.moved.push(moved);
            }
            None => new.push(new_finding(
                at, person, published, rolls, records, receipts, found, first,
            )),
        }
    }
}

/// A finding that was not there before; `first` in the first run over an existing register.
#[expect(
    clippy::too_many_arguments,
    reason = "the same things for the walk over everybody and the first load"
)]
pub(crate) fn new_finding(
    at: Instant,
    person: &Who<'_>,
    published: &Published,
    rolls: &RollBook,
    records: &[people::api::Record],
    receipts: &[Receipt],
    found: &Found,
    first: bool,
) -> NewFinding {
    let today = at.day();
    let since = since(at, person, published, rolls, records, found);
    let places = person.places();
    NewFinding {
        key: person.key.clone(),
        kind: found.kind,
        programme: found.programme.clone(),
        item: found.item,
        hukou: places.hukou,
        residence: places.residence,
        birth: day_of(person.facts, FactId::BIRTH_DATE),
        since,
        fen: found.fen,
        cause: cause(person, found, since, today, receipts, records),
        first_found: if first {
            could_be_found(published, person, found, since, records).min(today)
        } else {
            today
        },
    }
}

/// Since when a finding holds: the verdict's own day, for an undue receipt not before it began.
fn since(
    now: Instant,
    person: &Who<'_>,
    published: &Published,
    rolls: &RollBook,
    records: &[people::api::Record],
    found: &Found,
) -> Day {
    let today = now.day();
    let mut days: Vec<Day> = records
        .iter()
        .flat_map(|record| &record.sets)
        .flat_map(|set| [Some(set.since), set.until])
        .flatten()
        .collect();
    days.extend(
        rolls
            .facts()
            .flat_map(|fact| rolls.of(fact).iter().map(|roll| roll.day)),
    );
    days.extend(birthdays(person.facts, today));
    days.extend(param_days(published));
    verdict_since(&published.list, &found.programme, today, days, |day| {
        resolve(records, rolls, day, now).facts
    })
}

/// When a finding could first be made: the register knew the person, the verdict held, and the last
/// fact it reads was recorded. Dates the findings of the first run over an existing register.
fn could_be_found(
    published: &Published,
    person: &Who<'_>,
    found: &Found,
    since: Day,
    records: &[people::api::Record],
) -> Day {
    let list = &published.list;
    let programme = list
        .programmes()
        .iter()
        .find(|row| row.programme.id == found.programme);
    let read: BTreeSet<FactId> = programme
        .into_iter()
        .flat_map(|row| &row.conditions)
        .filter_map(|id| list.condition(*id))
        .flat_map(|condition| list.facts_read(&condition.asks))
        .collect();
    let recorded = records
        .iter()
        .filter(|record| record.sets.iter().any(|set| read.contains(&set.fact)))
        .map(|record| record.recorded.day())
        .max();
    since
        .max(person.registered.day())
        .max(recorded.unwrap_or(since))
}

/// A likely cause, as a code the list puts into words.
fn cause(
    person: &Who<'_>,
    found: &Found,
    since: Day,
    today: Day,
    receipts: &[Receipt],
    records: &[people::api::Record],
) -> &'static str {
    match found.kind {
        Kind::Undue => {
            if person.facts.get(FactId::ALIVE) == Some(&Value::Bool(false)) {
                "dead"
            } else {
                "changed"
            }
        }
        Kind::Owed => {
            if receipts
                .iter()
                .any(|receipt| receipt.programme == found.programme)
            {
                "stopped"
            } else if since.plus_days(62) > today {
                "new"
            } else if records
                .iter()
                .any(|record| record.seq > 1 && record.recorded.day().plus_days(62) > today)
            {
                "late_fact"
            } else if person.lives_apart() {
                "apart"
            } else {
                "not_applied"
            }
        }
    }
}
