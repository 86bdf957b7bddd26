//! A list lowered for one day: every distinct condition and part of one is a node, evaluated once
//! per batch whatever number of items ask it.

mod amount;
mod birth;
mod compare;
mod lower;
mod node;
mod number;
mod plan;
mod simplify;

pub(crate) use birth::Dates;
pub(crate) use lower::lower;
pub(crate) use node::{Col, Node, NodeId};
pub(crate) use number::Num;
pub(crate) use plan::Plan;

use rules::folder::AreaBasis;

/// A list for one day.
#[derive(Debug)]
pub(crate) struct Program {
    /// The asked day.
    pub(crate) dates: Dates,
    /// Every node after those it is made of.
    pub(crate) nodes: Vec<Node>,
    /// The items by number.
    pub(crate) items: Vec<Item>,
    /// Who may be entitled to an item that asks a birth date; false for nobody else.
    pub(crate) within: Option<NodeId>,
}

/// An item of the list.
#[derive(Debug)]
pub(crate) struct Item {
    pub(crate) no: u16,
    /// Whether somebody is entitled.
    pub(crate) answer: NodeId,
    /// Its conditions one by one, as the list has them.
    pub(crate) conditions: Vec<NodeId>,
    /// Its steps one by one, as the list has them.
    pub(crate) tiers: Vec<NodeId>,
    /// Fen per unit.
    pub(crate) amount: Option<Num>,
    /// Where it is counted.
    pub(crate) basis: AreaBasis,
    /// Whether it asks for a birth date between two days, so that `within` holds where it does.
    pub(crate) bounded: bool,
}

impl Program {
    pub(crate) fn node(&self, id: NodeId) -> &Node {
        const UNKNOWN: &Node = &Node::Const(rules::Truth::Unknown);
        self.nodes.get(id.index()).unwrap_or(UNKNOWN)
    }
}
