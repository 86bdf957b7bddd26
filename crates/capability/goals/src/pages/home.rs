//! `GET /plan`: to the targets.

use host::{Ctx, Page};

pub(crate) async fn get(_ctx: Ctx) -> Page {
    Ok(ui::redirect("/plan/indicators"))
}
