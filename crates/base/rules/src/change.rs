//! When somebody's answers change by themselves: birthdays, dates that pass, parameters that begin.

use crate::facts::{FactId, Facts, Value};
use crate::folder::ParamValue;
use crate::lang::Expr;
use crate::list::List;
use crate::param::ParamTable;
use kernel::Day;
use std::collections::BTreeSet;

/// Nobody's answers are looked for beyond this age.
const OLDEST: i64 = 130;
/// `months` is asked of children.
const MOST_MONTHS: i32 = 18 * 12;

impl List {
    /// The earliest day after `as_of` on which an answer, amount or step differs if no fact changes;
    /// `None` where none ever does. The days tried are those on which an expression can change.
    pub fn next_change(&self, facts: &Facts, as_of: Day) -> Option<Day> {
        let today = self.state(facts, as_of);
        let days = self.turning_days(facts);
        days.into_iter()
            .filter(|day| *day > as_of)
            .find(|day| self.state(facts, *day) != today)
    }

    fn state(&self, facts: &Facts, on: Day) -> impl PartialEq + use<> {
        (self.answer(facts, on), self.answer_programmes(facts, on))
    }

    fn turning_days(&self, facts: &Facts) -> BTreeSet<Day> {
        let mut days = BTreeSet::new();
        let mut add = |day: Day| days.extend([day, day.plus_days(1)]);
        for value in self.params.iter().flat_map(ParamTable::values) {
            add(value.from);
        }
        for fact in FactId::all() {
            if let Some(Value::Day(day)) = facts.get(fact) {
                add(*day);
            }
        }
        let mut ages = Ages::default();
        for expr in self.expressions() {
            ages.add(expr, self);
        }
        ages.literals.iter().for_each(|day| add(*day));
        if let Some(Value::Day(birth)) = facts.get(FactId::BIRTH_DATE) {
            let years: Vec<i64> = if ages.all {
                (0..=OLDEST).collect()
            } else {
                ages.years.iter().copied().collect()
            };
            for year in years.into_iter().flat_map(|year| [year, year + 1]) {
                // Leaplings turn on 28 February or 1 March: both are tried.
                if let Ok(year) = i32::try_from(year) {
                    add(birth.plus_years(year));
                }
            }
            let months = if ages.months { MOST_MONTHS } else { -1 };
            (0..=months).for_each(|month| add(birth.plus_months(month)));
        }
        days
    }

    fn expressions(&self) -> impl Iterator<Item = &Expr> {
        let conditions = self.conditions.iter().map(|condition| &condition.expr);
        let items = self.items.iter().filter_map(|item| item.amount.as_ref());
        let programmes = self
            .programmes
            .iter()
            .filter_map(|programme| programme.amount.as_ref());
        conditions.chain(items.chain(programmes).map(|amount| &amount.expr))
    }
}

/// The ages at which an expression can change.
#[derive(Default)]
struct Ages {
    years: BTreeSet<i64>,
    all: bool,
    months: bool,
    literals: BTreeSet<Day>,
}

impl Ages {
    fn add(&mut self, expr: &Expr, list: &List) {
        match expr {
            Expr::Compare(_, left, right) if **left == Expr::Age || **right == Expr::Age => {
                let other = if **left == Expr::Age { right } else { left };
                match other.as_ref() {
                    Expr::Const(Value::Int(year)) => {
                        self.years.insert(*year);
                    }
                    Expr::Param(id) => {
                        let values = list.param(*id).map_or(&[][..], |table| table.values());
                        self.years
                            .extend(values.iter().filter_map(|value| match value.value {
                                ParamValue::Int(year) => Some(year),
                                _ => None,
                            }));
                    }
                    _ => self.all = true,
                }
                self.add_unless_age(other, list);
            }
            Expr::OneOf(part, values) if **part == Expr::Age => {
                self.years
                    .extend(values.iter().filter_map(|value| match value {
                        Value::Int(year) => Some(*year),
                        _ => None,
                    }));
            }
            Expr::Age => self.all = true,
            Expr::Months => self.months = true,
            Expr::Const(Value::Day(day)) => {
                self.literals.insert(*day);
            }
            _ => expr
                .parts()
                .into_iter()
                .for_each(|part| self.add(part, list)),
        }
    }

    fn add_unless_age(&mut self, expr: &Expr, list: &List) {
        if *expr != Expr::Age {
            self.add(expr, list);
        }
    }
}
