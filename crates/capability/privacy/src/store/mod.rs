//! All SQL over the tables of this capability.

pub(crate) mod consents;
pub(crate) mod holds;
pub(crate) mod purposes;
pub(crate) mod requests;
pub(crate) mod runs;
