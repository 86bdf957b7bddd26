//! What a comparison gives: items with their counties and conditions, and what all of it costs.

use super::Half;
use super::cells::{AreaDiff, Cell, Changes};
use super::counties::Counties;
use super::counts::Counts;
use super::pairs::ItemPair;
use super::tiers::{TierChange, Tiers};
use super::years::{Cost, Years, per_year};
use crate::Error;
use crate::run::{ItemTotals, Tally, Totals};
use crate::snapshot::SnapshotMeta;
use kernel::{AreaCode, Day};
use rules::folder::{AreaBasis, Beneficiary, Unit};
use std::collections::{BTreeMap, BTreeSet};

/// What was compared on a side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiffSide {
    /// The day that was asked about.
    pub as_of: Day,
    /// What the snapshot says of itself.
    pub meta: SnapshotMeta,
    /// How many people were asked.
    pub people: u64,
    /// The digest of the plan folder.
    pub plan_digest: String,
    /// The digest of demo values, where some lay over the parameters.
    pub overlay_digest: Option<String>,
}

/// An item as it is on a side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DiffItem {
    /// Where its people are counted.
    pub area_basis: AreaBasis,
    /// Per what its amount is.
    pub unit: Unit,
    /// Whether it has an amount.
    pub amount: bool,
    /// Whether a household receives it. People are counted all the same: a snapshot does not say who
    /// lives with whom (docs/snapshot.md).
    pub household: bool,
}

/// How many people on both sides, each once whatever number of items.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct People {
    /// Entitled to something that they were not entitled to.
    pub gained: u64,
    /// Not entitled any more to something that they were entitled to.
    pub lost: u64,
    /// Entitled on both sides to something of which amount or step is another.
    pub changed: u64,
    /// Whoever was compared at all.
    pub asked: u64,
}

impl People {
    pub(super) const fn add(&mut self, other: Self) {
        self.gained += other.gained;
        self.lost += other.lost;
        self.changed += other.changed;
        self.asked += other.asked;
    }
}

/// A condition of an item on both sides or on one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConditionDiff {
    /// What it said and its text; `None` where it was added.
    pub before: Option<(String, String)>,
    /// What it says and its text; `None` where it was dropped.
    pub after: Option<(String, String)>,
    /// The people whose answer changed and for whom this condition is another, by their answers. A
    /// condition that is not there is true of everybody.
    pub changes: Changes,
    /// Those among them for whom no other condition of the item is another.
    pub alone: Changes,
}

/// An item, compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemDiff {
    /// Its number.
    pub no: u16,
    /// Its name.
    pub name: String,
    /// Before; `None` where it was added (新增).
    pub before: Option<DiffItem>,
    /// After; `None` where it was dropped (取消).
    pub after: Option<DiffItem>,
    /// Everywhere.
    pub all: AreaDiff,
    /// By county, and by each town counted for itself; `None` is not known.
    pub counties: BTreeMap<Option<AreaCode>, AreaDiff>,
    /// Its conditions, where it is on both sides.
    pub conditions: Vec<ConditionDiff>,
    /// From which step of the benefit to which, of those entitled on both sides.
    pub tiers: Vec<TierChange>,
}

/// The answers of a whole list on two sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diff {
    /// The first side.
    pub before: DiffSide,
    /// The second side.
    pub after: DiffSide,
    /// People in both snapshots.
    pub both: u64,
    /// People only in the second.
    pub arrived: u64,
    /// People only in the first.
    pub left: u64,
    /// Those who gain, lose or get something else.
    pub people: People,
    /// The items by number.
    pub items: Vec<ItemDiff>,
    /// What all items cost, before and after.
    pub cost: (Cost, Cost),
    /// The same by county.
    pub costs: BTreeMap<Option<AreaCode>, (Cost, Cost)>,
}

