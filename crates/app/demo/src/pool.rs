//! The people a county has to place: how many of each sex and single age are still without a household.

use crate::census::{County, GROUPS};
use crate::rng::Rng;

/// Ages 0 to 102.
pub(crate) const AGES: usize = 103;

/// Men are 0, women 1 wherever a sex indexes.
pub(crate) const MALE: usize = 0;
/// See [`MALE`].
pub(crate) const FEMALE: usize = 1;

/// Shares `total` out by `weights`, each rounded down or up (largest remainder first).
pub(crate) fn allot(total: usize, weights: &[u64]) -> Vec<usize> {
    let sum: u128 = weights.iter().map(|w| u128::from(*w)).sum();
    if sum == 0 {
        return vec![0; weights.len()];
    }
    let exact = |weight: u64| u128::from(weight) * total as u128;
    let mut parts: Vec<usize> = weights.iter().map(|w| (exact(*w) / sum) as usize).collect();
    let given: usize = parts.iter().sum();
    let mut order: Vec<(u128, usize)> = weights
        .iter()
        .enumerate()
        .map(|(at, w)| (exact(*w) % sum, at))
        .collect();
    order.sort_by_key(|(remainder, at)| (std::cmp::Reverse(*remainder), *at));
    for (_, at) in order.into_iter().take(total - given) {
        parts[at] += 1;
    }
    parts
}

/// Of 1,000 people alive at 80, how many are alive at each later age up to 102 [assumption].
const ALIVE_FROM_80: [u64; 23] = [
    1000, 940, 876, 809, 739, 667, 594, 522, 452, 385, 322, 264, 211, 165, 125, 92, 65, 44, 29, 18,
    10, 5, 2,
];

/// People without a household, by sex and age.
#[derive(Debug)]
pub(crate) struct Pool {
    counts: [[u32; AGES]; 2],
}

impl Pool {
    /// The county's people: `cells` are its counts by sex and age group.
    pub(crate) fn new(cells: &[[usize; 19]; 2], rng: &mut Rng) -> Self {
        let mut counts = [[0_u32; AGES]; 2];
        for (sex, groups) in cells.iter().enumerate() {
            for (group, people) in groups.iter().enumerate() {
                let (from, to) = GROUPS[group];
                let width = (to - from + 1) as usize;
                let ages: Vec<usize> = if from >= 80 {
                    let alive = &ALIVE_FROM_80[from as usize - 80..=to as usize - 80];
                    allot(*people, alive)
                } else {
                    let first = rng.below(width);
                    let extra = people % width;
                    (0..width)
                        .map(|age| {
                            people / width + usize::from((age + width - first) % width < extra)
                        })
                        .collect()
                };
                for (age, people) in ages.into_iter().enumerate() {
                    counts[sex][from as usize + age] = people as u32;
                }
            }
        }
        Self { counts }
    }

    /// How many are left in these ages.
    pub(crate) fn left(&self, sex: usize, from: i32, to: i32) -> usize {
        self.span(sex, from, to).iter().map(|n| *n as usize).sum()
    }

    fn span(&self, sex: usize, from: i32, to: i32) -> &[u32] {
        let from = from.clamp(0, AGES as i32) as usize;
        let to = (to + 1).clamp(from as i32, AGES as i32) as usize;
        &self.counts[sex][from..to]
    }

    /// Takes the one of this sex nearest in age to `target` within `[from, to]`.
    pub(crate) fn nearest(&mut self, sex: usize, target: i32, from: i32, to: i32) -> Option<i32> {
        let (from, to) = (from.max(0), to.min(AGES as i32 - 1));
        let reach = (target - from).max(to - target);
        for step in 0..=reach.max(0) {
            for age in [target - step, target + step] {
                if age >= from && age <= to && self.counts[sex][age as usize] > 0 {
                    self.counts[sex][age as usize] -= 1;
                    return Some(age);
                }
            }
        }
        None
    }

    /// Gives one back.
    pub(crate) fn put_back(&mut self, sex: usize, age: i32) {
        self.counts[sex][age as usize] += 1;
    }

    /// Takes one at random out of these ages of one sex.
    pub(crate) fn any_of(&mut self, rng: &mut Rng, sex: usize, from: i32, to: i32) -> Option<i32> {
        let mut at = rng.below(self.left(sex, from, to));
        for (step, people) in self.span(sex, from, to).iter().enumerate() {
            if at < *people as usize {
                let age = from + step as i32;
                self.counts[sex][age as usize] -= 1;
                return Some(age);
            }
            at -= *people as usize;
        }
        None
    }

    /// Takes one at random out of these ages, man or woman as many as there are.
    pub(crate) fn any(&mut self, rng: &mut Rng, from: i32, to: i32) -> Option<(usize, i32)> {
        let men = self.left(MALE, from, to);
        let all = men + self.left(FEMALE, from, to);
        let sex = if rng.below(all) < men { MALE } else { FEMALE };
        self.any_of(rng, sex, from, to).map(|age| (sex, age))
    }
}

/// Residents by county, sex and group for a city of `people`: census shares, rounded.
pub(crate) fn cells(people: usize, counties: &[County]) -> Vec<[[usize; 19]; 2]> {
    let weights: Vec<u64> = counties
        .iter()
        .flat_map(|c| c.persons.iter().flatten().map(|n| u64::from(*n)))
        .collect();
    let parts = allot(people, &weights);
    let mut out = Vec::new();
    for county in parts.chunks_exact(38) {
        let mut cells = [[0; 19]; 2];
        for (at, people) in county.iter().enumerate() {
            cells[at / 19][at % 19] = *people;
        }
        out.push(cells);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::census::COUNTIES;

    /// Shares are rounded to the person and nobody is lost.
    #[test]
    fn the_whole_city_is_the_census_itself() {
        let whole = cells(2_047_923, &COUNTIES);
        for (county, cells) in COUNTIES.iter().zip(&whole) {
            for (cell, persons) in cells.iter().flatten().zip(county.persons.iter().flatten()) {
                assert_eq!(*cell, *persons as usize);
            }
        }
        let small: usize = cells(2_000, &COUNTIES).iter().flatten().flatten().sum();
        assert_eq!(small, 2_000);
        assert_eq!(COUNTIES.iter().map(County::total).sum::<u32>(), 2_047_923);
    }
}
