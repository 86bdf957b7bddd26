//! To come.

use host::{Ctx, Page};

pub(crate) async fn get(_ctx: Ctx) -> Page {
    Err(ui::PageError::not_found().into())
}

pub(crate) async fn acknowledge(_ctx: Ctx) -> Page {
    Err(ui::PageError::not_found().into())
}

pub(crate) async fn withdraw(_ctx: Ctx) -> Page {
    Err(ui::PageError::not_found().into())
}
