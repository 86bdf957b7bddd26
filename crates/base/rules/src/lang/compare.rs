//! Comparisons: both sides of one type, literals within what the fact can be.

use super::refuse::Refusal;
use super::types::{Type, Typed};
use super::{Expr, Op};
use crate::facts::{FactId, Kind, Value};
use crate::nearest::nearest;
use kernel::AreaCode;

/// The comparison of two typed expressions.
pub(super) fn compare(op: Op, left: Typed, right: Typed) -> Result<Expr, Refusal> {
    let (left, right) = match (left.kind, right.kind) {
        (Type::Word(fact), Type::Text) => {
            let right = word(fact, right.expr)?;
            (
                left,
                Typed {
                    expr: right,
                    kind: Type::Word(fact),
                },
            )
        }
        (Type::Text, Type::Word(fact)) => {
            let left = word(fact, left.expr)?;
            (
                Typed {
                    expr: left,
                    kind: Type::Word(fact),
                },
                right,
            )
        }
        (Type::Area, Type::Text) => return inside(op, &left.expr, &right.expr),
        (Type::Text, Type::Area) => return inside(op, &right.expr, &left.expr),
        (Type::Day, Type::Text) | (Type::Text, Type::Day) => {
            return Err(Refusal::new(
                "日期不能与文字比较",
                "日期写 date '2025-06-30'",
            ));
        }
        _ => (left, right),
    };
    if !left.kind.same(right.kind) {
        let what = format!("{}不能与{}比较", left.kind.zh(), right.kind.zh());
        return Err(Refusal::new(what, "两边用同一类型的事实或字面值"));
    }
    let ordered = matches!(left.kind, Type::Int | Type::Day);
    if !ordered && !matches!(op, Op::Equal | Op::NotEqual) {
        let what = format!("{}不能用 {} 比较", left.kind.zh(), op.sql());
        return Err(Refusal::new(what, "只能用 =、<> 或 in"));
    }
    for (fact, value) in [(&left.expr, &right.expr), (&right.expr, &left.expr)] {
        if let (Expr::Fact(fact), Expr::Const(Value::Int(number))) = (fact, value) {
            reachable(*fact, *number)?;
        }
    }
    Ok(Expr::Compare(op, Box::new(left.expr), Box::new(right.expr)))
}

/// `expr in (literals)`.
pub(super) fn one_of(left: Typed, list: Vec<Typed>) -> Result<Expr, Refusal> {
    if let Type::Area = left.kind {
        let inside = |item: Typed| inside(Op::Equal, &left.expr, &item.expr);
        return Ok(Expr::Any(
            list.into_iter().map(inside).collect::<Result<_, _>>()?,
        ));
    }
    let mut values = Vec::new();
    for item in list {
        match compare(Op::Equal, left.clone(), item)? {
            Expr::Compare(_, _, right) => match *right {
                Expr::Const(value) => values.push(value),
                _ => return Err(Refusal::new("in 里只能列字面值", "参数用 = 和 or 连起来")),
            },
            _ => return Err(Refusal::new("in 里只能列字面值", "参数用 = 和 or 连起来")),
        }
    }
    Ok(Expr::OneOf(Box::new(left.expr), values))
}

/// A text literal as a word of this fact.
fn word(fact: FactId, expr: Expr) -> Result<Expr, Refusal> {
    let (Kind::Word(words), Expr::Const(Value::Text(text))) = (fact.def().kind, expr) else {
        let what = format!("{} 只能与字面值比较", fact.name());
        return Err(Refusal::new(what, format!("应为 {}", fact.def().allowed())));
    };
    if let Some(word) = words.iter().find(|word| **word == text) {
        return Ok(Expr::Const(Value::Word(word)));
    }
    let near = nearest(&text, words.iter().copied())
        .map_or_else(String::new, |near| format!("（是不是 {near}？）"));
    let what = format!("{} 没有「{text}」这个值{near}", fact.name());
    Err(Refusal::new(what, format!("应为 {}", fact.def().allowed())))
}

/// An area fact against a code: the code means everything inside it.
fn inside(op: Op, area: &Expr, literal: &Expr) -> Result<Expr, Refusal> {
    let (Expr::Fact(fact), Expr::Const(Value::Text(text))) = (area, literal) else {
        return Err(Refusal::new(
            "区划只能与代码比较",
            "写 2 至 12 位代码，如 '421303'",
        ));
    };
    let code: AreaCode = text
        .parse()
        .map_err(|error: kernel::area_code::NotAnArea| {
            Refusal::new(error.to_string(), "写 2 至 12 位代码，如 '421303'")
        })?;
    let inside = Expr::Inside(*fact, code);
    match op {
        Op::Equal => Ok(inside),
        Op::NotEqual => Ok(Expr::Not(Box::new(inside))),
        _ => Err(Refusal::new(
            format!("区划不能用 {} 比较", op.sql()),
            "只能用 =、<> 或 in",
        )),
    }
}

/// A literal the fact can never have is a slip of the pen.
fn reachable(fact: FactId, number: i64) -> Result<(), Refusal> {
    match fact.def().kind {
        Kind::Int { min, max } if !(min..=max).contains(&number) => {
            let what = format!("{} 不会是 {number}", fact.name());
            Err(Refusal::new(what, format!("应为 {}", fact.def().allowed())))
        }
        _ => Ok(()),
    }
}
