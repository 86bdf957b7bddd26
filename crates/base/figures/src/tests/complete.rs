//! Nothing of the documents' tables is left out (rows A01–A11; invariant 1).

use super::places::{PLACES, book};
use crate::{Kind, Num};
use std::collections::BTreeMap;

/// Nothing is left out: tables and dated tasks have as many rows as printed (rows A02, A03, A11).
#[test]
fn tables_and_tasks_are_complete() {
    let in_table = |place: &str, name: &str, domain: &str| {
        let book = book(place);
        let rows = book.of_kind("indicator").filter(|row| {
            matches!(&row.kind, Kind::Indicator { table: Some(table), .. } if table == name)
                && (domain.is_empty() || row.domain == domain)
        });
        rows.count()
    };
    assert_eq!(in_table("suizhou", "表2", ""), 25);
    assert_eq!(in_table("suizhou", "表3", ""), 13);
    assert_eq!(in_table("shaoyang", "具体目标任务表", "养老"), 14);
    assert_eq!(in_table("shaoyang", "具体目标任务表", "托育"), 9);
    let suizhou = book("suizhou");
    let dated = |wanted: i32| {
        let tasks = suizhou.of_kind("task");
        tasks
            .filter(|row| matches!(row.kind, Kind::Task { year: Some(year), .. } if year == wanted))
            .count()
    };
    assert_eq!([dated(2023), dated(2024), dated(2025)], [21, 11, 11]);
    // 表1: the printed totals of both columns.
    for (id, total) in [("a_t1_beds", 5877), ("a_t1_places", 8250)] {
        let row = suizhou.row(id).unwrap();
        assert_eq!(row.figures.len(), 6);
        assert_eq!(row.figures.last().unwrap().amount(), Num::whole(total));
    }
}

/// Rows of one table carry the printed numbers 1, 2, 3 … without a gap.
#[test]
fn printed_numbers_have_no_gaps() {
    for (place, _) in PLACES {
        let book = book(place);
        let mut tables: BTreeMap<(&str, &str, &str), Vec<i64>> = BTreeMap::new();
        for row in book.of_kind("indicator") {
            if let Kind::Indicator {
                table: Some(table),
                no: Some(no),
                ..
            } = &row.kind
            {
                let key = (
                    row.source.document.as_str(),
                    table.as_str(),
                    row.domain.as_str(),
                );
                tables.entry(key).or_default().push(*no);
            }
        }
        for (table, numbers) in tables {
            let wanted: Vec<i64> = (1..=numbers.len() as i64).collect();
            assert_eq!(numbers, wanted, "{place} {table:?}");
        }
    }
}
