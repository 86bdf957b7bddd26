//! Pages and panels of entitlement: one use case a file, its template beside it.

pub(crate) mod as_of;
pub(crate) mod band;
pub(crate) mod follow;
pub(crate) mod item;
pub(crate) mod item_list;
pub(crate) mod item_people;
pub(crate) mod months;
pub(crate) mod nightly;
pub(crate) mod owed;
pub(crate) mod reasons;
pub(crate) mod trial;
pub(crate) mod trials;
pub(crate) mod unsettled;
pub(crate) mod unsettled_people;
pub(crate) mod what_if;
pub(crate) mod what_if_book;
pub(crate) mod what_if_result;
pub(crate) mod what_if_typed;
pub(crate) mod what_if_words;
pub(crate) mod words;
