//! What a county list does to the city's values, programmes and items: the part that is told value by value.

use super::{Look, clause, joined, of_name};
use crate::county::{Difference, DifferenceKind};
use crate::folder::{PARAMS, PROGRAMMES, Param, ParamUnit, ParamValue, SERVICES, Service};
use crate::list::{Item, List};
use crate::param::Lookup;
use kernel::{Day, Fen};
use std::cmp::Ordering;
use std::collections::BTreeSet;

impl Look<'_> {
    /// Values of the city's parameters that the county has another way.
    pub(super) fn params(&mut self) {
        for param in &self.city.params {
            let Some(own) = self.county.params.iter().find(|own| own.name == param.name) else {
                continue;
            };
            if !self.other.contains(&own.name) {
                continue;
            }
            let found = if own.unit == param.unit {
                self.values(param)
            } else {
                let units = (param.unit.zh().to_owned(), own.unit.zh().to_owned());
                Some((DifferenceKind::Changed, units, None))
            };
            let Some((kind, (city, county), from)) = found else {
                continue;
            };
            let users = users(&self.lists.0, &param.name);
            let item = match users.as_slice() {
                [] => param.name.clone(),
                users => joined(users.iter().map(|user| user.name.clone())),
            };
            let named = |value: String| format!("“{}”{value}", param.name);
            self.found.push(Difference {
                kind,
                no: users.first().map_or(0, |user| user.no),
                item,
                city: named(city),
                county,
                clause: clause(&param.source),
                from,
                file: PARAMS.to_owned(),
                line: own.line,
            });
        }
    }

    /// The first day and place on which a value is below the city's; otherwise one on which it is above.
    fn values(&self, param: &Param) -> Option<(DifferenceKind, (String, String), Option<Day>)> {
        let table = |list: &List| {
            let known = list.params().iter().find(|table| table.name == param.name);
            known.cloned()
        };
        let (city, county) = (table(&self.lists.0)?, table(&self.lists.1)?);
        let all = || city.values().iter().chain(county.values());
        let mut days: BTreeSet<Day> = all().map(|value| value.from).collect();
        days.retain(|day| *day > self.first);
        days.insert(self.first);
        let mut areas = self.territory.areas.clone();
        areas.extend(
            all()
                .filter_map(|value| value.area)
                .filter(|area| self.territory.covers(area)),
        );
        let mut higher = None;
        for day in days {
            for area in &areas {
                for urban in [true, false] {
                    let of = |table: &crate::ParamTable| match table.lookup(
                        day,
                        Some(*area),
                        Some(urban),
                    ) {
                        Lookup::Known(value) => Some(value.clone()),
                        Lookup::NoValue | Lookup::Depends { .. } => None,
                    };
                    let (a, b) = (of(&city), of(&county));
                    let zh = |value: &Option<ParamValue>| {
                        value.as_ref().map_or_else(
                            || "没有值".to_owned(),
                            |value| value_zh(param.unit, value),
                        )
                    };
                    let from = Some(day).filter(|day| *day > self.first);
                    let both = (zh(&a), zh(&b));
                    let (Some(a), Some(b)) = (&a, &b) else {
                        if a.is_some() {
                            return Some((DifferenceKind::LowerParam, both, from));
                        }
                        continue;
                    };
                    if a == b {
                        continue;
                    }
                    match direction(param.unit, a, b) {
                        Some(Ordering::Greater) => {
                            higher.get_or_insert((DifferenceKind::HigherParam, both, from));
                        }
                        Some(Ordering::Less) => {
                            return Some((DifferenceKind::LowerParam, both, from));
                        }
                        // What a level comes to is said by the items that read it.
                        Some(Ordering::Equal) => {}
                        None => return Some((DifferenceKind::Changed, both, from)),
                    }
                }
            }
        }
        higher
    }

    pub(super) fn programmes(&mut self) {
        for own in &self.county.programmes {
            let here = self.city.programmes.iter().find(|other| other.id == own.id);
            let items = own.fulfils.iter().filter_map(|no| {
                let service = self
                    .county
                    .services
                    .iter()
                    .find(|service| service.no == *no)?;
                of_name(self.city, &service.name)
            });
            let items: Vec<u16> = items.map(|service| service.no).collect();
            let wrong = match here {
                // What is paid is the city's to say; a copy of the whole folder carries it along.
                Some(other) => {
                    let mut copy = own.clone();
                    (copy.line, copy.fulfils) = (other.line, other.fulfils.clone());
                    if let Some(conditions) = copy.conditions.as_mut() {
                        for (clause, known) in
                            conditions.iter_mut().zip(other.conditions.iter().flatten())
                        {
                            clause.line = known.line;
                        }
                    }
                    if let (Some(amount), Some(known)) = (copy.amount.as_mut(), &other.amount) {
                        amount.line = known.line;
                    }
                    (copy != *other || items != other.fulfils).then_some("市级已有的待遇项目")
                }
                None => (!items.is_empty()).then_some("市级项目由市级的待遇项目发放"),
            };
            if let Some(wrong) = wrong {
                self.found.push(Difference {
                    kind: DifferenceKind::Changed,
                    no: items.first().copied().unwrap_or(0),
                    item: own.name.clone(),
                    city: wrong.to_owned(),
                    county: own.id.clone(),
                    clause: here.map(|other| clause(&other.source)).unwrap_or_default(),
                    from: None,
                    file: PROGRAMMES.to_owned(),
                    line: own.line,
                });
            }
        }
    }

    pub(super) fn added(&mut self) {
        for service in &self.county.services {
            if of_name(self.city, &service.name).is_some() {
                continue;
            }
            self.found.push(Difference {
                kind: DifferenceKind::Added,
                no: service.no,
                item: service.name.clone(),
                city: "没有这一项".to_owned(),
                county: service.content.clone(),
                clause: clause(&service.source),
                from: None,
                file: SERVICES.to_owned(),
                line: service.line,
            });
        }
        // Two items of one name could not be told apart.
        for (place, service) in self.county.services.iter().enumerate() {
            let mut before = self.county.services.iter().take(place);
            if before.any(|other| other.name == service.name) {
                let both = ("一项".to_owned(), "两项同名".to_owned());
                self.tell(DifferenceKind::Changed, service, both, None, service.line);
            }
        }
    }
}

