//! The scope in a query and the decision about one record say the same.

use crate::place::{Chance, code, day, person, record, register, registers, set};
use authz::{Action, Actor, Decision, Role, Scope, decide, oracle};
use kernel::Instant;
use people::api::{Filter, NameIndex, Person, RollBook, after, count, list};
use rules::Value;
use std::collections::BTreeSet;

/// Villages, towns, counties, cities and provinces of two trees; codes that begin alike and are not inside each other.
const AREAS: &[&str] = &[
    "42",
    "4213",
    "421303",
    "421303001",
    "421303001001",
    "421303001200",
    "421303002",
    "421303002001",
    "421303106",
    "421303106200",
    "421381",
    "421381100",
    "421381100001",
    "421321",
    "421321103206",
    "4212",
    "421202",
    "421202001001",
    "440304",
    "441900",
];

fn random_scope(chance: &mut Chance) -> Scope {
    match chance.below(10) {
        0 => Scope::Nowhere,
        1 => Scope::Everywhere,
        2 => Scope::Areas(Vec::new()),
        3 | 4 => {
            let ids = 0..chance.below(6);
            Scope::People(
                ids.map(|_| format!("person-{:05}", chance.below(220)))
                    .collect(),
            )
        }
        _ => {
            let areas = 0..=chance.below(3);
            Scope::Areas(areas.map(|_| code(chance.of(AREAS))).collect())
        }
    }
}

/// Row M03; invariants 8 and 10: for 60 random scopes and 200 people, list, count and name search hold exactly those whom the
/// decision about a single record (the policies) admits, and the plain rules say the same.
#[tokio::test]
async fn queries_and_the_decision_about_one_record_agree() {
    for db in registers().await {
        let mut chance = Chance(20_250_630);
        let known = Instant::at(day("2024-01-01"), 0);
        let people = (0..200).map(|id| {
            let mut sets = vec![set(
                "birth_date",
                Some(Value::Day(day("1940-01-01"))),
                day("1940-01-01"),
            )];
            for fact in ["hukou_area", "residence_area"] {
                if !chance.once_in(6) {
                    let area = Value::Area(code(chance.of(AREAS)));
                    sets.push(set(fact, Some(area), day("1940-01-01")));
                }
            }
            person(id, vec![record(1, known, sets)])
        });
        let people = people.collect();
        register(&db.store, people, &RollBook::default()).await;
        let everyone: Vec<Person> = after(&db.store, None, 1_000).await.unwrap();
        assert_eq!(everyone.len(), 200);
        let names = NameIndex::load(&db.store).await.unwrap();
        let (mut admitted_at_all, mut refused_at_all) = (0, 0);
        for _ in 0..60 {
            let scope = random_scope(&mut chance);
            let actor = Actor {
                id: "a".into(),
                name: "测".into(),
                role: Role::TownWorker,
                scope: scope.clone(),
                scope_name: String::new(),
            };
            let admitted: BTreeSet<&str> = everyone
                .iter()
                .filter(|person| {
                    decide(&actor, Action::ReadPerson, &person.subject()) == Decision::Allow
                })
                .map(|person| person.key.id.as_str())
                .collect();
            // The policies say of each what the plain rules say.
            for person in &everyone {
                let ours = admitted.contains(person.key.id.as_str());
                let plain = oracle::decide(&actor, Action::ReadPerson, &person.subject());
                assert_eq!(ours, plain == Decision::Allow, "{scope:?}");
            }
            admitted_at_all += admitted.len();
            refused_at_all += 200 - admitted.len();
            let filter = Filter {
                most: 1_000,
                ..Filter::default()
            };
            let listed = list(&db.store, &scope, &filter).await.unwrap();
            let listed: BTreeSet<&str> =
                listed.iter().map(|person| person.key.id.as_str()).collect();
            assert_eq!(listed, admitted, "{scope:?} on {}", db.name);
            let counted = count(&db.store, &scope, &filter).await.unwrap();
            assert_eq!(counted, admitted.len() as i64, "{scope:?}");
            let found = names.find(&scope, "测", 1_000);
            let found: BTreeSet<&str> = found.iter().map(String::as_str).collect();
            assert_eq!(found, admitted, "{scope:?}");
            // An area filter narrows a scope and never widens it.
            let area = code(chance.of(AREAS));
            let inside = Filter {
                area: Some(area),
                ..filter.clone()
            };
            let narrowed = list(&db.store, &scope, &inside).await.unwrap();
            let expect = everyone.iter().filter(|person| {
                admitted.contains(person.key.id.as_str())
                    && Scope::Areas(vec![area]).admits(&person.subject())
            });
            assert_eq!(narrowed.len(), expect.count(), "{scope:?} in {area}");
            // Typed ids are no way around a scope.
            let all_ids = Filter {
                ids: Some(
                    everyone
                        .iter()
                        .map(|person| person.key.id.clone())
                        .collect(),
                ),
                ..filter
            };
            assert_eq!(
                count(&db.store, &scope, &all_ids).await.unwrap(),
                admitted.len() as i64
            );
        }
        assert!(admitted_at_all > 1_000 && refused_at_all > 1_000);
        db.close().await.unwrap();
    }
}
