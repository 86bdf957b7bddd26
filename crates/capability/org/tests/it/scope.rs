//! Scope from grants, and roles that see no people.

use crate::place::{PASSWORD, code, day, places, tree};
use area::api::AreaBook;
use authz::{Role, Scope};
use org::api::{Grant, resolve_scope};

fn scope(role: Role, grants: &[Grant], today: &str) -> (Scope, String) {
    resolve_scope(role, grants, &AreaBook::of_tree(&tree()), day(today))
}

/// Row M03; invariants 8 and 10: a county does not reach into the towns of a 管委会, grants are dated.
#[test]
fn grants_become_scope() {
    let from = day("2025-01-01");
    let county = scope(
        Role::CountyCivil,
        &[Grant::management("421303", from)],
        "2025-06-30",
    );
    assert_eq!(
        county,
        (Scope::Areas(vec![code("421303106")]), "曾都区".into())
    );
    let whole = scope(
        Role::CountyCivil,
        &[Grant::management("421381", from)],
        "2025-06-30",
    );
    assert_eq!(whole, (Scope::Areas(vec![code("421381")]), "广水市".into()));
    let zone = scope(
        Role::CountyCivil,
        &[Grant::management("M42130001", from)],
        "2025-06-30",
    );
    assert_eq!(
        zone,
        (Scope::Areas(vec![code("421303187")]), "随州高新区".into())
    );
    let village = Grant::area(&code("421303106200"), from).until(day("2025-07-01"));
    let expect = (
        Scope::Areas(vec![code("421303106200")]),
        "曾都区万店镇龙头湾村".to_owned(),
    );
    assert_eq!(
        scope(Role::Visitor, std::slice::from_ref(&village), "2025-06-30"),
        expect
    );
    let nothing = (Scope::Nowhere, "未分配范围".to_owned());
    assert_eq!(
        scope(Role::Visitor, std::slice::from_ref(&village), "2025-07-01"),
        nothing
    );
    assert_eq!(scope(Role::Visitor, &[village], "2024-12-31"), nothing);
    let family = scope(
        Role::Family,
        &[Grant::person("p1", from), Grant::person("p2", from)],
        "2025-06-30",
    );
    assert_eq!(
        family,
        (
            Scope::People(vec!["p1".into(), "p2".into()]),
            "2 位家人".into()
        )
    );
}

/// Row M03: administrators and roles whose work is still to come reach no person, whatever was granted.
#[test]
fn roles_without_people_reach_nobody() {
    let everything = [Grant::area(&code("4213"), day("2025-01-01"))];
    for role in Role::people() {
        let sees = matches!(scope(role, &everything, "2025-06-30").0, Scope::Areas(_));
        let may = [
            authz::Action::ReadPerson,
            authz::Action::ReadLists,
            authz::Action::ReadCounts,
            authz::Action::ReadMoney,
        ]
        .iter()
        .any(|action| action.allowed_to(role));
        assert_eq!(sees, may && role != Role::Family, "{role:?}");
    }
    let (none, name) = scope(Role::SystemAdmin, &everything, "2025-06-30");
    assert_eq!((none, name.as_str()), (Scope::Nowhere, "不接触个人信息"));
    let (none, name) = scope(Role::Assessor, &everything, "2025-06-30");
    assert_eq!((none, name.as_str()), (Scope::Nowhere, "随州市"));
    // 财政 reaches the money of its area and no register.
    let (area, name) = scope(Role::Finance, &everything, "2025-06-30");
    assert_eq!(
        (area, name.as_str()),
        (Scope::Areas(vec![code("4213")]), "随州市")
    );
    let register = [
        authz::Action::ReadPerson,
        authz::Action::ReadLists,
        authz::Action::ReadCounts,
    ];
    assert!(
        !register
            .iter()
            .any(|action| action.allowed_to(Role::Finance))
    );
}

/// Row M03: every role signs in and finds its first page; the name of its scope stands on it.
#[tokio::test]
async fn every_role_has_a_first_page() {
    for place in places(false).await {
        for role in Role::people() {
            let login = role.key().replace('_', "-");
            place
                .account(
                    &login,
                    role,
                    vec![Grant::area(&code("421303"), day("2025-01-01"))],
                )
                .await;
            let answer = place.sign_in(&login, PASSWORD).await;
            assert_eq!(answer.to, org::api::home(role), "{role:?} {}", place.name);
            let page = place.get("/coming", &answer.token()).await.body;
            assert!(
                page.contains(role.zh()) && page.contains("这项工作将随后续版本提供"),
                "{role:?}"
            );
        }
        place.close().await;
    }
}
