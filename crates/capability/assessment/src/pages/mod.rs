//! One use case, one file with its template beside it.

pub(crate) mod admissions;
pub(crate) mod ask;
pub(crate) mod bodies;
pub(crate) mod confirm;
pub(crate) mod dispatch;
pub(crate) mod find;
pub(crate) mod form;
pub(crate) mod list;
pub(crate) mod object;
pub(crate) mod one;
pub(crate) mod paper;
pub(crate) mod recognise;
pub(crate) mod settle;
pub(crate) mod sign;
