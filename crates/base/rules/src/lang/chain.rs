//! `a and b and c …` is read without recursion, so that a long list of words stays shallow.

use sqlparser::ast::{BinaryOperator, Expr as Sql};

/// The terms of a left-leaning chain of one operator, first to last.
pub(super) fn terms<'a>(sql: &'a Sql, op: &BinaryOperator) -> Vec<&'a Sql> {
    let mut terms = Vec::new();
    let mut rest = sql;
    while let Sql::BinaryOp {
        left,
        op: found,
        right,
    } = rest
    {
        if found != op {
            break;
        }
        terms.push(right.as_ref());
        rest = left;
    }
    terms.push(rest);
    terms.reverse();
    terms
}
