//! Lowers a compiled list for one day: parameters and the day put in, ages made spans of birth dates.

use super::birth::{Dates, Span, mirrored};
use super::simplify::Nodes;
use super::{Col, Item, Node, NodeId, Num, Program};
use crate::Error;
use kernel::Day;
use rules::facts::{FactId, Kind, Value};
use rules::folder::ParamValue;
use rules::{Expr, List, Op, ParamId, Rounding, Truth};

/// What keeps an expression from being evaluated by columns.
type Refused = &'static str;

const TYPES: Refused = "两边不是同一类型";

pub(super) struct Lowering<'a> {
    list: &'a List,
    pub(super) dates: Dates,
    pub(super) nodes: Nodes,
    /// The items lowered so far, for `entitled(n)`.
    items: Vec<NodeId>,
}

/// Lowers a list; an expression that is not known refuses the whole list (fails closed).
pub(crate) fn lower(list: &List, as_of: Day) -> Result<Program, Error> {
    let dates = Dates { as_of, age_day: list.age_day(as_of) };
    let mut to = Lowering { list, dates, nodes: Nodes::default(), items: Vec::new() };
    let mut items = Vec::new();
    for item in list.items() {
        let mut parts = Vec::new();
        for condition in item.conditions.iter().filter_map(|id| list.condition(*id)) {
            let refused = |what| Error::Rule { text: condition.text.clone(), what };
            parts.push(to.truth(&condition.expr).map_err(refused)?);
        }
        let answer = to.nodes.all(parts);
        to.items.push(answer);
        let amount = item.amount.as_ref().map(|amount| {
            let refused = |what| Error::Rule { text: amount.text.clone(), what };
            to.number(&amount.expr).map_err(refused)
        });
        items.push(Item {
            no: item.service.no,
            answer,
            amount: amount.transpose()?,
            basis: item.service.area_basis,
            bounded: false,
        });
    }
    let within = to.within(&mut items);
    Ok(Program { dates, nodes: to.nodes.nodes, items, within })
}

impl Lowering<'_> {
    fn truth(&mut self, expr: &Expr) -> Result<NodeId, Refused> {
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
                self.case(branches, otherwise.as_deref(), &mut |to, then| to.truth(then))?
            }
            _ => return Err("这里应为是或否"),
        })
    }

    fn truths(&mut self, parts: &[Expr]) -> Result<Vec<NodeId>, Refused> {
        parts.iter().map(|part| self.truth(part)).collect()
    }

    fn case(
        &mut self,
        branches: &[(Expr, Expr)],
        otherwise: Option<&Expr>,
        each: &mut dyn FnMut(&mut Self, &Expr) -> Result<NodeId, Refused>,
    ) -> Result<NodeId, Refused> {
        let mut kept = Vec::new();
        for (when, then) in branches {
            kept.push((self.truth(when)?, each(self, then)?));
        }
        let otherwise = otherwise.map(|otherwise| each(self, otherwise)).transpose()?;
        Ok(self.nodes.case(kept, otherwise))
    }

    /// A comparison; one with a `case` is the `case` of the comparisons.
    fn compare(&mut self, op: Op, left: &Expr, right: &Expr) -> Result<NodeId, Refused> {
        match (left, right) {
            (Expr::Param(id), _) => {
                let value = self.value_of(*id);
                self.compare(op, &value, right)
            }
            (_, Expr::Param(id)) => {
                let value = self.value_of(*id);
                self.compare(op, left, &value)
            }
            (Expr::Case(branches, otherwise), _) => self
                .case(branches, otherwise.as_deref(), &mut |to, then| to.compare(op, then, right)),
            (_, Expr::Case(branches, otherwise)) => self
                .case(branches, otherwise.as_deref(), &mut |to, then| to.compare(op, left, then)),
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

    fn one_of(&mut self, part: &Expr, values: &[Value]) -> Result<NodeId, Refused> {
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
                let Kind::Word(words) = fact.def().kind else { return Err(TYPES) };
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
            (Num::Const(left), Num::Const(right)) => {
                self.nodes.truth(Truth::of(Some(op.holds(left.cmp(&right)))))
            }
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
        if span.outside { self.nodes.not(inside) } else { inside }
    }

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
                let Some(rounding) = self.list.rounding_param() else { return Ok(Num::Null) };
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
                    (Num::Const(amount), Num::Const(percent)) => {
                        way.percent_of(*amount, *percent).map_or(Num::Null, Num::Const)
                    }
                    _ => Num::Pct(Box::new(amount.clone()), Box::new(percent.clone()), way),
                },
                None => Num::Null,
            },
            _ => Num::Null,
        })
    }

    /// A parameter on the asked day: a literal, or a `case` by 户籍地 and 城乡, the most particular
    /// value first.
    fn value_of(&self, id: ParamId) -> Expr {
        let mut branches = Vec::new();
        let table = self.list.param(id);
        for value in table.map(|table| table.in_force(self.dates.as_of)).unwrap_or_default() {
            let printed = Expr::Const(match &value.value {
                ParamValue::Int(number) => Value::Int(*number),
                ParamValue::Flag(flag) => Value::Bool(*flag),
                ParamValue::Word(word) => Value::Text(word.clone()),
            });
            let area = value.area.map(|area| Expr::Inside(FactId::HUKOU_AREA, area));
            let urban = value.urban.map(|urban| {
                let fact = Expr::Fact(FactId::URBAN);
                if urban { fact } else { Expr::Not(Box::new(fact)) }
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

fn case_of(branches: Vec<(NodeId, Num)>, otherwise: Option<Num>) -> Num {
    if branches.is_empty() {
        return otherwise.unwrap_or(Num::Null);
    }
    Num::Case(branches, otherwise.map(Box::new))
}

fn text(value: &Value) -> Option<&str> {
    match value {
        Value::Word(word) => Some(word),
        Value::Text(text) => Some(text),
        _ => None,
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
