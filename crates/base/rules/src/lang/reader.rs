//! Reads an expression: parsed as SQL, then whitelisted and typed; anything else is refused.

use super::names::literal;
use super::refuse::{self, Refusal, short};
use super::types::{Scope, Type, Typed, Wanted};
use super::{Arith, Expr, Op, chain, compare};
use crate::Problem;
use crate::facts::Value;
use kernel::Day;
use sqlparser::ast::{BinaryOperator, DataType, Expr as Sql, InTarget, UnaryOperator};
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::parser::Parser;
use sqlparser::tokenizer::Token;

/// The longest expression, in bytes, and the deepest nesting.
const LONGEST: usize = 4000;
const DEEPEST: usize = 40;

/// Reads one expression of a file; the problem names its line and the remedy.
pub(crate) fn read(
    text: &str,
    wanted: Wanted,
    scope: &Scope<'_>,
    file: &str,
    line: usize,
) -> Result<Expr, Problem> {
    let reader = Reader { scope, wanted };
    let read = || {
        let typed = reader.typed(&parse(text)?, 0)?;
        match (wanted, typed.kind) {
            (Wanted::Condition, Type::Bool) | (Wanted::Amount, Type::Int) => Ok(typed.expr),
            (Wanted::Condition, kind) => Err(Refusal::new(
                format!("条件得出的是{}，不是是否", kind.zh()),
                "写成比较，如 age >= 80",
            )),
            (Wanted::Amount, kind) => Err(Refusal::new(
                format!("金额得出的是{}，不是整数", kind.zh()),
                "写成以分为单位的整数，如 param('高龄津贴')",
            )),
        }
    };
    read().map_err(|refusal| Problem::at(file, line, refusal.what, refusal.remedy))
}

fn parse(text: &str) -> Result<Sql, Refusal> {
    if text.len() > LONGEST {
        return Err(Refusal::new("表达式太长", "拆成几个条件"));
    }
    let dialect = PostgreSqlDialect {};
    let wrong = |error: sqlparser::parser::ParserError| {
        Refusal::new(
            format!("看不懂「{}」：{error}", short(text)),
            "按 SQL 表达式的写法改正",
        )
    };
    let mut parser = Parser::new(&dialect)
        .with_recursion_limit(DEEPEST)
        .try_with_sql(text)
        .map_err(wrong)?;
    let sql = parser.parse_expr().map_err(wrong)?;
    match parser.peek_token().token {
        Token::EOF => Ok(sql),
        token => Err(Refusal::new(
            format!("「{token}」之后的内容看不懂"),
            "一处只写一个表达式",
        )),
    }
}

pub(super) struct Reader<'a> {
    pub(super) scope: &'a Scope<'a>,
    pub(super) wanted: Wanted,
}

