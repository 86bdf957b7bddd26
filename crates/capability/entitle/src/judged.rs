//! People judged and not yet written: what reading and judging take needs no transaction, so that it can be done for the
//! next people while the last ones are being written. What it rests on is looked at again before it is written.

use crate::bases;
use crate::connected::Connected;
use crate::recompute::{Who, day_of, next_turn, turn};
use crate::settle::{Settled, settle_findings};
use crate::standing::{Places, Receipt, Standing, stand};
use crate::store::answers::{self, AnswerRow, Answered};
use crate::store::findings::{self, Finding, NewFinding};
use crate::store::{receipts, tallies};
use crate::tally::{self, Leaves};
use host::PersonKey;
use kernel::{Day, Instant};
use people::api::{Fresh, RollBook};
use plan::api::Published;
use rules::FactId;
use std::collections::BTreeMap;
use store::{Reads, StoreResult, Tx};

/// Answers of some people, with everything that is written with them.
pub struct Judged {
    people: Vec<Row>,
    leaves: Leaves,
    new: Vec<NewFinding>,
    settled: Settled,
    rests: Rests,
}

impl std::fmt::Debug for Judged {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Judged({} people)", self.people.len())
    }
}

/// What judging rested on besides the facts.
struct Rests {
    day: Day,
    digest: String,
    connected: Connected,
    /// When those who have an answer were answered, by id.
    answered: BTreeMap<String, Instant>,
    known: Vec<PersonKey>,
}

struct Row {
    key: PersonKey,
    household: Option<String>,
    birth: Option<Day>,
    standing: Standing,
    places: Places,
    turn: Option<Day>,
}

/// For whom people are judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum For {
    /// A change of facts; nothing was received in the same transaction that is not committed.
    Change,
    /// As [`For::Change`], and receipts of anybody, new people too, were written in the transaction that is read.
    ChangeAndReceipts,
    /// The first answers of everybody.
    First,
}

/// Judges these people by the list in force as of `at`.
pub(crate) async fn judge(
    reads: &impl Reads,
    persons: &[Fresh],
    published: &Published,
    rolls: &RollBook,
    at: Instant,
    why: For,
) -> StoreResult<Judged> {
    let today = at.day();
    let first = why == For::First;
    // Of who was registered just now nothing stands anywhere.
    let known: Vec<PersonKey> = persons
        .iter()
        .filter(|person| !person.new)
        .map(|person| person.key.clone())
        .collect();
    let connected = receipts::connected(reads).await?;
    let mut received: BTreeMap<String, Vec<Receipt>> = BTreeMap::new();
    let mut before: BTreeMap<String, Answered> = BTreeMap::new();
    let mut open: BTreeMap<String, Vec<Finding>> = BTreeMap::new();
    if why == For::ChangeAndReceipts {
        let all: Vec<PersonKey> = persons.iter().map(|person| person.key.clone()).collect();
        received = receipts::of_many(reads, &all).await?;
    } else if !known.is_empty() {
        received = receipts::of_many(reads, &known).await?;
    }
    if !first && !known.is_empty() {
        before = answers::of_many(reads, &known).await?;
        open = findings::open_of_many(reads, &known).await?;
    }
    let list = &published.list;
    let bases = tally::bases(list);
    let digests = before.values().map(|old| old.digest.as_str());
    let earlier = bases::of(reads, published, digests).await?;
    let mut out = Judged {
        people: Vec::with_capacity(persons.len()),
        leaves: Leaves::default(),
        new: Vec::new(),
        settled: Settled::default(),
        rests: Rests {
            day: today,
            digest: published.digest.clone(),
            connected,
            answered: before
                .iter()
                .map(|(id, old)| (id.clone(), old.written))
                .collect(),
            known,
        },
    };
    for person in persons {
        let none = Vec::new();
        let receipts = received.get(&person.key.id).unwrap_or(&none);
        let standing = stand(list, &person.facts, receipts, &out.rests.connected, today);
        let who = Who::of(person);
        let places = who.places();
        let old = before.get(&person.key.id);
        let stood_before = old.map(|old| {
            // Out of the counts of the list that they were answered from.
            let counted = earlier.get(&old.digest).map_or(&bases, |earlier| earlier);
            (counted, &old.standing, &old.places)
        });
        out.leaves.turn(stood_before, (&bases, &standing, &places));
        let turn = if standing.found.is_empty() && first {
            next_turn(&who, published, receipts, today)
        } else {
            let open = open.remove(&person.key.id).unwrap_or_default();
            settle_findings(
                at,
                &who,
                published,
                rolls,
                &person.records,
                &standing,
                receipts,
                first,
                old.is_some_and(|old| old.places == places),
                &open,
                &mut out.new,
                &mut out.settled,
            );
            turn(&who, &person.records, published, receipts, today)
        };
        out.people.push(Row {
            key: person.key.clone(),
            household: person.household.clone(),
            birth: day_of(&person.facts, FactId::BIRTH_DATE),
            standing,
            places,
            turn,
        });
    }
    Ok(out)
}

impl Judged {
    /// Writes the answers and findings; returns how the counts move, which is still to be written.
    pub(crate) async fn write(self, tx: &mut Tx, first: bool) -> StoreResult<Leaves> {
        let rows: Vec<AnswerRow<'_>> = self
            .people
            .iter()
            .map(|row| AnswerRow {
                key: &row.key,
                places: row.places,
                birth: row.birth,
                household: row.household.as_deref(),
                standing: &row.standing,
                digest: &self.rests.digest,
                as_of: self.rests.day,
                next_change: row.turn,
            })
            .collect();
        self.settled.write(tx).await?;
        answers::put(tx, &rows, first).await?;
        findings::insert(tx, self.new).await?;
        Ok(self.leaves)
    }

    /// Writes everything.
    pub(crate) async fn write_all(self, tx: &mut Tx) -> StoreResult<()> {
        let leaves = self.write(tx, false).await?;
        tallies::apply(tx, leaves.change()).await
    }

    /// Whether it is about exactly these people, in this order, and what it rests on besides their facts is so still.
    pub(crate) async fn stands(
        &self,
        tx: &Tx,
        keys: &[PersonKey],
        published: &Published,
    ) -> StoreResult<bool> {
        let same = self.rests.day == tx.at().day()
            && self.rests.digest == published.digest
            && self.people.iter().map(|row| &row.key).eq(keys)
            && tx.kept::<receipts::Written>().is_none();
        if !same || receipts::connected(tx).await? != self.rests.connected {
            return Ok(false);
        }
        let answered = answers::answered_at(tx, &self.rests.known).await?;
        Ok(answered == self.rests.answered)
    }
}
