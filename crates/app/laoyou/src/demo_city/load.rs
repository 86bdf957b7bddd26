//! Loads the demo city: one thread makes and prepares people, one task writes them.

use crate::fault::{Fault, Outcome};
use crate::out;
use authz::Actor;
use demo::{Chunk, Options, Survey, Village};
use entitle::api::{AnswersReady, FirstAnswers, Receipt, insert_answers};
use host::PersonKey;
use kernel::{AreaCode, Day, IdSource, Instant, SeededIds};
use people::api::{
    Event, NewPerson, Prepared, Preparer, Record, Roll, RollBook, RollDigest, Set, insert_prepared,
    leaver, record_event, record_roll_digest, shard_of,
};
use plan::api::Published;
use rules::Facts;
use rules::facts::{FactId, Value, find};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use store::{Audit, Store};

/// People in one transaction.
const CHUNK: usize = 2_000;

/// Somebody and where they are registered.
pub(crate) type Owed = (PersonKey, Option<AreaCode>);

/// What is ready to be written.
struct Ready {
    people: Prepared,
    answers: AnswersReady,
    events: Vec<(PersonKey, Event)>,
    count: usize,
}

/// The tables whose indexes are built when everybody is in.
pub(crate) fn large_tables() -> Vec<&'static str> {
    [people::api::LARGE, entitle::api::LARGE].concat()
}

/// Registers everybody with what they receive and the first answers; returns the person of the first five
/// minutes (`docs/demo-city.md`).
pub(crate) async fn everybody(
    store: &Store,
    maker: &Actor,
    options: Options,
    villages: Vec<Village>,
    published: Option<Arc<Published>>,
) -> Outcome<Option<Owed>> {
    let survey = demo::survey(&options, &villages);
    let now = store.clock().now();
    let rolls = rolls(store, &survey, now)?;
    let answers = match published {
        None => None,
        Some(published) => {
            let mut tx = store.begin(maker, None).await?;
            let connected = demo::PROGRAMMES.iter().map(|id| (*id).to_owned()).collect();
            let first = FirstAnswers::new(&mut tx, published, connected).await?;
            tx.audit(Audit::new("demo.answers"));
            tx.commit().await?;
            Some(first)
        }
    };
    let book = RollBook::new(rolls.clone());
    let total = survey.people;
    let mut line = Line {
        preparer: Preparer::new(store, store.keys().clone(), book, now).await?,
        digests: vec![RollDigest::default(); rolls.len()],
        ids: SeededIds::new(options.seed ^ 0x5eed_0000_7069),
        received: BTreeMap::new(),
        owed: None,
        survey,
        rolls,
        answers,
        now,
    };
    let (send, mut receive) = tokio::sync::mpsc::channel::<Outcome<Ready>>(1);
    let worker = std::thread::Builder::new()
        .name("demo".to_owned())
        .spawn(move || {
            for chunk in demo::stream(&options, &villages, CHUNK) {
                let ready = line.prepare(chunk);
                let failed = ready.is_err();
                if send.blocking_send(ready).is_err() || failed {
                    break;
                }
            }
            line
        })?;
    let mut done = 0;
    while let Some(ready) = receive.recv().await {
        let ready = ready?;
        let mut tx = store.begin(maker, None).await?;
        insert_prepared(&mut tx, ready.people, "demo").await?;
        insert_answers(&mut tx, ready.answers).await?;
        for (key, event) in ready.events {
            record_event(&mut tx, &key, &event).await?;
        }
        tx.commit().await?;
        let before = done;
        done += ready.count;
        if before * 20 / total.max(1) != done * 20 / total.max(1) {
            out::progress(format!("  登记并判断资格 {done}/{total} 人"));
        }
    }
    let line = worker
        .join()
        .map_err(|_panic| Fault::new("生成演示城市的线程意外停止".to_owned()))?;
    line.finish(store, maker).await
}

/// What the making thread carries along.
struct Line {
    preparer: Preparer,
    digests: Vec<RollDigest>,
    ids: SeededIds,
    received: BTreeMap<&'static str, i64>,
    owed: Option<Owed>,
    survey: Survey,
    rolls: Vec<Roll>,
    answers: Option<FirstAnswers>,
    now: Instant,
}

