//! Numbers of a condition or amount: evaluated row by row, on the rows that remain.

use super::{Col, NodeId};
use rules::{Arith, Rounding};

/// A whole number, a day as `yyyymmdd`, or a word by its place among the fact's words.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Num {
    Null,
    Const(i64),
    Col(Col),
    Age,
    Months,
    Arith(Arith, Box<Num>, Box<Num>),
    Pct(Box<Num>, Box<Num>, Rounding),
    /// As [`super::Node::Case`].
    Case(Vec<(NodeId, Num)>, Option<Box<Num>>),
}

impl Num {
    /// The conditions it asks.
    pub(crate) fn nodes(&self, found: &mut Vec<NodeId>) {
        if let Self::Case(branches, _) = self {
            found.extend(branches.iter().map(|(when, _)| *when));
        }
        for part in self.parts() {
            part.nodes(found);
        }
    }

    /// The columns it reads, those of its conditions left out.
    pub(crate) fn columns(&self, found: &mut Vec<Col>) {
        match self {
            Self::Col(col) => found.push(*col),
            Self::Age | Self::Months => found.push(Col::of(rules::FactId::BIRTH_DATE)),
            _ => {}
        }
        for part in self.parts() {
            part.columns(found);
        }
    }

    fn parts(&self) -> Vec<&Self> {
        match self {
            Self::Null | Self::Const(_) | Self::Col(_) | Self::Age | Self::Months => Vec::new(),
            Self::Arith(_, left, right) | Self::Pct(left, right, _) => vec![left, right],
            Self::Case(branches, otherwise) => branches
                .iter()
                .map(|(_, then)| then)
                .chain(otherwise.as_deref())
                .collect(),
        }
    }
}
