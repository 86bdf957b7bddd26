//! A node: a condition, or a part of one, over the columns of a batch.

use super::Num;
use kernel::AreaCode;
use rules::facts::FactId;
use rules::{Op, Truth};

/// A node's place in [`super::Program::nodes`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct NodeId(pub(super) u32);

impl NodeId {
    pub(crate) const fn index(self) -> usize {
        self.0 as usize
    }
}

/// The column of a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Col(u8);

impl Col {
    pub(crate) fn of(fact: FactId) -> Self {
        Self(u8::try_from(fact.index()).unwrap_or(u8::MAX))
    }

    pub(crate) fn fact(self) -> Option<FactId> {
        FactId::from_index(self.index())
    }

    pub(crate) const fn index(self) -> usize {
        self.0 as usize
    }
}

/// A condition over a batch; unknown where a column it reads is null, by Kleene's logic.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Node {
    /// The same for everybody.
    Const(Truth),
    /// A yes-or-no column.
    Fact(Col),
    /// An area column lies inside an area.
    Inside(Col, AreaCode),
    /// A word (by its place among the fact's words) or a small number is in this set.
    In(Col, u64),
    /// A number or day lies between two bounds, both included.
    Range(Col, i64, i64),
    Not(NodeId),
    All(Vec<NodeId>),
    Any(Vec<NodeId>),
    /// Both are known and equal.
    Same(NodeId, NodeId),
    /// The value of the first condition that is true; unknown from the first one that is unknown.
    Case(Vec<(NodeId, NodeId)>, Option<NodeId>),
    /// Two numbers compared, row by row.
    Compare(Op, Num, Num),
}

impl Node {
    /// The nodes it is made of.
    pub(crate) fn parts(&self) -> Vec<NodeId> {
        match self {
            Self::Const(_) | Self::Fact(_) | Self::Inside(..) | Self::In(..) | Self::Range(..) => {
                Vec::new()
            }
            Self::Not(part) => vec![*part],
            Self::All(parts) | Self::Any(parts) => parts.clone(),
            Self::Same(left, right) => vec![*left, *right],
            Self::Case(branches, otherwise) => {
                let branches = branches.iter().flat_map(|(when, then)| [*when, *then]);
                branches.chain(*otherwise).collect()
            }
            Self::Compare(_, left, right) => {
                let mut parts = Vec::new();
                left.nodes(&mut parts);
                right.nodes(&mut parts);
                parts
            }
        }
    }

    /// The columns it reads itself.
    pub(crate) fn columns(&self) -> Vec<Col> {
        match self {
            Self::Fact(col) | Self::Inside(col, _) | Self::In(col, _) | Self::Range(col, ..) => {
                vec![*col]
            }
            Self::Compare(_, left, right) => {
                let mut columns = Vec::new();
                left.columns(&mut columns);
                right.columns(&mut columns);
                columns
            }
            _ => Vec::new(),
        }
    }
}
