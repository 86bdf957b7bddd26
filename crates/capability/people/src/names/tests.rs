//! The packed index agrees with the plain matcher, whatever happens to the register.

use super::oracle::Plain;
use super::*;
use kernel::AreaCode;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use store::Value;

pub(super) fn traits(hukou: Option<AreaCode>, residence: Option<AreaCode>) -> Traits {
    Traits {
        hukou,
        residence,
        birth: 19_500_101,
        flags: 0,
    }
}

/// Puts somebody of whom only name and areas matter.
pub(super) fn put(
    index: &NameIndex,
    id: &str,
    name: &str,
    hukou: Option<AreaCode>,
    residence: Option<AreaCode>,
) {
    index.write().put(id, name, &traits(hukou, residence), 0);
}

/// Rows B01, M03; invariant 10: names are found by part and initials, within scope only.
#[test]
fn names_are_found_by_part_and_initials_within_scope() {
    let index = NameIndex::default();
    let area = |code: &str| code.parse().ok();
    put(
        &index,
        "1",
        "王秀兰",
        area("421303001001"),
        area("421303001001"),
    );
    put(
        &index,
        "2",
        "王兰",
        area("421321101001"),
        area("421303001001"),
    );
    put(
        &index,
        "3",
        "欧阳秀",
        area("421381001001"),
        area("421381001001"),
    );
    let all = Scope::Everywhere;
    let town = Scope::Areas(vec!["421303001".parse().unwrap()]);
    assert_eq!(index.find(&all, "秀", 9), ["3", "1"]);
    assert_eq!(index.find(&all, "WXL", 9), ["1"]);
    assert_eq!(index.find(&all, "w", 9).len(), 2);
    assert_eq!(index.find(&town, "兰", 9).len(), 2);
    assert!(index.find(&town, "欧阳", 9).is_empty());
    assert!(index.find(&Scope::Nowhere, "王", 9).is_empty());
    put(&index, "2", "李兰", area("421321101001"), None);
    assert!(index.find(&all, "王兰", 9).is_empty());
    assert!(index.find(&all, "  ", 9).is_empty());
}

/// Characters that meet inside and between names: readings that begin alike or not in ASCII, none, capitals,
/// lower case of two characters, one outside the basic plane.
const CHARS: &[char] = &[
    '王', '秀', '兰', '王', '秀', '兰', '李', '女', '嗯', '〇', '·', 'a', 'B', 'x', 'İ', 'K', 'Σ',
    '1', '𬭎', ' ',
];
const AREAS: &[&str] = &[
    "4213",
    "421303",
    "421303001",
    "421303001001",
    "421303001002",
    "421321",
    "440304001001",
];

#[derive(Debug, Clone)]
enum Step {
    Put(u8, String, Option<AreaCode>, Option<AreaCode>),
    /// Someone takes another's name or gets it back: the same name under many ids.
    Namesake(Index, u8),
    /// Someone moves.
    Move(Index, Option<AreaCode>),
    Fold,
    /// The server starts anew.
    Load,
    Find(Scope, String, usize),
}

fn text(chars: &'static [char], most: usize) -> impl Strategy<Value = String> {
    prop::collection::vec(select(chars), 0..=most)
        .prop_map(|chars| chars.into_iter().collect::<String>())
}

fn typed() -> impl Strategy<Value = String> {
    const LETTERS: &[char] = &['w', 'x', 'l', 'L', 'n', 'i', 'k', 'a', 'b'];
    prop_oneof![text(CHARS, 3), text(LETTERS, 3)]
}

fn area() -> impl Strategy<Value = AreaCode> {
    select(AREAS).prop_map(|code| code.parse().unwrap())
}

/// Ids rise as in life, fall, and a few are no UUIDs or not as they are written.
fn id(n: u8) -> String {
    match n % 8 {
        0 => format!("person-{n:03}"),
        1 => text_of(u128::from(n) << 120).to_uppercase(),
        _ => text_of(0x0190_0000_0000_7000_8000_0000_0000_0000 ^ (u128::from(n) << 64)),
    }
}

