//! Lists from the columns and from the database are the same people.

use super::AnswerColumns;
use crate::standing::{Places, Standing, bit};
use crate::store::answers::{self, AnswerRow, Wanted};
use authz::{Actor, Scope};
use host::PersonKey;
use kernel::{AreaCode, Day, Instant};
use people::api::{NameIndex, NewPerson, Record, RollBook, Set, register_many};
use rules::Value;
use rules::folder::AreaBasis;
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
    /// A few bits; also the highest, which is a sign in the database.
    fn bits(&mut self) -> u64 {
        [0, 3, 40, 62, 63]
            .into_iter()
            .filter(|_| self.below(3) == 0)
            .fold(0, |bits, place| bits | 1 << place)
    }
}

const AREAS: &[&str] = &[
    "4213",
    "421303",
    "421303001",
    "421303001001",
    "421303002001",
    "421321",
    "440304",
];
const STATES: &[&str] = &[
    "yes",
    "unknown",
    "ask",
    "receiving",
    "owed",
    "undue",
    "no",
    "missing",
];

fn area(chance: &mut Chance) -> AreaCode {
    chance.of(AREAS).parse().unwrap()
}

struct Someone {
    key: PersonKey,
    places: Places,
    birth: Option<Day>,
    household: Option<String>,
}

fn someone(chance: &mut Chance, store: &Store) -> Someone {
    let mut maybe_area = || (chance.below(5) > 0).then(|| area(chance));
    let places = Places {
        hukou: maybe_area(),
        residence: maybe_area(),
    };
    let first: Day = "1930-01-01".parse().unwrap();
    Someone {
        key: PersonKey {
            shard: "421303".into(),
            id: store.new_id(),
        },
        places,
        birth: (chance.below(6) > 0).then(|| first.plus_days(chance.below(40) as i32 * 800)),
        household: (chance.below(3) > 0).then(|| format!("H{}", chance.below(30))),
    }
}

fn registration(person: &Someone) -> NewPerson {
    let registered = Instant::at("2024-01-01".parse().unwrap(), 0);
    let sets = [
        ("hukou_area", person.places.hukou.map(Value::Area)),
        ("residence_area", person.places.residence.map(Value::Area)),
        ("birth_date", person.birth.map(Value::Day)),
    ];
    NewPerson {
        key: person.key.clone(),
        name: "测".into(),
        provisional: None,
        id_number: None,
        phone: None,
        address: None,
        contact_name: None,
        contact_phone: None,
        contact_relation: None,
        household: person.household.clone(),
        relation: None,
        registered,
        guardians: Vec::new(),
        records: vec![Record {
            seq: 1,
            recorded: registered,
            source: "测试".into(),
            by: "测试".into(),
            sets: sets
                .into_iter()
                .map(|(fact, value)| Set {
                    fact: rules::facts::find(fact).unwrap(),
                    value,
                    since: "1900-01-01".parse().unwrap(),
                    until: None,
                })
                .collect(),
            reason: None,
            withdrawn: None,
        }],
    }
}

/// Writes answers of these people anew, in one transaction; returns its moment.
async fn answer(chance: &mut Chance, store: &Store, people: &[&Someone], commits: bool) -> Instant {
    let standings: Vec<Standing> = people
        .iter()
        .map(|_| Standing {
            yes: chance.bits(),
            unknown: chance.bits(),
            ask: chance.bits(),
            receiving: chance.bits(),
            owed: chance.bits(),
            undue: chance.bits(),
            missing: u128::from(chance.bits()) | u128::from(chance.bits()) << 64,
            ..Standing::default()
        })
        .collect();
    let mut tx = store.begin(&Actor::system("test"), None).await.unwrap();
    let at = tx.at();
    let rows: Vec<AnswerRow<'_>> = people
        .iter()
        .zip(&standings)
        .map(|(person, standing)| AnswerRow {
            key: &person.key,
            places: person.places,
            birth: person.birth,
            household: person.household.as_deref(),
            standing,
            digest: "x",
            as_of: at.day(),
            next_change: None,
        })
        .collect();
    let ids: Vec<String> = people.iter().map(|person| person.key.id.clone()).collect();
    let keys = crate::store::keys_of(&tx, &ids).await.unwrap();
    answers::remove(&mut tx, &keys).await.unwrap();
    answers::put(&mut tx, &rows, false).await.unwrap();
    tx.audit(store::Audit::new("test"));
    if commits {
        tx.commit().await.unwrap();
    } else {
        tx.rollback().await.unwrap();
    }
    at
}

