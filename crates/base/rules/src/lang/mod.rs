//! The condition language: a small, typed part of SQL expressions (docs/plan-format.md).

mod chain;
mod compare;
mod expr;
mod names;
mod reader;
mod reads;
mod refuse;
mod types;

pub use expr::{Arith, Expr, Op, ParamId};
pub(crate) use reader::read;
pub use reads::Reads;
pub(crate) use types::{Scope, Wanted};
