//! Keeping answers true: in the transaction that changes a fact, at night when days pass, and for
//! everyone when a list is published (engineering.md 7). Doing it twice changes nothing.

use crate::connected::Connected;
use crate::judged::{For, Judged, judge};
use crate::standing::{Places, Receipt, Standing, birthdays, stand};
use crate::store::answers;
use crate::store::{receipts, tallies};
use crate::tally::Leaves;
use host::PersonKey;
use kernel::area_code::Level;
use kernel::{AreaCode, Day, Instant};
use people::api::{Fresh, RollBook};
use plan::api::Published;
use rules::{FactId, Facts, Value};
use store::{Audit, Reads, Store, StoreResult, Tx};

/// Setting: the digest of the list from which everyone was last answered.
pub(crate) const ANSWERED_DIGEST: &str = "entitle.digest";

/// Whether everyone must be answered anew because another list is in force.
pub async fn is_outdated(store: &Store, published: &Published) -> StoreResult<bool> {
    let answered = store.setting(ANSWERED_DIGEST).await?;
    Ok(answered.as_deref() != Some(published.digest.as_str()))
}

/// People in one transaction of a walk over everyone.
const CHUNK: i64 = 500;

/// What answering somebody takes, from the register's row or from somebody about to be registered.
#[derive(Clone, Copy)]
pub(crate) struct Who<'a> {
    pub(crate) key: &'a PersonKey,
    pub(crate) household: Option<&'a str>,
    pub(crate) registered: Instant,
    pub(crate) facts: &'a Facts,
}

impl<'a> Who<'a> {
    pub(crate) fn of(person: &'a Fresh) -> Self {
        Self {
            key: &person.key,
            household: person.household.as_deref(),
            registered: person.registered,
            facts: &person.facts,
        }
    }

    fn area(&self, fact: FactId) -> Option<AreaCode> {
        match self.facts.get(fact) {
            Some(Value::Area(code)) => Some(*code),
            _ => None,
        }
    }

    pub(crate) fn places(&self) -> Places {
        Places {
            hukou: self.area(FactId::HUKOU_AREA),
            residence: self.area(FactId::RESIDENCE_AREA),
        }
    }

    /// 人户分离: the towns differ.
    pub(crate) fn lives_apart(&self) -> bool {
        let places = self.places();
        matches!((places.hukou, places.residence), (Some(a), Some(b)) if a.up_to(Level::Town) != b.up_to(Level::Town))
    }
}

/// Where the counts of a recomputation go.
enum Counts<'a> {
    /// Into the tallies, by what changed.
    Apply,
    /// Collected, because there are no answers yet.
    Collect(&'a mut Leaves),
}

/// Recomputes these people in the running transaction.
pub(crate) async fn people(
    tx: &mut Tx,
    keys: &[PersonKey],
    published: &Published,
) -> StoreResult<()> {
    if let Some(judged) = tx.take::<Judged>()
        && judged.stands(tx, keys, published).await?
    {
        return judged.write_all(tx).await;
    }
    let rolls = people::api::roll_book(tx).await?;
    for keys in keys.chunks(CHUNK as usize) {
        let persons = people::api::fresh(tx, keys).await?;
        recompute(tx, &persons, published, &rolls, Counts::Apply).await?;
    }
    Ok(())
}

/// Recomputes everyone, a chunk a transaction; `progress` hears how many are done. `first` when no
/// answers exist yet.
pub async fn everyone(
    store: &Store,
    published: &Published,
    first: bool,
    mut progress: impl FnMut(usize),
) -> StoreResult<usize> {
    let actor = authz::Actor::system("recompute");
    let rolls = people::api::roll_book(store).await?;
    let mut collected = Leaves::default();
    let mut last: Option<PersonKey> = None;
    let mut done = 0;
    loop {
        let chunk = people::api::after(store, last.as_ref(), CHUNK).await?;
        let Some(end) = chunk.last() else { break };
        last = Some(end.key.clone());
        let mut tx = store.begin(&actor, None).await?;
        // Somebody may have been corrected since the chunk was read.
        let (chunk, counts) = if first {
            (chunk, Counts::Collect(&mut collected))
        } else {
            (people::api::hold(&tx, &chunk).await?, Counts::Apply)
        };
        let chunk = with_records(&tx, chunk).await?;
        recompute(&mut tx, &chunk, published, &rolls, counts).await?;
        done += chunk.len();
        tx.audit(
            Audit::new("entitle.recompute")
                .with("people", chunk.len() as i64)
                .with("digest", published.digest.clone()),
        );
        tx.commit().await?;
        progress(done);
    }
    let mut tx = store.begin(&actor, None).await?;
    if first {
        tallies::replace(&mut tx, collected.change()).await?;
    }
    tx.set_setting(ANSWERED_DIGEST, &published.digest).await?;
    tx.audit(
        Audit::new("entitle.everyone")
            .with("people", done as i64)
            .with("digest", published.digest.clone()),
    );
    tx.commit().await?;
    Ok(done)
}

