//! The second pass: people with all that is recorded of them, a chunk at a time.

use crate::city::{Options, Person, Receipt, Village};
use crate::maker::Maker;
use crate::writer::Writer;

/// Some people one after the other. Households are never cut: guardians are in the chunk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chunk {
    /// Index in the city of the first of them.
    pub first: usize,
    /// Whole households.
    pub people: Vec<Person>,
    /// What they receive, by person; indexes are those of the city.
    pub receipts: Vec<Receipt>,
}

/// Hands out the city. It owns all it needs, so that it can run on a thread of its own.
#[derive(Debug)]
pub struct Stream {
    maker: Maker,
    writer: Writer,
    size: usize,
    done: usize,
}

/// The people [`crate::survey`] counted, in chunks of at least `size` (but for the last). It does not
/// need the survey: both passes may run at once.
pub fn stream(options: &Options, areas: &[Village], size: usize) -> Stream {
    let maker = Maker::new(options, areas);
    Stream {
        writer: Writer::new(maker.calendar.clone(), maker.places.clone(), options.seed),
        maker,
        size: size.max(1),
        done: 0,
    }
}

impl Iterator for Stream {
    type Item = Chunk;

    fn next(&mut self) -> Option<Chunk> {
        self.writer.people.reserve_exact(self.size + 16);
        while self.writer.people.len() < self.size {
            match self.maker.next() {
                Some(made) => self.writer.household(made),
                None => break,
            }
        }
        let (people, receipts) = self.writer.take();
        let first = self.done;
        self.done += people.len();
        (!people.is_empty()).then_some(Chunk {
            first,
            people,
            receipts,
        })
    }
}
