//! What a trial keeps: counts by item and area, with the words of the conditions. It names nobody.

use engine::diff::{AreaDiff, ConditionDiff, Diff, DiffItem, ItemDiff, TierState};
use kernel::{AreaCode, Day, Instant};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Everything outside of the place, or not known: codes that no page names one by one.
pub(crate) const ELSEWHERE: &str = "";

/// A result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Outcome {
    /// People asked.
    pub(crate) people: u64,
    /// The body with county powers whose list was tried: of its people only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) within: Option<String>,
    /// The day their facts are of.
    pub(crate) facts_of: Day,
    /// The moment up to which recordings count, in micros.
    pub(crate) known_at: i64,
    /// Demo values lay over the parameters.
    pub(crate) overlay: bool,
    /// People who gain something, each once.
    pub(crate) gained: u64,
    /// People who lose something, each once.
    pub(crate) lost: u64,
    /// People who get another amount or step, each once.
    pub(crate) changed: u64,
    /// The items, by number.
    pub(crate) items: Vec<ItemOutcome>,
}

/// An item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ItemOutcome {
    pub(crate) no: u16,
    pub(crate) name: String,
    /// How it stands on each side; `None` where it is not on that list.
    pub(crate) before: Option<SideOutcome>,
    pub(crate) after: Option<SideOutcome>,
    /// By area: a county without the towns of a 管委会, such a town, or [`ELSEWHERE`].
    pub(crate) areas: BTreeMap<String, Cell>,
    pub(crate) conditions: Vec<ConditionOutcome>,
    pub(crate) tiers: Vec<TierOutcome>,
}

/// An item on a side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SideOutcome {
    /// 户籍地 or 常住地.
    pub(crate) basis: String,
    /// The unit's key.
    pub(crate) unit: String,
    pub(crate) amount: bool,
    pub(crate) household: bool,
}

/// An item in an area, or a sum of such.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Cell {
    pub(crate) before: u64,
    pub(crate) after: u64,
    pub(crate) gained: u64,
    pub(crate) lost: u64,
    pub(crate) unknown_before: u64,
    pub(crate) unknown_after: u64,
    pub(crate) unsettled: u64,
    pub(crate) settled: u64,
    pub(crate) raised: u64,
    pub(crate) lowered: u64,
    pub(crate) priced: u64,
    pub(crate) unpriced: u64,
    pub(crate) tiers: u64,
    pub(crate) moved_in: u64,
    pub(crate) moved_out: u64,
    /// Known amounts per unit.
    pub(crate) fen_before: i64,
    pub(crate) fen_after: i64,
    /// Known amounts a year, where the unit comes back every year.
    pub(crate) year_before: i64,
    pub(crate) year_after: i64,
    /// Entitled without a known amount.
    pub(crate) unpriced_before: u64,
    pub(crate) unpriced_after: u64,
}

/// A condition by which people gain or lose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ConditionOutcome {
    pub(crate) before: Option<String>,
    pub(crate) after: Option<String>,
    pub(crate) gained: u64,
    pub(crate) lost: u64,
    /// Between no and unknown.
    pub(crate) other: u64,
    /// Those for whom it was the only one that is another.
    pub(crate) alone: u64,
}

/// From one step of a benefit to another; `None` is no step, an empty word is not known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TierOutcome {
    pub(crate) before: Option<String>,
    pub(crate) after: Option<String>,
    pub(crate) people: u64,
}

impl Cell {
    fn of(area: &AreaDiff) -> Self {
        Self {
            before: area.before.yes,
            after: area.after.yes,
            gained: area.changes.gained(),
            lost: area.changes.lost(),
            unknown_before: area.before.unknown,
            unknown_after: area.after.unknown,
            unsettled: area.changes.unsettled(),
            settled: area.changes.settled(),
            raised: area.raised,
            lowered: area.lowered,
            priced: area.amount_known,
            unpriced: area.amount_unknown,
            tiers: area.tier_changed,
            moved_in: area.moved_in.people,
            moved_out: area.moved_out.people,
            fen_before: area.before.fen,
            fen_after: area.after.fen,
            year_before: area.years.before.unwrap_or(0),
            year_after: area.years.after.unwrap_or(0),
            unpriced_before: area.before.fen_unknown,
            unpriced_after: area.after.fen_unknown,
        }
    }

