//! Sums by item and area while a worker goes through its row groups.

use super::places::Places;
use super::totals::Tally;
use kernel::AreaCode;
use std::collections::BTreeMap;

/// What one worker has counted. Areas by place: 0 is where the area is not known.
pub(crate) struct Sums {
    pub(crate) people: u64,
    pub(crate) places: Places,
    /// People by place of 户籍地 and of 常住地.
    pub(crate) hukou: Vec<u64>,
    pub(crate) residence: Vec<u64>,
    /// By item, then by place.
    pub(crate) items: Vec<Vec<Cell>>,
}

/// An item in an area.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Cell {
    pub(crate) yes: u64,
    pub(crate) unknown: u64,
    pub(crate) fen: i128,
    pub(crate) fen_unknown: u64,
}

impl Cell {
    pub(crate) fn add(&mut self, other: &Self) {
        self.yes += other.yes;
        self.unknown += other.unknown;
        self.fen += other.fen;
        self.fen_unknown += other.fen_unknown;
    }

    /// The tally where `people` live; `None` where the sum is too large.
    pub(crate) fn tally(&self, people: u64) -> Option<Tally> {
        Some(Tally {
            yes: self.yes,
            unknown: self.unknown,
            no: people.saturating_sub(self.yes).saturating_sub(self.unknown),
            fen: i64::try_from(self.fen).ok()?,
            fen_unknown: self.fen_unknown,
        })
    }
}

impl Sums {
    pub(crate) fn new(items: usize) -> Self {
        Self {
            people: 0,
            places: Places::default(),
            hukou: Vec::new(),
            residence: Vec::new(),
            items: vec![Vec::new(); items],
        }
    }

    /// Makes room for every place met so far.
    pub(crate) fn grow(&mut self) {
        let places = self.places.codes.len() + 1;
        self.hukou.resize(places, 0);
        self.residence.resize(places, 0);
        for cells in &mut self.items {
            cells.resize(places, Cell::default());
        }
    }

    /// Adds what another worker has counted; its places have other numbers.
    pub(crate) fn add(&mut self, other: &Self) {
        let codes = other.places.codes.iter();
        let here: Vec<u32> = std::iter::once(0)
            .chain(codes.map(|code| self.places.of(*code)))
            .collect();
        self.grow();
        self.people += other.people;
        let count = |to: &mut Vec<u64>, from: &[u64]| {
            for (place, people) in here.iter().zip(from) {
                if let Some(slot) = to.get_mut(*place as usize) {
                    *slot += people;
                }
            }
        };
        count(&mut self.hukou, &other.hukou);
        count(&mut self.residence, &other.residence);
        for (cells, others) in self.items.iter_mut().zip(&other.items) {
            for (place, cell) in here.iter().zip(others) {
                if let Some(slot) = cells.get_mut(*place as usize) {
                    slot.add(cell);
                }
            }
        }
    }

    /// The areas of the places, in order of their codes, unknown first.
    pub(crate) fn areas(&self) -> BTreeMap<Option<AreaCode>, usize> {
        let codes = self.places.codes.iter().enumerate();
        let known = codes.map(|(at, code)| (Some(*code), at + 1));
        std::iter::once((None, 0)).chain(known).collect()
    }
}
