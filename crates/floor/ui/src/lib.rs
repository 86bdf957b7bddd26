//! Layout, form kit, table kit, error pages: every page stands on these.
#![doc = include_str!("../README.md")]

extern crate self as ui;

pub mod assets;
#[cfg(test)]
mod contrast;
pub mod error;
pub mod field;
pub mod form;
pub mod kit;
pub mod list;
pub mod mask;
pub mod page;
pub mod pager;
pub mod parts;
pub mod shell;
pub mod text;

pub use assets::{asset, assets_router};
pub use error::PageError;
pub use field::{AREA_SOURCE, Choice, Field};
pub use form::{Form, FormData, FormErrors, day_from_typed, error_summary};
pub use kit::kit_router;
pub use list::{ListQuery, ListSpec, QueryError};
pub use page::{
    BIG_TEXT_COOKIE, big_text_on, is_partial, page, page_409, page_422, page_no_store, page_with,
    redirect, redirect_for,
};
pub use pager::{Column, Pager, Table, Total};
pub use parts::{Details, Empty, Icon, Pill, Tile, Timeline, empty, icon, pill, tile};
pub use shell::{Crumb, Flash, MenuGroup, MenuItem, Shell, UserBadge};
pub use text::{grouped, query_encode};
