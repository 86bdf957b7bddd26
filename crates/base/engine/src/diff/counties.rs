//! Counties by a small number, the same for all workers; 0 is where the area is not known.

use kernel::{AreaCode, area_code::Level};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// The number of a county that is not known.
pub(super) const UNKNOWN: u32 = 0;

/// The counties met so far, and the towns counted for themselves. Which number one has depends on the
/// threads; results go by code.
#[derive(Default)]
pub(super) struct Counties {
    known: Mutex<Known>,
    apart: Vec<AreaCode>,
    /// Where people are compared; `None` is everywhere.
    within: Option<Vec<AreaCode>>,
}

#[derive(Default)]
struct Known {
    numbers: HashMap<AreaCode, u32>,
    codes: Vec<AreaCode>,
}

impl Counties {
    pub(super) fn with(apart: &[AreaCode], within: Option<&[AreaCode]>) -> Self {
        Self {
            apart: apart.to_vec(),
            within: within.map(<[AreaCode]>::to_vec),
            ..Self::default()
        }
    }

    /// Whether the people that are counted here are compared; of an area that is not known only where everybody is.
    pub(super) fn asks(&self, county: Option<AreaCode>) -> bool {
        let within = self.within.as_ref();
        within.is_none_or(|within| county.is_some_and(|county| within.contains(&county)))
    }

    /// The same by number; `None` where everybody is.
    pub(super) fn asked(&self) -> Option<Vec<bool>> {
        self.within.as_ref()?;
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let codes = known.codes.iter().map(|code| self.asks(Some(*code)));
        Some(std::iter::once(false).chain(codes).collect())
    }

    /// Where an area is counted.
    pub(super) fn county(&self, area: AreaCode) -> AreaCode {
        let apart = self.apart.iter().find(|town| town.contains(&area));
        apart.copied().unwrap_or_else(|| area.up_to(Level::County))
    }

    /// The county of each of a worker's places; its place 0 is not known.
    pub(super) fn of(&self, places: &[AreaCode]) -> Vec<u32> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let Known { numbers, codes } = &mut *known;
        let number = |place: &AreaCode| {
            let county = self.county(*place);
            *numbers.entry(county).or_insert_with(|| {
                codes.push(county);
                u32::try_from(codes.len()).unwrap_or(UNKNOWN)
            })
        };
        std::iter::once(UNKNOWN)
            .chain(places.iter().map(number))
            .collect()
    }

    /// The county of this number.
    pub(super) fn code(&self, number: usize) -> Option<AreaCode> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        number
            .checked_sub(1)
            .and_then(|at| known.codes.get(at))
            .copied()
    }
}
