//! All SQL over the register's tables; none stands elsewhere.

pub(crate) mod columns;
pub(crate) mod history;
pub(crate) mod list;
pub(crate) mod person;
pub(crate) mod residents;
pub(crate) mod residents_village;
pub(crate) mod rolls;
pub(crate) mod walk;
pub(crate) mod write;
