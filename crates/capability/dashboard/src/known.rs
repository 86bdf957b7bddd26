//! What the data know of a measure, for capabilities that lay a goal against it.

use crate::computed;
use crate::value::{self, Kind};
use figures::Num;
use kernel::Day;
use std::collections::BTreeMap;
use store::{Reads, StoreResult};

/// Where a known value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KnownKind {
    /// 实报.
    Actual,
    /// 填报.
    Typed,
    /// 估计.
    Estimate,
    /// 计算, from the register.
    Computed,
}

impl KnownKind {
    /// On screens.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Actual => "实报",
            Self::Typed => "填报",
            Self::Estimate => "估计",
            Self::Computed => "计算",
        }
    }
}

impl From<Kind> for KnownKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Actual => Self::Actual,
            Kind::Typed => Self::Typed,
            Kind::Estimate => Self::Estimate,
            Kind::Computed => Self::Computed,
        }
    }
}

/// A value of a measure that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// For which day.
    pub day: Day,
    /// In the measure's base unit.
    pub value: Num,
    /// Where it comes from.
    pub kind: KnownKind,
    /// File, ledger or formula.
    pub source: String,
}

/// A figure computed from the register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Formula {
    /// Its id.
    pub id: &'static str,
    /// Its name.
    pub name: &'static str,
    /// Its unit.
    pub unit: &'static str,
    /// The formula in words.
    pub words: &'static str,
    /// Less is better, more is better; none where neither.
    pub down: Option<bool>,
}

/// The formula of a measure that is computed and never typed.
pub fn formula(measure: &str) -> Option<Formula> {
    computed::of(measure).map(of)
}

/// All of them.
pub fn formulas() -> Vec<Formula> {
    computed::ALL.iter().map(of).collect()
}

fn of(figure: &computed::Computed) -> Formula {
    Formula {
        id: figure.id,
        name: figure.name,
        unit: figure.unit,
        words: figure.formula,
        down: figure.down,
    }
}

/// Values that count of these measures until a day, by measure and area (a code, or `E:` and the key of a body),
/// days ascending.
pub async fn values(
    reads: &impl Reads,
    measures: &[String],
    until: Day,
) -> StoreResult<BTreeMap<(String, String), Vec<Known>>> {
    let series = value::counting(reads, measures, until).await?;
    let known = |value: value::Value| Known {
        day: value.day,
        value: value.value,
        kind: value.kind.into(),
        source: value.source,
    };
    Ok(series
        .into_iter()
        .map(|(key, values)| (key, values.into_iter().map(known).collect()))
        .collect())
}
