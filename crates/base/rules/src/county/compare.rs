//! Where a county list differs from the city's, and whether anybody loses by it.

mod values;

use super::probe::{Axes, TooMany, words};
use super::{CountyReport, Difference, DifferenceKind, Territory};
use crate::folder::{Clause, DatedValue, Folder, Param, ParamValue, SERVICES, Service, Source};
use crate::list::{CondId, Item, List};
use crate::{Problem, Truth, compile};
use kernel::{Day, Fen};
use std::collections::BTreeSet;

/// Compares a county's list with the city's. Both must compile; examples and other files are not looked at.
pub fn compare(city: &Folder, county: &Folder) -> Result<CountyReport, Vec<Problem>> {
    let territory = Territory::of(city, county).map_err(|problem| vec![problem])?;
    let lists = (compile(city, None)?, compile(county, None)?);
    let mut look = Look {
        city,
        county,
        first: city.list.version.max(county.list.version),
        territory,
        other: BTreeSet::new(),
        found: Vec::new(),
        lists,
    };
    look.other = other_params(city, county);
    look.common();
    for service in &city.services {
        look.item(service);
    }
    look.params();
    look.programmes();
    look.added();
    Ok(CountyReport {
        territory: look.territory,
        differences: look.found,
    })
}

/// The parameters of the county that do not have the city's values: other ones and its own.
pub(super) fn other_params(city: &Folder, county: &Folder) -> BTreeSet<String> {
    let same = |param: &Param| {
        let other = city.params.iter().find(|other| other.name == param.name);
        other.is_some_and(|other| {
            other.unit == param.unit && (param.values.is_empty() || values(other) == values(param))
        })
    };
    let others = county.params.iter().filter(|param| !same(param));
    others.map(|param| param.name.clone()).collect()
}

/// Values without the lines they stand on.
fn values(param: &Param) -> BTreeSet<(Day, Option<String>, Option<bool>, ParamValue)> {
    let row = |value: &DatedValue| {
        let area = value.area.map(|area| area.to_string());
        (value.from, area, value.urban, value.value.clone())
    };
    param.values.iter().map(row).collect()
}

struct Look<'a> {
    city: &'a Folder,
    county: &'a Folder,
    territory: Territory,
    first: Day,
    /// Parameters with other values than the city's.
    other: BTreeSet<String>,
    found: Vec<Difference>,
    lists: (List, List),
}

/// An item on both lists.
#[derive(Clone, Copy)]
struct Pair<'a> {
    city: &'a Item,
    county: &'a Item,
}

