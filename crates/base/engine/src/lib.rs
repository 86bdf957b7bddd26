//! Columnar evaluation of a compiled list over Parquet snapshots (ADR 0003).
//!
//! A [`snapshot`] holds what the register knew of everybody on a day, a column per fact. [`run`]
//! asks a list of all of them and gives exactly the answers of [`rules::List::answer`], added up by
//! item and area; [`run_with`] and [`write_answers`] give every single one. [`diff`] compares two such runs.

pub mod diff;
mod error;
mod mask;
mod program;
mod run;
pub mod snapshot;
pub mod sql;

pub use error::Error;
pub use run::{
    ANSWERS_VERSION, BatchAnswers, ItemTotals, Sink, Tally, Totals, run, run_with, write_answers,
};
