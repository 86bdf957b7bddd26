//! A county's own version of a city's list (rows C01, C02; invariants 1, 4, 8).
//!
//! A county may add items, widen a condition and raise an amount; it covers every item of the city's list
//! and keeps its floors. [`compare`] says where it differs and which differences are not allowed;
//! [`effective`] lays published county lists over the city's, so that everything that asks a list (one
//! person, everybody, SQL) asks one list, each person under the version of their own county.

mod compare;
mod effective;
mod probe;
mod rewrite;

pub use compare::compare;
pub use effective::{effective, effective_digest};

use crate::Problem;
use crate::folder::{AreaBasis, Folder};
use crate::nearest::nearest;
use kernel::{AreaCode, Day};
use serde::Serialize;

/// Whose list a county list is: the areas it is in force for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Territory {
    /// The key that `county` in `plan.toml` names: a county's code or a management area's.
    pub key: String,
    /// Its name.
    pub name: String,
    /// The areas it covers.
    pub areas: Vec<AreaCode>,
    /// Towns inside them that a management area runs: they are not under this county's list.
    pub without: Vec<AreaCode>,
}

impl Territory {
    /// The territory that a county list names, by the trees of the city's folder. Where the city has no
    /// trees, any area inside the city will do.
    pub fn of(city: &Folder, county: &Folder) -> Result<Self, Problem> {
        let wrong =
            |what: String, remedy: String| Problem::at(crate::folder::PLAN, 1, what, remedy);
        let Some(key) = county.plan.county.as_deref() else {
            return Err(wrong(
                "县级清单没有写是哪个县".to_owned(),
                "在 plan.toml 写 county = \"区划代码\"".to_owned(),
            ));
        };
        if county.plan.area != city.plan.area {
            return Err(wrong(
                format!(
                    "area 是 {}，市级清单是 {}",
                    county.plan.area.prefix(),
                    city.plan.area.prefix()
                ),
                "area 写市级清单的区划代码，county 写本县的".to_owned(),
            ));
        }
        if let Some(body) = city.areas.management.iter().find(|body| body.code == key) {
            return Ok(Self {
                key: key.to_owned(),
                name: body.name.clone(),
                areas: body.towns.clone(),
                without: Vec::new(),
            });
        }
        let code: Option<AreaCode> = key.parse().ok();
        let known = || city.areas.counties.iter().map(|known| known.code);
        let here = code.filter(|code| {
            *code != city.plan.area
                && city.plan.area.contains(code)
                && (city.areas.counties.is_empty() || known().any(|known| known == *code))
        });
        let Some(code) = here else {
            let names: Vec<String> = known().map(|code| code.prefix().to_owned()).collect();
            let near = nearest(key, names.iter().map(String::as_str));
            return Err(wrong(
                format!("市级清单的区划里没有 {key}"),
                near.map_or_else(
                    || "county 写市级 areas.toml 里的县级代码或管理区划代码".to_owned(),
                    |near| format!("是不是 {near}？"),
                ),
            ));
        };
        let name = city.areas.counties.iter().find(|known| known.code == code);
        let towns = city.areas.management.iter().flat_map(|body| &body.towns);
        Ok(Self {
            key: key.to_owned(),
            name: name.map_or_else(|| county.plan.place.clone(), |known| known.name.clone()),
            areas: vec![code],
            without: towns.filter(|town| code.contains(town)).copied().collect(),
        })
    }

    /// The expression that is true for somebody of this territory by a basis.
    pub(crate) fn guard(&self, basis: AreaBasis) -> String {
        let fact = match basis {
            AreaBasis::Hukou => "hukou_area",
            AreaBasis::Residence | AreaBasis::Facility => "residence_area",
        };
        let any = |areas: &[AreaCode]| {
            let each = areas
                .iter()
                .map(|code| format!("{fact} = '{}'", code.prefix()));
            each.collect::<Vec<_>>().join(" or ")
        };
        if self.without.is_empty() {
            format!("({})", any(&self.areas))
        } else {
            format!("(({}) and not ({}))", any(&self.areas), any(&self.without))
        }
    }

    /// Whether an area is under this list.
    pub fn covers(&self, area: &AreaCode) -> bool {
        self.areas.iter().any(|mine| mine.contains(area))
            && !self.without.iter().any(|other| other.contains(area))
    }
}

