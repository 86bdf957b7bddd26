//! The real plan of 随州 loads, compiles and passes its own examples.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test says where it fails"
)]

use kernel::Day;
use rules::folder::{Folder, load, overlay};
use rules::sql::{Dialect, SqlNames};
use rules::{Facts, Files, Truth, compile, run_cases};
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
