//! Whose figure it is: the whole place, a body of the 管理区划, a county of the 行政区划.
//!
//! Invariant 8 and product.md 4: who is ranked and reports are the bodies with county powers; statistics
//! follow the counties. Keys keep the two apart.

use area::api::{AreaBook, Executor, plain};
use authz::Scope;
use kernel::AreaCode;

/// A place figures are kept for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// As it stands in the table.
    pub(crate) key: String,
    /// Its name.
    pub(crate) name: String,
    /// What it covers.
    pub(crate) areas: Vec<AreaCode>,
    /// Towns to be confirmed locally.
    pub(crate) confirm: bool,
}

/// The key of a body of the 管理区划.
pub(crate) fn executor_key(executor: &Executor) -> String {
    format!("E:{}", executor.key)
}

/// The whole place.
pub(crate) fn whole(book: &AreaBook) -> Option<Place> {
    let root = book.root()?;
    Some(Place {
        key: root.code.to_string(),
        name: root.name.clone(),
        areas: vec![root.code],
        confirm: false,
    })
}

/// The bodies that report and are ranked.
pub(crate) fn bodies(book: &AreaBook) -> Vec<Place> {
    book.executors()
        .iter()
        .map(|executor| Place {
            key: executor_key(executor),
            name: plain(&executor.name),
            areas: executor.areas.clone(),
            confirm: executor.confirm,
        })
        .collect()
}

/// The counties of the 行政区划.
pub(crate) fn counties(book: &AreaBook) -> Vec<Place> {
    let Some(root) = book.root() else {
        return Vec::new();
    };
    book.children(&root.code)
        .into_iter()
        .map(|county| Place {
            key: county.code.to_string(),
            name: plain(&county.name),
            areas: vec![county.code],
            confirm: false,
        })
        .collect()
}

/// Where somebody with this scope may report: all of the place must be theirs (invariant 10).
pub(crate) fn reportable(book: &AreaBook, scope: &Scope) -> Vec<Place> {
    whole(book)
        .into_iter()
        .chain(bodies(book))
        .filter(|place| covers(scope, &place.areas))
        .collect()
}

fn covers(scope: &Scope, areas: &[AreaCode]) -> bool {
    match scope {
        Scope::Everywhere => true,
        Scope::Areas(mine) => areas
            .iter()
            .all(|area| mine.iter().any(|own| own.contains(area))),
        Scope::Nowhere | Scope::People(_) => false,
    }
}
