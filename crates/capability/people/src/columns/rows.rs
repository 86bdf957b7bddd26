//! Columns of four bytes: one place is one person in all of them.

/// The area number of someone who stands in the packed columns no longer.
pub(crate) const GONE: u32 = u32::MAX;

/// A column grows by this part of itself, never by half.
const PART: usize = 16;
const AT_LEAST: usize = 1_024;

/// What the columns hold of one person; areas by number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) hukou: u32,
    pub(crate) residence: u32,
    /// `yyyymmdd`, [`super::UNKNOWN_DAY`] where it is not known.
    pub(crate) birth: u32,
    pub(crate) flags: u32,
    /// Number of the household, 0 where there is none.
    pub(crate) household: u32,
    /// What a capability above wrote beside the person, 0 for nothing.
    pub(crate) mark: u32,
}

/// Rows by column.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    pub(crate) hukou: Vec<u32>,
    pub(crate) residence: Vec<u32>,
    pub(crate) birth: Vec<u32>,
    pub(crate) flags: Vec<u32>,
    pub(crate) household: Vec<u32>,
    pub(crate) mark: Vec<u32>,
}

impl Rows {
    pub(crate) fn push(&mut self, row: Row) {
        grow(&mut self.hukou, row.hukou);
        grow(&mut self.residence, row.residence);
        grow(&mut self.birth, row.birth);
        grow(&mut self.flags, row.flags);
        grow(&mut self.household, row.household);
        grow(&mut self.mark, row.mark);
    }

    pub(crate) fn get(&self, place: usize) -> Option<Row> {
        Some(Row {
            hukou: *self.hukou.get(place)?,
            residence: *self.residence.get(place)?,
            birth: *self.birth.get(place)?,
            flags: *self.flags.get(place)?,
            household: *self.household.get(place)?,
            mark: *self.mark.get(place)?,
        })
    }

    pub(crate) fn set(&mut self, place: usize, row: Row) {
        for (column, value) in self.columns().into_iter().zip([
            row.hukou,
            row.residence,
            row.birth,
            row.flags,
            row.household,
            row.mark,
        ]) {
            if let Some(slot) = column.get_mut(place) {
                *slot = value;
            }
        }
    }

    /// Keeps these places in this order.
    pub(crate) fn arrange(&mut self, order: &[u32]) {
        for column in self.columns() {
            arrange(column, order);
        }
    }

    fn columns(&mut self) -> [&mut Vec<u32>; 6] {
        [
            &mut self.hukou,
            &mut self.residence,
            &mut self.birth,
            &mut self.flags,
            &mut self.household,
            &mut self.mark,
        ]
    }

    /// Memory in bytes.
    #[cfg(test)]
    pub(crate) fn bytes(&self) -> usize {
        [
            &self.hukou,
            &self.residence,
            &self.birth,
            &self.flags,
            &self.household,
            &self.mark,
        ]
        .iter()
        .map(|column| column.capacity() * size_of::<u32>())
        .sum()
    }
}

/// Keeps these places of a column in this order; needs a second copy of the one column for a moment.
pub(crate) fn arrange<T: Copy>(column: &mut Vec<T>, order: &[u32]) {
    let mut new = Vec::with_capacity(order.len());
    new.extend(
        order
            .iter()
            .filter_map(|place| column.get(*place as usize).copied()),
    );
    *column = new;
}

pub(crate) fn grow<T>(column: &mut Vec<T>, value: T) {
    if column.len() == column.capacity() {
        column.reserve_exact((column.len() / PART).max(AT_LEAST));
    }
    column.push(value);
}