impl Line {
    fn prepare(&mut self, mut chunk: Chunk) -> Outcome<Ready> {
        let (first, now) = (chunk.first, self.now);
        let keys: Vec<PersonKey> = chunk
            .people
            .iter()
            .map(|person| PersonKey {
                shard: shard_of(first_area(person)),
                id: self.ids.new_id(now),
            })
            .collect();
        self.digest(first, &keys);
        let owed = self
            .survey
            .named("owed_allowance")
            .and_then(|at| at.checked_sub(first));
        if let Some((person, key)) =
            owed.and_then(|at| Some((chunk.people.get(at)?, keys.get(at)?)))
        {
            self.owed = Some((key.clone(), first_area(person)));
        }
        let mut events = Vec::new();
        let mut people: Vec<(NewPerson, Facts)> = Vec::with_capacity(keys.len());
        for (place, (person, key)) in chunk.people.iter_mut().zip(&keys).enumerate() {
            heard_until(person, now);
            let mut person = new_person(person, key, &keys, first)?;
            self.end_leaver(first + place, &mut person);
            events.extend(
                events_of(&person)
                    .into_iter()
                    .map(|event| (key.clone(), event)),
            );
            let facts = self.preparer.facts(&person);
            people.push((person, facts));
        }
        let mut receipts: HashMap<usize, Vec<Receipt>> = HashMap::new();
        for made in chunk.receipts {
            *self.received.entry(made.programme).or_default() += 1;
            receipts
                .entry(made.person - first)
                .or_default()
                .push(Receipt {
                    programme: made.programme.to_owned(),
                    from: made.from,
                    until: made.until,
                    fen: made.fen,
                    payer: made.payer.to_owned(),
                    source: made.source.to_owned(),
                    recorded: made.recorded.min(now),
                });
        }
        for of_one in receipts.values_mut() {
            of_one.sort_by(|a, b| {
                b.from
                    .cmp(&a.from)
                    .then_with(|| a.programme.cmp(&b.programme))
            });
        }
        let answers = match &mut self.answers {
            Some(first) => first.answer(self.preparer.rolls(), &people, receipts),
            None => AnswersReady::default(),
        };
        Ok(Ready {
            people: self.preparer.prepare(&people)?,
            answers,
            events,
            count: people.len(),
        })
    }

    /// Tells each roll who of these is on it.
    fn digest(&mut self, first: usize, keys: &[PersonKey]) {
        for (roll, digest) in self.survey.rolls.iter().zip(&mut self.digests) {
            let from = roll.listed.partition_point(|at| *at < first);
            let here = roll.listed.iter().skip(from);
            for at in here.take_while(|at| **at < first + keys.len()) {
                if let Some(key) = keys.get(at - first) {
                    digest.add(&key.id);
                }
            }
        }
    }

    /// Who was on a roll and is missing from the next one gets an explicit end, as loading a roll does.
    fn end_leaver(&self, index: usize, person: &mut NewPerson) {
        let mut facts: Vec<FactId> = Vec::new();
        for set in person.records.iter().flat_map(|record| &record.sets) {
            if set.fact.def().roll && !facts.contains(&set.fact) {
                facts.push(set.fact);
            }
        }
        let mut without: Vec<&Roll> = facts
            .iter()
            .flat_map(|fact| self.survey.without(index, fact.name()))
            .filter_map(|(at, _)| self.rolls.get(at))
            .collect();
        without.sort_by_key(|roll| roll.recorded);
        for roll in without {
            if let Some(end) = leaver(&person.records, roll) {
                person.records.push(end);
            }
        }
        person
            .records
            .sort_by_key(|record| (record.recorded, record.seq));
        for (place, record) in person.records.iter_mut().enumerate() {
            record.seq = place as i64 + 1;
        }
    }

    async fn finish(self, store: &Store, maker: &Actor) -> Outcome<Option<Owed>> {
        let mut tx = store.begin(maker, None).await?;
        for (roll, digest) in self.rolls.iter().zip(self.digests) {
            record_roll_digest(&mut tx, roll, &digest.finish()).await?;
        }
        for programme in demo::PROGRAMMES {
            let people = self.received.get(programme).copied().unwrap_or(0);
            entitle::api::connect(&mut tx, programme, "在享花名册", people).await?;
        }
        if let Some(answers) = self.answers {
            answers.finish(&mut tx).await?;
        }
        tx.commit().await?;
        Ok(self.owed)
    }
}

