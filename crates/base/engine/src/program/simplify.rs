//! Nodes are kept once each, in a small normal form; every step keeps all three answers.

use super::{Col, Node, NodeId};
use rules::Truth;
use std::collections::HashMap;

/// The nodes found so far.
#[derive(Debug, Default)]
pub(super) struct Nodes {
    pub(super) nodes: Vec<Node>,
    known: HashMap<Node, NodeId>,
}

impl Nodes {
    pub(super) fn get(&self, id: NodeId) -> Option<&Node> {
        self.nodes.get(id.index())
    }

    /// The node, as it is.
    pub(super) fn add(&mut self, node: Node) -> NodeId {
        if let Some(id) = self.known.get(&node) {
            return *id;
        }
        let id = NodeId(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        self.nodes.push(node.clone());
        self.known.insert(node, id);
        id
    }

    pub(super) fn truth(&mut self, truth: Truth) -> NodeId {
        self.add(Node::Const(truth))
    }

    pub(super) fn not(&mut self, part: NodeId) -> NodeId {
        let node = match self.get(part) {
            Some(Node::Const(truth)) => Node::Const(truth.not()),
            Some(Node::Not(inner)) => return *inner,
            Some(Node::In(col, set)) => Node::In(*col, !set),
            Some(Node::Range(col, i64::MIN, until)) if *until < i64::MAX => {
                Node::Range(*col, until + 1, i64::MAX)
            }
            Some(Node::Range(col, from, i64::MAX)) if *from > i64::MIN => {
                Node::Range(*col, i64::MIN, from - 1)
            }
            _ => Node::Not(part),
        };
        self.add(node)
    }

    pub(super) fn all(&mut self, parts: impl IntoIterator<Item = NodeId>) -> NodeId {
        self.junction(parts, Truth::True)
    }

    pub(super) fn any(&mut self, parts: impl IntoIterator<Item = NodeId>) -> NodeId {
        self.junction(parts, Truth::False)
    }

    /// `and` where `neutral` is true, `or` where it is false.
    fn junction(&mut self, parts: impl IntoIterator<Item = NodeId>, neutral: Truth) -> NodeId {
        let and = neutral == Truth::True;
        let mut flat = Vec::new();
        for part in parts {
            match self.get(part) {
                Some(Node::All(inner)) if and => flat.extend(inner.iter().copied()),
                Some(Node::Any(inner)) if !and => flat.extend(inner.iter().copied()),
                _ => flat.push(part),
            }
        }
        let (mut rest, mut tests): (Vec<NodeId>, Vec<Node>) = (Vec::new(), Vec::new());
        for part in flat {
            match self.get(part).cloned() {
                Some(Node::Const(truth)) if truth == neutral => {}
                Some(Node::Const(truth)) if truth == neutral.not() => return part,
                Some(test @ (Node::In(..) | Node::Range(..))) => merge(&mut tests, test, and),
                _ => rest.push(part),
            }
        }
        rest.extend(
            tests
                .into_iter()
                .map(|test| self.add(test))
                .collect::<Vec<_>>(),
        );
        rest.sort_unstable();
        rest.dedup();
        match rest.as_slice() {
            [] => self.truth(neutral),
            [one] => *one,
            _ => self.add(if and {
                Node::All(rest)
            } else {
                Node::Any(rest)
            }),
        }
    }

    pub(super) fn case(
        &mut self,
        branches: Vec<(NodeId, NodeId)>,
        otherwise: Option<NodeId>,
    ) -> NodeId {
        let mut kept = Vec::new();
        for (when, then) in branches {
            match self.get(when) {
                Some(Node::Const(Truth::False)) => {}
                Some(Node::Const(Truth::True)) => return self.finish_case(kept, Some(then)),
                Some(Node::Const(Truth::Unknown)) => return self.finish_case(kept, None),
                _ => kept.push((when, then)),
            }
        }
        self.finish_case(kept, otherwise)
    }

    fn finish_case(&mut self, kept: Vec<(NodeId, NodeId)>, otherwise: Option<NodeId>) -> NodeId {
        if kept.is_empty() {
            return otherwise.unwrap_or_else(|| self.truth(Truth::Unknown));
        }
        self.add(Node::Case(kept, otherwise))
    }
}

/// Two tests of one column are one test where that is again a set or a span.
fn merge(tests: &mut Vec<Node>, test: Node, and: bool) {
    for found in tests.iter_mut() {
        if let Some(both) = merged(found, &test, and) {
            *found = both;
            return;
        }
    }
    tests.push(test);
}

fn merged(a: &Node, b: &Node, and: bool) -> Option<Node> {
    match (a, b) {
        (Node::In(col, a), Node::In(other, b)) if col == other => {
            Some(Node::In(*col, if and { a & b } else { a | b }))
        }
        (Node::Range(col, from, until), Node::Range(other, start, end)) if col == other => {
            if and {
                return Some(range(*col, *from.max(start), *until.min(end)));
            }
            let touch = from.max(start) <= until.min(end);
            touch.then(|| range(*col, *from.min(start), *until.max(end)))
        }
        _ => None,
    }
}

const fn range(col: Col, from: i64, until: i64) -> Node {
    Node::Range(col, from, until)
}
