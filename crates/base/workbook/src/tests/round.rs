//! A workbook that nobody has changed changes nothing (row A01, invariant 2).

use super::{Editor, PLACES, book, opened};
use crate::columns::{ROWS, VALUES};
use crate::{Origin, origin, read, write};

/// Every plan comes back as it went, as written by Laoyou and as saved by another program.
#[test]
fn unchanged_workbooks_change_nothing() {
    for place in PLACES {
        let book = book(place);
        let bytes = write(&book).unwrap();
        assert_eq!(read(&bytes, &book), Ok(vec![]), "{place}");
        assert_eq!(
            read(&Editor::open(&bytes).bytes(), &book),
            Ok(vec![]),
            "{place}"
        );
    }
}

/// The order of columns and of rows is free; figures have their 序.
#[test]
fn the_order_does_not_matter() {
    for place in PLACES {
        let (book, mut editor) = opened(place);
        editor.shuffle();
        assert_eq!(read(&editor.bytes(), &book), Ok(vec![]), "{place}");
    }
}

/// A sheet or a column that is gone means nothing.
#[test]
fn what_is_not_there_means_nothing() {
    for sheet in [
        "指标",
        "重点任务",
        "供给计划",
        "项目",
        "标准与政策",
        "数值",
        "口径表",
        "口径差异",
        "说明",
    ] {
        let (book, mut editor) = opened("suizhou");
        editor.remove_sheet(sheet);
        assert_eq!(read(&editor.bytes(), &book), Ok(vec![]), "{sheet}");
    }
    for head in ["责任单位", "口径", "引文", "期限", "数值一览"] {
        let (book, mut editor) = opened("suizhou");
        editor.remove_column("重点任务", head);
        assert_eq!(read(&editor.bytes(), &book), Ok(vec![]), "{head}");
    }
}

/// The same book gives the same bytes, and the workbook says whose it is.
#[test]
fn the_bytes_follow_from_the_book() {
    let book = book("xianning");
    let bytes = write(&book).unwrap();
    assert_eq!(bytes, write(&book).unwrap());
    let digest = book.digest.clone();
    assert_eq!(
        origin(&bytes),
        Some(Origin {
            slug: "xianning".to_owned(),
            digest
        })
    );
    assert_eq!(origin(b"PK"), None);
}
/// Sheets, headings, drop-downs and text cells are as an officer needs them.
#[test]
fn sheets_are_ready_to_fill_in() {
    let bytes = write(&book("suizhou")).unwrap();
    let grids = crate::grid::read(&bytes).unwrap();
    let names: Vec<&str> = grids.iter().map(|grid| grid.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "说明",
            "指标",
            "重点任务",
            "供给计划",
            "项目",
            "标准与政策",
            "数值",
            "口径表",
            "口径差异"
        ]
    );
    for sheet in ROWS.iter().chain([&VALUES]) {
        let grid = grids.iter().find(|grid| grid.name == sheet.name).unwrap();
        let heads: Vec<&str> = grid.rows[&0]
            .values()
            .map(|cell| cell.text.as_str())
            .collect();
        let wanted: Vec<&str> = sheet.columns.iter().map(|column| column.head).collect();
        assert_eq!(heads, wanted);
    }
    // 说明 names every document, where the drop-down 文件 looks for it.
    let book = book("suizhou");
    let (first, last) = crate::about::document_lines(&book);
    for (row, document) in (first..=last).zip(&book.head.documents) {
        assert_eq!(grids[0].rows[&(row as u32 - 1)][&0].text, document.number);
    }
}
