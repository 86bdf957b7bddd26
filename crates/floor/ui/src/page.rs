//! From a template to an answer: status, content type, caching.

use crate::error::PageError;
use askama::Template;
use axum::http::header::{CACHE_CONTROL, LOCATION, VARY};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Response};

/// A page as an answer with status 200.
pub fn page(template: impl Template) -> Response {
    page_with(StatusCode::OK, template)
}

/// A page with personal data: the browser keeps no copy.
pub fn page_no_store(template: impl Template) -> Response {
    no_store(page(template))
}

/// The form again, with what was typed and what is wrong with it (422).
pub fn page_422(template: impl Template) -> Response {
    no_store(page_with(StatusCode::UNPROCESSABLE_ENTITY, template))
}

/// The form again, because somebody else changed the record meanwhile (409).
pub fn page_409(template: impl Template) -> Response {
    no_store(page_with(StatusCode::CONFLICT, template))
}

/// A page with another status.
pub fn page_with(status: StatusCode, template: impl Template) -> Response {
    match template.render() {
        Ok(html) => {
            let head = [
                (VARY, HeaderValue::from_static("HX-Request-Type")),
                (CACHE_CONTROL, HeaderValue::from_static("private, no-cache")),
            ];
            (status, head, Html(html)).into_response()
        }
        Err(_unrenderable) => PageError::internal("模板").into_response(),
    }
}

/// Marks an answer as not to be kept anywhere.
pub fn no_store(mut response: Response) -> Response {
    response
        .headers_mut()
        .insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// After a successful POST: see there (303).
pub fn redirect(to: &str) -> Response {
    match HeaderValue::from_str(to) {
        Ok(to) => (StatusCode::SEE_OTHER, [(LOCATION, to)]).into_response(),
        Err(_not_an_address) => PageError::internal("地址").into_response(),
    }
}

/// After a successful POST that may come from a drawer: a drawer is told to leave for `to`, a plain
/// form is redirected. (A plain [`redirect`] also works in a drawer: the page behind is reloaded.)
pub fn redirect_for(headers: &HeaderMap, to: &str) -> Response {
    if !is_partial(headers) {
        return redirect(to);
    }
    match HeaderValue::from_str(to) {
        Ok(to) => (
            StatusCode::NO_CONTENT,
            [(HeaderName::from_static("hx-redirect"), to)],
        )
            .into_response(),
        Err(_not_an_address) => PageError::internal("地址").into_response(),
    }
}

/// Only the inner part of the page is wanted (drawer or list refresh).
pub fn is_partial(headers: &HeaderMap) -> bool {
    headers
        .get("hx-request-type")
        .is_some_and(|value| value.as_bytes() == b"partial")
}

/// Name of the cookie that remembers big text; its value is `1`.
pub const BIG_TEXT_COOKIE: &str = "big";

/// The reader has chosen big text.
pub fn big_text_on(headers: &HeaderMap) -> bool {
    headers
        .get_all(axum::http::header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .any(|(name, value)| name == BIG_TEXT_COOKIE && value == "1")
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::header::COOKIE;

    #[test]
    fn big_text_is_remembered_by_its_cookie() {
        let mut headers = HeaderMap::new();
        assert!(!big_text_on(&headers));
        headers.insert(COOKIE, HeaderValue::from_static("session=abc; big=1"));
        assert!(big_text_on(&headers));
    }

    #[test]
    fn a_drawer_is_told_to_leave_a_page_is_redirected() {
        let mut headers = HeaderMap::new();
        assert_eq!(
            redirect_for(&headers, "/people").status(),
            StatusCode::SEE_OTHER
        );
        headers.insert("HX-Request-Type", HeaderValue::from_static("partial"));
        let answer = redirect_for(&headers, "/people");
        assert_eq!(answer.status(), StatusCode::NO_CONTENT);
        assert_eq!(
            answer.headers().get("HX-Redirect"),
            Some(&HeaderValue::from_static("/people"))
        );
    }
}
