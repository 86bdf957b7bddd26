//! Who owns a table: the crate that creates it. Nobody else's SQL names it (style.md: "all SQL of these
//! tables, none elsewhere").

use crate::finding::Finding;
use crate::source::{Source, words};
use crate::tree::{TextFile, Tree};
use std::collections::BTreeMap;

/// Tables by name, each with the crate that creates it.
pub(crate) type Owners = BTreeMap<String, String>;

/// Words that a table follows.
const BEFORE_A_TABLE: &[&str] = &[
    "FROM",
    "JOIN",
    "INTO",
    "UPDATE",
    "TABLE",
    "REFERENCES",
    "ON",
    "EXISTS",
];
/// A text is SQL when one of these stands in it.
const SQL: &[&str] = &[
    "SELECT",
    "FROM",
    "INSERT",
    "INTO",
    "UPDATE",
    "DELETE",
    "JOIN",
    "CREATE",
    "DROP",
    "WHERE",
    "EXISTS",
    "REFERENCES",
];

/// Every table that a migration or a store creates.
pub(crate) fn owners(tree: &Tree) -> (Owners, Vec<Finding>) {
    let (mut owners, mut findings) = (Owners::new(), Vec::new());
    for file in tree.files("crates/", "") {
        for (line, table) in created(file) {
            let owner = file.crate_name();
            let before = owners
                .entry(table.clone())
                .or_insert_with(|| owner.to_owned());
            if before != owner {
                findings.push(Finding::new(
                    "tables",
                    format!("{}:{line}", file.path),
                    format!("{owner} creates {table}, which {before} creates too."),
                    "one crate owns a table; give it another name or use the owner's functions",
                ));
            }
        }
    }
    (owners, findings)
}

fn created(file: &TextFile) -> Vec<(usize, String)> {
    if file.is_migration() {
        return in_sql(&without_comments(&file.text))
            .into_iter()
            .map(|at| (at.0, at.1.to_owned()))
            .collect();
    }
    if !file.is_shipped_rust() {
        return Vec::new();
    }
    let source = Source::parse(&file.text);
    let until = source.tests_begin().unwrap_or(usize::MAX);
    let literals = source
        .literals
        .iter()
        .filter(|literal| literal.line < until);
    literals
        .flat_map(|literal| {
            in_sql(&literal.text)
                .into_iter()
                .map(|at| (literal.line + at.0 - 1, at.1.to_owned()))
        })
        .collect()
}

/// `CREATE TABLE [IF NOT EXISTS] name` with its line.
fn in_sql(sql: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    for (at, _) in sql.match_indices("CREATE TABLE ") {
        let line = sql.get(..at).unwrap_or_default().matches('\n').count() + 1;
        let rest = sql.get(at + "CREATE TABLE ".len()..).unwrap_or_default();
        let rest = rest.strip_prefix("IF NOT EXISTS ").unwrap_or(rest);
        // A name that is filled in later (`{table}`) is nobody's.
        if let Some((0, name)) = words(rest).next() {
            found.push((line, name));
        }
    }
    found
}

fn without_comments(sql: &str) -> String {
    let lines: Vec<&str> = sql
        .lines()
        .map(|line| line.split("--").next().unwrap_or_default())
        .collect();
    lines.join("\n")
}

/// Uses of another crate's table in `src/` and `migrations/`.
pub(crate) fn check(tree: &Tree, owners: &Owners) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.files("crates/", "") {
        for (line, table) in foreign(file, owners) {
            let owner = owners.get(&table).map_or("", String::as_str);
            findings.push(Finding::new(
                "tables",
                format!("{}:{line}", file.path),
                format!("{} names the table {table}, which belongs to {owner}.", file.crate_name()),
                format!("ask {owner} through a function of its door (`api`), or hand the work to it by event or hook"),
            ));
        }
    }
    findings
}