impl Look<'_> {
    fn tell(
        &mut self,
        kind: DifferenceKind,
        service: &Service,
        (city, county): (String, String),
        from: Option<Day>,
        line: usize,
    ) {
        self.found.push(Difference {
            kind,
            no: service.no,
            item: service.name.clone(),
            city,
            county,
            clause: clause(&service.source),
            from,
            file: SERVICES.to_owned(),
            line,
        });
    }

    fn common(&mut self) {
        let text = |clauses: &[Clause]| joined(clauses.iter().map(|clause| clause.when.trim()));
        let (city, county) = (text(&self.city.list.common), text(&self.county.list.common));
        if city != county {
            self.found.push(Difference {
                kind: DifferenceKind::Changed,
                no: 0,
                item: "共同条件".to_owned(),
                city,
                county,
                clause: clause(&self.city.list.source),
                from: None,
                file: SERVICES.to_owned(),
                line: 1,
            });
        }
    }

    fn item(&mut self, service: &Service) {
        let Some(own) = of_name(self.county, &service.name) else {
            let nothing = (String::new(), String::new());
            self.tell(DifferenceKind::Missing, service, nothing, None, 1);
            return;
        };
        let own = own.clone();
        let before = self.found.len();
        self.fixed(service, &own);
        if self.found.len() > before {
            return;
        }
        let lists = self.lists.clone();
        let (Some(city), Some(county)) = (lists.0.item(service.no), lists.1.item(own.no)) else {
            return;
        };
        let pair = Pair { city, county };
        self.conditions(&lists, pair);
        self.amount(&lists, pair);
    }

    /// What must be the same.
    fn fixed(&mut self, city: &Service, county: &Service) {
        let tiers = |service: &Service| {
            joined(
                service
                    .tiers
                    .iter()
                    .map(|row| format!("{}：{}", row.tier, row.when.trim())),
            )
        };
        for (a, b) in [
            (city.area_basis.zh(), county.area_basis.zh()),
            (city.beneficiary.zh(), county.beneficiary.zh()),
            (city.benefit.kind.key(), county.benefit.kind.key()),
            (city.benefit.unit.zh(), county.benefit.unit.zh()),
            (yes(city.posthumous), yes(county.posthumous)),
        ] {
            if a != b {
                let both = (a.to_owned(), b.to_owned());
                self.tell(DifferenceKind::Changed, city, both, None, county.line);
                return;
            }
        }
        if tiers(city) != tiers(county) {
            let both = (tiers(city), tiers(county));
            self.tell(DifferenceKind::Changed, city, both, None, county.line);
        }
    }

    /// Whether a condition of the county stands on the city's item too, word for word and with the same
    /// values.
    fn same_condition(&self, lists: &(List, List), pair: Pair<'_>, id: CondId) -> bool {
        let Some(condition) = lists.1.condition(id) else {
            return false;
        };
        let mut params = condition
            .asks
            .params
            .iter()
            .filter_map(|id| lists.1.param(*id));
        condition.asks.items.is_empty()
            && params.all(|table| !self.other.contains(&table.name))
            && pair.city.conditions.iter().any(|other| {
                lists
                    .0
                    .condition(*other)
                    .is_some_and(|other| other.text == condition.text)
            })
    }

    fn conditions(&mut self, lists: &(List, List), pair: Pair<'_>) {
        let others: Vec<CondId> = (pair.county.conditions.iter().copied())
            .filter(|id| !self.same_condition(lists, pair, *id))
            .collect();
        let kept = pair.county.conditions.len() - others.len();
        let service = &pair.city.service;
        let line = pair.county.service.line;
        let both = || (says(pair.city), says(pair.county));
        if others.is_empty() {
            if kept < pair.city.conditions.len() {
                self.tell(DifferenceKind::Wider, service, both(), None, line);
            }
            return;
        }
        match self.narrower(lists, pair, &others) {
            Err(TooMany) => self.tell(DifferenceKind::Unproven, service, both(), None, line),
            Ok(Some((who, on))) => {
                let (city, county) = both();
                let county = format!("{county}，{who}就不符合了");
                let from = Some(on).filter(|on| *on > self.first);
                self.tell(
                    DifferenceKind::Narrower,
                    service,
                    (city, county),
                    from,
                    line,
                );
            }
            Ok(None) => self.tell(DifferenceKind::Wider, service, both(), None, line),
        }
    }

    /// Somebody whom the city's conditions admit and these of the county's do not.
    fn narrower(
        &self,
        lists: &(List, List),
        pair: Pair<'_>,
        others: &[CondId],
    ) -> Result<Option<(String, Day)>, TooMany> {
        let mut found = None;
        for id in others {
            // One condition of the city that implies it is enough, and quickly tried.
            let alone =
                pair.city.conditions.iter().any(|city| {
                    self.escapes(lists, pair, std::slice::from_ref(city), *id) == Ok(None)
                });
            if !alone {
                found = self.escapes(lists, pair, &pair.city.conditions, *id)?;
            }
            if found.is_some() {
                break;
            }
        }
        Ok(found)
    }

    fn escapes(
        &self,
        lists: &(List, List),
        pair: Pair<'_>,
        city: &[CondId],
        county: CondId,
    ) -> Result<Option<(String, Day)>, TooMany> {
        let mut axes = Axes::default();
        for condition in city.iter().filter_map(|id| lists.0.condition(*id)) {
            axes.add(&lists.0, &condition.expr, &condition.asks);
        }
        if let Some(condition) = lists.1.condition(county) {
            axes.add(&lists.1, &condition.expr, &condition.asks);
        }
        axes.find(
            (&lists.0, &lists.1),
            &self.territory,
            pair.city.service.area_basis,
            self.first,
            |ask_city, ask_county, facts| {
                let lost = ask_city.all(city) == Truth::True
                    && ask_county.condition(county) != Truth::True;
                lost.then(|| words(facts, ask_city.as_of))
            },
        )
    }

    fn amount(&mut self, lists: &(List, List), pair: Pair<'_>) {
        let service = &pair.city.service;
        let line = pair.county.service.line;
        let (city, county) = match (&pair.city.amount, &pair.county.amount) {
            (None, None) => return,
            (None, Some(own)) => {
                let both = ("没有写金额".to_owned(), own.text.clone());
                return self.tell(DifferenceKind::HigherAmount, service, both, None, line);
            }
            (Some(amount), None) => {
                let both = (amount.text.clone(), "没有写金额".to_owned());
                return self.tell(DifferenceKind::LowerAmount, service, both, None, line);
            }
            (Some(city), Some(county)) => (city, county),
        };
        let mut params = county
            .asks
            .params
            .iter()
            .filter_map(|id| lists.1.param(*id));
        if city.text == county.text
            && county.asks.items.is_empty()
            && params.all(|table| !self.other.contains(&table.name))
        {
            return;
        }
        let compared = [false, true].into_iter().find_map(|whole| {
            let mut axes = Axes::default();
            axes.add(&lists.0, &city.expr, &city.asks);
            axes.add(&lists.1, &county.expr, &county.asks);
            // Whoever is not entitled gets nothing either way; asked only where amounts alone are lower.
            let conditions = pair.city.conditions.iter();
            for condition in conditions
                .filter(|_| whole)
                .filter_map(|id| lists.0.condition(*id))
            {
                axes.add(&lists.0, &condition.expr, &condition.asks);
            }
            let mut more = None;
            let lower = axes.find(
                (&lists.0, &lists.1),
                &self.territory,
                service.area_basis,
                self.first,
                |ask_city, ask_county, facts| {
                    if whole && ask_city.all(&pair.city.conditions) != Truth::True {
                        return None;
                    }
                    let (a, b) = (ask_city.int(&city.expr), ask_county.int(&county.expr));
                    let who = || words(facts, ask_city.as_of);
                    match (a, b) {
                        (Some(a), Some(b)) if b > a && more.is_none() => {
                            more = Some((a, b, ask_city.as_of));
                            None
                        }
                        (Some(a), b) if b.is_none_or(|b| b < a) => Some((a, b, who())),
                        _ => None,
                    }
                },
            );
            match lower {
                Ok(Some(_)) if !whole => None,
                lower => Some((lower, more)),
            }
        });
        let yuan = |fen: i64| format!("{} 元", Fen(fen));
        let own = |fen: Option<i64>| fen.map_or_else(|| "没有数额".to_owned(), yuan);
        let later = |on: Day| Some(on).filter(|on| *on > self.first);
        match compared {
            None | Some((Err(TooMany), _)) => {
                let both = (city.text.clone(), county.text.clone());
                self.tell(DifferenceKind::Unproven, service, both, None, line);
            }
            Some((Ok(Some(((a, b, who), on))), _)) => {
                let who = if who.is_empty() {
                    who
                } else {
                    format!("（{who}）")
                };
                let both = (yuan(a), format!("{}{who}", own(b)));
                let from = later(on);
                self.tell(DifferenceKind::LowerAmount, service, both, from, line);
            }
            Some((Ok(None), more)) => {
                let Some((a, b, on)) = more else { return };
                let from = later(on);
                self.tell(
                    DifferenceKind::HigherAmount,
                    service,
                    (yuan(a), yuan(b)),
                    from,
                    line,
                );
            }
        }
    }
}

/// The item of this name.
pub(super) fn of_name<'a>(folder: &'a Folder, name: &str) -> Option<&'a Service> {
    folder
        .services
        .iter()
        .find(|service| service.name.trim() == name.trim())
}

fn says(item: &Item) -> String {
    joined(
        item.service
            .conditions
            .iter()
            .map(|clause| clause.says.clone()),
    )
}

fn joined(parts: impl Iterator<Item = impl Into<String>>) -> String {
    parts.map(Into::into).collect::<Vec<String>>().join("；")
}

fn clause(source: &Source) -> String {
    match source {
        Source::Document {
            document,
            section,
            quote,
        } => format!("{document}{section}“{quote}”"),
        Source::Basis { basis } => basis.clone(),
    }
}

const fn yes(flag: bool) -> &'static str {
    if flag {
        "不问共同条件"
    } else {
        "问共同条件"
    }
}