impl Reader<'_> {
    fn typed(&self, sql: &Sql, depth: usize) -> Result<Typed, Refusal> {
        if depth > DEEPEST {
            return Err(Refusal::new("嵌套太深", "拆成几个条件"));
        }
        let deeper = depth + 1;
        match sql {
            Sql::Nested(inner) => self.typed(inner, deeper),
            Sql::Identifier(name) if name.quote_style.is_none() => self.name(&name.value),
            Sql::Value(value) => literal(&value.value).ok_or_else(|| refuse::form(sql)),
            Sql::TypedString(typed) if typed.data_type == DataType::Date => {
                let text = typed.value.clone().into_string().unwrap_or_default();
                let day: Day = text.parse().map_err(|error: kernel::day::NotADay| {
                    Refusal::new(error.to_string(), "日期写 date '2025-06-30'")
                })?;
                Ok(Typed {
                    expr: Expr::Const(Value::Day(day)),
                    kind: Type::Day,
                })
            }
            Sql::UnaryOp {
                op: UnaryOperator::Not,
                expr,
            } => Ok(truth(Expr::Not(Box::new(self.bool(expr, deeper)?)))),
            Sql::UnaryOp {
                op: UnaryOperator::Minus,
                expr,
            } => {
                let zero = Expr::Const(Value::Int(0));
                let expr = match self.int(expr, deeper)? {
                    Expr::Const(Value::Int(number)) => Expr::Const(Value::Int(-number)),
                    expr => Expr::Arith(Arith::Subtract, Box::new(zero), Box::new(expr)),
                };
                Ok(number(expr))
            }
            Sql::BinaryOp {
                op: op @ BinaryOperator::And,
                ..
            } => {
                let terms = chain::terms(sql, op);
                let parts = terms.into_iter().map(|term| self.bool(term, deeper));
                Ok(truth(Expr::All(parts.collect::<Result<_, _>>()?)))
            }
            Sql::BinaryOp {
                op: op @ BinaryOperator::Or,
                ..
            } => {
                let terms = chain::terms(sql, op);
                let parts = terms.into_iter().map(|term| self.bool(term, deeper));
                Ok(truth(Expr::Any(parts.collect::<Result<_, _>>()?)))
            }
            Sql::BinaryOp { left, op, right } => {
                if let Some(op) = comparison(op) {
                    let (left, right) = (self.typed(left, deeper)?, self.typed(right, deeper)?);
                    return Ok(truth(compare::compare(op, left, right)?));
                }
                let op = arithmetic(op).ok_or_else(|| refuse::form(sql))?;
                let (left, right) = (self.int(left, deeper)?, self.int(right, deeper)?);
                Ok(number(Expr::Arith(op, Box::new(left), Box::new(right))))
            }
            Sql::In {
                expr,
                target: InTarget::List(list),
                negated,
                global: false,
            } => {
                let left = self.typed(expr, deeper)?;
                let items = list.iter().map(|item| self.typed(item, deeper));
                let found = compare::one_of(left, items.collect::<Result<_, _>>()?)?;
                Ok(truth(negate(*negated, found)))
            }
            Sql::Between {
                expr,
                negated,
                low,
                high,
            } => {
                let value = self.typed(expr, deeper)?;
                let (low, high) = (self.typed(low, deeper)?, self.typed(high, deeper)?);
                let low = compare::compare(Op::GreaterOrEqual, value.clone(), low)?;
                let high = compare::compare(Op::LessOrEqual, value, high)?;
                Ok(truth(negate(*negated, Expr::All(vec![low, high]))))
            }
            Sql::Case {
                operand: None,
                conditions,
                else_result,
                ..
            } => {
                let mut branches = Vec::new();
                for branch in conditions {
                    let when = self.bool(&branch.condition, deeper)?;
                    branches.push((when, self.typed(&branch.result, deeper)?));
                }
                let otherwise = else_result.as_deref().map(|sql| self.typed(sql, deeper));
                self.case(branches, otherwise.transpose()?)
            }
            Sql::Case { .. } => Err(Refusal::new(
                "不能用 case 值 when …",
                "写 case when 条件 then …",
            )),
            Sql::Function(function) => self.call(function, sql, deeper),
            _ => Err(refuse::form(sql)),
        }
    }

    fn bool(&self, sql: &Sql, depth: usize) -> Result<Expr, Refusal> {
        self.of_type(sql, Type::Bool, depth)
    }

    pub(super) fn int(&self, sql: &Sql, depth: usize) -> Result<Expr, Refusal> {
        self.of_type(sql, Type::Int, depth)
    }

    fn of_type(&self, sql: &Sql, kind: Type, depth: usize) -> Result<Expr, Refusal> {
        let typed = self.typed(sql, depth)?;
        if typed.kind == kind {
            return Ok(typed.expr);
        }
        let written = short(&sql.to_string());
        let what = format!("{written} 是{}，这里要{}", typed.kind.zh(), kind.zh());
        Err(Refusal::new(what, "写成比较，或换成合适类型的事实"))
    }

    fn case(
        &self,
        branches: Vec<(Expr, Typed)>,
        otherwise: Option<Typed>,
    ) -> Result<Typed, Refusal> {
        if otherwise.is_none() && self.wanted == Wanted::Condition {
            return Err(Refusal::new(
                "条件里的 case 没有 else",
                "补上 else，写明其余情况",
            ));
        }
        let Some(kind) = branches.first().map(|(_, then)| then.kind) else {
            return Err(Refusal::new("case 没有 when", "写 case when 条件 then …"));
        };
        let mut kinds = branches
            .iter()
            .map(|(_, then)| then)
            .chain(&otherwise)
            .map(|then| then.kind);
        if kinds.any(|other| other != kind) || !matches!(kind, Type::Bool | Type::Int | Type::Day) {
            return Err(Refusal::new(
                "case 各支的类型不同",
                "每一支都写整数、是否或日期中的同一种",
            ));
        }
        let branches = branches
            .into_iter()
            .map(|(when, then)| (when, then.expr))
            .collect();
        let otherwise = otherwise.map(|otherwise| Box::new(otherwise.expr));
        Ok(Typed {
            expr: Expr::Case(branches, otherwise),
            kind,
        })
    }
}

pub(super) fn truth(expr: Expr) -> Typed {
    Typed {
        expr,
        kind: Type::Bool,
    }
}

pub(super) fn number(expr: Expr) -> Typed {
    Typed {
        expr,
        kind: Type::Int,
    }
}

fn negate(negated: bool, expr: Expr) -> Expr {
    if negated {
        Expr::Not(Box::new(expr))
    } else {
        expr
    }
}

const fn comparison(op: &BinaryOperator) -> Option<Op> {
    Some(match op {
        BinaryOperator::Eq => Op::Equal,
        BinaryOperator::NotEq => Op::NotEqual,
        BinaryOperator::Lt => Op::Less,
        BinaryOperator::LtEq => Op::LessOrEqual,
        BinaryOperator::Gt => Op::Greater,
        BinaryOperator::GtEq => Op::GreaterOrEqual,
        _ => return None,
    })
}

const fn arithmetic(op: &BinaryOperator) -> Option<Arith> {
    Some(match op {
        BinaryOperator::Plus => Arith::Add,
        BinaryOperator::Minus => Arith::Subtract,
        BinaryOperator::Multiply => Arith::Multiply,
        _ => return None,
    })
}
