//! 公办机构入住评估 on every database: who is assessed before they enter a public home, and in which order they stand.

use crate::place::{
    BODY, COUNTY, FAMILY, ONE, OTHER, Place, THREE, TOWN, TWO, filled, key, pairs, places,
};
use assessment::api::waiting;
use authz::Scope;
use axum::http::StatusCode;
use host::Erasing;
use people::api::PersonKey;
use store::{Reads, values};

const NEW: &str = "/people/elder/admissions";
const WISH: [(&str, &str); 2] = [("origin", "family"), ("wish", "县社会福利院")];
/// Facts that classes ask, all no, but for those of a test.
const NO: [(&str, &str); 17] = [
    ("tekun", "false"),
    ("dibao", "false"),
    ("dibao_household", "false"),
    ("low_income", "false"),
    ("special_family", "false"),
    ("living", "with_family"),
    ("left_behind", "false"),
    ("dementia", "false"),
    ("merit_martyr_family", "false"),
    ("merit_fallen_family", "false"),
    ("merit_deceased_soldier_family", "false"),
    ("merit_disabled_soldier", "false"),
    ("merit_demobilised", "false"),
    ("merit_discharged", "false"),
    ("merit_veteran", "false"),
    ("merit_serving_family", "false"),
    ("merit_pension", "false"),
];

/// Assesses by a request that was asked for.
async fn assess(place: &Place, request: &str, total: i64) {
    let path = format!("/assessments/{request}");
    let two = [
        ("body", "b1"),
        ("assessor1", "shen"),
        ("assessor2", "tao"),
        ("version", "1"),
    ];
    place.done(&COUNTY, &format!("{path}/dispatch"), &two).await;
    let sheet = filled(total);
    place
        .done(&ONE, &format!("{path}/answers"), &pairs(&sheet))
        .await;
    place.done(&TWO, &format!("{path}/signature"), &[]).await;
    let seen = [("version", "4")];
    place
        .done(&COUNTY, &format!("{path}/confirmation"), &seen)
        .await;
}

/// Takes a result of somebody from elsewhere.
async fn recognise(place: &Place, id: &str, level: &str) {
    let level = format!("gbt-42195-2022/{level}");
    let form = [
        ("level", level.as_str()),
        ("day", "2025-01-01"),
        ("body", "外地评估所"),
        ("number", "X-1"),
    ];
    let path = format!("/people/{id}/assessments/recognition");
    place.done(&COUNTY, &path, &form).await;
}

async fn requests(place: &Place) -> i64 {
    let sql = "SELECT count(*) AS n FROM assessment_request";
    place.number(sql).await
}

async fn in_state(place: &Place, state: &str) -> i64 {
    let sql = format!("SELECT count(*) AS n FROM assessment_admission WHERE state = '{state}'");
    place.number(&sql).await
}

/// Rows B12, B11; invariants 3, 11: without a valid result an assessment is asked for, once; its confirmation gives class,
/// level and care grade; a valid result is recognised and nobody is assessed twice; one is open for one person.
#[tokio::test]
async fn who_asks_is_assessed_once() {
    for place in places().await {
        let (status, page) = place.get(&FAMILY, "/people/elder/admissions/new").await;
        assert_eq!(status, StatusCode::OK, "{page}");
        assert!(page.contains("没有有效的能力评估结论"), "{page}");
        let nothing = [("origin", "family"), ("wish", "")];
        let (status, page) = place.post(&FAMILY, NEW, &nothing).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.contains("没有想好的写"), "{page}");
        let one = place.done(&FAMILY, NEW, &WISH).await;
        assert_eq!(
            (requests(&place).await, in_state(&place, "asked").await),
            (1, 1)
        );
        let (status, page) = place.post(&TOWN, NEW, &WISH).await;
        assert_eq!(status, StatusCode::CONFLICT);
        assert!(
            page.contains("已经有一件入住申请") && page.contains("县社会福利院"),
            "{page}"
        );
        let (_, page) = place.get(&FAMILY, &one).await;
        assert!(page.contains("待核实（可能是特困人员）"), "{page}");
        assert!(
            page.contains("缺特困人员、"),
            "what is missing is named: {page}"
        );
        let (status, page) = place.get(&FAMILY, &format!("{one}/conclusion.pdf")).await;
        assert_eq!(status, StatusCode::CONFLICT, "{page}");
        let (status, _) = place.post(&COUNTY, &format!("{one}/assessment"), &[]).await;
        assert_eq!(status, StatusCode::CONFLICT, "one is under way");
        assess(&place, &place.newest().await, 50).await;
        assert_eq!(in_state(&place, "assessed").await, 1);
        let (_, page) = place.get(&FAMILY, &one).await;
        for wanted in [
            "照护等级：二级照护",
            "中度失能",
            "随县第 1 位，共 1 人",
            "待当地确认",
        ] {
            assert!(page.contains(wanted), "{wanted}: {page}");
        }
        let reason = [("version", "2"), ("reason", "家里能照顾了")];
        place
            .done(&FAMILY, &format!("{one}/withdrawal"), &reason)
            .await;
        let (_, page) = place.get(&COUNTY, &one).await;
        assert!(
            page.contains("已撤回") && page.contains("家里能照顾了"),
            "{page}"
        );
        let (_, page) = place.get(&COUNTY, "/people/elder/admissions/new").await;
        assert!(page.contains("不再评估"), "{page}");
        place.done(&TOWN, NEW, &WISH).await;
        assert_eq!(
            (requests(&place).await, in_state(&place, "assessed").await),
            (1, 1)
        );
        place.close().await;
    }
}

