//! A finding keeps its id while its values change; its print does not (row A21, invariant 2).

use super::folder::{files, planted};
use crate::{Acknowledged, Book, Finding, check, load};

const FILE: &str = "capacity.toml";

fn only(book: &Book) -> Finding {
    let mut found = check(book, None);
    assert_eq!(found.len(), 1, "{found:#?}");
    found.remove(0)
}

/// 托位 by class: parts that do not add up to the 250 printed.
fn wrong_by(value: &str) -> Book {
    let (value, quote) = (format!("value = \"{value}\""), format!("市场化{value}个"));
    planted(
        FILE,
        &[
            (r#"value = "80""#, value.as_str()),
            ("市场化80个", quote.as_str()),
        ],
    )
}

/// The same conflict has the same id in every version, and another print once a value moved.
#[test]
fn the_print_follows_the_values() {
    let (one, other) = (only(&wrong_by("81")), only(&wrong_by("82")));
    assert_eq!(one.id, other.id);
    assert_ne!(one.print, other.print);
    assert_eq!(one.print, only(&wrong_by("81")).print);
}

/// A word of the quote or another section is another print too; a new line number is not.
#[test]
fn the_print_follows_the_clause() {
    let one = only(&wrong_by("81"));
    let moved = planted(
        FILE,
        &[
            (r#"value = "80""#, r#"value = "81""#),
            (
                r#"section = "二（三）", quote = "托位250个，公办170个、市场化80个""#,
                r#"section = "二（四）", quote = "托位250个，公办170个、市场化81个""#,
            ),
        ],
    );
    assert_ne!(one.print, only(&moved).print);
    let lines = planted(
        FILE,
        &[
            (r#"value = "80""#, r#"value = "81""#),
            ("市场化80个", "市场化81个"),
            ("[[project]]", "# 一行\n\n[[project]]"),
        ],
    );
    assert_eq!(one.print, only(&lines).print);
}

/// An acknowledgement holds for the values somebody looked at, not for others.
#[test]
fn an_acknowledgement_ends_when_a_value_moves() {
    let known = |finding: &Finding| Acknowledged {
        finding: finding.id.clone(),
        print: finding.print.clone(),
        reason: "以分项为准".to_owned(),
        by: "张三".to_owned(),
        on: "2025-06-30".parse().unwrap(),
    };
    let mut book = wrong_by("81");
    let ack = known(&only(&book));
    book.acknowledged.push(ack.clone());
    assert_eq!(only(&book).acknowledged, Some(ack.clone()));
    let mut later = wrong_by("82");
    later.acknowledged.push(ack);
    assert_eq!(only(&later).acknowledged, None);
}

/// Whatever stands in a folder, no two findings share an id.
#[test]
fn ids_are_unique() {
    let mut book = load(&files()).unwrap();
    // Everything at once: every figure a little larger than printed.
    for figure in book.rows.iter_mut().flat_map(|row| &mut row.figures) {
        figure.value = figure.value + crate::Num::whole(7) + figure.value;
    }
    let found = check(&book, None);
    let mut ids: Vec<&str> = found.iter().map(|finding| finding.id.as_str()).collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(
        ids.len(),
        all,
        "{:?}",
        found.iter().map(|finding| &finding.id).collect::<Vec<_>>()
    );
}