fn rolls(store: &Store, survey: &Survey, now: Instant) -> Outcome<Vec<Roll>> {
    let mut out = Vec::with_capacity(survey.rolls.len());
    for made in &survey.rolls {
        let fact = find(made.fact)
            .ok_or_else(|| Fault::new(format!("演示名册用了未知事实 {}", made.fact)))?;
        out.push(Roll {
            id: store.new_id(),
            fact,
            area: made.area,
            day: made.date,
            recorded: made.recorded.min(now),
            source: made.source.to_owned(),
            by: made.by.to_owned(),
            listed: made.listed.len() as i64,
            withdrawn: made.withdrawn.map(|at| at.min(now)),
        });
    }
    Ok(out)
}

/// The city is told until the end of its day and loaded in the morning: nothing is recorded later than
/// now, or rows would hold what is not known yet.
fn heard_until(person: &mut demo::Person, now: Instant) {
    person.registered = person.registered.min(now);
    for record in &mut person.records {
        record.recorded = record.recorded.min(now);
    }
}

fn first_area(person: &demo::Person) -> Option<AreaCode> {
    let area = |fact: &str| {
        person
            .records
            .iter()
            .flat_map(|record| &record.sets)
            .find(|set| set.fact == fact)
            .and_then(|set| match set.value {
                Some(demo::Value::Area(code)) => Some(code),
                _ => None,
            })
    };
    area("hukou_area").or_else(|| area("residence_area"))
}

/// The person as the register takes it; `keys` are those of the chunk, whose first has index `first`.
fn new_person(
    person: &demo::Person,
    key: &PersonKey,
    keys: &[PersonKey],
    first: usize,
) -> Outcome<NewPerson> {
    let mut records = Vec::with_capacity(person.records.len());
    for (place, record) in person.records.iter().enumerate() {
        let mut sets = Vec::with_capacity(record.sets.len());
        for set in &record.sets {
            let fact = find(set.fact)
                .ok_or_else(|| Fault::new(format!("演示数据用了未知事实 {}", set.fact)))?;
            sets.push(Set {
                fact,
                value: set.value.map(value),
                since: set.since,
                until: set.until,
            });
        }
        records.push(Record {
            seq: place as i64 + 1,
            recorded: record.recorded,
            source: record.source.to_owned(),
            by: record.by.to_owned(),
            sets,
            reason: None,
            withdrawn: None,
        });
    }
    let contact = person.contact.as_ref();
    Ok(NewPerson {
        key: key.clone(),
        name: person.name.clone(),
        provisional: person.id_number.is_none().then(|| {
            format!(
                "临{}-{}",
                key.shard,
                key.id.get(18..).unwrap_or("").to_uppercase()
            )
        }),
        id_number: person.id_number.clone(),
        phone: person.phone.clone(),
        address: person.address.clone(),
        contact_name: contact.map(|contact| contact.0.clone()),
        contact_phone: contact.map(|contact| contact.1.clone()),
        contact_relation: contact.map(|contact| contact.2.to_owned()),
        household: Some(format!("H{:07}", person.household)),
        relation: Some(person.relation.to_owned()),
        registered: person.registered,
        guardians: person
            .guardians
            .iter()
            .filter_map(|at| keys.get(at.checked_sub(first)?))
            .map(|guardian| (guardian.id.clone(), "监护人".to_owned()))
            .collect(),
        records,
    })
}

const fn value(value: demo::Value) -> Value {
    match value {
        demo::Value::Bool(flag) => Value::Bool(flag),
        demo::Value::Int(number) => Value::Int(number),
        demo::Value::Day(day) => Value::Day(day),
        demo::Value::Word(word) => Value::Word(word),
        demo::Value::Area(code) => Value::Area(code),
    }
}

/// Deaths and moves among the records, as the events they were.
fn events_of(person: &NewPerson) -> Vec<Event> {
    let mut out = Vec::new();
    let mut home: Option<AreaCode> = None;
    for record in &person.records {
        for set in &record.sets {
            let event = |kind: &str, day: Day, from, to| Event {
                kind: kind.to_owned(),
                day,
                from,
                to,
                recorded: record.recorded,
                by: record.by.clone(),
            };
            match (set.fact.name(), &set.value) {
                ("dead_on", Some(Value::Day(day))) => out.push(event("death", *day, None, None)),
                ("moved_out_on", Some(Value::Day(day))) => {
                    out.push(event("move_out", *day, home, None));
                }
                ("residence_area", Some(Value::Area(code)))
                    if set.fact == FactId::RESIDENCE_AREA =>
                {
                    if home.is_some_and(|home| home != *code) {
                        out.push(event("move", set.since, home, Some(*code)));
                    }
                    home = Some(*code);
                }
                _ => {}
            }
        }
    }
    out
}
