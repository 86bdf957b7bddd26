//! The first answers of a register that is being filled: worked out from facts at hand, apart from the one writer.

use crate::connected::Connected;
use crate::recompute::{ANSWERED_DIGEST, Who, day_of, turn};
use crate::settle::new_finding;
use crate::standing::{Places, Receipt, Standing, stand};
use crate::store::answers::{self, AnswerRow};
use crate::store::findings::{self, NewFinding};
use crate::store::{receipts, tallies};
use crate::tally::{self, Change, Counted};
use kernel::AreaCode;
use people::api::{NewPerson, RollBook};
use plan::api::Published;
use rules::{FactId, Facts};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use store::{Audit, StoreResult, Tx, Value};

/// Works out first answers.
#[derive(Debug)]
pub struct FirstAnswers {
    published: Arc<Published>,
    connected: Connected,
    list: i64,
    at: kernel::Instant,
    counts: HashMap<AreaCode, Vec<i64>>,
    people: usize,
    bases: tally::Bases,
}

/// Answers of some people, ready to be inserted.
#[derive(Debug, Default)]
pub struct AnswersReady {
    answers: Vec<Vec<Value>>,
    findings: Vec<NewFinding>,
    receipts: Vec<(host::PersonKey, Receipt)>,
}

/// States of an item in a row of counts, then missing facts, then findings and the unknown.
const STATES: usize = tally::STATES.len();

impl FirstAnswers {
    /// For people of an empty register under this list, with the programmes whose rolls will have been loaded.
    pub async fn new(
        tx: &mut Tx,
        published: Arc<Published>,
        connected: BTreeSet<String>,
    ) -> StoreResult<Self> {
        Ok(Self {
            list: answers::list_no(tx, &published.digest).await?,
            at: tx.at(),
            counts: HashMap::new(),
            people: 0,
            bases: tally::bases(&published.list),
            published,
            connected: Connected::new(connected, Vec::new()),
        })
    }

    /// Answers these people; `receipts` gives what somebody by place in `people` receives.
    pub fn answer(
        &mut self,
        rolls: &RollBook,
        people: &[(NewPerson, Facts)],
        mut receipts: HashMap<usize, Vec<Receipt>>,
    ) -> AnswersReady {
        let today = self.at.day();
        let mut out = AnswersReady::default();
        for (place, (person, facts)) in people.iter().enumerate() {
            let received = receipts.remove(&place).unwrap_or_default();
            let who = Who {
                key: &person.key,
                household: person.household.as_deref(),
                registered: person.registered,
                facts,
            };
            let standing = stand(
                &self.published.list,
                facts,
                &received,
                &self.connected,
                today,
            );
            for found in &standing.found {
                out.findings.push(new_finding(
                    self.at,
                    &who,
                    &self.published,
                    rolls,
                    &person.records,
                    &received,
                    found,
                    true,
                ));
            }
            let places = who.places();
            let row = AnswerRow {
                key: &person.key,
                places,
                birth: day_of(facts, FactId::BIRTH_DATE),
                household: who.household,
                standing: &standing,
                digest: &self.published.digest,
                as_of: today,
                next_change: turn(&who, &person.records, &self.published, &received, today),
            };
            out.answers
                .push(answers::values_of(&row, self.list, self.at.micros()));
            self.count(&standing, &places);
            out.receipts.extend(
                received
                    .into_iter()
                    .map(|receipt| (person.key.clone(), receipt)),
            );
        }
        self.people += people.len();
        out
    }

    /// Counts somebody where they are; [`FirstAnswers::finish`] adds up above.
    fn count(&mut self, standing: &Standing, places: &Places) {
        let counts = &mut self.counts;
        tally::each(&self.bases, standing, places, |area, item, counted, n| {
            let row = counts.entry(area).or_insert_with(|| vec![0; SLOTS]);
            if let Some(count) = row.get_mut(slot(item, counted)) {
                *count += n;
            }
        });
    }

    /// Writes the counts and what everybody was answered from.
    pub async fn finish(self, tx: &mut Tx) -> StoreResult<()> {
        let mut change = Change::default();
        for (area, row) in &self.counts {
            for (slot, by) in row.iter().enumerate().filter(|(_, by)| **by != 0) {
                let (item, counted) = of_slot(slot);
                change.add(*area, item, &counted.key(), *by);
            }
        }
        tallies::replace(tx, change).await?;
        tx.set_setting(ANSWERED_DIGEST, &self.published.digest)
            .await?;
        tx.audit(
            Audit::new("entitle.everyone")
                .with("people", self.people as i64)
                .with("digest", self.published.digest.clone()),
        );
        Ok(())
    }
}

/// Where missing facts begin in a row of counts: behind 63 items and the counts of people.
const MISSING: usize = 64 * STATES;
const SLOTS: usize = MISSING + rules::facts::COUNT;

const fn slot(item: u16, counted: Counted) -> usize {
    match counted {
        Counted::State(state) => item as usize * STATES + state,
        Counted::Missing(fact) => MISSING + fact.index(),
    }
}

fn of_slot(slot: usize) -> (u16, Counted) {
    match slot
        .checked_sub(MISSING)
        .and_then(|place| FactId::all().nth(place))
    {
        Some(fact) => (0, Counted::Missing(fact)),
        None => ((slot / STATES) as u16, Counted::State(slot % STATES)),
    }
}

/// Inserts answers, findings and receipts.
pub async fn insert_answers(tx: &mut Tx, ready: AnswersReady) -> StoreResult<()> {
    answers::insert_rows(tx, ready.answers).await?;
    findings::insert(tx, ready.findings).await?;
    receipts::insert(tx, &ready.receipts).await
}

/// Marks programmes as connected whose roll was loaded with their people.
pub async fn connect(tx: &mut Tx, programme: &str, source: &str, people: i64) -> StoreResult<()> {
    receipts::connect(tx, programme, source, people).await?;
    tx.audit(
        Audit::new("receipt.load")
            .subject(programme)
            .with("people", people),
    );
    Ok(())
}

/// The large tables of entitlement, whose indexes a first load takes down.
pub const LARGE: &[&str] = &["entitle_answer", "entitle_receipt", "entitle_finding"];
