//! What an expression may name, what it must be, and the types of its parts.

use super::Expr;
use crate::facts::FactId;
use crate::folder::ParamUnit;
use kernel::AreaCode;

/// What an expression may name.
pub(crate) struct Scope<'a> {
    /// The parameters by their place.
    pub(crate) params: &'a [(String, ParamUnit)],
    /// `entitled(n)` may ask items below this number.
    pub(crate) items_below: u16,
    /// The plan's place, for `hukou_local`.
    pub(crate) place: AreaCode,
}

/// What an expression must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// Yes or no; no `pct`, and `case` needs `else`.
    Condition,
    /// Whole fen.
    Amount,
}

/// The type of an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Type {
    Bool,
    Int,
    Day,
    Word(FactId),
    Text,
    Area,
}

impl Type {
    pub(super) const fn zh(self) -> &'static str {
        match self {
            Self::Bool => "是否",
            Self::Int => "整数",
            Self::Day => "日期",
            Self::Word(_) => "选项",
            Self::Text => "文字",
            Self::Area => "区划",
        }
    }

    pub(super) fn same(self, other: Self) -> bool {
        match (self, other) {
            (Self::Word(a), Self::Word(b)) => a.def().kind == b.def().kind,
            _ => self == other,
        }
    }
}

/// An expression with its type.
#[derive(Debug, Clone)]
pub(super) struct Typed {
    pub(super) expr: Expr,
    pub(super) kind: Type,
}
