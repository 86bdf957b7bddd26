//! One person asked on one day: each distinct condition is evaluated at most once.

use crate::Truth;
use crate::facts::{FactId, Facts, Value};
use crate::folder::ParamValue;
use crate::lang::{Expr, ParamId};
use crate::list::{CondId, List};
use crate::param::Lookup;
use crate::rounding::Rounding;
use kernel::{AreaCode, Day};
use std::cell::Cell;

/// A known value of an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Scalar<'a> {
    Bool(bool),
    Int(i64),
    Day(Day),
    Word(&'a str),
    Area(AreaCode),
}

impl<'a> Scalar<'a> {
    fn of(value: &'a Value) -> Self {
        match value {
            Value::Bool(value) => Self::Bool(*value),
            Value::Int(value) => Self::Int(*value),
            Value::Day(value) => Self::Day(*value),
            Value::Word(value) => Self::Word(value),
            Value::Area(value) => Self::Area(*value),
            Value::Text(value) => Self::Word(value),
        }
    }
}

/// The person, the day and what was found out so far.
pub(crate) struct Asked<'a> {
    pub(crate) list: &'a List,
    pub(crate) facts: &'a Facts,
    pub(crate) as_of: Day,
    age: Option<i64>,
    months: Option<i64>,
    conditions: Vec<Cell<Option<Truth>>>,
    items: Vec<Cell<Option<Truth>>>,
}

impl<'a> Asked<'a> {
    pub(crate) fn new(list: &'a List, facts: &'a Facts, as_of: Day) -> Self {
        let birth = match facts.get(FactId::BIRTH_DATE) {
            Some(Value::Day(birth)) => Some(*birth),
            _ => None,
        };
        let age = |birth: Day| i64::from((list.age_day(as_of) - birth.number()).div_euclid(10_000));
        Self {
            list,
            facts,
            as_of,
            age: birth.map(age),
            months: birth.map(|birth| i64::from(birth.months_on(as_of))),
            conditions: vec![Cell::new(None); list.conditions.len()],
            items: vec![Cell::new(None); list.items.len()],
        }
    }

    /// Whether a distinct condition holds.
    pub(crate) fn condition(&self, id: CondId) -> Truth {
        let known = self.conditions.get(id.index());
        if let Some(truth) = known.and_then(Cell::get) {
            return truth;
        }
        let truth = self
            .list
            .condition(id)
            .map_or(Truth::Unknown, |condition| self.truth(&condition.expr));
        if let Some(known) = known {
            known.set(Some(truth));
        }
        truth
    }

    /// Whether all of these hold.
    pub(crate) fn all(&self, conditions: &[CondId]) -> Truth {
        let mut truth = Truth::True;
        for id in conditions {
            truth = truth.and(self.condition(*id));
            if truth == Truth::False {
                break;
            }
        }
        truth
    }

    /// The answer of an item; one that is not on the list is unknown.
    pub(crate) fn item(&self, no: u16) -> Truth {
        let known = usize::from(no)
            .checked_sub(1)
            .and_then(|place| self.items.get(place));
        if let Some(truth) = known.and_then(Cell::get) {
            return truth;
        }
        let truth = self
            .list
            .item(no)
            .map_or(Truth::Unknown, |item| self.all(&item.conditions));
        if let Some(known) = known {
            known.set(Some(truth));
        }
        truth
    }

    /// Whether an expression holds.
    pub(crate) fn truth(&self, expr: &'a Expr) -> Truth {
        match expr {
            Expr::Inside(fact, area) => {
                Truth::of(self.area(*fact).map(|code| area.contains(&code)))
            }
            Expr::Entitled(no) => self.item(*no),
            Expr::Not(part) => self.truth(part).not(),
            Expr::All(parts) => parts
                .iter()
                .map(|part| self.truth(part))
                .fold(Truth::True, Truth::and),
            Expr::Any(parts) => parts
                .iter()
                .map(|part| self.truth(part))
                .fold(Truth::False, Truth::or),
            Expr::Compare(op, left, right) => {
                let (left, right) = (self.scalar(left), self.scalar(right));
                Truth::of(
                    left.zip(right)
                        .map(|(left, right)| op.holds(left.cmp(&right))),
                )
            }
            Expr::OneOf(part, values) => {
                let found = self.scalar(part);
                Truth::of(found.map(|found| values.iter().any(|value| Scalar::of(value) == found)))
            }
            _ => match self.scalar(expr) {
                Some(Scalar::Bool(value)) => Truth::of(Some(value)),
                _ => Truth::Unknown,
            },
        }
    }

    /// The value of an expression, where it is known.
    pub(crate) fn scalar(&self, expr: &'a Expr) -> Option<Scalar<'a>> {
        match expr {
            Expr::Const(value) => Some(Scalar::of(value)),
            Expr::Fact(fact) => self.facts.get(*fact).map(Scalar::of),
            Expr::Age => self.age.map(Scalar::Int),
            Expr::Months => self.months.map(Scalar::Int),
            Expr::AsOf => Some(Scalar::Day(self.as_of)),
            Expr::Param(param) => match self.lookup(*param) {
                Lookup::Known(ParamValue::Int(value)) => Some(Scalar::Int(*value)),
                Lookup::Known(ParamValue::Flag(value)) => Some(Scalar::Bool(*value)),
                Lookup::Known(ParamValue::Word(value)) => Some(Scalar::Word(value)),
                Lookup::NoValue | Lookup::Depends { .. } => None,
            },
            Expr::Case(branches, otherwise) => {
                for (when, then) in branches {
                    match self.truth(when) {
                        Truth::True => return self.scalar(then),
                        Truth::False => {}
                        Truth::Unknown => return None,
                    }
                }
                otherwise
                    .as_deref()
                    .and_then(|otherwise| self.scalar(otherwise))
            }
            Expr::Arith(op, left, right) => {
                op.apply(self.int(left)?, self.int(right)?).map(Scalar::Int)
            }
            Expr::Pct(amount, percent) => {
                let (amount, percent) = (self.int(amount)?, self.int(percent)?);
                self.rounding()?
                    .percent_of(amount, percent)
                    .map(Scalar::Int)
            }
            _ => match self.truth(expr) {
                Truth::True => Some(Scalar::Bool(true)),
                Truth::False => Some(Scalar::Bool(false)),
                Truth::Unknown => None,
            },
        }
    }

    /// The whole number of an expression, where it is known.
    pub(crate) fn int(&self, expr: &'a Expr) -> Option<i64> {
        match self.scalar(expr)? {
            Scalar::Int(value) => Some(value),
            _ => None,
        }
    }

    /// The value of a parameter for this person.
    pub(crate) fn lookup(&self, param: ParamId) -> Lookup<'a> {
        let urban = match self.facts.get(FactId::URBAN) {
            Some(Value::Bool(urban)) => Some(*urban),
            _ => None,
        };
        let area = self.area(FactId::HUKOU_AREA);
        self.list.param(param).map_or(Lookup::NoValue, |table| {
            table.lookup(self.as_of, area, urban)
        })
    }

    fn rounding(&self) -> Option<Rounding> {
        match self.lookup(self.list.rounding?) {
            Lookup::Known(ParamValue::Word(word)) => Rounding::from_word(word),
            _ => None,
        }
    }

    fn area(&self, fact: FactId) -> Option<AreaCode> {
        match self.facts.get(fact) {
            Some(Value::Area(code)) => Some(*code),
            _ => None,
        }
    }
}