/// Recomputes those whose answers may have changed because days passed; their facts are refreshed
/// first. Returns how many.
pub async fn due(store: &Store, published: &Published) -> StoreResult<usize> {
    let actor = authz::Actor::system("nightly");
    let (mut done, mut last): (usize, Option<PersonKey>) = (0, None);
    loop {
        let keys = answers::due(store, store.clock().today(), last.as_ref(), CHUNK).await?;
        let Some(end) = keys.last() else {
            return Ok(done);
        };
        last = Some(end.clone());
        let rolls = people::api::roll_book(store).await?;
        let mut tx = store.begin(&actor, None).await?;
        let mut persons = Vec::with_capacity(keys.len());
        for key in &keys {
            persons.push(people::api::refresh(&mut tx, &key.id).await?);
        }
        let persons = with_records(&tx, persons).await?;
        recompute(&mut tx, &persons, published, &rolls, Counts::Apply).await?;
        tx.audit(
            Audit::new("entitle.recompute")
                .with("people", keys.len() as i64)
                .with("why", "days"),
        );
        tx.commit().await?;
        done += keys.len();
    }
}

/// These people with what they were told.
async fn with_records(tx: &Tx, people: Vec<people::api::Person>) -> StoreResult<Vec<Fresh>> {
    let keys: Vec<PersonKey> = people.iter().map(|person| person.key.clone()).collect();
    let mut records = people::api::records_of(tx, &keys).await?;
    Ok(people
        .into_iter()
        .map(|person| Fresh {
            records: records.remove(&person.key.id).unwrap_or_default(),
            key: person.key,
            household: person.household,
            registered: person.registered,
            facts: person.facts,
            new: false,
        })
        .collect())
}

async fn recompute(
    tx: &mut Tx,
    persons: &[Fresh],
    published: &Published,
    rolls: &RollBook,
    counts: Counts<'_>,
) -> StoreResult<()> {
    let why = match counts {
        Counts::Collect(_) => For::First,
        Counts::Apply if tx.kept::<receipts::Written>().is_some() => For::ChangeAndReceipts,
        Counts::Apply => For::Change,
    };
    let judged = judge(&*tx, persons, published, rolls, tx.at(), why).await?;
    match counts {
        Counts::Apply => judged.write_all(tx).await,
        Counts::Collect(all) => {
            all.add(judged.write(tx, true).await?);
            Ok(())
        }
    }
}

pub(crate) fn day_of(facts: &Facts, fact: FactId) -> Option<Day> {
    match facts.get(fact) {
        Some(Value::Day(day)) => Some(*day),
        _ => None,
    }
}

/// As [`next_turn`], with the days that somebody's records name.
pub(crate) fn turn(
    person: &Who<'_>,
    records: &[people::api::Record],
    published: &Published,
    receipts: &[Receipt],
    today: Day,
) -> Option<Day> {
    let future = records
        .iter()
        .flat_map(|record| &record.sets)
        .flat_map(|set| [Some(set.since), set.until])
        .flatten();
    future
        .filter(|day| *day > today)
        .chain(next_turn(person, published, receipts, today))
        .min()
}

