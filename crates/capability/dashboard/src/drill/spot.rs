//! Places of both trees: 行政区划 and 管理区划 over the same towns and villages (product.md 4).

use crate::places;
use area::api::{Area, AreaBook, plain};
use authz::Scope;
use kernel::AreaCode;
use kernel::area_code::Level;

/// Which tree is walked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tree {
    /// 管理区划: who decides, pays and is ranked.
    Bodies,
    /// 行政区划: statistics.
    Counties,
}

impl Tree {
    /// In addresses.
    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::Bodies => "bodies",
            Self::Counties => "counties",
        }
    }

    /// Of its key.
    pub(crate) fn from_key(key: &str) -> Option<Self> {
        [Self::Bodies, Self::Counties]
            .into_iter()
            .find(|tree| tree.key() == key)
    }
}

/// How deep a place stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Depth {
    /// The whole place.
    City,
    /// A county or a body.
    Upper,
    /// A town.
    Town,
    /// A village.
    Village,
}

/// A place that numbers are opened at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Spot {
    /// In addresses: a code, or `E:` and a body's key.
    pub(crate) key: String,
    /// Its name.
    pub(crate) name: String,
    /// How deep.
    pub(crate) depth: Depth,
    /// What it covers.
    pub(crate) areas: Vec<AreaCode>,
}

fn of_area(area: &Area, depth: Depth) -> Spot {
    Spot {
        key: area.code.to_string(),
        name: if depth == Depth::City {
            area.name.clone()
        } else {
            plain(&area.name)
        },
        depth,
        areas: vec![area.code],
    }
}

fn bodies(book: &AreaBook) -> Vec<Spot> {
    places::bodies(book)
        .into_iter()
        .map(|place| Spot {
            key: place.key,
            name: place.name,
            depth: Depth::Upper,
            areas: place.areas,
        })
        .collect()
}

/// The whole place.
pub(crate) fn city(book: &AreaBook) -> Option<Spot> {
    book.root().map(|root| of_area(root, Depth::City))
}

/// The place of a key.
pub(crate) fn of(book: &AreaBook, key: &str) -> Option<Spot> {
    if key.starts_with("E:") {
        return bodies(book).into_iter().find(|spot| spot.key == key);
    }
    let code: AreaCode = key.parse().ok()?;
    let area = book.area(&code).filter(|_| book.is_local(&code))?;
    let depth = match code.level() {
        _ if book.root().is_some_and(|root| root.code == code) => Depth::City,
        Level::Town => Depth::Town,
        Level::Village => Depth::Village,
        _ => Depth::Upper,
    };
    Some(of_area(area, depth))
}

/// The places directly inside.
pub(crate) fn children(book: &AreaBook, spot: &Spot, tree: Tree) -> Vec<Spot> {
    match spot.depth {
        Depth::City if tree == Tree::Bodies => bodies(book),
        Depth::City => book
            .counties()
            .into_iter()
            .map(|area| of_area(area, Depth::Upper))
            .collect(),
        Depth::Upper => spot
            .areas
            .iter()
            .flat_map(|code| book.towns(code))
            .map(|area| of_area(area, Depth::Town))
            .collect(),
        Depth::Town => spot
            .areas
            .iter()
            .flat_map(|code| book.villages(code))
            .map(|area| of_area(area, Depth::Village))
            .collect(),
        Depth::Village => Vec::new(),
    }
}

/// The places above, from the whole place down, in a tree.
pub(crate) fn above(book: &AreaBook, spot: &Spot, tree: Tree) -> Vec<Spot> {
    let mut out: Vec<Spot> = Vec::new();
    if spot.depth == Depth::City {
        return out;
    }
    out.extend(city(book));
    let Some(code) = spot.areas.first() else {
        return out;
    };
    if spot.depth > Depth::Upper {
        let upper = match tree {
            Tree::Bodies => book
                .executor_of(code)
                .and_then(|body| of(book, &places::executor_key(body))),
            Tree::Counties => of(book, code.up_to(Level::County).as_str()),
        };
        out.extend(upper);
    }
    if spot.depth == Depth::Village {
        out.extend(of(book, code.up_to(Level::Town).as_str()));
    }
    out
}

/// The tree a place belongs to, where it belongs to one only.
pub(crate) fn tree_of(spot: &Spot) -> Option<Tree> {
    match spot.depth {
        Depth::Upper if spot.key.starts_with("E:") => Some(Tree::Bodies),
        Depth::Upper => Some(Tree::Counties),
        _ => None,
    }
}

impl Spot {
    /// All of it lies in a scope (invariant 10).
    pub(crate) fn within(&self, scope: &Scope) -> bool {
        !self.areas.is_empty() && self.areas.iter().all(|area| scope.admits_area(area))
    }
}
