//! Areas by number: each code stands once, a person holds four bytes.

use kernel::AreaCode;
use std::collections::HashMap;

/// The areas people of the index have; number 0 is no area.
#[derive(Debug, Default)]
pub(crate) struct Areas {
    codes: Vec<AreaCode>,
    numbers: HashMap<AreaCode, u32>,
}

impl Areas {
    /// The number of an area, given when it is first seen.
    pub(crate) fn number(&mut self, area: Option<AreaCode>) -> u32 {
        let Some(area) = area else { return 0 };
        if let Some(number) = self.numbers.get(&area) {
            return *number;
        }
        self.codes.push(area);
        let number = self.codes.len() as u32;
        self.numbers.insert(area, number);
        number
    }

    /// All areas by number, beginning with none.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Option<AreaCode>> {
        std::iter::once(None).chain(self.codes.iter().copied().map(Some))
    }

    /// Memory in bytes; a slot of the hash table is its entry and a byte.
    #[cfg(test)]
    pub(crate) fn bytes(&self) -> usize {
        let slots = self.numbers.capacity() * 8 / 7;
        self.codes.capacity() * size_of::<AreaCode>() + slots * (size_of::<(AreaCode, u32)>() + 1)
    }
}
