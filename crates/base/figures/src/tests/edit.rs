//! Changing rows of a folder: what is not changed keeps its bytes.

use crate::edit::{Change, apply};
use crate::{Book, Figure, Kind, Op, Role, Row, load};
use rules::Files;

const PLAN: &str = r#"format = 1
slug = "ceshi"
place = "测试市"
area = "4299"

[[document]]
number = "测政发〔2022〕1号"
title = "测试方案"
issuer = "测试市人民政府"
issued_on = "2022-12-31"
"#;

const INDICATORS: &str = r#"# 指标。

# ---- 表1 ----

[[indicator]]
id = "one"
domain = "养老"
name = "养老床位数"   # as printed
measure = "care_beds"
figures = [
  { role = "baseline",  value = "100", unit = "张" }, # 现有
  { role = "target", year = 2025, value = "150", unit = "张" },
]
source = { document = "测政发〔2022〕1号", section = "表1", quote = "1|养老床位数|100|150" }

# about the second
[[indicator]]
id = "two"
domain = "养老"
name = "护理型床位占比"
measure = "nursing_bed_share"
figures = [ { role = "target", year = 2025, op = ">=", value = "55", unit = "%" } ]
source = { document = "测政发〔2022〕1号", section = "表1", quote = "2|护理型床位占比|-|55%" }
"#;

fn files() -> Files {
    [
        ("plan.toml", PLAN),
        ("indicators.toml", INDICATORS),
        ("tasks.toml", "# 没有任务\n"),
    ]
    .map(|(name, text)| (name.to_owned(), text.to_owned()))
    .into()
}

fn book(files: &Files) -> Book {
    load(files).unwrap()
}

fn changed(files: &Files, changes: &[Change]) -> Files {
    apply(files, changes).unwrap()
}

/// Row A02, invariant 2: only the digits that were changed move; comments, spacing and other files stay.
#[test]
fn only_what_is_changed_moves() {
    let files = files();
    let mut row = book(&files).row("two").unwrap().clone();
    row.figures[0].printed = "60".into();
    let after = changed(&files, &[Change::Put(Box::new(row))]);
    assert_eq!(after["plan.toml"], PLAN);
    assert_eq!(after["tasks.toml"], files["tasks.toml"]);
    let (head, tail) = INDICATORS.split_once("figures = [ {").unwrap();
    let (_, source) = tail.split_once("source").unwrap();
    assert!(
        after["indicators.toml"].starts_with(head),
        "{}",
        after["indicators.toml"]
    );
    assert!(after["indicators.toml"].ends_with(source));
    assert!(after["indicators.toml"].contains("op = \">=\", value = \"60\", unit = \"%\""));
    // Put as it is: nothing moves at all.
    for row in &book(&files).rows {
        assert_eq!(
            changed(&files, &[Change::Put(Box::new(row.clone()))]),
            files
        );
    }
}

/// Row A02: a row that goes takes its own comment along and leaves the heading to the next.
#[test]
fn a_removed_row_leaves_the_heading() {
    let files = files();
    let after = changed(&files, &[Change::Remove("one".into())]);
    let text = &after["indicators.toml"];
    assert!(
        text.starts_with("# 指标。\n\n# ---- 表1 ----\n\n# about the second\n[[indicator]]"),
        "{text}"
    );
    let after = changed(&after, &[Change::Remove("two".into())]);
    let text = &after["indicators.toml"];
    assert_eq!(text, "# 指标。\n\n# ---- 表1 ----\n");
    assert!(book(&after).rows.is_empty());
    assert_eq!(changed(&files, &[Change::Remove("none".into())]), files);
}

fn figure(value: &str) -> Figure {
    Figure {
        role: Role::Task,
        printed: value.into(),
        value: crate::Num::parse(value).unwrap(),
        upto: None,
        op: Op::AtLeast,
        unit: Some(crate::Unit::parse("%")),
        year: Some(2023),
        from: None,
        until: None,
        flow: false,
        mixed: false,
        each_year: false,
        per: None,
        class: None,
        estimate: false,
        says: None,
        quote: None,
        measure: "visit_rate".into(),
        area: None,
        note: Some("带“引号”和\\反斜杠\"的".into()),
        line: 0,
    }
}

/// Row A06: a new row stands at the end of its file, also of one that was not there; what was written is
/// what is read.
#[test]
fn a_new_row_is_written_and_read_back() {
    let files = files();
    let base = book(&files);
    let one = base.row("one").unwrap();
    let mut row = Row {
        id: "n_1".into(),
        kind: Kind::Task {
            list: "附件2".into(),
            no: Some("5".into()),
            year: Some(2023),
            group: None,
        },
        text: Some("第一行\n第二行".into()),
        due: Some("2023-12-31".parse().unwrap()),
        due_says: Some("2023年底前".into()),
        lead: vec!["市民政局".into()],
        with: vec!["各县、市、区政府".into()],
        figures: vec![figure("90")],
        ..one.clone()
    };
    let mut standard = row.clone();
    standard.id = "n_2".into();
    standard.kind = Kind::Standard {
        kind: "频次".into(),
    };
    let after = changed(
        &files,
        &[
            Change::Put(Box::new(row.clone())),
            Change::Put(Box::new(standard)),
        ],
    );
    let read = book(&after);
    let written = read.row("n_1").unwrap();
    row.line = written.line;
    row.figures[0].line = written.figures[0].line;
    assert_eq!(*written, row);
    assert!(after["tasks.toml"].contains("# 没有任务"));
    assert!(after.contains_key("standards.toml"));
    assert_eq!(after["indicators.toml"], INDICATORS);
}

/// Row A02: what cannot be read again is refused as a whole.
#[test]
fn an_unknown_measure_is_refused() {
    let files = files();
    let mut row = book(&files).row("one").unwrap().clone();
    row.measure = Some("nothing_known".into());
    let problems = apply(&files, &[Change::Put(Box::new(row))]).unwrap_err();
    assert!(problems[0].what.contains("nothing_known"), "{problems:?}");
}

/// All rows of all plans of the repository: putting a row as it was read changes no byte.
#[test]
fn every_row_of_every_plan_can_be_put_back() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../plans");
    for place in std::fs::read_dir(root).unwrap() {
        let place = place.unwrap().path();
        // plans/national holds rows to copy, not a plan.
        if place.ends_with("national") {
            continue;
        }
        let mut files = Files::new();
        for file in std::fs::read_dir(&place).unwrap() {
            let path = file.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            files.insert(name, std::fs::read_to_string(&path).unwrap());
        }
        let puts: Vec<Change> = book(&files)
            .rows
            .iter()
            .map(|row| Change::Put(Box::new(row.clone())))
            .collect();
        assert!(!puts.is_empty());
        assert_eq!(changed(&files, &puts), files);
    }
}
