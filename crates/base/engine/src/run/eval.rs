//! Evaluates nodes over a batch, by Kleene's logic on whole words of rows.

use super::batch::{Batch, Column};
use crate::mask::{Mask, pack, valid, words};
use crate::program::{Col, Dates, Node, NodeId, Num, Program};
use arrow::array::{Array, ArrowPrimitiveType, Int32Array, PrimitiveArray};
use arrow::buffer::{BooleanBuffer, NullBuffer};
use kernel::AreaCode;
use rules::{FactId, Truth};

/// The masks of a program's nodes for one batch; the room is kept for the next one.
pub(crate) struct Masks {
    masks: Vec<Mask>,
}

impl Masks {
    pub(crate) fn new(program: &Program) -> Self {
        Self {
            masks: vec![Mask::default(); program.nodes.len()],
        }
    }

    pub(crate) fn get(&self, id: NodeId) -> &Mask {
        static NOTHING: Mask = Mask {
            yes: Vec::new(),
            no: Vec::new(),
        };
        self.masks.get(id.index()).unwrap_or(&NOTHING)
    }

    /// Evaluates nodes; each comes after those it is made of.
    pub(crate) fn evaluate(&mut self, program: &Program, nodes: &[NodeId], batch: &Batch) {
        for id in nodes {
            // Taken out while it is written: its parts are read beside it.
            let slot = self.masks.get_mut(id.index());
            let mut mask = slot.map(std::mem::take).unwrap_or_default();
            mask.reset(batch.rows);
            self.node(program, program.node(*id), batch, &mut mask);
            if let Some(slot) = self.masks.get_mut(id.index()) {
                *slot = mask;
            }
        }
    }

    fn node(&self, program: &Program, node: &Node, batch: &Batch, out: &mut Mask) {
        let rows = batch.rows;
        match node {
            Node::Const(truth) => constant(*truth, rows, out),
            Node::Fact(col) => fact(batch.column(*col), rows, out),
            Node::Inside(col, area) => inside(batch.column(*col), area, rows, out),
            Node::In(col, set) => member(batch.column(*col), *set, rows, out),
            Node::Range(col, from, until) => {
                between(batch.column(*col), (*from, *until), rows, out);
            }
            Node::Not(part) => {
                let part = self.get(*part);
                out.yes.copy_from_slice(&part.no);
                out.no.copy_from_slice(&part.yes);
            }
            Node::All(parts) => {
                constant(Truth::True, rows, out);
                for part in parts {
                    let part = self.get(*part);
                    zip(&mut out.yes, &part.yes, |word, part| word & part);
                    zip(&mut out.no, &part.no, |word, part| word | part);
                }
            }
            Node::Any(parts) => {
                constant(Truth::False, rows, out);
                for part in parts {
                    let part = self.get(*part);
                    zip(&mut out.yes, &part.yes, |word, part| word | part);
                    zip(&mut out.no, &part.no, |word, part| word & part);
                }
            }
            Node::Same(left, right) => {
                let (left, right) = (self.get(*left), self.get(*right));
                let pairs = left
                    .yes
                    .iter()
                    .zip(&left.no)
                    .zip(right.yes.iter().zip(&right.no));
                for ((yes, no), ((a, not_a), (b, not_b))) in
                    out.yes.iter_mut().zip(&mut out.no).zip(pairs)
                {
                    *yes = (a & b) | (not_a & not_b);
                    *no = (a & not_b) | (not_a & b);
                }
            }
            Node::Case(branches, otherwise) => {
                let otherwise = otherwise.map(|id| self.get(id));
                let branches = branches
                    .iter()
                    .map(|(when, then)| (self.get(*when), self.get(*then)));
                case(&branches.collect::<Vec<_>>(), otherwise, rows, out);
            }
            Node::Compare(op, left, right) => {
                for row in 0..rows {
                    let number = |num| self.number(num, program.dates, batch, row);
                    if let Some((left, right)) = number(left).zip(number(right)) {
                        let bits = if op.holds(left.cmp(&right)) {
                            &mut out.yes
                        } else {
                            &mut out.no
                        };
                        if let Some(word) = bits.get_mut(row / 64) {
                            *word |= 1 << (row % 64);
                        }
                    }
                }
            }
        }
    }

    /// The number at a row, where it is known; the conditions it asks are evaluated before.
    pub(crate) fn number(&self, num: &Num, dates: Dates, batch: &Batch, row: usize) -> Option<i64> {
        let of = |num: &Num| self.number(num, dates, batch, row);
        match num {
            Num::Null => None,
            Num::Const(value) => Some(*value),
            Num::Col(col) => batch.column(*col).number(row),
            Num::Age => birth(batch, row).map(|birth| dates.age(birth)),
            Num::Months => birth(batch, row).map(|birth| dates.months(birth)),
            Num::Arith(op, left, right) => op.apply(of(left)?, of(right)?),
            Num::Pct(amount, percent, way) => way.percent_of(of(amount)?, of(percent)?),
            Num::Case(branches, otherwise) => {
                for (when, then) in branches {
                    let when = self.get(*when);
                    if when.holds(row) {
                        return of(then);
                    }
                    if !when.fails(row) {
                        return None;
                    }
                }
                otherwise.as_deref().and_then(of)
            }
        }
    }
}

