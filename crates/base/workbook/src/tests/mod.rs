//! Workbooks there and back.

mod bad;
mod change;
mod editor;
mod refused;
mod round;

use editor::{Editor, Put};
use figures::Book;
use rules::Files;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// The places with a folder of their own.
const PLACES: [&str; 4] = ["suizhou", "xianning", "chongxin", "shaoyang"];

/// The files of a plan folder.
fn files(place: &str) -> Files {
    let folder = format!("{}/../../../plans/{place}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "toml"))
        .map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, std::fs::read_to_string(&path).unwrap())
        })
        .collect()
}

fn book(place: &str) -> Book {
    figures::load(&files(place)).unwrap()
}

/// A workbook that an officer has opened.
fn opened(place: &str) -> (Book, Editor) {
    static OPENED: OnceLock<BTreeMap<&str, (Book, Editor)>> = OnceLock::new();
    let all = OPENED.get_or_init(|| {
        let open = |place| {
            let book = book(place);
            let editor = Editor::open(&crate::write(&book).unwrap());
            (place, (book, editor))
        };
        PLACES.map(open).into()
    });
    all[place].clone()
}