/// Row B12: 严格落实: the database lets nobody in who was not assessed, and one person once.
#[tokio::test]
async fn nobody_enters_without_an_assessment() {
    for place in places().await {
        place.done(&FAMILY, NEW, &WISH).await;
        for sql in [
            "UPDATE assessment_admission SET state = 'admitted'",
            "UPDATE assessment_admission SET state = 'assessed'",
            "INSERT INTO assessment_admission (admission, shard, id, origin, state, version, asked_at, asked_by, asked_role) \
             SELECT 'again', shard, id, origin, state, 1, asked_at, asked_by, asked_role FROM assessment_admission",
        ] {
            let mut tx = place.begin().await;
            assert!(tx.run(sql, vec![]).await.is_err(), "{sql}");
            tx.rollback().await.unwrap();
        }
        place.close().await;
    }
}

/// Row B12; invariants 8, 10: offices of the person's areas and the family see an admission; another county, another
/// family and assessors do not; who moves is seen by the new county.
#[tokio::test]
async fn admissions_are_seen_in_scope() {
    for place in places().await {
        let one = place.done(&FAMILY, NEW, &WISH).await;
        recognise(&place, "elder", "3").await;
        for who in [&COUNTY, &TOWN, &FAMILY] {
            let (status, page) = place.get(who, &one).await;
            assert_eq!(status, StatusCode::OK, "{}: {page}", who.2);
            let (_, list) = place.get(who, "/assessments/admissions?tab=assessed").await;
            assert!(list.contains("何秀英"), "{}: {list}", who.2);
        }
        let (status, page) = place.get(&OTHER, &one).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        assert!(!page.contains("何秀英"), "{page}");
        let (_, list) = place
            .get(&OTHER, "/assessments/admissions?tab=assessed")
            .await;
        assert!(list.contains("这一栏没有入住申请"), "{list}");
        let (status, _) = place.post(&OTHER, NEW, &WISH).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        let reason = [("version", "2"), ("reason", "x")];
        for who in [&OTHER, &TOWN] {
            let (status, _) = place.post(who, &format!("{one}/withdrawal"), &reason).await;
            assert_eq!(status, StatusCode::FORBIDDEN, "{}", who.2);
        }
        for who in [&THREE, &BODY] {
            for path in [one.as_str(), "/assessments/admissions"] {
                let (status, page) = place.get(who, path).await;
                assert_eq!(status, StatusCode::FORBIDDEN, "{path}: {page}");
            }
        }
        let (status, _) = place
            .get(&FAMILY, "/assessments/admissions/order.docx")
            .await;
        assert_eq!(status, StatusCode::FORBIDDEN, "others' names");
        let (status, _) = place.get(&COUNTY, "/assessments/admissions?tab=lost").await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        place
            .write("UPDATE people_person SET residence_area = '421303102001' WHERE id = 'elder'")
            .await;
        let mut tx = place.begin().await;
        assessment::on_facts_changed()(&mut tx, &[key()])
            .await
            .unwrap();
        tx.audit(store::Audit::new("test"));
        tx.commit().await.unwrap();
        let (_, list) = place
            .get(&OTHER, "/assessments/admissions?tab=assessed")
            .await;
        assert!(list.contains("何秀英"), "{list}");
        place.close().await;
    }
}