pub(super) fn diff(
    (before, after): (&Half<'_>, &Half<'_>),
    pairs: &[ItemPair],
    totals: (Totals, Totals),
    counties: &Counties,
    counts: Counts,
) -> Result<Diff, Error> {
    let mut items = Vec::new();
    for (pair, counts) in pairs.iter().zip(&counts.items) {
        let first = side_of(before, &totals.0, pair.before);
        let second = side_of(after, &totals.1, pair.after);
        let Some((no, name)) = second.as_ref().or(first.as_ref()).map(ItemSide::named) else {
            continue;
        };
        let cells = counts.cells.iter().enumerate();
        let cells: BTreeMap<Option<AreaCode>, &Cell> = cells
            .map(|(county, cell)| (counties.code(county), cell))
            .collect();
        let area = |cell: &Cell, then: Tally, now: Tally| {
            let years = Years {
                before: year(first.as_ref(), &then)?,
                after: year(second.as_ref(), &now)?,
            };
            cell.area(then, now, years).ok_or(Error::Sum { no })
        };
        let tallies = |side: Option<&ItemSide<'_>>| {
            side.map(|side| tallied(side.totals, counties))
                .unwrap_or_default()
        };
        let (then, now) = (tallies(first.as_ref()), tallies(second.as_ref()));
        let known = then.keys().chain(now.keys()).chain(cells.keys());
        let known: BTreeSet<Option<AreaCode>> = known.copied().collect();
        let (mut all, mut found) = (Cell::default(), BTreeMap::new());
        for code in known {
            let cell = cells.get(&code).copied().copied().unwrap_or_default();
            let of = |tallies: &BTreeMap<Option<AreaCode>, Tally>| {
                tallies.get(&code).copied().unwrap_or_default()
            };
            all.add(&cell);
            let area = area(&cell, of(&then), of(&now))?;
            // The numbers up to a county's own are empty cells.
            if area.counted() {
                found.insert(code, area);
            }
        }
        let all = area(&all, summed(&then), summed(&now))?;
        let conditions = pair.conditions.iter().zip(&counts.conditions);
        items.push(ItemDiff {
            no,
            name,
            before: first.as_ref().map(|side| side.item),
            after: second.as_ref().map(|side| side.item),
            all,
            counties: found,
            conditions: conditions
                .map(|((then, now), count)| ConditionDiff {
                    before: then.and_then(|at| first.as_ref()?.condition(before, at)),
                    after: now.and_then(|at| second.as_ref()?.condition(after, at)),
                    changes: count.changes,
                    alone: count.alone,
                })
                .collect(),
            tiers: Tiers::of((before, pair.before), (after, pair.after))
                .map(|tiers| tiers.changes(&counts.tiers))
                .unwrap_or_default(),
        });
    }
    let mut cost = <(Cost, Cost)>::default();
    let mut costs: BTreeMap<Option<AreaCode>, (Cost, Cost)> = BTreeMap::new();
    for item in &items {
        let too_large = || Error::Sum { no: item.no };
        add(&mut cost, item, &item.all).ok_or_else(too_large)?;
        for (county, area) in &item.counties {
            add(costs.entry(*county).or_default(), item, area).ok_or_else(too_large)?;
        }
    }
    Ok(Diff {
        before: side(before, totals.0),
        after: side(after, totals.1),
        both: counts.both,
        arrived: counts.arrived,
        left: counts.left,
        people: counts.people,
        items,
        cost,
        costs,
    })
}

/// The tallies of all areas.
fn summed(tallies: &BTreeMap<Option<AreaCode>, Tally>) -> Tally {
    let mut sum = Tally::default();
    for tally in tallies.values() {
        plus(&mut sum, tally);
    }
    sum
}

fn plus(sum: &mut Tally, tally: &Tally) {
    sum.yes += tally.yes;
    sum.unknown += tally.unknown;
    sum.no += tally.no;
    // The whole was checked to fit.
    sum.fen = sum.fen.saturating_add(tally.fen);
    sum.fen_unknown += tally.fen_unknown;
}

/// The tallies of an item where its people are counted and compared.
fn tallied(totals: &ItemTotals, counties: &Counties) -> BTreeMap<Option<AreaCode>, Tally> {
    let mut found: BTreeMap<Option<AreaCode>, Tally> = BTreeMap::new();
    for (area, tally) in &totals.areas {
        let county = area.map(|area| counties.county(area));
        if counties.asks(county) {
            plus(found.entry(county).or_default(), tally);
        }
    }
    found
}

/// An item on a side.
struct ItemSide<'a> {
    listed: &'a rules::Item,
    totals: &'a ItemTotals,
    item: DiffItem,
}

fn side_of<'a>(half: &Half<'a>, totals: &'a Totals, place: Option<usize>) -> Option<ItemSide<'a>> {
    let listed = half.list.items().get(place?)?;
    let totals = totals.items.get(place?)?;
    let item = DiffItem {
        area_basis: totals.area_basis,
        unit: listed.service.benefit.unit,
        amount: listed.amount.is_some(),
        household: listed.service.beneficiary == Beneficiary::Household,
    };
    Some(ItemSide {
        listed,
        totals,
        item,
    })
}

impl ItemSide<'_> {
    fn named(&self) -> (u16, String) {
        (self.listed.service.no, self.listed.service.name.clone())
    }

    fn condition(&self, half: &Half<'_>, at: usize) -> Option<(String, String)> {
        let condition = half.list.condition(*self.listed.conditions.get(at)?)?;
        Some((self.listed.says.get(at)?.clone(), condition.text.clone()))
    }
}

/// A year of a tally.
fn year(side: Option<&ItemSide<'_>>, tally: &Tally) -> Result<Option<i64>, Error> {
    let paid = side.filter(|side| side.item.amount);
    let Some((side, times)) = paid.and_then(|side| Some((side, per_year(side.item.unit)?))) else {
        return Ok(None);
    };
    let no = side.listed.service.no;
    let fen = tally.fen.checked_mul(times).ok_or(Error::Sum { no })?;
    Ok(Some(fen))
}

/// Adds an item's area to what all items cost there; `None` where a sum is too large.
fn add(cost: &mut (Cost, Cost), item: &ItemDiff, area: &AreaDiff) -> Option<()> {
    for (cost, side, year, tally) in [
        (&mut cost.0, item.before, area.years.before, &area.before),
        (&mut cost.1, item.after, area.years.after, &area.after),
    ] {
        let Some(side) = side.filter(|side| side.amount) else {
            continue;
        };
        let (money, fen) = match year {
            Some(fen) => (&mut cost.year, fen),
            None => (cost.apart.entry(side.unit).or_default(), tally.fen),
        };
        money.add(fen, tally.fen_unknown)?;
    }
    Some(())
}

fn side(half: &Half<'_>, totals: Totals) -> DiffSide {
    DiffSide {
        as_of: half.as_of,
        meta: totals.meta,
        people: totals.people,
        plan_digest: half.list.digest().to_owned(),
        overlay_digest: half.list.overlay_digest().map(str::to_owned),
    }
}
