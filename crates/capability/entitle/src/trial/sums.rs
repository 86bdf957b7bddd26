//! What a reader sees of a result: the sums of their own areas, in words and by both trees (invariants 8, 10).

use super::Trial;
use super::outcome::{Cell, ELSEWHERE, ItemOutcome, Outcome};
use area::api::{AreaBook, Executor, ExecutorKind};
use authz::Scope;
use kernel::area_code::Level;
use kernel::{AreaCode, Fen};
use std::collections::BTreeMap;

/// One line: who gains, who loses, what it costs; of the whole place, for the page of a draft.
pub(crate) fn headline(outcome: &Outcome, trial: &Trial) -> String {
    let more: i64 = outcome
        .items
        .iter()
        .map(|item| item.all().year_more())
        .sum();
    format!(
        "按{}测算：新增 {} 人，减少 {} 人，另有 {} 人金额或档次有变，全年{}。",
        trial.question.day.zh(),
        ui::grouped(outcome.gained),
        ui::grouped(outcome.lost),
        ui::grouped(outcome.changed),
        difference(more)
    )
}

/// «多 48,000.00 元», «少 …», «不变».
pub(crate) fn difference(fen: i64) -> String {
    match fen {
        0 => "金额不变".to_owned(),
        fen if fen > 0 => format!("多 {} 元", Fen(fen)),
        fen => format!("少 {} 元", Fen(fen.saturating_neg())),
    }
}

/// What a reader may see: everything, or some of the areas.
pub(crate) struct View<'a> {
    outcome: &'a Outcome,
    book: &'a AreaBook,
    scope: &'a Scope,
    /// All that was compared: the whole place, or the county whose list was tried; also what is counted without areas.
    pub(crate) whole: bool,
}

/// A row of an area: its name, the cells of all items added up, and a note.
pub(crate) struct AreaSum {
    pub(crate) name: String,
    pub(crate) cell: Cell,
    /// 待当地确认.
    pub(crate) confirm: bool,
}

impl<'a> View<'a> {
    pub(crate) fn new(outcome: &'a Outcome, book: &'a AreaBook, scope: &'a Scope) -> Self {
        let root = book.root().map(|root| root.code);
        let body = outcome.within.as_ref().and_then(|key| book.executor(key));
        Self {
            outcome,
            book,
            scope,
            whole: *scope == Scope::Everywhere
                || root.is_some_and(|root| scope.admits_area(&root))
                || body.is_some_and(|body| body.areas.iter().all(|area| scope.admits_area(area))),
        }
    }

    /// Whether there is anything to see: the areas of a body with county powers, or a town that is
    /// counted for itself.
    pub(crate) fn anything(&self) -> bool {
        let admits = |area: &AreaCode| self.scope.admits_area(area);
        let compared = |body: &&Executor| {
            let within = self.outcome.within.as_ref();
            within.is_none_or(|within| *within == body.key)
        };
        let bodies = self.book.executors().iter().filter(compared);
        self.whole
            || bodies.clone().any(|body| body.areas.iter().all(admits))
            || bodies
                .filter(|body| body.kind == ExecutorKind::Management)
                .any(|body| body.areas.iter().any(admits))
    }

    /// Whether a key of the result lies in the reader's scope. A county's key stands for the county
    /// without the towns that a 管委会 runs: exactly the area of the county's own body.
    fn admits(&self, key: &str) -> bool {
        if self.whole {
            return true;
        }
        let Ok(code) = key.parse::<AreaCode>() else {
            return false;
        };
        if self.scope.admits_area(&code) {
            return true;
        }
        let body = (code.level() == Level::County)
            .then(|| self.book.executor_of(&code))
            .flatten();
        body.is_some_and(|body| body.areas.iter().all(|area| self.scope.admits_area(area)))
    }

    /// An item in the reader's areas.
    pub(crate) fn item(&self, item: &ItemOutcome) -> Cell {
        let mut sum = Cell::default();
        for (_, cell) in item.areas.iter().filter(|(key, _)| self.admits(key)) {
            sum.add(cell);
        }
        sum
    }

    /// All items in the reader's areas.
    pub(crate) fn all(&self) -> Cell {
        let mut sum = Cell::default();
        for item in &self.outcome.items {
            sum.add(&self.item(item));
        }
        sum
    }

    /// By key, all items added up.
    fn by_key(&self) -> BTreeMap<&'a str, Cell> {
        let mut sums: BTreeMap<&str, Cell> = BTreeMap::new();
        for item in &self.outcome.items {
            for (key, cell) in item.areas.iter().filter(|(key, _)| self.admits(key)) {
                sums.entry(key.as_str()).or_default().add(cell);
            }
        }
        sums
    }

    /// By 行政区划: counties, then what lies elsewhere or is not known.
    pub(crate) fn counties(&self) -> Vec<AreaSum> {
        self.grouped(|code| {
            let county = code.up_to(Level::County);
            let name = self
                .book
                .name(&county)
                .map_or_else(|| county.to_string(), str::to_owned);
            (format!("1{county}"), name, false)
        })
    }

    /// By 管理区划: counties without the towns of a 管委会, then each 管委会.
    pub(crate) fn bodies(&self) -> Vec<AreaSum> {
        self.grouped(|code| match self.book.executor_of(code) {
            Some(body) => {
                let order = if body.kind == ExecutorKind::County {
                    1
                } else {
                    2
                };
                (
                    format!("{order}{}", body.key),
                    body.name.clone(),
                    body.confirm,
                )
            }
            None => (format!("3{code}"), code.to_string(), false),
        })
    }

    fn grouped(&self, of: impl Fn(&AreaCode) -> (String, String, bool)) -> Vec<AreaSum> {
        let mut sums: BTreeMap<String, AreaSum> = BTreeMap::new();
        for (key, cell) in self.by_key() {
            let (order, name, confirm) = match key.parse::<AreaCode>() {
                Ok(code) if key != ELSEWHERE => of(&code),
                _ => ("9".to_owned(), "外地或不明".to_owned(), false),
            };
            let sum = sums.entry(order).or_insert_with(|| AreaSum {
                name,
                cell: Cell::default(),
                confirm,
            });
            sum.cell.add(&cell);
        }
        sums.into_values().collect()
    }
}
