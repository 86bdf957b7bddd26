//! Comparisons lowered: spans of birth dates, sets of words, or two numbers row by row.

use super::birth::{Span, mirrored};
use super::lower::{Lowering, Refused, text};
use super::{Col, Node, NodeId, Num};
use rules::facts::{FactId, Kind, Value};
use rules::{Expr, Op, Truth};

const TYPES: Refused = "两边不是同一类型";

impl Lowering<'_> {
    /// A comparison; one with a `case` is the `case` of the comparisons.
    pub(super) fn compare(&mut self, op: Op, left: &Expr, right: &Expr) -> Result<NodeId, Refused> {
        match (left, right) {
            (Expr::Param(id), _) => {
                let value = self.value_of(*id);
                self.compare(op, &value, right)
            }
            (_, Expr::Param(id)) => {
                let value = self.value_of(*id);
                self.compare(op, left, &value)
            }
            (Expr::Case(branches, otherwise), _) => {
                self.case(branches, otherwise.as_deref(), &mut |to, then| {
                    to.compare(op, then, right)
                })
            }
            (_, Expr::Case(branches, otherwise)) => {
                self.case(branches, otherwise.as_deref(), &mut |to, then| {
                    to.compare(op, left, then)
                })
            }
            _ => match (Sort::of(left), Sort::of(right)) {
                (Sort::Truth, Sort::Truth) => self.same(op, left, right),
                (Sort::Word, Sort::Word) => self.words(op, left, right),
                (Sort::Number, Sort::Number) => {
                    let (left, right) = (self.number(left)?, self.number(right)?);
                    Ok(self.numbers(op, left, right))
                }
                _ => Err(TYPES),
            },
        }
    }

    pub(super) fn one_of(&mut self, part: &Expr, values: &[Value]) -> Result<NodeId, Refused> {
        if values.is_empty() {
            // Known of nobody, but not asked of somebody whose value is not known.
            let same = self.compare(Op::Equal, part, part)?;
            return Ok(self.nodes.not(same));
        }
        let mut found = Vec::new();
        for value in values {
            found.push(self.compare(Op::Equal, part, &Expr::Const(value.clone()))?);
        }
        Ok(self.nodes.any(found))
    }

    fn same(&mut self, op: Op, left: &Expr, right: &Expr) -> Result<NodeId, Refused> {
        let (left, right) = (self.truth(left)?, self.truth(right)?);
        let same = self.nodes.add(Node::Same(left.min(right), left.max(right)));
        self.equal(op, same)
    }

    fn words(&mut self, op: Op, left: &Expr, right: &Expr) -> Result<NodeId, Refused> {
        let same = match (left, right) {
            (Expr::Const(left), Expr::Const(right)) => {
                self.nodes.truth(Truth::of(Some(text(left) == text(right))))
            }
            (Expr::Fact(fact), Expr::Const(value)) | (Expr::Const(value), Expr::Fact(fact)) => {
                let Kind::Word(words) = fact.def().kind else {
                    return Err(TYPES);
                };
                let place = words.iter().position(|word| Some(*word) == text(value));
                if words.len() > 64 {
                    return Err("选项太多");
                }
                let set = place.map_or(0, |place| 1 << place);
                self.nodes.add(Node::In(Col::of(*fact), set))
            }
            (Expr::Fact(left), Expr::Fact(right)) if left.def().kind == right.def().kind => {
                let (left, right) = (Num::Col(Col::of(*left)), Num::Col(Col::of(*right)));
                self.nodes.add(Node::Compare(Op::Equal, left, right))
            }
            _ => return Err("选项只能与字面值比较"),
        };
        self.equal(op, same)
    }

    fn equal(&mut self, op: Op, same: NodeId) -> Result<NodeId, Refused> {
        match op {
            Op::Equal => Ok(same),
            Op::NotEqual => Ok(self.nodes.not(same)),
            _ => Err("只能用 =、<> 或 in"),
        }
    }

    fn numbers(&mut self, op: Op, left: Num, right: Num) -> NodeId {
        let dates = self.dates;
        let birth = Col::of(FactId::BIRTH_DATE);
        match (left, right) {
            (Num::Null, _) | (_, Num::Null) => self.nodes.truth(Truth::Unknown),
            (Num::Const(left), Num::Const(right)) => self
                .nodes
                .truth(Truth::of(Some(op.holds(left.cmp(&right))))),
            (left @ Num::Const(_), right @ (Num::Age | Num::Months | Num::Col(_))) => {
                self.numbers(mirrored(op), right, left)
            }
            (Num::Age, Num::Const(n)) => {
                self.span(birth, &Span::born(op, n, |n| dates.born_by_age(n)))
            }
            (Num::Months, Num::Const(n)) => {
                self.span(birth, &Span::born(op, n, |n| dates.born_by_months(n)))
            }
            (Num::Col(col), Num::Const(n)) => self.span(col, &Span::compared(op, n)),
            (left, right) => self.nodes.add(Node::Compare(op, left, right)),
        }
    }

    /// A span of a column; of a small number it is a set.
    fn span(&mut self, col: Col, span: &Span) -> NodeId {
        let small = match col.fact().map(|fact| fact.def().kind) {
            Some(Kind::Int { min, max }) => min >= 0 && max < 64,
            _ => false,
        };
        let inside = if small {
            let inside = (0..64).filter(|n| (span.from..=span.until).contains(n));
            Node::In(col, inside.fold(0, |set, n| set | 1 << n))
        } else {
            Node::Range(col, span.from, span.until)
        };
        let inside = self.nodes.add(inside);
        if span.outside {
            self.nodes.not(inside)
        } else {
            inside
        }
    }
}

/// What an expression is compared as.
#[derive(PartialEq, Eq)]
enum Sort {
    Truth,
    Word,
    Number,
}

impl Sort {
    fn of(expr: &Expr) -> Self {
        match expr {
            Expr::Const(Value::Bool(_))
            | Expr::Inside(..)
            | Expr::Entitled(_)
            | Expr::Not(_)
            | Expr::All(_)
            | Expr::Any(_)
            | Expr::Compare(..)
            | Expr::OneOf(..) => Self::Truth,
            Expr::Const(Value::Word(_) | Value::Text(_)) => Self::Word,
            Expr::Fact(fact) => match fact.def().kind {
                Kind::Bool => Self::Truth,
                Kind::Word(_) => Self::Word,
                _ => Self::Number,
            },
            _ => Self::Number,
        }
    }
}
