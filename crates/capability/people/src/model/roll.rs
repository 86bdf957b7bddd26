//! Complete rolls (全量名单): who is not on it is `false` from its day, stored once a roll and not once
//! a person (engineering.md 2).

use kernel::{AreaCode, Day, Instant};
use rules::facts::FactId;
use std::collections::BTreeMap;

/// A complete roll of one fact for one area on one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roll {
    /// Its id.
    pub id: String,
    /// The fact it settles.
    pub fact: FactId,
    /// The 户籍 area whose people it lists completely.
    pub area: AreaCode,
    /// The day from which those not on it are `false`.
    pub day: Day,
    /// When it was recorded.
    pub recorded: Instant,
    /// Where it comes from: 「2025年6月低保名册」.
    pub source: String,
    /// Who recorded it.
    pub by: String,
    /// How many people are on it.
    pub listed: i64,
    /// When it was taken back, if it was.
    pub withdrawn: Option<Instant>,
}

/// All rolls by fact, latest recorded first. Small: some hundred rolls a city and year.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RollBook {
    by_fact: BTreeMap<FactId, Vec<Roll>>,
}

impl RollBook {
    /// A book of these rolls.
    pub fn new(rolls: Vec<Roll>) -> Self {
        let mut by_fact: BTreeMap<FactId, Vec<Roll>> = BTreeMap::new();
        for roll in rolls {
            by_fact.entry(roll.fact).or_default().push(roll);
        }
        for rolls in by_fact.values_mut() {
            rolls.sort_by(|a, b| b.recorded.cmp(&a.recorded).then_with(|| b.id.cmp(&a.id)));
        }
        Self { by_fact }
    }

    /// The rolls of one fact, latest recorded first.
    pub fn of(&self, fact: FactId) -> &[Roll] {
        self.by_fact.get(&fact).map_or(&[], Vec::as_slice)
    }

    /// Facts that have a roll.
    pub fn facts(&self) -> impl Iterator<Item = FactId> {
        self.by_fact.keys().copied()
    }
}
