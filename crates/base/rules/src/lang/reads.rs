//! What an expression asks: the recorded facts, parameters and earlier items it reads.

use super::{Expr, ParamId};
use crate::facts::FactId;
use std::collections::BTreeSet;

/// The names an expression reads, each list in its fixed order and without repeats.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reads {
    /// Recorded facts (`age` reads `birth_date`), without those that only a parameter asks.
    pub facts: Vec<FactId>,
    /// Parameters.
    pub params: Vec<ParamId>,
    /// Items asked by `entitled(n)`.
    pub items: Vec<u16>,
}

impl Reads {
    /// The names this expression reads; `rounding` is the parameter that `pct` asks.
    pub(crate) fn of(expr: &Expr, rounding: Option<ParamId>) -> Self {
        let mut found = Found::default();
        found.add(expr, rounding);
        Self {
            facts: found.facts.into_iter().collect(),
            params: found.params.into_iter().collect(),
            items: found.items.into_iter().collect(),
        }
    }
}

#[derive(Default)]
struct Found {
    facts: BTreeSet<FactId>,
    params: BTreeSet<ParamId>,
    items: BTreeSet<u16>,
}

impl Found {
    fn add(&mut self, expr: &Expr, rounding: Option<ParamId>) {
        match expr {
            Expr::Fact(fact) | Expr::Inside(fact, _) => {
                self.facts.insert(*fact);
            }
            Expr::Age | Expr::Months => {
                self.facts.insert(FactId::BIRTH_DATE);
            }
            Expr::Param(param) => {
                self.params.insert(*param);
            }
            Expr::Entitled(no) => {
                self.items.insert(*no);
            }
            Expr::Pct(..) => self.params.extend(rounding),
            _ => {}
        }
        for part in expr.parts() {
            self.add(part, rounding);
        }
    }
}
