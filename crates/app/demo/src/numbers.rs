//! Identity numbers in area codes no county has, and telephone numbers in a segment nobody assigned.

use crate::calendar::Calendar;
use crate::pool::MALE;
use kernel::id_number::check_digit;

/// The first of the area codes 429900, 429901 … none of which is assigned.
const AREA: u32 = 429_900;
/// Order numbers of one sex and day in one area code: 1, 3 … 997 for men, 2, 4 … 998 for women.
const ORDERS: u32 = 499;

/// Hands out numbers, each once.
#[derive(Debug)]
pub(crate) struct Numbers {
    used: Vec<[u32; 2]>,
    phones: u64,
}

impl Numbers {
    pub(crate) fn new(calendar: &Calendar) -> Self {
        Self {
            used: vec![[0, 0]; calendar.today.max(0) as usize + 1],
            phones: 0,
        }
    }

    /// A number for somebody born on this day; its check digit holds.
    pub(crate) fn id(&mut self, calendar: &Calendar, birth: i32, sex: usize) -> String {
        let slot = (birth.max(0) as usize).min(self.used.len() - 1);
        let count = self.used[slot][sex];
        self.used[slot][sex] += 1;
        let area = AREA + count / ORDERS;
        let order = (count % ORDERS * 37 + slot as u32 * 11) % ORDERS;
        let order = order * 2 + if sex == MALE { 1 } else { 2 };
        let mut text = format!("{area}{}{order:03}", calendar.day(birth).number());
        if let Some(check) = check_digit(&text) {
            text.push(check);
        }
        text
    }

    /// A telephone number: 160 and eight digits.
    pub(crate) fn phone(&mut self) -> String {
        self.phones += 1;
        format!("160{:08}", self.phones * 7_654_321 % 100_000_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// More than 499 men of one day go into the next unassigned area code, all different.
    #[test]
    fn a_full_day_goes_on_in_the_next_unassigned_code() {
        let calendar = Calendar::new("2025-06-30".parse().unwrap());
        let mut numbers = Numbers::new(&calendar);
        let made: BTreeSet<String> = (0..1200)
            .map(|_| numbers.id(&calendar, 20_000, 0))
            .collect();
        assert_eq!(made.len(), 1200);
        assert!(made.iter().all(|n| n.len() == 18 && n.starts_with("42990")));
        assert!(made.iter().any(|n| n.starts_with("429902")));
    }
}
