//! A whole list as one SQL query over the snapshot, for databases that check the evaluator.
//!
//! Each condition stands once in an inner projection, so that a database evaluates it once; the
//! texts are those of `rules::sql`.

use rules::List;
use rules::sql::SqlNames;
use std::fmt::Write as _;

/// A query that gives per residence area, and per item: how many are known, how many entitled, the
/// sum of the amounts. Columns `area`, `people`, and `known_N`, `yes_N`, `fen_N`, `fen_unknown_N`
/// for item N (the last two where it has an amount).
pub fn totals_query(list: &List, names: &SqlNames, table: &str) -> String {
    let mut outer = String::from("select residence_area as area, count(*) as people");
    for item in list.items() {
        let no = item.service.no;
        append(
            &mut outer,
            format_args!(",\n  count(y{no}) as known_{no}, count(a{no}) as yes_{no}"),
        );
        if item.amount.is_some() {
            append(
                &mut outer,
                format_args!(
                    ", sum(f{no}) as fen_{no}, count(a{no}) - count(f{no}) as fen_unknown_{no}"
                ),
            );
        }
    }
    let mut middle = String::from("select residence_area");
    for item in list.items() {
        let no = item.service.no;
        append(
            &mut middle,
            format_args!(",\n  y{no}, case when y{no} then 1 end as a{no}"),
        );
        if let Some(amount) = list.amount_sql(no, names) {
            append(
                &mut middle,
                format_args!(", case when y{no} then {amount} end as f{no}"),
            );
        }
    }
    let answers = answers_query(list, names, table);
    format!(
        "{outer}\nfrom ({middle}\nfrom ({answers}) as answered) as paid\ngroup by residence_area"
    )
}

/// A query that gives the columns of the table and `yN`, the answer of item N.
pub fn answers_query(list: &List, names: &SqlNames, table: &str) -> String {
    let mut inner = String::from("select *");
    for item in list.items() {
        let no = item.service.no;
        if let Some(condition) = list.item_sql(no, names) {
            append(&mut inner, format_args!(",\n  {condition} as y{no}"));
        }
    }
    format!("{inner}\nfrom {table}")
}

fn append(text: &mut String, more: std::fmt::Arguments<'_>) {
    // A text takes all that is written to it.
    let written = text.write_fmt(more);
    debug_assert!(written.is_ok());
}