/// Row B12; invariant 14: who is second is told and keeps the reason they typed.
#[tokio::test]
async fn a_stale_withdrawal_keeps_what_was_typed() {
    for place in places().await {
        let one = place.done(&COUNTY, NEW, &WISH).await;
        let path = format!("{one}/withdrawal");
        let (status, page) = place.post(&COUNTY, &path, &[("version", "1")]).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.contains("请写明为什么撤回"), "{page}");
        recognise(&place, "elder", "3").await;
        let typed = [("version", "1"), ("reason", "已入住民办机构")];
        let (status, page) = place.post(&COUNTY, &path, &typed).await;
        assert_eq!(status, StatusCode::CONFLICT);
        assert!(page.contains("已入住民办机构"), "{page}");
        assert!(page.contains(r#"name="version" value="2""#), "{page}");
        let typed = [("version", "2"), ("reason", "已入住民办机构")];
        place.done(&COUNTY, &path, &typed).await;
        let (status, _) = place.post(&COUNTY, &path, &typed).await;
        assert_eq!(status, StatusCode::CONFLICT, "once");
        place.close().await;
    }
}

/// Id, name, facts beside the first ones, level.
type Somebody<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)], &'a str);

/// Row B12; product rule 32, invariant 3: the order is class, then level; 特困 is never overtaken, whatever the level and
/// who may be 特困 stands behind; who died has no place.
#[tokio::test]
async fn the_order_is_class_then_level() {
    let people: [Somebody<'_>; 6] = [
        ("d", "周其他", &[], "0"),
        ("c", "吴独居", &[("living", "alone")], "1"),
        ("b", "郑独居", &[("living", "alone")], "2"),
        ("e", "李不明", &[("tekun", "")], "4"),
        ("f", "孙去世", &[("tekun", "true"), ("alive", "false")], "4"),
        ("a", "赵特困", &[("tekun", "true")], "0"),
    ];
    for place in places().await {
        for (id, name, facts, level) in people {
            let asked = |fact: &str| facts.iter().any(|(one, _)| *one == fact);
            let mut all: Vec<(&str, &str)> =
                NO.into_iter().filter(|(fact, _)| !asked(fact)).collect();
            all.extend(
                facts
                    .iter()
                    .filter(|(fact, value)| !value.is_empty() && *fact != "alive"),
            );
            place.add(id, name, "421321109217", &all).await;
            recognise(&place, id, level).await;
            place
                .done(&COUNTY, &format!("/people/{id}/admissions"), &WISH)
                .await;
        }
        place
            .write("UPDATE people_person SET alive = FALSE WHERE id = 'f'")
            .await;
        let today = place.store.clock().today();
        let scope = Scope::Areas(vec!["421321".parse().unwrap()]);
        let order = waiting(&place.store, &scope, today).await.unwrap();
        let found: Vec<(&str, &str, bool, &str)> = order
            .iter()
            .map(|one| (one.person.id.as_str(), one.class, one.certain, one.grade))
            .collect();
        assert_eq!(
            found,
            [
                ("a", "tekun", true, "自理"),
                ("e", "priority", false, "四级照护"),
                ("b", "priority", true, "二级照护"),
                ("c", "priority", true, "一级照护"),
                ("d", "other", true, "自理"),
            ]
        );
        let (_, page) = place.get(&COUNTY, "/assessments/admissions").await;
        let at = |name: &str| page.find(name).unwrap_or_else(|| panic!("{name}: {page}"));
        let names = ["赵特困", "李不明", "郑独居", "吴独居", "周其他", "孙去世"];
        assert!(names.is_sorted_by_key(|name| at(name)), "{page}");
        let nobody = waiting(&place.store, &Scope::Nowhere, today).await.unwrap();
        assert!(nobody.is_empty());
        place.close().await;
    }
}

