//! To come.

use host::{Ctx, Page};

pub(crate) async fn get(_ctx: Ctx) -> Page {
    Err(ui::PageError::not_found().into())
}

pub(crate) async fn post(_ctx: Ctx) -> Page {
    Err(ui::PageError::not_found().into())
}

pub(crate) async fn remove(_ctx: Ctx) -> Page {
    Err(ui::PageError::not_found().into())
}

pub(crate) async fn new(_ctx: Ctx) -> Page {
    Err(ui::PageError::not_found().into())
}

pub(crate) async fn create(_ctx: Ctx) -> Page {
    Err(ui::PageError::not_found().into())
}
