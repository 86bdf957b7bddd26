//! What a search over many costs.

#![expect(
    clippy::disallowed_methods,
    reason = "a measurement: its size and its time come from outside"
)]

use crate::place::{new, person, places};
use people::api::{NameIndex, RollBook, register_many};
use std::time::Instant;

/// Surnames and given characters of a made-up city, usual ones often.
const SURNAMES: &[&str] = &[
    "王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙",
];
const GIVEN: &[&str] = &[
    "秀", "英", "桂", "兰", "玉", "华", "国", "建", "明", "芳", "丽", "军", "强", "伟", "敏", "静",
    "艳", "勇", "春", "梅", "红", "霞", "平", "刚", "云", "莲", "荣", "珍", "凤", "洁", "琴", "素",
    "文", "辉", "力", "永", "健", "世",
];

/// Measures 200,000 people (`LAOYOU_PEOPLE` for another number): pairs compared a person must not grow with the city.
#[tokio::test]
#[ignore = "a measurement, minutes long"]
async fn the_cost_of_a_search_is_linear() {
    let people: usize = std::env::var("LAOYOU_PEOPLE")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(200_000);
    let place = places().await.remove(0);
    let mut state = 7_u64;
    let mut below = |n: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % n
    };
    let (mut id, mut tx) = (
        0,
        place
            .store
            .begin(&crate::place::actor(), None)
            .await
            .unwrap(),
    );
    while id < people {
        let mut chunk = Vec::with_capacity(2_000);
        for _ in 0..2_000 {
            id += 1;
            let mut one = person(&new(id, "", "1950-01-01", "421303001001"));
            one.name = format!(
                "{}{}{}",
                SURNAMES[below(SURNAMES.len())],
                GIVEN[below(GIVEN.len())],
                GIVEN[below(GIVEN.len())]
            );
            let birth = kernel::Day::from_number(19_300_101)
                .unwrap()
                .plus_days(below(33_000) as i32);
            let village = format!(
                "{}{:03}{:03}",
                ["421303", "421321", "421381"][below(3)],
                below(20) + 1,
                below(18) + 1
            );
            for set in &mut one.records[0].sets {
                match &mut set.value {
                    Some(rules::Value::Day(day)) => *day = birth,
                    Some(rules::Value::Area(area)) => *area = village.parse().unwrap(),
                    _ => {}
                }
            }
            one.provisional = None;
            one.id_number = Some(format!("4299{id:014}"));
            chunk.push(one);
        }
        register_many(&mut tx, chunk, &RollBook::default(), "measure")
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
    let names = NameIndex::load(&place.store).await.unwrap();
    let ids: Vec<String> = (1..=id).map(|id| crate::place::key(id).id).collect();
    place
        .app
        .part::<NameIndex>()
        .unwrap()
        .reread(&place.store, &ids)
        .await
        .unwrap();
    drop(names);
    let began = Instant::now();
    place.search().await;
    let took = began.elapsed();
    let compared = place
        .number_of("SELECT CAST(count(*) AS BIGINT) AS n FROM identity_pair")
        .await;
    let asked = person(&new(id + 1, "王秀兰", "1950-03-05", "421303001001"));
    let began = Instant::now();
    for _ in 0..20 {
        identity::api::candidates_for(&place.app, &place.store, &asked)
            .await
            .unwrap();
    }
    let each = began.elapsed() / 20;
    eprintln!(
        "{id} people: searched in {took:?}, {compared} pairs listed; one look before saving {each:?}"
    );
    place.close().await;
}
