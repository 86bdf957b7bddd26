//! The departments that the documents of a place name, with what they lead and join (row M02).

use super::reading::Reading;
use super::rows_filter::{departments, involves};
use figures::{Book, Row};

/// What a department has of one kind of row.
pub(crate) struct Share {
    pub(crate) lead: usize,
    pub(crate) with: usize,
    pub(crate) href: String,
}

/// One department.
pub(crate) struct Department {
    pub(crate) name: String,
    /// Other spellings of the documents.
    pub(crate) also: String,
    pub(crate) duty: String,
    /// Named in a row, not in the directory.
    pub(crate) unlisted: bool,
    pub(crate) indicators: Share,
    pub(crate) tasks: Share,
}

/// The directory, then the departments that only rows name.
pub(crate) fn directory(reading: &Reading) -> Vec<Department> {
    let book = &reading.book;
    let listed = book.head.departments.iter().map(|department| Department {
        also: department.also.join("、"),
        duty: department.duty.clone().unwrap_or_default(),
        ..of(reading, &department.name, false)
    });
    let rows = book.of_kind("indicator").chain(book.of_kind("task"));
    let unlisted = departments(reading, rows)
        .into_iter()
        .filter(|name| !book.head.departments.iter().any(|d| d.name == *name))
        .map(|name| of(reading, name, true));
    listed.chain(unlisted).collect()
}

fn of(reading: &Reading, name: &str, unlisted: bool) -> Department {
    Department {
        name: name.to_owned(),
        also: String::new(),
        duty: String::new(),
        unlisted,
        indicators: share(reading, "indicator", "/plan/indicators", name),
        tasks: share(reading, "task", "/plan/tasks", name),
    }
}

fn share(reading: &Reading, kind: &str, path: &str, name: &str) -> Share {
    let book = &reading.book;
    let all: Vec<&Row> = book
        .of_kind(kind)
        .filter(|row| involves(book, row, name))
        .collect();
    let lead = all.iter().filter(|row| leads(book, row, name)).count();
    Share {
        lead,
        with: all.len() - lead,
        href: reading.href(&format!("{path}?department={}", ui::query_encode(name))),
    }
}

fn leads(book: &Book, row: &Row, name: &str) -> bool {
    row.lead
        .iter()
        .any(|spelling| book.head.department(spelling) == name)
}