/// Line and table of each use of a table that is not this crate's own.
fn foreign(file: &TextFile, owners: &Owners) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut look = |line: usize, text: &str| {
        for (at, table) in named(text, owners) {
            if owners
                .get(table)
                .is_some_and(|owner| owner != file.crate_name())
            {
                found.push((
                    line + text.get(..at).unwrap_or_default().matches('\n').count(),
                    table.to_owned(),
                ));
            }
        }
    };
    if file.is_migration() {
        look(1, &without_comments(&file.text));
    } else if file.is_shipped_rust() {
        let source = Source::parse(&file.text);
        let until = source.tests_begin().unwrap_or(usize::MAX);
        for literal in source
            .literals
            .iter()
            .filter(|literal| literal.line < until)
        {
            look(literal.line, &literal.text);
        }
    }
    found
}

/// Tables a text names: after a word of SQL, or anywhere in a SQL text when the name could be nothing
/// else, or as the whole text.
fn named<'a>(text: &'a str, owners: &Owners) -> Vec<(usize, &'a str)> {
    let all: Vec<(usize, &str)> = words(text).collect();
    let is_sql = all.iter().any(|(_, word)| SQL.contains(word));
    let mut found = Vec::new();
    for (place, (at, word)) in all.iter().enumerate() {
        if !owners.contains_key(*word) {
            continue;
        }
        let before = place
            .checked_sub(1)
            .and_then(|before| all.get(before))
            .map_or("", |(_, word)| *word);
        let qualifies = text.get(..*at).is_some_and(|before| before.ends_with('.'));
        let after_keyword = BEFORE_A_TABLE.contains(&before);
        let plain = is_sql && word.contains('_') && before != "AS" && !qualifies;
        let whole = word.contains('_') && text == *word;
        if (after_keyword && is_sql) || plain || whole {
            found.push((*at, *word));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{Owners, created, foreign};
    use crate::tree::TextFile;

    fn file(path: &str, text: &str) -> TextFile {
        TextFile {
            path: path.into(),
            text: text.into(),
        }
    }

    fn owners() -> Owners {
        let pairs = [
            ("people_person", "people"),
            ("job", "store"),
            ("plan_version", "plan"),
        ];
        pairs
            .iter()
            .map(|(table, owner)| ((*table).to_owned(), (*owner).to_owned()))
            .collect()
    }

    #[test]
    fn tables_belong_to_the_crate_that_creates_them() {
        let sql = "-- CREATE TABLE no (\nCREATE TABLE people_person (\n);\nCREATE TABLE IF NOT EXISTS people_roll (";
        let found = created(&file("crates/capability/people/migrations/0001.sql", sql));
        assert_eq!(
            found,
            [
                (2, "people_person".to_owned()),
                (4, "people_roll".to_owned())
            ]
        );
    }

    #[test]
    fn another_crate_s_table_is_found_in_sql() {
        let text = "//! x\nfn a() {\n    run(\"SELECT 1 FROM people_person p\");\n    run(\"a\n UPDATE job SET x\");\n}\n";
        let found = foreign(&file("crates/capability/desk/src/a.rs", text), &owners());
        assert_eq!(
            found,
            [(3, "people_person".to_owned()), (5, "job".to_owned())]
        );
        assert!(
            foreign(
                &file("crates/capability/desk/tests/it/a.rs", text),
                &owners()
            )
            .is_empty()
        );
        let own = "fn a() { run(\"SELECT 1 FROM people_person\"); }";
        assert!(foreign(&file("crates/capability/people/src/a.rs", own), &owners()).is_empty());
        let key = "REFERENCES people_person (id)";
        assert_eq!(
            foreign(
                &file("crates/capability/entitle/migrations/0001.sql", key),
                &owners()
            )
            .len(),
            1
        );
    }

    #[test]
    fn columns_comments_words_and_tests_are_not_tables() {
        let text = "// FROM people_person\nfn a() {\n    run(\"SELECT v.plan_version, x AS plan_version FROM desk_x v\");\n    say(\"a job\", \"people_person_id\");\n}\n#[cfg(test)]\nmod tests {\n    const A: &str = \"FROM job\";\n}\n";
        assert_eq!(
            foreign(&file("crates/capability/desk/src/a.rs", text), &owners()),
            []
        );
    }
}