/// Row B12: a result that has ended is asked for again, and so is one whose assessment came to nothing.
#[tokio::test]
async fn what_came_to_nothing_is_asked_for_again() {
    for place in places().await {
        let one = place.done(&FAMILY, NEW, &WISH).await;
        let again = format!("{one}/assessment");
        let request = place.newest().await;
        place
            .done(&FAMILY, &format!("/assessments/{request}/withdrawal"), &[])
            .await;
        let (_, page) = place.get(&FAMILY, &one).await;
        assert!(page.contains("重新申请能力评估"), "{page}");
        place.done(&FAMILY, &again, &[]).await;
        let open = "SELECT count(*) AS n FROM assessment_admission a JOIN assessment_request q \
                    ON q.request = a.assessment WHERE q.state = 'asked'";
        assert_eq!(place.number(open).await, 1);
        recognise(&place, "elder", "3").await;
        let (status, _) = place.post(&COUNTY, &again, &[]).await;
        assert_eq!(status, StatusCode::CONFLICT, "the result counts");
        place
            .write("UPDATE assessment_result SET valid_until = 20250601")
            .await;
        place
            .write("UPDATE assessment_request SET state = 'withdrawn' WHERE state = 'asked'")
            .await;
        let (_, page) = place.get(&COUNTY, "/assessments/admissions").await;
        assert!(page.contains("结论已到期"), "{page}");
        place.done(&COUNTY, &again, &[]).await;
        let regular = "SELECT count(*) AS n FROM assessment_request WHERE kind = 'regular' AND state = 'asked'";
        assert_eq!(place.number(regular).await, 1);
        let (status, _) = place.post(&COUNTY, &again, &[]).await;
        assert_eq!(status, StatusCode::CONFLICT, "one is under way");
        assert_eq!(
            in_state(&place, "assessed").await,
            1,
            "the old result stays"
        );
        place.close().await;
    }
}

/// Rows B12, M05: what was wished and why it was taken back goes with the person.
#[tokio::test]
async fn words_are_erased() {
    for place in places().await {
        place.done(&FAMILY, NEW, &WISH).await;
        let gone = Erasing {
            keys: vec![
                key(),
                PersonKey {
                    id: "none".into(),
                    ..key()
                },
            ],
            names: vec!["何秀英".into()],
            numbers: Vec::new(),
        };
        let mut tx = place.begin().await;
        for erasure in assessment::capability().erasures {
            (erasure.erase)(&place.app, &mut tx, std::slice::from_ref(&gone))
                .await
                .unwrap();
        }
        tx.audit(store::Audit::new("test"));
        tx.commit().await.unwrap();
        let sql = "SELECT count(*) AS n FROM assessment_admission_words WHERE wish IS NOT NULL";
        assert_eq!(place.number(sql).await, 0);
        assert_eq!(in_state(&place, "withdrawn").await, 1);
        let row = place
            .store
            .one("SELECT says FROM assessment_words", values![]);
        let says = row.await.unwrap().unwrap().opt_text("says").unwrap();
        assert_eq!(says, None);
        place.close().await;
    }
}

/// Row B02; invariant 3: two files become one person: what was asked for the file that gives way is asked for the one
/// that stays; where both asked, one stays open; taken back, both are as they were.
#[tokio::test]
async fn what_was_asked_follows_where_two_files_become_one_person() {
    for place in places().await {
        place.add("twin", "周玉兰", "421321109001", &[]).await;
        place.done(&COUNTY, "/people/twin/admissions", &WISH).await;
        let (twin, elder) = (
            PersonKey {
                id: "twin".into(),
                ..key()
            },
            key(),
        );
        let of = |id: &str, state: &str| {
            let (store, sql) = (
                place.store.clone(),
                format!(
                    "SELECT count(*) AS n FROM assessment_admission WHERE id = '{id}' AND state = '{state}'"
                ),
            );
            async move { store.number(&sql, values![]).await.unwrap() }
        };
        let room = assessment::capability().joinings.remove(0);
        let join = async || {
            let mut tx = place.begin().await;
            let led = (room.join)(&place.app, &mut tx, &twin, &elder)
                .await
                .unwrap();
            tx.audit(store::Audit::new("test"));
            tx.commit().await.unwrap();
            led
        };
        let part = async |led| {
            let mut tx = place.begin().await;
            (room.part)(&mut tx, &twin, &elder, led).await.unwrap();
            tx.audit(store::Audit::new("test"));
            tx.commit().await.unwrap();
        };
        let led = join().await;
        assert_eq!(
            (of("twin", "asked").await, of("elder", "asked").await),
            (0, 1)
        );
        let (status, page) = place.post(&FAMILY, NEW, &WISH).await;
        assert_eq!(status, StatusCode::CONFLICT, "it is theirs now");
        assert!(page.contains("已经有一件入住申请"), "{page}");
        part(led).await;
        assert_eq!(
            (of("twin", "asked").await, of("elder", "asked").await),
            (1, 0)
        );

        place.done(&FAMILY, NEW, &WISH).await;
        let led = join().await;
        assert_eq!(of("elder", "asked").await, 1, "one is open");
        assert_eq!(
            of("elder", "withdrawn").await,
            1,
            "the other is ended, and seen"
        );
        assert_eq!(requests(&place).await, 2);
        part(led).await;
        assert_eq!(
            (of("twin", "asked").await, of("elder", "asked").await),
            (1, 1)
        );
        place.close().await;
    }
}
