//! A typed expression: what is left of SQL after the whitelist and the type check.

use crate::facts::{FactId, Value};
use kernel::AreaCode;

/// A parameter of the list: its place in [`crate::List::params`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ParamId(pub u16);

impl ParamId {
    /// Its place.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// A comparison; words, texts and yes-or-no know only `Equal` and `NotEqual`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Op {
    /// `=`
    Equal,
    /// `<>`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

impl Op {
    /// As SQL writes it.
    pub const fn sql(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "<>",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }

    /// Whether it holds between two values in this order.
    pub const fn holds(self, order: std::cmp::Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::NotEqual => order.is_ne(),
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::GreaterOrEqual => order.is_ge(),
        }
    }
}

/// Whole-number arithmetic; what overflows is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Arith {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
}

impl Arith {
    /// As SQL writes it.
    pub const fn sql(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
        }
    }

    /// The result, or `None` where it overflows.
    pub const fn apply(self, left: i64, right: i64) -> Option<i64> {
        match self {
            Self::Add => left.checked_add(right),
            Self::Subtract => left.checked_sub(right),
            Self::Multiply => left.checked_mul(right),
        }
    }
}

/// A well-typed expression. Every part is unknown where a fact it needs is unknown, except that
/// `false and …` is false and `true or …` is true.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Expr {
    /// A literal.
    Const(Value),
    /// A recorded fact.
    Fact(FactId),
    /// 周岁 on the asked day (of `birth_date`, by [`crate::List::age_day`]).
    Age,
    /// 月龄 on the asked day.
    Months,
    /// The asked day.
    AsOf,
    /// An area fact lies inside an area (`hukou_local`, `hukou_area = '421303'`).
    Inside(FactId, AreaCode),
    /// The parameter's value for the person on the asked day.
    Param(ParamId),
    /// The answer of an earlier item.
    Entitled(u16),
    /// `not`.
    Not(Box<Expr>),
    /// `and` of all.
    All(Vec<Expr>),
    /// `or` of all.
    Any(Vec<Expr>),
    /// A comparison of two values of one type.
    Compare(Op, Box<Expr>, Box<Expr>),
    /// The value is one of these literals.
    OneOf(Box<Expr>, Vec<Value>),
    /// The value of the first condition that is true. Unlike bare SQL a condition that is unknown
    /// makes the whole unknown (invariant 3); none true and no `else` is unknown too.
    Case(Vec<(Expr, Expr)>, Option<Box<Expr>>),
    /// Whole-number arithmetic.
    Arith(Arith, Box<Expr>, Box<Expr>),
    /// `pct(amount, percent)`, rounded as the parameter 比例金额取整 says; unknown below zero.
    Pct(Box<Expr>, Box<Expr>),
}

impl Expr {
    /// The expressions it is made of.
    pub fn parts(&self) -> Vec<&Self> {
        match self {
            Self::Const(_)
            | Self::Fact(_)
            | Self::Age
            | Self::Months
            | Self::AsOf
            | Self::Inside(..)
            | Self::Param(_)
            | Self::Entitled(_) => Vec::new(),
            Self::Not(part) | Self::OneOf(part, _) => vec![part],
            Self::All(parts) | Self::Any(parts) => parts.iter().collect(),
            Self::Compare(_, left, right)
            | Self::Arith(_, left, right)
            | Self::Pct(left, right) => {
                vec![left, right]
            }
            Self::Case(branches, otherwise) => {
                let branches = branches.iter().flat_map(|(when, then)| [when, then]);
                branches.chain(otherwise.as_deref()).collect()
            }
        }
    }

    /// How many expressions it is made of, itself included.
    pub fn size(&self) -> usize {
        1 + self.parts().into_iter().map(Self::size).sum::<usize>()
    }
}
