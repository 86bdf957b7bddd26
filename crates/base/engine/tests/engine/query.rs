//! The list as one SQL query, for the databases that check the engine in the bench.

use crate::common::{day, suizhou};
use rules::sql::{Dialect, SqlNames};

/// Row C03; engineering 28: each item stands in the query once, under its number.
#[test]
fn each_condition_stands_in_the_query_once() {
    let list = suizhou();
    let names = SqlNames {
        dialect: Dialect::DuckDb,
        as_of: day("2025-06-30"),
    };
    let query = engine::sql::totals_query(&list, &names, "people");
    for item in list.items() {
        let no = item.service.no;
        let condition = list.item_sql(no, &names).unwrap();
        assert!(query.contains(&format!("{condition} as y{no}")), "{no}");
        assert!(query.contains(&format!("as yes_{no}")), "{no}");
        assert_eq!(
            query.contains(&format!("as fen_{no},")),
            item.amount.is_some(),
            "{no}"
        );
    }
    assert!(query.ends_with("group by residence_area"));
    assert!(engine::sql::answers_query(&list, &names, "people").ends_with("from people"));
}
