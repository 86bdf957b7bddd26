//! Pages of the plan: one use case a file, its template beside it.

pub(crate) mod ask_publication;
pub(crate) mod case_form;
pub(crate) mod case_new;
pub(crate) mod case_words;
pub(crate) mod cases;
pub(crate) mod county_new;
pub(crate) mod item_check;
pub(crate) mod item_edit;
pub(crate) mod item_new;
pub(crate) mod item_rows;
pub(crate) mod list_edit;
pub(crate) mod params;
pub(crate) mod public;
pub(crate) mod publication;
pub(crate) mod shared;
pub(crate) mod step_back;
pub(crate) mod tier_rows;
pub(crate) mod trial;
pub(crate) mod value_new;
pub(crate) mod value_typed;
pub(crate) mod version;
pub(crate) mod version_draft;
pub(crate) mod versions;