async fn agree(
    columns: &AnswerColumns,
    names: &NameIndex,
    store: &Store,
    chance: &mut Chance,
) -> u64 {
    let mut matched = 0;
    for _ in 0..120 {
        let areas = 0..chance.below(3);
        let scope = match chance.below(4) {
            0 => Scope::Nowhere,
            1 => Scope::Areas(vec![area(chance), area(chance)]),
            _ => Scope::Everywhere,
        };
        let wanted = Wanted {
            state: chance.of(STATES),
            bit: 1 << chance.of(&[0, 3, 40, 62, 63]),
            high: chance.below(2) == 0,
            basis: chance.of(&[AreaBasis::Hukou, AreaBasis::Residence, AreaBasis::Facility]),
            areas: areas.map(|_| area(chance)).collect(),
            skip: chance.of(&[0, 0, 5]),
            most: chance.of(&[3, 500]),
        };
        let looked = columns.look(names, &scope, &wanted);
        let whole = Wanted {
            skip: 0,
            most: 10_000,
            ..wanted.clone()
        };
        let counted = answers::count(store, &scope, &wanted).await.unwrap();
        assert_eq!(looked.total, counted as u64, "{scope:?} {wanted:?}");
        let listed = answers::page(store, &scope, &whole).await.unwrap();
        let persons = people::api::of_ids(
            store,
            &Scope::Everywhere,
            listed.into_iter().map(|(id, _)| id).collect(),
        )
        .await
        .unwrap();
        // By birth and id, births that are not known last.
        let page: Vec<String> = persons
            .into_iter()
            .map(|person| person.key.id)
            .skip(wanted.skip as usize)
            .take(wanted.most as usize)
            .collect();
        assert_eq!(looked.ids, page, "{scope:?} {wanted:?}");
        let by_sql = answers::households(store, wanted.bit, wanted.basis, &wanted.areas)
            .await
            .unwrap();
        let households = columns.households(names, wanted.bit, wanted.basis, &wanted.areas);
        assert_eq!(households as i64, by_sql, "{wanted:?}");
        matched += looked.total;
    }
    matched
}

/// Rows C01, C05; invariants 8 and 10: for random answers, scopes, states and bases the columns list, count and
/// count by household what the database does: at the start, after writes that were announced, and after a
/// night that announced nothing; an announced write that was taken back changes nothing.
#[tokio::test]
async fn columns_and_database_list_the_same_people_on_both() {
    assert_eq!(bit(1), 1);
    let mut migrations = store::migrations();
    migrations.extend(people::capability().migrations);
    migrations.extend(crate::capability().migrations);
    for db in store::testing::databases(&migrations).await.unwrap() {
        let (store, mut chance) = (&db.store, Chance(20_261_124));
        let everyone: Vec<Someone> = (0..250).map(|_| someone(&mut chance, store)).collect();
        let mut tx = store.begin(&Actor::system("test"), None).await.unwrap();
        let new = everyone.iter().map(registration).collect();
        register_many(&mut tx, new, &RollBook::default(), "test")
            .await
            .unwrap();
        tx.commit().await.unwrap();
        // A few stay without answers.
        let all: Vec<&Someone> = everyone.iter().take(240).collect();
        answer(&mut chance, store, &all, true).await;
        let names = NameIndex::load(store).await.unwrap();
        let columns = AnswerColumns::load(store, &names).await.unwrap();
        let matched = agree(&columns, &names, store, &mut chance).await;
        assert!(matched > 1_000, "{matched}");

        for commits in [true, false, true] {
            let some: Vec<&Someone> = everyone.iter().skip(chance.below(200)).take(50).collect();
            let at = answer(&mut chance, store, &some, commits).await;
            let keys: Vec<PersonKey> = some.iter().map(|person| person.key.clone()).collect();
            columns.expect(&keys, at);
            columns.settle(store, &names).await.unwrap();
            agree(&columns, &names, store, &mut chance).await;
        }
        let since = answer(&mut chance, store, &all, true).await;
        columns.follow(store, &names, since).await.unwrap();
        agree(&columns, &names, store, &mut chance).await;
        db.close().await.unwrap();
    }
}