/// The next day on which an answer may change though no fact does: a birthday, a month of a small
/// child, a date among the facts, a receipt or a parameter that begins or ends. Early is safe, late is
/// not.
pub(crate) fn next_turn(
    person: &Who<'_>,
    published: &Published,
    receipts: &[Receipt],
    today: Day,
) -> Option<Day> {
    let mut days: Vec<Day> = Vec::new();
    if let Some(birth) = day_of(person.facts, FactId::BIRTH_DATE) {
        let next = birthdays(person.facts, today.plus_years(1));
        days.extend(next);
        let age = birth.age_on(today);
        if age < 55 {
            days.push(birth.plus_years(age + 1));
            days.push(birth.plus_years(age + 1).plus_days(1));
        }
        if age < 4 {
            days.push(birth.plus_months(birth.months_on(today) + 1));
        }
    }
    for fact in FactId::all() {
        if let Some(day) = day_of(person.facts, fact) {
            days.extend([day, day.plus_days(1)]);
        }
    }
    days.extend(
        receipts
            .iter()
            .flat_map(|receipt| [Some(receipt.from), receipt.until])
            .flatten(),
    );
    days.extend(param_days(published));
    days.into_iter().filter(|day| *day > today).min()
}

/// The days on which a parameter of the list changes.
pub(crate) fn param_days(published: &Published) -> impl Iterator<Item = Day> {
    let values = published.list.params().iter();
    values
        .flat_map(rules::ParamTable::values)
        .map(|value| value.from)
}

/// Compares the stored answers of everyone with fresh ones; returns the ids that differ (nightly
/// check: there must be none).
pub async fn differences(reads: &Store, published: &Published) -> StoreResult<Vec<String>> {
    let today = reads.clock().today();
    let connected = receipts::connected(reads).await?;
    let mut last: Option<PersonKey> = None;
    let mut out = Vec::new();
    loop {
        let chunk = people::api::after(reads, last.as_ref(), CHUNK).await?;
        let Some(end) = chunk.last() else {
            return Ok(out);
        };
        last = Some(end.key.clone());
        let keys: Vec<PersonKey> = chunk.iter().map(|person| person.key.clone()).collect();
        let stored = answers::of_many(reads, &keys).await?;
        let received = receipts::of_many(reads, &keys).await?;
        for person in &chunk {
            let none = Vec::new();
            let mut fresh = stand(
                &published.list,
                &person.facts,
                received.get(&person.key.id).unwrap_or(&none),
                &connected,
                today,
            );
            fresh.found.clear();
            if stored
                .get(&person.key.id)
                .map(|answered| &answered.standing)
                != Some(&fresh)
            {
                out.push(person.key.id.clone());
            }
        }
    }
}

/// Explains one person: what was known at a moment about a day, and what the list says to it.
pub async fn explain(
    reads: &impl Reads,
    key: &PersonKey,
    published: &Published,
    on: Day,
    known: Instant,
) -> StoreResult<(rules::Explanation, people::api::Resolved)> {
    let resolved = people::api::facts_on(reads, key, on, known).await?;
    let explanation = published.list.explain(
        &resolved.facts,
        &|fact| {
            resolved.known(fact).map(|known| rules::Provenance {
                since: Some(known.since),
                recorded: Some(known.recorded),
                by: Some(format!(
                    "{}{} · {}",
                    known.source,
                    if known.roll.is_some() {
                        "（全量名单，不在册）"
                    } else {
                        ""
                    },
                    known.by
                )),
            })
        },
        on,
    );
    Ok((explanation, resolved))
}

/// One person on a day as known at a moment: what the list says and why, the facts, and what was received.
pub(crate) struct Asked {
    pub(crate) explanation: rules::Explanation,
    pub(crate) resolved: people::api::Resolved,
    pub(crate) standing: Standing,
    pub(crate) received: Vec<Receipt>,
    pub(crate) connected: Connected,
}

/// Asks about one person.
pub(crate) async fn ask(
    reads: &impl Reads,
    key: &PersonKey,
    published: &Published,
    (on, known): (Day, Instant),
) -> StoreResult<Asked> {
    let (explanation, resolved) = explain(reads, key, published, on, known).await?;
    let received = receipts::of(reads, key).await?;
    let connected = receipts::connected(reads).await?.as_of(on, known);
    let standing = stand(&published.list, &resolved.facts, &received, &connected, on);
    Ok(Asked {
        explanation,
        resolved,
        standing,
        received,
        connected,
    })
}
