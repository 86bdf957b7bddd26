//! All SQL over the tables of this capability.

pub(crate) mod merges;
pub(crate) mod pairs;
pub(crate) mod ties;
