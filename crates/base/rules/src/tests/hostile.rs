//! Folders and conditions that nobody would write: told as problems or compiled, never a panic.

use super::{day, files, service, when};
use crate::folder::{head, load};
use crate::{Facts, Files, compile};
use proptest::prelude::*;
use std::path::Path;
use std::sync::LazyLock;

static PLACES: LazyLock<Vec<Files>> = LazyLock::new(|| {
    let plans = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../plans");
    let mut out = Vec::new();
    for place in std::fs::read_dir(plans).unwrap() {
        let mut files = Files::new();
        for entry in std::fs::read_dir(place.unwrap().path()).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|end| end == "toml") {
                let name = path.file_name().unwrap().to_str().unwrap().to_owned();
                files.insert(name, std::fs::read_to_string(&path).unwrap());
            }
        }
        out.push(files);
    }
    out
});

/// What is put into a text in place of something.
fn token() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "",
            "\"",
            "'",
            "[",
            "]]",
            "[[service]]",
            "{",
            "}",
            "=",
            "=\n",
            "#",
            "\n",
            "\r",
            "\0",
            "\u{feff}",
            "，",
            "（",
            "-1",
            "0",
            "99999999999999999999",
            "-9223372036854775808",
            "9223372036854775807",
            "1e308",
            "nan",
            "true",
            "2023-02-30",
            "0000-00-00",
            "421303",
            "4213030010010",
            "param('",
            "entitled(1)",
            "entitled(64)",
            "case when",
            "and",
            "not",
            "in (",
            "between",
            "no = 0",
            "no = 64",
            "fen = -1",
            "when = \"\"",
            "says = \"\"",
        ])
        .prop_map(str::to_owned),
        "[ -~]{0,12}",
        "\\PC{0,8}",
    ]
}

/// Where (in thousandths of a text), how many characters are taken out, what is put in.
type Edit = (u16, u8, String);

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    proptest::collection::vec((0_u16..1000, any::<u8>(), token()), 1..5)
}

/// The text with the edits made.
fn edited(text: &str, edits: &[Edit]) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for (at, out, new) in edits {
        let at = chars.len() * usize::from(*at) / 1000;
        // Mostly a few characters, sometimes lines.
        let out = if *out < 200 {
            usize::from(*out % 4)
        } else {
            usize::from(*out)
        };
        let end = (at + out).min(chars.len());
        chars.splice(at..end, new.chars());
    }
    chars.into_iter().collect()
}

proptest! {
    /// Rows A01, C01; invariant 4; issue 5.8: a changed folder of a real place is read, or refused with file, line and
    /// remedy; what compiles answers.
    #[test]
    fn changed_folders_are_read_or_refused(place in 0_usize..4, file in 0_usize..16, edits in edits()) {
        let place = &PLACES[place % PLACES.len()];
        let mut files = place.clone();
        let name = files.keys().nth(file % files.len()).unwrap().clone();
        let text = edited(&files[&name], &edits);
        files.insert(name.clone(), text);
        drop(head(&files));
        match load(&files) {
            Ok(folder) => match compile(&folder, None) {
                Ok(list) => {
                    let facts = Facts::default();
                    prop_assert_eq!(list.answer(&facts, day("2025-06-30")).len(), folder.services.len());
                    let _ = list.answer_programmes(&facts, day("2025-06-30"));
                }
                Err(problems) => prop_assert!(!problems.is_empty()),
            },
            Err(problems) => {
                prop_assert!(!problems.is_empty());
                prop_assert!(problems.iter().all(|problem| problem.line >= 1 && !problem.what.is_empty()));
            }
        }
    }

    /// Rows A01, C01; invariant 4: any text as a condition, an amount, a file.
    #[test]
    fn any_text_is_a_condition_or_a_problem(parts in proptest::collection::vec(part(), 0..12), any in "\\PC{0,40}") {
        for text in [parts.join(" "), parts.concat(), any] {
            let quoted = text.replace('\\', "\\\\").replace('"', "\\\"").replace(['\n', '\r'], " ");
            let files = files(&[service(1, &when(&quoted), "")]);
            if let Ok(folder) = load(&files)
                && let Ok(list) = compile(&folder, None) {
                    let _ = list.answer(&Facts::default(), day("2025-06-30"));
                }
        }
    }

    /// Bytes as a whole file of the folder.
    #[test]
    fn any_file_is_read_or_refused(name in prop::sample::select(vec!["plan.toml", "services.toml", "params.toml", "programmes.toml", "areas.toml", "services.cases.toml"]), bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let mut files = files(&[service(1, &when("dibao"), "")]);
        files.insert(name.to_owned(), String::from_utf8_lossy(&bytes).into_owned());
        drop(load(&files));
    }
}

/// Parts that conditions are made of.
fn part() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "dibao",
            "age",
            "months",
            "living",
            "birth_date",
            "as_of",
            "hukou_area",
            "hukou_local",
            "and",
            "or",
            "not",
            "(",
            ")",
            "((((((((",
            "=",
            "<>",
            ">=",
            "in",
            "not in",
            "between",
            "+",
            "-",
            "*",
            "/",
            "case",
            "when",
            "then",
            "else",
            "end",
            "date '1945-01-01'",
            "'alone'",
            "''",
            "null",
            "is null",
            "true",
            "param('低保标准')",
            "param(",
            "entitled(1)",
            "entitled(2)",
            "pct(100, 20)",
            "coalesce(",
            "select",
            ";",
            "--",
            "60",
            "99999999999999999999",
            "1.5",
            "'",
            "\u{0}",
        ])
        .prop_map(str::to_owned),
        "[a-z_0-9]{1,8}",
    ]
}
