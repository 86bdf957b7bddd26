//! To come.

use host::{Ctx, Page};

pub(crate) async fn get(_ctx: Ctx) -> Page {
    Err(ui::PageError::not_found().into())
}

pub(crate) async fn publish(_ctx: Ctx) -> Page {
    Err(ui::PageError::not_found().into())
}

pub(crate) async fn discard(_ctx: Ctx) -> Page {
    Err(ui::PageError::not_found().into())
}
