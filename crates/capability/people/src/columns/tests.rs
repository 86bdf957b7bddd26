//! The columns and the database say the same, whatever is asked and whatever is written.

use crate::api::{
    self, Filter, Group, Look, NameIndex, NewPerson, PersonKey, Record, RollBook, Set,
};
use crate::store::write;
use authz::{Actor, Scope};
use kernel::{AreaCode, Day, IdSource, Instant, SeededIds};
use rules::Value;
use rules::facts::{FactId, Kind};
use std::collections::BTreeSet;
use store::Store;

/// SplitMix64.
struct Chance(u64);

impl Chance {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((x ^ (x >> 31)) % n as u64) as usize
    }
    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }
    fn once_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }
}

const AREAS: &[&str] = &[
    "4213",
    "421303",
    "421303001",
    "421303001001",
    "421303001200",
    "421303002001",
    "421321",
    "421381100001",
    "440304",
];

fn area(chance: &mut Chance) -> AreaCode {
    chance.of(AREAS).parse().unwrap()
}

fn a_day(chance: &mut Chance) -> Day {
    let first: Day = "1930-01-01".parse().unwrap();
    // Few days, so that many are born on the same one.
    first.plus_days(chance.below(40) as i32 * 800)
}

/// Any value of the fact, or that it is not known.
fn value(chance: &mut Chance, fact: FactId) -> Option<Value> {
    if chance.once_in(4) {
        return None;
    }
    Some(match fact.def().kind {
        Kind::Bool => Value::Bool(chance.once_in(3)),
        // There is no child before the first.
        Kind::Int { .. } if fact.name() == "birth_order" => Value::Int(1 + chance.below(4) as i64),
        Kind::Int { .. } => Value::Int(chance.below(5) as i64),
        Kind::Day => Value::Day(a_day(chance)),
        Kind::Word(words) => Value::Word(words[chance.below(words.len())]),
        Kind::Area => Value::Area(area(chance)),
        Kind::Text => Value::Text("x".into()),
    })
}

/// Half of the ids are base32, half have hyphens as the first versions wrote them.
fn id(ids: &SeededIds, n: usize) -> String {
    let text = ids.new_id(Instant::from_micros(
        1_700_000_000_000_000 + n as i64 * 7_000_000,
    ));
    if n.is_multiple_of(2) {
        return text;
    }
    kernel::text_of_uuid(kernel::number_of_base32(&text).unwrap())
}

fn person(chance: &mut Chance, id: String) -> NewPerson {
    let since = "1900-01-01".parse().unwrap();
    let registered = Instant::at("2024-01-01".parse().unwrap(), 0);
    let sets = FactId::all().map(|fact| Set {
        fact,
        value: value(chance, fact),
        since,
        until: None,
    });
    let record = Record {
        seq: 1,
        recorded: registered,
        source: "测试".into(),
        by: "测试".into(),
        sets: sets.collect(),
        reason: None,
        withdrawn: None,
    };
    let household = (!chance.once_in(4)).then(|| format!("H{}", chance.below(60)));
    NewPerson {
        key: PersonKey {
            shard: format!("{}", 421_300 + chance.below(3)),
            id,
        },
        name: "王\u{1e}秀\u{1f}兰".into(),
        provisional: None,
        id_number: None,
        phone: None,
        address: None,
        contact_name: None,
        contact_phone: None,
        contact_relation: None,
        household,
        relation: None,
        registered,
        guardians: Vec::new(),
        records: vec![record],
    }
}

fn scope(chance: &mut Chance, ids: &[String]) -> Scope {
    match chance.below(8) {
        0 => Scope::Nowhere,
        1 | 2 => Scope::Everywhere,
        3 => Scope::People(
            (0..5)
                .map(|_| ids[chance.below(ids.len())].clone())
                .collect(),
        ),
        n => Scope::Areas((0..n - 3).map(|_| area(chance)).collect()),
    }
}

