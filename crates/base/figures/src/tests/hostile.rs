//! Folders of figures that nobody would write: read, or refused with file and line; never a panic.

use crate::{check, load};
use proptest::prelude::*;
use rules::Files;
use std::path::Path;
use std::sync::LazyLock;

static PLACES: LazyLock<Vec<Files>> = LazyLock::new(|| {
    ["suizhou", "xianning", "shaoyang", "chongxin"]
        .iter()
        .map(|place| {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("../../../plans")
                .join(place);
            std::fs::read_dir(folder)
                .unwrap()
                .map(|entry| entry.unwrap().path())
                .filter(|path| path.extension().is_some_and(|end| end == "toml"))
                .map(|path| {
                    let name = path.file_name().unwrap().to_str().unwrap().to_owned();
                    (name, std::fs::read_to_string(&path).unwrap())
                })
                .collect()
        })
        .collect()
});

/// What is put into a text in place of something.
fn token() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "",
            "\"",
            "[",
            "]]",
            "[[indicator]]",
            "[[task]]",
            "{",
            "}",
            "=",
            "\n",
            "\0",
            "-1",
            "0",
            "0.0",
            "1e400",
            "nan",
            "99999999999999999999",
            "2023-02-30",
            "421399",
            "year = 0",
            "year = 99999",
            "≥",
            "%",
            "以上",
            "100%",
            "1/0",
            "unit = \"\"",
            "target = \"\"",
            "about = {}",
        ])
        .prop_map(str::to_owned),
        "[ -~]{0,10}",
        "\\PC{0,6}",
    ]
}

proptest! {
    /// Rows A20–A53; invariant 4; issue 5.8: changed figures of a real place are read and compared, or refused with file
    /// and line.
    #[test]
    fn changed_figures_are_read_or_refused(
        place in 0_usize..4,
        file in 0_usize..16,
        edits in proptest::collection::vec((0_u16..1000, any::<u8>(), token()), 1..5),
    ) {
        let mut files = PLACES[place].clone();
        let name = files.keys().nth(file % files.len()).unwrap().clone();
        let mut chars: Vec<char> = files[&name].chars().collect();
        for (at, out, new) in &edits {
            let at = chars.len() * usize::from(*at) / 1000;
            let out = if *out < 200 { usize::from(*out % 4) } else { usize::from(*out) };
            let end = (at + out).min(chars.len());
            chars.splice(at..end, new.chars());
        }
        files.insert(name, chars.into_iter().collect());
        match load(&files) {
            Ok(book) => drop(check(&book, None)),
            Err(problems) => prop_assert!(!problems.is_empty() && problems.iter().all(|one| one.line >= 1)),
        }
    }
}
