//! `GET /big-text?on=1&back=/people`: switches 大字版 by a cookie and goes back.

use crate::pages::local::local_path;
use crate::sessions::set;
use axum::http::HeaderValue;
use host::{Ctx, Page};
use ui::PageError;

const ON: &str = "big=1; Path=/; SameSite=Lax; Max-Age=31536000";
const OFF: &str = "big=; Path=/; SameSite=Lax; Max-Age=0";

pub(crate) async fn get(ctx: Ctx) -> Page {
    let (mut on, mut back) = (false, "/".to_owned());
    for (key, value) in
        ui::list::query_pairs(ctx.path().split_once('?').map_or("", |(_, query)| query))
    {
        match key.as_str() {
            "on" => on = value == "1",
            "back" => local_path(&value).unwrap_or("/").clone_into(&mut back),
            _ => return Err(PageError::bad_request(format!("没有「{key}」这个条件。")).into()),
        }
    }
    let mut response = ui::redirect(&back);
    set(
        &mut response,
        HeaderValue::from_static(if on { ON } else { OFF }),
    );
    Ok(response)
}
