//! What a whole city costs: memory a person and time a search. Not part of the suite:
//! `cargo test -p people --release --lib names::measure -- --ignored --nocapture --test-threads 1`

use super::tests::put;
use super::*;
use kernel::AreaCode;
use store::Value;

/// People on the register of 随州: residents of the census of 2020, and those registered there who live elsewhere.
const CITY: u64 = 2_317_000;
const AGAIN: usize = 40;

const SURNAMES: &str =
    "王李张刘陈杨黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏";
const GIVEN: &str = "秀兰桂英玉珍凤芝素莲翠香金枝月芳淑梅春华腊云荷菊银娥建国爱军志民忠平红强卫明新东光林和生文兵学\
    刚立安胜斌跃伟援朝世清丽霞慧萍晓琴玲荣群勇涛波辉俊峰海鹏永飞小龙雪敏静艳娟燕娜莉蓉宇浩子家天嘉泽思梦凯轩杰豪\
    鑫航磊帆凡博阳翔哲欣怡雨诗涵佳琪婷媛瑶念慈德福贵有长大正兴传启守山发才元财田厚成堂友祥义根顺";

fn mix(mut x: u64) -> u64 {
    x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// Frequent surnames first, three characters for four of five.
fn name(n: u64) -> String {
    let pick = |from: &str, at: u64| from.chars().nth(at as usize).unwrap_or('王');
    let (surnames, given) = (
        SURNAMES.chars().count() as u64,
        GIVEN.chars().count() as u64,
    );
    let chance = mix(n);
    let surname = (chance % surnames) * ((chance >> 8) % surnames) / surnames;
    let mut name = String::from(pick(SURNAMES, surname));
    name.push(pick(GIVEN, (chance >> 16) % given));
    if !chance.is_multiple_of(5) {
        name.push(pick(GIVEN, (chance >> 32) % given));
    }
    name
}

/// One of 12,000 villages; one in six lives elsewhere.
fn area(n: u64) -> Option<AreaCode> {
    let village = mix(n) % 12_000;
    let (county, town, number) = (village / 4_000, village / 100 % 40, village % 100);
    format!("4213{:02}{town:03}{:03}", 3 + county, 200 + number)
        .parse()
        .ok()
}

/// A UUIDv7 that rises with `n`.
fn id(n: u64) -> String {
    text_of((u128::from(n) << 80) | (7 << 76) | u128::from(mix(n)))
}

fn resident_kilobytes() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status
        .lines()
        .find_map(|line| line.strip_prefix("RssAnon:")?.split_whitespace().next())
        .map_or(0, |number| number.parse().unwrap())
}

/// Columns of somebody: born over a hundred years, one in 40 lives alone, a household of 2.6.
fn put_all(index: &NameIndex) {
    let mut inner = Inner::default();
    for n in 0..CITY {
        let elsewhere = n + u64::from(n.is_multiple_of(6));
        let traits = Traits {
            hukou: area(n),
            residence: area(elsewhere),
            birth: 19_250_101 + (mix(n ^ 7) % 100) as u32 * 10_000 + (mix(n) % 12) as u32 * 100,
            flags: (mix(n ^ 3) % (1 << 18)) as u32 & (mix(n ^ 5) % (1 << 18)) as u32,
        };
        inner.append(&id(n), &name(n), &traits, (n * 10 / 26) as u32);
    }
    inner.settle();
    inner.households = (CITY * 10 / 26) as u32 + 1;
    *index.0.write().unwrap() = inner;
    let ids: Vec<String> = (0..CITY).map(id).collect();
    let marks = ids.iter().zip(0_u64..);
    index.mark(marks.map(|(id, n)| (id.as_str(), 1 + (mix(n) % 20_000) as u32)));
}

