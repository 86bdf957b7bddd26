//! All SQL over the tables of answers, findings, receipts and tallies.

pub(crate) mod answers;
pub(crate) mod findings;
pub(crate) mod receipts;
pub(crate) mod tallies;
