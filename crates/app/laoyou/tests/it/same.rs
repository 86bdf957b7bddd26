//! The same inputs give the same database, whichever engine keeps it.

use crate::place::{City, cities, options};
use laoyou::compose;
use laoyou::demo_city::fill;
use std::collections::BTreeMap;
use store::secret::sm3_hex;
use store::testing::databases;
use store::{Reads, Store};

/// Sealed with a fresh nonce each time (invariant 12 excepts them).
const SEALED: &[&str] = &["id_number", "phone", "contact_phone"];

/// Table → its columns with their types, as the migrations write them.
fn tables() -> BTreeMap<String, Vec<(String, String)>> {
    let mut tables: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for migration in compose::migrations() {
        let mut table = None;
        for line in migration.sql.lines() {
            let words: Vec<&str> = line.trim_end_matches(';').split_whitespace().collect();
            match words.as_slice() {
                ["DROP", "TABLE", gone] => {
                    tables.remove(*gone);
                }
                ["ALTER", "TABLE", from, "RENAME", "TO", to] => {
                    let columns = tables.remove(*from).unwrap();
                    tables.insert((*to).to_owned(), columns);
                }
                ["ALTER", "TABLE", table, "ADD", "COLUMN", name, kind, ..] => {
                    let columns = tables.get_mut(*table).unwrap();
                    columns.push(((*name).to_owned(), (*kind).to_owned()));
                }
                _ => {}
            }
            if let Some(rest) = line.strip_prefix("CREATE TABLE ") {
                table = rest.split_whitespace().next().map(str::to_owned);
            } else if line.starts_with(')') {
                table = None;
            } else if let (Some(table), Some(column)) = (&table, line.strip_prefix("  ")) {
                let mut words = column.trim_end_matches(',').split_whitespace();
                let (name, kind) = (words.next().unwrap(), words.next().unwrap_or(""));
                if ["TEXT", "BIGINT", "INTEGER", "BOOLEAN"].contains(&kind) {
                    let columns = tables.entry(table.clone()).or_default();
                    columns.push((name.to_owned(), kind.to_owned()));
                }
            }
        }
    }
    tables
}

/// Digest and number of rows of each table, without what is sealed.
async fn content(store: &Store) -> BTreeMap<String, (usize, String)> {
    let mut out = BTreeMap::new();
    for (table, columns) in tables() {
        let shown: Vec<String> = columns
            .iter()
            .filter(|(name, _)| !SEALED.contains(&name.as_str()))
            .map(|(name, kind)| match kind.as_str() {
                "BOOLEAN" => {
                    format!("CASE WHEN {name} THEN '1' WHEN NOT {name} THEN '0' ELSE '-' END")
                }
                _ => format!("coalesce(CAST({name} AS TEXT), '-')"),
            })
            .collect();
        let sql = format!("SELECT {} AS line FROM {table}", shown.join(" || '|' || "));
        let mut lines: Vec<String> = Vec::new();
        for row in store.all(&sql, vec![]).await.unwrap() {
            lines.push(row.text("line").unwrap());
        }
        lines.sort_unstable();
        out.insert(table, (lines.len(), sm3_hex(lines.join("\n").as_bytes())));
    }
    out
}

/// Invariants 12 and 13; row B05: two demos of one seed hold the same rows, on SQLite and on PostgreSQL, keys, log and
/// chain included; another seed gives another city.
#[tokio::test]
async fn one_seed_gives_one_database_on_both_engines() {
    let mut all = Vec::new();
    for city in cities().await {
        all.push((city.name, content(&city.store).await));
        city.close().await;
    }
    for (seed, times) in [(1, 1), (2, 1)] {
        for _ in 0..times {
            for db in databases(&compose::migrations())
                .await
                .unwrap()
                .into_iter()
                .take(1)
            {
                fill(&db.store, &options(2_000, seed)).await.unwrap();
                let name = if seed == 1 {
                    "sqlite again"
                } else {
                    "another seed"
                };
                all.push((name, content(&db.store).await));
                db.close().await.unwrap();
            }
        }
    }
    let (_, another) = all.pop().unwrap();
    let (_, first) = &all[0];
    for table in [
        "people_person",
        "people_history",
        "people_roll",
        "entitle_answer",
        "entitle_tally",
        "audit_seal",
    ] {
        assert!(first[table].0 > 20, "{table}");
        assert_ne!(first[table].1, another[table].1, "{table}");
    }
    for (name, other) in &all[1..] {
        for (table, content) in first {
            if table != "schema_migration" {
                assert_eq!(other.get(table), Some(content), "{table} of {name}");
            }
        }
    }
}

/// Invariants 10 and 12: the log of the demo is sealed and its chain holds.
#[tokio::test]
async fn the_chain_of_the_demo_holds() {
    for city in cities().await {
        let rows = async |city: &City| {
            city.count("SELECT CAST(count(*) AS BIGINT) AS n FROM audit_row")
                .await
        };
        let before = rows(&city).await;
        assert_eq!(city.store.verify_audit().await.unwrap(), Ok(before));
        let worker = city.door("demo-01-town").await;
        city.get("/people", &worker).await;
        city.store.seal_audit().await.unwrap();
        assert_eq!(
            city.store.verify_audit().await.unwrap(),
            Ok(rows(&city).await)
        );
        assert!(rows(&city).await >= before + 2, "signing in and the list");
        city.close().await;
    }
}

/// Row B05; invariant 5: nothing in the demo is recorded after it was made, so that what is known does not change by itself.
#[tokio::test]
async fn nothing_of_the_demo_is_recorded_in_the_future() {
    for city in cities().await {
        let now = store::testing::test_now().micros();
        for (table, column) in [
            ("people_history", "recorded_at"),
            ("people_roll", "recorded_at"),
            ("people_roll", "withdrawn_at"),
            ("people_event", "recorded_at"),
            ("people_person", "registered_at"),
            ("entitle_receipt", "recorded_at"),
            ("audit_row", "at"),
        ] {
            let sql =
                format!("SELECT CAST(count(*) AS BIGINT) AS n FROM {table} WHERE {column} > {now}");
            assert_eq!(
                city.count(&sql).await,
                0,
                "{table}.{column} on {}",
                city.name
            );
        }
        city.close().await;
    }
}
