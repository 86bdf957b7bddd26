//! A figure's numbers for some places, from wherever the figure keeps them.

use super::figure::{Figure, Source};
use super::spot::Spot;
use crate::rollup;
use kernel::AreaCode;
use std::collections::BTreeMap;
use store::{Reads, StoreResult};

/// Loaded numbers.
pub(crate) enum Numbers {
    /// Leaves that are added up.
    Leaves(Vec<(Option<AreaCode>, rollup::Amount)>),
    /// Sums by area as they are kept.
    Sums(BTreeMap<AreaCode, i64>),
}

impl Numbers {
    /// What is needed for these places.
    pub(crate) async fn load(
        reads: &impl Reads,
        figure: &Figure,
        spots: &[&Spot],
    ) -> StoreResult<Self> {
        let mut codes: Vec<AreaCode> = spots
            .iter()
            .flat_map(|spot| spot.areas.iter().copied())
            .collect();
        codes.sort_unstable();
        codes.dedup();
        Ok(match figure.source {
            Source::Rollup(name) => {
                // A place that lies in another one comes with it.
                let tops: Vec<AreaCode> = codes
                    .iter()
                    .filter(|code| {
                        let over = |top: &&AreaCode| *top != *code && top.contains(code);
                        !codes.iter().any(|top| over(&top))
                    })
                    .copied()
                    .collect();
                Self::Leaves(rollup::of_figure(reads, name, &tops).await?)
            }
            Source::Tally(item, state) => {
                let sums = entitle::api::item_by_area(reads, item, &codes).await?;
                Self::Sums(
                    sums.into_iter()
                        .filter(|((_, known), _)| known == state)
                        .filter_map(|((area, _), n)| Some((area.parse().ok()?, n)))
                        .collect(),
                )
            }
        })
    }

    /// The number of a place.
    pub(crate) fn of(&self, spot: &Spot) -> i64 {
        match self {
            Self::Leaves(leaves) => {
                let each = leaves.iter().map(|(code, amount)| (code, amount));
                rollup::inside(each, &spot.areas).people
            }
            Self::Sums(sums) => spot.areas.iter().filter_map(|area| sums.get(area)).sum(),
        }
    }
}

/// People of a figure of the register who are counted nowhere inside: living (or registered) elsewhere,
/// and without a registered place.
pub(crate) async fn elsewhere(
    reads: &impl Reads,
    figure: &Figure,
    city: &Spot,
) -> StoreResult<Option<(i64, i64)>> {
    let Source::Rollup(name) = figure.source else {
        return Ok(None);
    };
    let (mut outside, mut nowhere) = (0, 0);
    for (code, amount) in rollup::of_figure(reads, name, &[]).await? {
        match code {
            None => nowhere += amount.people,
            Some(code) if !city.areas.iter().any(|area| area.contains(&code)) => {
                outside += amount.people;
            }
            Some(_) => {}
        }
    }
    Ok(Some((outside, nowhere)))
}
