//! The steps of a benefit (半价, 免票) on both sides: who gets another one (product.md 13).

use super::Half;
use super::kept::Kept;
use crate::program::NodeId;
use crate::run::Masks;
use rules::Truth;

/// Which step somebody who is entitled gets.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum TierState {
    /// This one.
    Tier(String),
    /// None of them, or the item has no steps.
    None,
    /// A fact is missing that decides it.
    Unknown,
}

/// How many went from one step to another; entitled on both sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TierChange {
    /// The step before.
    pub before: TierState,
    /// The step after.
    pub after: TierState,
    /// How many people.
    pub people: u64,
}

/// The steps of an item on both sides; a step is known by its name.
pub(super) struct Tiers {
    names: Vec<String>,
    /// The mask kept of each step of the first side, and its place among the names.
    before: Vec<(usize, usize)>,
    /// The node of each step of the second side, and its place among the names.
    after: Vec<(NodeId, usize)>,
}

impl Tiers {
    /// `None` where neither side has steps, or the item is on one side only.
    pub(super) fn of(
        (before, first): (&Half<'_>, Option<usize>),
        (after, second): (&Half<'_>, Option<usize>),
    ) -> Option<Self> {
        let mut names = Vec::new();
        let before_steps = steps(before, first?, &mut names)?;
        let after = steps(after, second?, &mut names)?;
        if names.is_empty() {
            return None;
        }
        let kept = before_steps.into_iter().map(|(node, name)| {
            let mask = before.nodes.binary_search(&node).ok()?;
            Some((mask, name))
        });
        Some(Self {
            names,
            before: kept.collect::<Option<_>>()?,
            after,
        })
    }

    /// How many counts [`Self::cell`] points into.
    pub(super) fn cells(&self) -> usize {
        self.states_count() * self.states_count()
    }

    fn states_count(&self) -> usize {
        self.names.len() + 2
    }

    /// Where the change from one state to another is counted.
    pub(super) fn cell(&self, from: usize, to: usize) -> usize {
        from * self.states_count() + to
    }

    /// The states of somebody: at this place of the first side, in this row of the second.
    pub(super) fn states(
        &self,
        kept: &Kept,
        place: usize,
        masks: &Masks,
        row: usize,
    ) -> (usize, usize) {
        let before = self.before.iter();
        let after = self.after.iter();
        (
            self.state(before.map(|(mask, name)| (kept.truth(*mask, place), *name))),
            self.state(after.map(|(node, name)| (masks.get(*node).truth(row), *name))),
        )
    }

    /// The first step that is true; one before it that is not known leaves the step unknown.
    fn state(&self, steps: impl Iterator<Item = (Truth, usize)>) -> usize {
        for (truth, name) in steps {
            match truth {
                Truth::True => return name,
                Truth::False => {}
                Truth::Unknown => return self.names.len() + 1,
            }
        }
        self.names.len()
    }

    /// What was counted, by both steps.
    pub(super) fn changes(&self, counts: &[u64]) -> Vec<TierChange> {
        let state = |place: usize| match self.names.get(place) {
            Some(name) => TierState::Tier(name.clone()),
            None if place == self.names.len() => TierState::None,
            None => TierState::Unknown,
        };
        let of = self.states_count();
        let counted = counts.iter().enumerate().filter(|(_, people)| **people > 0);
        let changes = counted.map(|(cell, people)| TierChange {
            before: state(cell / of),
            after: state(cell % of),
            people: *people,
        });
        changes.collect()
    }
}

/// The node and the place of the name of each step; names that are new are added.
fn steps(half: &Half<'_>, item: usize, names: &mut Vec<String>) -> Option<Vec<(NodeId, usize)>> {
    let nodes = &half.program.items.get(item)?.tiers;
    let tiers = &half.list.items().get(item)?.tiers;
    let each = tiers.iter().zip(nodes).map(|(tier, node)| {
        let known = names.iter().position(|name| *name == tier.tier);
        let place = known.unwrap_or_else(|| {
            names.push(tier.tier.clone());
            names.len() - 1
        });
        (*node, place)
    });
    Some(each.collect())
}
