//! Numbers lowered: parameters put in, rounding named.

use super::lower::{Lowering, Refused, text};
use super::{Col, NodeId, Num};
use rules::facts::{Kind, Value};
use rules::{Expr, Rounding};

impl Lowering<'_> {
    pub(super) fn number(&mut self, expr: &Expr) -> Result<Num, Refused> {
        Ok(match expr {
            Expr::Const(Value::Int(value)) => Num::Const(*value),
            Expr::Const(Value::Day(day)) => Num::Const(day.number().into()),
            Expr::AsOf => Num::Const(self.dates.as_of.number().into()),
            Expr::Fact(fact) => match fact.def().kind {
                Kind::Int { .. } | Kind::Day => Num::Col(Col::of(*fact)),
                _ => return Err("这里应为整数"),
            },
            Expr::Age => Num::Age,
            Expr::Months => Num::Months,
            Expr::Param(id) => {
                let value = self.value_of(*id);
                self.number(&value)?
            }
            Expr::Arith(op, left, right) => match (self.number(left)?, self.number(right)?) {
                (Num::Const(left), Num::Const(right)) => {
                    op.apply(left, right).map_or(Num::Null, Num::Const)
                }
                (left, right) => Num::Arith(*op, Box::new(left), Box::new(right)),
            },
            Expr::Pct(amount, percent) => {
                let (amount, percent) = (self.number(amount)?, self.number(percent)?);
                let Some(rounding) = self.list.rounding_param() else {
                    return Ok(Num::Null);
                };
                let way = self.value_of(rounding);
                self.rounded(&way, &amount, &percent)?
            }
            Expr::Case(branches, otherwise) => {
                let otherwise = otherwise.as_deref().map(|otherwise| self.number(otherwise));
                let mut kept = Vec::new();
                for (when, then) in branches {
                    kept.push((self.truth(when)?, self.number(then)?));
                }
                case_of(kept, otherwise.transpose()?)
            }
            _ => return Err("这里应为整数"),
        })
    }

    /// The percentage, rounded as the parameter of this value says.
    fn rounded(&mut self, way: &Expr, amount: &Num, percent: &Num) -> Result<Num, Refused> {
        Ok(match way {
            Expr::Case(branches, otherwise) => {
                let mut kept = Vec::new();
                for (when, then) in branches {
                    kept.push((self.truth(when)?, self.rounded(then, amount, percent)?));
                }
                let otherwise = otherwise.as_deref();
                let otherwise = otherwise.map(|way| self.rounded(way, amount, percent));
                case_of(kept, otherwise.transpose()?)
            }
            Expr::Const(word) => match text(word).and_then(Rounding::from_word) {
                Some(way) => match (amount, percent) {
                    (Num::Const(amount), Num::Const(percent)) => way
                        .percent_of(*amount, *percent)
                        .map_or(Num::Null, Num::Const),
                    _ => Num::Pct(Box::new(amount.clone()), Box::new(percent.clone()), way),
                },
                None => Num::Null,
            },
            _ => Num::Null,
        })
    }
}

fn case_of(branches: Vec<(NodeId, Num)>, otherwise: Option<Num>) -> Num {
    if branches.is_empty() {
        return otherwise.unwrap_or(Num::Null);
    }
    Num::Case(branches, otherwise.map(Box::new))
}
