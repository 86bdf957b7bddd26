//! The book.

use super::{fen, month};
use crate::{Book, Event, Kind, Level, Place, Posting, Refused};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn place(level: Level) -> Place {
    Place {
        fund: "老年福利".into(),
        programme: "senior_allowance".into(),
        level,
        area: "421303".parse().unwrap(),
    }
}

fn posting(id: &str, event: Event, amount: i64) -> Posting {
    let (debit, credit) = event.sides();
    Posting {
        id: id.into(),
        month: month("2025-06"),
        place: place(Level::County),
        debit,
        credit,
        amount: fen(amount),
        reverses: None,
    }
}

/// Invariant 6: a posting is above nothing, is in the book once, and is taken back once and whole.
#[test]
fn what_the_book_refuses() {
    let mut book = Book::default();
    assert!(matches!(
        book.post(posting("a", Event::Approved, 0)),
        Err(Refused::NotPositive(_))
    ));
    let same = Posting {
        credit: Kind::Spending,
        ..posting("a", Event::Approved, 5)
    };
    assert!(matches!(book.post(same), Err(Refused::SameAccount(_))));
    book.post(posting("a", Event::Approved, 500)).unwrap();
    assert!(matches!(
        book.post(posting("a", Event::Sent, 5)),
        Err(Refused::Twice(_))
    ));
    assert!(matches!(
        book.reverse("x", "b"),
        Err(Refused::NothingToReverse(_))
    ));
    let other = Posting {
        reverses: Some("a".into()),
        ..posting("b", Event::Sent, 500)
    };
    assert!(matches!(book.post(other), Err(Refused::NotItsReverse(_))));
    book.reverse("a", "b").unwrap();
    assert!(matches!(
        book.reverse("a", "c"),
        Err(Refused::ReversedTwice(_))
    ));
    assert_eq!((book.of(Kind::Payable), book.trial()), (0, 0));
}

/// One line of a due and what became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Drawn,
    Approved,
    Sent,
    Paid,
}

/// A small office: lines of dues, and the book beside them.
#[derive(Default)]
struct Office {
    book: Book,
    lines: BTreeMap<usize, (i64, State)>,
    next: usize,
}

impl Office {
    fn book(&mut self, event: Event, amount: i64) {
        self.next += 1;
        self.book
            .post(posting(&format!("p{}", self.next), event, amount))
            .unwrap();
    }

    /// Does one thing; what cannot be done now is left alone, as a replay would.
    fn act(&mut self, kind: u8, which: usize, amount: i64) {
        let count = self.lines.len().max(1);
        let at = which % count;
        let line = self.lines.get(&at).copied();
        let moved = match (kind, line) {
            (0, _) => {
                self.lines.insert(self.lines.len(), (amount, State::Drawn));
                return;
            }
            (1, Some((fen, State::Drawn))) => (Event::Approved, fen, State::Approved),
            (2, Some((fen, State::Approved))) => (Event::Sent, fen, State::Sent),
            (3, Some((fen, State::Sent))) => (Event::Paid, fen, State::Paid),
            (4, Some((fen, State::Sent))) => (Event::Failed, fen, State::Approved),
            _ => return,
        };
        self.book(moved.0, moved.1);
        self.lines.insert(at, (moved.1, moved.2));
    }

    fn sum(&self, state: State) -> i64 {
        let mine = self.lines.values().filter(|line| line.1 == state);
        mine.map(|line| line.0).sum()
    }

    /// Works everything off: approve, send, paid.
    fn finish(&mut self) {
        for kind in [1, 2, 3] {
            for at in 0..self.lines.len() {
                self.act(kind, at, 0);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]

    /// Invariant 6; row C03: after any sequence the book balances and says what the lines say.
    #[test]
    fn the_book_balances_after_any_sequence(acts in prop::collection::vec((0..5_u8, 0..40_usize, 1..90_000_i64), 1..120)) {
        let mut office = Office::default();
        for (kind, which, amount) in acts {
            office.act(kind, which, amount);
            prop_assert_eq!(office.book.trial(), 0);
        }
        prop_assert_eq!(-office.book.of(Kind::Payable), office.sum(State::Approved));
        prop_assert_eq!(-office.book.of(Kind::Transit), office.sum(State::Sent));
        prop_assert_eq!(-office.book.of(Kind::Purse), office.sum(State::Paid));
        prop_assert_eq!(office.book.of(Kind::Spending), office.sum(State::Approved) + office.sum(State::Sent) + office.sum(State::Paid));
    }

    /// Invariant 6: in whatever order runs, answers and repeats come, working everything off pays each line once.
    #[test]
    fn any_interleaving_ends_in_equal_totals(
        amounts in prop::collection::vec(1..90_000_i64, 1..12),
        acts in prop::collection::vec((1..5_u8, 0..40_usize), 0..80),
        others in prop::collection::vec((1..5_u8, 0..40_usize), 0..80),
    ) {
        let run = |acts: &[(u8, usize)]| {
            let mut office = Office::default();
            for amount in &amounts {
                office.act(0, 0, *amount);
            }
            for (kind, which) in acts {
                office.act(*kind, *which, 0);
            }
            office.finish();
            Kind::ALL.map(|kind| office.book.of(kind))
        };
        let total: i64 = amounts.iter().sum();
        prop_assert_eq!(run(&acts), run(&others));
        prop_assert_eq!(run(&acts), [-total, total, 0, 0, 0, 0, 0, 0]);
    }
}
