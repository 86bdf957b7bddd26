//! What one reading of a row group evaluates: some items, the nodes they need, the columns these read.

use super::lower::Lowering;
use super::{Col, Item, Node, NodeId, Program};
use rules::FactId;
use std::collections::BTreeSet;

/// A reading.
#[derive(Debug)]
pub(crate) struct Plan {
    /// The places of the items.
    pub(crate) items: Vec<usize>,
    /// The nodes in an order in which each comes after those it is made of.
    pub(crate) nodes: Vec<NodeId>,
    /// The columns in the order of the dictionary, the areas included.
    pub(crate) columns: Vec<Col>,
}

impl Plan {
    /// The reading that evaluates the items `wanted`, and the nodes `besides`.
    pub(crate) fn of(
        program: &Program,
        wanted: impl Fn(&Item) -> bool,
        besides: impl IntoIterator<Item = NodeId>,
    ) -> Self {
        let places = program
            .items
            .iter()
            .enumerate()
            .filter(|(_, item)| wanted(item));
        let items: Vec<usize> = places.map(|(place, _)| place).collect();
        let mut nodes = BTreeSet::new();
        let areas = [FactId::HUKOU_AREA, FactId::RESIDENCE_AREA];
        let mut columns: BTreeSet<Col> = areas.into_iter().map(Col::of).collect();
        let mut open: Vec<NodeId> = besides.into_iter().collect();
        for item in items.iter().filter_map(|place| program.items.get(*place)) {
            open.push(item.answer);
            if let Some(amount) = &item.amount {
                amount.nodes(&mut open);
                let mut found = Vec::new();
                amount.columns(&mut found);
                columns.extend(found);
            }
        }
        while let Some(id) = open.pop() {
            if nodes.insert(id) {
                let node = program.node(id);
                open.extend(node.parts());
                columns.extend(node.columns());
            }
        }
        Self {
            items,
            nodes: nodes.into_iter().collect(),
            columns: columns.into_iter().collect(),
        }
    }
}

impl Lowering<'_> {
    /// Marks the items that ask a birth date between two days, and gives the node of all these days.
    pub(super) fn within(&mut self, items: &mut [Item]) -> Option<NodeId> {
        let mut spans = Vec::new();
        for item in items {
            let parts = match self.nodes.get(item.answer) {
                Some(Node::All(parts)) => parts.clone(),
                _ => vec![item.answer],
            };
            let birth = Col::of(FactId::BIRTH_DATE);
            let span = parts.into_iter().find(
                |part| matches!(self.nodes.get(*part), Some(Node::Range(col, ..)) if *col == birth),
            );
            item.bounded = span.is_some();
            spans.extend(span);
        }
        if spans.is_empty() {
            None
        } else {
            Some(self.nodes.any(spans))
        }
    }
}
