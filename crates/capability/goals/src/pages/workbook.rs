//! To come.

use host::{Ctx, Page};

pub(crate) async fn download(_ctx: Ctx) -> Page {
    Err(ui::PageError::not_found().into())
}

pub(crate) async fn form(_ctx: Ctx) -> Page {
    Err(ui::PageError::not_found().into())
}

pub(crate) async fn preview(_ctx: Ctx) -> Page {
    Err(ui::PageError::not_found().into())
}

pub(crate) async fn commit(_ctx: Ctx) -> Page {
    Err(ui::PageError::not_found().into())
}