/// Whether another value is better for people, or neither by itself; `None` where it must not be another.
fn direction(unit: ParamUnit, city: &ParamValue, county: &ParamValue) -> Option<Ordering> {
    match (unit, city, county) {
        (ParamUnit::Fen | ParamUnit::Percent, ParamValue::Int(a), ParamValue::Int(b)) => {
            Some(b.cmp(a))
        }
        (ParamUnit::Age, ParamValue::Int(a), ParamValue::Int(b)) => Some(a.cmp(b)),
        (ParamUnit::Level, ..) => Some(Ordering::Equal),
        _ => None,
    }
}

/// The items of a list that read a parameter.
fn users<'a>(list: &'a List, name: &str) -> Vec<&'a Service> {
    let reads = |item: &&Item| {
        let conditions = item.conditions.iter().filter_map(|id| list.condition(*id));
        let asks = conditions.map(|condition| &condition.asks);
        asks.chain(item.amount.iter().map(|amount| &amount.asks))
            .flat_map(|asks| &asks.params)
            .any(|id| list.param(*id).is_some_and(|table| table.name == name))
    };
    let found = list.items().iter().filter(reads);
    found.map(|item| &item.service).collect()
}

/// A value in words; the words of pages stand in a capability, these in problems.
fn value_zh(unit: ParamUnit, value: &ParamValue) -> String {
    match (unit, value) {
        (ParamUnit::Fen, ParamValue::Int(fen)) => format!("{} 元", Fen(*fen)),
        (ParamUnit::Percent, ParamValue::Int(number)) => format!("{number}%"),
        (ParamUnit::Age, ParamValue::Int(number)) => format!("{number} 周岁"),
        (_, ParamValue::Int(number)) => number.to_string(),
        (_, ParamValue::Flag(flag)) => if *flag { "是" } else { "否" }.to_owned(),
        (_, ParamValue::Word(word)) => word.clone(),
    }
}