/// How a county list differs from the city's in one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DifferenceKind {
    /// An item of the city is not on it.
    Missing,
    /// An amount is below the city's.
    LowerAmount,
    /// A value is below the city's (or an age above it).
    LowerParam,
    /// Somebody entitled under the city's conditions is not under these.
    Narrower,
    /// What must be the same is another.
    Changed,
    /// It cannot be shown that nobody loses.
    Unproven,
    /// A value is above the city's.
    HigherParam,
    /// An amount is above the city's.
    HigherAmount,
    /// Conditions are others, and nobody loses.
    Wider,
    /// The item is the county's own.
    Added,
}

impl DifferenceKind {
    /// Whether it keeps the list from being published.
    pub const fn is_fault(self) -> bool {
        matches!(
            self,
            Self::Missing
                | Self::LowerAmount
                | Self::LowerParam
                | Self::Narrower
                | Self::Changed
                | Self::Unproven
        )
    }

    /// In Chinese.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Missing => "缺项",
            Self::LowerAmount | Self::LowerParam => "低于市级标准",
            Self::Narrower => "条件更严",
            Self::Changed => "不能改",
            Self::Unproven => "判断不了",
            Self::HigherParam | Self::HigherAmount => "标准提高",
            Self::Wider => "条件放宽",
            Self::Added => "县级增加",
        }
    }
}

/// A difference, with both values and the city's clause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// What kind.
    pub kind: DifferenceKind,
    /// The city's number of the item; the county's own where it was added.
    pub no: u16,
    /// The item, or several that a value decides about.
    pub item: String,
    /// What the city says.
    pub city: String,
    /// What the county says.
    pub county: String,
    /// The city's clause.
    pub clause: String,
    /// From this day, where it depends on one.
    pub from: Option<Day>,
    /// The county's file.
    pub file: String,
    /// The line there.
    pub line: usize,
}

impl Difference {
    /// As a problem of the county's folder.
    pub fn problem(&self) -> Problem {
        let from = self
            .from
            .map_or_else(String::new, |day| format!("，{}起", day.zh()));
        let clause = if self.clause.is_empty() {
            String::new()
        } else {
            format!("（依据：{}）", self.clause)
        };
        let what = match self.kind {
            DifferenceKind::Missing => {
                format!("缺市级清单第 {} 项「{}」{clause}", self.no, self.item)
            }
            kind => format!(
                "{}：第 {} 项「{}」市级是{}，县级是{}{from}{clause}",
                kind.zh(),
                self.no,
                self.item,
                self.city,
                self.county
            ),
        };
        let remedy = match self.kind {
            DifferenceKind::Missing => "补上这一项，名称与市级清单一字不差",
            DifferenceKind::LowerAmount | DifferenceKind::LowerParam => "不得低于市级标准",
            DifferenceKind::Narrower => "条件可以放宽，不能比市级更严",
            DifferenceKind::Unproven => "照市级的条件写，或写得简单些，才看得出没有人吃亏",
            _ => "与市级清单保持一致",
        };
        Problem::at(&self.file, self.line, what, remedy)
    }
}

/// What a comparison found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CountyReport {
    /// Whose list.
    pub territory: Territory,
    /// All differences: by item, then what concerns values.
    pub differences: Vec<Difference>,
}

impl CountyReport {
    /// What keeps it from being published.
    pub fn faults(&self) -> impl Iterator<Item = &Difference> {
        self.differences.iter().filter(|one| one.kind.is_fault())
    }

    /// City items that are not on it.
    pub fn missing(&self) -> usize {
        let missing = |one: &&Difference| one.kind == DifferenceKind::Missing;
        self.differences.iter().filter(missing).count()
    }

    /// City items on it that it does less for.
    pub fn below(&self) -> usize {
        let mut below: Vec<u16> = (self.faults())
            .filter(|one| one.kind != DifferenceKind::Missing)
            .map(|one| one.no)
            .collect();
        below.sort_unstable();
        below.dedup();
        below.len()
    }

    /// The faults as problems of the county's folder.
    pub fn problems(&self) -> Vec<Problem> {
        self.faults().map(Difference::problem).collect()
    }
}
