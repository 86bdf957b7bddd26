//! The rules language: a service list compiled into named conditions and answered for a person on a day.
//!
//! Pure: no disk, no clock, no randomness. A folder's texts become a [`folder::Folder`], a folder a
//! [`List`], a list and a person's [`facts::Facts`] answers with their reasons. What does not read,
//! type or resolve is a [`Problem`] with file, line and remedy, and there is no list (fails closed).

mod alone;
mod answer;
mod ask;
mod change;
mod compile;
pub mod county;
mod explain;
pub mod facts;
pub mod folder;
pub mod lang;
mod list;
mod missing;
mod nearest;
mod param;
mod problem;
mod rounding;
pub mod sql;
mod stacking;
mod truth;
mod try_cases;
mod typed;
mod what_if;

pub use alone::Alone;
pub use answer::{Amount, ItemAnswer};
pub use compile::compile;
pub use explain::{
    ExplainedBenefit, ExplainedCondition, ExplainedFact, ExplainedItem, Explanation, Provenance,
    ProvenanceOf,
};
pub use facts::{FactId, Facts, Value};
pub use lang::{Arith, Expr, Op, ParamId, Reads};
pub use list::{AmountExpr, CompiledProgramme, CondId, Condition, Item, List, Tier};
pub use missing::Missing;
pub use param::{LEAP_BIRTHDAY, ParamTable, ROUNDING};
pub use problem::{Files, Problem};
pub use rounding::Rounding;
pub use stacking::{Paid, ProgrammeAnswer};
pub use truth::{Answer, Truth};
pub use try_cases::{CaseResult, run_cases};
pub use typed::{Typed, amount_typed, condition_typed};
pub use what_if::{Asks, WhatIf, with_change};

#[cfg(test)]
mod tests;