fn birth(batch: &Batch, row: usize) -> Option<i64> {
    batch.column(Col::of(FactId::BIRTH_DATE)).number(row)
}

fn zip(out: &mut [u64], part: &[u64], join: impl Fn(u64, u64) -> u64) {
    for (word, part) in out.iter_mut().zip(part) {
        *word = join(*word, *part);
    }
}

fn constant(truth: Truth, rows: usize, out: &mut Mask) {
    let bits = match truth {
        Truth::True => &mut out.yes,
        Truth::False => &mut out.no,
        Truth::Unknown => return,
    };
    for (at, word) in bits.iter_mut().enumerate() {
        *word = valid(at, rows);
    }
}

fn fact(column: &Column, rows: usize, out: &mut Mask) {
    if let Column::Bool(values) = column {
        for (word, bits) in out.yes.iter_mut().zip(bits(values.values())) {
            *word = bits;
        }
        known(values.nulls(), rows, out);
    }
}

fn inside(column: &Column, area: &AreaCode, rows: usize, out: &mut Mask) {
    if let Column::Areas(keys, areas) = column {
        let inside: Vec<bool> = areas.codes.iter().map(|code| area.contains(code)).collect();
        by_key(keys, &inside, rows, out);
    }
}

fn member(column: &Column, set: u64, rows: usize, out: &mut Mask) {
    match column {
        Column::Words(keys, words) => {
            let member: Vec<bool> = words
                .iter()
                .map(|word| set >> (word & 63) & 1 == 1)
                .collect();
            by_key(keys, &member, rows, out);
        }
        Column::Tiny(values) => test(values, |value| set >> (value & 63) & 1 == 1, rows, out),
        _ => {}
    }
}

fn between(column: &Column, (from, until): (i64, i64), rows: usize, out: &mut Mask) {
    match column {
        // A bound beyond what the column can hold is a bound at its end.
        Column::Int(values) if from <= until => {
            let from = from.clamp(i32::MIN.into(), i32::MAX.into()) as i32;
            let until = until.clamp(i32::MIN.into(), i32::MAX.into()) as i32;
            test(values, |value| from <= value && value <= until, rows, out);
        }
        Column::Int(values) => test(values, |_| false, rows, out),
        Column::Tiny(values) => {
            test(
                values,
                |value| (from..=until).contains(&value.into()),
                rows,
                out,
            );
        }
        Column::Long(values) => test(values, |value| (from..=until).contains(&value), rows, out),
        _ => {}
    }
}

fn by_key(keys: &Int32Array, holds: &[bool], rows: usize, out: &mut Mask) {
    let holds = |key: i32| usize::try_from(key).is_ok_and(|key| holds.get(key) == Some(&true));
    test(keys, holds, rows, out);
}

fn test<T: ArrowPrimitiveType>(
    values: &PrimitiveArray<T>,
    holds: impl Fn(T::Native) -> bool,
    rows: usize,
    out: &mut Mask,
) {
    pack(&mut out.yes, values.values(), holds);
    known(values.nulls(), rows, out);
}

fn known(nulls: Option<&NullBuffer>, rows: usize, out: &mut Mask) {
    let nulls = nulls.filter(|nulls| nulls.null_count() > 0);
    out.known(nulls.map(|nulls| bits(nulls.inner())), rows);
}

/// The words of a bitmap, zeros beyond its last bit.
fn bits(buffer: &BooleanBuffer) -> impl Iterator<Item = u64> + '_ {
    let chunks = buffer.bit_chunks();
    let rest = chunks.remainder_bits();
    let tail = (chunks.remainder_len() > 0).then_some(rest);
    chunks
        .iter()
        .chain(tail)
        .take(words(buffer.len()))
        .collect::<Vec<_>>()
        .into_iter()
}

fn case(branches: &[(&Mask, &Mask)], otherwise: Option<&Mask>, rows: usize, out: &mut Mask) {
    let word = |bits: &[u64], at: usize| bits.get(at).copied().unwrap_or(0);
    for (at, (yes, no)) in out.yes.iter_mut().zip(&mut out.no).enumerate() {
        let mut left = valid(at, rows);
        for (when, then) in branches {
            let here = left & word(&when.yes, at);
            *yes |= here & word(&then.yes, at);
            *no |= here & word(&then.no, at);
            left &= word(&when.no, at);
        }
        if let Some(then) = otherwise {
            *yes |= left & word(&then.yes, at);
            *no |= left & word(&then.no, at);
        }
    }
}
