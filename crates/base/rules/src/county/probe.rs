//! Tries people on two lists: everybody who could make a difference between some expressions, by the
//! numbers, days and words that stand in them. Exhaustive over those, or it says that it cannot.

use super::Territory;
use crate::ask::Asked;
use crate::facts::{FactId, Facts, Kind, Value, value_zh};
use crate::folder::{AreaBasis, ParamValue};
use crate::lang::{Expr, Reads};
use crate::list::List;
use kernel::{AreaCode, Day};
use std::collections::{BTreeMap, BTreeSet};

/// So many people are tried at most.
const MOST: usize = 200_000;

/// The expressions that are tried cannot be tried in full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooMany;

/// What can make a difference.
#[derive(Default)]
pub(super) struct Axes {
    facts: BTreeSet<FactId>,
    numbers: BTreeSet<i64>,
    days: BTreeSet<Day>,
    months: bool,
    arithmetic: bool,
}

impl Axes {
    /// Adds what an expression of a list reads, through its parameters and earlier items.
    pub(super) fn add(&mut self, list: &List, expr: &Expr, asks: &Reads) {
        self.facts.extend(list.facts_read(asks));
        self.constants(expr);
        for table in asks.params.iter().filter_map(|id| list.param(*id)) {
            for value in table.values() {
                if let ParamValue::Int(number) = value.value {
                    self.numbers.insert(number);
                }
                self.days.insert(value.from);
            }
        }
        for item in asks.items.iter().filter_map(|no| list.item(*no)) {
            for condition in item.conditions.iter().filter_map(|id| list.condition(*id)) {
                self.add(list, &condition.expr, &condition.asks);
            }
        }
    }

    fn constants(&mut self, expr: &Expr) {
        match expr {
            Expr::Const(Value::Int(number)) => {
                self.numbers.insert(*number);
            }
            Expr::Const(Value::Day(day)) => {
                self.days.insert(*day);
            }
            Expr::Months => self.months = true,
            Expr::Arith(..) => self.arithmetic = true,
            Expr::OneOf(_, values) => {
                self.numbers
                    .extend(values.iter().filter_map(|value| match value {
                        Value::Int(number) => Some(*number),
                        _ => None,
                    }));
            }
            _ => {}
        }
        for part in expr.parts() {
            self.constants(part);
        }
    }

    /// The days on which something may change, from a first one on.
    pub(super) fn days(&self, first: Day) -> Vec<Day> {
        let later = self.days.iter().copied().filter(|day| *day > first);
        std::iter::once(first).chain(later).collect()
    }

    /// The values to try of every fact on a day; the area of the basis is the county's own.
    fn values(
        &self,
        on: Day,
        territory: &Territory,
        basis: AreaBasis,
        city: &List,
    ) -> Vec<(FactId, Vec<Value>)> {
        let own = match basis {
            AreaBasis::Hukou => FactId::HUKOU_AREA,
            AreaBasis::Residence | AreaBasis::Facility => FactId::RESIDENCE_AREA,
        };
        let mut facts = self.facts.clone();
        facts.insert(own);
        let near = |bottom: i64, top: i64| -> Vec<i64> {
            let around = self.numbers.iter().flat_map(|n| [n - 1, *n, n + 1]);
            let mut found: BTreeSet<i64> = around.filter(|n| (bottom..=top).contains(n)).collect();
            found.insert(bottom);
            found.into_iter().collect()
        };
        let mut all = Vec::new();
        for fact in facts {
            let values = match fact.def().kind {
                Kind::Bool => vec![Value::Bool(true), Value::Bool(false)],
                Kind::Int { min, max } if max - min < 8 => (min..=max).map(Value::Int).collect(),
                Kind::Int { min, max } => near(min, max).into_iter().map(Value::Int).collect(),
                Kind::Word(words) => words.iter().copied().map(Value::Word).collect(),
                Kind::Day if fact == FactId::BIRTH_DATE => {
                    let years = near(0, 120).into_iter();
                    let mut born: BTreeSet<Day> =
                        years.map(|age| on.plus_years(-(age as i32))).collect();
                    if self.months {
                        let months = near(0, 240).into_iter();
                        born.extend(months.map(|count| on.plus_months(-(count as i32))));
                    }
                    born.into_iter().map(Value::Day).collect()
                }
                Kind::Day => {
                    let days = self.days.iter().copied().chain([on]);
                    let days: BTreeSet<Day> = days
                        .flat_map(|day| [day.plus_days(-1), day, day.plus_days(1)])
                        .collect();
                    days.into_iter().map(Value::Day).collect()
                }
                Kind::Area if fact == own => {
                    territory.areas.iter().copied().map(Value::Area).collect()
                }
                Kind::Area => {
                    let mut codes = territory.areas.clone();
                    codes.push(city.area());
                    codes.extend(ELSEWHERE.parse::<AreaCode>());
                    codes.into_iter().map(Value::Area).collect()
                }
                Kind::Text => Vec::new(),
            };
            if !values.is_empty() {
                all.push((fact, values));
            }
        }
        all
    }