/// Lists over everyone, as pages ask for them.
fn lists(index: &NameIndex) {
    use crate::api::{Basis, Filter, Group};
    let city = Scope::Areas(vec!["4213".parse().unwrap()]);
    let county = Scope::Areas(vec!["421304".parse().unwrap()]);
    let elders = Filter {
        born_until: "1965-06-30".parse().ok(),
        most: 20,
        ..Filter::default()
    };
    let everybody = Filter {
        most: 20,
        ..Filter::default()
    };
    let alone = Filter {
        group: Some(Group::Alone),
        ..elders.clone()
    };
    let deep = Filter {
        skip: 200_000,
        youngest_first: true,
        ..everybody.clone()
    };
    let there = Filter {
        area: "421304".parse().ok(),
        sex: Some("female".to_owned()),
        ..alone.clone()
    };
    for (says, scope, filter) in [
        ("everybody", &city, &everybody),
        ("page 10,000 from the youngest", &city, &deep),
        ("elders", &city, &elders),
        ("elders alone", &city, &alone),
        ("women alone in a county", &city, &there),
        ("elders, scope of a county", &county, &elders),
    ] {
        let total = index.look(&Look::of(scope, filter)).total;
        let times = times(|| assert!(index.look(&Look::of(scope, filter)).ids.len() <= 20));
        eprintln!(
            "list {says}: {total}, median {:.1} ms, p95 {:.1} ms",
            times[AGAIN / 2],
            times[AGAIN * 95 / 100]
        );
    }
    let marks: Vec<bool> = (0..=20_000)
        .map(|class| mix(class).is_multiple_of(5))
        .collect();
    let areas = ["4213".parse().unwrap()];
    for basis in [Basis::Hukou, Basis::Residence, Basis::Home] {
        let look = Look {
            areas: &areas,
            basis,
            marks: Some(&marks),
            most: 20,
            ..Look::within(&city)
        };
        let total = index.look(&look).total;
        let listed = times(|| assert_eq!(index.look(&look).total, total));
        let houses = times(|| assert!(index.households(&look) <= total));
        eprintln!(
            "answers by {basis:?}: {total}, median {:.1} ms, p95 {:.1} ms; households median {:.1} ms",
            listed[AGAIN / 2],
            listed[AGAIN * 95 / 100],
            houses[AGAIN / 2]
        );
    }
}

/// Nanoseconds this thread has been on a processor: others may build beside it.
fn on_processor() -> u64 {
    let spent = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    spent
        .split_whitespace()
        .next()
        .map_or(0, |number| number.parse().unwrap())
}

/// Milliseconds on the processor from a closure, sorted.
fn times(mut work: impl FnMut()) -> Vec<f64> {
    let mut all: Vec<f64> = (0..AGAIN)
        .map(|_| {
            let begin = on_processor();
            work();
            (on_processor() - begin) as f64 / 1_000_000.0
        })
        .collect();
    all.sort_by(f64::total_cmp);
    all
}