    /// Adds another area. The engine has refused sums that do not fit.
    pub(crate) const fn add(&mut self, other: &Self) {
        self.before += other.before;
        self.after += other.after;
        self.gained += other.gained;
        self.lost += other.lost;
        self.unknown_before += other.unknown_before;
        self.unknown_after += other.unknown_after;
        self.unsettled += other.unsettled;
        self.settled += other.settled;
        self.raised += other.raised;
        self.lowered += other.lowered;
        self.priced += other.priced;
        self.unpriced += other.unpriced;
        self.tiers += other.tiers;
        self.moved_in += other.moved_in;
        self.moved_out += other.moved_out;
        self.fen_before = self.fen_before.saturating_add(other.fen_before);
        self.fen_after = self.fen_after.saturating_add(other.fen_after);
        self.year_before = self.year_before.saturating_add(other.year_before);
        self.year_after = self.year_after.saturating_add(other.year_after);
        self.unpriced_before += other.unpriced_before;
        self.unpriced_after += other.unpriced_after;
    }

    /// Entitled on both sides to another amount or step.
    pub(crate) const fn changed(&self) -> u64 {
        self.raised + self.lowered + self.priced + self.unpriced + self.tiers
    }

    /// Whether anything is another.
    pub(crate) const fn differs(&self) -> bool {
        self.gained + self.lost + self.changed() + self.unsettled + self.settled > 0
            || self.before != self.after
            || self.unknown_before != self.unknown_after
            || self.year_before != self.year_after
            || self.fen_before != self.fen_after
            || self.moved_in + self.moved_out > 0
    }

    /// A year more, or less.
    pub(crate) const fn year_more(&self) -> i64 {
        self.year_after.saturating_sub(self.year_before)
    }
}

impl ItemOutcome {
    /// Everywhere.
    pub(crate) fn all(&self) -> Cell {
        let mut all = Cell::default();
        for cell in self.areas.values() {
            all.add(cell);
        }
        all
    }
}

impl Outcome {
    /// What an engine's comparison of two lists over one file says; `local` tells the place's own codes.
    pub(crate) fn of(diff: &Diff, local: impl Fn(&AreaCode) -> bool) -> Self {
        Self {
            people: diff.people.asked,
            within: None,
            facts_of: diff.after.meta.as_of,
            known_at: diff.after.meta.known_at.micros(),
            overlay: diff.after.overlay_digest.is_some(),
            gained: diff.people.gained,
            lost: diff.people.lost,
            changed: diff.people.changed,
            items: diff.items.iter().map(|one| item(one, &local)).collect(),
        }
    }

    /// When the facts were as they are here.
    pub(crate) fn known(&self) -> Instant {
        Instant::from_micros(self.known_at)
    }
}

fn item(found: &ItemDiff, local: &impl Fn(&AreaCode) -> bool) -> ItemOutcome {
    let mut areas: BTreeMap<String, Cell> = BTreeMap::new();
    for (code, area) in &found.counties {
        let key = match code {
            Some(code) if local(code) => code.to_string(),
            _ => ELSEWHERE.to_owned(),
        };
        areas.entry(key).or_default().add(&Cell::of(area));
    }
    areas.retain(|_, cell| *cell != Cell::default());
    let tier = |state: &TierState| match state {
        TierState::Tier(name) => Some(name.clone()),
        TierState::None => None,
        TierState::Unknown => Some(String::new()),
    };
    ItemOutcome {
        no: found.no,
        name: found.name.clone(),
        before: found.before.map(side),
        after: found.after.map(side),
        areas,
        conditions: (found.conditions.iter())
            .filter(|condition| condition.changes.all() > 0)
            .map(condition)
            .collect(),
        tiers: (found.tiers.iter())
            .map(|change| TierOutcome {
                before: tier(&change.before),
                after: tier(&change.after),
                people: change.people,
            })
            .collect(),
    }
}

fn side(item: DiffItem) -> SideOutcome {
    SideOutcome {
        basis: item.area_basis.zh().to_owned(),
        unit: item.unit.key().to_owned(),
        amount: item.amount,
        household: item.household,
    }
}

fn condition(found: &ConditionDiff) -> ConditionOutcome {
    let says = |side: &Option<(String, String)>| side.as_ref().map(|(says, _)| says.clone());
    let (gained, lost) = (found.changes.gained(), found.changes.lost());
    ConditionOutcome {
        before: says(&found.before),
        after: says(&found.after),
        gained,
        lost,
        other: found.changes.all() - gained - lost,
        alone: found.alone.all(),
    }
}
