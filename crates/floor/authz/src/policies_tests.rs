//! The policies agree with the oracle and with Scope; what does not compile holds nothing.

use super::*;
use crate::oracle;
use proptest::prelude::*;

/// Villages, towns, counties, cities of two trees, and codes that begin alike and are not inside each other.
const AREAS: &[&str] = &[
    "42",
    "4213",
    "421303",
    "421303001",
    "421303001001",
    "421303001200",
    "421303106",
    "421303106200",
    "421381",
    "421381100001",
    "4212",
    "421202001001",
    "441900",
];

fn area() -> impl Strategy<Value = AreaCode> {
    prop::sample::select(AREAS).prop_map(|code| code.parse().unwrap())
}

fn person() -> impl Strategy<Value = String> {
    (0..6_u8).prop_map(|id| format!("p{id}"))
}

fn scope() -> impl Strategy<Value = Scope> {
    prop_oneof![
        1 => Just(Scope::Nowhere),
        1 => Just(Scope::Everywhere),
        2 => prop::collection::vec(person(), 0..4).prop_map(Scope::People),
        6 => prop::collection::vec(area(), 0..4).prop_map(Scope::Areas),
    ]
}

/// Offices that own facts: none, one, several, and one that nobody has.
const OWNERS: &[&[&str]] = &[
    &[],
    &["民政"],
    &["村级"],
    &["卫健"],
    &["残联"],
    &["民政", "残联"],
    &["人社"],
    &["人社", "村级"],
];

fn actions() -> Vec<Action> {
    let mut all: Vec<Action> = Action::ALL.to_vec();
    all.extend(OWNERS.iter().map(|offices| Action::CorrectFact { offices }));
    all
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Row M03; invariants 8 and 10: for every role and action, whatever the scope and the record, the policies answer as
    /// the plain rules do, and allow nothing that Scope does not admit.
    #[test]
    fn policies_oracle_and_scope_agree(
        scope in scope(),
        id in person(),
        hukou in prop::option::of(area()),
        residence in prop::option::of(area()),
    ) {
        let policies = in_force().unwrap();
        let subject = Subject { person: id, hukou, residence };
        for role in Role::ALL {
            let actor = Actor {
                id: "a".into(),
                name: "测".into(),
                role: *role,
                scope: scope.clone(),
                scope_name: String::new(),
            };
            for action in actions() {
                let decided = policies.decide(&actor, action, &subject);
                prop_assert_eq!(
                    decided,
                    oracle::decide(&actor, action, &subject),
                    "{:?} {:?}", role, action
                );
                prop_assert_eq!(
                    decided == Decision::Allow,
                    action.allowed_to(*role) && scope.admits(&subject),
                    "{:?} {:?}", role, action
                );
            }
        }
    }
}

/// Row M03: what a role does at all is in the policies as it was in the table of the program.
#[test]
fn every_role_does_what_the_table_said() {
    // What is asked is made of the schema's words: held against it, the answers are the same.
    let mut held = Policies::compile(SCHEMA, FILES).unwrap();
    held.held = true;
    let mother = Subject {
        person: "p1".into(),
        hukou: "421303001001".parse().ok(),
        residence: Some("421381100001".parse().unwrap()),
    };
    for (role, scope) in [
        (
            Role::TownWorker,
            Scope::Areas(vec!["421303001".parse().unwrap()]),
        ),
        (Role::Family, Scope::People(vec!["p1".into()])),
        (Role::System, Scope::Everywhere),
        (Role::AuditAdmin, Scope::Nowhere),
    ] {
        let actor = Actor {
            id: "a".into(),
            name: "测".into(),
            role,
            scope,
            scope_name: String::new(),
        };
        for action in actions() {
            assert_eq!(
                held.decide(&actor, action, &mother),
                oracle::decide(&actor, action, &mother),
                "{role:?} {action:?}"
            );
        }
    }
    for role in Role::ALL {
        for action in actions() {
            assert_eq!(
                action.allowed_to(*role),
                oracle::allowed(action, *role),
                "{role:?} {action:?}"
            );
        }
    }
}

/// Invariant 4: policies that cannot be read, that use a word the schema does not know, that leave an action out or bear
/// no name hold nothing; the fault names the file.
#[test]
fn policies_that_do_not_hold_are_refused() {
    check().unwrap();
    let with = |more: &'static str| {
        let mut files = FILES.to_vec();
        files.push(("more.cedar", more));
        Policies::compile(SCHEMA, &files).map(|_policies| ())
    };
    with("@id(\"well\") forbid (principal, action, resource) when { principal.everywhere && !principal.everywhere };")
        .unwrap();
    for (wrong, says) in [
        ("permit (principal, action resource);", "more.cedar"),
        ("permit (principal, action, resource);", "@id"),
        (
            "@id(\"x\") permit (principal, action, resource) when { principal.everwhere };",
            "everwhere",
        ),
        (
            "@id(\"x\") permit (principal, action == Action::\"ReadPersons\", resource);",
            "ReadPersons",
        ),
        (
            "@id(\"scope\") permit (principal, action, resource);",
            "more.cedar",
        ),
    ] {
        let fault = with(wrong).unwrap_err();
        assert!(fault.to_string().contains(says), "{wrong}: {fault}");
    }
    let short = SCHEMA.1.replace("\"GrantScope\", ", "");
    let fault = Policies::compile((SCHEMA.0, &short), FILES).unwrap_err();
    assert!(fault.to_string().contains("GrantScope"), "{fault}");
    let none = Policies::compile(("s", "entity {"), &[]).unwrap_err();
    assert_eq!(none.file, "s");
}

/// Deny by default and the limits above the permits: without a policy nobody may do anything, and a permit of everything
/// to everybody moves neither Scope nor the wall around the three administrators nor an inspector's hands.
#[test]
fn limits_stand_above_permits() {
    let nothing = Policies::compile(SCHEMA, &[]).unwrap();
    let everything: &[(&str, &str)] = &[
        (
            "all.cedar",
            "@id(\"all\") permit (principal, action, resource);",
        ),
        FILES[1],
    ];
    let everything = Policies::compile(SCHEMA, everything).unwrap();
    let subject = Subject {
        person: "p".into(),
        hukou: "421303001001".parse().ok(),
        residence: None,
    };
    let actor = |role, area: &str| Actor {
        id: "a".into(),
        name: "测".into(),
        role,
        scope: Scope::Areas(vec![area.parse().unwrap()]),
        scope_name: String::new(),
    };
    for role in Role::ALL {
        for action in Action::ALL {
            let here = actor(*role, "421303001");
            assert_eq!(
                nothing.decide(&here, *action, &subject),
                Decision::NotYourWork
            );
            let elsewhere = everything.decide(&actor(*role, "421381"), *action, &subject);
            assert_ne!(elsewhere, Decision::Allow, "{role:?} {action:?}");
        }
    }
    for (role, action, expect) in [
        (Role::SystemAdmin, Action::ReadPerson, Decision::NotYourWork),
        (Role::AuditAdmin, Action::Export, Decision::NotYourWork),
        (
            Role::InspectorDiscipline,
            Action::RegisterPerson,
            Decision::NotYourWork,
        ),
        (
            Role::InspectorDiscipline,
            Action::ReadPerson,
            Decision::Allow,
        ),
        (Role::Bank, Action::RegisterPerson, Decision::Allow),
    ] {
        let decided = everything.decide(&actor(role, "421303001"), action, &subject);
        assert_eq!(decided, expect, "{role:?} {action:?}");
    }
}