fn filter(chance: &mut Chance) -> Filter {
    let mut some = |n: usize| chance.once_in(n);
    let (until, after, at, lives, sex, group) =
        (some(2), some(3), some(3), some(6), some(3), some(2));
    Filter {
        born_until: until.then(|| a_day(chance)),
        born_after: after.then(|| a_day(chance)),
        area: at.then(|| area(chance)),
        residence: lives.then(|| area(chance)),
        sex: sex.then(|| chance.of(&["male", "female"]).to_owned()),
        group: group.then(|| chance.of(Group::ALL)),
        dead: chance.once_in(3),
        ids: None,
        youngest_first: chance.once_in(2),
        skip: chance.of(&[0, 0, 3, 20, 150]),
        most: chance.of(&[1, 20, 500]),
    }
}

async fn agree(
    index: &NameIndex,
    store: &Store,
    chance: &mut Chance,
    ids: &[String],
    says: &str,
) -> u64 {
    let mut matched = 0;
    for _ in 0..150 {
        let (scope, filter) = (scope(chance, ids), filter(chance));
        let says = format!("{says}: {scope:?} {filter:?}");
        let looked = index.look(&Look::of(&scope, &filter));
        let whole = Filter {
            skip: 0,
            most: 10_000,
            ..filter.clone()
        };
        let expect = api::list(store, &scope, &whole).await.unwrap();
        assert_eq!(looked.total, expect.len() as u64, "{says}");
        assert_eq!(api::number(index, &scope, &filter), expect.len() as i64);
        // The page: who the database lists there, by birth; ids of two forms sort differently as texts.
        let place = |person: &api::Person| {
            (
                person.facts.get(FactId::BIRTH_DATE).is_none(),
                super::traits::number(person.facts.get(FactId::BIRTH_DATE).and_then(|value| {
                    match value {
                        Value::Day(day) => Some(*day),
                        _ => None,
                    }
                })),
                kernel::uuid_of_text(&person.key.id).unwrap(),
            )
        };
        let mut sorted: Vec<_> = expect
            .iter()
            .map(|person| (place(person), person.key.id.clone()))
            .collect();
        let births: Vec<_> = sorted.iter().map(|((_, birth, _), _)| *birth).collect();
        sorted.sort();
        if filter.youngest_first {
            sorted.reverse();
        }
        assert_eq!(
            births,
            sorted
                .iter()
                .map(|((_, birth, _), _)| *birth)
                .collect::<Vec<_>>(),
            "{says}"
        );
        let page: Vec<String> = sorted
            .into_iter()
            .map(|(_, id)| id)
            .skip(filter.skip as usize)
            .take(filter.most as usize)
            .collect();
        assert_eq!(looked.ids, page, "{says}");
        let listed = api::look(index, store, &scope, &filter).await.unwrap();
        assert_eq!(
            listed
                .people
                .iter()
                .map(|person| person.key.id.clone())
                .collect::<Vec<_>>(),
            page
        );
        let houses: BTreeSet<String> = expect
            .iter()
            .map(|person| person.household.clone().unwrap_or(person.key.id.clone()))
            .collect();
        assert_eq!(
            index.households(&Look::of(&scope, &filter)),
            houses.len() as u64,
            "{says}"
        );
        matched += looked.total;
    }
    matched
}

