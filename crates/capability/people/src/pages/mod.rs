//! Pages of the register: one use case a file, its template beside it.

pub(crate) mod correct;
pub(crate) mod death;
pub mod fact_form;
pub(crate) mod family;
pub(crate) mod family_reads;
pub(crate) mod groups;
pub(crate) mod list;
pub(crate) mod one;
mod reads;
pub(crate) mod register;
mod register_alike;
pub(crate) mod relocate;
pub(crate) mod search;
pub(crate) mod show;
mod show_facts;
mod show_family;
mod show_history;
pub(crate) mod unmask;
pub mod words;
