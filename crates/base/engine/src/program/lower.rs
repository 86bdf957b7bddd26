//! Lowers a compiled list for one day: parameters and the day put in, ages made spans of birth dates.

use super::birth::Dates;
use super::simplify::Nodes;
use super::{Col, Item, Node, NodeId, Program};
use crate::Error;
use kernel::Day;
use rules::facts::{FactId, Kind, Value};
use rules::folder::ParamValue;
use rules::{Expr, List, ParamId, Truth};

/// What keeps an expression from being evaluated by columns.
pub(super) type Refused = &'static str;

pub(super) struct Lowering<'a> {
    pub(super) list: &'a List,
    pub(super) dates: Dates,
    pub(super) nodes: Nodes,
    /// The items lowered so far, for `entitled(n)`.
    items: Vec<NodeId>,
}

/// Lowers a list; an expression that is not known refuses the whole list (fails closed).
pub(crate) fn lower(list: &List, as_of: Day) -> Result<Program, Error> {
    let dates = Dates {
        as_of,
        age_day: list.age_day(as_of),
    };
    let mut to = Lowering {
        list,
        dates,
        nodes: Nodes::default(),
        items: Vec::new(),
    };
    let mut items = Vec::new();
    for item in list.items() {
        let mut parts = Vec::new();
        for condition in item.conditions.iter().filter_map(|id| list.condition(*id)) {
            let refused = |what| Error::Rule {
                text: condition.text.clone(),
                what,
            };
            parts.push(to.truth(&condition.expr).map_err(refused)?);
        }
        let answer = to.nodes.all(parts.iter().copied());
        let mut tiers = Vec::new();
        for condition in (item.tiers.iter()).filter_map(|tier| list.condition(tier.condition)) {
            let refused = |what| Error::Rule {
                text: condition.text.clone(),
                what,
            };
            tiers.push(to.truth(&condition.expr).map_err(refused)?);
        }
        to.items.push(answer);
        let amount = item.amount.as_ref().map(|amount| {
            let refused = |what| Error::Rule {
                text: amount.text.clone(),
                what,
            };
            to.number(&amount.expr).map_err(refused)
        });
        items.push(Item {
            no: item.service.no,
            answer,
            conditions: parts,
            tiers,
            amount: amount.transpose()?,
            basis: item.service.area_basis,
            bounded: false,
        });
    }
    let within = to.within(&mut items);
    Ok(Program {
        dates,
        nodes: to.nodes.nodes,
        items,
        within,
    })
}

impl Lowering<'_> {
    pub(super) fn truth(&mut self, expr: &Expr) -> Result<NodeId, Refused> {
        Ok(match expr {
            Expr::Const(Value::Bool(value)) => self.nodes.truth(Truth::of(Some(*value))),
            Expr::Fact(fact) if fact.def().kind == Kind::Bool => {
                self.nodes.add(Node::Fact(Col::of(*fact)))
            }
            Expr::Inside(fact, area) if fact.def().kind == Kind::Area => {
                self.nodes.add(Node::Inside(Col::of(*fact), *area))
            }
            Expr::Entitled(no) => {
                let place = usize::from(*no).checked_sub(1);
                let item = place.and_then(|place| self.items.get(place)).copied();
                item.ok_or("entitled 只能问前面的项目")?
            }
            Expr::Not(part) => {
                let part = self.truth(part)?;
                self.nodes.not(part)
            }
            Expr::All(parts) => {
                let parts = self.truths(parts)?;
                self.nodes.all(parts)
            }
            Expr::Any(parts) => {
                let parts = self.truths(parts)?;
                self.nodes.any(parts)
            }
            Expr::Compare(op, left, right) => self.compare(*op, left, right)?,
            Expr::OneOf(part, values) => self.one_of(part, values)?,
            Expr::Param(id) => {
                let value = self.value_of(*id);
                self.truth(&value)?
            }
            Expr::Case(branches, otherwise) => {
                self.case(branches, otherwise.as_deref(), &mut |to, then| {
                    to.truth(then)
                })?
            }
            _ => return Err("这里应为是或否"),
        })
    }

    fn truths(&mut self, parts: &[Expr]) -> Result<Vec<NodeId>, Refused> {
        parts.iter().map(|part| self.truth(part)).collect()
    }

    pub(super) fn case(
        &mut self,
        branches: &[(Expr, Expr)],
        otherwise: Option<&Expr>,
        each: &mut dyn FnMut(&mut Self, &Expr) -> Result<NodeId, Refused>,
    ) -> Result<NodeId, Refused> {
        let mut kept = Vec::new();
        for (when, then) in branches {
            kept.push((self.truth(when)?, each(self, then)?));
        }
        let otherwise = otherwise
            .map(|otherwise| each(self, otherwise))
            .transpose()?;
        Ok(self.nodes.case(kept, otherwise))
    }

    /// A parameter on the asked day: a literal, or a `case` by 户籍地 and 城乡, the most particular
    /// value first.
    pub(super) fn value_of(&self, id: ParamId) -> Expr {
        let mut branches = Vec::new();
        let table = self.list.param(id);
        for value in table
            .map(|table| table.in_force(self.dates.as_of))
            .unwrap_or_default()
        {
            let printed = Expr::Const(match &value.value {
                ParamValue::Int(number) => Value::Int(*number),
                ParamValue::Flag(flag) => Value::Bool(*flag),
                ParamValue::Word(word) => Value::Text(word.clone()),
            });
            let area = value
                .area
                .map(|area| Expr::Inside(FactId::HUKOU_AREA, area));
            let urban = value.urban.map(|urban| {
                let fact = Expr::Fact(FactId::URBAN);
                if urban {
                    fact
                } else {
                    Expr::Not(Box::new(fact))
                }
            });
            let tests: Vec<Expr> = area.into_iter().chain(urban).collect();
            if tests.is_empty() {
                return if branches.is_empty() {
                    printed
                } else {
                    Expr::Case(branches, Some(Box::new(printed)))
                };
            }
            branches.push((Expr::All(tests), printed));
        }
        Expr::Case(branches, None)
    }
}

pub(super) fn text(value: &Value) -> Option<&str> {
    match value {
        Value::Word(word) => Some(word),
        Value::Text(text) => Some(text),
        _ => None,
    }
}