/// Rows B04, M03; invariants 8 and 10: for random people, scopes and filters the columns count and list whom the
/// database counts and lists, in its order, at the start and after registrations, changes of facts and foldings.
#[tokio::test]
async fn columns_and_database_agree_on_both() {
    let mut migrations = store::migrations();
    migrations.extend(crate::capability().migrations);
    for db in store::testing::databases(&migrations).await.unwrap() {
        let (mut chance, source) = (Chance(20_261_124), SeededIds::new(9));
        let mut ids: Vec<String> = (0..300).map(|n| id(&source, n)).collect();
        let all = ids
            .iter()
            .map(|id| person(&mut chance, id.clone()))
            .collect();
        let actor = Actor::system("test");
        let mut tx = db.store.begin(&actor, None).await.unwrap();
        api::register_many(&mut tx, all, &RollBook::default(), "test")
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let index = NameIndex::load(&db.store).await.unwrap();
        let matched = agree(&index, &db.store, &mut chance, &ids, db.name).await;
        assert!(
            matched > 1_000,
            "the filters match too few to prove anything: {matched}"
        );
        for round in 0..4 {
            let mut tx = db.store.begin(&actor, None).await.unwrap();
            let new: Vec<String> = (0..20).map(|n| id(&source, 400 + round * 20 + n)).collect();
            let people = new
                .iter()
                .map(|id| person(&mut chance, id.clone()))
                .collect();
            api::register_many(&mut tx, people, &RollBook::default(), "test")
                .await
                .unwrap();
            let mut changed = Vec::new();
            for _ in 0..40 {
                let id = ids[chance.below(ids.len())].clone();
                let key = api::person(&tx, &id).await.unwrap().unwrap().key;
                let facts: Vec<FactId> = FactId::all().collect();
                let sets = (0..6).map(|_| chance.of(&facts)).collect::<BTreeSet<_>>();
                let record = Record {
                    seq: 10 + round as i64 * 100 + changed.len() as i64,
                    recorded: tx.at(),
                    source: "测试".into(),
                    by: "测试".into(),
                    sets: sets
                        .into_iter()
                        .map(|fact| Set {
                            fact,
                            value: value(&mut chance, fact),
                            since: "1900-01-01".parse().unwrap(),
                            until: None,
                        })
                        .collect(),
                    reason: None,
                    withdrawn: None,
                };
                write::add_record(&mut tx, &key, &record).await.unwrap();
                api::refresh(&mut tx, &id).await.unwrap();
                changed.push(id);
            }
            tx.audit(store::Audit::new("test"));
            tx.commit().await.unwrap();
            ids.extend(new.clone());
            changed.extend(new);
            if round.is_multiple_of(2) {
                for id in &changed {
                    let person = api::person(&db.store, id).await.unwrap().unwrap();
                    index.put(&db.store, &person).await.unwrap();
                }
            } else {
                index.reread(&db.store, &changed).await.unwrap();
            }
            if round == 2 {
                index.fold_now();
            }
            agree(&index, &db.store, &mut chance, &ids, db.name).await;
        }
        db.close().await.unwrap();
    }
}

/// A mark stays beside its person through changes and foldings.
#[tokio::test]
async fn a_mark_goes_with_its_person() {
    let source = SeededIds::new(4);
    let index = NameIndex::default();
    let ids: Vec<String> = (0..50).map(|n| id(&source, n)).collect();
    let mut chance = Chance(7);
    for _ in 0..3 {
        for id in &ids {
            index.put_traits(
                id,
                "王",
                super::Traits {
                    hukou: None,
                    residence: None,
                    birth: 19_300_000 + chance.below(9) as u32,
                    flags: 0,
                },
            );
        }
        index.mark(ids.iter().zip(0..).map(|(id, n)| (id.as_str(), n)));
        index.fold_now();
        for id in &ids {
            index.put_traits(
                id,
                "王",
                super::Traits {
                    hukou: None,
                    residence: None,
                    birth: 19_300_000 + chance.below(9) as u32,
                    flags: 0,
                },
            );
        }
        for (n, id) in ids.iter().enumerate() {
            let marks: Vec<bool> = (0..50).map(|mark| mark == n).collect();
            let looked = index.look(&Look {
                marks: Some(&marks),
                most: 9,
                ..Look::within(&Scope::Everywhere)
            });
            assert_eq!(looked.ids, std::slice::from_ref(id));
        }
    }
}
