//! One list out of the city's and those of its counties: where a county differs, a condition or an amount
//! asks first whose territory somebody is in, by the basis of the item.

use super::compare::{compare, of_name, other_params};
use super::rewrite::renamed;
use super::{DifferenceKind, Territory};
use crate::Problem;
use crate::folder::{Class, Clause, Folder, Formula, Param, Service};
use std::collections::{BTreeMap, BTreeSet};

/// The digest of a city's list with these county lists over it: another one for every other set.
pub fn effective_digest(city: &str, counties: &[&str]) -> String {
    if counties.is_empty() {
        return city.to_owned();
    }
    crate::folder::digest_of_text(&format!("{city}\n{}", counties.join("\n")))
}

/// Lays county lists over the city's. What a county does less for than the city (a list made under an
/// earlier version of the city's, say) stays the city's. The examples are the city's; they are of people
/// without an area, so they are asked of the city's own list and left out here.
pub fn effective(city: &Folder, counties: &[&Folder]) -> Result<Folder, Vec<Problem>> {
    let mut folder = city.clone();
    let digests: Vec<&str> = counties
        .iter()
        .map(|county| county.digest.as_str())
        .collect();
    folder.digest = effective_digest(&city.digest, &digests);
    if counties.is_empty() {
        return Ok(folder);
    }
    folder.cases.clear();
    let layers = counties
        .iter()
        .map(|county| Layer::of(city, county))
        .collect::<Result<Vec<_>, _>>()?;
    for service in &mut folder.services {
        lay(service, &layers);
    }
    for layer in &layers {
        let (numbers, before) = (layer.numbers(city, &folder), folder.services.len());
        layer.add_items(&mut folder, &numbers);
        layer.add_programmes(&mut folder, &numbers, before);
        folder.params.extend(layer.params());
    }
    Ok(folder)
}

/// A county's list, ready to be laid.
struct Layer<'a> {
    county: &'a Folder,
    territory: Territory,
    /// Names of its own values → their names on the one list.
    names: BTreeMap<String, String>,
    /// Items of the city (by name) that it does less for.
    refused: BTreeSet<u16>,
}

impl<'a> Layer<'a> {
    fn of(city: &Folder, county: &'a Folder) -> Result<Self, Vec<Problem>> {
        let report = compare(city, county)?;
        let name = report.territory.name.clone();
        let names = other_params(city, county).into_iter();
        let mut refused: BTreeSet<u16> = report.faults().map(|fault| fault.no).collect();
        let reads_wrong = |service: &Service| {
            report.faults().any(|fault| {
                fault.kind == DifferenceKind::LowerParam
                    && fault.item.split('；').any(|item| item == service.name)
            })
        };
        let wrong = city.services.iter().filter(|service| reads_wrong(service));
        refused.extend(wrong.map(|service| service.no));
        Ok(Self {
            county,
            names: names
                .map(|param| (param.clone(), format!("{param}（{name}）")))
                .collect(),
            territory: report.territory,
            refused,
        })
    }

    /// Its own values, under their names on the one list.
    fn params(&self) -> Vec<Param> {
        let own = self.county.params.iter().filter_map(|param| {
            let name = self.names.get(&param.name)?.clone();
            let says = format!("{}：{}", self.territory.name, param.says);
            Some(Param {
                name,
                says,
                floor: false,
                ..param.clone()
            })
        });
        own.collect()
    }

    /// An item of the city on this list; nothing where it is the same or the county does less.
    fn item(&self, city: &Service) -> Option<Service> {
        if self.refused.contains(&city.no) {
            return None;
        }
        let mut own = of_name(self.county, &city.name)?.clone();
        self.rename(&mut own, &BTreeMap::new());
        Some(own)
    }

    fn rename(&self, service: &mut Service, items: &BTreeMap<u16, u16>) {
        let new = |text: &str| renamed(text.trim(), &self.names, items);
        for clause in &mut service.conditions {
            clause.when = new(&clause.when);
        }
        if let Some(amount) = &mut service.amount {
            amount.text = new(&amount.text);
        }
        for tier in &mut service.tiers {
            tier.when = new(&tier.when);
        }
    }

    /// Numbers of the county → numbers on the one list; its own items stand behind what is there.
    fn numbers(&self, city: &Folder, folder: &Folder) -> BTreeMap<u16, u16> {
        let mut next = folder.services.len() as u16;
        let mut numbers = BTreeMap::new();
        for service in &self.county.services {
            let no = of_name(city, &service.name).map_or_else(
                || {
                    next += 1;
                    next
                },
                |known| known.no,
            );
            numbers.insert(service.no, no);
        }
        numbers
    }

    fn add_items(&self, folder: &mut Folder, numbers: &BTreeMap<u16, u16>) {
        let first = folder.services.len() as u16 + 1;
        let basis = |service: &Service| match service.area_basis {
            crate::folder::AreaBasis::Hukou => format!("{}户籍", self.territory.name),
            _ => format!("常住{}", self.territory.name),
        };
        let mut own = Vec::new();
        for service in &self.county.services {
            let Some(no) = numbers.get(&service.no).filter(|no| **no >= first) else {
                continue;
            };
            let mut service = service.clone();
            self.rename(&mut service, numbers);
            service.no = *no;
            service.name = format!("{}（{}）", service.name, self.territory.name);
            let here = Clause {
                says: basis(&service),
                when: self.territory.guard(service.area_basis),
                line: service.line,
            };
            service.conditions.insert(0, here);
            own.push(service);
        }
        let last = folder.services.len() as u16 + own.len() as u16;
        if !own.is_empty() && !folder.list.classes.is_empty() {
            folder.list.classes.push(Class {
                from: first,
                until: last,
                name: format!("{}增加的项目", self.territory.name),
            });
        }
        folder.services.extend(own);
    }

