//! The first answers of a register that is being filled: worked out from facts at hand, apart from the one writer.

use crate::recompute::{ANSWERED_DIGEST, Who, day_of, turn};
use crate::settle::new_finding;
use crate::standing::{Receipt, Standing, bit, facts_of, stand};
use crate::store::answers::{self, AnswerRow};
use crate::store::findings::{self, NewFinding};
use crate::store::{receipts, tallies};
use crate::tally::Change;
use kernel::AreaCode;
use people::api::{NewPerson, RollBook};
use plan::api::Published;
use rules::folder::AreaBasis;
use rules::{FactId, Facts};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use store::{Audit, StoreResult, Tx, Value};

/// Works out first answers.
#[derive(Debug)]
pub struct FirstAnswers {
    published: Arc<Published>,
    connected: BTreeSet<String>,
    list: i64,
    at: kernel::Instant,
    counts: HashMap<AreaCode, Vec<i64>>,
    people: usize,
}

/// Answers of some people, ready to be inserted.
#[derive(Debug, Default)]
pub struct AnswersReady {
    answers: Vec<Vec<Value>>,
    findings: Vec<NewFinding>,
    receipts: Vec<(host::PersonKey, Receipt)>,
}

/// States of an item in a row of counts, then missing facts, then findings and the unknown.
const STATES: usize = crate::tally::STATES.len();

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
            published,
            connected,
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
            self.count(&standing, places.hukou, places.residence);
            out.receipts.extend(
                received
                    .into_iter()
                    .map(|receipt| (person.key.clone(), receipt)),
            );
        }
        self.people += people.len();
        out
    }

    /// As [`Change::count`], at the areas people are in; [`FirstAnswers::finish`] adds up above them.
    fn count(&mut self, standing: &Standing, hukou: Option<AreaCode>, residence: Option<AreaCode>) {
        let states = [
            standing.yes,
            standing.unknown,
            standing.ask,
            standing.receiving,
            standing.owed,
            standing.undue,
        ];
        let list = &self.published.list;
        let mut add = |area: Option<AreaCode>, slot: usize, by: i64| {
            if let Some(area) = area.filter(|_| by != 0) {
                let row = self.counts.entry(area).or_insert_with(|| vec![0; SLOTS]);
                if let Some(count) = row.get_mut(slot) {
                    *count += by;
                }
            }
        };
        for item in list.items() {
            let mask = bit(item.service.no);
            if states.iter().all(|bits| bits & mask == 0) {
                continue;
            }
            let basis = match item.service.area_basis {
                AreaBasis::Hukou => hukou,
                AreaBasis::Residence | AreaBasis::Facility => residence,
            };
            for (state, bits) in states.iter().enumerate() {
                add(
                    basis,
                    usize::from(item.service.no) * STATES + state,
                    i64::from(bits & mask != 0),
                );
            }
        }
        let home = residence.or(hukou);
        for fact in facts_of(standing.missing) {
            add(home, MISSING + fact.index(), 1);
        }
        add(home, 1, i64::from(standing.unknown != 0));
        add(hukou, 4, i64::from(standing.owed.count_ones()));
        add(hukou, 5, i64::from(standing.undue.count_ones()));
    }

    /// Writes the counts and what everybody was answered from.
    pub async fn finish(self, tx: &mut Tx) -> StoreResult<()> {
        let mut change = Change::default();
        for (area, row) in &self.counts {
            for (slot, by) in row.iter().enumerate().filter(|(_, by)| **by != 0) {
                let (item, state) = if slot >= MISSING {
                    let fact = FactId::all().nth(slot - MISSING);
                    (0, format!("missing:{}", fact.map_or("", FactId::name)))
                } else {
                    let state = crate::tally::STATES
                        .get(slot % STATES)
                        .copied()
                        .unwrap_or("");
                    ((slot / STATES) as u16, state.to_owned())
                };
                change.add(Some(*area), item, &state, *by);
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
