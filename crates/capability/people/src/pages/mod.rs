//! Pages of the register: one use case a file, its template beside it.

pub(crate) mod correct;
pub(crate) mod death;
pub(crate) mod family;
pub(crate) mod groups;
pub mod list;
pub(crate) mod one;
pub(crate) mod register;
pub(crate) mod relocate;
pub mod search;
pub(crate) mod show;
pub(crate) mod unmask;
pub mod words;