#[test]
#[ignore = "a measurement: two million people"]
fn a_whole_city() {
    let before = resident_kilobytes();
    let index = NameIndex::default();
    put_all(&index);
    let after = resident_kilobytes();
    let inner = index.0.read().unwrap();
    assert_eq!(inner.packed.len() as u64, CITY);
    let (bytes, columns) = inner.packed.bytes();
    eprintln!(
        "of it columns {:.1} bytes a person",
        columns as f64 / CITY as f64
    );
    drop(inner);
    eprintln!(
        "{CITY} people: {} KB, {:.1} bytes a person; resident {} KB more",
        bytes / 1024,
        bytes as f64 / CITY as f64,
        after - before
    );
    lists(&index);
    let county = Scope::Areas(vec!["421304".parse().unwrap()]);
    for (scope, says) in [(Scope::Everywhere, "city"), (county, "county")] {
        for text in [
            "秀兰",
            "王秀",
            "王秀兰",
            "念慈",
            "王",
            "wxl",
            "wx",
            "w",
            "欧阳",
        ] {
            let hits = index.find(&scope, text, usize::MAX).len();
            let times = times(|| assert!(index.find(&scope, text, 200).len() <= 200));
            eprintln!(
                "{says} {text}: {hits} hits, median {:.1} ms, p95 {:.1} ms",
                times[AGAIN / 2],
                times[AGAIN * 95 / 100]
            );
        }
    }
    // A hundred thousand are renamed, and packed again and again on the way.
    let mut next = 0..;
    let renamed = times(|| {
        for n in next.by_ref().take(2_500) {
            let n = mix(n) % CITY;
            put(&index, &id(n), &format!("{}甲", name(n)), None, None);
        }
    });
    eprintln!(
        "2,500 renamed: {:.1} ms, slowest {:.1} ms",
        renamed[AGAIN / 2],
        renamed[AGAIN - 1]
    );
    let inner = index.0.read().unwrap();
    let runs = inner.packed.bytes().0;
    eprintln!("then {:.1} bytes a person", runs as f64 / CITY as f64);
    eprintln!(
        "{} wait; resident {} KB",
        inner.late.len(),
        resident_kilobytes() - before
    );
}

/// Reading the city at the start: one narrow row a person, on each database there is.
#[tokio::test]
#[ignore = "a measurement: two million people"]
#[expect(
    clippy::disallowed_methods,
    reason = "a measurement, not part of the suite"
)]
async fn a_whole_city_is_read() {
    let mut migrations = store::migrations();
    migrations.extend(crate::capability().migrations);
    for db in store::testing::databases(&migrations).await.unwrap() {
        let columns = [
            "shard",
            "id",
            "name",
            "registered_at",
            "changed_at",
            "version",
            "hukou_area",
            "residence_area",
            "birth_date",
            "household",
            "dibao",
        ];
        let mut tx = db
            .store
            .begin(&authz::Actor::system("test"), None)
            .await
            .unwrap();
        for shard in 421_303..421_306 {
            let sql = "INSERT INTO people_shard (shard) VALUES ($1)";
            tx.run(sql, vec![Value::from(format!("{shard}"))])
                .await
                .unwrap();
        }
        tx.audit(store::Audit::new("test"));
        tx.commit().await.unwrap();
        for from in (0..CITY).step_by(100_000) {
            let row = |n: u64| {
                let area = Value::from(area(n).map(|area| area.to_string()));
                let shard = Value::from(format!("{}", 421_303 + n % 3));
                let zero = || Value::from(0_i64);
                let (id, name) = (Value::from(id(n)), Value::from(name(n)));
                {
                    let birth = Value::from(19_250_101 + (mix(n ^ 7) % 100) as i32 * 10_000);
                    let household = Value::from(format!("H{:07}", n * 10 / 26));
                    let dibao = Value::from(n.is_multiple_of(50));
                    vec![
                        shard,
                        id,
                        name,
                        zero(),
                        zero(),
                        zero(),
                        area.clone(),
                        area,
                        birth,
                        household,
                        dibao,
                    ]
                }
            };
            let rows = (from..CITY.min(from + 100_000)).map(row).collect();
            let mut tx = db
                .store
                .begin(&authz::Actor::system("test"), None)
                .await
                .unwrap();
            tx.insert_many("people_person", &columns, rows)
                .await
                .unwrap();
            tx.audit(store::Audit::new("test"));
            tx.commit().await.unwrap();
        }
        let before = resident_kilobytes();
        let begin = std::time::Instant::now();
        let index = NameIndex::load(&db.store).await.unwrap();
        eprintln!(
            "{}: read in {:.1} s, resident {} KB more",
            db.name,
            begin.elapsed().as_secs_f64(),
            resident_kilobytes().saturating_sub(before)
        );
        assert_eq!(index.0.read().unwrap().packed.len() as u64, CITY);
        drop(index);
        db.close().await.unwrap();
    }
}
