//! The real plan of 随州 loads, compiles and passes its own examples.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test says where it fails"
)]

use kernel::Day;
use rules::folder::{Folder, load, overlay};
use rules::sql::{Dialect, SqlNames};
use rules::{Answer, Facts, Files, Paid, Truth, Value, compile, run_cases};
use std::path::Path;

fn folder() -> Folder {
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../plans/suizhou");
    let mut files = Files::new();
    for entry in std::fs::read_dir(place).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        files.insert(name, std::fs::read_to_string(&path).unwrap());
    }
    load(&files).unwrap_or_else(|problems| panic!("{}", lines(&problems)))
}

fn lines<T: ToString>(problems: &[T]) -> String {
    let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    format!("\n{}", lines.join("\n"))
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// Rows C03, B06; invariants 1 and 4: the plan is data, and all of it compiles.
#[test]
fn the_plan_compiles_with_and_without_demo_values() {
    let folder = folder();
    let list = compile(&folder, None).unwrap_or_else(|problems| panic!("{}", lines(&problems)));
    assert_eq!(list.items().len(), 28);
    assert_eq!(list.digest().len(), 64);
    let path = "../../../crates/app/demo/overlay/suizhou-params.toml";
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap();
    let values = overlay(&text).unwrap_or_else(|problems| panic!("{}", lines(&problems)));
    let demo =
        compile(&folder, Some(&values)).unwrap_or_else(|problems| panic!("{}", lines(&problems)));
    assert_eq!(demo.digest(), list.digest());
    assert!(demo.overlay_digest().is_some() && list.overlay_digest().is_none());
}

/// design.md, "The plan folder": cases are examples an official can add; each must pass.
#[test]
fn every_example_passes() {
    let results = run_cases(&folder()).unwrap_or_else(|problems| panic!("{}", lines(&problems)));
    let failed: Vec<String> = results
        .iter()
        .filter(|result| !result.pass)
        .map(|r| {
            format!(
                "services.cases.toml:{}: {}（第{}项）{}",
                r.line, r.says, r.service, r.why
            )
        })
        .collect();
    assert!(failed.is_empty(), "{}", lines(&failed));
    assert!(results.len() >= 28);
}

/// Invariant 3: of somebody of whom nothing is known nothing is refused and nothing is paid.
#[test]
fn nothing_known_is_unknown_everywhere() {
    let list = compile(&folder(), None).unwrap();
    for answer in list.answer(&Facts::default(), day("2025-06-30")) {
        assert_eq!(
            (answer.answer, answer.fen),
            (Truth::Unknown, None),
            "{}",
            answer.no
        );
        assert!(!answer.missing.is_empty(), "{}", answer.no);
    }
}

/// rules-trial.md: the same conditions print as SQL for each database.
#[test]
fn everything_prints_as_sql() {
    let list = compile(&folder(), None).unwrap();
    for dialect in [Dialect::Sqlite, Dialect::Postgres, Dialect::DuckDb] {
        let names = SqlNames {
            dialect,
            as_of: day("2025-06-30"),
        };
        for item in list.items() {
            let text = list.item_sql(item.service.no, &names).unwrap();
            assert!(text.starts_with("(alive and "), "{text}");
            assert_eq!(
                list.amount_sql(item.service.no, &names).is_some(),
                item.amount.is_some()
            );
        }
    }
}

/// The examples of one item: at least three, a yes and a no among them, and all pass.
fn examples_of(no: u16) {
    let results = run_cases(&folder()).unwrap_or_else(|problems| panic!("{}", lines(&problems)));
    let mine: Vec<_> = results
        .iter()
        .filter(|result| result.service == no)
        .collect();
    assert!(mine.len() >= 3, "item {no} has {} examples", mine.len());
    for expected in [Answer::Yes, Answer::No] {
        let there = mine.iter().any(|result| result.expected == expected);
        assert!(
            there,
            "item {no} has no example with the answer {}",
            expected.zh()
        );
    }
    let failed: Vec<String> = mine
        .iter()
        .filter(|result| !result.pass)
        .map(|result| {
            format!(
                "services.cases.toml:{}: {} {}",
                result.line, result.says, result.why
            )
        })
        .collect();
    assert!(failed.is_empty(), "{}", lines(&failed));
}

/// Row C04; invariant 3: item 1 职工基本养老保险.
#[test]
fn item_01_employee_pension() {
    examples_of(1);
}

/// Row C04; invariant 3: item 2 城乡居民基本养老保险.
#[test]
fn item_02_resident_pension() {
    examples_of(2);
}

/// Row C05; invariant 3: item 3 高龄津贴.
#[test]
fn item_03_senior_allowance() {
    examples_of(3);
}

/// Row C06; invariant 3: item 4 提供社区活动场所.
#[test]
fn item_04_community_places() {
    examples_of(4);
}

/// Row C06; invariant 3: item 5 养老顾问服务.
#[test]
fn item_05_care_advice() {
    examples_of(5);
}

/// Row C07; invariant 3: item 6 就医便利服务.
#[test]
fn item_06_easier_care() {
    examples_of(6);
}

/// Row C07; invariant 3: item 7 老年教育服务.
#[test]
fn item_07_education() {
    examples_of(7);
}

/// Row C08; invariant 3: item 8 乘坐城市公共交通工具.
#[test]
fn item_08_city_transport() {
    examples_of(8);
}

/// Row C09; invariant 3: item 9 参观旅游景点.
#[test]
fn item_09_sights() {
    examples_of(9);
}

/// Row C11; invariant 3: item 10 老年人能力评估.
#[test]
fn item_10_assessment() {
    examples_of(10);
}

/// Row C11; invariant 3: item 11 健康管理服务.
#[test]
fn item_11_health_management() {
    examples_of(11);
}

/// Row C12; invariant 3: item 12 法律援助服务.
#[test]
fn item_12_legal_aid() {
    examples_of(12);
}

/// Row C13; invariant 3: item 13 优抚集中供养.
#[test]
fn item_13_merit_support() {
    examples_of(13);
}

/// Row C14; invariant 3: item 14 分散特困供养.
#[test]
fn item_14_tekun_at_home() {
    examples_of(14);
}

/// Row C15; invariant 3: item 15 集中特困供养.
#[test]
fn item_15_tekun_in_a_home() {
    examples_of(15);
}

/// Row C16; invariant 3: item 16 低保重点保障.
#[test]
fn item_16_dibao_uplift() {
    examples_of(16);
}

/// Row C17; invariant 3: item 17 养老服务补贴.
#[test]
fn item_17_care_service_subsidy() {
    examples_of(17);
}

/// Row C18; invariant 3: item 18 养老护理补贴.
#[test]
fn item_18_nursing_subsidy() {
    examples_of(18);
}

/// Row C19; invariant 3: item 19 重度残疾人护理补贴.
#[test]
fn item_19_severe_disability_nursing() {
    examples_of(19);
}

/// Row C19; invariant 3: item 20 困难残疾人生活补贴.
#[test]
fn item_20_hard_disability_living() {
    examples_of(20);
}

/// Row C20; invariant 3: item 21 家庭适老化改造.
#[test]
fn item_21_home_adaptation() {
    examples_of(21);
}

/// Row C21; invariant 3: item 22 家庭养老服务支持.
#[test]
fn item_22_family_support() {
    examples_of(22);
}

/// Row C22; invariant 3: item 23 优先享受机构养老.
#[test]
fn item_23_priority_in_homes() {
    examples_of(23);
}

/// Row C23; invariant 3: item 24 居家探访关爱服务.
#[test]
fn item_24_visits() {
    examples_of(24);
}

/// Row C23; invariant 3: item 25 流浪乞讨救助.
#[test]
fn item_25_homeless_aid() {
    examples_of(25);
}

/// Row C24; invariant 3: item 26 计划生育特殊家庭扶助金.
#[test]
fn item_26_special_family_aid() {
    examples_of(26);
}

/// Row C25; invariant 3: item 27 残疾人辅助器具服务.
#[test]
fn item_27_assistive_devices() {
    examples_of(27);
}

/// Row C26; invariant 3: item 28 老年人助餐.
#[test]
fn item_28_meals() {
    examples_of(28);
}

/// Row C27; invariant 9: what cannot be had together is settled: 特困 wins over both disability subsidies, of two nursing subsidies the
/// higher is paid, an unknown decides nothing, and a right to neither pays neither.
#[test]
fn stacking_of_the_real_programmes() {
    let list = compile(&folder(), None).unwrap();
    let paid = |pairs: &[(&str, Value)]| -> Vec<String> {
        let mut facts = Facts::default();
        for (name, value) in pairs {
            facts.set(rules::facts::find(name).unwrap(), Some(value.clone()));
        }
        let answers = list.answer_programmes(&facts, day("2025-06-30"));
        let paid = answers.iter().filter(|answer| answer.paid == Paid::Yes);
        paid.map(|answer| answer.id.clone()).collect()
    };
    let (yes, no) = (Value::Bool(true), Value::Bool(false));
    let base = [
        ("alive", yes.clone()),
        ("birth_date", Value::Day(day("1950-01-01"))),
        ("hukou_area", Value::Area("421303001001".parse().unwrap())),
        ("urban", yes.clone()),
        ("dibao", no.clone()),
        ("dibao_household", yes.clone()),
        ("low_income", yes.clone()),
        ("disability_grade", Value::Int(1)),
        ("needs_long_care", yes.clone()),
        ("work_injury_care_pay", no.clone()),
        ("cannot_self_care", no.clone()),
    ];
    let with = |more: &[(&'static str, Value)]| -> Vec<String> {
        let mut pairs = base.to_vec();
        for (name, value) in more {
            pairs.retain(|(known, _)| known != name);
            pairs.push((name, value.clone()));
        }
        let mine = [
            "tekun_support",
            "severe_disability_nursing",
            "hard_disability_living",
            "nursing_subsidy",
        ];
        paid(&pairs)
            .into_iter()
            .filter(|id| mine.contains(&id.as_str()))
            .collect()
    };
    let both = ["severe_disability_nursing", "hard_disability_living"];
    assert_eq!(with(&[("tekun", no.clone())]), both);
    assert_eq!(with(&[("tekun", yes.clone())]), ["tekun_support"]);
    assert!(
        with(&[]).is_empty(),
        "while 特困 is unknown nothing that it excludes is paid"
    );
    let nursing = with(&[("tekun", no.clone()), ("cannot_self_care", yes)]);
    let of_the_two = nursing.iter().filter(|id| *id != "hard_disability_living");
    assert_eq!(of_the_two.count(), 1, "{nursing:?}");
    assert!(with(&[("tekun", no), ("work_injury_care_pay", Value::Bool(true))]).is_empty());
}
