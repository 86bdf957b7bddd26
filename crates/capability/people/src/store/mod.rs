//! All SQL over the register's tables; none stands elsewhere.

pub(crate) mod alias;
pub(crate) mod columns;
pub(crate) mod erase;
pub(crate) mod history;
pub(crate) mod intake;
pub(crate) mod list;
pub(crate) mod meant;
pub(crate) mod own;
pub(crate) mod person;
pub(crate) mod registered_in;
pub(crate) mod residents;
pub(crate) mod residents_village;
pub(crate) mod rolls;
pub(crate) mod walk;
pub(crate) mod wards;
pub(crate) mod write;
