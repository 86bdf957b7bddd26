//! A small evaluator of standard SQL, written apart from the real one, that the printed SQL is
//! compared with: `case`, NULL and whole-number division as the standard has them.

use crate::facts::{FactId, Facts, Value, value_text};
use sqlparser::ast::{BinaryOperator, Expr, InTarget, UnaryOperator, Value as Literal};
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::parser::Parser;
use std::cmp::Ordering;

/// A value of SQL; `None` is NULL.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell {
    Bool(bool),
    Int(i64),
    Text(String),
}

/// The value of a printed expression for a person.
pub(super) fn evaluate(text: &str, facts: &Facts) -> Option<Cell> {
    let mut parser = Parser::new(&PostgreSqlDialect {})
        .with_recursion_limit(500)
        .try_with_sql(text)
        .unwrap();
    let sql = parser
        .parse_expr()
        .unwrap_or_else(|error| panic!("{text}: {error}"));
    value(&sql, facts)
}

fn value(sql: &Expr, facts: &Facts) -> Option<Cell> {
    match sql {
        Expr::Nested(inner) => value(inner, facts),
        Expr::Cast { expr, .. } => value(expr, facts),
        Expr::Identifier(name) => column(&name.value, facts),
        Expr::Value(literal) => match &literal.value {
            Literal::Number(digits, _) => Some(Cell::Int(digits.parse().unwrap())),
            Literal::SingleQuotedString(text) => Some(Cell::Text(text.clone())),
            Literal::Boolean(value) => Some(Cell::Bool(*value)),
            Literal::Null => None,
            other => panic!("{other}"),
        },
        Expr::UnaryOp {
            op: UnaryOperator::Not,
            expr,
        } => truth(expr, facts).map(|value| Cell::Bool(!value)),
        Expr::UnaryOp {
            op: UnaryOperator::Minus,
            expr,
        } => int(expr, facts).map(|v| Cell::Int(-v)),
        Expr::BinaryOp {
            left,
            op: BinaryOperator::And,
            right,
        } => match (truth(left, facts), truth(right, facts)) {
            (Some(false), _) | (_, Some(false)) => Some(Cell::Bool(false)),
            (Some(true), Some(true)) => Some(Cell::Bool(true)),
            _ => None,
        },
        Expr::BinaryOp {
            left,
            op: BinaryOperator::Or,
            right,
        } => match (truth(left, facts), truth(right, facts)) {
            (Some(true), _) | (_, Some(true)) => Some(Cell::Bool(true)),
            (Some(false), Some(false)) => Some(Cell::Bool(false)),
            _ => None,
        },
        Expr::BinaryOp { left, op, right } => {
            let (left, right) = (value(left, facts)?, value(right, facts)?);
            Some(operation(&left, op, &right))
        }
        Expr::Between {
            expr, low, high, ..
        } => {
            let (it, low, high) = (value(expr, facts)?, value(low, facts)?, value(high, facts)?);
            Some(Cell::Bool(
                order(&low, &it).is_le() && order(&it, &high).is_le(),
            ))
        }
        Expr::In {
            expr,
            target: InTarget::List(list),
            ..
        } => {
            let it = value(expr, facts)?;
            Some(Cell::Bool(
                list.iter()
                    .any(|item| value(item, facts).as_ref() == Some(&it)),
            ))
        }
        Expr::Case {
            conditions,
            else_result,
            ..
        } => {
            for branch in conditions {
                if truth(&branch.condition, facts) == Some(true) {
                    return value(&branch.result, facts);
                }
            }
            else_result.as_deref().and_then(|sql| value(sql, facts))
        }
        other => panic!("{other}"),
    }
}

fn truth(sql: &Expr, facts: &Facts) -> Option<bool> {
    match value(sql, facts)? {
        Cell::Bool(value) => Some(value),
        other => panic!("{sql} is {other:?}"),
    }
}

fn int(sql: &Expr, facts: &Facts) -> Option<i64> {
    match value(sql, facts)? {
        Cell::Int(value) => Some(value),
        other => panic!("{sql} is {other:?}"),
    }
}

fn operation(left: &Cell, op: &BinaryOperator, right: &Cell) -> Cell {
    if let (Cell::Int(l), Cell::Int(r)) = (left, right) {
        match op {
            BinaryOperator::Plus => return Cell::Int(l + r),
            BinaryOperator::Minus => return Cell::Int(l - r),
            BinaryOperator::Multiply => return Cell::Int(l * r),
            BinaryOperator::Divide => return Cell::Int(l / r),
            BinaryOperator::Modulo => return Cell::Int(l % r),
            _ => {}
        }
    }
    let order = order(left, right);
    Cell::Bool(match op {
        BinaryOperator::Eq => order.is_eq(),
        BinaryOperator::NotEq => order.is_ne(),
        BinaryOperator::Lt => order.is_lt(),
        BinaryOperator::LtEq => order.is_le(),
        BinaryOperator::Gt => order.is_gt(),
        BinaryOperator::GtEq => order.is_ge(),
        other => panic!("{other}"),
    })
}

fn order(left: &Cell, right: &Cell) -> Ordering {
    match (left, right) {
        (Cell::Bool(a), Cell::Bool(b)) => a.cmp(b),
        (Cell::Int(a), Cell::Int(b)) => a.cmp(b),
        (Cell::Text(a), Cell::Text(b)) => a.cmp(b),
        _ => panic!("{left:?} and {right:?}"),
    }
}

fn column(name: &str, facts: &Facts) -> Option<Cell> {
    let fact = FactId::all()
        .find(|fact| fact.name() == name)
        .unwrap_or_else(|| panic!("{name}"));
    facts.get(fact).map(|value| match value {
        Value::Bool(value) => Cell::Bool(*value),
        Value::Int(value) => Cell::Int(*value),
        Value::Day(day) => Cell::Int(i64::from(day.number())),
        other => Cell::Text(value_text(other)),
    })
}