fn scope() -> impl Strategy<Value = Scope> {
    prop_oneof![
        Just(Scope::Nowhere),
        Just(Scope::Everywhere),
        Just(Scope::Everywhere),
        prop::collection::vec(area(), 0..3).prop_map(Scope::Areas),
        prop::collection::vec(any::<u8>().prop_map(|n| id(n % 40)), 0..20).prop_map(Scope::People),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let some_area = || prop::option::weighted(0.8, area());
    prop_oneof![
        6 => (0_u8..40, text(CHARS, 4), some_area(), some_area())
            .prop_map(|(n, name, hukou, residence)| Step::Put(n, name, hukou, residence)),
        2 => (any::<Index>(), 0_u8..40).prop_map(|(who, n)| Step::Namesake(who, n)),
        2 => (any::<Index>(), some_area()).prop_map(|(who, area)| Step::Move(who, area)),
        1 => Just(Step::Fold),
        1 => Just(Step::Load),
        6 => (scope(), typed(), prop_oneof![0_usize..6, Just(200)])
            .prop_map(|(scope, text, most)| Step::Find(scope, text, most)),
    ]
}

fn one_of(plain: &Plain, who: Index) -> Option<(&String, &oracle::Entry)> {
    let all: Vec<_> = plain.0.iter().collect();
    (!all.is_empty()).then(|| *who.get(&all))
}

proptest! {
    /// Rows B01, M03: after any registrations, changes of name and area, foldings and starts, the packed
    /// index finds for every scope whom the plain matcher finds, in the same order.
    #[test]
    fn the_packed_index_and_the_plain_matcher_agree(steps in prop::collection::vec(step(), 1..120)) {
        let (index, mut plain) = (NameIndex::default(), Plain::default());
        let both = |plain: &mut Plain, id: &str, name: &str, hukou, residence| {
            put(&index, id, name, hukou, residence);
            plain.put(id, name, hukou, residence);
        };
        for step in steps {
            match step {
                Step::Put(n, name, hukou, residence) => both(&mut plain, &id(n), &name, hukou, residence),
                Step::Namesake(who, n) => if let Some((_, entry)) = one_of(&plain, who) {
                    let entry = entry.clone();
                    both(&mut plain, &id(n), &entry.name, entry.hukou, entry.residence);
                },
                Step::Move(who, area) => if let Some((id, entry)) = one_of(&plain, who) {
                    let (id, entry) = (id.clone(), entry.clone());
                    both(&mut plain, &id, &entry.name, entry.hukou, area);
                },
                Step::Fold => index.0.write().unwrap().fold(),
                Step::Load => {
                    let mut fresh = Inner::default();
                    for (id, entry) in &plain.0 {
                        fresh.append(id, &entry.name, &traits(entry.hukou, entry.residence), 0);
                    }
                    fresh.settle();
                    *index.0.write().unwrap() = fresh;
                }
                Step::Find(scope, text, most) => prop_assert_eq!(
                    index.find(&scope, &text, most),
                    plain.find(&scope, &text, most),
                    "{:?} in {:?}", text, scope
                ),
            }
        }
        let inner = index.0.read().unwrap();
        let held = inner.packed.living() + inner.late.len() + inner.odd.len();
        prop_assert_eq!(held, plain.0.len());
    }
}

/// Those who wait are packed by themselves, and what they leave behind is given back.
#[test]
fn renamed_people_are_packed_after_a_while() {
    let index = NameIndex::default();
    for round in 0..5_u32 {
        for n in (0..3_000_u128).rev() {
            put(&index, &text_of(n), &format!("王{round}"), None, None);
        }
    }
    let inner = index.0.read().unwrap();
    assert!(inner.late.len() <= WAITING, "{}", inner.late.len());
    assert_eq!(inner.packed.living() + inner.late.len(), 3_000);
    assert!(inner.packed.len() <= 3_000 + WAITING);
    drop(inner);
    assert_eq!(index.find(&Scope::Everywhere, "王4", 9_999).len(), 3_000);
    assert!(index.find(&Scope::Everywhere, "王3", 9_999).is_empty());
}

/// Everyone is read, also where a chunk ends with the last of them.
#[tokio::test]
async fn all_chunks_are_read() {
    let mut migrations = store::migrations();
    migrations.extend(crate::capability().migrations);
    for db in store::testing::databases(&migrations).await.unwrap() {
        let mut tx = db
            .store
            .begin(&authz::Actor::system("test"), None)
            .await
            .unwrap();
        for shard in ["421300", "421301", "421302"] {
            let sql = "INSERT INTO people_shard (shard) VALUES ($1)";
            tx.run(sql, vec![Value::from(shard)]).await.unwrap();
        }
        for n in 0..12_u128 {
            tx.run(
                "INSERT INTO people_person (shard, id, name, registered_at, changed_at, version, hukou_area) \
                 VALUES ($1, $2, $3, 0, 0, 1, '421303001001')",
                vec![
                    Value::from(format!("{}", 421_300 + n % 3)),
                    Value::from(text_of(n * 7 % 12)),
                    Value::from(format!("王{n}")),
                ],
            )
            .await
            .unwrap();
        }
        tx.audit(store::Audit::new("test"));
        tx.commit().await.unwrap();
        for chunk in [1, 4, 5, 12, 13] {
            let index = NameIndex::load_by(&db.store, chunk).await.unwrap();
            let town = Scope::Areas(vec!["421303001".parse().unwrap()]);
            assert_eq!(
                index.find(&town, "王", 99).len(),
                12,
                "{chunk} on {}",
                db.name
            );
            assert_eq!(index.find(&Scope::Everywhere, "王7", 99), [text_of(1)]);
            assert_eq!(index.0.read().unwrap().packed.len(), 12);
        }
        db.close().await.unwrap();
    }
}
