//! One row as the readers hold it: cells as ranges of one text.

use super::Refused;
use crate::Cell;

/// What a cell is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tag {
    Empty,
    Text,
    /// A text that stands in the workbook's shared texts.
    Shared,
    Number,
    Date,
    Date1904,
    True,
    False,
    Error,
    NoResult,
}

/// A cell: what it is and where its text stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Slot {
    tag: Tag,
    from: u32,
    to: u32,
}

impl Slot {
    pub(crate) fn new(tag: Tag, from: usize, to: usize) -> Self {
        Self {
            tag,
            from: from as u32,
            to: to as u32,
        }
    }

    pub(crate) const fn empty() -> Self {
        Self {
            tag: Tag::Empty,
            from: 0,
            to: 0,
        }
    }

    pub(crate) const fn tag(self) -> Tag {
        self.tag
    }

    fn of(self, text: &str) -> &str {
        text.get(self.from as usize..self.to as usize).unwrap_or("")
    }

    pub(crate) fn cell<'a>(self, text: &'a str, shared: &'a str) -> Cell<'a> {
        match self.tag {
            Tag::Empty => Cell::Empty,
            Tag::Text => Cell::Text(self.of(text)),
            Tag::Shared => Cell::Text(self.of(shared)),
            Tag::Number => Cell::Number(self.of(text)),
            Tag::Date => Cell::Date {
                serial: self.of(text),
                since_1904: false,
            },
            Tag::Date1904 => Cell::Date {
                serial: self.of(text),
                since_1904: true,
            },
            Tag::True => Cell::Bool(true),
            Tag::False => Cell::Bool(false),
            Tag::Error => Cell::Error(self.of(text)),
            Tag::NoResult => Cell::NoResult,
        }
    }
}

/// A row; its memory is used again for the next.
#[derive(Debug, Default)]
pub(crate) struct Record {
    pub(crate) slots: Vec<Slot>,
    pub(crate) text: String,
}

impl Record {
    pub(crate) fn clear(&mut self) {
        self.slots.clear();
        self.text.clear();
    }

    pub(crate) fn len(&self) -> usize {
        self.slots.len()
    }

    /// Characters of the longest cell, where any could be too long.
    pub(crate) fn longest(&self) -> Option<usize> {
        let long = |slot: &&Slot| (slot.to - slot.from) as usize > crate::MOST_CHARACTERS;
        let count = |slot: &Slot| slot.of(&self.text).chars().count();
        self.slots.iter().filter(long).map(count).max()
    }
}

/// What a reader found.
#[derive(Debug)]
pub(crate) enum Got {
    /// A row; its line.
    Row(u64),
    /// A row that cannot be read.
    Refused(Refused),
    /// Nothing more.
    End,
}