    /// What pays the county's own items.
    fn add_programmes(&self, folder: &mut Folder, numbers: &BTreeMap<u16, u16>, before: usize) {
        for programme in &self.county.programmes {
            let own = programme
                .fulfils
                .iter()
                .filter_map(|no| numbers.get(no))
                .any(|no| usize::from(*no) > before);
            if !own {
                continue;
            }
            let mut programme = programme.clone();
            if folder
                .programmes
                .iter()
                .any(|known| known.id == programme.id)
            {
                programme.id = format!("{}_{}", programme.id, self.territory.key);
            }
            let fulfils = programme.fulfils.iter();
            programme.fulfils = fulfils.filter_map(|no| numbers.get(no).copied()).collect();
            for clause in programme.conditions.iter_mut().flatten() {
                clause.when = renamed(clause.when.trim(), &self.names, numbers);
            }
            if let Some(amount) = &mut programme.amount {
                amount.text = renamed(amount.text.trim(), &self.names, numbers);
            }
            folder.programmes.push(programme);
        }
    }
}

/// What a county asks in the place of one of the city's conditions; empty asks nothing.
struct Instead<'a> {
    layer: &'a Layer<'a>,
    clauses: Vec<Clause>,
}

/// Lays what the counties say over an item of the city.
fn lay(service: &mut Service, layers: &[Layer<'_>]) {
    let basis = service.area_basis;
    let mut instead: Vec<Vec<Instead<'_>>> =
        service.conditions.iter().map(|_| Vec::new()).collect();
    let mut amounts: Vec<(String, String)> = Vec::new();
    for layer in layers {
        let Some(own) = layer.item(service) else {
            continue;
        };
        place(&mut instead, &service.conditions, layer, own.conditions);
        let text = |amount: &Option<Formula>| amount.as_ref().map(|a| a.text.trim().to_owned());
        if let Some(amount) = text(&own.amount)
            && text(&service.amount).as_ref() != Some(&amount)
        {
            amounts.push((layer.territory.guard(basis), amount));
        }
    }
    for (clause, instead) in service.conditions.iter_mut().zip(&instead) {
        if !instead.is_empty() {
            *clause = joined(clause, instead, |layer| layer.territory.guard(basis));
        }
    }
    if !amounts.is_empty() {
        let mut text = "case".to_owned();
        for (guard, amount) in &amounts {
            text.push_str(&format!(" when {guard} then {amount}"));
        }
        if let Some(amount) = &service.amount {
            text.push_str(&format!(" else {}", amount.text.trim()));
        }
        text.push_str(" end");
        let line = service
            .amount
            .as_ref()
            .map_or(service.line, |amount| amount.line);
        service.amount = Some(Formula { text, line });
    }
}

/// Puts a county's conditions in the place of the city's: those that are the same stay; the others one for
/// one where there are as many, otherwise all of them in the place of the first.
fn place<'a>(
    instead: &mut [Vec<Instead<'a>>],
    city: &[Clause],
    layer: &'a Layer<'a>,
    own: Vec<Clause>,
) {
    let same = |a: &Clause, b: &Clause| a.when.trim() == b.when.trim();
    let places: Vec<usize> = (0..city.len())
        .filter(|at| {
            city.get(*at)
                .is_some_and(|clause| !own.iter().any(|own| same(clause, own)))
        })
        .collect();
    let mut others: Vec<Clause> = own
        .iter()
        .filter(|own| !city.iter().any(|clause| same(clause, own)))
        .cloned()
        .collect();
    let pairs = places.len() == others.len();
    if places.is_empty() && !others.is_empty() {
        // Implied by the city's conditions, which stay.
        return;
    }
    for at in places {
        let clauses = if pairs {
            others.drain(..1).collect()
        } else {
            std::mem::take(&mut others)
        };
        if let Some(instead) = instead.get_mut(at) {
            instead.push(Instead { layer, clauses });
        }
    }
}

/// One condition that asks whose territory somebody is in. Where every list says the same of somebody,
/// their area need not be known.
fn joined(city: &Clause, instead: &[Instead<'_>], guard: impl Fn(&Layer<'_>) -> String) -> Clause {
    let all = |clauses: &[Clause]| {
        let each = clauses
            .iter()
            .map(|clause| format!("({})", clause.when.trim()));
        each.collect::<Vec<_>>().join(" and ")
    };
    let own = city.when.trim();
    let mut branches = Vec::new();
    let mut notes = Vec::new();
    let mut everywhere = Vec::new();
    let guards: Vec<String> = instead.iter().map(|one| guard(one.layer)).collect();
    for (one, guard) in instead.iter().zip(&guards) {
        let name = &one.layer.territory.name;
        if one.clauses.is_empty() {
            branches.push(guard.clone());
            notes.push(format!("{name}不要求"));
        } else {
            branches.push(format!("({guard} and {})", all(&one.clauses)));
            everywhere.push(all(&one.clauses));
            let says: Vec<&str> = one
                .clauses
                .iter()
                .map(|clause| clause.says.as_str())
                .collect();
            notes.push(format!("{name}：{}", says.join("，")));
        }
    }
    branches.push(format!("(not ({}) and ({own}))", guards.join(" or ")));
    everywhere.push(format!("({own})"));
    branches.push(format!("({})", everywhere.join(" and ")));
    Clause {
        says: format!("{}（{}）", city.says, notes.join("；")),
        when: branches.join(" or "),
        line: city.line,
    }
}
