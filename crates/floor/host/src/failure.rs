//! From any failure inside a handler to a page: logged once, with a number the reader can pass on.

use axum::response::{IntoResponse, Response};
use store::StoreError;
use ui::PageError;

/// What a handler returns.
pub type Page = Result<Response, Failure>;

/// A page error, or a failure of the floor that becomes one.
#[derive(Debug)]
pub struct Failure(pub Box<PageError>);

impl From<PageError> for Failure {
    fn from(error: PageError) -> Self {
        Self(Box::new(error))
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let number = store::secure_random::bytes::<4>()
            .map_or_else(|_no_randomness| "0".to_owned(), |b| store::secret::hex(&b));
        tracing::error!(%error, number, "a page failed");
        Self(Box::new(PageError::internal(number)))
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        self.0.into_response()
    }
}