    /// Shows everybody on every day to `each` until it gives something.
    pub(super) fn find<T>(
        &self,
        (city, county): (&List, &List),
        territory: &Territory,
        basis: AreaBasis,
        first: Day,
        mut each: impl FnMut(&Asked<'_>, &Asked<'_>, &Facts) -> Option<T>,
    ) -> Result<Option<(T, Day)>, TooMany> {
        if self.arithmetic {
            return Err(TooMany);
        }
        let days = self.days(first);
        for on in &days {
            let axes = self.values(*on, territory, basis, city);
            let people = axes
                .iter()
                .try_fold(1_usize, |all, (_, values)| all.checked_mul(values.len()));
            if people
                .and_then(|people| people.checked_mul(days.len()))
                .is_none_or(|all| all > MOST)
            {
                return Err(TooMany);
            }
            let mut at = vec![0_usize; axes.len()];
            let mut facts = Facts::default();
            for (fact, values) in &axes {
                facts.set(*fact, values.first().cloned());
            }
            loop {
                let asked = (
                    Asked::new(city, &facts, *on),
                    Asked::new(county, &facts, *on),
                );
                if let Some(found) = each(&asked.0, &asked.1, &facts) {
                    return Ok(Some((found, *on)));
                }
                if !next(&axes, &mut at, &mut facts) {
                    break;
                }
            }
        }
        Ok(None)
    }
}

/// A code that no province has: registered elsewhere.
const ELSEWHERE: &str = "99";

/// The next person; `false` after the last.
fn next(axes: &[(FactId, Vec<Value>)], at: &mut [usize], facts: &mut Facts) -> bool {
    for (place, (fact, values)) in at.iter_mut().zip(axes) {
        *place += 1;
        if let Some(value) = values.get(*place) {
            facts.set(*fact, Some(value.clone()));
            return true;
        }
        *place = 0;
        facts.set(*fact, values.first().cloned());
    }
    false
}

/// Somebody in words: 「82周岁，低保对象：是」.
pub(super) fn words(facts: &Facts, on: Day) -> String {
    let mut words = Vec::new();
    let mut kinds: BTreeMap<&str, String> = BTreeMap::new();
    for fact in FactId::all() {
        match facts.get(fact) {
            None | Some(Value::Area(_) | Value::Bool(false)) => {}
            Some(Value::Day(birth)) if fact == FactId::BIRTH_DATE => {
                words.push(format!("{}周岁", birth.age_on(on)));
            }
            Some(value) => {
                kinds.insert(fact.def().zh, value_zh(fact, value));
            }
        }
    }
    words.extend(kinds.into_iter().map(|(name, value)| match value.as_str() {
        "是" => name.to_owned(),
        _ => format!("{name}{value}"),
    }));
    words.join("、")
}
