//! What keeps an answer from being known: unknown facts in dictionary order, then parameters.

use crate::Truth;
use crate::ask::Asked;
use crate::facts::FactId;
use crate::lang::{ParamId, Reads};
use crate::list::CondId;
use crate::param::Lookup;
use serde::{Serialize, Serializer};
use std::collections::BTreeSet;
use std::fmt;

/// Something that is not known.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Missing {
    /// A recorded fact.
    Fact(FactId),
    /// A parameter without a value.
    Param(String),
}

impl Missing {
    /// Its name on screens.
    pub fn zh(&self) -> String {
        match self {
            Self::Fact(fact) => fact.def().zh.to_owned(),
            Self::Param(name) => format!("参数「{name}」"),
        }
    }
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fact(fact) => f.write_str(fact.name()),
            Self::Param(name) => write!(f, "param:{name}"),
        }
    }
}

impl Serialize for Missing {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[derive(Default)]
struct Found {
    facts: BTreeSet<FactId>,
    params: BTreeSet<ParamId>,
}

impl Asked<'_> {
    /// What the unknown ones among these conditions miss.
    pub(crate) fn missing(&self, conditions: &[CondId]) -> Vec<Missing> {
        let mut found = Found::default();
        self.collect(conditions, &mut found);
        self.named(found)
    }

    /// What an expression of unknown value misses.
    pub(crate) fn missing_of(&self, asks: &Reads) -> Vec<Missing> {
        let mut found = Found::default();
        self.collect_of(asks, &mut found);
        self.named(found)
    }

    fn collect(&self, conditions: &[CondId], found: &mut Found) {
        for id in conditions {
            if let (Truth::Unknown, Some(condition)) =
                (self.condition(*id), self.list.condition(*id))
            {
                self.collect_of(&condition.asks, found);
            }
        }
    }

    fn collect_of(&self, asks: &Reads, found: &mut Found) {
        found.facts.extend(
            asks.facts
                .iter()
                .filter(|fact| self.facts.get(**fact).is_none()),
        );
        for param in &asks.params {
            match self.lookup(*param) {
                Lookup::Known(_) => {}
                Lookup::NoValue => {
                    found.params.insert(*param);
                }
                Lookup::Depends { area, urban } => {
                    found.facts.extend(area.then_some(FactId::HUKOU_AREA));
                    found.facts.extend(urban.then_some(FactId::URBAN));
                }
            }
        }
        for no in &asks.items {
            if let (Truth::Unknown, Some(item)) = (self.item(*no), self.list.item(*no)) {
                self.collect(&item.conditions, found);
            }
        }
    }

    fn named(&self, found: Found) -> Vec<Missing> {
        let params = found
            .params
            .into_iter()
            .filter_map(|id| self.list.param(id));
        let params = params.map(|table| Missing::Param(table.name.clone()));
        found
            .facts
            .into_iter()
            .map(Missing::Fact)
            .chain(params)
            .collect()
    }
}
