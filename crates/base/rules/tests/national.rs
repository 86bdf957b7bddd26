//! What holds everywhere stands in `plans/national` as rows to copy: copied into a real plan they compile and answer.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test says where it fails"
)]

use kernel::Day;
use rules::folder::load;
use rules::{Facts, Files, List, Truth, Value, compile};
use std::path::Path;

/// The plan of 随州 with every national row copied into it.
fn copied() -> List {
    let plans = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../plans");
    let mut files = Files::new();
    for entry in std::fs::read_dir(plans.join("suizhou")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        files.insert(name, std::fs::read_to_string(&path).unwrap());
    }
    for name in ["programmes.toml", "params.toml"] {
        let more = std::fs::read_to_string(plans.join("national").join(name)).unwrap();
        let own = files.get_mut(name).unwrap();
        own.push('\n');
        own.push_str(&more);
    }
    let told = |problems: Vec<rules::Problem>| -> String {
        let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        lines.join("\n")
    };
    let folder = load(&files).unwrap_or_else(|problems| panic!("{}", told(problems)));
    compile(&folder, None).unwrap_or_else(|problems| panic!("{}", told(problems)))
}

/// Rows C28, C29, C30, C32; product rule 44: who gets 育儿补贴, 养老服务消费补贴, 住院分娩补助, 政府购买服务 and 入托减免,
/// and what is missing is told.
#[test]
fn rows_to_copy_compile_and_answer() {
    let list = copied();
    let today: Day = "2026-03-31".parse().unwrap();
    let answer = |programme: &str, set: &[(&str, Value)]| {
        let mut facts = Facts::default();
        let alive = rules::facts::find("alive").unwrap();
        facts.set(alive, Some(Value::Bool(true)));
        for (name, value) in set {
            facts.set(rules::facts::find(name).unwrap(), Some(value.clone()));
        }
        let at = list
            .programmes()
            .iter()
            .position(|row| row.programme.id == programme)
            .unwrap();
        let answers = list.answer_programmes(&facts, today);
        (answers[at].answer, answers[at].fen)
    };
    let born = |text: &str| ("birth_date", Value::Day(text.parse().unwrap()));
    let yes = |name: &'static str| (name, Value::Bool(true));
    let here = ("hukou_area", Value::Area("421321109217".parse().unwrap()));
    let child = [born("2024-05-01"), here.clone()];
    assert_eq!(
        answer("childcare_allowance", &child),
        (Truth::True, Some(360_000))
    );
    let older = [born("2023-03-31"), here];
    assert_eq!(answer("childcare_allowance", &older).0, Truth::False);
    let elder = [born("1950-01-01"), ("ability_level", Value::Int(2))];
    assert_eq!(answer("care_consumption_subsidy", &elder).0, Truth::True);
    let light = [born("1950-01-01"), ("ability_level", Value::Int(1))];
    assert_eq!(answer("care_consumption_subsidy", &light).0, Truth::False);
    let mother = [yes("delivery_in_area"), yes("policy_birth")];
    let (truth, fen) = answer("hospital_delivery_subsidy", &mother);
    assert_eq!(
        (truth, fen),
        (Truth::True, None),
        "the amount is the place's"
    );
    let away = [
        ("delivery_in_area", Value::Bool(false)),
        yes("policy_birth"),
    ];
    assert_eq!(answer("hospital_delivery_subsidy", &away).0, Truth::False);
    let untold = [yes("policy_birth")];
    assert_eq!(
        answer("hospital_delivery_subsidy", &untold).0,
        Truth::Unknown
    );
    let no = |name: &'static str| (name, Value::Bool(false));
    let poor = [no("dibao"), no("dibao_household"), yes("low_income")];
    let others = [no("special_family"), no("left_behind")];
    for (more, owed) in [
        (vec![born("1940-01-01")], Truth::True),
        (
            vec![born("1955-01-01"), ("living", Value::Word("alone"))],
            Truth::True,
        ),
        (
            vec![born("1955-01-01"), ("ability_level", Value::Int(1))],
            Truth::True,
        ),
        (
            vec![
                born("1955-01-01"),
                ("ability_level", Value::Int(0)),
                ("living", Value::Word("with_family")),
            ],
            Truth::False,
        ),
    ] {
        let mut facts = poor.to_vec();
        facts.extend(others.iter().cloned());
        facts.extend(more);
        assert_eq!(answer("purchased_home_care", &facts).0, owed, "{facts:?}");
    }
    let orphan = [born("2024-05-01"), yes("orphan")];
    assert_eq!(answer("childcare_fee_relief", &orphan).0, Truth::True);
    let grown = [born("2020-05-01"), yes("orphan")];
    assert_eq!(answer("childcare_fee_relief", &grown).0, Truth::False);
}
